//! `/hide`: what was said lately goes from the chat as far as the platform lets the bot, one line stays that says nothing,
//! and the question that was open comes again.

use jiff::SignedDuration;
use mendwell::domain::event::{Address, Body, Platform, Source};
use mendwell::domain::message::{RichText, View};
use mendwell::service::ports::{Clock, Delivery, Item, Messenger, NotSent, Outcome};

use crate::fake_discord::route::Route;
use crate::fake_telegram::FakeTelegram;
use crate::fake_telegram::faults::{Fault, Scope};
use crate::fake_telegram::ledger::Request;
use crate::fake_telegram::method::Method;
use crate::link::link;
use crate::support::discord::DiscordHouse;
use crate::support::telegram::TelegramHouse;
use crate::support::{House, address, patiently, small_library_with};
use crate::telegram_messenger::{CHAT, bot, delivery};

const ADA: i64 = 1001;
const DONE: &str = "Done. What is older than two days stays until you delete it here yourself.";
const KEPT: &str = "Done, as far as this app lets me. What is left stays until you delete it here yourself.";
const DONE_OWN: &str = "Done, for my side of the last two days. What you wrote, and what is older, stays until you delete \
                        it here yourself.";

const TICKS: &str = r#"
format = 1
id     = "menu"
title  = "Menu"
lang   = "en"

[[step]]
id      = "which"
ask     = "many"
text    = "Which?"
options = [{ key = "tea", label = "Tea" }, { key = "cake", label = "Cake" }]
"#;

/// Every text that stands in a chat, whoever wrote it.
fn stands(house: &TelegramHouse) -> Vec<String> {
    house.fake.messages(ADA).into_iter().map(|message| message.text).collect()
}

fn calls(house: &TelegramHouse, method: Method) -> usize {
    house.fake.requests().iter().filter(|request| request.method == method.name()).count()
}

/// Moves both clocks.
fn pass(house: &TelegramHouse, length: SignedDuration) {
    house.pass(length);
    house.fake.set_date(house.clock.now().as_second());
}

#[tokio::test]
async fn on_telegram_both_sides_go_and_the_question_comes_again() {
    let house = TelegramHouse::new().await;
    let ada = house.welcome(ADA).await;
    ada.say("/menu");
    house.sees(ADA, "What now?").await;
    ada.tap("The long one");
    house.sees(ADA, "First?").await;
    ada.say("a robin");
    house.sees(ADA, "Second?").await;
    ada.sticker();
    house.sees(ADA, "only read words").await;
    assert!(house.fake.messages(ADA).len() > 8);

    ada.say("/hide");
    house.sees(ADA, DONE).await;
    house.settle().await;
    assert_eq!(stands(&house), [DONE]);
    // Nothing is answered that nobody sees.
    ada.say("a wren");
    let again = house.sees(ADA, "Second?").await;
    ada.say("a tit");
    house.sees(ADA, "Third?").await;
    assert!(again.id > 0 && calls(&house, Method::DeleteMessages) == 1);
    // The line itself goes with the next time.
    ada.say("/hide");
    house.sees(ADA, DONE).await;
    house.settle().await;
    assert_eq!(stands(&house), [DONE]);
}

#[tokio::test]
async fn what_is_older_than_two_days_is_not_asked_for() {
    let house = TelegramHouse::new().await;
    let ada = house.welcome(ADA).await;
    let old = stands(&house);
    pass(&house, SignedDuration::from_hours(48));
    ada.say("/help");
    house.sees(ADA, "This is what I understand").await;
    house.settle().await;
    ada.say("/hide");
    house.sees(ADA, DONE).await;
    house.settle().await;
    assert_eq!(stands(&house), [old, vec![DONE.to_owned()]].concat());
    assert_eq!(calls(&house, Method::DeleteMessage), 0, "nothing was refused");
    assert!(house.store().said_prune(house.clock.now()).await.unwrap() > 0);
    assert_eq!(house.store().said_prune(house.clock.now()).await.unwrap(), 0);
}

