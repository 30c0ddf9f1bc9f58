//! Which part of a line of the file may be quoted beside a problem. A file holds secrets, a broken one holds them
//! anywhere: what is not known to be harmless is shown as `…`.

use crate::config::check::{is_discord_token, is_token_tail, is_word};
use crate::config::near::{LIKENESS_MIN, likeness};
use crate::config::settings::{SETTINGS, sections};

/// A line as it may be shown.
pub(super) struct Quoted {
    /// The line; `…` stands for the rest of it that is hidden.
    pub(super) text: String,
    /// Characters before that `…`; `None` when nothing is hidden.
    pub(super) hidden_from: Option<usize>,
}

const HIDDEN: char = '…';

/// What may be shown of a line, with all the text that stands before it in the file.
pub(super) fn quoted(before: &str, line: &str) -> Quoted {
    let shown = shown_bytes(before, line);
    let (head, rest) = line.split_at(shown);
    if rest.is_empty() {
        return Quoted { text: head.to_owned(), hidden_from: None };
    }
    Quoted { text: format!("{head}{HIDDEN}"), hidden_from: Some(head.chars().count()) }
}

/// Whether something in a text has the form of a bot's token.
pub(super) fn holds_token(text: &str) -> bool {
    if text.split(|c| !is_word(c) && c != '.').any(is_discord_token) {
        return true;
    }
    text.split(':').zip(text.split(':').skip(1)).any(|(bot, rest)| {
        let tail = rest.split(|c| !is_word(c)).next().unwrap_or("");
        bot.ends_with(|c: char| c.is_ascii_digit()) && is_token_tail(tail)
    })
}

/// How many bytes from the start of a line may be shown.
fn shown_bytes(before: &str, line: &str) -> usize {
    if header(line).is_some_and(|name| is_name(&name)) && !holds_token(line) {
        return line.len();
    }
    let section = before.lines().rev().find_map(header).unwrap_or_default();
    let Some((key, value)) = line.split_once('=').filter(|(key, _)| is_name(key.trim())) else {
        let is_shown = is_harmless(&section, line) && !is_telling(line);
        return if is_shown { line.len() } else { line.len() - line.trim_start().len() };
    };
    let name = if section.is_empty() { key.trim().to_owned() } else { format!("{section}.{}", key.trim()) };
    let known = SETTINGS.iter().find(|setting| format!("{}.{}", setting.section, setting.key) == name);
    let is_shown = match known {
        Some(setting) => !setting.kind.is_secret(),
        None => name.split_once('.').is_some_and(|(section, key)| is_harmless(section, key)),
    };
    if is_shown && !is_telling(value) { line.len() } else { line.len() - value.trim_start().len() }
}

/// The name in a line such as `[store]`, also in one that was not closed.
fn header(line: &str) -> Option<String> {
    let inside = line.trim().strip_prefix('[')?.split('#').next()?;
    Some(inside.chars().filter(|c| !c.is_whitespace() && !matches!(c, '[' | ']')).collect())
}

fn is_name(name: &str) -> bool {
    name.chars().all(|c| is_word(c) || c == '.')
}

/// Whether no word of this is like the name of a secret, and the section is known and has none.
fn is_harmless(section: &str, words: &str) -> bool {
    let top = section.split('.').next().unwrap_or(section);
    let mut secrets = SETTINGS.iter().filter(|setting| setting.kind.is_secret());
    sections().contains(&top)
        && secrets.all(|secret| {
            let is_like = |word: &str| likeness(word, secret.key) > LIKENESS_MIN;
            secret.section.split('.').next() != Some(top) && !words.split(|c: char| !c.is_alphanumeric()).any(is_like)
        })
}

/// Whether a text may hold a secret whatever it is the value of: several settings in braces, a token, a password in an
/// address.
fn is_telling(text: &str) -> bool {
    let has_password = text.split_once("://").is_some_and(|(_, rest)| rest.contains('@'));
    text.trim_start().starts_with('{') || holds_token(text) || has_password
}
