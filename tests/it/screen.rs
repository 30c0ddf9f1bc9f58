//! The screen against the labelled corpus (`screen/*.tsv`: class, tab, text; all invented), against disguises of it, and
//! against any text at all. The scorecard in `docs/` is what these tests count.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::OnceLock;

use mendwell::app::library::require_screen;
use mendwell::safety::pack::PackFile;
use mendwell::safety::screen::{Class, Finding, Screen};
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

/// Corpora: the half that patterns were written with, and the halves that were put down before and only counted.
const CORPORA: [(&str, &str); 6] = [
    ("hold.en", include_str!("screen/hold.en.tsv")),
    ("hold.es", include_str!("screen/hold.es.tsv")),
    ("hold2.en", include_str!("screen/hold2.en.tsv")),
    ("hold2.es", include_str!("screen/hold2.es.tsv")),
    ("tune.en", include_str!("screen/tune.en.tsv")),
    ("tune.es", include_str!("screen/tune.es.tsv")),
];
/// What stands before the counts: how the hold-out halves and texts of other people went when they were first looked at.
const FIRST: &str = include_str!("screen/first_contact.md");

fn screen() -> &'static Screen {
    static SCREEN: OnceLock<Screen> = OnceLock::new();
    SCREEN.get_or_init(|| require_screen(None).unwrap())
}

fn lines(corpus: &str) -> Vec<(&str, &str)> {
    corpus.lines().map(|line| line.split_once('\t').unwrap()).collect()
}

fn all_lines() -> impl Iterator<Item = (&'static str, &'static str)> {
    CORPORA.into_iter().flat_map(|(_, text)| lines(text))
}

/// Danger to oneself that must not be passed over: asked about, or answered at once.
fn is_caught(found: &Finding) -> bool {
    matches!(found.class, Some(Class::S2 | Class::S3 | Class::H | Class::M))
}

fn is_self(class: &str) -> bool {
    matches!(class, "S2" | "S3" | "H" | "M")
}

/// By class: how many there are, how many were found as it, and how many were taken for it.
type Counts = BTreeMap<&'static str, [usize; 3]>;

struct Score {
    counts: Counts,
    caught: [usize; 2],
    alarms: [usize; 2],
}

fn score(text: &str) -> Score {
    let mut counts = Counts::new();
    let (mut caught, mut alarms) = ([0; 2], [0; 2]);
    for (wanted, text) in lines(text) {
        let found = screen().look(text);
        let name = Class::of_name(wanted).map_or("none", Class::name);
        counts.entry(name).or_default()[0] += 1;
        counts.entry(found.class_name()).or_default()[2] += 1;
        if name == found.class_name() {
            counts.entry(name).or_default()[1] += 1;
        }
        if is_self(wanted) {
            caught[0] += usize::from(is_caught(&found));
            caught[1] += 1;
        }
        if wanted == "none" {
            alarms[0] += usize::from(matches!(found.class, Some(Class::S2 | Class::S3)));
            alarms[1] += 1;
        }
    }
    Score { counts, caught, alarms }
}

fn percent(part: usize, whole: usize) -> f64 {
    if whole == 0 { 100.0 } else { 100.0 * part as f64 / whole as f64 }
}

#[test]
fn the_scorecard_says_what_the_screen_does() {
    let mut card = String::from(
        "# Scorecard of the safety screen\n\nCounted by `tests/it/screen.rs` on invented texts (`tests/it/screen/*.tsv`). \
         `tune` is what patterns were written with; `hold` and `hold2` were put down before and are only counted.\n\n",
    );
    let _ = writeln!(card, "{FIRST}");
    for (name, text) in CORPORA {
        let Score { counts, caught, alarms } = score(text);
        let _ = writeln!(card, "## {name}\n");
        let (part, whole) = (caught[0], caught[1]);
        let _ = writeln!(
            card,
            "Wishes to die or to hurt oneself that are caught (S2, S3, H, M): {part} of {whole}, {:.1} %. Everyday texts \
             flagged S2 or S3: {} of {}, {:.1} %.\n",
            percent(part, whole),
            alarms[0],
            alarms[1],
            percent(alarms[0], alarms[1])
        );
        card.push_str("| class | texts | recall | precision |\n|---|---|---|---|\n");
        for (class, [texts, right, taken]) in &counts {
            let (recall, precision) = (percent(*right, *texts), percent(*right, *taken));
            let _ = writeln!(card, "| {class} | {texts} | {recall:.0} % | {precision:.0} % |");
        }
        card.push('\n');
    }
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/safety-scorecard.md");
    let card = card.trim_end().to_owned() + "\n";
    if std::env::var_os("MENDWELL_UPDATE").is_some() {
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        std::fs::write(&place, &card).unwrap();
    }
    let written = std::fs::read_to_string(&place).unwrap_or_default();
    assert!(written == card, "MENDWELL_UPDATE=1 cargo test scorecard writes it anew. Counted:\n{card}");
}

