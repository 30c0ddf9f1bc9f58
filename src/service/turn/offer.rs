//! Words while nothing is open: the dialogs that fit them best are offered, and never begun unasked.

use crate::dialog::effect::Input;
use crate::domain::command::Command;
use crate::domain::limits::{LABEL_CHARS_MAX, OFFERS_MAX};
use crate::domain::message::{Choice, ChoiceRole, OPEN_TOKEN, View, ViewKind};
use crate::domain::occasion::Occasion;
use crate::domain::text::UserText;
use crate::service::person::Need;
use crate::service::turn::{Turn, line};

impl Turn<'_, '_> {
    /// Offers what fits, with a way to everything else; whether anything does.
    pub(super) fn offer(&mut self, input: &Input<'_>) -> bool {
        let Input::Text(text) = input else { return false };
        let library = self.words();
        let found = library.finder.find(text.expose(), OFFERS_MAX);
        let titles = found.into_iter().filter_map(|id| Some((id, library.dialog(id)?.title.clone())));
        let mut choices: Vec<Choice> = titles.map(|(id, title)| opens(id, &title)).collect();
        if choices.is_empty() {
            return false;
        }
        let menu = self.world.settings.dialogs.of(Occasion::Menu);
        choices.push(opens(menu, &line(library, "offered_else", &[], 0).plain()));
        let body = line(library, "offered", &[], (self.world.chance)());
        self.show(View { body, kind: ViewKind::Choice, choices, language: library.language });
        true
    }

    /// They pressed such a button, now or long ago.
    pub(super) fn open_offered(&mut self, dialog: &str) -> Result<(), Need> {
        let dialogs = &self.world.settings.dialogs;
        if dialog == dialogs.of(Occasion::Crisis) {
            return self.command(Command::Crisis, &UserText::new(""));
        }
        let is_card =
            [Occasion::Menu, Occasion::Guide, Occasion::Remind].iter().any(|occasion| dialog == dialogs.of(*occasion));
        if !is_card && !self.words().finder.offers(dialog) {
            self.note("stale_choice");
            return Ok(());
        }
        if dialog == dialogs.of(Occasion::Settings) {
            return self.settings();
        }
        self.open(dialog.to_owned())
    }
}

/// A button that opens a dialog.
pub(super) fn opens(dialog: &str, label: &str) -> Choice {
    let label = label.chars().take(LABEL_CHARS_MAX).collect();
    Choice { label, token: format!("{OPEN_TOKEN}{dialog}"), role: ChoiceRole::Answer }
}
