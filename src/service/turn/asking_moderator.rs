//! Asking the moderators of a group from a private talk, and what comes back. Only what somebody agreed to pass on leaves
//! the talk; where it goes is the group whose link they followed.

use jiff::Timestamp;

use crate::dialog::session::Cause;
use crate::domain::consent::Consent;
use crate::domain::event::Body;
use crate::domain::ids::PersonId;
use crate::domain::limits::{ASKS_A_DAY_MAX, ASKS_OPEN_MAX, QUOTA_SPAN};
use crate::domain::message::{Piece, RichText, View, base36, from_base36};
use crate::domain::occasion::Occasion;
use crate::domain::person::Waiting;
use crate::domain::pin::Purpose;
use crate::domain::supporters::{
    AskKind, Asking, AskingTo, Came, Closing, Ended, FromSupporters, News, NewsKind, OpenRequest, ToSupporters,
};
use crate::domain::text::UserText;
use crate::domain::value::{Value, Values};
use crate::prose::clean;
use crate::service::person::Need;
use crate::service::turn::{Turn, line};

/// The dialog in which somebody asks.
pub(super) const ASK_DIALOG: &str = "ask-moderator";
/// The dialog that shows what came back.
pub(super) const NEWS_DIALOG: &str = "moderator-news";
/// How the word of a link begins that leads to a question for the moderators of a space.
const ASK_LINK: &str = "m-";

/// What a link says of the place that it leads to.
#[derive(Clone, Copy)]
pub(super) enum There {
    /// Somebody is on duty.
    OnDuty,
    /// Nobody is.
    OffDuty,
    /// Whoever pressed the button asks there no more.
    Barred,
}

/// The word of a link to the moderators of a space: its key, and how it is there at this minute. What it says is only told:
/// the space looks at its blocks again when words come.
pub(super) fn ask_link(space: PersonId, key: u64, there: There, now: Timestamp) -> String {
    let minute = now.as_second().div_euclid(60).unsigned_abs();
    let there = match there {
        There::OnDuty => 'y',
        There::OffDuty => 'n',
        There::Barred => 'b',
    };
    format!("{ASK_LINK}{}-{}-{there}{}", base36(space.0.cast_unsigned()), base36(key), base36(minute))
}

/// Where a link leads.
pub(super) fn read_ask_link(word: &str) -> Option<AskingTo> {
    let mut parts = word.strip_prefix(ASK_LINK)?.splitn(3, '-');
    let (space, key, there) = (from_base36(parts.next()?)?, from_base36(parts.next()?)?, parts.next()?);
    let minute = from_base36(there.strip_prefix(['y', 'n', 'b'])?)?;
    let at = i64::try_from(minute).ok().and_then(|minute| Timestamp::from_second(minute.checked_mul(60)?).ok());
    let (duty, barred) = match at {
        Some(at) if there.starts_with('b') => (None, Some(at)),
        Some(at) => (Some((there.starts_with('y'), at)), None),
        None => (None, None),
    };
    Some(AskingTo { space: PersonId(space.cast_signed()), key, duty, barred })
}

impl Turn<'_, '_> {
    /// They came by a link of a space: its moderators are whom they ask.
    pub(super) fn asking_at(&mut self, to: AskingTo) {
        self.asking().to = Some(to);
    }

    /// What a dialog asks for among what it keeps: see the table of facts in [`crate::domain::person`].
    pub(super) fn asking_acts(&mut self, facts: &mut Values) {
        if let Some(Value::Text(words)) = facts.remove("ask_moderator") {
            self.ask_moderator(&words);
        }
        if facts.remove("moderator_news") == Some(Value::Bool(true)) {
            self.show_news();
        }
        if facts.remove("moderator_done") == Some(Value::Bool(true)) {
            self.asking_settled();
        }
    }

