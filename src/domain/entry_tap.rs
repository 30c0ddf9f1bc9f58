//! What the buttons of the journal say when they are pressed. No session is behind them, so each may be pressed at any
//! time, as a command may be given.

use crate::domain::ids::EntryId;

/// How the token of such a button begins.
pub const ENTRY_TOKEN: &str = "j.";

/// A press of a button of the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryTap {
    /// The list; 0 is the page with the newest.
    Page(usize),
    /// Look for a word.
    Find,
    /// Write something.
    Write,
    /// Open an entry.
    Open(EntryId),
    /// Change its words.
    Edit(EntryId),
    /// Change one part of a card.
    Rework(EntryId),
    /// Add a note to it.
    Note(EntryId),
    /// Delete it.
    Delete(EntryId),
}

impl EntryTap {
    /// The entry that it is about.
    pub fn entry(self) -> Option<EntryId> {
        match self {
            Self::Open(id) | Self::Edit(id) | Self::Rework(id) | Self::Note(id) | Self::Delete(id) => Some(id),
            Self::Page(_) | Self::Find | Self::Write => None,
        }
    }

    /// The token, in at most 40 bytes of `[0-9a-z.]`: a letter, and the number of the page or the id of the entry.
    pub fn encode(self) -> String {
        let rest = match self {
            Self::Page(page) => format!("p.{page}"),
            Self::Find => "f".to_owned(),
            Self::Write => "w".to_owned(),
            Self::Open(id) => format!("o.{}", id.encode()),
            Self::Edit(id) => format!("e.{}", id.encode()),
            Self::Rework(id) => format!("r.{}", id.encode()),
            Self::Note(id) => format!("n.{}", id.encode()),
            Self::Delete(id) => format!("d.{}", id.encode()),
        };
        format!("{ENTRY_TOKEN}{rest}")
    }

    /// Reads a token; `None` when it is none of these.
    pub fn decode(token: &str) -> Option<Self> {
        let rest = token.strip_prefix(ENTRY_TOKEN)?;
        let tap = match rest.split_once('.') {
            None if rest == "f" => Self::Find,
            None if rest == "w" => Self::Write,
            Some(("p", page)) => Self::Page(page.parse().ok()?),
            Some(("o", id)) => Self::Open(EntryId::decode(id)?),
            Some(("e", id)) => Self::Edit(EntryId::decode(id)?),
            Some(("r", id)) => Self::Rework(EntryId::decode(id)?),
            Some(("n", id)) => Self::Note(EntryId::decode(id)?),
            Some(("d", id)) => Self::Delete(EntryId::decode(id)?),
            Some(_) | None => return None,
        };
        (tap.encode() == token).then_some(tap)
    }
}

#[cfg(test)]
mod tests {
    use super::EntryTap;
    use crate::domain::ids::EntryId;

    #[test]
    fn tokens_come_back_and_fit() {
        let id = EntryId([255; 16]);
        let taps = [
            EntryTap::Page(0),
            EntryTap::Page(1_000),
            EntryTap::Find,
            EntryTap::Write,
            EntryTap::Open(id),
            EntryTap::Edit(id),
            EntryTap::Rework(id),
            EntryTap::Note(id),
            EntryTap::Delete(id),
        ];
        for tap in taps {
            let token = tap.encode();
            assert!(token.len() <= 40, "{token} has {} bytes", token.len());
            assert_eq!(EntryTap::decode(&token), Some(tap));
        }
    }

    #[test]
    fn foreign_tokens_are_nothing() {
        for token in ["", "j.", "j.p", "j.p.-1", "j.p.+1", "j.p.01", "j.x.1", "j.o.", "j.o.ff", "j.f.1", "1.a.b.c"] {
            assert_eq!(EntryTap::decode(token), None, "{token}");
        }
    }
}
