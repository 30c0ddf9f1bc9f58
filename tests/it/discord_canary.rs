//! Nothing that people write on Discord, nothing that says who they are and no secret gets into a log, whatever goes wrong.

use std::time::Duration;

use jiff::SignedDuration;
use mendwell::discord::{Discord, Options, Stopped, Timeouts};
use mendwell::domain::secret::Secret;
use serde_json::json;

use crate::discord_space::ADMIN;
use crate::fake_discord::faults::{Fault, LimitScope, Scope};
use crate::fake_discord::people::Person;
use crate::fake_discord::route::Route;
use crate::fake_discord::visits::GatewayFault;
use crate::fake_discord::world::World;
use crate::fake_discord::{FakeDiscord, TOKEN};
use crate::support::discord::DiscordHouse;
use crate::support::log::{self, Log, leaks};
use crate::support::{self, House};

/// What a person writes.
const WORDS: &str = "canaryinthemine";
/// What their profile says.
const NAME: &str = "Quillabeth";
/// How every person of these tests begins, and how their channels end.
const PEOPLE: &str = "774129055";
const FIRST: u64 = 774_129_055_001;
/// How the token of every interaction of the fake begins.
const INTERACTIONS: &str = "aW50ZXJhY3Rpb24";
/// From so many digits on a number is an id of the platform: of a person, a channel, a message, an interaction, the bot.
const ID_DIGITS: usize = 17;
const PATIENCE: Duration = Duration::from_secs(20);

fn secrets() -> Vec<&'static str> {
    let last = TOKEN.rsplit('.').next().unwrap();
    vec![WORDS, NAME, PEOPLE, TOKEN, last, INTERACTIONS]
}

/// The lines that hold an id of the platform.
fn ids(text: &str) -> Vec<&str> {
    let is_id = |run: &str| run.len() >= ID_DIGITS;
    text.lines().filter(|line| line.split(|c: char| !c.is_ascii_digit()).any(is_id)).collect()
}

fn is_clean(log: &Log, targets: &[&str]) {
    assert_eq!(ids(&log.text()), Vec::<&str>::new());
    log::is_clean(log, &secrets(), targets);
    tracing::debug!(message_id = 1_485_540_000_000_000_000_u64, "This must be found.");
    assert!(!ids(&log.text()).is_empty());
}

fn no(status: u16, code: u64) -> Fault {
    let body = json!({"code": code, "message": format!("No: {WORDS} for {FIRST}"), "errors": {"content": WORDS}});
    Fault::Answer { status, body: body.to_string() }
}

fn page(status: u16) -> Fault {
    Fault::Answer { status, body: format!("<html>{WORDS} {TOKEN}</html>") }
}

/// Every way in which a request can go wrong but for a token that is refused, with what was sent in the answer.
fn faults() -> Vec<Fault> {
    let codes =
        [(400, 50_035), (400, 50_006), (403, 50_007), (403, 50_001), (403, 50_278), (403, 20_012), (404, 10_003)];
    let mut faults: Vec<Fault> = codes.map(|(status, code)| no(status, code)).into();
    faults.extend([no(404, 10_008), no(404, 10_013), no(400, 40_003), no(400, 40_060), no(404, 10_062), no(500, 0)]);
    faults.extend([200, 301, 400, 403, 404, 502].map(page));
    faults.push(Fault::Answer { status: 200, body: format!("{{\"id\":\"{WORDS}\"") });
    faults.push(Fault::AnswerApplied { status: 502, body: WORDS.to_owned() });
    let scopes = [LimitScope::User, LimitScope::Shared, LimitScope::Global];
    faults.extend(scopes.map(|scope| Fault::TooManyRequests { retry_after: 2.0, scope }));
    faults.extend([Fault::CutBefore, Fault::CutAfter { bytes: 0 }, Fault::CutAfter { bytes: 130 }, Fault::HangApplied]);
    faults
}

fn small() -> DiscordHouse {
    let mut house = DiscordHouse::small();
    house.timeouts = Timeouts { call: Duration::from_millis(300), ..Timeouts::default() };
    house
}

fn somebody(house: &DiscordHouse, number: u64) -> Person {
    house.fake.user(FIRST + number).named(NAME).speaking("de")
}

/// A house in which somebody was asked what they may be called.
async fn begun() -> (DiscordHouse, Person) {
    let mut house = small();
    house.open().await;
    let ada = somebody(&house, 1);
    ada.say("/start");
    hears(&house, &ada, "call you").await;
    (house, ada)
}

