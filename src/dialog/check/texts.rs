//! Texts: everything in braces can be shown, and the whole fits into one message.

use std::ops::Range;

use super::scope::Scope;
use super::types::{Known, Type};
use crate::dialog::diagnostic::{Code, did_you_mean_or_list};
use crate::dialog::model::{Role, Text, TextPiece};
use crate::dialog::readable;

/// Characters of one message on Discord; Telegram takes 4096.
const MESSAGE_CHARS_MAX: usize = 2_000;

/// Least and most characters of a text.
#[derive(Clone, Copy, Default)]
struct Length {
    literal: usize,
    most: usize,
}

impl Scope<'_, '_, '_> {
    /// A text that becomes one message.
    pub(super) fn message(&mut self, text: &Text, span: Range<usize>) {
        self.text_at = span.clone();
        self.manner(text, span.clone());
        let length = self.measured(text);
        if length.literal > MESSAGE_CHARS_MAX {
            let message = format!("the text has {} characters; one message takes {MESSAGE_CHARS_MAX}", length.literal);
            self.error(Code::TextTooLong, span, message, None);
        } else if length.most > MESSAGE_CHARS_MAX {
            let message = format!(
                "the text may have {} characters with what people write; one message takes {MESSAGE_CHARS_MAX}",
                length.most
            );
            let help = Some("give the question a smaller `chars.max`, or do not repeat the answer".to_owned());
            self.error(Code::MayBeTooLong, span, message, help);
        }
    }

    /// What makes a text hard to read, or loud.
    fn manner(&mut self, text: &Text, span: Range<usize>) {
        if let Some(message) = readable::too_long(text) {
            self.error(Code::SentenceTooLong, span.clone(), message, None);
        }
        if self.dialog.role == Role::Safety && readable::exclaims(text) {
            self.error(Code::Exclaims, span, "this text has an exclamation mark", None);
        }
    }

    /// A text that is kept or read by the program.
    pub(super) fn text(&mut self, text: &Text) {
        self.measured(text);
    }

    fn measured(&mut self, text: &Text) -> Length {
        let mut whole = Length::default();
        for piece in &text.0 {
            let length = self.piece(piece);
            whole.literal += length.literal;
            whole.most += length.most;
        }
        whole
    }

    fn piece(&mut self, piece: &TextPiece) -> Length {
        match piece {
            TextPiece::Plain(plain) => {
                let chars = plain.chars().count();
                Length { literal: chars, most: chars }
            }
            TextPiece::Expr(expr) => {
                let found = self.certain(expr);
                let is_shown = match &found.kind {
                    Type::Bool | Type::Record(_) => false,
                    Type::List { item, .. } => !matches!(**item, Type::Record(_)),
                    Type::Unknown | Type::Num(..) | Type::Text(_) | Type::Key(_) | Type::Date | Type::Time => true,
                };
                if !is_shown {
                    let message = format!("{} cannot be shown in a text", found.kind.word());
                    self.error(Code::TypeMismatch, expr.span.clone(), message, None);
                }
                Length { literal: 0, most: found.kind.chars_max() }
            }
            TextPiece::Plural { number, arms } => {
                self.certain_of(number, &Type::any_number(), "what a plural counts");
                let lengths: Vec<Length> = arms.iter().map(|(_, arm)| self.measured(arm)).collect();
                let most = |of: fn(&Length) -> usize| lengths.iter().map(of).max().unwrap_or(0);
                Length { literal: most(|each| each.literal), most: most(|each| each.most) }
            }
            TextPiece::Snippet(name) => self.snippet(name),
        }
    }

    fn snippet(&mut self, name: &str) -> Length {
        let dialog = self.dialog;
        let Some(snippet) = dialog.snippets.get(name) else {
            let help = did_you_mean_or_list(name, "snippets", dialog.snippets.keys().map(String::as_str));
            let message = format!("there is no snippet `{}`", name.escape_debug());
            let span = self.text_at.clone();
            self.error(Code::UnknownSnippet, span, message, help);
            return Length::default();
        };
        let list = self.certain(&snippet.list);
        self.fitting(&snippet.list, &list.kind, &Type::any_list(), "`for` of a snippet");
        let (item, max) = list.kind.items().map_or((Type::Unknown, 1), |(item, _, max)| (item.clone(), max));
        let it = self.binding(item, super::formula::always(), Known::Nothing);
        // A snippet inside a snippet was refused; walking into it could go on without end.
        let flat =
            Text(snippet.text.0.iter().filter(|piece| !matches!(piece, TextPiece::Snippet(_))).cloned().collect());
        let one = self.with_it_bound(it, |scope| scope.measured(&flat));
        Length { literal: 0, most: max * (one.most + 1) }
    }
}
