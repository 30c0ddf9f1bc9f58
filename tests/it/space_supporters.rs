//! Asking the moderators of a space: what goes to them, who may answer, and what everybody hears of it.

use jiff::SignedDuration;
use mendwell::domain::event::{Body, Platform};
use mendwell::domain::space::{Actor, Space, SpaceAsk};
use mendwell::domain::text::UserText;
use mendwell::service::Answer;
use mendwell::service::ports::{NotSent, Outcome};

use crate::space::{GROUP, asks, event, house, last, press, setup};
use crate::support::{House, Script};

pub(crate) const ROOM: &str = "-200";

/// A space whose moderators look in `ROOM` and can be asked.
pub(crate) async fn open_to_asks() -> House {
    let house = house().await;
    switched_on(&house).await;
    house
}

async fn switched_on(house: &House) {
    setup(house, "").await;
    press(house, ROOM, "Review suggestions here").await;
    let said = press(house, "-100", "Ask a moderator: switch on").await;
    assert!(said[0].contains("Members can ask a moderator now"), "{said:?}");
}

/// The link behind the button below `/help`.
pub(crate) async fn link(house: &House) -> String {
    asks(house, "-100", false, SpaceAsk::Help).await;
    let token = house.messenger.token(GROUP, "Ask a moderator in private");
    house.messenger.said(GROUP);
    asks(house, "-100", false, SpaceAsk::Press(token)).await.leads.expect("a link")
}

/// Somebody who is no stranger follows the link, agrees, and has these words passed on.
pub(crate) async fn ask_first(house: &House, person: &str, link: &str, words: &str) -> Vec<String> {
    house.greet(person).await;
    house.say(person, &format!("/start {link}")).await;
    house.tap(person, "Yes, that is all right").await;
    house.say(person, words).await;
    house.tap(person, "Yes, pass it on").await
}

/// As before, of somebody who has agreed.
pub(crate) async fn ask_again(house: &House, person: &str, link: &str, words: &str) -> Vec<String> {
    house.say(person, &format!("/start {link}")).await;
    house.say(person, words).await;
    house.tap(person, "Yes, pass it on").await
}

/// A moderator does something where moderators look.
pub(crate) async fn does(house: &House, account: &str, ask: SpaceAsk) -> Answer {
    with_rights(house, ROOM, account, true, &[], ask).await
}

pub(crate) async fn with_rights(
    house: &House,
    chat: &str,
    account: &str,
    admin: bool,
    roles: &[&str],
    ask: SpaceAsk,
) -> Answer {
    let mut done = event(house, chat, admin, ask);
    if let Body::Space(asked) = &mut done.body {
        let roles = roles.iter().map(|role| (*role).to_owned()).collect();
        asked.actor = Some(Actor { account: account.to_owned(), is_admin: admin, roles });
        asked.message = matches!(asked.ask, SpaceAsk::Press(_)).then(|| "m9".to_owned());
    }
    let answer = house.handle(done).await;
    house.settle().await;
    answer
}

pub(crate) async fn answers(house: &House, account: &str, words: &str) -> Answer {
    does(house, account, SpaceAsk::Answer(UserText::new(words))).await
}

pub(crate) async fn presses(house: &House, account: &str, token: &str) -> Answer {
    does(house, account, SpaceAsk::Press(token.to_owned())).await
}

pub(crate) fn note(answer: &Answer) -> String {
    answer.note.as_ref().map(mendwell::domain::message::RichText::plain).unwrap_or_default()
}

pub(crate) async fn space(house: &House) -> Space {
    let found = house.store().persons_by_account(&[(Platform::Telegram, GROUP.to_owned())]).await.unwrap();
    let state = house.store().persons_load(&[found[0].unwrap()]).await.unwrap().remove(0).unwrap();
    *state.profile.space.unwrap()
}

pub(crate) async fn open_requests(house: &House) -> usize {
    space(house).await.supporters.map_or(0, |supporters| supporters.requests.len())
}

