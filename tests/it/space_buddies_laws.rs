//! Laws of pairs, over any order of what people do: nobody is paired before both agreed, twice, with themselves, or with
//! somebody whom one of the two shut out.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use mendwell::domain::bars::Mark;
use mendwell::domain::buddies::{Buddies, Followed, News, Seeker};
use mendwell::domain::ids::PersonId;
use mendwell::domain::limits::{BUDDY_WAITING_MAX, FOLLOWS_MAX};
use mendwell::domain::text::UserText;
use proptest::prelude::*;

#[derive(Clone, Copy, Debug)]
enum Act {
    Look,
    Yes,
    No,
    Leave,
    Shun(i64),
    Hours(i64),
    Report,
    Move,
    Depart,
}

fn acts() -> impl Strategy<Value = Vec<(i64, Act)>> {
    let act = prop_oneof![
        4 => Just(Act::Look),
        5 => Just(Act::Yes),
        2 => Just(Act::No),
        1 => Just(Act::Leave),
        1 => (1..=4_i64).prop_map(Act::Shun),
        2 => (1..=100_i64).prop_map(Act::Hours),
        1 => Just(Act::Report),
        1 => Just(Act::Move),
        1 => Just(Act::Depart),
    ];
    prop::collection::vec((1..=4_i64, act), 0..60)
}

/// What is known of everybody beside what the space keeps.
#[derive(Default)]
struct Known {
    /// The pair that somebody was asked about last.
    asked: BTreeMap<i64, u32>,
    /// Who said yes to which, since it was last asked.
    yes: BTreeSet<(i64, u32)>,
    never: BTreeMap<i64, BTreeSet<Mark>>,
    shunned: BTreeSet<(i64, i64)>,
    paired: usize,
}

impl Known {
    fn hear(&mut self, followed: &Followed) {
        let offered: Vec<(i64, u32)> = followed
            .iter()
            .filter_map(|(person, news)| match news {
                News::Offer { number, .. } => Some((person.0, *number)),
                _ => None,
            })
            .collect();
        for (one, number) in &offered {
            let other = offered.iter().find(|(person, also)| also == number && person != one);
            let (other, _) = other.expect("two are asked, and they are not the same");
            assert!(!self.shunned.contains(&(*one, *other)), "{one} shut {other} out");
            self.asked.insert(*one, *number);
        }
        for (person, news) in followed {
            match news {
                News::Paired { number, with, .. } => {
                    self.paired += 1;
                    assert_ne!(person, with);
                    for who in [person.0, with.0] {
                        assert!(self.yes.contains(&(who, *number)), "{who} did not agree to {number}");
                    }
                }
                News::Over => {
                    let number = self.asked[&person.0];
                    self.yes.remove(&(person.0, number));
                }
                _ => {}
            }
        }
    }
}

fn mark(person: i64) -> Mark {
    Mark(u64::try_from(person).unwrap() * 7)
}

/// Plays it; how often two were paired.
fn play(acts: &[(i64, Act)], seed: u64) -> usize {
    let (mut buddies, mut known) = (Buddies::default(), Known::default());
    let mut now: Timestamp = "2026-03-23T08:00:00Z".parse().unwrap();
    let mut state = seed;
    let mut chance = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        state >> 33
    };
    for (person, act) in acts {
        let id = PersonId(*person);
        let number = known.asked.get(person).copied().unwrap_or_default();
        let followed = match act {
            Act::Look => {
                let never = known.never.get(person).cloned().unwrap_or_default();
                let seeker =
                    Seeker { person: id, marks: vec![mark(*person)], never, line: UserText::new("x"), since: now };
                buddies.look(seeker, &mut chance)
            }
            Act::Yes => {
                known.yes.insert((*person, number));
                buddies.say(id, number, true, now, &mut chance)
            }
            Act::No => {
                known.yes.remove(&(*person, number));
                buddies.say(id, number, false, now, &mut chance)
            }
            Act::Leave => buddies.leave(id, now, &mut chance),
            Act::Shun(other) => {
                known.never.entry(*person).or_default().insert(mark(*other));
                known.shunned.extend([(*person, *other), (*other, *person)]);
                buddies.leave(id, now, &mut chance)
            }
            Act::Report => buddies.report(id, now, &mut chance).map(|(_, followed)| followed).unwrap_or_default(),
            Act::Depart => buddies.depart(mark(*person), now, &mut chance),
            // Their own account, as when another one is joined.
            Act::Move => buddies.moves(id, id, &[mark(*person)], now, &mut chance),
            Act::Hours(hours) => {
                now = now.checked_add(SignedDuration::from_hours(*hours)).unwrap();
                buddies.tick(now, &mut chance)
            }
        };
        known.hear(&followed);
        let sides = buddies.pairs.values().flat_map(|pair| pair.sides.iter().map(|side| side.seeker.person));
        let all: Vec<PersonId> = buddies.waiting.iter().map(|seeker| seeker.person).chain(sides).collect();
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "everybody stands once");
        assert!(!matches!(act, Act::Depart) || !all.contains(&id), "who went stands nowhere");
        assert!(buddies.due().is_none_or(|due| due > now) || !matches!(act, Act::Hours(_)), "time brings no rest");
    }
    known.paired
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nobody_is_paired_before_both_agreed(acts in acts(), seed in any::<u64>()) {
        play(&acts, seed);
    }
}

#[test]
fn two_who_agree_are_paired() {
    let acts = [(1, Act::Look), (2, Act::Look), (1, Act::Yes), (2, Act::Yes)];
    assert_eq!(play(&acts, 1), 2);
    let again = [(1, Act::Hours(84)), (1, Act::Hours(84)), (1, Act::Yes), (2, Act::Yes)];
    assert_eq!(play(&[acts, again].concat(), 1), 4);
}

#[test]
fn a_full_list_takes_nobody_and_everybody_on_it_can_be_told() {
    let mut buddies = Buddies::default();
    let now: Timestamp = "2026-03-23T08:00:00Z".parse().unwrap();
    let all: BTreeSet<Mark> = (1..=200).map(mark).collect();
    for person in 1..=200 {
        // None of them wants any of the others.
        let never = all.clone();
        let line = UserText::new("x");
        let seeker = Seeker { person: PersonId(person), marks: vec![mark(person)], never, line, since: now };
        let followed = buddies.look(seeker, &mut || 0);
        let is_full = followed.iter().any(|(_, news)| *news == News::Full);
        assert_eq!(is_full, person > i64::try_from(BUDDY_WAITING_MAX).unwrap());
    }
    assert!(buddies.close().len() * 3 < FOLLOWS_MAX);
}
