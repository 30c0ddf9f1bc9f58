//! `/privacy`: what is kept of a person, what they agreed to, and how they take it back.

use jiff::Timestamp;

use crate::dialog::effect::Input;
use crate::dialog::session::Cause;
use crate::domain::consent::{CONSENTS, Consent, Receipt};
use crate::domain::message::{Piece, RichText, View};
use crate::domain::occasion::Occasion;
use crate::domain::supporters::Ended;
use crate::domain::value::{Value, Values};
use crate::domain::write::Plan;
use crate::service::person::Need;
use crate::service::turn::{Turn, line, line_of};
use crate::store::KeptCounts;

impl Turn<'_, '_> {
    /// Says who can read what, how much there is, and what they agreed to, with a button to take each thing back. Whoever
    /// has agreed to nothing yet, or is in a talk about safety, hears only the first.
    pub(super) fn privacy(&mut self) -> Result<(), Need> {
        if self.is_in_safety() {
            self.policy_only();
            return self.step_live(&Input::Again);
        }
        if !self.work.profile.has_consented() {
            self.policy_only();
            return Ok(());
        }
        self.privacy_dialog(false)
    }

    /// Asks again, instead of what they came for, when they agreed to a wording that no longer holds; whether it does.
    pub(super) fn renews(&mut self) -> Result<bool, Need> {
        let wordings = &self.world.settings.wordings;
        let is_free = self.work.live.is_none() && self.work.profile.has_consented();
        if !is_free {
            return Ok(false);
        }
        let profile = &self.work.profile;
        let (store, daily) =
            [Consent::Store, Consent::Daily].map(|consent| profile.is_outdated(consent, wordings)).into();
        let writes_first = daily && self.work.plans()?.iter().any(|held| held.plan.recurrence.comes_again());
        if !(store || writes_first) {
            return Ok(false);
        }
        self.privacy_dialog(true)?;
        Ok(true)
    }

    /// They agree to something from now on, or no longer do.
    pub(super) fn agree(&mut self, consent: Consent, given: bool) {
        if consent == Consent::Moderators && !given {
            self.asking_ends(Ended::TakenBack);
        }
        let wordings = self.world.settings.wordings;
        self.work.profile_changed |= self.work.profile.agree(consent, given, &wordings, self.world.now);
    }

    /// A plan that they chose. Choosing one that comes again and again is agreeing to be written to.
    pub(super) fn plan_chosen(&mut self, plan: Plan) -> Result<(), Need> {
        if plan.recurrence.comes_again() {
            self.agree(Consent::Daily, true);
            self.wake()?;
        }
        self.plan(plan)
    }

    /// A plan that they ended. Without any that comes again they have taken back that they are written to.
    pub(super) fn plan_ended(&mut self, dialog: &str) -> Result<(), Need> {
        self.plan_drop(dialog)?;
        let is_over = !self.work.plans()?.iter().any(|held| held.plan.recurrence.comes_again());
        if is_over && self.work.profile.says(Consent::Daily) == Some(true) {
            self.agree(Consent::Daily, false);
        }
        Ok(())
    }

    fn policy_only(&mut self) {
        let policy = self.policy();
        self.show(View::say(policy));
    }

    fn privacy_dialog(&mut self, renew: bool) -> Result<(), Need> {
        let has_plan = self.work.plans()?.iter().any(|held| held.plan.recurrence.comes_again());
        let Some(counts) = self.work.counts else { return Err(Need::Counts) };
        let profile = &self.work.profile;
        let is_refused = profile.says(Consent::Daily) == Some(false);
        let daily = match (has_plan, is_refused) {
            (false, _) => "none",
            (true, true) => "off",
            (true, false) => "on",
        };
        let agreed = |consent| Value::Bool(profile.says(consent) == Some(true));
        let with = Values::from([
            ("policy".to_owned(), Value::text(self.policy().plain())),
            ("kept".to_owned(), Value::text(self.kept(&counts))),
            ("agreed".to_owned(), Value::text(self.receipts())),
            ("daily".to_owned(), Value::Key(daily.to_owned())),
            ("groups".to_owned(), agreed(Consent::Groups)),
            ("posts".to_owned(), agreed(Consent::Posts)),
            ("moderators".to_owned(), agreed(Consent::Moderators)),
            ("buddies".to_owned(), agreed(Consent::Buddies)),
            ("renew".to_owned(), Value::Bool(renew)),
        ]);
        let dialog = self.world.settings.dialogs.of(Occasion::Privacy).to_owned();
        self.start_with(&dialog, &with, Cause::Person)
    }

    /// Who can read what, and who answers for it.
    fn policy(&self) -> RichText {
        let (library, host) = (self.words(), &self.world.settings.host);
        let mut text = line(library, "privacy", &[], 0);
        let mut add = |key: &str, arguments: &[(&str, &str)]| {
            text.0.push(Piece::Author("\n".to_owned()));
            text.0.extend(line(library, key, arguments, 0).0);
        };
        match &host.contact {
            Some(contact) => add("privacy_contact", &[("contact", contact)]),
            None => add("privacy_no_contact", &[]),
        }
        if let Some(country) = &host.country {
            add("privacy_country", &[("country", country)]);
        }
        let months = Value::Num(f64::from(self.world.settings.idle_months));
        text.0.push(Piece::Author("\n".to_owned()));
        text.0.extend(line_of(library, "privacy_idle", &[("months", months)], 0).0);
        text
    }

    fn kept(&self, counts: &KeptCounts) -> String {
        line_of(self.words(), "privacy_kept", &counts.named(), 0).plain()
    }

    /// What they agreed to or took back, one a line.
    fn receipts(&self) -> String {
        let receipts = &self.work.profile.consents;
        let known = CONSENTS.iter().filter_map(|(consent, _, name)| Some((receipts.get(consent)?, *name)));
        known.map(|(receipt, name)| self.receipt(receipt, name)).collect::<Vec<_>>().join("\n")
    }

    fn receipt(&self, receipt: &Receipt, name: &str) -> String {
        let library = self.words();
        let what = line(library, name, &[], 0).plain();
        let day = self.day_of(receipt.at);
        let wording = receipt.wording.to_string();
        let said = if receipt.given {
            line(library, "consent_given", &[("what", &what), ("day", &day), ("wording", &wording)], 0)
        } else {
            line(library, "consent_taken_back", &[("what", &what), ("day", &day)], 0)
        };
        said.plain()
    }

    fn day_of(&self, at: Timestamp) -> String {
        self.words().language.full_day(self.work.zone(self.world.settings).to_datetime(at).date())
    }
}
