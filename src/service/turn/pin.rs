//! The PIN that stands before what somebody wrote earlier: set, changed, taken away by `/pin`, and asked for by
//! [`Turn::is_open_for`]. The digits are read here and nowhere else, and go from the chat where the platform lets the bot.

use jiff::{SignedDuration, Timestamp};

use crate::dialog::effect::Input;
use crate::dialog::session::Wait;
use crate::domain::command::Command;
use crate::domain::event::{Body, Event, Platform};
use crate::domain::limits::{PIN_DIGITS_MAX, PIN_DIGITS_MIN, PIN_FALLS_DAYS, PIN_OPEN_MINUTES};
use crate::domain::message::{Choice, ChoiceRole, RichText, View, ViewKind};
use crate::domain::pin::{PIN_TOKEN, Pin, PinAsked, PinProof, PinWanted, Purpose, Typed};
use crate::domain::value::Value;
use crate::service::person::Need;
use crate::service::ports::{Item, Place};
use crate::service::turn::space::pairs::BUDDY_DIALOG;
use crate::service::turn::{Turn, line, line_of};

/// After so long whoever writes may be somebody else than who asked for the PIN to fall.
const FALL_TOLD_AFTER: SignedDuration = SignedDuration::from_hours(1);

impl Turn<'_, '_> {
    /// The gate before whatever shows what somebody wrote earlier: whether it may go on. If not, it has asked for their PIN,
    /// and `purpose` goes on by itself once it is right. Never before `/forget`, `/crisis` or a safety dialog.
    pub(super) fn is_open_for(&mut self, purpose: Purpose) -> bool {
        let (Some(platform), now) = (self.platform, self.world.now) else { return true };
        self.pin_falls();
        let Some(pin) = &self.work.profile.pin else { return true };
        if pin.is_open(platform, now) {
            return true;
        }
        match pin.wait(now) {
            Some(wait) => self.pin_waits(wait),
            None => self.ask_pin("pin_ask", PinWanted::Present(purpose)),
        }
        false
    }

    /// Whether something is from just now, so that whoever goes on with it is who began it.
    pub(super) fn is_of_now(&self, at: Timestamp) -> bool {
        self.world.now.duration_since(at) < SignedDuration::from_mins(PIN_OPEN_MINUTES)
    }

    /// Shows the open question again, which brings up what they wrote before it: after a while behind the PIN.
    pub(super) fn show_again(&mut self) -> Result<(), Need> {
        if self.may_go_back() { self.step_live(&Input::Again) } else { Ok(()) }
    }

    /// Whether Back may bring up an earlier answer; if not, it has asked for the PIN.
    pub(super) fn may_go_back(&mut self) -> bool {
        let Some(held) = &self.work.live else { return true };
        let asked = held.session.wait.as_ref().and_then(Wait::asked);
        asked.is_none_or(|at| self.is_of_now(at)) || self.is_wordless(held) || self.is_open_for(Purpose::Resume)
    }

    /// That somebody has asked for the PIN to fall is told to whoever writes later, once.
    pub(super) fn tell_of_falling_pin(&mut self) {
        let now = self.world.now;
        let (zone, language) = (self.work.zone(self.world.settings), self.words().language);
        let Some(pin) = &mut self.work.profile.pin else { return };
        let Some(falls_at) = pin.falls_at.filter(|at| !pin.is_told && *at > now) else { return };
        let asked_at = falls_at.saturating_sub(SignedDuration::from_hours(24 * PIN_FALLS_DAYS)).unwrap_or(now);
        if now.duration_since(asked_at) < FALL_TOLD_AFTER {
            return;
        }
        pin.is_told = true;
        self.work.profile_changed = true;
        let day = language.near_day(falls_at.to_zoned_datetime(zone).date());
        self.line("pin_falling", &[("day", &day)]);
    }

