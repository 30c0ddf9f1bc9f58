//! Cards: the newest entry of each dialog that makes one, for a hard hour. Some can be changed part by part, and the changed
//! one takes the place of the earlier.

use crate::dialog::session::Cause;
use crate::domain::ids::EntryId;
use crate::domain::person::CARD_FACTS;
use crate::domain::pin::Purpose;
use crate::domain::value::Value;
use crate::domain::write::{JournalEntry, Write};
use crate::service::person::{EntryAsk, Need};
use crate::service::turn::journal::{dialog_of, journal_of};
use crate::service::turn::{EntryChange, Turn};
use crate::store::EntryKept;

/// The tag of a dialog whose newest entry is a card.
const CARD: &str = "card";
/// The parameter of a dialog that changes a card: the id of its entry. The entry's fields are the others.
const ENTRY: &str = "entry";
/// The field of an entry with the id of the one whose place it takes; any other word means none.
const REPLACES: &str = "replaces";

impl Turn<'_, '_> {
    /// The newest entry of each dialog that makes a card: what is wanted again in a hard hour.
    pub(super) fn cards(&mut self) -> Result<(), Need> {
        let entries = self.entries(EntryAsk::Journal)?;
        let mut cards: Vec<EntryKept> = Vec::new();
        for kept in entries.iter() {
            let is_there = |known: &EntryKept| dialog_of(known) == dialog_of(kept);
            if self.is_card(dialog_of(kept)) && !cards.iter().any(is_there) {
                cards.push(kept.clone());
            }
        }
        self.show_cards(&cards);
        Ok(())
    }

    /// The newest card of a dialog, whole. A talk about safety never waits for a PIN: it says where the card stands.
    pub(super) fn card(&mut self, dialog: &str, is_safety: bool) -> Result<(), Need> {
        if is_safety && !self.is_pin_open() {
            self.line("card_behind_pin", &[]);
            return Ok(());
        }
        if !self.is_open_for(Purpose::Card(dialog.to_owned())) {
            return Ok(());
        }
        let entries = self.entries(EntryAsk::Journal)?;
        let newest = entries.iter().find(|kept| dialog_of(kept) == dialog);
        match newest.and_then(|kept| Some((kept.id, journal_of(kept)?))) {
            Some((_, entry)) if is_safety => self.show_page(entry),
            Some((id, entry)) => self.show_entry(id, entry),
            None => {
                self.card_forgotten(dialog);
                self.line("card_gone", &[]);
            }
        }
        Ok(())
    }

    /// Begins the dialog of a card with what stands there, to change one part of it.
    pub(super) fn card_rework(&mut self, id: EntryId) -> Result<(), Need> {
        let Some(entry) = self.entry(id)? else { return Ok(()) };
        let Some(dialog) = self.world.library.dialog(&entry.dialog).filter(|_| self.is_reworked(&entry.dialog)) else {
            self.note("stale_choice");
            return Ok(());
        };
        let mut with = entry.fields.clone();
        with.retain(|name, _| dialog.params.contains_key(name));
        with.insert(ENTRY.to_owned(), Value::text(id.encode()));
        self.start_with(&entry.dialog, &with, Cause::Person)
    }

    /// Whether entries of a dialog are changed part by part, by the dialog itself.
    pub(super) fn is_reworked(&self, dialog: &str) -> bool {
        self.is_card(dialog)
            && self.world.library.dialog(dialog).is_some_and(|dialog| dialog.params.contains_key(ENTRY))
    }

    /// Lets an entry take the place of the one that it names, if that is still there; else it is given back, to be kept
    /// beside the others.
    pub(super) fn kept_in_place(&mut self, mut entry: JournalEntry) -> Result<Option<JournalEntry>, Need> {
        let replaces = entry.fields.remove(REPLACES);
        let Some(id) = replaces.as_ref().and_then(Value::as_str).and_then(EntryId::decode) else {
            return Ok(Some(entry));
        };
        match self.entry(id)? {
            Some(earlier) if earlier.dialog == entry.dialog => {
                let to = Some(Write::Journal(entry));
                self.changes.entry_changes.push(EntryChange { person: self.work.id, id, to });
                Ok(None)
            }
            Some(_) | None => Ok(Some(entry)),
        }
    }

    /// An entry was deleted: where it was the last card of its dialog, nothing says any more that there is one.
    pub(super) fn card_deleted(&mut self, id: EntryId, dialog: &str) -> Result<(), Need> {
        if CARD_FACTS.iter().any(|(of, _)| *of == dialog) {
            let entries = self.entries(EntryAsk::Journal)?;
            if !entries.iter().any(|kept| kept.id != id && dialog_of(kept) == dialog) {
                self.card_forgotten(dialog);
            }
        }
        Ok(())
    }

    fn card_forgotten(&mut self, dialog: &str) {
        for (_, fact) in CARD_FACTS.iter().filter(|(of, _)| *of == dialog) {
            self.work.profile_changed |= self.work.profile.facts.remove(*fact).is_some();
        }
    }

    fn is_pin_open(&self) -> bool {
        let (Some(platform), Some(pin)) = (self.platform, &self.work.profile.pin) else { return true };
        pin.is_open(platform, self.world.now)
    }

    fn is_card(&self, dialog: &str) -> bool {
        let dialog = self.world.library.dialog(dialog);
        dialog.is_some_and(|dialog| dialog.tags.iter().any(|tag| tag == CARD))
    }
}