#[tokio::test]
async fn what_telegram_keeps_stays_and_is_told() {
    let house = TelegramHouse::new().await;
    // Written before the platform's two days, by a clock that is not the bot's.
    house.fake.set_date(house.clock.now().as_second() - 49 * 3_600);
    let ada = house.fake.user(ADA);
    ada.say("/start");
    let old = house.sees(ADA, "What may I call you?").await;
    house.settle().await;
    house.fake.set_date(house.clock.now().as_second());
    ada.say("/hide");
    house.sees(ADA, KEPT).await;
    house.settle().await;
    assert!(stands(&house).contains(&old.text) && !stands(&house).contains(&"/hide".to_owned()));
    assert!(calls(&house, Method::DeleteMessage) > 1, "one by one, after all of them were refused");
}

#[tokio::test]
async fn a_deletion_is_tried_again_after_a_failure_and_a_kill_and_more_than_a_hundred_go_in_turns() {
    let mut house = TelegramHouse::new().await;
    let ada = house.welcome(ADA).await;
    for _ in 0..60 {
        ada.say("/nonsense");
    }
    house.settle().await;
    let before = house.fake.messages(ADA).len();
    assert!(before > 120, "{before}");
    house.fake.fail(Scope::Only(Method::DeleteMessages), Fault::ServerError { status: 502 }, usize::MAX);
    ada.say("/hide");
    house
        .fake
        .wait_for(|world| (world.pending_updates() == 0).then_some(()), std::time::Duration::from_secs(20))
        .await
        .unwrap();
    let is_tried = |request: &Request| request.method == Method::DeleteMessages.name();
    house.in_time(|world| world.requests().iter().any(is_tried).then_some(())).await;
    assert_eq!(house.fake.messages(ADA).len(), before + 1, "nothing is said before it is done");
    house.kill().await;
    house.fake.clear_faults();
    house.open().await;
    house.sees(ADA, DONE).await;
    house.settle().await;
    assert_eq!(stands(&house), [DONE]);
    assert!(calls(&house, Method::DeleteMessages) >= 3);
}

#[tokio::test]
async fn all_parts_of_a_long_message_go_and_nothing_in_a_group() {
    let fake = FakeTelegram::start();
    let bot = bot(&fake);
    let view = View::say(RichText::author("A line of many words.\n\n".repeat(300)));
    let long = delivery(Item::Show { session: None, turn: None, in_place: false, view });
    let Outcome::Sent(Some(place)) = bot.send(&long).await else { panic!("not sent") };
    assert_eq!(place.ids().count(), fake.messages(CHAT).len());
    assert!(place.ids().count() > 1 && place.ids().last() == Some(place.last()), "{place:?}");
    let item = Item::Remove { only: None, done: RichText::default(), kept: RichText::default() };
    let remove = Delivery { shown: Some(place), ..delivery(item) };
    assert_eq!(bot.send(&remove).await, Outcome::Sent(None));
    assert!(fake.messages(CHAT).is_empty());
    assert_eq!(bot.send(&remove).await, Outcome::Sent(None), "gone is gone");
    let to = Address { chat: "-77".to_owned(), ..remove.to.clone() };
    assert_eq!(bot.send(&Delivery { to, ..remove }).await, Outcome::NotSent(NotSent::Rejected));
    assert_eq!(fake.breaches(), []);
}

#[tokio::test]
async fn on_discord_only_the_bots_own_go_and_the_line_says_so() {
    let house = DiscordHouse::new().await;
    let ada = house.welcome(501).await;
    ada.slash("menu", &[]);
    house.sees(&ada, "What now?").await;
    ada.tap("The long one");
    house.sees(&ada, "First?").await;
    ada.say("a robin");
    house.sees(&ada, "Second?").await;
    house.settle().await;
    ada.slash("hide", &[]);
    house.in_time(|world| world.said(ada.channel).last().is_some_and(|text| *text == DONE_OWN).then_some(())).await;
    assert_eq!(house.said(&ada), [DONE_OWN]);
    let own: Vec<String> = house.fake.look(|world| {
        world.messages(ada.channel).filter(|message| message.from.is_some()).map(|m| m.content.clone()).collect()
    });
    assert_eq!(own, ["Ada", "a robin"], "theirs stay");
    let deleted = house.fake.requests().iter().filter(|request| request.route == Some(Route::DeleteMessage)).count();
    assert!(deleted >= 4, "{deleted}");
    ada.say("a wren");
    house.sees(&ada, "Second?").await;
}

