//! Spaces: set up by their admins, asked by wall time, silent when nobody is there, and without a word of anybody's.

use jiff::SignedDuration;
use mendwell::domain::event::{Address, Body, Event, EventKey, Origin, Platform, Source};
use mendwell::domain::space::{Actor, SpaceAsk, SpaceEvent};
use mendwell::domain::text::UserText;
use mendwell::service::Answer;
use mendwell::service::ports::{Class, Clock, Item, NotSent, Outcome};

use crate::support::{Attempt, House, Script, berlin, shipped_library, shipped_settings};

/// The account of the space, as an adapter gives it.
pub(crate) const GROUP: &str = "g-100";

pub(crate) async fn house() -> House {
    let mut house = House::closed(shipped_library());
    house.settings = shipped_settings();
    house.open().await;
    house
}

pub(crate) fn event(house: &House, chat: &str, is_admin: bool, ask: SpaceAsk) -> Event {
    let address = Address { platform: Platform::Telegram, account: GROUP.to_owned(), chat: chat.to_owned() };
    let actor = Some(Actor { account: "7".to_owned(), is_admin, roles: Vec::new() });
    let body = Body::Space(Box::new(SpaceEvent { actor, ask, message: None }));
    let key = house.event("nobody", Body::Wordless).key;
    Event {
        key: EventKey(key.0),
        source: Source::Address(address),
        at: house.clock.now(),
        body,
        origin: Origin::default(),
    }
}

pub(crate) async fn asks(house: &House, chat: &str, is_admin: bool, ask: SpaceAsk) -> Answer {
    let answer = house.handle(event(house, chat, is_admin, ask)).await;
    house.settle().await;
    answer
}

pub(crate) async fn setup(house: &House, words: &str) -> Vec<String> {
    asks(house, "-100", true, SpaceAsk::Setup(UserText::new(words))).await;
    house.messenger.said(GROUP)
}

/// An admin presses the button with this label that the space saw last.
pub(crate) async fn press(house: &House, chat: &str, label: &str) -> Vec<String> {
    let token = house.messenger.token(GROUP, label);
    asks(house, chat, true, SpaceAsk::Press(token)).await;
    house.messenger.said(GROUP)
}

/// The text, where it stands and the tokens of what the space got last.
pub(crate) fn last(house: &House) -> (String, String, Vec<String>) {
    words(house.messenger.attempts(GROUP).last().unwrap())
}

pub(crate) fn questions(house: &House) -> Vec<Attempt> {
    let attempts = house.messenger.attempts(GROUP);
    attempts.into_iter().filter(|attempt| attempt.class == Class::Nudge).collect()
}

pub(crate) fn words(attempt: &Attempt) -> (String, String, Vec<String>) {
    let Item::InSpace { chat, view, .. } = &attempt.item else { panic!("{attempt:?}") };
    (chat.clone(), view.body.plain(), view.choices.iter().map(|choice| choice.token.clone()).collect())
}

#[tokio::test]
async fn an_admin_sets_it_up_with_buttons_and_it_asks_each_day_by_the_clock_of_the_space() {
    let house = house().await;
    asks(&house, "-100", false, SpaceAsk::Added).await;
    assert!(house.messenger.said(GROUP)[0].contains("/setup"));
    let page = setup(&house, "").await;
    assert!(page[0].contains("Question: off") && page[0].contains("Clock: Europe/Berlin"), "{page:?}");
    assert_eq!(questions(&house).len(), 0);
    house.advance(SignedDuration::from_hours(48)).await;
    assert_eq!(questions(&house).len(), 0, "nothing is asked before somebody switched it on");

    press(&house, "-100", "Clock").await;
    assert!(press(&house, "-100", "New York").await[0].contains("America/New York"));
    press(&house, "-100", "How often").await;
    assert!(press(&house, "-100", "Each day").await[0].contains("each day at 18:00"));
    press(&house, "-100", "What time").await;
    assert!(press(&house, "-100", "20:00").await[0].contains("each day at 20:00"));
    assert!(press(&house, "-100", "Done").await[0].contains("each day at 20:00"));
    house.advance(SignedDuration::from_hours(48)).await;
    let asked = questions(&house);
    assert_eq!(asked.len(), 2);
    // 20:00 in New York, which had changed its clocks by then: midnight UTC.
    for attempt in &asked {
        assert_eq!(
            attempt.at.to_string(),
            format!("2026-03-{}T00:00:00Z", if attempt.at == asked[0].at { 26 } else { 27 })
        );
        let (chat, text, tokens) = words(attempt);
        assert_eq!(chat, "-100");
        assert!(text.starts_with("**A question for everybody") && text.ends_with(['?', '.']), "{text}");
        assert!(tokens[0].starts_with("g.private.") && tokens[1].starts_with("g.share."), "{tokens:?}");
    }
}

