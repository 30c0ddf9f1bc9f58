//! Buddies for a week, as a person knows them. What a space or the other says is kept, and told by the dialog `buddy`, which
//! comes as a check-in does: not in quiet hours, behind neutral words where somebody wants that, and behind their PIN.

mod ways;

use jiff::SignedDuration;

use crate::domain::bars::Mark;
use crate::domain::buddies::News;
use crate::domain::buddying::{Account, BuddyWord, Buddying, Note, Stage, Standing};
use crate::domain::consent::Consent;
use crate::domain::event::{Body, Platform};
use crate::domain::ids::PersonId;
use crate::domain::message::{Piece, RichText, View, ViewKind};
use crate::domain::pin::Purpose;
use crate::domain::recurrence::{At, Every, Recurrence, snooze};
use crate::domain::value::{Value, Values};
use crate::domain::write::{Plan, WhenBusy};
use crate::service::person::Need;
use crate::service::ports::Class;
use crate::service::turn::offer::opens;
use crate::service::turn::space::barring::mark;
use crate::service::turn::space::pairs::BUDDY_DIALOG;
use crate::service::turn::{Turn, line};

/// How long after its time what there is to tell may still come by itself, in seconds; later it is told when they look.
const TOLD_WITHIN_S: u32 = 36 * 60 * 60;

impl Turn<'_, '_> {
    /// They came by a link of a space: that is where they look for one.
    pub(super) fn buddies_of(&mut self, space: PersonId, tag: u64) {
        let buddying = self.buddying();
        (buddying.to, buddying.is_led) = (Some((space, tag)), true);
    }

    /// Whether what this dialog tells may be told; if not, it has asked for their PIN.
    pub(super) fn may_tell_of_buddies(&mut self, dialog: &str) -> bool {
        dialog != BUDDY_DIALOG || !self.stands_somewhere() || self.is_open_for(Purpose::Buddy)
    }

    /// Whether a space or the other has said something that was not told.
    pub(super) fn has_buddy_news(&self) -> bool {
        self.work.profile.buddying.as_ref().is_some_and(|buddying| buddying.standings.iter().any(is_news))
    }

    /// What a space or the other says.
    pub(super) fn buddy_word(&mut self, word: &BuddyWord) -> Result<(), Need> {
        match word {
            BuddyWord::News { space, platform, news } => self.buddy_news(*space, *platform, news),
            BuddyWord::Account { space, number, account, marks } => {
                if let Some(standing) = self.standing_in(*space)
                    && standing.number == *number
                    && matches!(standing.stage, Stage::Agreed | Stage::Paired)
                {
                    standing.other = Some((account.clone(), marks.clone()));
                }
                Ok(())
            }
            // For spaces.
            BuddyWord::Looks { .. }
            | BuddyWord::Says { .. }
            | BuddyWord::Leaves(_)
            | BuddyWord::Reports { .. }
            | BuddyWord::Moves { .. } => Ok(()),
        }
    }

    /// What the dialog `buddy` is told: how it stands where they look from, or where there is something to say. What is said
    /// once is said now. Before it, how to reach the other.
    pub(super) fn buddy_arguments(&mut self) -> Values {
        let key = |key: &str| Value::Key(key.to_owned());
        let Some(at) = self.standing_at() else {
            let is_led = self.work.profile.buddying.as_ref().is_some_and(|buddying| buddying.to.is_some());
            return Values::from([("state".to_owned(), key(if is_led { "new" } else { "nowhere" }))]);
        };
        let standings = &mut self.buddying().standings;
        // What is looked at last comes last the next time.
        let mut standing = standings.remove(at);
        let (note, stage) = (standing.note.take(), standing.stage);
        let has_more = !standings.is_empty();
        if stage != Stage::Gone {
            standings.push(standing.clone());
        }
        if matches!(stage, Stage::Paired | Stage::Over | Stage::Again) {
            self.show_account(standing.platform, standing.other.as_ref().map(|(account, _)| account));
        }
        let mut with = Values::from([
            ("state".to_owned(), key(state(stage))),
            ("note".to_owned(), key(note.map_or("none", told))),
            ("of".to_owned(), Value::Num(f64::from(standing.id))),
            ("mine".to_owned(), Value::Text(standing.line)),
            ("more".to_owned(), Value::Bool(has_more)),
        ]);
        with.extend(standing.theirs.map(|theirs| ("theirs".to_owned(), Value::Text(theirs))));
        with
    }