    /// They agreed that moderators of the group read this: it goes there, in the same commit.
    fn ask_moderator(&mut self, words: &UserText) {
        let (now, id) = (self.world.now, self.work.id);
        let profile = &self.work.profile;
        let is_agreed = profile.says(Consent::Moderators) == Some(true)
            && !profile.is_outdated(Consent::Moderators, &self.world.settings.wordings);
        let to = profile.asking.as_ref().and_then(|asking| asking.to);
        let Some(to) = to.filter(|to| is_agreed && to.space != id) else {
            self.line("ask_nowhere", &[]);
            return;
        };
        let screen = &self.world.settings.screen;
        let is_heavy = screen.reply(&screen.look(words.expose()), true).is_some();
        let ticket = (self.world.chance)();
        let asking = self.asking();
        asking.lately.retain(|at| now.duration_since(*at) < QUOTA_SPAN);
        let known = asking.open.iter().find(|(_, open)| open.space == to.space).map(|(ticket, _)| *ticket);
        let is_much = asking.lately.len() >= ASKS_A_DAY_MAX;
        let is_full = is_much || (known.is_none() && asking.open.len() >= ASKS_OPEN_MAX);
        if !is_full {
            asking.lately.push(now);
        }
        let ticket = known.unwrap_or(ticket);
        if !is_full && known.is_none() {
            let AskingTo { space, key, .. } = to;
            asking.open.insert(ticket, OpenRequest { space, key, number: 0, since: now });
        }
        if is_heavy {
            // Moderators may come in an hour or never; whom to reach at once does not wait for them.
            self.line("ask_heavy", &[]);
            self.crisis_card();
        }
        if is_full {
            let key = if is_much { "ask_enough" } else { "ask_open_enough" };
            self.line(key, &[("max", &ASKS_A_DAY_MAX.to_string()), ("open", &ASKS_OPEN_MAX.to_string())]);
            return;
        }
        let text = UserText::new(clean::clean(words.expose()).trim());
        let marks = self.own_marks();
        self.tell_supporters(to.space, ticket, AskKind::Words { text, key: to.key, is_heavy, marks });
    }

    /// They say that their request is settled.
    fn asking_settled(&mut self) {
        let asking = self.asking();
        let space = asking.to.map(|to| to.space);
        let settled: Vec<_> = asking.open.extract_if(.., |_, open| Some(open.space) == space).collect();
        for (ticket, open) in settled {
            self.tell_supporters(open.space, ticket, AskKind::Over(Ended::Settled));
        }
    }

    /// Every request of theirs ends: they took back their consent, or everything of theirs goes.
    pub(super) fn asking_ends(&mut self, why: Ended) {
        let Some(asking) = &mut self.work.profile.asking else { return };
        asking.news.clear();
        let open = std::mem::take(&mut asking.open);
        self.work.profile_changed = true;
        for (ticket, open) in open {
            self.tell_supporters(open.space, ticket, AskKind::Over(why));
        }
    }

    /// Somebody was absorbed who had requests: they are of who stays from now on.
    pub(super) fn asking_moves(&mut self, from: PersonId, asking: Option<&Asking>) {
        for (ticket, open) in asking.iter().flat_map(|asking| &asking.open) {
            let moved = ToSupporters { from, ticket: *ticket, what: AskKind::Moved(self.work.id) };
            self.changes.follows.push((open.space, Body::AsksSupporters(Box::new(moved))));
        }
    }

    /// What became of what they asked.
    pub(super) fn came_from_supporters(&mut self, came: &FromSupporters) -> Result<(), Need> {
        let FromSupporters { space, ticket, what } = came;
        let Some(open) = self.asking().open.get(ticket).copied().filter(|open| open.space == *space) else {
            return Ok(());
        };
        match what {
            Came::Passed { number, is_more, is_on_duty } => {
                self.asking().open.insert(*ticket, OpenRequest { number: *number, ..open });
                let key = match (is_more, is_on_duty) {
                    (true, _) => "ask_passed_more",
                    (false, true) => "ask_passed_duty",
                    (false, false) => "ask_passed",
                };
                self.line(key, &[("number", &number.to_string())]);
            }
            Came::Refused { is_over } => {
                if *is_over {
                    self.asking().open.remove(ticket);
                }
                self.line("ask_closed", &[]);
            }
            Came::Full => {
                self.asking().open.remove(ticket);
                self.line("ask_full", &[]);
            }
            Came::Barred => {
                let now = self.world.now;
                let asking = self.asking();
                asking.open.remove(ticket);
                if let Some(to) = asking.to.as_mut().filter(|to| to.space == *space) {
                    to.barred = Some(now);
                }
                self.line("ask_barred", &[]);
            }
            Came::News(what) => {
                if matches!(what, NewsKind::Closed(_)) {
                    self.asking().open.remove(ticket);
                }
                self.asking().keep_news(News { ticket: *ticket, request: open, what: what.clone() });
                if self.work.profile.unreachable {
                    self.tell_supporters(*space, *ticket, AskKind::Unreached);
                    return Ok(());
                }
                if !self.is_in_safety() {
                    return self.news_begin();
                }
            }
        }
        Ok(())
    }