#[tokio::test]
async fn rights_are_looked_at_on_every_press() {
    let house = house().await;
    setup(&house, "").await;
    let token = house.messenger.token(GROUP, "How often");
    let answer = asks(&house, "-100", false, SpaceAsk::Press(token)).await;
    assert!(answer.note.unwrap().plain().contains("Only people who may change this group"));
    assert_eq!(house.messenger.said(GROUP), Vec::<String>::new());
    // The command says it aloud, and no more than now and then.
    for said in [1, 0, 0] {
        asks(&house, "-100", false, SpaceAsk::Setup(UserText::new("off"))).await;
        assert_eq!(house.messenger.said(GROUP).len(), said);
    }
    for token in ["g.rhythm.daily", "g.yes.0", "g.here", "g.", "g.nothing", "g.zone.99", "g.hour.x"] {
        asks(&house, "-100", false, SpaceAsk::Press(token.to_owned())).await;
    }
    assert!(setup(&house, "").await[0].contains("Question: off"));
}

#[tokio::test]
async fn what_is_typed_is_read_as_people_type_it() {
    let house = house().await;
    for (typed, seen) in [
        ("every day at 18:30", "each day at 18:30"),
        ("sundays at 17", "Sunday, at 17:00"),
        ("Lisbon", "Europe/Lisbon"),
        ("off", "Question: off"),
    ] {
        let page = setup(&house, typed).await;
        assert!(page[0].contains(seen), "{typed}: {page:?}");
    }
    for unclear in ["@everyone", "tomorrow", "every 3 days", "**x**"] {
        assert!(setup(&house, unclear).await[0].starts_with("I did not get that"), "{unclear}");
    }
}

#[tokio::test]
async fn no_question_comes_again_before_all_of_its_themes_were_asked() {
    let house = house().await;
    setup(&house, "every day at 18:00").await;
    press(&house, "-100", "Themes").await;
    let all: Vec<String> = house.settings.prompts.themes.iter().map(|theme| theme.key.clone()).collect();
    for theme in &all[2..] {
        asks(&house, "-100", true, SpaceAsk::Press(format!("g.themes.{theme}"))).await;
    }
    let pool = 6;
    let mut seen = Vec::new();
    for _ in 0..pool * 2 {
        house.advance(SignedDuration::from_hours(24)).await;
        let (_, text, tokens) = words(questions(&house).last().unwrap());
        seen.push(text);
        asks(&house, "-100", false, SpaceAsk::Press(tokens[1].clone())).await;
    }
    for round in seen.chunks(pool) {
        let distinct: std::collections::BTreeSet<&String> = round.iter().collect();
        assert_eq!(distinct.len(), pool, "{round:?}");
    }
    // The last theme stays on, however often it is pressed.
    for theme in &all {
        let is_on = !setup(&house, "").await[0].contains("Themes: 1 of");
        asks(&house, "-100", true, SpaceAsk::Press(format!("g.themes.{theme}"))).await;
        assert!(is_on || !setup(&house, "").await[0].contains("Themes: 0 of"));
    }
}

#[tokio::test]
async fn a_space_where_nobody_does_anything_is_asked_less_and_then_not_any_more() {
    let house = house().await;
    setup(&house, "every day at 18:00").await;
    house.advance(SignedDuration::from_hours(24 * 60)).await;
    let days: Vec<i64> = questions(&house).iter().map(|attempt| attempt.at.as_second().div_euclid(86_400)).collect();
    let gaps: Vec<i64> = days.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(gaps, [1, 1, 1, 1, 1, 1, 1, 7, 7]);
    let said = house.messenger.said(GROUP);
    assert!(said.iter().any(|text| text.contains("once a week")) && said.last().unwrap().contains("stop asking"));
    assert!(setup(&house, "").await[0].contains("Question: off"));
}

#[tokio::test]
async fn an_answer_in_private_leads_to_the_dialog_of_the_theme_and_says_nothing_there() {
    let house = house().await;
    setup(&house, "every day at 18:00").await;
    house.advance(SignedDuration::from_hours(24)).await;
    let (_, _, tokens) = words(&questions(&house)[0]);
    house.messenger.said(GROUP);
    let answer = asks(&house, "-100", false, SpaceAsk::Press(tokens[0].clone())).await;
    let dialog = answer.leads.expect("a dialog");
    assert!(house.library.dialog(&dialog).is_some(), "{dialog}");
    assert!(answer.note.is_none() && house.messenger.said(GROUP).is_empty());
    let answer = asks(&house, "-100", false, SpaceAsk::Press(tokens[1].clone())).await;
    assert!(answer.leads.is_none() && answer.note.unwrap().plain().contains("Everybody here can read that"));
}

