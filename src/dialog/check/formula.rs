//! Conditions over finite answers, and the question whether one makes sure of another.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::domain::limits::ASSIGNMENTS_MAX;

/// A condition. Shared, because the path to a step is part of the paths to all later ones.
pub(super) type Condition = Rc<Formula>;

/// Which of the at most 32 values of a variable, one bit each.
pub(super) type Mask = u32;

/// How many nodes one compared assignment may cost on average.
const NODES_PER_ASSIGNMENT: usize = 20;

/// A condition's shape.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Formula {
    True,
    False,
    /// The variable has one of these values.
    In(u32, Mask),
    Not(Condition),
    And(Vec<Condition>),
    Or(Vec<Condition>),
}

pub(super) fn always() -> Condition {
    Rc::new(Formula::True)
}

pub(super) fn never() -> Condition {
    Rc::new(Formula::False)
}

pub(super) fn not(inner: &Condition) -> Condition {
    match inner.as_ref() {
        Formula::True => never(),
        Formula::False => always(),
        Formula::Not(inner) => inner.clone(),
        Formula::In(..) | Formula::And(_) | Formula::Or(_) => Rc::new(Formula::Not(inner.clone())),
    }
}

pub(super) fn and(parts: impl IntoIterator<Item = Condition>) -> Condition {
    let mut kept: Vec<Condition> = Vec::new();
    for part in parts {
        match part.as_ref() {
            Formula::True => {}
            Formula::False => return never(),
            Formula::And(inner) => kept.extend(inner.iter().cloned()),
            Formula::In(..) | Formula::Not(_) | Formula::Or(_) => kept.push(part),
        }
    }
    kept.dedup();
    match kept.len() {
        0 => always(),
        1 => kept.swap_remove(0),
        _ => Rc::new(Formula::And(kept)),
    }
}

pub(super) fn or(parts: impl IntoIterator<Item = Condition>) -> Condition {
    let negated: Vec<Condition> = parts.into_iter().map(|part| not(&part)).collect();
    if negated.iter().any(|part| **part == Formula::False) {
        return always();
    }
    let kept: Vec<Condition> = negated.iter().filter(|part| ***part != Formula::True).map(not).collect();
    match kept.as_slice() {
        [] => never(),
        [one] => one.clone(),
        _ => Rc::new(Formula::Or(kept)),
    }
}

/// An answer to a question about conditions; `None` when it would take too long to know.
pub(super) type Known = Option<bool>;

/// Whether a condition can be true at all. `sizes` gives the number of values of each variable.
pub(super) fn can_be_true(condition: &Condition, sizes: &[u32]) -> Known {
    all_can(groups(condition), sizes)
}

fn all_can(groups: Vec<Condition>, sizes: &[u32]) -> Known {
    let mut known = Some(true);
    for group in groups {
        let mut masks: BTreeMap<u32, Vec<Mask>> = BTreeMap::new();
        variables(&group, &mut masks);
        let classes = masks.iter().map(|(variable, masks)| (*variable, classes(*variable, masks, sizes))).collect();
        let mut search = Search { classes, work: 0 };
        match search.run(&group, &mut BTreeMap::new(), 0) {
            Some(true) => {}
            Some(false) => return Some(false),
            None => known = None,
        }
    }
    known
}

/// The parts of a conjunction.
fn parts(condition: &Condition) -> &[Condition] {
    match condition.as_ref() {
        Formula::True => &[],
        Formula::And(parts) => parts,
        Formula::False | Formula::In(..) | Formula::Not(_) | Formula::Or(_) => std::slice::from_ref(condition),
    }
}

/// The parts of a conjunction that share no variable, each to be searched on its own: a long way to a step is mostly
/// about other answers.
fn groups(condition: &Condition) -> Vec<Condition> {
    if *condition.as_ref() == Formula::True {
        return Vec::new();
    }
    let mut groups: Vec<(BTreeSet<u32>, Vec<Condition>)> = Vec::new();
    for part in parts(condition) {
        let mut masks = BTreeMap::new();
        variables(part, &mut masks);
        let mut own: BTreeSet<u32> = masks.into_keys().collect();
        let mut together = vec![part.clone()];
        let (touching, apart): (Vec<_>, Vec<_>) = groups.into_iter().partition(|(other, _)| !other.is_disjoint(&own));
        for (other, parts) in touching {
            own.extend(other);
            together.extend(parts);
        }
        groups = apart;
        groups.push((own, together));
    }
    groups.into_iter().map(|(_, parts)| and(parts)).collect()
}

