//! Arbitrary views for the laws of what platforms are sent: words as hostile as they come, and any choices.

use mendwell::domain::message::{Choice, ChoiceRole, Piece, RichText, View, ViewKind};
use proptest::prelude::*;

pub(crate) fn people(body: &RichText) -> Vec<String> {
    let person = |piece: &Piece| match piece {
        Piece::Author(_) | Piece::Mention(_) => None,
        Piece::Person(words) => Some(words.expose().to_owned()),
    };
    body.0.iter().filter_map(person).collect()
}

pub(crate) fn is_turning(c: char) -> bool {
    "\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}".contains(c)
}

/// What is left of words without controls and characters that cannot be seen.
pub(crate) fn squeezed(text: &str) -> String {
    let is_unseen = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || is_turning(c)
            || "\u{200b}\u{200d}\u{200e}\u{200f}\u{feff}\u{ad}\u{fe0f}\u{2060}\u{2800}\u{3164}\u{fffc}".contains(c)
    };
    text.chars().filter(|c| !is_unseen(*c)).collect()
}

#[expect(clippy::too_many_lines, reason = "a list of examples, each a line or two")]
/// Words as hostile as they come, sometimes very long.
pub(crate) fn words() -> impl Strategy<Value = String> {
    let bits = vec![
        "<b>",
        "</b>",
        "</i>",
        "<a href='tg://user?id=1'>",
        "&amp;",
        "&",
        "&#60;",
        "<",
        ">",
        "\"",
        "*",
        "**",
        "***",
        "_",
        "`",
        "```\n",
        "~~~",
        "[",
        "](",
        ")",
        "![",
        "\\",
        "\\*",
        "# ",
        "- ",
        "* ",
        "1. ",
        "> ",
        "|",
        "---\n",
        "\n",
        "\n\n",
        "\r\n",
        "\r",
        "\u{2028}",
        "\t",
        " ",
        "    ",
        "word",
        "Two words. ",
        "Sam",
        "9",
        "https://a.example/x*y*z",
        "<https://a.example>",
        "[r]: /u\n",
        "😀",
        "👩‍👩‍👧",
        "🇩🇪",
        "e\u{301}",
        "\u{301}",
        "漢字",
        "שלום",
        "\u{200b}",
        "\u{200f}",
        "\u{202e}",
        "\u{2067}",
        "\u{0}",
        "\u{1b}[2J",
        "\u{9b}",
        "\u{fdd0}",
        "\u{e000}",
        "\u{fffd}",
        "…",
        "•",
        "<@1>",
        "<@&1>",
        "<#1>",
        "</menu:1>",
        "<:a:1>",
        "<t:1:R>",
        "@everyone",
        "||",
        "~~",
        "__",
        "-# ",
        ">>> ",
        "+ ",
        ":heart:",
        ":",
        "https://a.example/b_c",
        "http://",
        "steam://a",
        "12. ",
        "\u{feff}",
    ];
    let bits = prop::collection::vec(prop::sample::select(bits).prop_map(str::to_owned), 0..12);
    let short = prop_oneof![6 => bits.prop_map(|bits| bits.concat()), 1 => ".{0,30}", 1 => "\\PC{0,30}"];
    let long = (short.clone(), 1_usize..1_500, short.clone()).prop_map(|(bit, count, end)| {
        let count = count.min(20_000 / bit.len().max(1));
        bit.repeat(count) + &end
    });
    prop_oneof![5 => short, 1 => long]
}

fn piece() -> impl Strategy<Value = Piece> {
    prop_oneof![
        words().prop_map(Piece::Author),
        words().prop_map(|words| Piece::Person(words.as_str().into())),
        prop::sample::select(vec!["**", "*", "- ", "\n", "“"]).prop_map(|mark| Piece::Author(mark.to_owned())),
    ]
}

pub(crate) fn body() -> impl Strategy<Value = RichText> {
    prop::collection::vec(piece(), 0..6).prop_map(RichText)
}

fn choice() -> impl Strategy<Value = Choice> {
    use ChoiceRole::{Answer, Done, Enough, Keep, Later, Scale, Skip, Tick};
    let role = prop_oneof![
        4 => prop::sample::select(vec![Answer, Tick(true), Tick(false), Done, Skip, Keep, Enough, Later]),
        2 => (-3_i32..12).prop_map(Scale),
        1 => any::<i32>().prop_map(Scale),
    ];
    let label = prop_oneof![3 => "[A-Za-z ']{1,20}", 1 => words()];
    (label, "[0-9a-z.]{1,40}", role).prop_map(|(label, token, role)| Choice { label, token, role })
}

pub(crate) fn view() -> impl Strategy<Value = View> {
    use ViewKind::{Beat, Choice, Date, List, Many, Number, Say, Scale, Text, Time};
    let kinds = vec![Say, Choice, Many, Scale, Number, Text, List, Date, Time, Beat(4_000)];
    let choices = prop_oneof![1 => Just(Vec::new()), 3 => prop::collection::vec(choice(), 0..30)];
    (body(), prop::sample::select(kinds), choices).prop_map(|(body, kind, choices)| View {
        body,
        kind,
        choices,
        language: Default::default(),
    })
}