/// Waits until a later request of a route has gone out, whatever became of it.
async fn is_tried(house: &DiscordHouse, before: usize, route: Route) {
    house
        .in_time(|world| world.requests()[before..].iter().any(|tried| tried.route == Some(route)).then_some(()))
        .await;
}

/// Waits until somebody was told this.
async fn hears(house: &DiscordHouse, person: &Person, words: &str) {
    let is_it = |world: &World| world.said(person.channel).last().filter(|said| said.contains(words)).map(|_| ());
    house.in_time(is_it).await;
}

#[tokio::test]
async fn messages_that_go_wrong_leave_nothing_in_the_log() {
    let log = Log::capture();
    let mut house = small();
    house.fake.fail(Scope::Only(Route::PutCommands), no(400, 50_035), 1);
    house.open().await;
    for (number, fault) in (0..).zip(faults()) {
        let person = somebody(&house, number);
        person.say("/start");
        hears(&house, &person, "call you").await;
        let before = house.fake.requests().len();
        house.fake.fail(Scope::Channel(person.channel), fault, 1);
        person.say(WORDS);
        is_tried(&house, before, Route::CreateMessage).await;
    }
    house.in_time(|world| (world.gateway().undelivered() == 0).then_some(())).await;
    assert!(house.counter("rejected_total").await > 0 && house.counter("gone_total").await > 0);
    is_clean(&log, &["mendwell::discord", "hyper_util::", "twilight_gateway"]);
}

#[tokio::test]
async fn changes_and_answers_that_go_wrong_leave_nothing_in_the_log() {
    let log = Log::capture();
    let (house, ada) = begun().await;
    ada.say(WORDS);
    hears(&house, &ada, WORDS).await;
    for fault in faults() {
        let before = house.fake.requests().len();
        house.fake.fail(Scope::Interactions, fault.clone(), 1);
        ada.slash("menu", &[]);
        is_tried(&house, before, Route::CreateMessage).await;
        hears(&house, &ada, "What now?").await;
        let before = house.fake.requests().len();
        house.fake.fail(Scope::Only(Route::EditMessage), fault, 1);
        ada.tap("Nothing");
        is_tried(&house, before, Route::EditMessage).await;
        // Also what is put off for an hour is over then.
        house.pass(SignedDuration::from_mins(61));
        support::patiently(house.service().settle()).await;
        house.fake.clear_faults();
    }
    is_clean(&log, &["mendwell::discord", "hyper_util::", "twilight_gateway"]);
}

#[tokio::test]
async fn answers_that_come_late_leave_nothing_in_the_log() {
    let log = Log::capture();
    let (mut house, ada) = begun().await;
    let asked = house.fake.messages(ada.channel).last().unwrap().id;
    for route in [Route::GetApplication, Route::CreateFollowup, Route::DeleteOriginal] {
        for fault in faults() {
            house.kill().await;
            house.open_without_writer().await;
            house.pass(SignedDuration::from_secs(6));
            let before = house.fake.requests().len();
            house.fake.fail(Scope::Only(route), fault, 1);
            let late = [ada.tap_custom_id(asked, "1.zz.1.1"), ada.slash("help", &[("what", WORDS)])];
            let is_put_off = |world: &World| {
                let answered = |id: &u64| world.requests()[before..].iter().any(|tried| tried.interaction == Some(*id));
                late.iter().all(answered).then_some(())
            };
            house.in_time(is_put_off).await;
            house.start_writer();
            is_tried(&house, before, route).await;
            house.fake.clear_faults();
        }
    }
    is_clean(&log, &["hyper_util::", "twilight_gateway"]);
}

#[tokio::test]
async fn chats_that_cannot_be_opened_leave_nothing_in_the_log() {
    let log = Log::capture();
    let mut house = small();
    house.open().await;
    let guild = house.fake.guild(1_485_540_000_000_000_007);
    for (number, fault) in (0..).zip(faults()) {
        let person = somebody(&house, number);
        let before = house.fake.requests().len();
        house.fake.fail(Scope::Only(Route::OpenDm), fault, 1);
        person.inside(&guild).slash("start", &[("what", WORDS)]);
        is_tried(&house, before, Route::OpenDm).await;
        house.in_time(|world| world.interactions().iter().all(|asked| !asked.answers.is_empty()).then_some(())).await;
        house.pass(SignedDuration::from_mins(61));
        house.fake.clear_faults();
    }
    is_clean(&log, &["mendwell::discord", "hyper_util::", "twilight_gateway"]);
}

