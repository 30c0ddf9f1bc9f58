//! What the person sees last: which number picks what, and what an edit of a message changes. Pure state.

use crate::console::render::{self, Pick};
use crate::domain::ids::SessionId;
use crate::domain::message::{View, ViewKind};

/// The message of one wait: its session and turn.
pub type Place = (SessionId, u64);

/// The state of a chat's output.
#[derive(Debug, Default)]
pub struct Page {
    picks: Vec<Pick>,
    open: Option<(Option<Place>, View)>,
    beat: Option<u32>,
}

/// What of a view is to be printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The body.
    pub body: bool,
    /// The choices.
    pub choices: bool,
}

impl Page {
    /// Takes in a view that is shown now. A question that is answered bit by bit, shown again at its place, prints what
    /// changed; everything else, and what did not change at all, was asked again and prints whole.
    pub fn show(&mut self, place: Option<Place>, view: &View) -> Change {
        let mut change = Change { body: true, choices: true };
        if let Some((Some(at), shown)) = &self.open
            && Some(*at) == place
            && shown != view
            && matches!(view.kind, ViewKind::Many | ViewKind::List)
        {
            let body = shown.body != view.body;
            // Other words over the same ticks are a question asked again.
            let choices = shown.choices != view.choices || (body && view.kind == ViewKind::Many);
            change = Change { body, choices };
        }
        self.beat = match view.kind {
            ViewKind::Beat(millis) => Some(millis),
            ViewKind::Say
            | ViewKind::Choice
            | ViewKind::Many
            | ViewKind::Scale
            | ViewKind::Number
            | ViewKind::Text
            | ViewKind::List
            | ViewKind::Date
            | ViewKind::Time => None,
        };
        // A line in passing leaves the question before it open; a new question without choices closes the old ones.
        if place.is_some() || view.kind != ViewKind::Say || !view.choices.is_empty() {
            self.picks = render::picks(view);
            self.open = Some((place, view.clone()));
        }
        change
    }

    /// The message of this place takes no more answers.
    pub fn freeze(&mut self, place: Place) {
        if self.open.as_ref().is_some_and(|(at, _)| *at == Some(place)) {
            *self = Self::default();
        }
    }

    /// The choice that a typed line picks: by its number, or by its letter where it has one.
    pub fn pick(&self, line: &str) -> Option<&Pick> {
        let line = line.trim();
        let number = line.parse::<i64>().ok().map(|number| number.to_string());
        let typed = number.as_deref().unwrap_or(line);
        self.picks.iter().find(|pick| !pick.typed.is_empty() && pick.typed.eq_ignore_ascii_case(typed))
    }

    /// The choices that can be picked now.
    pub fn picks(&self) -> &[Pick] {
        &self.picks
    }

    /// For how many milliseconds the beat is shown that was shown last; none when it was no beat.
    pub fn beat(&self) -> Option<u32> {
        self.beat
    }
}

#[cfg(test)]
mod tests {
    use super::{Change, Page};
    use crate::domain::ids::SessionId;
    use crate::domain::message::{Choice, ChoiceRole, RichText, View, ViewKind};

    fn view(body: &str, kind: ViewKind, choices: &[(&str, ChoiceRole)]) -> View {
        let choice = |&(label, role): &(&str, ChoiceRole)| Choice { label: label.into(), token: label.into(), role };
        View {
            body: RichText::author(body),
            kind,
            choices: choices.iter().map(choice).collect(),
            language: Default::default(),
        }
    }

    fn token(page: &Page, line: &str) -> Option<String> {
        page.pick(line).map(|pick| pick.token.clone())
    }

    #[test]
    fn a_number_picks_of_the_open_question_only() {
        let mut page = Page::default();
        let one = Some((SessionId(1), 1));
        page.show(one, &view("?", ViewKind::Scale, &[("calm", ChoiceRole::Scale(0)), ("1", ChoiceRole::Scale(1))]));
        assert_eq!(token(&page, " 0 ").as_deref(), Some("calm"));
        assert_eq!(token(&page, "007"), None);
        assert_eq!(token(&page, "01").as_deref(), Some("1"));
        assert_eq!(token(&page, "-0").as_deref(), Some("calm"));
        assert_eq!(token(&page, "calm"), None, "words are text");
        page.show(None, &View::say(RichText::author("by the way")));
        assert_eq!(token(&page, "1").as_deref(), Some("1"), "a line in passing closes nothing");
        page.show(Some((SessionId(1), 2)), &view("How many?", ViewKind::Number, &[("Keep 7", ChoiceRole::Keep)]));
        assert_eq!(token(&page, "1"), None, "a typed number is the answer");
        assert_eq!(token(&page, "A").as_deref(), Some("Keep 7"));
        page.freeze((SessionId(1), 1));
        assert!(page.pick("a").is_some(), "an old message freezes alone");
        page.freeze((SessionId(1), 2));
        assert!(page.pick("a").is_none());
    }

    #[test]
    fn an_edit_prints_what_changed() {
        let mut page = Page::default();
        let place = Some((SessionId(1), 1));
        let (whole, body, choices) = (
            Change { body: true, choices: true },
            Change { body: true, choices: false },
            Change { body: false, choices: true },
        );
        let off = view("?", ViewKind::Many, &[("A", ChoiceRole::Tick(false))]);
        let on_choices = [("A", ChoiceRole::Tick(true))];
        let on = view("?", ViewKind::Many, &on_choices);
        assert_eq!(page.show(place, &off), whole);
        assert_eq!(page.show(place, &on), choices);
        assert_eq!(page.show(place, &on), whole, "asked for again");
        assert_eq!(page.show(place, &view("Three at most.", ViewKind::Many, &on_choices)), whole);
        let yes = [("Yes", ChoiceRole::Answer)];
        assert_eq!(page.show(Some((SessionId(1), 9)), &view("?", ViewKind::Choice, &yes)), whole);
        assert_eq!(page.show(Some((SessionId(1), 9)), &view("Yes or no?", ViewKind::Choice, &yes)), whole);
        let list = |body: &str| view(body, ViewKind::List, &[("Done", ChoiceRole::Done)]);
        assert_eq!(page.show(Some((SessionId(1), 2)), &list("?")), whole);
        assert_eq!(page.show(Some((SessionId(1), 2)), &list("? (so far: tax)")), body);
        assert_eq!(page.show(Some((SessionId(2), 2)), &list("?")), whole, "another session");
    }

    #[test]
    fn the_last_beat_is_known() {
        let mut page = Page::default();
        page.show(Some((SessionId(1), 1)), &view("In", ViewKind::Beat(4000), &[("Enough", ChoiceRole::Enough)]));
        assert_eq!(page.beat(), Some(4000));
        assert!(page.pick("1").is_some(), "Enough can be picked");
        page.show(None, &View::say(RichText::author("Good.")));
        assert_eq!(page.beat(), None);
    }
}
