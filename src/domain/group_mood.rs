//! How a group is, as far as it may be told: an aggregate that says nothing of anybody.
//!
//! Each round is summed up once, when it is over, and its answers are deleted then: there are no two sums to compare.
//! Nothing is told of fewer than [`GROUP_MOOD_MIN`] answers (k-anonymity, Sweeney 2002), nor where one answer alone
//! decides what is told.

use serde::{Deserialize, Serialize};

use crate::domain::limits::GROUP_MOOD_MIN;

/// The highest answer; 0 is the heaviest.
pub const GROUP_MOOD_MAX: u8 = 4;

/// What is told of a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupMood {
    /// How many answered, rounded down to a multiple of [`GROUP_MOOD_MIN`].
    pub at_least: usize,
    /// Where the middle of the answers lies.
    pub middle: Middle,
}

/// Where the middle of the answers lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Middle {
    /// Answers of 0 and 1.
    Heavy,
    /// Answers of 2.
    Mixed,
    /// Answers of 3 and 4.
    Light,
}

/// What may be told of these answers; `None` when nothing may.
pub fn group_mood(answers: &[u8]) -> Option<GroupMood> {
    let middle = middle(answers)?;
    let decides = |at: usize| {
        let mut others = answers.to_vec();
        others.remove(at);
        // Whatever this one had answered, and had they not answered at all.
        let without = middle_of(&others) != Some(middle);
        without || (0..=GROUP_MOOD_MAX).any(|other| middle_of(&[&*others, &[other]].concat()) != Some(middle))
    };
    if (0..answers.len()).any(decides) {
        return None;
    }
    Some(GroupMood { at_least: answers.len() / GROUP_MOOD_MIN * GROUP_MOOD_MIN, middle })
}

fn middle(answers: &[u8]) -> Option<Middle> {
    (answers.len() >= GROUP_MOOD_MIN).then(|| middle_of(answers)).flatten()
}

/// The lower median, as a word.
fn middle_of(answers: &[u8]) -> Option<Middle> {
    let mut sorted = answers.to_vec();
    sorted.sort_unstable();
    let median = *sorted.get(sorted.len().checked_sub(1)? / 2)?;
    Some(match median {
        0 | 1 => Middle::Heavy,
        2 => Middle::Mixed,
        _ => Middle::Light,
    })
}

#[cfg(test)]
mod tests {
    use super::{GROUP_MOOD_MAX, group_mood};

    /// Every way in which so many people can answer, sorted.
    fn all(count: usize) -> Vec<Vec<u8>> {
        let mut found = vec![Vec::new()];
        for _ in 0..count {
            found = found
                .into_iter()
                .flat_map(|some: Vec<u8>| {
                    let least = some.last().copied().unwrap_or(0);
                    (least..=GROUP_MOOD_MAX).map(move |next| [&*some, &[next]].concat())
                })
                .collect();
        }
        found
    }

    #[test]
    fn nothing_is_told_of_fewer_than_five() {
        for count in 0..5 {
            assert!(all(count).iter().all(|answers| group_mood(answers).is_none()));
        }
        assert!(all(5).iter().any(|answers| group_mood(answers).is_some()));
        assert_eq!(group_mood(&[4; 14]).unwrap().at_least, 10);
    }

    /// What is told stays the same whatever any one of them had answered, and had they not answered at all: the sums with
    /// and without one person do not differ where both are told.
    #[test]
    fn no_difference_between_two_sums_tells_one_answer() {
        for count in 5..9 {
            for answers in all(count) {
                let Some(told) = group_mood(&answers) else { continue };
                for at in 0..count {
                    let mut others = answers.clone();
                    others.remove(at);
                    let less = group_mood(&others);
                    assert!(less.is_none_or(|less| less.middle == told.middle), "{answers:?} without {at}");
                    for other in 0..=GROUP_MOOD_MAX {
                        let changed = group_mood(&[&*others, &[other]].concat());
                        assert!(changed.is_none_or(|changed| changed == told), "{answers:?}, {other} at {at}");
                    }
                }
            }
        }
    }

    /// Somebody who knows their own answer and what is told cannot say of anybody else what they answered.
    #[test]
    fn whoever_answered_learns_no_other_answer() {
        for count in 5..8 {
            let all = all(count);
            for answers in &all {
                let Some(told) = group_mood(answers) else { continue };
                for own in answers {
                    let fits = |other: &&Vec<u8>| other.contains(own) && group_mood(other) == Some(told);
                    let possible: std::collections::BTreeSet<u8> = all
                        .iter()
                        .filter(fits)
                        .flat_map(|other| {
                            let mut rest = other.clone();
                            let at = rest.iter().position(|answer| answer == own).unwrap_or_default();
                            rest.remove(at);
                            rest
                        })
                        .collect();
                    assert!(possible.len() > 1, "{answers:?}");
                }
            }
        }
    }
}