    /// Whether an event is about a PIN: then nothing else reads it.
    pub(super) fn is_about_pin(&mut self, event: &Event) -> Result<bool, Need> {
        let Some(platform) = self.platform else { return Ok(false) };
        if self.is_in_safety() {
            // Nothing stands between somebody and a talk about safety.
            self.asks_no_pin();
            if matches!(event.body, Body::Command(Command::Pin, _) | Body::Pin(_)) {
                self.line("safety_open", &[]);
                self.step_live(&Input::Again)?;
                return Ok(true);
            }
        }
        let wanted = self.work.profile.pin_wanted(platform, self.world.now).cloned();
        match (&event.body, wanted) {
            (Body::Command(Command::Pin, words), wanted) => match Typed::read(words.expose()) {
                Typed::Words => self.pin(words.expose().trim())?,
                typed @ (Typed::Pin(_) | Typed::Near) => {
                    let wanted = wanted.unwrap_or_else(|| self.work.profile.pin_offered());
                    self.digits(&typed, wanted, event.origin.message)?;
                }
            },
            (Body::Pin(words), Some(wanted)) => self.digits(&Typed::read(words.expose()), wanted, None)?,
            (Body::Pin(_), None) => self.line("pin_not_asked", &[]),
            (Body::Text(words), Some(wanted)) => match Typed::read(words.expose()) {
                // Too short for one, and there is a question: it is its answer.
                Typed::Near if self.work.live.is_some() => {
                    self.asks_no_pin();
                    return Ok(false);
                }
                Typed::Words => {
                    self.asks_no_pin();
                    return Ok(false);
                }
                typed @ (Typed::Pin(_) | Typed::Near) => self.digits(&typed, wanted, event.origin.message)?,
            },
            (Body::Command(Command::Stop | Command::Back | Command::Skip | Command::Pause, _), Some(_)) => {
                self.asks_no_pin();
                self.line("pin_left", &[]);
            }
            (Body::Command(..), Some(_)) => {
                self.asks_no_pin();
                return Ok(false);
            }
            (Body::Tap(token), _) if token == PIN_TOKEN => self.line("pin_type", &[]),
            (Body::Tap(_), Some(_)) => {
                self.asks_no_pin();
                return Ok(false);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// `/pin` with words, or with none.
    pub(super) fn pin(&mut self, words: &str) -> Result<(), Need> {
        self.asks_no_pin();
        self.pin_falls();
        let has_pin = self.work.profile.pin.is_some();
        match in_english(&words.to_lowercase()) {
            _ if !self.work.profile.has_consented() => {
                self.line("welcome_first", &[]);
                return self.arrived();
            }
            "" if !has_pin => self.ask_pin("pin_new", PinWanted::New),
            "" if self.is_open_for(Purpose::Change) => return self.go_on_with(Purpose::Change),
            "off" if has_pin && self.is_open_for(Purpose::Off) => return self.go_on_with(Purpose::Off),
            "" => {}
            "off" if has_pin => {}
            "forgot" if has_pin => self.pin_forgotten(),
            "off" | "forgot" => self.line("pin_none", &[]),
            _ => self.line("pin_how", &[]),
        }
        Ok(())
    }

    /// Digits, for what they were wanted for. They go from the chat at once.
    fn digits(&mut self, typed: &Typed, wanted: PinWanted, message: Option<i64>) -> Result<(), Need> {
        let (platform, now) = (self.work.profile.address.platform, self.world.now);
        if let Some(message) = message {
            self.take_back(platform, message);
        }
        self.pin_falls();
        if !matches!(typed, Typed::Pin(_)) {
            self.say_pin("pin_form");
            return Ok(());
        }
        if !self.work.profile.has_consented() {
            self.asks_no_pin();
            self.line("welcome_first", &[]);
            return self.arrived();
        }
        let wait = self.work.profile.pin.as_ref().and_then(|pin| pin.wait(now));
        match (wanted, self.world.proof, wait) {
            (PinWanted::Present(_), _, Some(wait)) => {
                self.asks_no_pin();
                self.pin_waits(wait);
            }
            (PinWanted::New, Some(PinProof::Hashed(hash)), _) => {
                self.ask_pin("pin_again", PinWanted::Again(hash.clone()));
            }
            (PinWanted::Again(hash), Some(PinProof::Checked(of, fits)), _) if hash == *of => {
                if *fits {
                    self.asks_no_pin();
                    self.work.profile.pin = Some(Pin::new(hash, platform, now));
                    self.line("pin_set", &[("minutes", &PIN_OPEN_MINUTES.to_string())]);
                } else {
                    self.ask_pin("pin_differs", PinWanted::New);
                }
            }
            (PinWanted::Present(purpose), Some(PinProof::Checked(of, fits)), None) if self.has_hash(of) => {
                return if *fits { self.pin_right(purpose) } else { self.pin_wrong(purpose) };
            }
            // It was typed before it was known to be one.
            (wanted, ..) => self.ask_pin("pin_once_more", wanted),
        }
        Ok(())
    }

    fn has_hash(&self, hash: &crate::domain::pin::PinHash) -> bool {
        self.work.profile.pin.as_ref().is_some_and(|pin| pin.hash == *hash)
    }

    fn pin_right(&mut self, purpose: Purpose) -> Result<(), Need> {
        self.asks_no_pin();
        let Some(pin) = &mut self.work.profile.pin else { return Ok(()) };
        let was_falling = pin.falls_at.is_some();
        pin.right(self.work.profile.address.platform, self.world.now);
        self.work.profile_changed = true;
        if was_falling {
            self.line("pin_kept", &[]);
        }
        self.go_on_with(purpose)
    }

    fn pin_wrong(&mut self, purpose: Purpose) -> Result<(), Need> {
        let now = self.world.now;
        let Some(pin) = &mut self.work.profile.pin else { return Ok(()) };
        let left = pin.wrong(now);
        let wait = pin.wait(now);
        self.work.profile_changed = true;
        match wait {
            Some(wait) => {
                self.asks_no_pin();
                self.pin_waits(wait);
            }
            None => {
                let arguments = [("left", Value::Num(f64::from(left)))];
                let text = line_of(self.words(), "pin_wrong", &arguments, 0);
                self.ask_pin_with(text, PinWanted::Present(purpose));
            }
        }
        Ok(())
    }

    /// What the PIN was asked for.
    fn go_on_with(&mut self, purpose: Purpose) -> Result<(), Need> {
        match purpose {
            Purpose::Change => self.ask_pin("pin_new", PinWanted::New),
            Purpose::Off => {
                self.work.profile.pin = None;
                self.work.profile_changed = true;
                self.line("pin_off", &[]);
            }
            Purpose::Resume if self.work.live.is_some() => return self.step_live(&Input::Again),
            Purpose::Resume if self.parked()?.is_empty() => self.line("nothing_parked", &[]),
            Purpose::Resume => return self.resume_parked(0, &Input::Command(Command::Resume)),
            Purpose::Link => self.line("pin_link", &[]),
            Purpose::Unlink => return self.unlink(),
            Purpose::Export => return self.export(),
            Purpose::Journal => return self.journal_list(0),
            Purpose::Find(word) => return self.journal_find(&word),
            Purpose::JournalTap(token) => return self.journal_tap(&token),
            Purpose::Goals => return self.goals(),
            Purpose::Cards => return self.cards(),
            Purpose::Card(dialog) => return self.card(&dialog, false),
            Purpose::Progress => return self.progress(),
            Purpose::ThenNow => self.then_now_wanted(),
            Purpose::Dates => return self.hard_dates(),
            Purpose::DatesTap(token) => return self.date_tap(&token),
            Purpose::Settings => return self.settings(),
            Purpose::HardDay | Purpose::Moderators => return self.open_waiting(),
            Purpose::Buddy => return self.open(BUDDY_DIALOG.to_owned()),
        }
        Ok(())
    }

    /// From now on it takes a week until the PIN falls, unless it is typed before.
    fn pin_forgotten(&mut self) {
        let (zone, language) = (self.work.zone(self.world.settings), self.words().language);
        let week = SignedDuration::from_hours(24 * PIN_FALLS_DAYS);
        let Some(pin) = &mut self.work.profile.pin else { return };
        let falls_at = *pin.falls_at.get_or_insert(self.world.now.saturating_add(week).unwrap_or(self.world.now));
        self.work.profile_changed = true;
        let day = language.near_day(falls_at.to_zoned_datetime(zone).date());
        self.line("pin_forgot", &[("day", &day)]);
        let told = line(self.words(), "pin_falling", &[("day", &day)], 0);
        for other in self.work.profile.others.clone() {
            let item = Item::Show { session: None, turn: None, in_place: false, view: View::say(told.clone()) };
            self.changes.elsewhere.push((other, item));
        }
    }

    /// A week after it was asked for, the PIN is gone, and they are told.
    fn pin_falls(&mut self) {
        let falls = |pin: &Pin| pin.falls_at.is_some_and(|at| at <= self.world.now);
        if self.work.profile.pin.as_ref().is_some_and(falls) {
            self.work.profile.pin = None;
            self.work.profile_changed = true;
            self.line("pin_fell", &[]);
        }
    }

    fn pin_waits(&mut self, wait: SignedDuration) {
        let minutes = wait.as_secs().saturating_add(59) / 60;
        let arguments = [("minutes", Value::Num(minutes as f64))];
        let text = line_of(self.words(), "pin_wait", &arguments, 0);
        self.show(View::say(text));
    }

    pub(super) fn asks_no_pin(&mut self) {
        self.work.profile_changed |= self.work.profile.pin_asked.take().is_some();
    }

    /// Waits for digits from now on.
    fn ask_pin(&mut self, key: &str, wanted: PinWanted) {
        let text = self.pin_words(key);
        self.ask_pin_with(text, wanted);
    }

    fn ask_pin_with(&mut self, text: RichText, wanted: PinWanted) {
        let platform = self.work.profile.address.platform;
        self.work.profile.pin_asked = Some(PinAsked::new(platform, wanted, self.world.now));
        self.work.profile_changed = true;
        // Where the bot cannot delete what people write, a field of its own keeps the digits out of the chat.
        let label = || line(self.words(), "pin_button", &[], 0).plain();
        let button = || Choice { label: label(), token: PIN_TOKEN.to_owned(), role: ChoiceRole::Answer };
        let choices = if platform == Platform::Discord { vec![button()] } else { Vec::new() };
        self.show(View { body: text, kind: ViewKind::Say, choices, language: self.words().language });
    }

    fn say_pin(&mut self, key: &str) {
        let text = self.pin_words(key);
        self.show(View::say(text));
    }

    fn pin_words(&self, key: &str) -> RichText {
        let (min, max) = (PIN_DIGITS_MIN.to_string(), PIN_DIGITS_MAX.to_string());
        line(self.words(), key, &[("min", &min), ("max", &max)], 0)
    }

    /// A message with digits goes from the chat; where it cannot, they are told.
    fn take_back(&mut self, platform: Platform, message: i64) {
        match platform {
            Platform::Telegram => {
                let only = Some(Place(message.to_string()));
                let item = Item::Remove { only, done: RichText::default(), kept: RichText::default() };
                self.changes.items.push((self.class, item));
            }
            Platform::Discord => self.line("pin_stays", &[]),
            Platform::Console => {}
        }
    }
}

/// What stands behind `/pin`, when it is said in Spanish.
fn in_english(words: &str) -> &str {
    match words {
        "no" | "quitar" | "quita" | "sin" | "apagar" => "off",
        "olvidado" | "olvidé" | "olvide" | "perdido" | "lo olvidé" | "lo olvide" => "forgot",
        words => words,
    }
}