/// Everything that was said in the space since it was looked at last.
pub(crate) fn said_there(house: &House) -> String {
    house.messenger.said(GROUP).join("\n")
}

#[tokio::test]
async fn a_request_goes_to_moderators_word_for_word_and_their_answer_comes_back() {
    let house = open_to_asks().await;
    let link = link(&house).await;
    house.greet("ada").await;
    let said = house.say("ada", &format!("/start {link}")).await;
    assert!(said[0].contains("They read exactly the words that you pass on"), "{said:?}");
    assert!(said[1].contains("Nobody there has said that they are on duty"), "{said:?}");
    assert!(said[2].starts_with("Is it all right for you"), "{said:?}");
    house.tap("ada", "Yes, that is all right").await;
    let said = house.say("ada", "Could *somebody* say hello?").await;
    let preview = said.last().unwrap();
    let (consent, shown) = (preview.find("You agreed that moderators").unwrap(), preview.find("Could *some").unwrap());
    assert!(consent < shown, "what they agreed to stands first: {preview}");
    assert_eq!(open_requests(&house).await, 0, "nothing goes before their yes");
    let said = house.tap("ada", "Yes, pass it on").await;
    assert!(said.last().unwrap().contains("as request 1. Nobody has said that they are there right now"), "{said:?}");

    let (chat, text, tokens) = last(&house);
    assert_eq!(chat, ROOM);
    assert!(text.starts_with("**Request 1: somebody asks for a moderator**\nThey agreed"), "{text}");
    assert!(text.ends_with("\n\nCould *somebody* say hello?"), "{text}");
    assert_eq!(tokens, ["g.q.take.1", "g.q.close.1", "g.q.bar.1"]);
    presses(&house, "m1", "g.q.take.1").await;
    let (_, text, tokens) = last(&house);
    assert!(text.starts_with("**Request 1 is taken care of**"), "{text}");
    assert_eq!(tokens, ["g.q.answer.1", "g.q.back.1", "g.q.close.1", "g.q.bar.1"]);
    assert!(note(&presses(&house, "m1", "g.q.answer.1").await).contains("/answer 1"));

    house.messenger.said("ada");
    assert!(note(&answers(&house, "m1", "1 Hello. I am _glad_ you wrote.").await).contains("on its way"));
    let said = house.messenger.said("ada");
    assert!(said[0].contains("answers (request 1)") && said[0].ends_with("Hello. I am _glad_ you wrote."), "{said:?}");
    assert!(said[1].starts_with("Would you like to write back?"), "{said:?}");
    // Back, to the same request; what to expect was said before.
    house.tap("ada", "Write back").await;
    house.say("ada", "Thank you for that.").await;
    let said = house.tap("ada", "Yes, pass it on").await;
    assert!(said.last().unwrap().contains("to request 1"), "{said:?}");
    let (_, text, _) = last(&house);
    assert!(text.starts_with("**Request 1: more from the same person**") && text.ends_with("Thank you for that."));
    presses(&house, "m1", "g.q.close.1").await;
    let (_, text, tokens) = last(&house);
    assert!(text.contains("Its words are gone") && tokens.is_empty(), "{text}");
    assert_eq!(open_requests(&house).await, 0);
    let said = house.messenger.said("ada");
    assert!(said.iter().any(|text| text.contains("Your request 1 is closed now")), "{said:?}");
    assert!(!said.iter().any(|text| text.contains("Would you like to write back")), "{said:?}");
    // Members read in numbers what moderators did.
    asks(&house, "-100", false, SpaceAsk::Help).await;
    let said = said_there(&house);
    assert!(said.contains("1 taken on, 1 answered, 0 given back, 1 closed"), "{said}");
}

