//! Buddies for a week: who looks for one in a space, who was asked, who writes to each other, and until when.
//!
//! Nothing here holds a name. A space knows its seekers by their id; whoever agreed gets the other's account from that
//! person's own record, and only after both have said yes. All of it is pure: [`Buddies`] changes by what people say and
//! by the time, and says what follows for whom.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::domain::bars::{Bars, Mark};
use crate::domain::ids::PersonId;
use crate::domain::limits::{
    BUDDY_ANSWER_HOURS, BUDDY_MET_MAX, BUDDY_MIDWAY_HOURS, BUDDY_PAIRS_MAX, BUDDY_REPORTS_MAX, BUDDY_WAIT_DAYS,
    BUDDY_WAITING_MAX, BUDDY_WEEK_HOURS,
};
use crate::domain::text::UserText;

/// What a space keeps; none while an admin has not switched it on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Buddies {
    /// What the links of this space are signed with, so that one works only for the account that pressed the button.
    pub key: u64,
    /// The number of the last pair or report.
    #[serde(default)]
    pub last_number: u32,
    /// Who looks for one; who came first stands first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waiting: Vec<Seeker>,
    /// Who was brought together, by number.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub pairs: BTreeMap<u32, Pair>,
    /// Who has met before, the newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub met: Vec<Met>,
    /// Accounts that moderators want in no pair any more.
    #[serde(default, skip_serializing_if = "Bars::is_empty")]
    pub barred: Bars,
    /// Whom the newest reports are about, by number.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub reports: BTreeMap<u32, Vec<Mark>>,
}

/// Somebody who looks for a buddy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seeker {
    /// Who.
    pub person: PersonId,
    /// Their accounts.
    pub marks: Vec<Mark>,
    /// Accounts with which they want to be in no pair, ever.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub never: BTreeSet<Mark>,
    /// What they say of themselves to whoever is asked.
    pub line: UserText,
    /// Since when they look.
    pub since: Timestamp,
}

/// Two who were asked whether they want to write to each other, or do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    /// Both.
    pub sides: [Side; 2],
    /// How far it has come.
    pub stage: PairStage,
    /// When it goes on by itself.
    pub due: Timestamp,
}

/// One of two.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Side {
    /// Who.
    pub seeker: Seeker,
    /// What they said to the question that is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub says: Option<bool>,
}

/// How far a pair has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PairStage {
    /// Both are asked, and know no name.
    Asked,
    /// The first half of the week.
    Begun,
    /// The second half.
    Midway,
    /// The week is over: both are asked whether there is to be another.
    Over,
}

/// Two who were asked about each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Met {
    /// Who.
    pub one: PersonId,
    /// With whom.
    pub other: PersonId,
    /// When.
    pub at: Timestamp,
    /// It did not come together: they are not asked about each other again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub apart: bool,
}

/// What follows for somebody from what happens in a space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// They wait, with this line.
    Waits(UserText),
    /// The list is full.
    Full,
    /// Moderators want them in no pair.
    Barred,
    /// They are in the space no longer.
    Departed,
    /// There are no buddies here, or the link was not theirs.
    Closed,
    /// Somebody else looks for a buddy too.
    Offer {
        /// The pair that it would be.
        number: u32,
        /// What the other says of themselves.
        line: UserText,
    },
    /// It did not come together this time; they go on waiting.
    Apart,
    /// Both have said yes.
    Paired {
        /// The pair.
        number: u32,
        /// With whom.
        with: PersonId,
        /// Whether it is another week with the same person.
        again: bool,
    },
    /// Half of the week is over.
    Midway,
    /// The week is over.
    Over,
    /// The pair ends.
    Ended,
    /// They are on the list no longer: they were not heard of.
    Lapsed,
    /// The space has no buddies any more.
    Off,
    /// What was reported reached nobody.
    Unheard,
}

/// What follows, for whom.
pub type Followed = Vec<(PersonId, News)>;

