//! One event of one person: which session it reaches, and what follows. Pure, so that a panic costs one event and
//! a missing piece of knowledge is asked for and the turn tried again.

mod asking_moderator;
mod buddies;
mod cards;
mod care;
mod checkin;
mod command;
mod discreet;
mod edited;
mod export;
mod fading;
mod forget;
mod goals;
mod guide;
mod hard_dates;
mod hide;
mod journal;
mod journal_views;
mod kinds;
mod language;
mod left_out;
mod link;
mod measures;
mod offer;
mod pin;
mod plan;
mod privacy;
mod progress;
mod put_off;
mod remind;
mod session;
mod settings;
mod silence;
mod space;
mod text;
mod wish;

use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;

use crate::dialog::effect::{Context, Input, Verdict};
use crate::dialog::eval::Scope;
use crate::dialog::model::Library;
use crate::dialog::render;
use crate::dialog::session::Cause;
use crate::domain::command::Command;
use crate::domain::entry_tap::ENTRY_TOKEN;
use crate::domain::event::{Address, Body, Event, Platform, Source};
use crate::domain::hard_date::DATE_TOKEN;
use crate::domain::ids::{PersonId, PlanId, SessionId};
use crate::domain::language::Language;
use crate::domain::link_code::LinkCode;
use crate::domain::message::{OPEN_TOKEN, RichText, Tap, View};
use crate::domain::occasion::Occasion;
use crate::domain::pin::{PinProof, Purpose};
use crate::domain::recurrence::QuietHours;
use crate::domain::supporters::Ended;
use crate::domain::value::{Value, Values};
use crate::domain::write::{Write, WriteKey};
use crate::service::Settings;
use crate::service::orders::Order;
use crate::service::person::{Held, Need, PersonWork};
use crate::service::ports::{Class, Item};
use crate::service::turn::kinds::{is_by_person, may_renew};

/// Everything a turn may look at beside the person.
pub(crate) struct World<'a> {
    pub library: &'a Library,
    pub settings: &'a Settings,
    pub now: Timestamp,
    pub chance: &'a mut (dyn FnMut() -> u64 + Send + Sync),
    /// What was worked out of digits in the event.
    pub proof: Option<&'a PinProof>,
}

/// What a turn changes beside the person.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    /// To send, in order.
    pub items: Vec<(Class, Item)>,
    /// To keep.
    pub entries: Vec<EntryNew>,
    /// To change or delete.
    pub entry_changes: Vec<EntryChange>,
    /// What became of check-ins.
    pub occurrences: Vec<OccurrenceNew>,
    /// A line beside the conversation.
    pub note: Option<RichText>,
    /// What follows for others in the same commit.
    pub follows: Vec<(PersonId, Body)>,
    /// A space has another account: from which, to which.
    pub moved: Option<(Address, Address)>,
    /// A dialog that somebody in a space wants to go on with in private.
    pub leads: Option<String>,
    /// A session ended or was set aside: a check-in that waited behind it may start.
    pub freed: bool,
    /// To send to another account of the person than the one they write from.
    pub elsewhere: Vec<(Address, Item)>,
    /// A new code that joins accounts, and until when it is valid.
    pub code: Option<(LinkCode, Timestamp)>,
    /// Wrong codes of the account, one more than before.
    pub guesses: Option<LinkGuesses>,
    /// Two people became one.
    pub joined: Option<Joined>,
    /// An account is theirs no longer.
    pub parted: Option<Parted>,
    /// What is to be made of what is kept of them, to be sent after so many of the items.
    pub order: Option<(usize, Order)>,
    /// Everything of theirs is to be deleted.
    pub is_forgotten: bool,
    /// They did not ask for it, and get no receipt.
    pub goes_quietly: bool,
    /// When something is to be done about their silence.
    pub silence: Option<Timestamp>,
    /// They opened what waited behind neutral words.
    pub opens: bool,
}

/// Two people became one; the turn's person is who stays.
#[derive(Debug)]
pub(crate) struct Joined {
    /// Who typed the code, and is absorbed.
    pub from: PersonId,
    /// The revision of their profile in the store; `None` for somebody new.
    pub from_rev: Option<i64>,
    /// Their account.
    pub address: Address,
    /// The code, which is used up.
    pub code: LinkCode,
    /// Whether what they have comes along.
    pub carries: bool,
}

