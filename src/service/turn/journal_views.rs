//! How the journal looks: lists of entries with a button for each, and one entry with what can be done with it.

use jiff::civil::Date;

use crate::domain::entry_tap::EntryTap;
use crate::domain::ids::EntryId;
use crate::domain::limits::{ENTRY_BEGIN_CHARS, JOURNAL_FOUND_MAX, JOURNAL_PAGE, LABEL_CHARS_MAX};
use crate::domain::message::{Choice, ChoiceRole, Piece, RichText, View, ViewKind};
use crate::domain::text::UserText;
use crate::domain::value::Value;
use crate::domain::write::{JournalEntry, Write};
use crate::service::turn::journal::RESTS_UNTIL;
use crate::service::turn::{Turn, line, line_of};
use crate::store::EntryKept;

impl Turn<'_, '_> {
    /// A page of entries; one more than fits says that there is another page.
    pub(super) fn show_list(&mut self, entries: &[EntryKept], page: usize) {
        let mut choices = Vec::new();
        let shown = entries.get(..JOURNAL_PAGE).unwrap_or(entries);
        let mut body = self.said(if entries.is_empty() { "journal_empty" } else { "journal_list" });
        self.add_entries(shown, &mut body, &mut choices);
        if entries.len() > JOURNAL_PAGE {
            choices.push(self.button("journal_older", EntryTap::Page(page + 1)));
        }
        if let Some(newer) = page.checked_sub(1) {
            choices.push(self.button("journal_newer", EntryTap::Page(newer)));
        }
        if !entries.is_empty() {
            choices.push(self.button("journal_find", EntryTap::Find));
        }
        choices.push(self.button("journal_write", EntryTap::Write));
        self.show(View { body, kind: ViewKind::Choice, choices, language: self.language() });
    }

    /// Entries that hold a word; one more than fits says that there are others.
    pub(super) fn show_found(&mut self, entries: &[EntryKept], word: &UserText) {
        let shown = entries.get(..JOURNAL_FOUND_MAX).unwrap_or(entries);
        let key = match (entries.len(), shown.len()) {
            (0, _) => "journal_found_none",
            (all, shown) if all > shown => "journal_found_many",
            _ => "journal_found",
        };
        let arguments = [("word", Value::Text(word.clone())), ("count", Value::Num(shown.len() as f64))];
        let mut body = line_of(self.words(), key, &arguments, 0);
        let mut choices = Vec::new();
        self.add_entries(shown, &mut body, &mut choices);
        choices.push(self.button("journal_find", EntryTap::Find));
        choices.push(self.button("journal_back", EntryTap::Page(0)));
        self.show(View { body, kind: ViewKind::Choice, choices, language: self.language() });
    }

    /// The cards that were made.
    pub(super) fn show_cards(&mut self, cards: &[EntryKept]) {
        let mut body = self.said(if cards.is_empty() { "cards_none" } else { "cards" });
        let mut choices = Vec::new();
        self.add_entries(cards, &mut body, &mut choices);
        let kind = if cards.is_empty() { ViewKind::Say } else { ViewKind::Choice };
        self.show(View { body, kind, choices, language: self.language() });
    }

    /// One entry. While it is shut, only that there is one.
    pub(super) fn show_entry(&mut self, id: EntryId, entry: &JournalEntry) {
        let mut body = RichText(vec![
            Piece::Author("**".to_owned()),
            Piece::Person(entry.title.clone()),
            Piece::Author(format!("**\n{}\n\n", self.day_text(entry.date))),
        ]);
        let mut choices = Vec::new();
        if let Some(day) = self.locked_until(entry) {
            body.0.extend(line(self.words(), "journal_locked", &[("day", &self.day_text(day))], 0).0);
        } else {
            if let Some(day) = self.day_ahead(entry, RESTS_UNTIL) {
                body.0.extend(line(self.words(), "journal_rests", &[("day", &self.day_text(day))], 0).0);
                body.0.push(Piece::Author("\n\n".to_owned()));
            }
            body.0.push(Piece::Person(entry.body.clone()));
            if self.is_free(entry) {
                choices.push(self.button("journal_edit", EntryTap::Edit(id)));
            }
            // A note would not outlive the next change of a card.
            if self.is_reworked(&entry.dialog) {
                choices.push(self.button("journal_rework", EntryTap::Rework(id)));
            } else {
                choices.push(self.button("journal_note", EntryTap::Note(id)));
            }
        }
        choices.push(self.button("journal_delete", EntryTap::Delete(id)));
        choices.push(self.button("journal_back", EntryTap::Page(0)));
        self.show(View { body, kind: ViewKind::Choice, choices, language: self.language() });
    }