/// Waits until everything is answered, and lets time pass until everything is sent or given up.
async fn rests(house: &DiscordHouse) {
    let is_answered = |world: &World| world.interactions().iter().all(|asked| !asked.answers.is_empty());
    house.fake.wait_for(|world| is_answered(world).then_some(()), PATIENCE).await.unwrap();
    let is_sent = async || tokio::time::timeout(Duration::from_millis(50), house.service().settle()).await.is_ok();
    for _ in 0..200 {
        house.pass(SignedDuration::from_secs(61));
        if is_sent().await {
            return;
        }
    }
    panic!("something is always on its way");
}

#[tokio::test]
async fn what_goes_wrong_in_a_server_leaves_nothing_in_the_log() {
    let log = Log::capture();
    let mut house = small();
    house.open().await;
    for (number, fault) in (0..).zip(faults()) {
        let guild = 1_485_540_000_000_000_000 + 100 * number;
        let (person, room) = (somebody(&house, number), house.fake.guild(guild));
        person.may(guild, ADMIN);
        let there = person.inside(&room);
        there.slash("setup", &[]);
        rests(&house).await;
        there.tap_custom_id(house.fake.messages(room.channel)[0].id, "g.review");
        rests(&house).await;
        for route in [Route::EditMessage, Route::CreateMessage] {
            let before = house.fake.requests().len();
            house.fake.fail(Scope::Only(route), fault.clone(), 1);
            match route {
                Route::EditMessage => there.tap_custom_id(house.fake.messages(room.channel)[0].id, "g.hour"),
                _ => there.slash("suggest", &[("question", WORDS)]),
            };
            is_tried(&house, before, route).await;
            rests(&house).await;
            house.fake.clear_faults();
        }
        there.slash("setup", &[("how", WORDS)]);
        rests(&house).await;
    }
    assert!(house.fake.requests().iter().any(|request| request.body.to_string().contains(WORDS)));
    is_clean(&log, &["mendwell::discord", "hyper_util::", "twilight_gateway"]);
}

#[tokio::test]
async fn a_past_that_cannot_be_read_leaves_nothing_in_the_log() {
    let log = Log::capture();
    let mut house = small();
    house.open().await;
    for (number, fault) in (0..).zip(faults()) {
        let person = somebody(&house, number);
        person.say("/start");
        hears(&house, &person, "call you").await;
        house.settle().await;
        house.kill().await;
        house.fake.invalidate_session(false);
        house.pass(SignedDuration::from_mins(61));
        let before = house.fake.requests().len();
        house.fake.fail(Scope::Channel(person.channel), fault, 1);
        person.say(WORDS);
        house.open().await;
        is_tried(&house, before, Route::GetMessages).await;
        house.fake.clear_faults();
    }
    is_clean(&log, &["hyper_util::", "twilight_gateway"]);
}