#[tokio::test]
async fn of_two_moderators_who_take_it_one_has_it_and_the_other_not() {
    let house = open_to_asks().await;
    let link = link(&house).await;
    ask_first(&house, "ada", &link, "Is somebody there?").await;
    presses(&house, "m1", "g.q.take.1").await;
    house.messenger.said("ada");
    for token in ["g.q.take.1", "g.q.answer.1", "g.q.back.1", "g.q.close.1"] {
        assert!(note(&presses(&house, "m2", token).await).contains("Another moderator takes care"), "{token}");
    }
    answers(&house, "m2", "1 It is mine.").await;
    assert_eq!(house.messenger.said("ada"), Vec::<String>::new());
    assert_eq!(space(&house).await.audit.get("request_taken"), Some(&1));
    // Given back, anybody may take it; and what lies for a day as well.
    presses(&house, "m1", "g.q.back.1").await;
    presses(&house, "m2", "g.q.take.1").await;
    assert!(note(&answers(&house, "m1", "1 Not mine any more.").await).contains("Another moderator"));
    house.advance(SignedDuration::from_hours(25)).await;
    answers(&house, "m1", "1 I took over.").await;
    assert!(house.messenger.said("ada").iter().any(|text| text.ends_with("I took over.")));
}

#[tokio::test]
async fn rights_are_looked_at_on_every_press_and_a_role_may_answer_too() {
    let house = open_to_asks().await;
    let link = link(&house).await;
    ask_first(&house, "ada", &link, "Is somebody there?").await;
    presses(&house, "m1", "g.q.take.1").await;
    house.messenger.said("ada");
    said_there(&house);
    // Whoever took it is no moderator any more.
    for ask in [
        SpaceAsk::Press("g.q.close.1".to_owned()),
        SpaceAsk::Press("g.q.show.1".to_owned()),
        SpaceAsk::Press("g.q.duty.on".to_owned()),
        SpaceAsk::Answer(UserText::new("1 Hello.")),
        SpaceAsk::Queue,
    ] {
        let answer = with_rights(&house, ROOM, "m1", false, &["8"], ask).await;
        assert!(note(&answer).contains("Only moderators"), "{}", note(&answer));
    }
    assert_eq!((said_there(&house), house.messenger.said("ada")), (String::new(), Vec::new()));
    setup(&house, "<@&77>").await;
    assert_eq!(space(&house).await.supporters.unwrap().role.as_deref(), Some("77"));
    said_there(&house);
    with_rights(&house, ROOM, "m1", false, &["8", "77"], SpaceAsk::Answer(UserText::new("1 Hello."))).await;
    assert!(house.messenger.said("ada").iter().any(|text| text.ends_with("Hello.")));
    // A role that was deleted is nobody's.
    let answer = with_rights(&house, ROOM, "m1", false, &[], SpaceAsk::Queue).await;
    assert!(note(&answer).contains("Only moderators"));
}

#[tokio::test]
async fn nothing_of_a_request_is_shown_anywhere_but_where_moderators_look() {
    let house = open_to_asks().await;
    let link = link(&house).await;
    ask_first(&house, "ada", &link, "Only for moderators.").await;
    said_there(&house);
    for ask in [
        SpaceAsk::Queue,
        SpaceAsk::Press("g.q.show.1".to_owned()),
        SpaceAsk::Press("g.q.take.1".to_owned()),
        SpaceAsk::Answer(UserText::new("1 Hello.")),
    ] {
        let answer = with_rights(&house, "-100", "m1", true, &[], ask).await;
        assert!(note(&answer).contains("in a place of their own"), "{}", note(&answer));
    }
    assert_eq!(said_there(&house), "");
    assert!(space(&house).await.supporters.unwrap().requests[&1].taken.is_none());
}

#[tokio::test]
async fn where_every_member_reads_along_nobody_can_be_asked() {
    let house = house().await;
    setup(&house, "").await;
    // A topic of the same group: all of its members read it.
    press(&house, "-100/5", "Review suggestions here").await;
    let said = press(&house, "-100", "Ask a moderator: switch on").await;
    assert!(said[0].contains("a group of its own"), "{said:?}");
    asks(&house, "-100", false, SpaceAsk::Help).await;
    assert_eq!(last(&house).2, Vec::<String>::new(), "no button");
    assert!(note(&asks(&house, "-100", false, SpaceAsk::Press("g.ask".to_owned())).await).contains("not switched on"));
}