#[test]
fn every_half_passes_the_bars() {
    for (name, text) in CORPORA {
        let Score { counts, caught, alarms } = score(text);
        assert!(percent(caught[0], caught[1]) >= 92.0, "{name}: {caught:?} caught");
        assert!(percent(alarms[0], alarms[1]) <= 1.0, "{name}: {alarms:?} flagged");
        for (class, [texts, right, taken]) in counts.iter().filter(|(_, [texts, ..])| *texts >= 4) {
            let (recall, precision) = (percent(*right, *texts), percent(*right, *taken));
            assert!(recall >= 70.0, "{name}: {class} is found {right} of {texts} times");
            assert!(precision >= 75.0, "{name}: {class} is right {right} of {taken} times");
        }
    }
}

#[test]
fn the_corpus_is_large_and_every_class_is_in_it() {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (class, text) in all_lines() {
        assert!(class == "none" || Class::of_name(class).is_some(), "{class}");
        assert!(!text.trim().is_empty());
        *counts.entry(class).or_default() += 1;
    }
    assert!(counts.values().sum::<usize>() >= 1_250, "{counts:?}");
    assert_eq!(counts.len(), Class::ALL.len() + 1, "{counts:?}");
}

/// Ways in which people hide a word or mistype it; each must keep what stands in the corpus for `like`.
fn disguises(text: &str) -> Vec<(&'static str, String)> {
    let zero_width = text.chars().flat_map(|c| [c, '\u{200B}']).collect();
    let homoglyphs = text.chars().map(|c| match c {
        'a' => 'а',
        'e' => 'е',
        'i' => 'і',
        'o' => 'о',
        other => other,
    });
    let wide = text.chars().map(|c| match c {
        '!'..='~' => char::from_u32(u32::from(c) + 0xFEE0).unwrap(),
        other => other,
    });
    vec![
        ("capitals", text.to_uppercase()),
        ("zero widths", zero_width),
        ("homoglyphs", homoglyphs.collect()),
        ("full width", wide.collect()),
        ("smart apostrophes", text.replace('\'', "\u{2019}")),
        ("no apostrophes", text.replace('\'', "")),
        ("pictographs", format!("😭 {text} 💔💔")),
        ("words around", format!("hey so um. {text}. idk what else to say")),
        ("another language before", format!("no sé qué decir. {text}")),
        ("new lines", text.replace(' ', "\n")),
    ]
}

#[test]
fn disguises_hide_nothing() {
    let mut lost = Vec::new();
    let mut tried = 0;
    for (class, text) in all_lines().filter(|(class, _)| is_self(class)) {
        if !is_caught(&screen().look(text)) {
            continue;
        }
        for (how, disguised) in disguises(text) {
            tried += 1;
            if !is_caught(&screen().look(&disguised)) {
                lost.push(format!("{how}: {class} {disguised}"));
            }
        }
    }
    let share = percent(lost.len(), tried);
    assert!(share <= 1.0, "{} of {tried} are lost:\n{}", lost.len(), lost.join("\n"));
}

#[test]
fn the_words_that_matter_are_known_in_every_spelling() {
    for text in [
        "i want to k i l l myself",
        "i want to k.i.l.l m.y.s.e.l.f",
        "k i l l m y s e l f",
        "i want to k1ll mys3lf",
        "i want to k!ll myself",
        "i want to k*ll myself",
        "wanna d1e",
        "i wanna diiiieeee",
        "i want to killmyself",
        "iwanttodie",
        "i want to kil my self",
        "i want to kill myslef",
        "thinking about su1c1de",
        "thinking about suicde",
        "i am sucidal again",
        "i want to 💀 so bad",
        "i want to un alive myself",
        "𝓘 𝔀𝓪𝓷𝓽 𝓽𝓸 𝓭𝓲𝓮",
        "Ⓘ ⓦⓐⓝⓣ ⓣⓞ ⓓⓘⓔ",
        "i want t\u{0337}o d\u{0337}i\u{0337}e\u{0337}",
        "I. Want. To. Die.",
        "quiero m0rir",
        "me kiero m o r i r",
        "sincerely, estoy cansada, quiero morirme",
    ] {
        let found = screen().look(text);
        assert!(is_caught(&found), "{text}: {found:?}");
    }
}

