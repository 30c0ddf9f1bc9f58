//! `/journal`: what somebody saved, by pages, to read, look through, add to, change and delete. Its messages stand beside
//! the conversation, so that whatever is open stays open; only what must be asked for begins a dialog.

use std::sync::Arc;

use crate::dialog::effect::Input;
use crate::dialog::session::{Cause, Session};
use crate::domain::entry_tap::EntryTap;
use crate::domain::fold::fold;
use crate::domain::ids::EntryId;
use crate::domain::limits::{ENTRY_CARRIED_CHARS_MIN, ENTRY_CHARS_MAX, JOURNAL_FOUND_MAX};
use crate::domain::occasion::Occasion;
use crate::domain::pin::Purpose;
use crate::domain::text::UserText;
use crate::domain::value::{Value, Values};
use crate::domain::write::{JournalEntry, Write};
use crate::service::person::{EntryAsk, Need};
use crate::service::turn::{EntryChange, Turn};
use crate::store::EntryKept;

/// The field of an entry with the day until which it is shut.
pub(super) const OPEN_ON: &str = "open_on";
/// The field of an entry with the day until which its words rest.
pub(super) const RESTS_UNTIL: &str = "rests_until";
/// The field of an entry that is to be deleted once it was read.
const BURNS: &str = "burns";

impl Turn<'_, '_> {
    /// The list, or what holds a word.
    pub(super) fn journal(&mut self, word: &UserText) -> Result<(), Need> {
        if word.expose().trim().is_empty() {
            return if self.may_read(Purpose::Journal)? { self.journal_list(0) } else { Ok(()) };
        }
        if self.may_read(Purpose::Find(word.clone()))? { self.journal_find(word) } else { Ok(()) }
    }

    /// A press of a button of the journal, now or long ago.
    pub(super) fn journal_tap(&mut self, token: &str) -> Result<(), Need> {
        let Some(tap) = EntryTap::decode(token) else {
            self.note("stale_choice");
            return Ok(());
        };
        if let Some(id) = tap.entry()
            && self.entry(id)?.is_none()
        {
            self.note("journal_gone");
            return Ok(());
        }
        if !self.may_read(Purpose::JournalTap(token.to_owned()))? {
            return Ok(());
        }
        match tap {
            EntryTap::Page(page) => self.journal_list(page),
            EntryTap::Find => self.journal_ask("find", None),
            EntryTap::Write => self.journal_ask("write", None),
            EntryTap::Open(id) => self.journal_open(id),
            EntryTap::Edit(id) => self.journal_ask("edit", Some(id)),
            EntryTap::Rework(id) => self.card_rework(id),
            EntryTap::Note(id) => self.journal_ask("note", Some(id)),
            EntryTap::Delete(id) => self.journal_ask("delete", Some(id)),
        }
    }

    /// A page of the list; behind the last one stands the first.
    pub(super) fn journal_list(&mut self, page: usize) -> Result<(), Need> {
        let entries = self.entries(EntryAsk::Page(page))?;
        if entries.is_empty() && page > 0 {
            return self.journal_list(0);
        }
        self.show_list(&entries, page);
        Ok(())
    }

