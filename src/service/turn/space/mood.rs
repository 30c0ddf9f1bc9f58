//! How the week was, for a group that wants to know: one tap each, summed up once when the round is over, and deleted
//! with it. Whoever pressed is known by a hash of this round only, so that an answer can be changed and taken back.

use jiff::{SignedDuration, Timestamp};

use crate::domain::group_mood::{GROUP_MOOD_MAX, GroupMood, Middle, group_mood};
use crate::domain::ids::PlanId;
use crate::domain::limits::{GROUP_MOOD_ANSWERS_MAX, GROUP_MOOD_HOURS, GROUP_MOOD_MIN, SPACE_QUESTION_EXPIRES_S};
use crate::domain::recurrence::{At, Every, Recurrence};
use crate::domain::space::{Mood, Rhythm, Round, Space};
use crate::domain::value::Values;
use crate::domain::write::{Plan, WhenBusy};
use crate::service::person::Need;
use crate::service::ports::Class;
use crate::service::turn::space::{Spot, button, keyed};
use crate::service::turn::{OccurrenceState, Turn, line};

/// The name of the plan by which a round begins.
pub(super) const MOOD: &str = "space-mood";
/// The name of the plan by which it ends.
pub(super) const MOOD_END: &str = "space-mood-end";
/// The day on which it begins: a Sunday.
const DAY: i8 = 7;

impl Turn<'_, '_> {
    /// Switches it on or off. What was answered goes when it is switched off.
    pub(super) fn switch_mood(&mut self, spot: &Spot) -> Result<(), Need> {
        let space = self.space_mut();
        if space.mood.take().is_some() {
            self.plan_mood()?;
            self.setup_home(spot);
            return Ok(());
        }
        let space = self.space_mut();
        space.mood = Some(Mood::default());
        space.channel.get_or_insert_with(|| spot.chat.clone());
        let at = space.time().strftime("%H:%M").to_string();
        let back = button(self.space_line("space_button_back", &[]), "home");
        let least = GROUP_MOOD_MIN.to_string();
        self.space_tell(spot, "space_mood_on", &[("at", &at), ("least", &least)], vec![back]);
        self.plan_mood()
    }

    /// Plans the next round, or none.
    pub(super) fn plan_mood(&mut self) -> Result<(), Need> {
        let space = self.space();
        if !space.takes_mood() {
            if let Some(mood) = space.mood.filter(|mood| mood.round.is_some()) {
                self.space_mut().mood = Some(Mood { round: None, ..mood });
            }
            self.plan_drop(MOOD_END)?;
            return self.plan_drop(MOOD);
        }
        self.plan(Plan {
            dialog: MOOD.to_owned(),
            with: Values::new(),
            recurrence: Recurrence { every: Every::Days(vec![DAY]), at: At::Wall(space.time()) },
            when_busy: WhenBusy::Skip,
            expires_s: SPACE_QUESTION_EXPIRES_S,
        })
    }

    /// A round begins.
    pub(super) fn mood_begins(&mut self) -> Result<(), Need> {
        let Some(chat) = self.space().channel else { return Ok(()) };
        let (salt, now) = ((self.world.chance)(), self.world.now);
        let number = self.space().mood.map_or(0, |mood| mood.rounds) + 1;
        let ends = now.saturating_add(SignedDuration::from_hours(GROUP_MOOD_HOURS)).unwrap_or(Timestamp::MAX);
        let round = Round { number, salt, ends, answers: Default::default() };
        self.space_mut().mood = Some(Mood { rounds: number, round: Some(round) });
        let labels = ["space_mood_0", "space_mood_1", "space_mood_2", "space_mood_3", "space_mood_4"];
        let mut choices: Vec<_> = labels
            .iter()
            .enumerate()
            .map(|(at, key)| button(self.space_line(key, &[]), &format!("mood.{number}.{at}")))
            .collect();
        choices.push(button(self.space_line("space_mood_back", &[]), &format!("mood.{number}.x")));
        let body = line(self.words(), "space_mood_ask", &[("least", &GROUP_MOOD_MIN.to_string())], 0);
        self.say_in_space(&Spot { chat, message: None }, body, choices, Class::Nudge, None);
        self.plan_once(MOOD_END, Some(ends))
    }

    /// A member says how their week was, or takes it back.
    pub(super) fn mood_pressed(&mut self, account: &str, number: &str, answer: &str) {
        let now = self.world.now;
        let round = self.space_mut().mood.as_mut().and_then(|mood| mood.round.as_mut());
        let Some(round) = round.filter(|round| number.parse() == Ok(round.number) && now < round.ends) else {
            self.note("stale_over");
            return;
        };
        let who = keyed(&round.salt.to_be_bytes(), account.as_bytes());
        match answer.parse::<u8>() {
            Ok(value) if value <= GROUP_MOOD_MAX => {
                if round.answers.len() >= GROUP_MOOD_ANSWERS_MAX && !round.answers.contains_key(&who) {
                    self.note("stale_over");
                    return;
                }
                round.answers.insert(who, value);
                self.note("space_mood_thanks");
            }
            Ok(_) | Err(_) => {
                round.answers.remove(&who);
                self.note("space_mood_gone");
            }
        }
    }

    /// A round is over: what may be told is told once, and every answer goes.
    pub(super) fn mood_ends(&mut self, id: PlanId, due: Timestamp) -> Result<(), Need> {
        self.record(id, due, due, OccurrenceState::Started);
        self.plan_drop(MOOD_END)?;
        let Some(round) = self.space_mut().mood.as_mut().and_then(|mood| mood.round.take()) else { return Ok(()) };
        let answers: Vec<u8> = round.answers.into_values().collect();
        let Some(chat) = self.space().channel.filter(|_| !answers.is_empty()) else { return Ok(()) };
        let spot = Spot { chat, message: None };
        match group_mood(&answers) {
            Some(GroupMood { at_least, middle }) => {
                let key = match middle {
                    Middle::Heavy => "space_mood_heavy",
                    Middle::Mixed => "space_mood_mixed",
                    Middle::Light => "space_mood_light",
                };
                self.space_tell(&spot, key, &[("count", &at_least.to_string())], Vec::new());
            }
            None => {
                let least = GROUP_MOOD_MIN.to_string();
                self.space_tell(&spot, "space_mood_hidden", &[("least", &least)], Vec::new());
            }
        }
        Ok(())
    }
}

impl Space {
    /// Whether the group is asked how its week was. Where questions were switched off because nobody does anything, this
    /// rests as well.
    fn takes_mood(&self) -> bool {
        self.mood.is_some() && self.channel.is_some() && self.left_at.is_none() && self.rhythm != Rhythm::Off
    }
}