#[tokio::test]
async fn a_suggestion_is_asked_only_once_a_moderator_agreed() {
    let house = house().await;
    let suggest = async |words: &str| {
        asks(&house, "-100", false, SpaceAsk::Suggest(UserText::new(words))).await;
        house.messenger.said(GROUP)
    };
    assert!(suggest("What made you laugh?").await[0].contains("not switched on"));
    setup(&house, "").await;
    press(&house, "-200", "Review suggestions here").await;
    let said = suggest("What made  you\nlaugh?").await;
    assert!(said[0].contains("What made you laugh?") && said[1].contains("Thank you"), "{said:?}");
    let review = house.messenger.attempts(GROUP).into_iter().rev().nth(1).unwrap();
    assert_eq!(words(&review).0, "-200", "it waits where moderators look");
    for words in
        ["@all look", "see https://x.example", "call 0123456789", &"x".repeat(201), "", "I want to end my life"]
    {
        let said = suggest(words).await;
        assert!(said.len() == 1 && !said[0].contains("Thank you"), "{words}: {said:?}");
    }
    let yes = words(&review).2[0].clone();
    asks(&house, "-200", false, SpaceAsk::Press(yes.clone())).await;
    assert_eq!(house.messenger.said(GROUP), Vec::<String>::new(), "a member does not decide");
    asks(&house, "-200", true, SpaceAsk::Press(yes.clone())).await;
    assert!(house.messenger.said(GROUP)[0].contains("Goes into the pool"));
    assert!(asks(&house, "-200", true, SpaceAsk::Press(yes)).await.note.is_some(), "once");
}

#[tokio::test]
async fn a_suggestion_is_asked_in_its_turn_and_one_that_waits_is_not() {
    let house = house().await;
    setup(&house, "every day at 18:00").await;
    press(&house, "-200", "Review suggestions here").await;
    for theme in &house.settings.prompts.themes[1..] {
        asks(&house, "-100", true, SpaceAsk::Press(format!("g.themes.{}", theme.key))).await;
    }
    for words in ["What made you laugh?", "What was loud?"] {
        asks(&house, "-100", false, SpaceAsk::Suggest(UserText::new(words))).await;
    }
    asks(&house, "-200", true, SpaceAsk::Press("g.yes.0".to_owned())).await;
    let pool = house.settings.prompts.themes[0].ask.len() + 1;
    let mut seen = String::new();
    for _ in 0..pool * 2 {
        house.advance(SignedDuration::from_hours(24)).await;
        let (_, text, tokens) = words(questions(&house).last().unwrap());
        seen.push_str(&text);
        asks(&house, "-100", false, SpaceAsk::Press(tokens.last().unwrap().clone())).await;
    }
    assert_eq!(seen.matches("What made you laugh?").count(), 2, "once in each round: {seen}");
    assert!(!seen.contains("What was loud?"), "{seen}");
}

#[tokio::test]
async fn a_space_that_is_left_is_known_for_thirty_days_and_then_not_at_all() {
    let house = house().await;
    setup(&house, "every day at 18:00").await;
    asks(&house, "-100", false, SpaceAsk::Removed).await;
    house.advance(SignedDuration::from_hours(24 * 20)).await;
    assert_eq!(questions(&house).len(), 0);
    asks(&house, "-100", false, SpaceAsk::Added).await;
    house.messenger.said(GROUP);
    house.advance(SignedDuration::from_hours(24)).await;
    assert_eq!(questions(&house).len(), 1, "it comes back as it was");
    asks(&house, "-100", false, SpaceAsk::Removed).await;
    house.advance(SignedDuration::from_hours(24 * 31)).await;
    let account = (Platform::Telegram, GROUP.to_owned());
    assert_eq!(house.store().persons_by_account(&[account]).await.unwrap(), [None]);
    // Somebody whom it does not know any more leaves nothing behind either.
    asks(&house, "-100", false, SpaceAsk::Removed).await;
    let account = (Platform::Telegram, GROUP.to_owned());
    assert_eq!(house.store().persons_by_account(&[account]).await.unwrap(), [None]);
}

#[tokio::test]
async fn where_it_may_not_write_it_rests_until_an_admin_comes() {
    let house = house().await;
    setup(&house, "every day at 18:00").await;
    house.messenger.script(GROUP, [Script::End(Outcome::NotSent(NotSent::Gone))]);
    house.advance(SignedDuration::from_hours(24 * 4)).await;
    assert_eq!(questions(&house).len(), 1);
    setup(&house, "").await;
    house.advance(SignedDuration::from_hours(24)).await;
    assert_eq!(questions(&house).len(), 2);
}

#[tokio::test]
async fn a_question_late_by_more_than_two_hours_is_left_out_and_none_comes_twice() {
    let mut house = house().await;
    setup(&house, "every day at 18:00").await;
    house.kill().await;
    house.clock.set(berlin("2026-03-23T21:00"));
    house.open().await;
    house.fire().await;
    assert_eq!(questions(&house).len(), 0);
    house.advance_to_local("2026-03-24T18:30").await;
    house.restart().await;
    house.fire().await;
    assert_eq!(questions(&house).len(), 1);
}
