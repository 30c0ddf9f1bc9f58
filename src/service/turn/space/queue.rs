//! What members ask moderators: requests that come from private talks stand where moderators look, one of them takes each,
//! and what they answer goes back. Nobody here learns who asks.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::domain::bars::Mark;
use crate::domain::event::Body;
use crate::domain::ids::{PersonId, PlanId};
use crate::domain::limits::{SPACE_ANSWER_CHARS_MAX, SPACE_REQUEST_TEXTS_MAX, SPACE_REQUESTS_MAX};
use crate::domain::message::{Choice, Piece, RichText};
use crate::domain::recurrence::{Lateness, late};
use crate::domain::space::{Actor, Named};
use crate::domain::supporters::{
    AskKind, Came, Closing, Ended, FromSupporters, NewsKind, Request, Supporters, ToSupporters,
};
use crate::domain::text::UserText;
use crate::prose::clean;
use crate::service::person::Need;
use crate::service::ports::Class;
use crate::service::turn::asking_moderator::{There, ask_link};
use crate::service::turn::space::barring::mark;
use crate::service::turn::space::duty::tag;
use crate::service::turn::space::{Spot, button};
use crate::service::turn::{OccurrenceState, Turn, line};

/// The name of the plan by which requests are looked after.
pub(super) const QUEUE: &str = "space-queue";
/// How long a request may wait for the morning before its reminder is left out, in seconds. Longer than any quiet hours.
const WAITS_S: u32 = 7 * 24 * 60 * 60;

/// What comes of a request from a space.
pub(super) fn came_from(space: PersonId, ticket: u64, what: Came) -> Body {
    Body::FromSupporters(Box::new(FromSupporters { space, ticket, what }))
}

/// What somebody passes on.
struct Words<'a> {
    text: &'a UserText,
    is_heavy: bool,
    marks: &'a [Mark],
}

impl Turn<'_, '_> {
    /// Switches asking on or off. Open requests end when it is switched off, and their authors hear so.
    pub(super) fn switch_asks(&mut self, spot: &Spot) -> Result<(), Need> {
        let (key, salt) = ((self.world.chance)(), (self.world.chance)());
        if self.space().supporters.is_some() {
            self.end_requests(Closing::SwitchedOff);
            let space = self.space_mut();
            space.supporters = None;
            space.lost.remove(&Named::Role);
            self.plan_drop(QUEUE)?;
            self.setup_home(spot);
            return Ok(());
        }
        let says = if self.has_room_apart() {
            self.space_mut().supporters = Some(Supporters { key, salt, ..Supporters::default() });
            "space_asks_on"
        } else {
            "space_room_first"
        };
        let back = button(self.space_line("space_button_back", &[]), "home");
        self.space_tell(spot, says, &[], vec![back]);
        Ok(())
    }

    /// A member wants to ask: that goes on in private.
    pub(super) fn asks_moderator(&mut self, account: &str) {
        let (id, now, space) = (self.work.id, self.world.now, self.space());
        let platform = self.work.profile.address.platform;
        match space.supporters.as_ref().filter(|_| space.takes_asks()) {
            Some(supporters) => {
                let there = if space.asks_barred.hold(&[mark(platform, account)]) {
                    There::Barred
                } else if supporters.is_on_duty(now) {
                    There::OnDuty
                } else {
                    There::OffDuty
                };
                self.changes.leads = Some(ask_link(id, supporters.key, there, now));
            }
            None => self.note("space_asks_closed"),
        }
    }

    /// Something from somebody who asks, in private.
    pub(super) fn asked_supporters(&mut self, asked: &ToSupporters) -> Result<(), Need> {
        let (from, ticket) = (asked.from, asked.ticket);
        match &asked.what {
            AskKind::Words { text, key, is_heavy, marks } => {
                let words = Words { text, is_heavy: *is_heavy, marks };
                let came = self.take_request(from, ticket, *key, words);
                self.back_to(from, ticket, came);
                return self.plan_queue();
            }
            AskKind::Over(ended) => {
                let Some(number) = self.request_of(from, ticket) else { return Ok(()) };
                self.requests(|requests| requests.remove(&number));
                let key = match ended {
                    Ended::Settled => "space_request_settled",
                    Ended::TakenBack => "space_request_taken_back",
                    Ended::Forgotten => "space_request_forgotten",
                };
                self.tell_moderators(key, number);
                return self.plan_queue();
            }
            AskKind::Moved(to) => {
                if let Some(number) = self.request_of(from, ticket) {
                    self.change_request(number, |request| request.person = *to);
                }
            }
            AskKind::Unreached => {
                if let Some(number) = self.request_of(from, ticket) {
                    self.tell_moderators("space_request_unreached", number);
                }
            }
        }
        Ok(())
    }