impl Buddies {
    /// Somebody looks for one. Where they stand already, only their line changes.
    pub fn look(&mut self, seeker: Seeker, chance: &mut dyn FnMut() -> u64) -> Followed {
        let (person, now) = (seeker.person, seeker.since);
        if self.barred.hold(&seeker.marks) {
            return vec![(person, News::Barred)];
        }
        if self.pair_of(person).is_some() {
            return Vec::new();
        }
        let line = seeker.line.clone();
        let is_full = self.waiting.len() >= BUDDY_WAITING_MAX;
        match self.waiting.iter_mut().find(|known| known.person == person) {
            Some(known) => *known = Seeker { since: known.since, ..seeker },
            None if is_full => return vec![(person, News::Full)],
            None => self.waiting.push(seeker),
        }
        let mut followed = vec![(person, News::Waits(line))];
        self.bring_together(now, chance, &mut followed);
        followed
    }

    /// What somebody says to what they were asked. Anything else than an open question of theirs changes nothing.
    pub fn say(
        &mut self,
        person: PersonId,
        number: u32,
        yes: bool,
        now: Timestamp,
        chance: &mut dyn FnMut() -> u64,
    ) -> Followed {
        let Some(pair) = self.pairs.get_mut(&number).filter(|pair| pair.is_asking()) else { return Vec::new() };
        let Some(side) = pair.sides.iter_mut().find(|side| side.seeker.person == person) else { return Vec::new() };
        side.says = Some(yes);
        let mut followed = Vec::new();
        if pair.sides.iter().all(|side| side.says == Some(true)) {
            let again = pair.stage == PairStage::Over;
            *pair = Pair { stage: PairStage::Begun, due: after(now, BUDDY_MIDWAY_HOURS), ..pair.clone() };
            let [one, other] = pair.sides.each_ref().map(|side| side.seeker.person);
            followed.push((one, News::Paired { number, with: other, again }));
            followed.push((other, News::Paired { number, with: one, again }));
        } else if !yes {
            self.part(number, None, now, &mut followed);
            self.bring_together(now, chance, &mut followed);
        }
        followed
    }

    /// Somebody is out, whatever they were in.
    pub fn leave(&mut self, person: PersonId, now: Timestamp, chance: &mut dyn FnMut() -> u64) -> Followed {
        self.waiting.retain(|seeker| seeker.person != person);
        let mut followed = Vec::new();
        if let Some(number) = self.pair_of(person) {
            self.part(number, Some(person), now, &mut followed);
            self.bring_together(now, chance, &mut followed);
        }
        followed
    }

    /// What the time brings.
    pub fn tick(&mut self, now: Timestamp, chance: &mut dyn FnMut() -> u64) -> Followed {
        let mut followed = Vec::new();
        let due: Vec<u32> = self.pairs.iter().filter(|(_, pair)| pair.due <= now).map(|(number, _)| *number).collect();
        for number in due {
            let Some(pair) = self.pairs.get_mut(&number) else { continue };
            let both = pair.sides.each_ref().map(|side| side.seeker.person);
            let end = after(pair.due, BUDDY_WEEK_HOURS - BUDDY_MIDWAY_HOURS);
            match pair.stage {
                PairStage::Asked | PairStage::Over => self.part(number, None, now, &mut followed),
                // After an absence of the bot the week may be over already.
                PairStage::Begun if now < end => {
                    (pair.stage, pair.due) = (PairStage::Midway, end);
                    followed.extend(both.map(|person| (person, News::Midway)));
                }
                PairStage::Begun | PairStage::Midway => {
                    (pair.stage, pair.due) = (PairStage::Over, after(now, BUDDY_ANSWER_HOURS));
                    pair.sides.iter_mut().for_each(|side| side.says = None);
                    followed.extend(both.map(|person| (person, News::Over)));
                }
            }
        }
        let is_late = |seeker: &mut Seeker| after(seeker.since, 24 * BUDDY_WAIT_DAYS) <= now;
        followed.extend(self.waiting.extract_if(.., is_late).map(|seeker| (seeker.person, News::Lapsed)));
        self.bring_together(now, chance, &mut followed);
        followed
    }

    /// When the time brings something next.
    pub fn due(&self) -> Option<Timestamp> {
        let waiting = self.waiting.iter().map(|seeker| after(seeker.since, 24 * BUDDY_WAIT_DAYS));
        waiting.chain(self.pairs.values().map(|pair| pair.due)).min()
    }