#[tokio::test]
async fn whoever_is_on_duty_is_told_of_only_while_it_is_true() {
    let house = open_to_asks().await;
    does(&house, "m1", SpaceAsk::Queue).await;
    let (chat, text, tokens) = last(&house);
    assert!(chat == ROOM && text.contains("Open: 0. On duty: 0."), "{text}");
    assert_eq!(tokens, ["g.q.duty.on", "g.q.duty.off"]);
    presses(&house, "m1", "g.q.duty.on").await;
    presses(&house, "m1", "g.q.duty.on").await;
    presses(&house, "m2", "g.q.duty.on").await;
    assert!(last(&house).1.contains("On duty: 2."));
    presses(&house, "m2", "g.q.duty.off").await;
    assert!(last(&house).1.contains("On duty: 1."));
    let kept = serde_json::to_string(&space(&house).await).unwrap();
    assert!(!kept.contains("\"m1\"") && !kept.contains("m2"), "an account is kept as a hash only: {kept}");
    let fresh = link(&house).await;
    let said = ask_first(&house, "ada", &fresh, "Is somebody there?").await;
    assert!(said.last().unwrap().contains("Somebody there has said that they are on duty"), "{said:?}");
    house.greet("bob").await;
    let said = house.say("bob", &format!("/start {fresh}")).await;
    assert!(said[1].starts_with("Somebody there has said that they are on duty now"), "{said:?}");
    house.say("bob", "/stop").await;
    // A link that is old by now says nothing of who is there.
    house.advance(SignedDuration::from_mins(11)).await;
    let said = house.say("bob", &format!("/start {fresh}")).await;
    assert!(said[1].starts_with("Is it all right"), "{said:?}");
    house.say("bob", "/stop").await;
    house.advance(SignedDuration::from_hours(24)).await;
    let said = house.say("bob", &format!("/start {}", link(&house).await)).await;
    assert!(said[1].starts_with("Nobody there"), "it ends by itself: {said:?}");
}

#[tokio::test]
async fn nobody_took_it_for_half_a_day_and_both_sides_hear_it_once() {
    let house = open_to_asks().await;
    let link = link(&house).await;
    ask_first(&house, "ada", &link, "Is somebody there?").await;
    house.messenger.said("ada");
    said_there(&house);
    house.advance(SignedDuration::from_hours(11)).await;
    assert_eq!((house.messenger.said("ada").len(), said_there(&house)), (0, String::new()));
    house.advance(SignedDuration::from_hours(24)).await;
    let said = house.messenger.said("ada");
    let told = said.iter().filter(|text| text.contains("Nobody has taken your request 1 so far")).count();
    assert_eq!(told, 1, "{said:?}");
    assert_eq!(said_there(&house).matches("has waited for hours").count(), 1);
    house.advance(SignedDuration::from_hours(24 * 27)).await;
    assert_eq!((open_requests(&house).await, said_there(&house)), (1, String::new()));
    house.messenger.said("ada");
    house.advance(SignedDuration::from_hours(24 * 3)).await;
    assert_eq!(open_requests(&house).await, 0);
    assert!(said_there(&house).contains("was open for 30 days"));
    assert!(house.messenger.said("ada").iter().any(|text| text.contains("was open for 30 days")));
}

