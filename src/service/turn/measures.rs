//! Numbers of a day that are not kept as they come: for yesterday, and in the place of one from today.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::domain::ids::SessionId;
use crate::domain::occasion::Occasion;
use crate::domain::value::{Value, Values};
use crate::domain::week::{MOOD, Week};
use crate::domain::write::{Plan, Write, WriteKey};
use crate::service::person::{EntryAsk, Need};
use crate::service::turn::{EntryChange, EntryNew, Turn};

impl Turn<'_, '_> {
    /// Does what a check-in asks for beside its own number.
    pub(super) fn mood_acts(&mut self, acts: &mut Values, session: SessionId, key: &WriteKey) -> Result<(), Need> {
        let [yesterday, instead] = ["mood_yesterday", "mood_instead"].map(|name| acts.remove(name));
        if let (Some(Value::Num(mood)), Ok(day)) = (yesterday, self.today().yesterday()) {
            self.mood_kept(mood, day, session, key.clone());
        }
        if let Some(Value::Num(mood)) = instead {
            self.mood_instead(mood, session, key)?;
        }
        Ok(())
    }

    /// Notes that they have checked in for a day.
    pub(super) fn checked_in(&mut self, day: Date) {
        let today = self.today();
        self.work.profile.week.get_or_insert_with(|| Week::new(day)).checked_in(day, today);
        self.work.profile_changed = true;
    }

    /// Notes that a check-in has come by itself.
    pub(super) fn checkin_came(&mut self, plan: &Plan) {
        if plan.dialog == self.world.settings.dialogs.of(Occasion::Checkin) {
            let today = self.today();
            self.work.profile.week.get_or_insert_with(|| Week::new(today)).came(today);
            self.work.profile_changed = true;
        }
    }

    /// The newest number of today becomes another one; without any, it is kept as one.
    fn mood_instead(&mut self, mood: f64, session: SessionId, key: &WriteKey) -> Result<(), Need> {
        let today = self.today();
        let entries = self.work.entries(EntryAsk::Measures)?;
        let of_today = entries.iter().find_map(|kept| {
            let Write::Measures { values, date } = &kept.write else { return None };
            (*date == today && values.contains_key(MOOD)).then_some((kept.id, values))
        });
        let Some((id, values)) = of_today else {
            self.mood_kept(mood, today, session, key.clone());
            return Ok(());
        };
        let mut values = values.clone();
        values.insert(MOOD.to_owned(), mood);
        let to = Some(Write::Measures { values, date: today });
        self.changes.entry_changes.push(EntryChange { person: self.work.id, id, to });
        Ok(())
    }

    fn mood_kept(&mut self, mood: f64, date: Date, session: SessionId, key: WriteKey) {
        let write = Write::Measures { values: BTreeMap::from([(MOOD.to_owned(), mood)]), date };
        self.checked_in(date);
        self.changes.entries.push(EntryNew { person: self.work.id, session, key, write });
    }
}