    /// Does what a dialog asks for about entries; `is_safety` while it is part of a talk about safety.
    pub(super) fn entry_acts(&mut self, acts: &mut Values, is_safety: bool) -> Result<(), Need> {
        let mut text = |name: &str| match acts.remove(name) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        };
        let (id, words, note, word) = (text("entry"), text("entry_words"), text("entry_note"), text("entry_find"));
        let card = text("entry_card");
        let [is_deleted, is_listed, is_for_cards] =
            ["entry_delete", "entry_list", "entry_cards"].map(|name| acts.remove(name) == Some(Value::Bool(true)));
        if let Some(word) = word {
            // The question may have waited for longer than the PIN holds.
            let is_open = self.is_open_for(Purpose::Find(word.clone()));
            return if is_open { self.journal_find(&word) } else { Ok(()) };
        }
        if is_listed {
            return if self.is_open_for(Purpose::Journal) { self.journal_list(0) } else { Ok(()) };
        }
        if is_for_cards {
            return if self.is_open_for(Purpose::Cards) { self.cards() } else { Ok(()) };
        }
        if let Some(dialog) = card {
            return self.card(dialog.expose(), is_safety);
        }
        let Some(id) = id.and_then(|id| EntryId::decode(id.expose())) else { return Ok(()) };
        let Some(entry) = self.entry(id)? else {
            self.line("journal_gone", &[]);
            return Ok(());
        };
        match (words, note) {
            (Some(words), _) => self.entry_changed(id, JournalEntry { body: words, ..entry }),
            (None, Some(note)) => self.entry_noted(id, entry, &note),
            (None, None) if is_deleted => self.entry_deleted(id, &entry)?,
            (None, None) => {}
        }
        Ok(())
    }

    /// Whether an entry is of the kind that is written freely, and whose words can be changed.
    pub(super) fn is_free(&self, entry: &JournalEntry) -> bool {
        entry.dialog == self.world.settings.dialogs.of(Occasion::Journal)
    }

    /// The day until which an entry is shut, if it still is.
    pub(super) fn locked_until(&self, entry: &JournalEntry) -> Option<jiff::civil::Date> {
        self.day_ahead(entry, OPEN_ON)
    }

    /// A day in the fields of an entry, if it is after today.
    pub(super) fn day_ahead(&self, entry: &JournalEntry, field: &str) -> Option<jiff::civil::Date> {
        match entry.fields.get(field) {
            Some(Value::Date(day)) if *day > self.today() => Some(*day),
            _ => None,
        }
    }

    pub(super) fn today(&self) -> jiff::civil::Date {
        self.work.zone(self.world.settings).to_datetime(self.world.now).date()
    }

    /// Whether what was saved may be shown here and now; if not, it has said why.
    pub(super) fn may_read(&mut self, purpose: Purpose) -> Result<bool, Need> {
        if self.is_in_safety() {
            self.line("safety_open", &[]);
            self.step_live(&Input::Again)?;
            return Ok(false);
        }
        if !self.work.profile.has_consented() {
            self.line("welcome_first", &[]);
            self.arrived()?;
            return Ok(false);
        }
        Ok(self.is_open_for(purpose))
    }

    pub(super) fn journal_find(&mut self, word: &UserText) -> Result<(), Need> {
        let folded = fold(word.expose());
        if folded.is_empty() {
            self.line("journal_find_unclear", &[]);
            return Ok(());
        }
        let holds = |text: &UserText| fold(text.expose()).contains(&folded);
        let entries = self.entries(EntryAsk::Journal)?;
        let is_found = |kept: &&EntryKept| {
            let Some(entry) = journal_of(kept) else { return false };
            holds(&entry.title) || (self.locked_until(entry).is_none() && holds(&entry.body))
        };
        let found: Vec<EntryKept> = entries.iter().filter(is_found).take(JOURNAL_FOUND_MAX + 1).cloned().collect();
        self.show_found(&found, word);
        Ok(())
    }

    fn journal_open(&mut self, id: EntryId) -> Result<(), Need> {
        let Some(entry) = self.entry(id)? else { return Ok(()) };
        self.show_entry(id, &entry);
        let burns = entry.fields.get(BURNS) == Some(&Value::Bool(true));
        if burns && self.locked_until(&entry).is_none() {
            return self.journal_ask("burn", Some(id));
        }
        Ok(())
    }

    /// Begins the dialog that asks for what is needed; what was open goes on after it.
    fn journal_ask(&mut self, what: &str, id: Option<EntryId>) -> Result<(), Need> {
        let mut with = Values::from([("what".to_owned(), Value::Key(what.to_owned()))]);
        if let Some(id) = id {
            let Some(entry) = self.entry(id)? else { return Ok(()) };
            if what == "edit" && !self.is_free(&entry) || what != "delete" && self.locked_until(&entry).is_some() {
                self.note("stale_choice");
                return Ok(());
            }
            with.insert("entry".to_owned(), Value::text(id.encode()));
            with.insert("title".to_owned(), Value::Text(entry.title));
        }
        let dialog = self.world.settings.dialogs.of(Occasion::Journal).to_owned();
        self.start_with(&dialog, &with, Cause::Person)
    }

    fn entry_changed(&mut self, id: EntryId, entry: JournalEntry) {
        let to = Some(Write::Journal(entry.clone()));
        self.changes.entry_changes.push(EntryChange { person: self.work.id, id, to });
        self.show_entry(id, &entry);
    }

    fn entry_noted(&mut self, id: EntryId, entry: JournalEntry, note: &UserText) {
        let length = entry.body.expose().chars().count() + note.expose().chars().count();
        if length > ENTRY_CHARS_MAX {
            self.line("journal_full", &[]);
            return;
        }
        let day = self.day_text(self.today());
        let body = UserText::new(format!("{}\n\n{day}: {}", entry.body.expose(), note.expose()));
        self.entry_changed(id, JournalEntry { body, ..entry });
    }

    /// Deletes an entry, and what would bring its words back later.
    fn entry_deleted(&mut self, id: EntryId, entry: &JournalEntry) -> Result<(), Need> {
        let plans = self.work.plans()?.iter().filter(|held| carries(held.plan.with.values(), &entry.body));
        let dialogs: Vec<String> = plans.map(|held| held.plan.dialog.clone()).collect();
        for dialog in &dialogs {
            self.plan_ended(dialog)?;
        }
        let brings = |session: &Session| {
            let values = session.log.iter().filter_map(|logged| logged.value.as_ref());
            session.cause == Cause::CheckIn && carries(values, &entry.body)
        };
        self.parked_dropped(brings)?;
        if self.work.profile.waiting.as_ref().is_some_and(|waiting| carries(waiting.with.values(), &entry.body)) {
            self.work.profile.waiting = None;
            self.work.profile_changed = true;
        }
        self.changes.entry_changes.push(EntryChange { person: self.work.id, id, to: None });
        self.card_deleted(id, &entry.dialog)?;
        self.show_deleted();
        Ok(())
    }

    pub(super) fn entry(&self, id: EntryId) -> Result<Option<JournalEntry>, Need> {
        Ok(self.entries(EntryAsk::One(id))?.first().and_then(journal_of).cloned())
    }

    pub(super) fn entries(&self, ask: EntryAsk) -> Result<Arc<[EntryKept]>, Need> {
        self.work.entries(ask)
    }
}

pub(super) fn journal_of(kept: &EntryKept) -> Option<&JournalEntry> {
    let Write::Journal(entry) = &kept.write else { return None };
    Some(entry)
}

pub(super) fn dialog_of(kept: &EntryKept) -> &str {
    journal_of(kept).map_or("", |entry| &entry.dialog)
}

/// Whether one of the values is words that stand in a text.
fn carries<'v>(mut values: impl Iterator<Item = &'v Value>, text: &UserText) -> bool {
    values.any(|value| is_part(value, text))
}

fn is_part(value: &Value, text: &UserText) -> bool {
    let Value::Text(words) = value else { return false };
    let words = words.expose().trim();
    words == text.expose().trim() || words.chars().count() >= ENTRY_CARRIED_CHARS_MIN && text.expose().contains(words)
}