    /// Whoever goes, agrees no longer or shuts the bot out is in no pair and on no list any more.
    pub(super) fn buddies_hold(&mut self, body: &Body) {
        let profile = &self.work.profile;
        let holds = !self.changes.is_forgotten
            && !matches!(body, Body::Left)
            && profile.has_consented()
            && profile.says(Consent::Buddies) == Some(true);
        if holds || !self.stands_somewhere() {
            return;
        }
        let person = self.work.id;
        let spaces: Vec<PersonId> = self.buddying().standings.drain(..).map(|standing| standing.space).collect();
        for space in spaces {
            self.tell_space(space, BuddyWord::Leaves(person));
        }
    }

    /// Two people became one: every space in which one of them stands is told.
    pub(super) fn buddies_joined(&mut self, own: Vec<PersonId>, from: PersonId, theirs: Vec<PersonId>, carries: bool) {
        let (to, marks) = (self.work.id, self.own_marks());
        for space in own {
            self.tell_space(space, BuddyWord::Moves { from: to, to, marks: marks.clone() });
        }
        for space in theirs {
            let marks = marks.clone();
            let word = if carries { BuddyWord::Moves { from, to, marks } } else { BuddyWord::Leaves(from) };
            self.tell_space(space, word);
        }
    }

    fn buddy_news(&mut self, space: PersonId, platform: Platform, news: &News) -> Result<(), Need> {
        self.work.plans()?;
        match news {
            News::Waits(line) => {
                let id = self.buddying().next_id();
                let standing = Standing {
                    space,
                    platform,
                    id,
                    number: 0,
                    line: line.clone(),
                    theirs: None,
                    other: None,
                    stage: Stage::Waiting,
                    note: None,
                };
                let standings = &mut self.buddying().standings;
                standings.retain(|known| known.space != space);
                standings.push(standing);
                self.say_with_way("buddy_waits");
                return Ok(());
            }
            News::Full => self.line("buddy_full", &[]),
            News::Closed => self.line("buddy_nowhere", &[]),
            News::Unheard => self.line("buddy_unheard", &[]),
            News::Barred if self.standing_in(space).is_none() => self.line("buddy_barred", &[]),
            News::Offer { .. }
            | News::Apart
            | News::Paired { .. }
            | News::Midway
            | News::Over
            | News::Ended
            | News::Lapsed
            | News::Barred
            | News::Departed
            | News::Off => return self.buddy_turns(space, news),
        }
        Ok(())
    }

    /// Something changes where they stand: it is told when it may be.
    fn buddy_turns(&mut self, space: PersonId, news: &News) -> Result<(), Need> {
        let (person, marks) = (self.work.id, self.own_marks());
        let id = self.buddying().next_id();
        let Some(standing) = self.standing_in(space) else {
            // Gone here and known there: out of step, and put right.
            self.tell_space(space, BuddyWord::Leaves(person));
            return Ok(());
        };
        let platform = standing.platform;
        match news {
            News::Offer { number, line } => {
                (standing.number, standing.id) = (*number, id);
                (standing.stage, standing.theirs, standing.other) = (Stage::Asked, Some(line.clone()), None);
                standing.note = None;
            }
            News::Apart => {
                (standing.stage, standing.theirs, standing.note) = (Stage::Waiting, None, Some(Note::Apart));
            }
            News::Paired { number, with, again } => {
                let number = *number;
                (standing.stage, standing.number) = (Stage::Paired, number);
                standing.note = Some(if *again { Note::Again } else { Note::Paired });
                let account = self.work.profile.address_on(platform).map(Account::of);
                match account {
                    Some(account) => {
                        let word = BuddyWord::Account { space, number, account, marks };
                        self.changes.follows.push((*with, Body::Buddy(Box::new(word))));
                    }
                    // They have parted with the account by which they are in the space.
                    None => self.tell_space(space, BuddyWord::Leaves(person)),
                }
            }
            News::Midway => standing.note = Some(Note::Midway),
            News::Over => (standing.stage, standing.note) = (Stage::Over, None),
            News::Ended => standing.goes(Note::Ended),
            News::Lapsed => standing.goes(Note::Lapsed),
            News::Barred => standing.goes(Note::Barred),
            News::Departed => standing.goes(Note::Departed),
            News::Off => standing.goes(Note::Off),
            News::Waits(_) | News::Full | News::Closed | News::Unheard => {}
        }
        self.plan_buddy_talk()
    }