#[tokio::test]
async fn words_of_danger_get_the_card_first_and_are_passed_on_after_a_yes() {
    let house = open_to_asks().await;
    let link = link(&house).await;
    house.greet("ada").await;
    house.say("ada", &format!("/start {link}")).await;
    house.tap("ada", "Yes, that is all right").await;
    let grave = "I have just taken all my pills";
    let said = house.say("ada", grave).await;
    assert!(!said.iter().any(|text| text.contains("Shall I pass it on")), "{said:?}");
    house.say("ada", "/stop").await;
    house.say("ada", &format!("/start {link}")).await;
    said_there(&house);
    // Said again for moderators: whom to reach first, and then their decision.
    let said = house.say("ada", grave).await;
    let card = said.iter().position(|text| text.contains("call the emergency number now"));
    let card = card.unwrap_or_else(|| panic!("the card: {said:?}"));
    assert!(said.last().unwrap().contains("Shall I pass it on?") && card + 1 < said.len(), "{said:?}");
    assert_eq!(said_there(&house), "");
    let said = house.tap("ada", "Yes, pass it on").await;
    assert!(said.iter().any(|text| text.contains("Moderators are no help line")), "{said:?}");
    assert!(said.iter().any(|text| text.contains("112")), "{said:?}");
    let (chat, text, _) = last(&house);
    assert!(
        chat == ROOM && text.contains("I told them at once whom they can reach") && text.ends_with(grave),
        "{text}"
    );
    // Anywhere else the same words are asked about as ever.
    house.say("ada", "/stop").await;
    house.say("ada", "/start group-post").await;
    let said = house.say("ada", grave).await;
    assert!(!said.iter().any(|text| text.contains("Shall I pass it on")), "{said:?}");
}

#[tokio::test]
async fn nobody_asks_in_a_group_whose_link_they_do_not_have() {
    let house = open_to_asks().await;
    let link = link(&house).await;
    ask_first(&house, "ada", &link, "Is somebody there?").await;
    said_there(&house);
    house.greet("bob").await;
    let parts: Vec<&str> = link.split('-').collect();
    let (space, duty) = (parts[1], parts[3]);
    for forged in [format!("m-{space}-0-{duty}"), format!("m-1-1-{duty}"), format!("m-{space}-zz-n0")] {
        house.say("bob", &format!("/start {forged}")).await;
        if house.person("bob").await.1.profile.says(mendwell::domain::consent::Consent::Moderators).is_none() {
            house.tap("bob", "Yes, that is all right").await;
        }
        house.say("bob", "Let me in.").await;
        let said = house.tap("bob", "Yes, pass it on").await;
        assert!(said.last().unwrap().contains("I could not pass it on"), "{forged}: {said:?}");
    }
    for nonsense in ["m-", "m-1", "m-1-1", "m-1-1-x9", "m-1-1-y", "m-1-1-y-1", "m-zzzzzzzzzzzzzzzzzz-1-y1"] {
        house.say("bob", &format!("/start {nonsense}")).await;
        house.say("bob", "/stop").await;
    }
    assert_eq!(said_there(&house), "");
    assert!(house.person("bob").await.1.profile.asking.unwrap().open.is_empty());
}

#[tokio::test]
async fn a_flood_ends_at_ten_a_day_and_fifty_requests_are_many() {
    let house = open_to_asks().await;
    let link = link(&house).await;
    ask_first(&house, "ada", &link, "One.").await;
    for _ in 0..9 {
        ask_again(&house, "ada", &link, "More.").await;
    }
    assert_eq!(open_requests(&house).await, 1, "one person has one request in a group");
    assert_eq!(space(&house).await.supporters.unwrap().requests[&1].words.len(), 3, "of many words the newest stay");
    said_there(&house);
    let said = ask_again(&house, "ada", &link, "Too much.").await;
    assert!(said.last().unwrap().contains("10 messages to moderators within a day"), "{said:?}");
    assert_eq!(said_there(&house), "");
    for number in 2..=50 {
        ask_first(&house, &format!("member{number}"), &link, "Me too.").await;
    }
    let said = ask_first(&house, "late", &link, "And me.").await;
    assert!(said.last().unwrap().contains("very many requests are open"), "{said:?}");
    assert_eq!(open_requests(&house).await, 50);
    does(&house, "m1", SpaceAsk::Queue).await;
    assert_eq!(last(&house).2.len(), 12, "a page has room for ten of them");
}

