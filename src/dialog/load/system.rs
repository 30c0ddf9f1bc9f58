//! The engine's own sentences: `system/en.toml`.

use std::collections::BTreeMap;

use toml::de::DeTable;

use super::fields::{Fields, Reader};
use crate::dialog::diagnostic::{Code, Sink, did_you_mean};
use crate::dialog::expression;
use crate::dialog::model::{Node, SystemTexts, Text, TextPiece};
use crate::dialog::readable;
use crate::dialog::system::SYSTEM_KEYS;

/// Reads the file; every key of the table must be there, and no other.
pub(super) fn read(sink: &mut Sink<'_>, tree: &DeTable<'_>) -> SystemTexts {
    let mut reader = Reader { sink };
    let fields = Fields { table: tree, span: 0..0, what: "the system texts".to_owned() };
    let mut texts = BTreeMap::new();
    for (key, span, item) in fields.keys() {
        let Some((_, placeholders)) = SYSTEM_KEYS.iter().find(|(known, _)| *known == key) else {
            let help = did_you_mean(key, SYSTEM_KEYS.iter().map(|(known, _)| *known));
            reader.sink.push(Code::UnknownSystemKey, span, format!("the engine has no text `{key}`"), help);
            continue;
        };
        let variants = reader.texts(item);
        for text in &variants {
            placeholders_known(&mut reader, text, placeholders);
            if let Some(message) = readable::too_long(text) {
                reader.push(Code::SentenceTooLong, item.span(), message);
            }
        }
        texts.insert(key.to_owned(), variants);
    }
    for (key, _) in SYSTEM_KEYS {
        if fields.item(key).is_none() {
            reader.push(Code::MissingSystemKey, 0..0, format!("the text `{key}` is missing"));
        }
    }
    SystemTexts(texts)
}

fn placeholders_known(reader: &mut Reader<'_, '_>, text: &Text, known: &[&str]) {
    for piece in &text.0 {
        let expr = match piece {
            TextPiece::Plain(_) => continue,
            TextPiece::Plural { number, arms } => {
                for (_, arm) in arms {
                    placeholders_known(reader, arm, known);
                }
                number
            }
            TextPiece::Expr(expr) => expr,
            TextPiece::Snippet(name) => {
                let message = format!("system texts have no snippets, so no `{name}`");
                reader.push(Code::UnknownPlaceholder, 0..0, message);
                continue;
            }
        };
        let is_known = matches!(&expr.node, Node::Name(name) if name.is_empty() || known.contains(&name.as_str()));
        if !is_known {
            let message = format!("unknown placeholder `{}`", expression::print(expr));
            let help = (!known.is_empty()).then(|| format!("placeholders: {}", known.join(", ")));
            reader.sink.push(Code::UnknownPlaceholder, expr.span.clone(), message, help);
        }
    }
}
