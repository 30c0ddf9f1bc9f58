//! Each way in which a request can end, and what the messenger makes of it.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use mendwell::domain::event::{Address, Platform};
use mendwell::domain::ids::{OutboxId, SessionId};
use mendwell::domain::message::{Choice, ChoiceRole, Piece, RichText, View, ViewKind};
use mendwell::domain::secret::Secret;
use mendwell::domain::text::UserText;
use mendwell::service::ports::{Class, Delivery, FileKind, Item, Messenger, NotSent, Outcome, Place};
use mendwell::telegram::messenger::TelegramMessenger;
use mendwell::telegram::{Options, Telegram, Timeouts};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::fake_telegram::faults::{Fault, Scope};
use crate::fake_telegram::message::Kind;
use crate::fake_telegram::method::Method;
use crate::fake_telegram::{FakeTelegram, TOKEN};
use crate::support::clock::ManualClock;
use crate::support::{MONDAY_NINE, patiently};

pub(crate) const CHAT: i64 = 42;
const PATIENCE: Duration = Duration::from_secs(20);

fn messenger(url: String, call: Duration) -> Arc<TelegramMessenger> {
    let clock = Arc::new(ManualClock::at(MONDAY_NINE.parse().unwrap()));
    let options = Options {
        token: Secret::new(TOKEN),
        api_url: url,
        messages_per_second: None,
        webhook: None,
        timeouts: Timeouts { call, ..Timeouts::default() },
    };
    Telegram::new(options, clock).unwrap().messenger()
}

pub(crate) fn bot(fake: &FakeTelegram) -> Arc<TelegramMessenger> {
    fake.user(CHAT);
    messenger(fake.url(), PATIENCE)
}

pub(crate) fn delivery(item: Item) -> Delivery {
    Delivery {
        id: OutboxId(1),
        to: Address { platform: Platform::Telegram, account: CHAT.to_string(), chat: CHAT.to_string() },
        class: Class::Reply,
        attempts: 0,
        shown: None,
        silent: false,
        item,
    }
}

fn show(body: &str, in_place: bool) -> Item {
    let choice = Choice { label: "Yes".to_owned(), token: "1.a.1.x".to_owned(), role: ChoiceRole::Answer };
    let view = View {
        body: RichText::author(body),
        kind: ViewKind::Choice,
        choices: vec![choice],
        language: Default::default(),
    };
    Item::Show { session: Some(SessionId(1)), turn: Some(1), in_place, view }
}

async fn send(bot: &TelegramMessenger, item: Item) -> Outcome {
    patiently(bot.send(&delivery(item))).await
}

