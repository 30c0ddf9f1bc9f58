//! `/link` and `/unlink`: two accounts of one person become one, and part again.

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::dialog::effect::Input;
use crate::dialog::session::{Cause, ParkedBy, Status};
use crate::domain::event::{Address, Platform};
use crate::domain::language::Language;
use crate::domain::limits::{LINK_CODE_MINUTES, LINK_GUESS_MINUTES, LINK_GUESSES_MAX, PARKED_SESSIONS_MAX};
use crate::domain::link_code::LinkCode;
use crate::domain::message::View;
use crate::domain::occasion::Occasion;
use crate::domain::person::Profile;
use crate::domain::pin::Purpose;
use crate::domain::text::UserText;
use crate::domain::value::{Value, Values};
use crate::service::person::{CodeOwner, Held, Need, PersonWork};
use crate::service::ports::Item;
use crate::service::turn::{Joined, LinkGuesses, Parted, Turn, line};

/// How long a safety dialog is kept that has to make room for the other account's.
const SAFETY_KEPT: SignedDuration = SignedDuration::from_hours(24);

impl Turn<'_, '_> {
    /// `/link` gives a code, or asks anew where check-ins arrive when accounts are joined already; `/link CODE` joins.
    pub(super) fn link(&mut self, typed: &UserText) -> Result<(), Need> {
        if !typed.expose().trim().is_empty() {
            return match LinkCode::parse(typed.expose()) {
                Some(code) => self.join(code),
                None => {
                    self.line("link_unclear", &[]);
                    Ok(())
                }
            };
        }
        if !self.work.profile.has_consented() {
            self.line("welcome_first", &[]);
            return self.arrived();
        }
        // Whoever has the code reads along from then on.
        if !self.is_open_for(Purpose::Link) {
            return Ok(());
        }
        if !self.work.profile.others.is_empty() {
            return self.ask_where(true);
        }
        let code = LinkCode::new((self.world.chance)(), (self.world.chance)());
        self.changes.code = Some((code, self.in_minutes(LINK_CODE_MINUTES)));
        self.line("link_code", &[("minutes", &LINK_CODE_MINUTES.to_string())]);
        // By itself, so that it can be copied by itself.
        self.line("link_type", &[("code", &code.shown())]);
        Ok(())
    }

    /// `/unlink`: asks first.
    pub(super) fn unlink(&mut self) -> Result<(), Need> {
        let Some(other) = self.work.profile.others.last().map(|other| other.platform) else {
            self.line("unlink_alone", &[]);
            return Ok(());
        };
        if !self.is_open_for(Purpose::Unlink) {
            return Ok(());
        }
        let here = self.work.profile.address.platform;
        let mut with = app(here, self.language());
        with.insert("other_name".to_owned(), Value::text(other.name(self.language())));
        let dialog = self.world.settings.dialogs.of(Occasion::Unlink).to_owned();
        self.start_with(&dialog, &with, Cause::Person)
    }

    /// What the dialog of `/unlink` decided: the account of this platform leaves.
    pub(super) fn part_with(&mut self, app: &Value) {
        let Some(platform) = app.as_str().and_then(Platform::from_word) else { return };
        let is_answered = self.work.profile.address.platform == platform;
        if let Some(address) = self.work.profile.part_with(platform) {
            self.work.profile_changed = true;
            self.changes.parted = Some(Parted { address, is_answered });
        }
    }

    fn join(&mut self, code: LinkCode) -> Result<(), Need> {
        let Some(look) = self.work.code.take().filter(|look| look.code == code) else { return Err(Need::Code(code)) };
        let guesses = self.work.guesses.filter(|guesses| guesses.until > self.world.now);
        if guesses.is_some_and(|guesses| guesses.count >= LINK_GUESSES_MAX) {
            self.line("link_wait", &[]);
            return Ok(());
        }
        let owner = match look.owner {
            CodeOwner::Themselves => {
                self.line("link_own", &[]);
                return Ok(());
            }
            CodeOwner::Other(owner) if owner.profile.has_consented() => *owner,
            CodeOwner::Other(_) | CodeOwner::Nobody => {
                let until = guesses.map_or_else(|| self.in_minutes(LINK_GUESS_MINUTES), |guesses| guesses.until);
                let count = guesses.map_or(0, |guesses| guesses.count) + 1;
                self.work.guesses = Some(LinkGuesses { count, until });
                self.changes.guesses = self.work.guesses;
                self.line("link_wrong", &[]);
                return Ok(());
            }
        };
        // What is behind their PIN would be behind the other one's, or behind none.
        if !self.is_open_for(Purpose::Link) {
            return Ok(());
        }
        let same = self.work.profile.addresses().find(|own| owner.profile.address_on(own.platform).is_some());
        if let Some(platform) = same.map(|own| own.platform) {
            self.line("link_same", &[("app", platform.name(self.language()))]);
            return Ok(());
        }
        self.work.parked()?;
        self.work.plans()?;
        self.become_one(owner, code)
    }