/// An account that its person has parted with.
#[derive(Debug)]
pub(crate) struct Parted {
    /// The account.
    pub address: Address,
    /// Whether this turn's words are for it.
    pub is_answered: bool,
}

/// A write of a dialog that the store keeps as an entry.
#[derive(Debug)]
pub(crate) struct EntryNew {
    pub person: PersonId,
    pub session: SessionId,
    pub key: WriteKey,
    pub write: Write,
}

/// What became of one occurrence of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OccurrenceNew {
    pub person: PersonId,
    pub plan: PlanId,
    pub due: Timestamp,
    pub expires: Timestamp,
    pub state: OccurrenceState,
}

pub(crate) use crate::service::turn::forget::receipt;
pub(crate) use crate::service::turn::left_out::leave_out;
pub(crate) use crate::service::turn::space::{gives_way, lost_place, out_of_space};
pub(crate) use crate::store::{EntryChange, LinkGuesses, OccurrenceState};

/// The turn being made.
pub(crate) struct Turn<'a, 'w> {
    pub world: &'a mut World<'w>,
    pub work: PersonWork,
    pub changes: Changes,
    /// How what this turn says is treated when nobody knows whether it arrived.
    pub class: Class,
    /// Whether the event was a press, whose notes are shown beside the conversation.
    pub pressed: bool,
    /// Whether the event left no message behind, so that the last one still stands last.
    pub in_place: bool,
    /// What the engine made of its last input.
    pub verdict: Option<Verdict>,
    /// From where somebody writes.
    pub platform: Option<Platform>,
}

/// Takes one event of one person.
///
/// # Errors
/// What must be read from the store first; nothing has changed then.
pub(crate) fn take(world: &mut World<'_>, work: &PersonWork, event: &Event) -> Result<(PersonWork, Changes), Need> {
    let mut turn = Turn {
        world,
        work: work.clone(),
        changes: Changes::default(),
        class: Class::Reply,
        pressed: matches!(event.body, Body::Tap(_)),
        in_place: matches!(event.body, Body::Tap(_) | Body::TimerDue { .. }),
        verdict: None,
        platform: match &event.source {
            Source::Address(address) => Some(address.platform),
            Source::Person(_) | Source::Platform => None,
        },
    };
    if let Body::Space(asked) = &event.body {
        turn.in_space(event, asked)?;
        return Ok((turn.work, turn.changes));
    }
    if turn.work.profile.space.is_some() {
        turn.space_due(&event.body)?;
        return Ok((turn.work, turn.changes));
    }
    turn.run(event)?;
    turn.buddies_hold(&event.body);
    turn.never_silent(&event.body)?;
    turn.news_due()?;
    if is_by_person(&event.body) {
        turn.is_here();
        turn.is_back();
    }
    if turn.changes.is_forgotten {
        turn.asking_ends(Ended::Forgotten);
    }
    Ok((turn.work, turn.changes))
}