    /// What came back is shown as soon as nothing else is open.
    pub(super) fn news_due(&mut self) -> Result<(), Need> {
        self.news_first().map(drop)
    }

    /// Begins with what came back, if something did and nothing else is open; whether it has.
    pub(super) fn news_first(&mut self) -> Result<bool, Need> {
        let profile = &self.work.profile;
        let has_news = profile.asking.as_ref().is_some_and(|asking| !asking.news.is_empty());
        let knocks = profile.waiting.as_ref().is_some_and(|waiting| waiting.dialog == NEWS_DIALOG);
        let is_free = self.work.live.is_none() && profile.pin_asked.is_none() && !profile.unreachable;
        if !has_news || knocks || !is_free || self.changes.is_forgotten || !profile.has_consented() {
            return Ok(false);
        }
        self.news_begin()?;
        Ok(true)
    }

    /// Shows what came back of one request.
    fn show_news(&mut self) {
        if !self.is_open_for(Purpose::Moderators) {
            return;
        }
        let asking = self.asking();
        let Some(first) = asking.news.first() else {
            self.line("ask_no_news", &[]);
            return;
        };
        let (ticket, open) = (first.ticket, first.request);
        let shown: Vec<News> = asking.news.extract_if(.., |news| news.ticket == ticket).collect();
        asking.to = Some(AskingTo { space: open.space, key: open.key, duty: None, barred: None });
        let number = open.number.to_string();
        for news in shown {
            let arguments = [("number", number.as_str())];
            let (key, words) = match news.what {
                NewsKind::Answer(words) => ("ask_answer", Some(words)),
                NewsKind::NobodyYet => ("ask_nobody_yet", None),
                NewsKind::Closed(Closing::ByModerator) => ("ask_over", None),
                NewsKind::Closed(Closing::Barred) => ("ask_over_plain", None),
                NewsKind::Closed(Closing::Aged) => ("ask_aged", None),
                NewsKind::Closed(Closing::SetUpAnew) => ("ask_set_up_anew", None),
                NewsKind::Closed(Closing::SwitchedOff) => ("ask_switched_off", None),
            };
            let RichText(mut pieces) = line(self.words(), key, &arguments, 0);
            if let Some(words) = words {
                pieces.push(Piece::Author("\n\n".to_owned()));
                pieces.push(Piece::Person(words));
            }
            self.show(View::say(RichText(pieces)));
        }
    }

    /// Begins with what came back, behind neutral words where somebody else may see the screen.
    fn news_begin(&mut self) -> Result<(), Need> {
        if self.world.library.dialog(NEWS_DIALOG).is_none() {
            self.show_news();
            return Ok(());
        }
        let has_pin = self.work.profile.pin.is_some();
        if !has_pin && !self.is_discreet() {
            return self.start(NEWS_DIALOG, Cause::Person);
        }
        self.work.profile.waiting = Some(Waiting { dialog: NEWS_DIALOG.to_owned(), with: Values::new() });
        self.work.profile_changed = true;
        let knock = self.world.settings.dialogs.of(Occasion::Discreet).to_owned();
        self.start(&knock, Cause::CheckIn)
    }

    fn tell_supporters(&mut self, space: PersonId, ticket: u64, what: AskKind) {
        let told = ToSupporters { from: self.work.id, ticket, what };
        self.changes.follows.push((space, Body::AsksSupporters(Box::new(told))));
    }

    /// What is kept of what they ask, to be changed.
    fn asking(&mut self) -> &mut Asking {
        self.work.profile_changed = true;
        self.work.profile.asking.get_or_insert_default()
    }
}

impl Asking {
    /// What dialogs may know of it.
    pub(crate) fn facts(asking: Option<&Self>, now: Timestamp) -> Values {
        let known = asking.is_some_and(|asking| asking.to.is_some());
        let waits = asking.is_some_and(|asking| match asking.news.first() {
            Some(news) => asking.open.contains_key(&news.ticket),
            None => asking.open.values().any(|open| Some(open.space) == asking.to.map(|to| to.space)),
        });
        let duty = asking.and_then(|asking| asking.duty(now));
        let barred = asking.is_some_and(|asking| asking.is_barred(now));
        let facts = [
            ("moderators_known", Some(known)),
            ("moderators_wait", Some(waits)),
            ("moderators_on_duty", duty),
            ("moderators_barred", Some(barred)),
        ];
        facts.into_iter().filter_map(|(name, value)| Some((name.to_owned(), Value::Bool(value?)))).collect()
    }
}
