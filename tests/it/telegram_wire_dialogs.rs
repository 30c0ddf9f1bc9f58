//! What the shipped dialogs look like in Telegram: examples, and the laws over everything they say.

use mendwell::dialog::effect::Effect;
use mendwell::dialog::model::Library;
use mendwell::domain::language::Language;
use mendwell::domain::message::{View, ViewKind};
use mendwell::domain::text::UserText;
use mendwell::telegram::wire::message::{parts, with_chosen};

use crate::engine_support::{Talk, view_of};
use crate::support::shipped_library;
use crate::telegram_wire::{lawful, text_of};

/// What is shipped.
pub(crate) const DIALOGS: [&str; 8] =
    ["welcome", "daily", "feel-now", "breakup-causes", "reminders", "support", "crisis", "menu"];

/// The messages of a view as a person sees them: the text, then the rows of buttons.
fn seen(view: &View) -> String {
    let mut seen = String::new();
    for part in parts(view) {
        seen += &part.html;
        for row in part.keyboard.into_iter().flatten() {
            let row: Vec<String> = row.into_iter().map(|button| format!("[{}]", button.text)).collect();
            seen += &format!("\n{}", row.join(" "));
        }
        seen += &part.placeholder.map(|words| format!("\n({words})")).unwrap_or_default();
    }
    seen
}

fn last(talk: &Talk<'_>) -> String {
    seen(talk.all.iter().rev().find_map(view_of).unwrap())
}

#[test]
fn a_hard_moment() {
    let library = shipped_library();
    let mut talk = Talk::start(&library, "feel-now");
    talk.tap("Lonely");
    let many = last(&talk);
    let (_, rows) = many.split_once('\n').unwrap();
    assert_eq!(
        rows,
        "[☐ Sad] [☑ Lonely]\n[☐ Missing them] [☐ Angry]\n[☐ Anxious] [☐ Restless]\n[☐ Jealous] [☐ Ashamed]\n\
         [☐ Guilty] [☐ Numb or empty]\n[☐ Worn out] [☐ Hard to say]\n[That's it]"
    );
    talk.tap("That's it");
    let scale = last(&talk);
    let (_, below) = scale.split_once("\n\n").unwrap();
    assert_eq!(below, "0 barely there · 10 as strong as it gets\n[0] [1] [2] [3]\n[4] [5] [6] [7]\n[8] [9] [10]");
}

#[test]
fn a_check_in() {
    let library = shipped_library();
    let mut talk = Talk::start(&library, "daily");
    let mood = last(&talk);
    assert!(
        mood.ends_with("\n\n1 very hard · 2 hard · 3 in between · 4 all right · 5 good\n[1] [2] [3] [4] [5]"),
        "{mood}"
    );
    talk.tap("4 · all right");
    assert!(last(&talk).ends_with("\n[That's all] [A little more]\n[Change the number]"), "{}", last(&talk));
}

/// A person who answers without much thought, by a number that is their own.
pub(crate) fn walk(library: &Library, dialog: &str, person: u64) -> Vec<Effect> {
    let mut talk = Talk::start(library, dialog);
    let mut chance = person;
    for _ in 0..60 {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let pick = (chance >> 33) as usize;
        let Some(view) = talk.last.iter().rev().find_map(view_of).cloned() else { break };
        if matches!(view.kind, ViewKind::Beat(_)) && !pick.is_multiple_of(4) {
            talk.due();
        } else if !view.choices.is_empty() && !pick.is_multiple_of(8) {
            talk.tap(&view.choices[pick % view.choices.len()].label);
        } else {
            talk.text(["18:30", "5", "tomorrow", "I *miss* <b>them</b> & it hurts", "1", "Sam"][pick % 6]);
        }
    }
    talk.all
}

#[test]
fn everything_that_the_shipped_dialogs_say_is_lawful() {
    let (mut kinds, mut frozen) = (Vec::new(), 0);
    let library = shipped_library();
    let ways = DIALOGS.into_iter().flat_map(|dialog| (0..12).map(move |person| (dialog, person)));
    for (dialog, person) in ways {
        for library in [&library, library.speaking(Language::Spanish)] {
            for effect in walk(library, dialog, person) {
                match effect {
                    Effect::Show { view, .. } => {
                        lawful(&view);
                        kinds.push(std::mem::discriminant(&view.kind));
                    }
                    Effect::Freeze { body, chosen, .. } => {
                        let text = text_of(&with_chosen(&body, chosen.as_ref().map(UserText::expose)), 4096);
                        assert!(
                            chosen.is_none_or(|chosen| text.ends_with(&format!("✓ {}", chosen.expose()))),
                            "{text}"
                        );
                        frozen += 1;
                    }
                    _ => {}
                }
            }
        }
    }
    for kind in [ViewKind::Say, ViewKind::Choice, ViewKind::Many, ViewKind::Scale, ViewKind::Text, ViewKind::Beat(0)] {
        assert!(kinds.contains(&std::mem::discriminant(&kind)), "{kind:?} was never shown");
    }
    assert!(frozen > 100, "only {frozen} questions were closed");
}