/// What people say who were left, in words that look like danger ("me cortó anoche", "dying to see her"), and danger in
/// words that look like these: without accents, misspelt, in slang, beside the breakup.
#[test]
fn a_breakup_is_no_danger_and_danger_beside_a_breakup_is() {
    let everyday = include_str!("screen/parting_everyday.txt");
    let danger = include_str!("screen/parting_danger.txt");
    assert!(everyday.lines().count() >= 60 && danger.lines().count() >= 60);
    let look = |text| (text, screen().look(text));
    let alarms: Vec<_> = everyday.lines().map(look).filter(|(_, found)| found.class.is_some()).collect();
    let missed: Vec<_> = danger.lines().map(look).filter(|(_, found)| !is_caught(found)).collect();
    assert!(alarms.is_empty() && missed.is_empty(), "alarms: {alarms:#?}\nmissed: {missed:#?}");
}

#[test]
fn an_accent_tells_who_cut() {
    let class = |text| screen().look(text).class;
    for text in ["me corté", "me corte", "me corto", "me quiero cortar", "anoche me corté"] {
        assert_eq!(class(text), Some(Class::H), "{text}");
    }
    for text in ["me cortó", "me cortó anoche", "me corto anoche", "mi novia me corto", "cortó conmigo", "me cortó hoy"]
    {
        assert_eq!(class(text), None, "{text}");
    }
    for text in ["me cortó con un cuchillo", "mi ex me cortó la cara", "él me corto el brazo"] {
        assert_eq!(class(text), Some(Class::I), "{text}");
    }
}

#[test]
fn a_no_a_past_and_another_person_make_it_a_line_and_no_more() {
    for (text, about_other) in [
        ("I don't want to kill myself", false),
        ("i am not going to kill myself", false),
        ("I never thought about suicide", false),
        ("I used to want to kill myself", false),
        ("years ago I tried to kill myself", false),
        ("he wants to kill himself", true),
        ("my sister said she wants to die", true),
        ("no quiero matarme", false),
        ("mi hermano quiere suicidarse", true),
    ] {
        let found = screen().look(text);
        assert_eq!(
            (found.class, found.level, found.is_about_other),
            (Some(Class::S1), 1, about_other),
            "{text}: {found:?}"
        );
    }
    let found = screen().look("I'm not suicidal. But tonight I'm going to kill myself");
    assert_eq!(found.class, Some(Class::S3), "a no in one sentence says nothing about the next: {found:?}");
}

#[test]
fn who_does_it_to_whom_decides_the_class() {
    for (text, class) in [
        ("she is tracking my phone", Class::I),
        ("i am tracking her phone", Class::T),
        ("he is following me home", Class::I),
        ("i followed him home", Class::T),
        ("he said he will kill me", Class::I),
        ("i am going to kill him", Class::V3),
        ("i could kill him", Class::V1),
    ] {
        assert_eq!(screen().look(text).class, Some(class), "{text}");
    }
}

#[test]
fn what_a_review_found_to_be_missed_is_heard() {
    for (text, class) in [
        ("he hits me when he drinks", Class::I),
        ("he hit me today", Class::I),
        ("he kicked me when i was on the floor", Class::I),
        ("she slapped me with a belt", Class::I),
        ("he will not let me go out", Class::I),
        ("i am afraid of him getting drunk", Class::I),
        ("I'm scared of them", Class::I),
        ("i slit my wrists, falling asleep now", Class::M),
        ("I took 20 pills, a day ago", Class::M),
        ("i overdosed on his pills", Class::M),
        ("i cut too deep while cooking and it won't stop bleeding", Class::M),
        ("I swear I will stab her tonight", Class::V3),
        ("I have a gun and if she leaves me I will shoot her", Class::V3),
        ("I'll make her pay, I know when she leaves work", Class::V3),
        ("kill her and then myself", Class::V3),
        ("i will beat him to death", Class::V3),
        ("i want to jump in front of a train", Class::S2),
        ("i am going to jump in the river", Class::S3),
        ("me quiero morir de verdad", Class::S2),
        ("no quiero vivir más en esta vida", Class::S2),
        ("hace tiempo que quiero morir", Class::S2),
        ("te juro que la mato", Class::V3),
        ("I am standing on the bridge", Class::S3),
        ("I have the pills in front of me", Class::S3),
        ("me quiero matar esta noche", Class::S3),
        ("cut again last night", Class::H),
        ("I am outside her house", Class::T),
        ("la sigo a todas partes", Class::T),
        ("ella revisa mi teléfono", Class::I),
        ("mi ex tiene una orden contra mí", Class::O),
    ] {
        let found = screen().look(text);
        assert_eq!(found.class, Some(class), "{text}: {found:?}");
    }
}

