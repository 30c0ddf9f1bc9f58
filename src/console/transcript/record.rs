//! The writing of a transcript, and of what a plain terminal shows of the same turns.

use jiff::tz::TimeZone;

use crate::console::page::{Page, Place};
use crate::console::render::{self, Pick};
use crate::console::stage::Scene;
use crate::console::text;
use crate::console::transcript::kept;
use crate::console::transcript::script::{self, Entry, lines};
use crate::dialog::effect::{Effect, Verdict};
use crate::domain::message::{ChoiceRole, View, ViewKind};

/// A transcript in the making.
pub struct Record {
    text: String,
    page: Page,
    zone: TimeZone,
    /// Every choice that was ever shown, in order.
    seen: Vec<Pick>,
}

impl Record {
    /// A transcript with its comments and its first line.
    pub fn new(before: &[String], head: &str, zone: &TimeZone) -> Self {
        let mut text: String = before.iter().map(|line| format!("{line}\n")).collect();
        text.push_str(head);
        text.push('\n');
        Self { text, page: Page::default(), zone: zone.clone(), seen: Vec::new() }
    }

    /// The transcript.
    pub fn into_text(self) -> String {
        self.text
    }

    /// Records a line of the script.
    pub fn entry(&mut self, entry: &Entry) {
        self.text.push_str(&script::written(entry));
    }

    /// Records that the script asks for something that is not there.
    pub fn wrong(&mut self, why: &str) -> String {
        let line = lines("!!", why);
        self.text.push_str(&line);
        line
    }

    /// Records what a turn brought. What a plain terminal shows of it.
    pub fn scene(&mut self, scene: &Scene) -> String {
        let (mut shown, mut silent) = (String::new(), true);
        for effect in &scene.effects {
            silent = false;
            match effect {
                Effect::Show { turn, view } => shown.push_str(&self.show(turn.map(|turn| (scene.session, turn)), view)),
                Effect::Freeze { turn, .. } => self.page.freeze((scene.session, *turn)),
                Effect::Note(note) => {
                    let note = text::plain(note);
                    self.text.push_str(&lines("note", &note));
                    shown.push_str(&format!("{note}\n"));
                }
                Effect::Write(_, write) => self.both(&mut shown, &kept::write(write)),
                Effect::PutOff { until } => self.both(&mut shown, &kept::put_off(*until, &self.zone)),
            }
        }
        if let Some(line) = scene.became.and_then(kept::status) {
            silent = false;
            self.both(&mut shown, &line);
        }
        if silent && let Some(word) = nothing(scene.verdict) {
            self.text.push_str(&lines("none", word));
        }
        shown
    }

    /// The choice of the open question that a typed line picks, by its label.
    pub fn pick(&self, line: &str) -> Option<String> {
        self.page.pick(line).map(|pick| pick.label.clone())
    }

    /// The token of a choice of the open question, by its label or its value.
    pub fn token(&self, label: &str) -> Option<String> {
        find(self.page.picks(), label)
    }

    /// The token of a choice that was shown and is not the open question's.
    pub fn old_token(&self, label: &str) -> Option<String> {
        let open: Vec<&str> = self.page.picks().iter().map(|pick| pick.token.as_str()).collect();
        let old: Vec<Pick> =
            self.seen.iter().rev().filter(|pick| !open.contains(&pick.token.as_str())).cloned().collect();
        find(&old, label)
    }

    /// Whether the message shown last is a beat.
    pub fn is_on_beat(&self) -> bool {
        self.page.beat().is_some()
    }

    fn both(&mut self, shown: &mut String, text: &str) {
        self.text.push_str(text);
        shown.push_str(text);
    }

    fn show(&mut self, place: Option<Place>, view: &View) -> String {
        let change = self.page.show(place, view);
        let picks = render::picks(view);
        let body = Some(render::body(view)).filter(|body| change.body && !body.is_empty());
        let is_beat = matches!(view.kind, ViewKind::Beat(_));
        let word = if is_beat {
            "beat"
        } else if view.kind == ViewKind::Say && picks.is_empty() {
            "bot"
        } else {
            "bot?"
        };
        let brackets = (change.choices && !picks.is_empty()).then(|| brackets(&picks));
        let parts: Vec<String> = body.clone().into_iter().chain(brackets).collect();
        if !parts.is_empty() {
            self.text.push_str(&lines(word, &parts.join("   ")));
        }
        let known = |pick: &Pick| self.seen.iter().any(|seen| seen.token == pick.token);
        let new: Vec<Pick> = picks.into_iter().filter(|pick| !known(pick)).collect();
        self.seen.extend(new);
        let choices = render::choices(view).filter(|_| change.choices);
        body.into_iter().chain(choices).map(|line| line + "\n").collect()
    }
}

