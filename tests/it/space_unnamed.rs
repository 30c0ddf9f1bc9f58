//! What members of a space say without their name: posts, and how their week was. Nobody learns whose it is.

use jiff::SignedDuration;
use mendwell::domain::event::{Body, Platform};
use mendwell::domain::space::{Actor, SpaceAsk};
use mendwell::service::ports::{Item, NotSent, Outcome};

use crate::space::{GROUP, asks, event, house, last, press, questions, setup, words};
use crate::support::{House, Script};

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
    // Said again within minutes it is taken for the answer, and goes nowhere all the same.
    house.say("ada", "/stop").await;
    house.say("ada", &format!("/start {link}")).await;
    house.say("ada", "I want to kill myself").await;
    let said = house.say("ada", "yes").await;
    assert!(said.iter().any(|text| text.contains("too heavy to leave to a group")), "{said:?}");
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
    // Members read in numbers what moderators did.
    house.messenger.said(GROUP);
    asks(&house, "-100", false, SpaceAsk::Help).await;
    let help = house.messenger.said(GROUP);
    assert!(help[0].contains("1 published, 0 not, 1 taken away, 0 authors blocked"), "{help:?}");
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

/// A member answers, or takes it back with `x`.
async fn mood(house: &House, account: &str, answer: &str) -> String {
    let token = house.messenger.token(GROUP, "Very heavy");
    let token = format!("{}.{answer}", token.rsplit_once('.').unwrap().0);
    let mut pressed = event(house, "-100", false, SpaceAsk::Press(token));
    if let Body::Space(asked) = &mut pressed.body {
        asked.actor = Some(Actor { account: account.to_owned(), is_admin: false, roles: Vec::new() });
    }
    let answer = house.handle(pressed).await;
    house.settle().await;
    answer.note.unwrap().plain()
}

/// A space that asks how the week was; it is Sunday evening.
async fn on_sunday() -> House {
    let house = house().await;
    setup(&house, "sundays at 18").await;
    press(&house, "-100", "How the week was").await;
    house.advance_to_local("2026-03-29T18:01").await;
    house
}

/// The channel of the members is another one: whoever looks at posts can be given another place.
#[tokio::test]
async fn a_place_of_moderators_that_is_gone_ends_posts_and_not_the_space() {
    let house = house().await;
    let link = with_posts(&house).await;
    member(&house, "ada", &link).await;
    setup(&house, "off").await;
    house.messenger.script(GROUP, [Script::End(Outcome::NotSent(NotSent::Gone))]);
    posts(&house, "ada", &link, "I slept well for once.").await;
    let found = house.store().persons_by_account(&[(Platform::Telegram, GROUP.to_owned())]).await.unwrap();
    let state = house.store().persons_load(&[found[0].unwrap()]).await.unwrap().remove(0).unwrap();
    assert!(!state.profile.unreachable && state.profile.silence.is_none());
    let space = state.profile.space.unwrap();
    assert!(space.review.is_none() && space.posts.is_some() && !space.takes_posts());
}

/// Members of a Telegram group read all of its topics: what nobody has looked at yet must not stand in one.
#[tokio::test]
async fn posts_and_reports_wait_in_no_place_that_all_members_read() {
    let house = house().await;
    setup(&house, "every day at 18:00").await;
    press(&house, "-100/7", "Review suggestions here").await;
    for what in ["Posts without a name", "Buddies for a week", "Ask a moderator"] {
        let said = press(&house, "-100", what).await;
        assert!(said[0].contains("a group of its own"), "{what}: {said:?}");
        setup(&house, "").await;
    }
    press(&house, "-200", "Review suggestions here").await;
    assert!(press(&house, "-100", "Posts without a name").await[0].contains("can write without their name now"));
    let said = press(&house, "-100/7", "Review suggestions here").await;
    assert!(said[0].contains("a group of its own"), "{said:?}");
}

#[tokio::test]
async fn how_the_week_was_is_told_as_a_whole_a_day_later_and_then_deleted() {
    let house = on_sunday().await;
    assert!(questions(&house).iter().any(|attempt| words(attempt).1.contains("How was your week?")));
    for (account, answer) in [("1", "0"), ("2", "1"), ("3", "0"), ("4", "1"), ("5", "4"), ("6", "0"), ("7", "4")] {
        assert!(mood(&house, account, answer).await.contains("Thank you"));
    }
    // Changed, and taken back: both count from then on.
    mood(&house, "7", "1").await;
    assert!(mood(&house, "5", "x").await.contains("does not count"));
    house.messenger.said(GROUP);
    house.advance(SignedDuration::from_hours(20)).await;
    assert_eq!(house.messenger.said(GROUP), Vec::<String>::new(), "nothing is told while it is open");
    house.advance(SignedDuration::from_hours(5)).await;
    let said = house.messenger.said(GROUP);
    assert!(said.len() == 1 && said[0].contains("At least 5 of you") && said[0].contains("heavy side"), "{said:?}");
    let found = house.store().persons_by_account(&[(Platform::Telegram, GROUP.to_owned())]).await.unwrap();
    let state = house.store().persons_load(&[found[0].unwrap()]).await.unwrap().remove(0).unwrap();
    assert!(state.profile.space.unwrap().mood.unwrap().round.is_none(), "every answer is gone");
    assert!(!mood(&house, "1", "4").await.contains("Thank you"), "an old button counts no more");
}

/// Who answered, as it is kept while the round is open.
async fn answered(house: &House) -> Vec<u64> {
    let found = house.store().persons_by_account(&[(Platform::Telegram, GROUP.to_owned())]).await.unwrap();
    let state = house.store().persons_load(&[found[0].unwrap()]).await.unwrap().remove(0).unwrap();
    state.profile.space.unwrap().mood.unwrap().round.unwrap().answers.into_keys().collect()
}

#[tokio::test]
async fn nobody_can_be_followed_from_one_week_to_the_next() {
    let house = on_sunday().await;
    mood(&house, "1", "4").await;
    let first = answered(&house).await;
    house.advance_to_local("2026-04-05T18:01").await;
    mood(&house, "1", "4").await;
    assert_ne!(answered(&house).await, first);
}

#[tokio::test]
async fn of_four_nothing_is_told_and_one_person_counts_once() {
    let house = on_sunday().await;
    for account in ["1", "2", "3", "4"] {
        for _ in 0..3 {
            mood(&house, account, "4").await;
        }
    }
    house.messenger.said(GROUP);
    house.advance(SignedDuration::from_hours(25)).await;
    let said = house.messenger.said(GROUP);
    assert!(said.len() == 1 && said[0].contains("fewer than 5"), "{said:?}");
    house.advance(SignedDuration::from_hours(24 * 6)).await;
    house.messenger.said(GROUP);
    house.advance(SignedDuration::from_hours(24)).await;
    assert_eq!(house.messenger.said(GROUP), Vec::<String>::new(), "of nobody nothing is said");
}