#[test]
fn what_somebody_else_did_to_themselves_is_about_them() {
    for text in [
        "my friend overdosed",
        "her brother took 40 pills yesterday",
        "my ex slit his wrists after I left",
        "se tomó 30 pastillas",
        "mi hermano se quiere quitar la vida",
    ] {
        let found = screen().look(text);
        assert_eq!((found.class, found.is_about_other), (Some(Class::S1), true), "{text}: {found:?}");
    }
    let found = screen().look("i told my friend i feel suicidal");
    assert_eq!(found.class, Some(Class::S2), "who stands right before \"i\" is not who wants it: {found:?}");
}

#[test]
fn a_finding_names_its_rule_and_holds_no_word_of_the_text() {
    let found = screen().look("No quiero morir, zanahoria");
    assert!(found.why.contains('.') && found.why.contains('+') || found.why.starts_with("es."), "{found:?}");
    assert!(!format!("{found:?}").contains("zanahoria"));
}

#[test]
fn a_pack_with_faults_says_each_with_its_line() {
    let text = "format = 1\nlang = \"xx\"\nfiller = \"just\"\nbad = 1\n[slot]\na = \"<a>\"\n[[rule]]\nid = \"r\"\nclass = \"Q\"\nsay = \"x\"\n\
                [[rule]]\nid = \"s\"\nclass = \"S2\"\nsay = [\"a (b\", \"<nope>\", \"<a>\", \"..3 x\", \"just go\", \"Don't\"]\n\
                [[shield]]\nid = \"t\"\nover = [\"nothing\"]\nto = \"S1\"\nwhere = \"there\"\nsay = \"no\"\n\
                [[rule]]\nid = \"m\"\nclass = \"M\"\nsay = \"\"\"\ntook\n<pills\"\"\"\n\
                [[shield]]\nid = \"u\"\nover = [\"M\"]\nto = \"none\"\nwhere = \"text\"\nunless = [1]\nsay = \"no\"\n";
    let file = PackFile { path: "safety/xx.toml".to_owned(), text: text.to_owned() };
    let problems = Screen::load(&[file]).unwrap_err();
    let said: Vec<String> = problems.iter().map(|problem| format!("{}: {}", problem.line, problem.message)).collect();
    for wanted in [
        "4: unknown key `bad`",
        "7: there is no class `Q`",
        "14: `(` without its `)`",
        "14: there is no slot `nope`",
        "14: the slot `a` leads back",
        "14: a pattern begins with a word",
        "14: `just` is among the words",
        "14: `Don't` can never match",
        "15: `where` is one of",
        "26: `<` without its `>`",
        "29: an overdose or a wound is never nothing",
        "32: `unless` is one text",
    ] {
        assert!(said.iter().any(|line| line.starts_with(wanted)), "{wanted} is not among {said:#?}");
    }
    assert!(Screen::load(&[PackFile { path: "safety/xx.toml".to_owned(), text: "format = [".to_owned() }]).is_err());
}

proptest! {
    #[test]
    fn any_text_has_one_finding(text in any::<String>()) {
        prop_assert_eq!(screen().look(&text), screen().look(&text));
    }

    #[test]
    fn how_marks_are_stored_changes_nothing(words in proptest::collection::vec("(quiero|morirme|más|desaparecería|niño|no|I|want|to|d[íi]e|kill|myself|[a-zé]{1,6}|[.,!?\"*$]|[0-9]{1,3})", 0..20)) {
        let text = words.join(" ");
        let (composed, apart): (String, String) = (text.nfc().collect(), text.nfd().collect());
        prop_assert_eq!(screen().look(&composed), screen().look(&apart));
    }

    #[test]
    fn pieces_of_the_language_never_break_it(words in proptest::collection::vec(prop_oneof![Just("i"), Just("want"), Just("to"), Just("die"), Just("not"), Just("k"), Just("*"), Just("$"), Just("1"), Just("14"), Just("\u{200D}"), Just("🔪"), Just("."), Just("\""), Just("ﷺ")], 0..200)) {
        let found = screen().look(&words.concat());
        prop_assert!(found.level <= 3 && (found.class.is_none() == found.why.is_empty()));
    }
}
