//! `/forget`: everything of a person is deleted, once they have confirmed it.

use crate::dialog::model::Library;
use crate::dialog::session::Cause;
use crate::domain::message::View;
use crate::domain::occasion::Occasion;
use crate::domain::value::{Value, Values};
use crate::service::person::Need;
use crate::service::ports::Item;
use crate::service::turn::{Turn, line_of};
use crate::store::KeptCounts;

impl Turn<'_, '_> {
    /// Asks first. What the dialog decides, it saves as the fact `forget`.
    pub(super) fn forget(&mut self) -> Result<(), Need> {
        let (profile, language) = (&self.work.profile, self.language());
        let mut with = Values::from([
            ("linked".to_owned(), Value::Bool(!profile.others.is_empty())),
            ("app_name".to_owned(), Value::text(profile.address.platform.name(language))),
        ]);
        if let Some(other) = profile.others.last() {
            with.insert("other_name".to_owned(), Value::text(other.platform.name(language)));
        }
        let dialog = self.world.settings.dialogs.of(Occasion::Forget).to_owned();
        self.start_with(&dialog, &with, Cause::Person)
    }
}

/// What somebody is told of whom nothing is left.
pub(crate) fn receipt(library: &Library, counts: &KeptCounts) -> Item {
    let text = line_of(library, "forgotten", &counts.named(), 0);
    Item::Show { session: None, turn: None, in_place: false, view: View::say(text) }
}
