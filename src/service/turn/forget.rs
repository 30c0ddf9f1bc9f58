//! `/forget`: everything of a person is deleted, once they have confirmed it.

use crate::dialog::model::Library;
use crate::dialog::session::Cause;
use crate::domain::message::View;
use crate::domain::value::{Value, Values};
use crate::service::person::Need;
use crate::service::ports::Item;
use crate::service::turn::{Turn, line_of};
use crate::store::ForgetCounts;

impl Turn<'_, '_> {
    /// Asks first. What the dialog decides, it saves as the fact `forget`.
    pub(super) fn forget(&mut self) -> Result<(), Need> {
        let profile = &self.work.profile;
        let mut with = Values::from([
            ("linked".to_owned(), Value::Bool(!profile.others.is_empty())),
            ("app_name".to_owned(), Value::text(profile.address.platform.name())),
        ]);
        if let Some(other) = profile.others.last() {
            with.insert("other_name".to_owned(), Value::text(other.platform.name()));
        }
        let dialog = self.world.settings.forget_dialog.clone();
        self.start_with(&dialog, &with, Cause::Person)
    }
}

/// What somebody is told of whom nothing is left.
pub(crate) fn receipt(library: &Library, counts: &ForgetCounts) -> Item {
    let number = |count: i64| Value::Num(count as f64);
    let arguments = [
        ("journal", number(counts.journal)),
        ("measures", number(counts.measures)),
        ("goals", number(counts.goals)),
        ("sessions", number(counts.sessions)),
        ("plans", number(counts.plans)),
    ];
    let text = line_of(library, "forgotten", &arguments, 0);
    Item::Show { session: None, turn: None, in_place: false, view: View::say(text) }
}