#[tokio::test]
async fn on_discord_what_is_older_than_two_days_stays() {
    let house = DiscordHouse::new().await;
    let ada = house.welcome(501).await;
    let old = house.said(&ada);
    house.pass(SignedDuration::from_hours(49));
    ada.slash("help", &[]);
    house.sees(&ada, "This is what I understand").await;
    ada.slash("hide", &[]);
    house.in_time(|world| world.said(ada.channel).last().is_some_and(|text| *text == DONE_OWN).then_some(())).await;
    assert_eq!(house.said(&ada), [old, vec![DONE_OWN.to_owned()]].concat());
}

/// What the item of the last `/hide` is to delete.
fn removed(house: &House, account: &str) -> Vec<String> {
    let attempts = house.messenger.attempts(account);
    let last = attempts.iter().rev().find(|attempt| matches!(attempt.item, Item::Remove { .. })).expect("a removal");
    last.shown.iter().flat_map(|place| place.ids().map(str::to_owned).collect::<Vec<_>>()).collect()
}

#[tokio::test]
async fn a_joined_account_brings_what_it_remembers_and_a_parted_one_takes_it_away() {
    let house = House::new().await;
    house.messenger.has_places();
    house.welcome("ada@dc").await;
    house.welcome("ada").await;
    link(&house, "ada@dc", "ada").await;
    house.tap("ada", "Telegram").await;
    house.say("ada", "/hide").await;
    let shown = house.messenger.attempts("ada").iter().filter(|a| matches!(a.item, Item::Show { .. })).count();
    assert_eq!(removed(&house, "ada").len(), shown, "from before they were one as well");
    // On Discord the messages are found where they stand.
    house.say("ada@dc", "/hide").await;
    assert_eq!(removed(&house, "ada@dc"), [""; 0]);

    house.say("ada", "/unlink").await;
    house.tap("ada", "Disconnect it").await;
    house.say("ada", "/hide").await;
    let after = removed(&house, "ada");
    assert!(after.len() < 3, "what was said to another person is none of theirs: {after:?}");
    let (person, _) = house.person("ada@dc").await;
    let left = house.store().said_recent(person, Platform::Telegram, house.clock.now()).await.unwrap();
    assert_eq!(left, [""; 0]);
}

#[tokio::test]
async fn a_message_that_is_redrawn_is_remembered_once_and_a_terminal_takes_nothing_back() {
    let mut house = House::closed(small_library_with("menu", TICKS));
    house.open().await;
    house.messenger.has_places();
    house.welcome("ada").await;
    house.say("ada", "/menu").await;
    for label in ["Tea", "Cake", "Tea"] {
        house.tap("ada", label).await;
    }
    let shows = house.messenger.attempts("ada").into_iter().filter(|a| matches!(a.item, Item::Show { .. }));
    let anew = shows.clone().filter(|attempt| matches!(attempt.item, Item::Show { in_place: false, .. }));
    assert_eq!((shows.count(), anew.clone().count()), (7, 4));
    house.say("ada", "/hide").await;
    assert_eq!(removed(&house, "ada").len(), 4);
    let later = house.clock.now() + SignedDuration::from_hours(50);
    assert_eq!(house.store().said_prune(later).await.unwrap(), 5, "those, and the line that stays");

    let mut event = house.event("eve", Body::from_typed("/hide"));
    let mut to = address("eve");
    to.platform = Platform::Console;
    event.source = Source::Address(to);
    house.handle(event).await;
    house.settle().await;
    let said = house.messenger.said("eve");
    assert!(said[0].starts_with("A terminal keeps what it has shown"), "{said:?}");
}

#[tokio::test]
async fn what_arrived_a_moment_before_goes_as_well() {
    let house = House::new().await;
    house.messenger.has_places();
    house.welcome("ada").await;
    // In one commit, so that the answer to the first goes right before what deletes it.
    let mut answers = Vec::new();
    for words in ["/help", "/help", "/hide"] {
        answers.push(house.submit(house.event("ada", Body::from_typed(words))).await);
    }
    for answer in answers {
        patiently(answer).await.unwrap();
    }
    house.settle().await;
    let attempts = house.messenger.attempts("ada");
    let shows = attempts.iter().filter(|attempt| matches!(attempt.item, Item::Show { .. })).count();
    assert_eq!(removed(&house, "ada").len(), shows);
}