    /// A button below a request, or of the page of all requests. Rights are looked at on every press.
    pub(super) fn queue_pressed(&mut self, spot: &Spot, verb: &str, number: &str, actor: &Actor) -> Result<(), Need> {
        if !self.may_help(spot, Some(actor)) {
            return Ok(());
        }
        match verb {
            "duty" => {
                self.switch_duty(spot, number, actor);
                return Ok(());
            }
            "open" => {
                self.queue_page(spot);
                return Ok(());
            }
            "bars" => {
                self.bars_page(spot, number);
                return Ok(());
            }
            "lift" => {
                self.lift_bar(spot, number);
                return Ok(());
            }
            _ => {}
        }
        let number = number.parse().unwrap_or_default();
        let Some(request) = self.request(number) else {
            self.note("stale_over");
            return Ok(());
        };
        let helper = self.helper(actor);
        let is_theirs = request.is_for(helper, self.world.now);
        let may_bar = (request.taken.is_none() || is_theirs) && !request.marks.is_empty();
        match verb {
            "see" => self.show_request(spot, number),
            "show" => self.show_request(&Spot { message: None, ..spot.clone() }, number),
            "take" if request.taken.is_none() || is_theirs => {
                self.take_it(number, actor);
                self.show_request(spot, number);
            }
            "close" if request.taken.is_none() || is_theirs => {
                self.space_mut().count("request_closed");
                self.requests(|requests| requests.remove(&number));
                self.back_to(request.person, request.ticket, Came::News(NewsKind::Closed(Closing::ByModerator)));
                self.space_tell(spot, "space_request_closed", &[("number", &number.to_string())], Vec::new());
            }
            "back" if is_theirs => {
                self.space_mut().count("request_given_back");
                self.change_request(number, |request| request.taken = None);
                self.show_request(spot, number);
            }
            "answer" if is_theirs => {
                let number = number.to_string();
                self.changes.note = Some(line(self.words(), "space_answer_how", &[("number", &number)], 0));
            }
            "bar" if may_bar => self.bar_asked(spot, number),
            "barred" if may_bar => self.bar(spot, number, request),
            "take" | "close" | "back" | "answer" | "bar" | "barred" => self.note("space_request_not_yours"),
            _ => self.note("stale_choice"),
        }
        self.plan_queue()
    }

    /// `/answer`, with the number of a request and what its author is to read.
    pub(super) fn answer_request(&mut self, spot: &Spot, words: &UserText, actor: Option<&Actor>) -> Result<(), Need> {
        if !self.may_help(spot, actor) {
            return Ok(());
        }
        let text = clean::clean(words.expose());
        let text = text.trim();
        let (number, answer) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let (number, answer) = (number.trim_start_matches('#').parse::<u32>().ok(), answer.trim());
        let Some((number, actor)) = number.zip(actor).filter(|_| !answer.is_empty()) else {
            self.tell_asker(spot, "space_answer_unclear");
            return Ok(());
        };
        let Some(request) = self.request(number) else {
            self.tell_asker(spot, "space_answer_none");
            return Ok(());
        };
        if answer.chars().count() > SPACE_ANSWER_CHARS_MAX {
            self.tell_asker(spot, "space_answer_long");
            return Ok(());
        }
        if request.taken.is_none() {
            // Who answers one has taken it.
            self.take_it(number, actor);
        } else if !request.is_for(self.helper(actor), self.world.now) {
            self.tell_asker(spot, "space_request_not_yours");
            return Ok(());
        }
        self.space_mut().count("request_answered");
        let answer = UserText::new(answer);
        self.back_to(request.person, request.ticket, Came::News(NewsKind::Answer(answer.clone())));
        self.note("space_answer_sent");
        let at = Spot { message: None, ..spot.clone() };
        let shown = number.to_string();
        let arguments = [("number", shown.as_str())];
        // Where a command is not seen by the other moderators, they read here what was answered.
        let body = if self.work.profile.address.platform.answers_aside() {
            self.with_words("space_request_answered", &arguments, &answer)
        } else {
            line(self.words(), "space_request_answered", &arguments, 0)
        };
        let choices = self.request_buttons(number, true);
        self.say_in_space(&at, body, choices, Class::Reply, None);
        self.plan_queue()
    }

