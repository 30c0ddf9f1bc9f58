//! Laws of reading dialogs: shapes follow meaning and not words, expressions come back from print, nothing panics.

use std::fs;
use std::path::Path;

use mendwell::dialog::expression::{Place, parse, print};
use mendwell::dialog::load::{SYSTEM_PATH, SourceFile};
use mendwell::dialog::model::Library;
use mendwell::dialog::system::SYSTEM_KEYS;
use proptest::prelude::{Strategy, any, prop, prop_oneof, proptest};
use proptest::test_runner::Config;

fn worked_example() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/dialogs_good/sort-worries.toml");
    fs::read_to_string(path).expect("the example is there")
}

/// The example on its own: the dialogs that it names, replaced by stand-ins.
fn load(text: &str) -> (Option<Library>, Vec<&'static str>) {
    let stand_in = |id: &str, head: &str| SourceFile {
        path: format!("{id}.toml"),
        text: format!("format = 1\nid = \"{id}\"\ntitle = \"T\"\n{head}\n[[step]]\nid = \"a\"\nsay = \"A\"\n").into(),
    };
    let lines = SYSTEM_KEYS.iter().map(|(key, _)| format!("{key} = \"words\"\n"));
    let files = [
        SourceFile { path: "sort-worries.toml".to_owned(), text: text.to_owned().into() },
        stand_in("breath", "[params]\nrounds = { type = \"int\", or = 4 }"),
        stand_in("breath-two", "[params]\nrounds = { type = \"int\", or = 4 }"),
        stand_in("support", "role = \"safety\""),
        stand_in("worry-followup", "[params]\nbefore = { type = \"num\", or = 1 }\nafter = { type = \"num\", or = 1 }"),
        SourceFile { path: SYSTEM_PATH.to_owned(), text: lines.collect::<String>().into() },
    ];
    let (library, found) = Library::load(files);
    (library, found.iter().map(|each| each.code).collect())
}

fn shape(text: &str) -> u64 {
    let (library, found) = load(text);
    library.unwrap_or_else(|| panic!("{found:?}")).dialogs["sort-worries"].shape
}

fn edited(from: &str, to: &str) -> u64 {
    let text = worked_example();
    assert!(text.contains(from), "the example has no {from}");
    shape(&text.replacen(from, to, 1))
}

#[test]
fn i29_the_shape_stays_when_only_words_change() {
    let before = shape(&worked_example());
    for (from, to) in [
        ("Hello {name}. Let us look", "Hi. Let us look"),
        ("label = \"No, go on\"", "label = \"Not now\""),
        ("also = [\"later\"]", "also = []"),
        ("title = \"Sort your worries\"", "title = \"Worries\""),
        ("0 = \"calm\", ", ""),
        ("done = \"That is all\"", ""),
        ("why = \"What you can act on gets a day; the rest we practise leaving.\"", ""),
        ("say = \"Is there a smaller step, sooner?\"", "say = \"Sooner?\""),
        ("body = \"\"\"", "body = \"\"\"# "),
        ("text = \"• {it.worry}: ", "text = \"- {it.worry}: "),
        ("when = \"before >= 8\"", "when = \"(before>=8)\""),
        ("\"Good to see you, {name}. One worry at a time.\"", ""),
        ("idle = \"45m\"", "idle = \"50m\""),
    ] {
        assert_eq!(edited(from, to), before, "{from} -> {to}");
    }
}