/// The choices as `[a | b]`; of a scale only its ends and the values that have words.
fn brackets(picks: &[Pick]) -> String {
    let mut out = String::new();
    let last_value = picks.iter().rposition(is_value);
    let first_value = picks.iter().position(is_value);
    let mut left_out = false;
    for (index, pick) in picks.iter().enumerate() {
        let has_words = pick.label != pick.typed;
        if is_value(pick) && !has_words && Some(index) != first_value && Some(index) != last_value {
            left_out = true;
            continue;
        }
        if !out.is_empty() {
            out.push_str(if left_out { " … " } else { " | " });
        }
        left_out = false;
        if pick.ticked {
            out.push_str("✓ ");
        }
        if is_value(pick) && has_words {
            out.push_str(&pick.typed);
            out.push(' ');
        }
        out.push_str(&pick.label);
    }
    format!("[{out}]")
}

fn is_value(pick: &Pick) -> bool {
    matches!(pick.role, ChoiceRole::Scale(_))
}

fn find(picks: &[Pick], label: &str) -> Option<String> {
    let by_label = picks.iter().find(|pick| pick.label == label);
    let by_value = || picks.iter().find(|pick| is_value(pick) && pick.typed == label);
    by_label.or_else(by_value).map(|pick| pick.token.clone())
}

fn nothing(verdict: Verdict) -> Option<&'static str> {
    match verdict {
        Verdict::Ignored => Some("ignored"),
        Verdict::Stale => Some("stale"),
        Verdict::Advanced
        | Verdict::Reprompted
        | Verdict::Appended
        | Verdict::Shown
        | Verdict::Parked
        | Verdict::Resumed
        | Verdict::WentBack
        | Verdict::Ended => None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::Record;
    use crate::console::stage::Scene;
    use crate::dialog::effect::{Effect, Verdict};
    use crate::dialog::session::{How, Status};
    use crate::domain::ids::SessionId;
    use crate::domain::message::{Choice, ChoiceRole, RichText, View, ViewKind};
    use crate::domain::write::{JournalEntry, Write, WriteKey};

    fn scene(effects: Vec<Effect>, became: Option<Status>) -> Scene {
        Scene { session: SessionId(1), effects, verdict: Verdict::Advanced, became }
    }

    fn scale() -> View {
        let mut choices: Vec<Choice> = (0..=10)
            .map(|value| Choice {
                label: value.to_string(),
                token: format!("t{value}"),
                role: ChoiceRole::Scale(value),
            })
            .collect();
        choices[0].label = "calm".into();
        choices.push(Choice { label: "Skip".into(), token: "skip".into(), role: ChoiceRole::Skip });
        View {
            body: RichText::author("How tense?\nTake your time."),
            kind: ViewKind::Scale,
            choices,
            language: Default::default(),
        }
    }

    #[test]
    fn a_scene_is_written_down_as_it_is_shown() {
        let mut record = Record::new(&["# why".into()], "dialog x", &TimeZone::UTC);
        let asked = Effect::Show { turn: Some(1), view: scale() };
        let shown = record
            .scene(&scene(vec![Effect::Show { turn: None, view: View::say(RichText::author("Hello.")) }, asked], None));
        assert!(shown.starts_with("Hello.\nHow tense?\nTake your time.\n[0] calm  [1] 1  "), "{shown}");
        assert_eq!(record.token("calm").as_deref(), Some("t0"));
        assert_eq!(record.token("10").as_deref(), Some("t10"));
        assert_eq!(record.token("11"), None, "the number of Skip is no label");
        assert_eq!(record.pick("11").as_deref(), Some("Skip"));
        assert_eq!(record.old_token("10"), None);
        let entry = JournalEntry {
            dialog: "x".into(),
            title: "Tension".into(),
            body: "it was 8\nthen 4".into(),
            fields: [("before".to_owned(), crate::domain::value::Value::Num(8.0))].into(),
            date: jiff::civil::date(2026, 3, 2),
            complete: true,
        };
        let kept = Effect::Write(WriteKey("e#0".into()), Write::Journal(entry));
        record.scene(&scene(
            vec![Effect::Freeze { turn: 1, body: RichText::default(), chosen: None }, kept],
            Some(Status::Ended(How::Finished)),
        ));
        assert_eq!(record.old_token("10").as_deref(), Some("t10"));
        let wanted = "# why\ndialog x\nbot  Hello.\nbot? How tense?\n     Take your time.   [0 calm … 10 | Skip]\n\
                      save journal Tension\n     | it was 8\n     | then 4\n     · before = 8\nend  finished\n";
        assert_eq!(record.into_text(), wanted);
    }
}