    /// The time has come to look after requests.
    pub(super) fn queue_due(&mut self, id: PlanId, due: Timestamp) -> Result<(), Need> {
        let now = self.world.now;
        let zone = self.work.zone(self.world.settings);
        let quiet = self.work.profile.quiet_hours(self.world.settings.quiet);
        if let Lateness::WaitUntil(at) = late(due, now, WAITS_S, &zone, quiet) {
            self.plan_due(id, Some(at));
            return Ok(());
        }
        self.record(id, due, due, OccurrenceState::Started);
        let open = self.space().supporters.unwrap_or_default().requests;
        for (number, request) in open {
            if request.ends() <= now {
                self.requests(|requests| requests.remove(&number));
                self.back_to(request.person, request.ticket, Came::News(NewsKind::Closed(Closing::Aged)));
                self.tell_moderators("space_request_aged", number);
            } else if request.taken.is_none() && !request.is_told && request.waits_until() <= now {
                self.change_request(number, |request| request.is_told = true);
                self.back_to(request.person, request.ticket, Came::News(NewsKind::NobodyYet));
                self.tell_moderators("space_request_waits", number);
            }
        }
        self.plan_queue()
    }

    /// No request is open any more, and everybody who has one hears why.
    pub(super) fn end_requests(&mut self, why: Closing) {
        let Some(supporters) = &mut self.work.profile.space.as_mut().and_then(|space| space.supporters.as_mut()) else {
            return;
        };
        supporters.on_duty.clear();
        let ended = std::mem::take(&mut supporters.requests);
        self.work.profile_changed = true;
        for request in ended.into_values() {
            self.back_to(request.person, request.ticket, Came::News(NewsKind::Closed(why)));
        }
    }

    /// A request as moderators see it: what its author agreed to, and their words.
    pub(super) fn show_request(&mut self, spot: &Spot, number: u32) {
        let Some(request) = self.request(number) else { return };
        let key = if request.taken.is_some() { "space_request_taken" } else { "space_request" };
        let body = self.request_words(key, number, &request, &request.words);
        let choices = self.request_buttons(number, request.taken.is_some());
        self.say_in_space(spot, body, choices, Class::Reply, None);
    }

    /// Plans when requests are to be looked after next.
    pub(super) fn plan_queue(&mut self) -> Result<(), Need> {
        let next = self.space().supporters.and_then(|supporters| supporters.due());
        self.plan_once(QUEUE, next)
    }

    /// Words for moderators: of a request that is open, or of another one.
    fn take_request(&mut self, from: PersonId, ticket: u64, key: u64, words: Words<'_>) -> Came {
        let Words { text, is_heavy, marks } = words;
        let (now, space) = (self.world.now, self.space());
        let known = self.request_of(from, ticket);
        let is_meant = |supporters: &Supporters| known.is_some() || supporters.key == key;
        let supporters = space.supporters.as_ref().filter(|supporters| space.takes_asks() && is_meant(supporters));
        let (Some(supporters), Some(chat)) = (supporters, space.review.clone()) else {
            return Came::Refused { is_over: known.is_none() };
        };
        if space.asks_barred.hold(marks) {
            return Came::Barred;
        }
        let is_on_duty = supporters.is_on_duty(now);
        if known.is_none() && supporters.requests.len() >= SPACE_REQUESTS_MAX {
            return Came::Full;
        }
        let number = known.unwrap_or_else(|| supporters.next_number.wrapping_add(1));
        let space = self.space_mut();
        let supporters = space.supporters.get_or_insert_default();
        let request = supporters.requests.entry(number).or_insert_with(|| Request {
            person: from,
            ticket,
            marks: BTreeSet::new(),
            words: Vec::new(),
            since: now,
            taken: None,
            is_heavy: false,
            is_told: false,
        });
        request.words.push(text.clone());
        if request.words.len() > SPACE_REQUEST_TEXTS_MAX {
            request.words.remove(0);
        }
        request.is_heavy |= is_heavy;
        request.marks.extend(marks);
        let (request, is_more) = (request.clone(), known.is_some());
        if !is_more {
            supporters.next_number = number;
        }
        let spot = Spot { chat, message: None };
        if is_more {
            let body = self.request_words("space_request_more", number, &request, std::slice::from_ref(text));
            let choices = self.request_buttons(number, request.taken.is_some());
            self.say_in_space(&spot, body, choices, Class::Reply, None);
        } else {
            self.show_request(&spot, number);
        }
        Came::Passed { number, is_more, is_on_duty }
    }

