//! What the shipped dialogs look like in Discord: examples, and the laws over everything they say.

use mendwell::dialog::effect::Effect;
use mendwell::discord::wire::message::{frozen, parts};
use mendwell::discord::wire::row::Row;
use mendwell::domain::language::Language;
use mendwell::domain::message::{View, ViewKind};
use mendwell::domain::text::UserText;

use crate::discord_wire::{ASKED, lawful, taken, text_of};
use crate::engine_support::{Talk, view_of};
use crate::fake_discord::route::Route;
use crate::support::shipped_library;
use crate::telegram_wire_dialogs::{DIALOGS, walk};

/// The messages of a view as a person sees them: the text, then the rows; a list with a tick at what is chosen.
fn seen(view: &View) -> String {
    let mut seen = String::new();
    for part in parts(view, Some(ASKED)) {
        seen += &part.content;
        for row in part.rows {
            let row: Vec<String> = match row {
                Row::Buttons(buttons) => buttons.into_iter().map(|button| format!("[{}]", button.label)).collect(),
                Row::List(list) => {
                    let sign = |is_chosen: bool| if is_chosen { "✓" } else { "" };
                    list.options.iter().map(|option| format!("({}{})", sign(option.is_chosen), option.label)).collect()
                }
                Row::Roles(list) => vec![format!("({})", list.placeholder)],
            };
            seen += &format!("\n{}", row.join(" "));
        }
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
        "(Sad) (✓Lonely) (Missing them) (Angry) (Anxious) (Restless) (Jealous) (Ashamed) (Guilty) (Numb or empty) \
         (Worn out) (Hard to say)\n[That's it]"
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
    assert!(last(&talk).ends_with("\n[That's all] [A little more] [Change the number]"), "{}", last(&talk));
}

#[test]
fn everything_that_the_shipped_dialogs_say_is_lawful() {
    let (mut kinds, mut frozen_count) = (Vec::new(), 0);
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
                        let edit = frozen(&body, chosen.as_ref().map(UserText::expose));
                        taken(Route::EditMessage, &edit);
                        let text = text_of(edit["content"].as_str().unwrap());
                        assert!(
                            chosen.is_none_or(|chosen| text.ends_with(&format!("✓ {}", chosen.expose()))),
                            "{text}"
                        );
                        frozen_count += 1;
                    }
                    _ => {}
                }
            }
        }
    }
    for kind in [ViewKind::Say, ViewKind::Choice, ViewKind::Many, ViewKind::Scale, ViewKind::Text, ViewKind::Beat(0)] {
        assert!(kinds.contains(&std::mem::discriminant(&kind)), "{kind:?} was never shown");
    }
    assert!(frozen_count > 100, "only {frozen_count} questions were closed");
}