impl<'w> Turn<'_, 'w> {
    /// The language in which they are spoken to.
    pub(crate) fn language(&self) -> Language {
        self.work.language(self.world.settings)
    }

    /// The dialogs and lines in that language.
    pub(crate) fn words(&self) -> &'w Library {
        self.world.library.speaking(self.language())
    }

    fn run(&mut self, event: &Event) -> Result<(), Need> {
        let mut was_hidden = false;
        if is_by_person(&event.body) {
            self.is_reachable();
            self.tell_of_falling_pin();
            if self.is_cared_for_around(&event.body)? || self.is_about_pin(event)? {
                return Ok(());
            }
            was_hidden = self.was_hidden();
        }
        match &event.body {
            Body::Text(text) | Body::Edited(text) if self.is_cared_for(text)? => Ok(()),
            Body::Text(_) | Body::Wordless if was_hidden => self.show_again(),
            body if may_renew(body) && self.renews()? => Ok(()),
            Body::Arrived => self.arrived(),
            Body::Text(text) => {
                self.text(&Input::Text(text))?;
                self.heard(event.origin.message);
                Ok(())
            }
            Body::Edited(text) => self.edited(text, event.origin.message),
            Body::Wordless => self.wordless(),
            // Read before everything else.
            Body::Pin(_) => Ok(()),
            Body::Tap(token) => self.tap(token),
            Body::Command(command, arguments) => self.command(*command, arguments),
            Body::UnknownCommand(_) => {
                self.line("unknown_command", &[]);
                Ok(())
            }
            Body::Left => {
                if self.is_where_checkins_arrive() {
                    self.work.profile_changed |= !std::mem::replace(&mut self.work.profile.unreachable, true);
                }
                Ok(())
            }
            // The first of the album was answered.
            Body::MoreOfAlbum => Ok(()),
            // About nobody: these have no turn.
            Body::Unreadable(_) | Body::Space(_) | Body::Posted { .. } | Body::AsksSupporters(_) | Body::Room(_) => {
                Ok(())
            }
            Body::FromSupporters(came) => self.came_from_supporters(came),
            Body::Buddy(word) => self.buddy_word(word),
            Body::CheckInDue { plan, due } => self.checkin_due(*plan, *due),
            Body::CheckInQueued { plan, due } => self.checkin_queued(*plan, *due),
            Body::PlansAgain => self.plan_again(),
            Body::SilenceDue { due } => self.silence_due(*due),
            Body::TimerDue { session } => self.timer_due(*session),
        }
    }

    /// A dialog may end without a word. Somebody who did something is not left with nothing: what was set aside goes
    /// on, or they hear that nothing is open.
    fn never_silent(&mut self, body: &Body) -> Result<(), Need> {
        if self.changes.is_forgotten {
            return Ok(());
        }
        let says = |item: &Item| match item {
            Item::Show { .. } | Item::File { .. } => true,
            Item::Remove { done, .. } => !done.is_empty(),
            Item::Freeze { .. } | Item::InSpace { .. } => false,
        };
        let is_silent = !self.changes.items.iter().any(|(_, item)| says(item)) && self.changes.order.is_none();
        // What goes to others in the same commit is answered from there.
        let is_silent = is_silent && self.changes.follows.is_empty();
        if !is_by_person(body) || !is_silent || self.changes.note.is_some() || self.work.live.is_some() {
            return Ok(());
        }
        if !self.parked()?.is_empty() {
            return self.bring_back(0, &Input::Command(Command::Resume));
        }
        self.line("nothing_parked", &[]);
        Ok(())
    }

    /// Goes on with a session that was set aside, behind the PIN unless it helps in danger or holds no words of theirs.
    pub(super) fn bring_back(&mut self, index: usize, input: &Input<'_>) -> Result<(), Need> {
        self.parked()?;
        let is_free = self.work.parked.get(index).is_some_and(|held| self.is_wordless(held));
        if is_free || self.is_open_for(Purpose::Resume) {
            return self.resume_parked(index, input);
        }
        Ok(())
    }

    /// Whether a session helps in danger or brings up nothing that they wrote.
    pub(super) fn is_wordless(&self, held: &Held) -> bool {
        let dialogs = &self.world.settings.dialogs;
        let wordless = [dialogs.of(Occasion::Menu), dialogs.of(Occasion::Discreet)];
        let stack = &held.session.stack;
        held.session.is_in_safety(self.world.library)
            || stack.iter().all(|frame| wordless.contains(&frame.dialog.as_str()))
    }

    /// Somebody came: find the place where they were.
    fn arrived(&mut self) -> Result<(), Need> {
        if self.work.live.is_some() {
            if self.work.live.as_ref().is_some_and(|held| held.session.turn > 1) {
                self.line("welcome_back", &[]);
            }
            return self.show_again();
        }
        if !self.parked()?.is_empty() {
            return self.bring_back(0, &Input::Command(Command::Resume));
        }
        if !self.work.profile.has_consented() {
            let dialog = self.world.settings.dialogs.of(Occasion::Start).to_owned();
            return self.start(&dialog, Cause::Person);
        }
        if self.news_first()? {
            return Ok(());
        }
        let dialog = self.world.settings.dialogs.of(Occasion::Menu).to_owned();
        self.start(&dialog, Cause::Person)
    }

    fn tap(&mut self, token: &str) -> Result<(), Need> {
        if token.starts_with(ENTRY_TOKEN) {
            return self.journal_tap(token);
        }
        if token.starts_with(DATE_TOKEN) {
            return self.date_tap(token);
        }
        if let Some(dialog) = token.strip_prefix(OPEN_TOKEN) {
            return self.open_offered(dialog);
        }
        let Some(tap) = Tap::decode(token) else {
            self.note("stale_choice");
            return Ok(());
        };
        if self.work.live.as_ref().is_some_and(|held| held.session.id == tap.session) {
            return self.step_live(&Input::Tap(tap));
        }
        let Some(index) = self.parked()?.iter().position(|held| held.session.id == tap.session) else {
            self.note("stale_over");
            return Ok(());
        };
        if self.work.live.is_some() {
            self.note("button_busy");
            return Ok(());
        }
        self.bring_back(index, &Input::Tap(tap))
    }

    /// A session's timer, if it has really run out: rows know milliseconds, sessions more.
    fn timer_due(&mut self, session: SessionId) -> Result<(), Need> {
        let now = self.world.now.as_millisecond();
        let library = self.world.library;
        let input = |held: &Held| {
            let due = held.session.timer(library).filter(|due| due.as_millisecond() <= now)?;
            Some(Input::Due { turn: held.session.turn, due })
        };
        if let Some(held) = self.work.live.as_mut().filter(|held| held.session.id == session) {
            // A dialog whose limits were edited: the row learns the new time.
            held.changed = true;
            return input(held).map_or(Ok(()), |input| self.step_live(&input));
        }
        let mut parked = self.work.parked()?.iter_mut().enumerate();
        let Some((index, held)) = parked.find(|(_, held)| held.session.id == session) else { return Ok(()) };
        held.changed = true;
        match input(held) {
            Some(input) => self.step_parked(index, &input),
            None => Ok(()),
        }
    }

    /// They wrote, so they can be reached.
    fn is_reachable(&mut self) {
        if self.work.profile.unreachable && self.is_where_checkins_arrive() {
            self.work.profile.unreachable = false;
            self.work.profile_changed = true;
        }
    }

    fn is_where_checkins_arrive(&self) -> bool {
        self.platform.is_none_or(|platform| self.work.profile.checkin_address().platform == platform)
    }

    /// One of the system's lines, as a message.
    pub(crate) fn line(&mut self, key: &str, arguments: &[(&str, &str)]) {
        let text = line(self.words(), key, arguments, (self.world.chance)());
        self.show(View::say(text));
    }

    /// One of the system's lines, beside the conversation.
    fn note(&mut self, key: &str) {
        self.changes.note = Some(line(self.words(), key, &[], 0));
    }

    /// A message of the service itself.
    pub(crate) fn show(&mut self, view: View) {
        self.changes.items.push((self.class, Item::Show { session: None, turn: None, in_place: false, view }));
    }
}

/// One of the system's lines; `pick` chooses among variants.
pub(crate) fn line(library: &Library, key: &str, arguments: &[(&str, &str)], pick: u64) -> RichText {
    let arguments: Vec<_> = arguments.iter().map(|(name, words)| (*name, Value::text(*words))).collect();
    line_of(library, key, &arguments, pick)
}

/// One of the system's lines, with numbers among its arguments.
pub(crate) fn line_of(library: &Library, key: &str, arguments: &[(&str, Value)], pick: u64) -> RichText {
    let bound: Vec<_> = arguments.iter().map(|(name, value)| (*name, Some(value.clone()))).collect();
    let midnight = Time::midnight();
    let nothing = Context {
        now: Timestamp::UNIX_EPOCH,
        zone: &TimeZone::UTC,
        facts: &Values::new(),
        quiet: QuietHours { from: midnight, to: midnight },
        language: library.language,
    };
    render::system(library, key, &Scope::of_names(&bound, library.language, &nothing), pick)
}
