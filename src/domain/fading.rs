//! How check-ins grow fewer while nobody answers: a question after two that were missed, then one a week, then none.

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::domain::limits::{FADING_DAYS, FADING_MISSED, FADING_WEEKS};

/// Check-ins that somebody has not answered. Anything that they do ends it, unless check-ins rest already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fading {
    /// How far it has come.
    pub stage: Stage,
    /// Days of this stage on which something came and nothing was answered.
    pub unanswered: u8,
    /// Their local day on which something came last.
    pub last: Date,
}

/// How far it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// They come as they were chosen.
    AsChosen,
    /// They were asked whether to go on, and did not answer: one a week.
    Weekly,
    /// None comes until they want it.
    Resting,
    /// The same, and they were told when they came back.
    RestingTold,
}

/// What comes instead of, or as, a check-in whose time has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comes {
    /// The check-in.
    CheckIn,
    /// The question whether to go on.
    Question,
    /// The last words.
    Farewell,
    /// Nothing.
    Nothing,
}

impl Fading {
    /// What comes on a local day on which a check-in is due, and what is then noted.
    pub fn next(before: Option<Self>, today: Date) -> (Comes, Self) {
        let Some(now) = before else { return (Comes::CheckIn, Self::at(Stage::AsChosen, 1, today)) };
        match now.stage {
            // Two of one day are one day's silence.
            Stage::AsChosen if today <= now.last => (Comes::CheckIn, now),
            Stage::AsChosen if now.unanswered >= FADING_MISSED => (Comes::Question, Self::at(Stage::Weekly, 0, today)),
            Stage::AsChosen => (Comes::CheckIn, Self::at(Stage::AsChosen, now.unanswered.saturating_add(1), today)),
            Stage::Weekly if today < now.last.saturating_add(FADING_DAYS.days()) => (Comes::Nothing, now),
            Stage::Weekly if now.unanswered >= FADING_WEEKS => (Comes::Farewell, Self::at(Stage::Resting, 0, today)),
            Stage::Weekly => (Comes::CheckIn, Self::at(Stage::Weekly, now.unanswered.saturating_add(1), today)),
            Stage::Resting | Stage::RestingTold => (Comes::Nothing, now),
        }
    }

    /// Whether nothing comes until they want it.
    pub fn rests(self) -> bool {
        matches!(self.stage, Stage::Resting | Stage::RestingTold)
    }

    fn at(stage: Stage, unanswered: u8, last: Date) -> Self {
        Self { stage, unanswered, last }
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use jiff::civil::date;

    use super::{Comes, Fading};

    /// What comes on so many days on each of which one is due, by the number of the day.
    fn days(every: i32, count: i32) -> Vec<(i32, Comes)> {
        let mut fading = None;
        let mut came = Vec::new();
        for day in (0..count).step_by(usize::try_from(every).unwrap_or(1)) {
            let (comes, next) = Fading::next(fading, date(2026, 3, 2).saturating_add(day.days()));
            fading = Some(next);
            if comes != Comes::Nothing {
                came.push((day, comes));
            }
        }
        came
    }

    #[test]
    fn a_daily_one_fades_within_a_month() {
        use Comes::{CheckIn, Farewell, Question};
        assert_eq!(
            days(1, 400),
            [(0, CheckIn), (1, CheckIn), (2, Question), (9, CheckIn), (16, CheckIn), (23, Farewell)]
        );
        assert_eq!(
            days(7, 400),
            [(0, CheckIn), (7, CheckIn), (14, Question), (21, CheckIn), (28, CheckIn), (35, Farewell)]
        );
    }

    #[test]
    fn two_of_one_day_are_one() {
        let today = date(2026, 3, 2);
        let (_, once) = Fading::next(None, today);
        assert_eq!(Fading::next(Some(once), today), (Comes::CheckIn, once));
    }
}