#[tokio::test]
async fn who_forgets_takes_back_or_says_settled_closes_it_and_moderators_hear_why() {
    let house = open_to_asks().await;
    let link = link(&house).await;
    for (person, number) in [("ada", 1), ("bob", 2), ("cleo", 3)] {
        ask_first(&house, person, &link, "A canary of mine.").await;
        presses(&house, "m1", &format!("g.q.take.{number}")).await;
    }
    said_there(&house);
    house.say("ada", "/forget").await;
    house.tap("ada", "Delete everything").await;
    assert!(said_there(&house).contains("Request 1: whoever asked had everything of theirs deleted"));
    house.say("bob", "/privacy").await;
    house.tap("bob", "Nothing more to them").await;
    assert!(said_there(&house).contains("Request 2: they took it back"));
    answers(&house, "m1", "3 Hello.").await;
    said_there(&house);
    house.tap("cleo", "It is settled").await;
    assert!(said_there(&house).contains("Request 3: they say that it is settled"));
    let kept = serde_json::to_string(&space(&house).await).unwrap();
    assert!(!kept.contains("canary"), "with a request its words go: {kept}");
    for number in 1..=3 {
        assert!(note(&answers(&house, "m1", &format!("{number} Hello.")).await).contains("no open request"));
    }
    // With their yes back they begin anew.
    let said = ask_first_again(&house, "bob", &link).await;
    assert!(said.last().unwrap().contains("as request 4"), "{said:?}");
}

async fn ask_first_again(house: &House, person: &str, link: &str) -> Vec<String> {
    house.say(person, "/stop").await;
    house.say(person, &format!("/start {link}")).await;
    house.tap(person, "Yes, that is all right").await;
    house.say(person, "Once more.").await;
    house.tap(person, "Yes, pass it on").await
}

#[tokio::test]
async fn switched_off_or_put_out_every_request_ends_and_is_told() {
    for is_out in [false, true] {
        let house = open_to_asks().await;
        let link = link(&house).await;
        ask_first(&house, "ada", &link, "Is somebody there?").await;
        if is_out {
            asks(&house, "-100", true, SpaceAsk::Removed).await;
        } else {
            setup(&house, "").await;
            press(&house, "-100", "Ask a moderator: switch off").await;
        }
        let said = house.messenger.said("ada");
        assert!(said.iter().any(|text| text.contains("does not take requests any more")), "{said:?}");
        assert_eq!(open_requests(&house).await, 0);
        let said = ask_again(&house, "ada", &link, "And now?").await;
        assert!(said.last().unwrap().contains("I could not pass it on"), "{said:?}");
        assert!(house.person("ada").await.1.profile.asking.unwrap().open.is_empty());
    }
}

#[tokio::test]
async fn a_room_that_is_gone_takes_no_requests_until_there_is_another() {
    let house = open_to_asks().await;
    let link = link(&house).await;
    house.messenger.script(GROUP, [Script::End(Outcome::NotSent(NotSent::Gone))]);
    ask_first(&house, "ada", &link, "Is somebody there?").await;
    house.settle().await;
    assert_eq!(space(&house).await.review, None);
    let said = ask_again(&house, "ada", &link, "Still?").await;
    assert!(said.last().unwrap().contains("I could not pass it on"), "{said:?}");
    assert_eq!(open_requests(&house).await, 1, "what came before is not lost");
    // Moderators choose another room, and find it there.
    setup(&house, "").await;
    press(&house, "-300", "Review suggestions here").await;
    with_rights(&house, "-300", "m1", true, &[], SpaceAsk::Press("g.q.show.1".to_owned())).await;
    let (chat, text, _) = last(&house);
    assert!(chat == "-300" && text.ends_with("Is somebody there?"), "{text}");
    let said = ask_again(&house, "ada", &link, "Once more.").await;
    assert!(said.last().unwrap().contains("to request 1"), "{said:?}");
}