    /// The turn goes on as the owner of the code, who stays; whoever typed it is absorbed.
    fn become_one(&mut self, owner: PersonWork, code: LinkCode) -> Result<(), Need> {
        let there = owner.profile.address.clone();
        let typed = std::mem::replace(&mut self.work, owner);
        let here = typed.profile.address.clone();
        let carries = typed.profile.has_consented();
        let before = (self.work.profile.zone_name().map(str::to_owned), self.quiet());
        let spaces = |profile: &Profile| {
            let standings = profile.buddying.iter().flat_map(|buddying| &buddying.standings);
            standings.map(|standing| standing.space).collect::<Vec<_>>()
        };
        let (own_spaces, typed_spaces) = (spaces(&self.work.profile), spaces(&typed.profile));
        let of_typed =
            (typed.profile.zone_name().map(str::to_owned), typed.profile.quiet_hours(self.world.settings.quiet));
        self.changes.joined =
            Some(Joined { from: typed.id, from_rev: typed.profile_rev, address: here.clone(), code, carries });
        if carries {
            self.asking_moves(typed.id, typed.profile.asking.as_ref());
        }
        self.work.profile = self.work.profile.clone().joined(typed.profile);
        self.work.profile_changed = true;
        self.buddies_joined(own_spaces, typed.id, typed_spaces, carries);
        if carries {
            let own: Vec<String> = self.work.plans.iter().map(|held| held.plan.dialog.clone()).collect();
            self.work.plans.extend(typed.plans.into_iter().filter(|held| !own.contains(&held.plan.dialog)));
            let after = (self.work.profile.zone_name().map(str::to_owned), self.quiet());
            if before != after || of_typed != after {
                self.plan_again()?;
            }
            self.plan_hard_dates_again()?;
            self.work.parked.extend(typed.parked);
            self.keep_one_open(typed.live)?;
            self.work.sort_parked();
            while self.work.parked.len() > PARKED_SESSIONS_MAX {
                let oldest = self.work.parked.len() - 1;
                self.let_go(oldest)?;
            }
        }
        self.tell(&here, &there);
        self.ask_where(carries)
    }

    /// Of two open sessions the one stays open where the code was typed; only a safety dialog does not make room for it.
    fn keep_one_open(&mut self, typed: Option<Held>) -> Result<(), Need> {
        let Some(mut typed) = typed else { return Ok(()) };
        // Its row comes along as set aside.
        typed.changed = true;
        if let Some(own) = &mut self.work.live {
            own.changed = true;
        }
        self.step_live(&Input::Park)?;
        let Some(own) = self.work.live.replace(typed) else {
            self.order_parked();
            return Ok(());
        };
        // A safety dialog is open on the other account.
        self.step_live(&Input::Park)?;
        let Some(typed) = self.work.live.replace(own) else { return Ok(()) };
        // On both.
        if let Some(mut own) = self.work.live.replace(typed) {
            let until = self.world.now.checked_add(SAFETY_KEPT).unwrap_or(Timestamp::MAX);
            own.session.status = Status::Parked { since: self.world.now, until, by: ParkedBy::Other };
            self.work.place(own);
        }
        Ok(())
    }

    /// What was just set aside counts as a moment older than what this turn sets aside after it: sessions go on in the
    /// order of these instants, the newest first.
    fn order_parked(&mut self) {
        for held in &mut self.work.parked {
            if let Status::Parked { since, .. } = &mut held.session.status
                && *since == self.world.now
            {
                *since = since.saturating_sub(SignedDuration::from_millis(1)).unwrap_or(*since);
            }
        }
    }

    /// Both accounts hear of it, so that nobody is joined to another without knowing.
    fn tell(&mut self, here: &Address, there: &Address) {
        self.line("link_done", &[("app", there.platform.name(self.language()))]);
        let text = line(self.words(), "link_done_there", &[("app", here.platform.name(self.language()))], 0);
        let item = Item::Show { session: None, turn: None, in_place: false, view: View::say(text) };
        self.changes.elsewhere.push((there.clone(), item));
    }

    /// Asks where check-ins arrive; and before that whether what was agreed to on the other account holds here too.
    fn ask_where(&mut self, agreed: bool) -> Result<(), Need> {
        let mut with = app(self.work.profile.address.platform, self.language());
        with.insert("agreed".to_owned(), Value::Bool(agreed));
        let dialog = self.world.settings.dialogs.of(Occasion::Link).to_owned();
        self.start_with(&dialog, &with, Cause::Person)
    }

    fn quiet(&self) -> crate::domain::recurrence::QuietHours {
        self.work.profile.quiet_hours(self.world.settings.quiet)
    }

    fn in_minutes(&self, minutes: i64) -> Timestamp {
        self.world.now.checked_add(SignedDuration::from_mins(minutes)).unwrap_or(Timestamp::MAX)
    }
}

/// The account of a platform as arguments of a dialog.
fn app(platform: Platform, language: Language) -> Values {
    Values::from([
        ("app".to_owned(), Value::Key(platform.word().to_owned())),
        ("app_name".to_owned(), Value::text(platform.name(language))),
    ])
}