#[tokio::test]
async fn a_gateway_that_goes_wrong_leaves_nothing_in_the_log() {
    let log = Log::capture();
    let mut house = small();
    let elsewhere = format!(r#"{{"url":"file:///{WORDS}","shards":1}}"#);
    let calls: Vec<Fault> = faults().into_iter().chain([Fault::Answer { status: 200, body: elsewhere }]).collect();
    let connections = [
        GatewayFault::Refuse { status: 503 },
        GatewayFault::CutAfter { events: 0 },
        GatewayFault::InvalidSession { is_resumable: false },
        GatewayFault::Close(Some(4_000)),
    ];
    // A few at a time, and an hour in between: after each failure the wait is longer.
    let last = connections.iter().map(|fault| (&[][..], Some(*fault)));
    for (calls, connection) in calls.chunks(6).map(|calls| (calls, None)).chain(last) {
        for fault in calls {
            house.fake.fail(Scope::Only(Route::GetGatewayBot), fault.clone(), 1);
        }
        if let Some(fault) = connection {
            house.fake.fail_gateway(fault, 1);
        }
        house.open().await;
        house.kill().await;
        house.fake.invalidate_session(false);
        house.pass(SignedDuration::from_mins(61));
    }
    house.open().await;
    let ada = somebody(&house, 1);
    ada.say("/start");
    hears(&house, &ada, "call you").await;
    let breaks: [&dyn Fn(); 5] = [
        &|| house.fake.reconnect(),
        &|| house.fake.cut_gateway(),
        &|| house.fake.close_gateway(Some(4_000)),
        &|| house.fake.close_gateway(Some(4_009)),
        &|| house.fake.invalidate_session(false),
    ];
    for broken in breaks {
        broken();
        house.pass(SignedDuration::from_mins(10));
        ada.say(&format!("/privacy {WORDS}"));
        house
            .in_time(|world| (world.gateway().is_connected() && world.gateway().undelivered() == 0).then_some(()))
            .await;
    }
    is_clean(&log, &["mendwell::discord", "hyper_util::", "twilight_gateway"]);
}

#[tokio::test]
async fn whatever_people_send_leaves_nothing_in_the_log() {
    let log = Log::capture();
    let mut house = small();
    house.open().await;
    let ada = somebody(&house, 1);
    ada.slash("start", &[("what", WORDS)]);
    house.sees(&ada, "What may I call you?").await;
    ada.tap("Write");
    house.fake.wait_for(|world| world.modal(ada.id).map(|_| ()), PATIENCE).await.unwrap();
    ada.submit_modal(WORDS);
    house.sees(&ada, &format!("Glad you are here, {WORDS}.")).await;
    ada.submit_modal_again(WORDS);
    house.notes(&ada, WORDS).await;
    ada.say(&format!("/{WORDS}"));
    ada.say("/start long");
    house.sees(&ada, "First?").await;
    let first = ada.say(WORDS);
    house.sees(&ada, "Second?").await;
    ada.edit(first, &WORDS.repeat(2));
    ada.delete(first);
    ada.sticker();
    ada.voice();
    ada.pin();
    ada.say(&WORDS.repeat(260));
    ada.picture(WORDS);
    house.sees(&ada, "Third?").await;
    ada.say("/menu");
    let menu = house.sees(&ada, "What now?").await;
    for custom_id in [WORDS, &format!("w.{WORDS}"), &format!("c.{WORDS}"), &format!("m.{WORDS}")] {
        ada.tap_custom_id(menu.id, custom_id);
        ada.pick_values(menu.id, custom_id, &[WORDS]);
    }
    let guild = house.fake.guild(1_485_540_000_000_000_007);
    ada.inside(&guild).slash(WORDS, &[(NAME, WORDS)]);
    ada.inside(&guild).tap_custom_id(menu.id, WORDS);
    // Set apart, since there is an id and nothing else to read; passed over; and no event at all.
    let id = "1485540000000000009";
    house.fake.inject_event("MESSAGE_CREATE", &json!({"id": id, "channel_id": {}, "content": [WORDS], "author": NAME}));
    house.fake.inject_event("INTERACTION_CREATE", &json!({"id": id, "type": WORDS, "token": INTERACTIONS}));
    house.fake.inject_event("MESSAGE_UPDATE", &json!({"content": WORDS, "author": [ada.id.to_string()]}));
    house.fake.inject_event("PRESENCE_UPDATE", &json!({"user": {"id": id, "username": NAME}}));
    for frame in [format!("{{\"op\":0,\"t\":\"{WORDS}"), format!("{{\"op\":99,\"d\":\"{WORDS}\"}}"), WORDS.to_owned()] {
        house.fake.inject_frame(&frame);
    }
    house.settle().await;
    assert_eq!(house.counter("quarantined_total").await, 2);
    house.kill().await;
    house.open().await;
    ada.block();
    ada.slash("menu", &[]);
    house.settle().await;
    is_clean(&log, &["mendwell::discord", "hyper_util::", "twilight_gateway"]);
}

#[tokio::test]
async fn a_token_that_is_refused_is_not_told() {
    let log = Log::capture();
    let (house, fake) = (House::new().await, FakeDiscord::start());
    let other = TOKEN.replace("MTAwM", "MTAwN");
    fake.fail(Scope::All, no(401, 0), usize::MAX);
    for token in [other.as_str(), TOKEN] {
        let options = Options {
            token: Secret::new(token),
            api_url: fake.url(),
            requests_per_second: None,
            timeouts: Timeouts::default(),
        };
        assert_eq!(leaks(&format!("{options:?} {options:#?}"), &secrets()), Vec::<String>::new());
        let discord = Discord::new(options, house.clock.clone()).unwrap();
        let stopped = support::patiently(discord.run(house.service().clone(), 1)).await;
        assert!(matches!(stopped, Stopped::TokenRefused));
    }
    // Whether the bot says a word before it ends is a matter of luck.
    is_clean(&log, &["hyper_util::"]);
}