    /// Everything ends, and everybody who stands in it is told.
    pub fn close(&mut self) -> Followed {
        let waiting = std::mem::take(&mut self.waiting).into_iter().map(|seeker| seeker.person);
        let paired = std::mem::take(&mut self.pairs).into_values();
        let paired = paired.flat_map(|pair| pair.sides.map(|side| side.seeker.person));
        waiting.chain(paired).map(|person| (person, News::Off)).collect()
    }

    /// Somebody who is paired reports the other, and is out: the number of the report. None from anybody else.
    pub fn report(
        &mut self,
        person: PersonId,
        now: Timestamp,
        chance: &mut dyn FnMut() -> u64,
    ) -> Option<(u32, Followed)> {
        let pair = self.pairs.get(&self.pair_of(person)?)?;
        let other = pair.sides.iter().find(|side| side.seeker.person != person)?;
        let marks = other.seeker.marks.clone();
        let number = self.next_number();
        self.reports.insert(number, marks);
        while self.reports.len() > BUDDY_REPORTS_MAX {
            self.reports.pop_first();
        }
        Some((number, self.leave(person, now, chance)))
    }

    /// Nobody is paired any more with whom a report is about; `None` when it is not known.
    pub fn bar(&mut self, report: u32, now: Timestamp, chance: &mut dyn FnMut() -> u64) -> Option<Followed> {
        let marks = self.reports.remove(&report)?;
        let meant = self.with_marks(&marks);
        self.barred.add(marks, now);
        Some(self.put_out(meant, &News::Barred, now, chance))
    }

    /// Whoever has this account is in the space no longer: they are out, whatever they were in.
    pub fn depart(&mut self, mark: Mark, now: Timestamp, chance: &mut dyn FnMut() -> u64) -> Followed {
        let meant = self.with_marks(&[mark]);
        self.put_out(meant, &News::Departed, now, chance)
    }

    /// Two people became one, or have other accounts.
    pub fn moves(
        &mut self,
        from: PersonId,
        to: PersonId,
        marks: &[Mark],
        now: Timestamp,
        chance: &mut dyn FnMut() -> u64,
    ) -> Followed {
        if from != to && self.knows(to) {
            return self.leave(from, now, chance);
        }
        let sides = self.pairs.values_mut().flat_map(|pair| pair.sides.iter_mut().map(|side| &mut side.seeker));
        for seeker in self.waiting.iter_mut().chain(sides).filter(|seeker| seeker.person == from) {
            seeker.person = to;
            seeker.marks.extend(marks);
            seeker.marks.sort_unstable();
            seeker.marks.dedup();
        }
        for met in &mut self.met {
            for person in [&mut met.one, &mut met.other] {
                if *person == from {
                    *person = to;
                }
            }
        }
        Vec::new()
    }

    /// Who stands here with one of these accounts.
    fn with_marks(&self, marks: &[Mark]) -> Vec<PersonId> {
        let is_meant = |seeker: &&Seeker| seeker.marks.iter().any(|mark| marks.contains(mark));
        let sides = self.pairs.values().flat_map(|pair| pair.sides.iter().map(|side| &side.seeker));
        self.waiting.iter().chain(sides).filter(is_meant).map(|seeker| seeker.person).collect()
    }

    fn put_out(
        &mut self,
        people: Vec<PersonId>,
        why: &News,
        now: Timestamp,
        chance: &mut dyn FnMut() -> u64,
    ) -> Followed {
        let mut followed = Vec::new();
        for person in people {
            followed.extend(self.leave(person, now, chance));
            followed.push((person, why.clone()));
        }
        followed
    }

    fn knows(&self, person: PersonId) -> bool {
        self.waiting.iter().any(|seeker| seeker.person == person) || self.pair_of(person).is_some()
    }

    fn pair_of(&self, person: PersonId) -> Option<u32> {
        let is_in = |pair: &Pair| pair.sides.iter().any(|side| side.seeker.person == person);
        self.pairs.iter().find(|(_, pair)| is_in(pair)).map(|(number, _)| *number)
    }