    fn request_words(&self, key: &str, number: u32, request: &Request, words: &[UserText]) -> RichText {
        let RichText(mut pieces) = line(self.words(), key, &[("number", &number.to_string())], 0);
        let mut add = |text: String| pieces.push(Piece::Author(format!("\n{text}")));
        add(self.space_line("space_request_agreed", &[]));
        if request.is_heavy {
            add(self.space_line("space_request_heavy", &[]));
        }
        for text in words {
            pieces.push(Piece::Author("\n\n".to_owned()));
            pieces.push(Piece::Person(text.clone()));
        }
        RichText(pieces)
    }

    fn request_buttons(&self, number: u32, is_taken: bool) -> Vec<Choice> {
        let verbs: &[(&str, &str)] = if is_taken {
            &[("space_button_answer", "answer"), ("space_button_give_back", "back"), ("space_button_close", "close")]
        } else {
            &[("space_button_take", "take"), ("space_button_close", "close")]
        };
        let can_bar = self.request(number).is_some_and(|request| !request.marks.is_empty());
        let bar = can_bar.then_some(&("space_button_bar", "bar"));
        let verbs = verbs.iter().chain(bar);
        verbs.map(|(key, verb)| button(self.space_line(key, &[]), &format!("q.{verb}.{number}"))).collect()
    }

    fn take_it(&mut self, number: u32, actor: &Actor) {
        let (by, now) = (tag(self.space().supporters.unwrap_or_default().salt, &actor.account), self.world.now);
        self.change_request(number, |request| request.taken = Some((by, now)));
        self.space_mut().count("request_taken");
    }

    /// A line where moderators look, if there is such a place.
    fn tell_moderators(&mut self, key: &str, number: u32) {
        if let Some(chat) = self.space().review {
            let is_open = self.request(number).map(|request| request.taken.is_some());
            let choices = is_open.map_or_else(Vec::new, |is_taken| self.request_buttons(number, is_taken));
            self.space_tell(&Spot { chat, message: None }, key, &[("number", &number.to_string())], choices);
        }
    }

    /// Something for whoever asks.
    pub(super) fn back_to(&mut self, person: PersonId, ticket: u64, what: Came) {
        self.changes.follows.push((person, came_from(self.work.id, ticket, what)));
    }

    fn request(&self, number: u32) -> Option<Request> {
        self.space().supporters?.requests.get(&number).cloned()
    }

    /// The number of the request that somebody knows by a ticket.
    fn request_of(&self, person: PersonId, ticket: u64) -> Option<u32> {
        let requests = self.space().supporters?.requests;
        requests.iter().find(|(_, request)| request.person == person && request.ticket == ticket).map(|(at, _)| *at)
    }

    fn change_request(&mut self, number: u32, change: impl FnOnce(&mut Request)) {
        self.requests(|requests| requests.get_mut(&number).map(change));
    }

    /// Changes what is open, if asking is switched on.
    pub(super) fn requests<T>(&mut self, change: impl FnOnce(&mut BTreeMap<u32, Request>) -> Option<T>) -> Option<T> {
        self.work.profile_changed = true;
        change(&mut self.work.profile.space.as_mut()?.supporters.as_mut()?.requests)
    }
}
