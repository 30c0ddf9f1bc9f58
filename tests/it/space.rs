//! Spaces: set up by their admins, asked by wall time, silent when nobody is there, and without a word of anybody's.

use jiff::SignedDuration;
use mendwell::domain::event::{Address, Body, Event, EventKey, Origin, Platform, Source};
use mendwell::domain::space::{Actor, SpaceAsk, SpaceEvent};
use mendwell::domain::text::UserText;
use mendwell::service::Answer;
use mendwell::service::ports::{Class, Clock, Item, NotSent, Outcome};

use crate::support::{Attempt, House, Script, berlin, shipped_library, shipped_settings};

/// The account of the space, as an adapter gives it.
const GROUP: &str = "g-100";

async fn house() -> House {
    let mut house = House::closed(shipped_library());
    house.settings = shipped_settings();
    house.open().await;
    house
}

fn event(house: &House, chat: &str, is_admin: bool, ask: SpaceAsk) -> Event {
    let address = Address { platform: Platform::Telegram, account: GROUP.to_owned(), chat: chat.to_owned() };
    let actor = Some(Actor { account: "7".to_owned(), is_admin });
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

async fn asks(house: &House, chat: &str, is_admin: bool, ask: SpaceAsk) -> Answer {
    let answer = house.handle(event(house, chat, is_admin, ask)).await;
    house.settle().await;
    answer
}

async fn setup(house: &House, words: &str) -> Vec<String> {
    asks(house, "-100", true, SpaceAsk::Setup(UserText::new(words))).await;
    house.messenger.said(GROUP)
}

/// An admin presses the button with this label that the space saw last.
async fn press(house: &House, chat: &str, label: &str) -> Vec<String> {
    let token = house.messenger.token(GROUP, label);
    asks(house, chat, true, SpaceAsk::Press(token)).await;
    house.messenger.said(GROUP)
}

/// The text, where it stands and the tokens of what the space got last.
fn last(house: &House) -> (String, String, Vec<String>) {
    words(house.messenger.attempts(GROUP).last().unwrap())
}

fn questions(house: &House) -> Vec<Attempt> {
    let attempts = house.messenger.attempts(GROUP);
    attempts.into_iter().filter(|attempt| attempt.class == Class::Nudge).collect()
}

fn words(attempt: &Attempt) -> (String, String, Vec<String>) {
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

/// A space with a place for moderators, `-200`, that takes posts, and its link to one.
async fn with_posts(house: &House) -> String {
    setup(house, "every day at 18:00").await;
    press(house, "-200", "Review suggestions here").await;
    press(house, "-100", "Posts without a name").await;
    house.messenger.said(GROUP);
    let answer = asks(house, "-100", false, SpaceAsk::Press("g.reply.0".to_owned())).await;
    answer.leads.expect("a link")
}

/// A member follows the link and has these words passed on.
async fn posts(house: &House, person: &str, link: &str, words: &str) -> Vec<String> {
    house.say(person, &format!("/start {link}")).await;
    house.say(person, words).await;
    house.tap(person, "Yes, without my name").await
}

/// Somebody who agreed that what they write for a group appears there.
async fn member(house: &House, person: &str, link: &str) {
    house.greet(person).await;
    house.say(person, &format!("/start {link}")).await;
    house.say(person, "yes").await;
    house.say(person, "/stop").await;
}

#[tokio::test]
async fn a_post_is_seen_by_moderators_first_and_by_everybody_a_while_after_their_yes() {
    let house = house().await;
    let link = with_posts(&house).await;
    member(&house, "ada", &link).await;
    let said = posts(&house, "ada", &link, "I slept well for once.").await;
    assert!(said.last().unwrap().contains("without your name"), "{said:?}");
    let (chat, text, tokens) = last(&house);
    assert_eq!(chat, "-200");
    assert!(text.contains("I slept well for once."));
    house.advance(SignedDuration::from_hours(2)).await;
    assert_eq!(last(&house).0, "-200", "nothing appears without a yes");
    asks(&house, "-200", false, SpaceAsk::Press(tokens[0].clone())).await;
    assert_eq!(last(&house).0, "-200", "a member's yes is none");
    asks(&house, "-200", true, SpaceAsk::Press(tokens[0].clone())).await;
    house.advance(SignedDuration::from_mins(4)).await;
    assert_eq!(last(&house).0, "-200", "not at once");
    house.advance(SignedDuration::from_mins(60)).await;
    let (chat, text, _) = last(&house);
    assert_eq!(chat, "-100");
    assert!(text.contains("a member without a name, writes") && text.contains("I slept well for once."), "{text}");
    assert!(asks(&house, "-200", true, SpaceAsk::Press(tokens[0].clone())).await.note.is_some(), "once");
}

#[tokio::test]
async fn what_leads_somewhere_or_is_about_danger_goes_nowhere() {
    let house = house().await;
    let link = with_posts(&house).await;
    member(&house, "ada", &link).await;
    let before = house.messenger.attempts(GROUP).len();
    for words in ["write me at @sam", "t.me/sam", "call 0123"] {
        house.say("ada", &format!("/start {link}")).await;
        house.say("ada", words).await;
        house.say("ada", words).await;
        house.say("ada", "/stop").await;
    }
    house.say("ada", &format!("/start {link}")).await;
    let said = house.say("ada", "I want to kill myself").await;
    assert!(!said.is_empty() && !said.iter().any(|text| text.contains("Shall I pass it on")), "{said:?}");
    assert_eq!(house.messenger.attempts(GROUP).len(), before);
}

#[tokio::test]
async fn an_author_is_blocked_without_anybody_learning_who_it_is() {
    let house = house().await;
    let link = with_posts(&house).await;
    member(&house, "ada", &link).await;
    member(&house, "bob", &link).await;
    posts(&house, "ada", &link, "Something unkind.").await;
    let (_, _, tokens) = last(&house);
    asks(&house, "-200", true, SpaceAsk::Press(tokens[2].clone())).await;
    let count = house.messenger.attempts(GROUP).len();
    posts(&house, "ada", &link, "Something else.").await;
    assert_eq!(house.messenger.attempts(GROUP).len(), count, "nothing of hers is shown any more");
    posts(&house, "bob", &link, "Hello to all.").await;
    assert_eq!(house.messenger.attempts(GROUP).len(), count + 1, "and of others it is");
    for attempt in house.messenger.attempts(GROUP) {
        let shown = words(&attempt);
        assert!(!format!("{shown:?}").contains("ada") && !format!("{shown:?}").contains("bob"), "{shown:?}");
    }
}

#[tokio::test]
async fn nobody_posts_for_a_group_whose_link_they_do_not_have() {
    let house = house().await;
    let link = with_posts(&house).await;
    house.greet("ada").await;
    let (space, _) = link.rsplit_once('-').unwrap();
    let count = house.messenger.attempts(GROUP).len();
    for forged in [format!("{space}-0"), format!("{space}-zzz"), "p-1-1".to_owned(), "p-0-0".to_owned()] {
        house.say("ada", &format!("/start {forged}")).await;
        house.say("ada", "yes").await;
        house.say("ada", "Let me in.").await;
        house.say("ada", "yes").await;
        house.say("ada", "/stop").await;
    }
    assert_eq!(house.messenger.attempts(GROUP).len(), count);
}

#[tokio::test]
async fn three_posts_a_day_and_a_name_of_its_own_for_each_author_below_a_question() {
    let house = house().await;
    let link = with_posts(&house).await;
    let mut names = std::collections::BTreeSet::new();
    for person in ["ada", "bob", "cleo"] {
        member(&house, person, &link).await;
        for words in ["One.", "Two.", "Three."] {
            posts(&house, person, &link, words).await;
            let (_, _, tokens) = last(&house);
            asks(&house, "-200", true, SpaceAsk::Press(tokens[0].clone())).await;
        }
        let said = posts(&house, person, &link, "Four.").await;
        assert!(said.last().unwrap().contains("3 posts within a day"), "{said:?}");
    }
    house.advance(SignedDuration::from_hours(2)).await;
    let appeared: Vec<String> = house
        .messenger
        .attempts(GROUP)
        .iter()
        .map(words)
        .filter(|(_, text, _)| text.contains(", writes"))
        .map(|w| w.1)
        .collect();
    assert_eq!(appeared.len(), 9);
    for text in &appeared {
        names.insert(text.trim_start_matches("**").split(',').next().unwrap().to_owned());
    }
    assert_eq!(names.len(), 3, "{appeared:?}");
    house.advance(SignedDuration::from_hours(24)).await;
    assert!(posts(&house, "ada", &link, "Five.").await.last().unwrap().contains("passed it on"));
}

#[tokio::test]
async fn a_reported_post_is_taken_away_by_a_moderator() {
    let house = house().await;
    let link = with_posts(&house).await;
    member(&house, "ada", &link).await;
    posts(&house, "ada", &link, "Something unkind.").await;
    let (_, _, tokens) = last(&house);
    asks(&house, "-200", true, SpaceAsk::Press(tokens[0].clone())).await;
    house.advance(SignedDuration::from_hours(1)).await;
    let (_, _, tokens) = last(&house);
    let report = tokens.iter().find(|token| token.starts_with("g.report.")).unwrap().clone();
    let mut reported = event(&house, "-100", false, SpaceAsk::Press(report));
    if let Body::Space(asked) = &mut reported.body {
        asked.message = Some("m77".to_owned());
    }
    assert!(house.handle(reported).await.note.unwrap().plain().contains("Moderators look at it"));
    house.settle().await;
    let (chat, _, tokens) = last(&house);
    assert_eq!(chat, "-200");
    asks(&house, "-200", true, SpaceAsk::Press(tokens[0].clone())).await;
    let attempts = house.messenger.attempts(GROUP);
    let gone = attempts.iter().find_map(|attempt| match &attempt.item {
        Item::InSpace { chat, at: Some(at), view, .. } if at.0 == "m77" => Some((chat.clone(), view.body.plain())),
        _ => None,
    });
    let (chat, text) = gone.expect("the post is changed where it stands");
    assert!(chat == "-100" && text.contains("took this post away"), "{text}");
}

/// What a thief of everything that a space keeps finds: tags that are nobody's without the keys of their authors.
#[tokio::test]
async fn posts_lead_to_nobody_without_the_keys_of_their_authors() {
    let house = house().await;
    let link = with_posts(&house).await;
    for person in ["ada", "bob"] {
        member(&house, person, &link).await;
        posts(&house, person, &link, "A few words.").await;
    }
    let found = house.store().persons_by_account(&[(Platform::Telegram, GROUP.to_owned())]).await.unwrap();
    let space = found[0].unwrap();
    let state = house.store().persons_load(&[space]).await.unwrap().remove(0).unwrap();
    let kept = serde_json::to_value(&state.profile).unwrap();
    let waiting = state.profile.space.unwrap().posts.unwrap().waiting;
    let tags: Vec<u64> = waiting.values().map(|post| post.author.0).collect();
    assert!(tags.len() == 2 && tags[0] != tags[1], "authors are told apart");
    for (person, tag) in ["ada", "bob"].into_iter().zip(tags) {
        let (id, state) = house.person(person).await;
        assert!(!kept.to_string().contains(person), "{kept}");
        // What anybody can try: the hash of an account or a number, without a key.
        for guess in [id.0.to_be_bytes().to_vec(), person.as_bytes().to_vec()] {
            assert_ne!(hash(&[], &[guess, space.0.to_be_bytes().to_vec()].concat()), tag);
        }
        // The control: with the key of its author it is found at once.
        let key: Vec<u8> = state.profile.posting.unwrap().secret.0.iter().flat_map(|half| half.to_be_bytes()).collect();
        assert_eq!(hash(&key, &space.0.to_be_bytes()), tag);
    }
}

fn hash(key: &[u8], what: &[u8]) -> u64 {
    use hmac::{Hmac, KeyInit, Mac};
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key).unwrap();
    mac.update(what);
    u64::from_be_bytes(mac.finalize().into_bytes()[..8].try_into().unwrap())
}