#[test]
fn i29_the_shape_changes_with_ids_kinds_keys_ranges_conditions_and_order() {
    let before = shape(&worked_example());
    let mut seen = vec![before];
    for (from, to) in [
        ("id = \"settle\"", "id = \"calm_down\""),
        ("{ key = \"no\", label = \"No, go on\"", "{ key = \"nope\", label = \"No, go on\""),
        ("min = 0\nmax = 10\nlabels", "min = -1\nmax = 10\nlabels"),
        ("when = \"before >= 8\"", "when = \"before >= 7\""),
        ("when = \"before >= 8\"", "when = \"before > 8\""),
        ("when = \"can_act != 'no'\"", "when = \"can_act == 'yes'\""),
        ("call = \"breath\"", "call = \"breath-two\""),
        ("with = { rounds = \"3\" }", "with = { rounds = \"2\" }"),
        ("items = { min = 1, max = 5, chars = 200 }", "items = { min = 1, max = 4, chars = 200 }"),
        ("optional = true", ""),
        ("days(today(), it) > 30", "days(today(), it) > 31"),
        ("at = \"tomorrow 18:30\"", "at = \"tomorrow 19:30\""),
        ("expires = \"12h\"", "expires = \"13h\""),
        ("escalate = \"support\"", "stop = \"all\""),
        ("worries = \"len(worries)\"", "count = \"len(worries)\""),
        (
            "{ key = \"yes\", label = \"Yes\" },\n  { key = \"no\", label = \"Not really\" },",
            "{ key = \"no\", label = \"Not really\" },\n  { key = \"yes\", label = \"Yes\" },",
        ),
        (
            "{ when = \"after >= 9\", do = \"heavy\" },\n  { when = \"after < before\", do = \"lighter\" },",
            "{ when = \"after < before\", do = \"lighter\" },\n  { when = \"after >= 9\", do = \"heavy\" },",
        ),
    ] {
        let after = edited(from, to);
        assert!(!seen.contains(&after), "{from} -> {to}");
        seen.push(after);
    }
}

/// Expressions as people might write them.
fn expressions() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        prop::sample::select(vec!["true", "false", "today()", "hour()", "mood", "it.action", "[1, -2]", "['a', 'b']"])
            .prop_map(str::to_owned),
        (0_u32..100_000, 0_u32..100).prop_map(|(whole, part)| format!("{whole}.{part}")),
        "[a-zé ]{0,8}".prop_map(|word| format!("'{word}'")),
        prop::sample::select(vec!["'it''s'", "'18:30'", "'2026-03-02'", "'99:99'"]).prop_map(str::to_owned),
    ];
    leaf.prop_recursive(4, 24, 2, |inner| {
        let operators = vec!["or", "and", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "in", "??"];
        let both = (inner.clone(), prop::sample::select(operators), inner.clone());
        prop_oneof![
            both.prop_map(|(a, operator, b)| format!("({a}) {operator} ({b})")),
            inner.clone().prop_map(|a| format!("not {a}")),
            inner.clone().prop_map(|a| format!("-({a})")),
            inner.clone().prop_map(|a| format!("({a}) is set")),
            inner.clone().prop_map(|a| format!("({a}) is not set")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("any({a}, {b})")),
            inner.clone().prop_map(|a| format!("len({a})")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("days({a}, {b})")),
        ]
    })
}

proptest! {
    #![proptest_config(Config { failure_persistence: None, ..Config::with_cases(300) })]

    #[test]
    fn printed_expressions_read_the_same(source in expressions()) {
        // What two operators in a row make unreadable is refused by the parser, not printed.
        if let Ok(first) = parse(&source, &Place::start(&source)) {
            let printed = print(&first);
            let second = parse(&printed, &Place::start(&printed));
            let second = second.unwrap_or_else(|problem| panic!("{source} printed as {printed}: {problem:?}"));
            assert_eq!(print(&second), printed, "{source}");
            assert!(first.span.end <= source.len());
        }
    }

    #[test]
    fn any_words_as_an_expression_or_a_text_never_panic(words in "[a-z0-9 '\\[\\]().,{}#=<>?!|é\u{200d}\u{0}-]{0,60}") {
        _ = parse(&words, &Place::start(&words));
        let quoted = words.replace(['\u{0}', '\''], "");
        let step = format!("\n[[step]]\nid = \"odd\"\nwhen = '{quoted}'\nsay = '{quoted}'\n");
        load(&(worked_example() + &step));
        load(&(worked_example() + &format!("\n[[step]]\nid = \"odd\"\nsay = '{{mood, plural, {quoted}'\n")));
    }

    #[test]
    fn any_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        load(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn a_damaged_file_never_panics(at in 0_usize..6_000, length in 0_usize..400, with in "[a-z\"\\[\\]{}=\n0-9']{0,12}") {
        let mut text = worked_example();
        let at = (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let end = (at + length).min(text.len());
        let end = (end..=text.len()).find(|end| text.is_char_boundary(*end)).unwrap_or(text.len());
        text.replace_range(at..end, &with);
        load(&text);
    }
}