    /// A pair ends. Whoever is out hears nothing here; who was only asked, or wants somebody else, goes on waiting.
    fn part(&mut self, number: u32, out: Option<PersonId>, now: Timestamp, followed: &mut Followed) {
        let Some(pair) = self.pairs.remove(&number) else { return };
        let [one, other] = pair.sides.each_ref().map(|side| side.seeker.person);
        let was_asked = pair.stage == PairStage::Asked;
        self.meet(Met { one, other, at: now, apart: was_asked });
        let is_late = pair.due <= now;
        for Side { seeker, says } in pair.sides {
            let person = seeker.person;
            if out == Some(person) {
                continue;
            }
            let is_silent = is_late && says.is_none();
            let waits = match pair.stage {
                PairStage::Asked => !is_silent,
                PairStage::Over => says == Some(false),
                PairStage::Begun | PairStage::Midway => false,
            };
            if !waits {
                followed.push((person, if was_asked { News::Lapsed } else { News::Ended }));
                continue;
            }
            let since = if was_asked { seeker.since } else { now };
            let at = self.waiting.partition_point(|known| known.since <= since);
            let news = if was_asked { News::Apart } else { News::Waits(seeker.line.clone()) };
            self.waiting.insert(at, Seeker { since, ..seeker });
            // Whoever said no knows.
            if !was_asked || says != Some(false) {
                followed.push((person, news));
            }
        }
    }

    fn meet(&mut self, met: Met) {
        self.met.retain(|known| !known.is_of(met.one, met.other));
        self.met.push(met);
        let over = self.met.len().saturating_sub(BUDDY_MET_MAX);
        self.met.drain(..over);
    }

    /// Asks everybody who waits and may be asked: who came first, and one of those whom they have not met, by chance.
    fn bring_together(&mut self, now: Timestamp, chance: &mut dyn FnMut() -> u64, followed: &mut Followed) {
        while self.pairs.len() < BUDDY_PAIRS_MAX
            && let Some((first, second)) = self.next_two(chance)
        {
            // The second stands behind the first.
            let (other, one) = (self.waiting.remove(second), self.waiting.remove(first));
            let number = self.next_number();
            followed.push((one.person, News::Offer { number, line: other.line.clone() }));
            followed.push((other.person, News::Offer { number, line: one.line.clone() }));
            let sides = [one, other].map(|seeker| Side { seeker, says: None });
            let due = after(now, BUDDY_ANSWER_HOURS);
            self.pairs.insert(number, Pair { sides, stage: PairStage::Asked, due });
        }
    }

    fn next_two(&self, chance: &mut dyn FnMut() -> u64) -> Option<(usize, usize)> {
        self.waiting.iter().enumerate().find_map(|(first, seeker)| {
            let others = self.waiting.iter().enumerate().skip(first + 1);
            let may: Vec<_> = others.filter(|(_, other)| self.may_meet(seeker, other)).collect();
            let is_new = |other: &Seeker| !self.met.iter().any(|met| met.is_of(seeker.person, other.person));
            let mut among: Vec<usize> = may.iter().filter(|(_, other)| is_new(other)).map(|(at, _)| *at).collect();
            if among.is_empty() {
                among = may.iter().map(|(at, _)| *at).collect();
            }
            let pick = usize::try_from(chance() % among.len().max(1) as u64).unwrap_or_default();
            among.get(pick).map(|second| (first, *second))
        })
    }

    fn may_meet(&self, one: &Seeker, other: &Seeker) -> bool {
        let shun = |one: &Seeker, other: &Seeker| other.marks.iter().any(|mark| one.never.contains(mark));
        one.person != other.person
            && !one.marks.iter().any(|mark| other.marks.contains(mark))
            && !shun(one, other)
            && !shun(other, one)
            && !self.met.iter().any(|met| met.apart && met.is_of(one.person, other.person))
    }

    fn next_number(&mut self) -> u32 {
        self.last_number = self.last_number.wrapping_add(1);
        self.last_number
    }
}

impl Pair {
    fn is_asking(&self) -> bool {
        matches!(self.stage, PairStage::Asked | PairStage::Over)
    }
}

impl Met {
    fn is_of(&self, one: PersonId, other: PersonId) -> bool {
        (self.one, self.other) == (one, other) || (self.one, self.other) == (other, one)
    }
}

fn after(at: Timestamp, hours: i64) -> Timestamp {
    at.saturating_add(SignedDuration::from_hours(hours)).unwrap_or(Timestamp::MAX)
}