    /// The words of one entry, with nothing to press.
    pub(super) fn show_page(&mut self, entry: &JournalEntry) {
        let title =
            [Piece::Author("**".to_owned()), Piece::Person(entry.title.clone()), Piece::Author("**\n\n".to_owned())];
        let body = [Piece::Person(entry.body.clone())];
        self.show(View::say(RichText(title.into_iter().chain(body).collect())));
    }

    /// That an entry is deleted, with the way back.
    pub(super) fn show_deleted(&mut self) {
        let choices = vec![self.button("journal_back", EntryTap::Page(0))];
        self.show(View {
            body: self.said("journal_deleted"),
            kind: ViewKind::Choice,
            choices,
            language: self.language(),
        });
    }

    /// A day as people read it.
    pub(super) fn day_text(&self, day: Date) -> String {
        self.language().short_day(day, self.today())
    }

    fn add_entries(&self, entries: &[EntryKept], body: &mut RichText, choices: &mut Vec<Choice>) {
        for kept in entries {
            let Write::Journal(entry) = &kept.write else { continue };
            let day = self.day_text(entry.date);
            body.0.push(Piece::Author(format!("\n\n*{day}* ")));
            body.0.push(Piece::Person(entry.title.clone()));
            body.0.push(Piece::Author("\n".to_owned()));
            body.0.extend(self.beginning(entry));
            let label = format!("{day}: {}", entry.title.expose());
            choices.push(Choice {
                label: cut(&label, LABEL_CHARS_MAX),
                token: EntryTap::Open(kept.id).encode(),
                role: ChoiceRole::Answer,
            });
        }
    }

    fn beginning(&self, entry: &JournalEntry) -> Vec<Piece> {
        let library = self.words();
        if let Some(day) = self.locked_until(entry) {
            return line(library, "journal_locked", &[("day", &self.day_text(day))], 0).0;
        }
        let begins = Piece::Person(UserText::new(cut(entry.body.expose(), ENTRY_BEGIN_CHARS)));
        match self.day_ahead(entry, RESTS_UNTIL) {
            Some(day) => {
                let mut rests = line(library, "journal_rests", &[("day", &self.day_text(day))], 0).0;
                rests.extend([Piece::Author(" ".to_owned()), begins]);
                rests
            }
            None => vec![begins],
        }
    }

    fn said(&self, key: &str) -> RichText {
        line(self.words(), key, &[], 0)
    }

    fn button(&self, key: &str, tap: EntryTap) -> Choice {
        Choice { label: self.said(key).plain(), token: tap.encode(), role: ChoiceRole::Answer }
    }
}

/// The beginning of a text on one line, at most so many characters; what is cut ends in dots, after a whole word if it can.
fn cut(text: &str, chars_max: usize) -> String {
    let mut cut = String::new();
    let mut count = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count() + usize::from(count > 0);
        if count + length > chars_max {
            if count == 0 {
                cut.extend(word.chars().take(chars_max.saturating_sub(1)));
            } else if count == chars_max {
                cut.pop();
            }
            cut.push('…');
            return cut;
        }
        if count > 0 {
            cut.push(' ');
        }
        cut.push_str(word);
        count += length;
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn a_beginning_is_short_and_says_that_it_is_one() {
        assert_eq!(cut("one two\n three", 20), "one two three");
        assert_eq!(cut("one two three", 8), "one two…");
        assert_eq!(cut("onetwothree", 4), "one…");
        assert_eq!(cut("äöüäöü äöü", 6), "äöüäö…");
        assert_eq!(cut("", 4), "");
    }
}