/// Whether one condition makes sure of another.
pub(super) fn implies(given: &Condition, wanted: &Condition, sizes: &[u32]) -> Known {
    let has = |wanted: &Condition| parts(given).iter().any(|part| part == wanted);
    if parts(wanted).iter().all(has) {
        return Some(true);
    }
    let mut about = BTreeMap::new();
    variables(wanted, &mut about);
    let mut groups = groups(&and([given.clone(), not(wanted)]));
    groups.retain(|group| {
        let mut own = BTreeMap::new();
        variables(group, &mut own);
        own.is_empty() || own.keys().any(|variable| about.contains_key(variable))
    });
    all_can(groups, sizes).map(|can| !can)
}

/// Whether a condition has at most so many nodes, shared ones counted each time.
pub(super) fn is_small(condition: &Formula, left: &mut usize) -> bool {
    if *left == 0 {
        return false;
    }
    *left -= 1;
    match condition {
        Formula::True | Formula::False | Formula::In(..) => true,
        Formula::Not(inner) => is_small(inner, left),
        Formula::And(parts) | Formula::Or(parts) => parts.iter().all(|part| is_small(part, left)),
    }
}

/// Adds every variable of a condition, with the sets of values it is compared with.
pub(super) fn variables(condition: &Formula, found: &mut BTreeMap<u32, Vec<Mask>>) {
    match condition {
        Formula::True | Formula::False => {}
        Formula::In(variable, mask) => {
            let masks = found.entry(*variable).or_default();
            if !masks.contains(mask) {
                masks.push(*mask);
            }
        }
        Formula::Not(inner) => variables(inner, found),
        Formula::And(parts) | Formula::Or(parts) => parts.iter().for_each(|part| variables(part, found)),
    }
}

/// One value for each group of values that no mask tells apart: a scale with one threshold has two.
fn classes(variable: u32, masks: &[Mask], sizes: &[u32]) -> Vec<u32> {
    let size = sizes.get(variable as usize).copied().unwrap_or(2).min(32);
    let mut seen = Vec::new();
    let mut kept = Vec::new();
    for value in 0..size {
        let signature: Vec<bool> = masks.iter().map(|mask| mask & (1 << value) != 0).collect();
        if !seen.contains(&signature) {
            seen.push(signature);
            kept.push(value);
        }
    }
    kept
}

struct Search {
    classes: Vec<(u32, Vec<u32>)>,
    /// Nodes looked at so far.
    work: usize,
}

impl Search {
    fn run(&mut self, condition: &Formula, values: &mut BTreeMap<u32, u32>, next: usize) -> Known {
        if self.work > ASSIGNMENTS_MAX * NODES_PER_ASSIGNMENT {
            return None;
        }
        if let Some(decided) = evaluate(condition, values, &mut self.work) {
            return Some(decided);
        }
        let (variable, classes) = self.classes.get(next).cloned()?;
        for value in classes {
            values.insert(variable, value);
            let found = self.run(condition, values, next + 1);
            values.remove(&variable);
            if found != Some(false) {
                return found;
            }
        }
        Some(false)
    }
}

/// The truth under the values so far; `None` while it hangs on others.
fn evaluate(condition: &Formula, values: &BTreeMap<u32, u32>, work: &mut usize) -> Known {
    *work += 1;
    match condition {
        Formula::True => Some(true),
        Formula::False => Some(false),
        Formula::In(variable, mask) => values.get(variable).map(|value| mask & (1 << value) != 0),
        Formula::Not(inner) => evaluate(inner, values, work).map(|truth| !truth),
        Formula::And(parts) => all(parts.iter().map(|part| evaluate(part, values, work)), true),
        Formula::Or(parts) => all(parts.iter().map(|part| evaluate(part, values, work)), false),
    }
}

fn all(parts: impl Iterator<Item = Known>, neutral: bool) -> Known {
    let mut known = Some(neutral);
    for part in parts {
        match part {
            Some(truth) if truth != neutral => return Some(truth),
            Some(_) => {}
            None => known = None,
        }
    }
    known
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::{Formula, and, can_be_true, implies, not, or};

    #[test]
    fn implied_conditions_are_seen() {
        let sizes = [3];
        let yes = Rc::new(Formula::In(0, 0b001));
        let not_no = not(&Rc::new(Formula::In(0, 0b010)));
        assert_eq!(implies(&yes, &not_no, &sizes), Some(true));
        assert_eq!(implies(&not_no, &yes, &sizes), Some(false));
        assert_eq!(can_be_true(&and([yes.clone(), not(&not_no)]), &sizes), Some(false));
        assert_eq!(implies(&not_no, &or([yes, Rc::new(Formula::In(0, 0b100))]), &sizes), Some(true));
    }
}