#[tokio::test]
async fn every_ending_has_its_outcome() {
    let fake = FakeTelegram::start();
    let bot = bot(&fake);
    let answer = |status, body: &str| Fault::Answer { status, body: body.to_owned() };
    let wait = |seconds| Outcome::NotSent(NotSent::Wait(SignedDuration::from_secs(seconds)));
    let no = |code: u16, words: &str| {
        answer(code, &format!(r#"{{"ok":false,"error_code":{code},"description":"{words}"}}"#))
    };
    let endings = [
        (Fault::TooManyRequests { retry_after: 7 }, wait(7)),
        // Nobody is told to wait for longer than a day, or for less than nothing.
        (Fault::TooManyRequests { retry_after: 1_000_000_000 }, wait(86_400)),
        (answer(429, r#"{"ok":false,"error_code":429,"parameters":{"retry_after":-5}}"#), wait(0)),
        (answer(429, r#"{"ok":false,"error_code":429,"description":"No"}"#), wait(5)),
        (Fault::ServerError { status: 502 }, Outcome::Unknown),
        (no(500, "Internal Server Error"), Outcome::Unknown),
        (Fault::CutBefore, Outcome::Unknown),
        (Fault::CutAfter { bytes: 0 }, Outcome::Unknown),
        (answer(200, "<html>"), Outcome::Unknown),
        (answer(200, ""), Outcome::Unknown),
        (answer(404, "<html>"), Outcome::NotSent(NotSent::Retry)),
        (no(404, "Not Found"), Outcome::NotSent(NotSent::Retry)),
        (no(401, "Unauthorized"), Outcome::NotSent(NotSent::Retry)),
        (no(403, "Forbidden: bot was blocked by the user"), Outcome::NotSent(NotSent::Gone)),
        (no(403, "Forbidden: user is deactivated"), Outcome::NotSent(NotSent::Gone)),
        (no(400, "Bad Request: chat not found"), Outcome::NotSent(NotSent::Gone)),
        (no(400, "Bad Request: can't parse entities"), Outcome::NotSent(NotSent::Rejected)),
        (no(413, "Request Entity Too Large"), Outcome::NotSent(NotSent::Rejected)),
        (answer(200, r#"{"ok":true,"result":{"message_id":"five"}}"#), Outcome::Sent(None)),
        (answer(200, r#"{"ok":true}"#), Outcome::Sent(None)),
    ];
    for (fault, outcome) in endings {
        fake.fail(Scope::Only(Method::SendMessage), fault.clone(), 1);
        assert_eq!(send(&bot, show("Hello?", false)).await, outcome, "{fault:?}");
        fake.clear_faults();
    }
    assert!(matches!(send(&bot, show("Hello?", false)).await, Outcome::Sent(Some(_))));
    assert_eq!(fake.breaches(), []);
}

#[tokio::test]
async fn an_answer_cut_at_any_byte_is_sent_or_unknown_and_never_lost() {
    let fake = FakeTelegram::start();
    let bot = bot(&fake);
    let (mut unknown, mut taken) = (0, 0);
    for bytes in (0..400).step_by(7) {
        let before = fake.messages(CHAT).len();
        fake.fail(Scope::Only(Method::SendMessage), Fault::CutAfter { bytes }, 1);
        match send(&bot, show("Hello?", false)).await {
            Outcome::Unknown => unknown += 1,
            Outcome::Sent(_) => taken += 1,
            Outcome::NotSent(why) => panic!("cut at {bytes}: it was sent, and is called {why:?}"),
        }
        assert_eq!(fake.messages(CHAT).len(), before + 1);
    }
    assert!(unknown > 3 && taken > 3, "{unknown} unknown, {taken} taken");
    assert_eq!(fake.breaches(), []);
}

#[tokio::test]
async fn a_platform_that_is_not_there_was_sent_nothing() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let bot = messenger(url, PATIENCE);
    assert_eq!(send(&bot, show("Hello?", false)).await, Outcome::NotSent(NotSent::Retry));
}

/// The address of a request has the token in it, and its body what people wrote.
#[tokio::test]
async fn nobody_is_sent_to_another_machine() {
    let other = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let elsewhere = other.local_addr().unwrap();
    let here = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let bot = messenger(format!("http://{}", here.local_addr().unwrap()), PATIENCE);
    let answers = async {
        for status in ["301 Moved", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
            let (mut connection, _) = here.accept().await.unwrap();
            let mut request = vec![0; 64 * 1024];
            assert!(connection.read(&mut request).await.unwrap() > 0);
            let answer = format!(
                "HTTP/1.1 {status}\r\nLocation: http://{elsewhere}/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            );
            connection.write_all(answer.as_bytes()).await.unwrap();
        }
    };
    let sends = async {
        for _ in 0..4 {
            assert_eq!(send(&bot, show("Hello?", false)).await, Outcome::Unknown);
        }
    };
    tokio::select! {
        ((), ()) = async { tokio::join!(answers, sends) } => {}
        _ = other.accept() => panic!("it went where it was sent"),
    }
}

#[tokio::test]
async fn no_address_in_a_message_is_looked_up_by_the_platform() {
    let fake = FakeTelegram::start();
    let bot = bot(&fake);
    let item = |words: &str| show(&format!("https://a.example {words}"), true);
    let Outcome::Sent(at) = send(&bot, item("1")).await else { panic!() };
    let again = Delivery { shown: at, ..delivery(item("2")) };
    assert!(matches!(patiently(bot.send(&again)).await, Outcome::Sent(Some(_))));
    let requests = fake.requests();
    assert!(requests.iter().map(|request| request.method.to_string()).eq(["sendMessage", "editMessageText"]));
    assert!(requests.iter().all(|request| request.params["link_preview_options"]["is_disabled"] == true));
}

#[tokio::test]
async fn a_connection_that_hangs_is_given_up() {
    let fake = FakeTelegram::start();
    fake.user(CHAT);
    let bot = messenger(fake.url(), Duration::from_millis(200));
    for fault in [Fault::Hang, Fault::HangApplied] {
        fake.fail(Scope::Only(Method::SendMessage), fault, 1);
        assert_eq!(send(&bot, show("Hello?", false)).await, Outcome::Unknown);
    }
    assert!(matches!(send(&bot, show("Hello?", false)).await, Outcome::Sent(Some(_))));
    assert_eq!(fake.breaches(), []);
}

#[tokio::test]
async fn a_message_is_changed_in_place_and_sent_anew_when_it_is_gone() {
    let fake = FakeTelegram::start();
    let bot = bot(&fake);
    let Outcome::Sent(Some(place)) = send(&bot, show("One?", false)).await else { panic!("not sent") };
    let redraw = |place: &str, body: &str, in_place| Delivery {
        shown: Some(Place(place.to_owned())),
        ..delivery(show(body, in_place))
    };
    for _ in 0..2 {
        // The second time the platform says that nothing changed.
        assert_eq!(patiently(bot.send(&redraw(&place.0, "Two?", true))).await, Outcome::Sent(Some(place.clone())));
    }
    assert_eq!(fake.look(|world| world.said(CHAT).join("|")), "Two?");
    let Outcome::Sent(Some(other)) = patiently(bot.send(&redraw("999", "Three?", true))).await else { panic!("lost") };
    assert_ne!(other, place);
    // Shown again further down, the old place loses its buttons.
    let Outcome::Sent(Some(third)) = patiently(bot.send(&redraw(&other.0, "Three?", false))).await else {
        panic!("lost")
    };
    assert_ne!(third, other);
    let messages = fake.messages(CHAT);
    let buttons: Vec<bool> = messages.iter().map(|message| !message.keyboard.is_empty()).collect();
    assert_eq!(buttons, [true, false, true]);
    let freeze = |chosen: Option<&str>| Item::Freeze {
        session: SessionId(1),
        turn: 1,
        body: RichText::author("*Three*?"),
        chosen: chosen.map(UserText::from),
    };
    let at = |place: &Place, item| Delivery { shown: Some(place.clone()), ..delivery(item) };
    assert_eq!(patiently(bot.send(&at(&third, freeze(Some("Y & <b>"))))).await, Outcome::Sent(Some(third.clone())));
    assert_eq!(patiently(bot.send(&at(&place, freeze(None)))).await, Outcome::Sent(Some(place.clone())));
    assert_eq!(patiently(bot.send(&at(&Place("998".to_owned()), freeze(None)))).await, Outcome::Sent(None));
    assert_eq!(send(&bot, freeze(None)).await, Outcome::Sent(None), "nobody knows where it stands");
    assert!(fake.messages(CHAT).iter().all(|message| message.keyboard.is_empty()));
    assert!(fake.look(|world| world.said(CHAT).last().unwrap().contains("✓ Y & <b>")));
    assert_eq!(fake.breaches(), []);
}

/// Only a message that cannot be changed any more is sent anew.
#[tokio::test]
async fn every_ending_of_a_change_has_its_outcome() {
    let fake = FakeTelegram::start();
    let bot = bot(&fake);
    let no = |code: u16, words: &str| Fault::Answer {
        status: code,
        body: format!(r#"{{"ok":false,"error_code":{code},"description":"{words}"}}"#),
    };
    let wait = NotSent::Wait(SignedDuration::from_secs(7));
    let endings = [
        (Fault::TooManyRequests { retry_after: 7 }, Outcome::NotSent(wait)),
        (Fault::ServerError { status: 502 }, Outcome::Unknown),
        (Fault::CutBefore, Outcome::Unknown),
        (no(401, "Unauthorized"), Outcome::NotSent(NotSent::Retry)),
        (no(403, "Forbidden: bot was blocked by the user"), Outcome::NotSent(NotSent::Gone)),
    ];
    let Outcome::Sent(at) = send(&bot, show("One?", true)).await else { panic!("it is not sent") };
    let freeze = |chosen: Option<&str>| {
        let (body, chosen) = (RichText::author("One?"), chosen.map(UserText::from));
        Item::Freeze { session: SessionId(1), turn: 1, body, chosen }
    };
    for (fault, outcome) in endings {
        for item in [show("Two?", true), freeze(Some("Yes")), freeze(None)] {
            fake.fail(Scope::Only(Method::EditMessageText), fault.clone(), 1);
            fake.fail(Scope::Only(Method::EditMessageReplyMarkup), fault.clone(), 1);
            let delivery = Delivery { shown: at.clone(), ..delivery(item) };
            assert_eq!(patiently(bot.send(&delivery)).await, outcome, "{fault:?}");
            fake.clear_faults();
        }
    }
    for words in ["message can't be edited", "message to edit not found", "MESSAGE_ID_INVALID"] {
        let said = fake.messages(CHAT).len();
        fake.fail(Scope::Only(Method::EditMessageText), no(400, &format!("Bad Request: {words}")), 1);
        let delivery = Delivery { shown: at.clone(), ..delivery(show("Two?", true)) };
        assert!(matches!(patiently(bot.send(&delivery)).await, Outcome::Sent(Some(new)) if Some(&new) != at.as_ref()));
        assert_eq!(fake.messages(CHAT).len(), said + 1, "{words}");
    }
}

#[tokio::test]
async fn what_arrived_of_a_long_message_is_not_sent_again() {
    let fake = FakeTelegram::start();
    let bot = bot(&fake);
    let words = (0..2_000).map(|n| n.to_string()).collect::<Vec<_>>().join(" ");
    let view = View::say(RichText(vec![Piece::Person(UserText::new(words.clone()))]));
    let item = Item::Show { session: None, turn: None, in_place: false, view };
    fake.set_latency(Duration::from_millis(60));
    let first = async { send(&bot, item.clone()).await };
    let fault = async {
        fake.wait_for(|world| (world.said(CHAT).len() == 1).then_some(()), PATIENCE).await.unwrap();
        fake.fail(Scope::Only(Method::SendMessage), Fault::TooManyRequests { retry_after: 1 }, 1);
    };
    let (outcome, ()) = tokio::join!(first, fault);
    assert!(matches!(outcome, Outcome::NotSent(NotSent::Wait(_))));
    assert!(matches!(send(&bot, item).await, Outcome::Sent(Some(_))));
    let said = fake.look(|world| world.said(CHAT).join(" "));
    assert_eq!(said, words, "every part once, in order");
    assert!(fake.look(|world| world.said(CHAT).len()) > 2);
    assert_eq!(fake.breaches(), []);
}

#[tokio::test]
async fn pictures_and_documents_come_with_their_words() {
    let fake = FakeTelegram::start();
    let bot = bot(&fake);
    let caption = format!("**A** <month>. {}", "It went on. ".repeat(150));
    let file = |kind, name: &str, caption: &str| Item::File {
        kind,
        name: name.to_owned(),
        caption: RichText::author(caption),
        alt: RichText::author("A line that goes up."),
        bytes: b"\x89PNG\r\n\x1a\n\x00\x01\xff".to_vec().into(),
    };
    let sent = send(&bot, file(FileKind::Picture, "mood.png", &caption)).await;
    assert!(matches!(sent, Outcome::Sent(Some(_))), "{sent:?} {:?}", fake.breaches());
    let silent = Delivery { silent: true, ..delivery(file(FileKind::Document, "all.json", "")) };
    assert!(matches!(patiently(bot.send(&silent)).await, Outcome::Sent(Some(_))));
    let messages = fake.messages(CHAT);
    assert_eq!(messages.iter().map(|m| m.kind).collect::<Vec<_>>(), [Kind::Photo, Kind::Text, Kind::Document]);
    assert!(messages[0].text.starts_with("A <month>.") && messages[0].text.encode_utf16().count() <= 1_024);
    assert_eq!((messages[0].is_silent, messages[2].is_silent), (false, true));
    let all = format!("{} {}", messages[0].text, messages[1].text);
    assert_eq!(all.matches("It went on.").count(), 150);
    assert_eq!(fake.breaches(), []);
}

#[tokio::test]
async fn a_picture_that_the_platform_refuses_is_told_in_words() {
    let fake = FakeTelegram::start();
    let bot = bot(&fake);
    let item = Item::File {
        kind: FileKind::Picture,
        name: "mood.png".to_owned(),
        caption: RichText::author("Your week."),
        alt: RichText::author("Monday 2, Tuesday 3."),
        bytes: b"no picture".to_vec().into(),
    };
    assert!(matches!(send(&bot, item).await, Outcome::Sent(Some(_))));
    assert_eq!(fake.look(|world| world.said(CHAT).join("|")), "Your week.|Monday 2, Tuesday 3.");
}

#[tokio::test]
async fn a_group_that_moved_is_followed() {
    let fake = FakeTelegram::start();
    let bot = bot(&fake);
    let ada = fake.user(CHAT);
    let group = fake.group(-5, "Friends");
    group.add_bot(&ada);
    let moved = group.migrate(&ada);
    let to = Address { platform: Platform::Telegram, account: "-5".to_owned(), chat: "-5".to_owned() };
    for _ in 0..2 {
        let delivery = Delivery { to: to.clone(), ..delivery(show("Hello?", false)) };
        assert!(matches!(patiently(bot.send(&delivery)).await, Outcome::Sent(Some(_))));
    }
    assert_eq!(fake.look(|world| world.said(moved.id).len()), 2);
    let asked = fake.requests().iter().filter(|request| request.method == "sendMessage").count();
    assert_eq!(asked, 3, "the old chat is asked once");
    assert_eq!(fake.breaches(), []);
}

#[tokio::test]
async fn whoever_may_change_the_group_has_to_let_the_bot_write() {
    let fake = FakeTelegram::start();
    let bot = bot(&fake);
    let to = |chat: &str| Address { platform: Platform::Telegram, account: "g-5".to_owned(), chat: chat.to_owned() };
    let endings = [
        ("-5", "not enough rights to send text messages to the chat", NotSent::Gone),
        ("-5", "have no rights to send a message", NotSent::Gone),
        ("-5", "have no write access to the chat", NotSent::Gone),
        ("-5", "CHAT_WRITE_FORBIDDEN", NotSent::Gone),
        ("-5", "CHAT_RESTRICTED", NotSent::Gone),
        ("-5", "chat not found", NotSent::Gone),
        ("-5/9", "message thread not found", NotSent::Gone),
        ("-5/9", "TOPIC_CLOSED", NotSent::Gone),
        ("-5/9", "TOPIC_DELETED", NotSent::Gone),
        ("-5", "message is too long", NotSent::Rejected),
        ("-5/9", "BUTTON_DATA_INVALID", NotSent::Rejected),
        // What only groups have is a mistake of ours in a private chat.
        ("42", "have no rights to send a message", NotSent::Rejected),
    ];
    for (chat, words, why) in endings {
        let body = format!(r#"{{"ok":false,"error_code":400,"description":"Bad Request: {words}"}}"#);
        fake.fail(Scope::Only(Method::SendMessage), Fault::Answer { status: 400, body }, 1);
        let delivery = Delivery { to: to(chat), ..delivery(show("Hello?", false)) };
        assert_eq!(patiently(bot.send(&delivery)).await, Outcome::NotSent(why), "{chat}: {words}");
    }
}

#[tokio::test]
async fn an_address_that_is_none_is_dropped() {
    let fake = FakeTelegram::start();
    let bot = bot(&fake);
    let to = Address { platform: Platform::Telegram, account: "x".to_owned(), chat: "x".to_owned() };
    let delivery = Delivery { to, ..delivery(show("Hello?", false)) };
    assert_eq!(patiently(bot.send(&delivery)).await, Outcome::NotSent(NotSent::Rejected));
    assert_eq!(fake.breaches(), []);
}
