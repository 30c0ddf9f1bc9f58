//! The exercises as they stand on a shelf: chapter by chapter of the guide, with what somebody has done, what may come
//! next, and one by chance.

use std::collections::BTreeSet;

use crate::dialog::model::{Dialog, Save, Verb};

/// The first block of each chapter of the guide: the introduction, then chapters 1 to 7.
const CHAPTER_BEGINS: [u16; CHAPTERS] = [1, 6, 21, 35, 49, 66, 77, 88];
/// How many chapters there are, the introduction with them.
pub const CHAPTERS: usize = 8;
/// Tags of what is no exercise: a check-in comes by itself, or by its own command, and what is set up is asked for.
const NO_EXERCISE: [&str; 2] = ["check-in", "set-up"];

/// What somebody wants here, as far as it decides which chapter is next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// To feel better, or nothing that they have said.
    Heal,
    /// To find out what they want.
    Decide,
    /// To try again.
    Reconnect,
    /// To repair what was begun again.
    Repair,
}

/// Every exercise that leaves an entry, by chapter. Built once with the library.
#[derive(Clone, Debug, Default)]
pub struct Shelf {
    chapters: [Vec<String>; CHAPTERS],
}

impl Wish {
    /// By the key of the goal that somebody has chosen.
    pub fn of_goal(goal: Option<&str>) -> Self {
        match goal {
            Some("decide") => Self::Decide,
            Some("reconnect") => Self::Reconnect,
            Some("repair") => Self::Repair,
            Some(_) | None => Self::Heal,
        }
    }

    /// In which order the chapters come. What is about the other person's side or about contact is only for who wants
    /// that, and not while the contact gate is locked.
    fn chapters(self, is_locked: bool) -> &'static [usize] {
        match (self, is_locked) {
            (_, true) => &[2, 5, 7],
            (Self::Heal, _) => &[0, 2, 6, 1, 5, 7],
            (Self::Decide, _) => &[0, 1, 2, 6, 5, 7],
            (Self::Reconnect, _) => &[0, 1, 2, 3, 5, 6, 7],
            (Self::Repair, _) => &[0, 4, 1, 3, 2, 6, 5, 7],
        }
    }
}

impl Shelf {
    /// Over those that begin alone, each in the chapter of its first block.
    pub fn new<'a>(dialogs: impl Iterator<Item = &'a Dialog>) -> Self {
        let mut places: Vec<(u16, &Dialog)> = dialogs.filter_map(|dialog| Some((block(dialog)?, dialog))).collect();
        places.sort_by(|(a, first), (b, second)| a.cmp(b).then_with(|| first.id.cmp(&second.id)));
        let mut chapters: [Vec<String>; CHAPTERS] = Default::default();
        for (block, dialog) in places {
            let chapter = CHAPTER_BEGINS.partition_point(|first| *first <= block).saturating_sub(1);
            if let Some(chapter) = chapters.get_mut(chapter) {
                chapter.push(dialog.id.clone());
            }
        }
        Self { chapters }
    }

    /// The dialog that leads into a chapter.
    pub fn card(chapter: usize) -> String {
        format!("chapter-{chapter}")
    }

    /// Whether a dialog stands on it.
    pub fn has(&self, dialog: &str) -> bool {
        self.chapters.iter().flatten().any(|id| id == dialog)
    }

    /// By chapter: how many exercises are done, and how many there are.
    pub fn counts(&self, done: &BTreeSet<&str>) -> [(usize, usize); CHAPTERS] {
        std::array::from_fn(|chapter| {
            let exercises = self.chapters.get(chapter).map_or(&[][..], Vec::as_slice);
            (exercises.iter().filter(|id| done.contains(id.as_str())).count(), exercises.len())
        })
    }

    /// The first one that is not done, in the order of what somebody wants.
    pub fn next(&self, done: &BTreeSet<&str>, wish: Wish, is_locked: bool) -> Option<&str> {
        self.open(done, wish, is_locked).into_iter().next()
    }

    /// One by chance, not done if there is any such, and not `but`.
    pub fn by_chance(
        &self,
        done: &BTreeSet<&str>,
        wish: Wish,
        is_locked: bool,
        but: Option<&str>,
        chance: u64,
    ) -> Option<&str> {
        let besides = |done| {
            let mut open = self.open(done, wish, is_locked);
            open.retain(|id| Some(*id) != but);
            open
        };
        let mut from = besides(done);
        if from.is_empty() {
            from = besides(&BTreeSet::new());
        }
        let place = chance.checked_rem(from.len() as u64)?;
        from.get(usize::try_from(place).ok()?).copied()
    }

    /// What is not done, in the order of what somebody wants.
    fn open(&self, done: &BTreeSet<&str>, wish: Wish, is_locked: bool) -> Vec<&str> {
        let chapters = wish.chapters(is_locked).iter().filter_map(|chapter| self.chapters.get(*chapter));
        chapters.flatten().map(String::as_str).filter(|id| !done.contains(id)).collect()
    }
}

/// The first block of an exercise that leaves an entry and may begin by itself; none for chapter cards and check-ins.
fn block(dialog: &Dialog) -> Option<u16> {
    let begins_alone = dialog.params.values().all(|param| param.or.is_some()) && !dialog.asks.is_empty();
    let is_exercise = !dialog.tags.iter().any(|tag| NO_EXERCISE.contains(&tag.as_str()));
    let mut steps = dialog.parts.values().flatten();
    let leaves_entry = steps.any(|step| matches!(&step.verb, Verb::Save(Save::Journal { .. })));
    if !begins_alone || !is_exercise || !leaves_entry {
        return None;
    }
    dialog.guide.iter().filter_map(|block| block.strip_prefix('P')?.parse().ok()).min()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{CHAPTERS, Shelf, Wish};

    fn shelf() -> Shelf {
        Shelf { chapters: std::array::from_fn(|chapter| vec![format!("a{chapter}"), format!("b{chapter}")]) }
    }

    #[test]
    fn what_is_next_is_not_done_and_of_ones_own_wish() {
        let (shelf, none) = (shelf(), BTreeSet::new());
        assert_eq!(shelf.next(&none, Wish::Repair, false), Some("a0"));
        let begun = BTreeSet::from(["a0", "b0"]);
        assert_eq!(shelf.next(&begun, Wish::Repair, false), Some("a4"));
        assert_eq!(shelf.next(&begun, Wish::Repair, true), Some("a2"), "nothing about contact while it is locked");
        assert_eq!(shelf.counts(&begun)[0], (2, 2));
        let names: Vec<String> = shelf.chapters.iter().flatten().cloned().collect();
        let all: BTreeSet<&str> = names.iter().map(String::as_str).collect();
        assert_eq!(shelf.next(&all, Wish::Heal, false), None);
        assert!(shelf.by_chance(&all, Wish::Heal, false, None, 7).is_some(), "one may be done again");
    }

    #[test]
    fn chance_leads_everywhere_it_may_and_nowhere_else() {
        let (shelf, none) = (shelf(), BTreeSet::new());
        let met: BTreeSet<_> =
            (0..100).filter_map(|n| shelf.by_chance(&none, Wish::Heal, false, Some("a0"), n)).collect();
        assert_eq!(met.len(), 2 * (CHAPTERS - 2) - 1);
        assert!(!met.contains("a0") && !met.contains("a3") && !met.contains("a4"));
        assert_eq!(Shelf::default().by_chance(&none, Wish::Heal, false, None, 3), None);
    }
}