    /// The dialog comes as soon as it may.
    fn plan_buddy_talk(&mut self) -> Result<(), Need> {
        let zone = self.work.zone(self.world.settings);
        let quiet = self.work.profile.quiet_hours(self.world.settings.quiet);
        let due = snooze(self.world.now, SignedDuration::ZERO, &zone, quiet);
        let at = zone.to_datetime(due);
        let plan = Plan {
            dialog: BUDDY_DIALOG.to_owned(),
            with: Values::new(),
            recurrence: Recurrence { every: Every::Once(at.date()), at: At::Wall(at.time()) },
            when_busy: WhenBusy::Queue,
            expires_s: TOLD_WITHIN_S,
        };
        self.plan_at(plan, due)
    }

    fn show_account(&mut self, platform: Platform, other: Option<&Account>) {
        let profile = &self.work.profile;
        let to = if self.class == Class::Nudge { profile.checkin_address() } else { &profile.address };
        if to.platform != platform {
            // There the number of the account is somebody else's, or nobody's.
            self.line("buddy_elsewhere", &[("app", platform.name(self.language()))]);
            return;
        }
        let Some(mention) = other.and_then(|account| self.mention(account)) else {
            self.line("buddy_no_account", &[]);
            return;
        };
        let RichText(mut pieces) = line(self.words(), "buddy_is", &[], 0);
        pieces.push(Piece::Author(" ".to_owned()));
        pieces.push(Piece::Mention(mention));
        pieces.push(Piece::Author("\n\n".to_owned()));
        pieces.extend(line(self.words(), "buddy_is_how", &[], 0).0);
        self.show(View::say(RichText(pieces)));
    }

    /// One of the system's lines, with a button that leads to how it stands.
    fn say_with_way(&mut self, key: &str) {
        let body = line(self.words(), key, &[], 0);
        let way = opens(BUDDY_DIALOG, &line(self.words(), "buddy_way", &[], 0).plain());
        self.show(View { body, kind: ViewKind::Choice, choices: vec![way], language: self.language() });
    }

    fn tell_space(&mut self, space: PersonId, word: BuddyWord) {
        self.changes.follows.push((space, Body::Buddy(Box::new(word))));
    }

    /// Fingerprints of all of their accounts.
    pub(super) fn own_marks(&self) -> Vec<Mark> {
        self.work.profile.addresses().map(|address| mark(address.platform, &address.account)).collect()
    }

    fn buddying(&mut self) -> &mut Buddying {
        self.work.profile_changed = true;
        self.work.profile.buddying.get_or_insert_default()
    }

    fn stands_somewhere(&self) -> bool {
        self.work.profile.buddying.as_ref().is_some_and(|buddying| !buddying.standings.is_empty())
    }

    fn standing_in(&mut self, space: PersonId) -> Option<&mut Standing> {
        self.buddying().standings.iter_mut().find(|standing| standing.space == space)
    }

    /// Which is told of: that of the space by whose link they have just come, where they may not stand at all; else one that
    /// waits for an answer or has news, else the one that was looked at longest ago.
    fn standing_at(&mut self) -> Option<usize> {
        let buddying = self.work.profile.buddying.as_mut()?;
        if std::mem::take(&mut buddying.is_led) {
            self.work.profile_changed = true;
            let (space, _) = buddying.to?;
            return buddying.standings.iter().position(|standing| standing.space == space);
        }
        let standings = &buddying.standings;
        standings.iter().position(is_news).or((!standings.is_empty()).then_some(0))
    }
}

fn is_news(standing: &Standing) -> bool {
    standing.note.is_some() || matches!(standing.stage, Stage::Asked | Stage::Over | Stage::Gone)
}

fn state(stage: Stage) -> &'static str {
    match stage {
        Stage::Waiting => "waiting",
        Stage::Asked => "asked",
        Stage::Agreed => "agreed",
        Stage::Paired => "paired",
        Stage::Over => "over",
        Stage::Again => "again",
        Stage::Gone => "gone",
    }
}

fn told(note: Note) -> &'static str {
    match note {
        Note::Apart => "apart",
        Note::Paired => "paired",
        Note::Again => "again",
        Note::Midway => "midway",
        Note::Ended => "ended",
        Note::Lapsed => "lapsed",
        Note::Off => "off",
        Note::Barred => "barred",
        Note::Departed => "departed",
    }
}
