//! Laws of what Telegram is sent, over arbitrary views: a strict reader of its HTML takes every message apart again.

use mendwell::domain::message::{Piece, RichText, View, ViewKind};
use mendwell::prose::{markup, split};
use mendwell::telegram::wire::html::html;
use mendwell::telegram::wire::keyboard::Button;
use mendwell::telegram::wire::message::{Part, caption, parts, with_chosen};
use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation;

use crate::support::views::{body, is_turning, people, squeezed, view, words};

/// A visible character and the tags around it.
type Shown = (char, Vec<&'static str>);

/// Reads HTML of which only `<b>`, `<i>` and three entities are known; says what is wrong with any other.
pub(crate) fn read_html(html: &str) -> Result<Vec<Shown>, String> {
    let (mut shown, mut open, mut rest) = (Vec::new(), Vec::new(), html);
    while let Some(c) = rest.chars().next() {
        let mut len = c.len_utf8();
        match c {
            '<' => {
                let (inside, _) = rest[1..].split_once('>').ok_or("a tag is not closed")?;
                len = inside.len() + 2;
                match inside {
                    "b" if open.is_empty() => open.push("b"),
                    "i" if !open.contains(&"i") => open.push("i"),
                    "/b" | "/i" if open.last() == Some(&&inside[1..]) => {
                        let empty = format!("<{}>", &inside[1..]);
                        if html[..html.len() - rest.len()].ends_with(&empty) {
                            return Err(format!("nothing in {empty}"));
                        }
                        open.pop();
                    }
                    other => return Err(format!("<{other}> in {open:?}")),
                }
            }
            '&' => {
                let (name, _) = rest.split_once(';').ok_or("an entity is not closed")?;
                len = name.len() + 1;
                let meant = match name {
                    "&amp" => '&',
                    "&lt" => '<',
                    "&gt" => '>',
                    other => return Err(format!("{other};")),
                };
                shown.push((meant, open.clone()));
            }
            '>' => return Err("a bare >".to_owned()),
            c => shown.push((c, open.clone())),
        }
        rest = &rest[len..];
    }
    if open.is_empty() { Ok(shown) } else { Err(format!("{open:?} stay open")) }
}

/// The visible text of some HTML, which must be well formed and within this many UTF-16 units.
pub(crate) fn text_of(html: &str, units_max: usize) -> String {
    let shown = read_html(html).unwrap_or_else(|problem| panic!("{problem}: {html:?}"));
    let text: String = shown.into_iter().map(|(c, _)| c).collect();
    let units = text.encode_utf16().count();
    assert!(units <= units_max, "{units} units");
    assert!(!squeezed(&text).is_empty(), "nothing to see: {html:?}");
    assert_eq!(text, text.trim());
    assert!(!text.contains(|c: char| (c.is_control() && !"\n\t".contains(c)) || is_turning(c)), "{text:?}");
    text
}

/// Every law of the messages of one view; gives them back.
pub(crate) fn lawful(view: &View) -> Vec<Part> {
    let parts = parts(view);
    let texts: Vec<String> = parts.iter().map(|part| text_of(&part.html, 4096)).collect();
    let whole = squeezed(&texts.concat());
    let mut rest = whole.as_str();
    for words in people(&view.body) {
        let Some((_, after)) = rest.split_once(&squeezed(&words)) else { panic!("{words:?} is not in {rest:?}") };
        rest = after;
    }
    let (last, others) = parts.split_last().map_or((None, &[][..]), |(last, others)| (Some(last), others));
    assert!(others.iter().all(|part| part.keyboard.is_none() && part.placeholder.is_none()));
    let rows = last.and_then(|part| part.keyboard.clone());
    assert!(rows.is_none() || last.is_some_and(|part| part.placeholder.is_none()), "two kinds of markup");
    lawful_keyboard(view, &rows.unwrap_or_default());
    if let Some(words) = last.and_then(|part| part.placeholder.as_ref()) {
        assert!((1..=64).contains(&words.chars().count()));
        assert!(!matches!(view.kind, ViewKind::Say | ViewKind::Choice | ViewKind::Many | ViewKind::Beat(_)));
    }
    let is_nothing = view.choices.is_empty() && !view.body.plain().contains(char::is_alphanumeric);
    assert!(!parts.is_empty() || is_nothing, "words or choices make no message");
    parts
}

fn lawful_keyboard(view: &View, rows: &[Vec<Button>]) {
    let buttons = rows.concat();
    assert!(buttons.len() <= 100 && rows.iter().all(|row| (1..=8).contains(&row.len())));
    let sorted = |mut tokens: Vec<String>| {
        tokens.sort();
        tokens
    };
    let pressed = sorted(buttons.iter().map(|button| button.data.clone()).collect());
    assert_eq!(pressed, sorted(view.choices.iter().map(|choice| choice.token.clone()).collect()));
    for Button { text, data } in &buttons {
        assert!((1..=64).contains(&data.len()));
        assert!(!squeezed(text).is_empty() && !text.contains(|c: char| c.is_control() || is_turning(c)), "{text:?}");
        assert!(text.encode_utf16().count() <= 600);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_view_becomes_lawful_messages(view in view()) {
        lawful(&view);
    }

    /// Other words of a person change nothing but themselves: no mark, no tag, no style of anything around them.
    #[test]
    fn the_words_of_a_person_change_nothing_around_them(body in body()) {
        let of = |words: &dyn Fn(usize, &str) -> String| {
            let pieces = body.0.iter().enumerate().map(|(index, piece)| match piece {
                Piece::Author(words) => Piece::Author(words.replace(['«', '»'], "")),
                Piece::Person(person) => Piece::Person(words(index, person.expose()).as_str().into()),
                Piece::Mention(mention) => Piece::Mention(mention.clone()),
            });
            read_html(&html(&markup::read(&RichText(pieces.collect())))).unwrap()
        };
        let kept = |words: &str| words.chars().filter(|c| !c.is_control() && !is_turning(*c)).collect::<String>();
        let literal = |words: &str| kept(words).replace(['«', '»', '\u{2028}', '\u{2029}'], "") + "x";
        let theirs = of(&|_, words| literal(words));
        let mut expected = Vec::new();
        let mut index = None;
        for (c, tags) in of(&|index, _| format!("«{index}»")) {
            match (c, index) {
                ('«', _) => index = Some(0),
                ('»', Some(at)) => {
                    let words: &Piece = &body.0[at];
                    expected.extend(literal(words.as_str()).chars().map(|c| (c, tags.clone())));
                    index = None;
                }
                (c, Some(at)) => index = Some(at * 10 + c.to_digit(10).unwrap() as usize),
                (c, None) => expected.push((c, tags)),
            }
        }
        prop_assert_eq!(theirs, expected);
    }

    /// Marks go and words stay, also the author's.
    #[test]
    fn no_letter_of_an_author_is_lost(text in words()) {
        let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
        prop_assert_eq!(letters(markup::read(&RichText::author(text.as_str())).as_str()), letters(&text));
    }

    #[test]
    fn parts_hold_everything_and_end_between_graphemes(text in words(), first in 40_usize..200, rest in 40_usize..5_000) {
        let borders: std::collections::BTreeSet<usize> =
            text.grapheme_indices(true).flat_map(|(at, grapheme)| [at, at + grapheme.len()]).collect();
        let is_small = text.graphemes(true).all(|grapheme| grapheme.encode_utf16().count() <= 40);
        let mut all = String::new();
        for (number, range) in split::parts(&text, first, rest).into_iter().enumerate() {
            let part = &text[range.clone()];
            let limit = if number == 0 { first } else { rest };
            prop_assert!(part.encode_utf16().count() <= limit);
            prop_assert!(!squeezed(part).is_empty() && part == part.trim());
            let at_space = |at: usize| text[..at].ends_with(char::is_whitespace) || text[at..].starts_with(char::is_whitespace);
            for at in [range.start, range.end] {
                prop_assert!(!is_small || borders.contains(&at) || at_space(at), "{at} in {text:?}");
            }
            all.push_str(part);
        }
        prop_assert_eq!(squeezed(&all), squeezed(&text));
    }

    #[test]
    fn a_closed_question_keeps_its_choice(body in body(), chosen in prop::option::of(words())) {
        let text = text_of(&with_chosen(&body, chosen.as_deref()), 4096);
        let chosen = squeezed(chosen.as_deref().unwrap_or_default());
        if !chosen.is_empty() {
            let shown = squeezed(text.lines().last().unwrap());
            let label = shown.strip_prefix('✓').unwrap();
            prop_assert!(label == chosen || chosen.starts_with(label.strip_suffix('…').unwrap()));
        }
    }

    #[test]
    fn a_caption_and_its_messages_hold_everything(body in body()) {
        let (first, rest) = caption(&body);
        let mut all = if first.is_empty() { String::new() } else { text_of(&first, 1024) };
        all.extend(rest.iter().map(|part| text_of(&part.html, 4096)));
        prop_assert_eq!(squeezed(&all), squeezed(markup::read(&body).as_str()));
    }
}
