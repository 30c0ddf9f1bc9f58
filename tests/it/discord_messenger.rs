//! Each way in which a request can end, and what the messenger makes of it.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use mendwell::discord::messenger::DiscordMessenger;
use mendwell::discord::{Discord, Options, Timeouts};
use mendwell::domain::event::{Address, Platform};
use mendwell::domain::ids::{OutboxId, SessionId};
use mendwell::domain::message::{Choice, ChoiceRole, Piece, RichText, View, ViewKind};
use mendwell::domain::secret::Secret;
use mendwell::domain::text::UserText;
use mendwell::service::ports::{Class, Clock, Delivery, FileKind, Item, Messenger, NotSent, Outcome, Place};

use crate::fake_discord::faults::{Fault, LimitScope, Scope};
use crate::fake_discord::people::Person;
use crate::fake_discord::route::Route;
use crate::fake_discord::{FakeDiscord, TOKEN};
use crate::support::clock::ManualClock;
use crate::support::{MONDAY_NINE, patiently};

const ADA: u64 = 501;
const PATIENCE: Duration = Duration::from_secs(20);

/// A messenger by itself, with the platform and the clock in the test's hands.
struct Bot {
    fake: FakeDiscord,
    clock: Arc<ManualClock>,
    messenger: Arc<DiscordMessenger>,
    ada: Person,
}

impl Bot {
    fn new() -> Self {
        Self::with(PATIENCE)
    }

    fn with(call: Duration) -> Self {
        let fake = FakeDiscord::start();
        let clock = Arc::new(ManualClock::at(MONDAY_NINE.parse().unwrap()));
        let messenger = messenger(fake.url(), call, &clock);
        let ada = fake.user(ADA);
        Self { fake, clock, messenger, ada }
    }

    fn delivery(&self, id: i64, item: Item) -> Delivery {
        let chat = self.ada.channel.to_string();
        Delivery {
            id: OutboxId(id),
            to: Address { platform: Platform::Discord, account: ADA.to_string(), chat },
            class: Class::Reply,
            attempts: 0,
            shown: None,
            silent: false,
            item,
        }
    }

    /// Sends, while time passes by the second.
    async fn send(&self, delivery: &Delivery) -> Outcome {
        let mut sent = std::pin::pin!(patiently(self.messenger.send(delivery)));
        loop {
            tokio::select! {
                outcome = &mut sent => return outcome,
                () = tokio::time::sleep(Duration::from_millis(20)) => self.pass(SignedDuration::from_secs(1)),
            }
        }
    }

    fn pass(&self, time: SignedDuration) {
        self.fake.advance(time.unsigned_abs());
        self.clock.set(self.clock.now().checked_add(time).unwrap());
    }

    fn said(&self) -> Vec<String> {
        self.fake.look(|world| world.said(self.ada.channel).iter().map(|text| (*text).to_owned()).collect())
    }

    fn creates(&self) -> usize {
        self.fake.requests().iter().filter(|request| request.route == Some(Route::CreateMessage)).count()
    }
}

fn messenger(url: String, call: Duration, clock: &Arc<ManualClock>) -> Arc<DiscordMessenger> {
    let options = Options {
        token: Secret::new(TOKEN),
        api_url: url,
        requests_per_second: None,
        timeouts: Timeouts { call, ..Timeouts::default() },
    };
    Discord::new(options, Arc::clone(clock) as Arc<dyn Clock>).unwrap().messenger()
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

const CREATE: Scope = Scope::Only(Route::CreateMessage);

#[tokio::test]
async fn every_ending_has_its_outcome() {
    let bot = Bot::new();
    let answer = |status, body: &str| Fault::Answer { status, body: body.to_owned() };
    let no = |status, code| Fault::Refusal { status, code };
    let wait = |seconds| Outcome::NotSent(NotSent::Wait(SignedDuration::from_secs(seconds)));
    let endings = [
        (Fault::TooManyRequests { retry_after: 7.0, scope: LimitScope::User }, wait(7)),
        (Fault::TooManyRequests { retry_after: 3.0, scope: LimitScope::Shared }, wait(3)),
        (no(400, 40_003), wait(3_600)),
        (no(403, 50_007), Outcome::NotSent(NotSent::Gone)),
        (no(403, 50_278), Outcome::NotSent(NotSent::Gone)),
        (no(404, 10_003), Outcome::NotSent(NotSent::Gone)),
        (no(400, 50_035), Outcome::NotSent(NotSent::Rejected)),
        (no(403, 50_013), Outcome::NotSent(NotSent::Rejected)),
        (no(401, 0), Outcome::NotSent(NotSent::Retry)),
        (answer(403, "<html>"), Outcome::NotSent(NotSent::Retry)),
        (answer(404, "<html>"), Outcome::NotSent(NotSent::Retry)),
        (answer(302, ""), Outcome::NotSent(NotSent::Retry)),
        // Taken, whatever else is said about it.
        (answer(200, "<html>"), Outcome::Sent(None)),
        (answer(200, ""), Outcome::Sent(None)),
        (answer(200, r#"{"id":5}"#), Outcome::Sent(None)),
    ];
    for (number, (fault, outcome)) in (1..).zip(endings) {
        bot.fake.fail(CREATE, fault.clone(), 1);
        assert_eq!(bot.send(&bot.delivery(number, show("Hello?", false))).await, outcome, "{fault:?}");
        bot.fake.clear_faults();
    }
    assert!(matches!(bot.send(&bot.delivery(99, show("Hello?", false))).await, Outcome::Sent(Some(_))));
    bot.ada.block();
    assert_eq!(bot.send(&bot.delivery(100, show("Hello?", false))).await, Outcome::NotSent(NotSent::Gone));
}

#[tokio::test]
async fn access_that_is_denied_gets_one_more_try() {
    let bot = Bot::new();
    let delivery = bot.delivery(1, show("Hello?", false));
    bot.fake.fail(CREATE, Fault::Refusal { status: 403, code: 50_001 }, 2);
    assert_eq!(bot.send(&delivery).await, Outcome::NotSent(NotSent::Away));
    assert_eq!(bot.send(&delivery).await, Outcome::NotSent(NotSent::Gone));
    bot.fake.fail(CREATE, Fault::Refusal { status: 403, code: 50_001 }, 1);
    assert_eq!(bot.send(&delivery).await, Outcome::NotSent(NotSent::Away));
    assert!(matches!(bot.send(&delivery).await, Outcome::Sent(Some(_))), "it had passed");
}

#[tokio::test]
async fn what_is_tried_again_under_its_name_arrives_once() {
    let bot = Bot::with(Duration::from_millis(200));
    let faults = [
        Fault::HangApplied,
        Fault::CutAfter { bytes: 0 },
        Fault::CutAfter { bytes: 40 },
        Fault::AnswerApplied { status: 502, body: String::new() },
        Fault::Hang,
        Fault::CutBefore,
        Fault::ServerError { status: 503 },
    ];
    for (number, fault) in (1..).zip(faults) {
        let before = bot.said().len();
        bot.fake.fail(CREATE, fault.clone(), 2);
        let sent = bot.send(&bot.delivery(number, show("Hello?", false))).await;
        assert!(matches!(sent, Outcome::Sent(_)), "{fault:?}: {sent:?}");
        assert_eq!(bot.said().len(), before + 1, "{fault:?}");
        bot.fake.clear_faults();
    }
    bot.fake.fail(CREATE, Fault::ServerError { status: 503 }, 3);
    assert_eq!(bot.send(&bot.delivery(50, show("Hello?", false))).await, Outcome::Unknown, "three times and no more");
}

#[tokio::test]
async fn an_answer_cut_at_any_byte_is_sent_and_never_twice() {
    let bot = Bot::new();
    for bytes in (0..600).step_by(23) {
        let before = bot.said().len();
        bot.fake.fail(CREATE, Fault::CutAfter { bytes }, 1);
        let id = i64::try_from(bytes).unwrap() + 1;
        let sent = bot.send(&bot.delivery(id, show("Hello?", false))).await;
        assert!(matches!(sent, Outcome::Sent(_)), "cut at {bytes}: {sent:?}");
        assert_eq!(bot.said().len(), before + 1, "cut at {bytes}");
    }
}

#[tokio::test]
async fn what_may_have_arrived_is_looked_for_once_its_name_is_forgotten() {
    let bot = Bot::new();
    let delivery = bot.delivery(1, show("Hello?", false));
    bot.fake.fail(CREATE, Fault::AnswerApplied { status: 502, body: String::new() }, 3);
    assert_eq!(bot.send(&delivery).await, Outcome::Unknown);
    assert_eq!(bot.said(), ["Hello?"]);
    bot.pass(SignedDuration::from_mins(30));
    let creates = bot.creates();
    let Outcome::Sent(Some(place)) = bot.send(&delivery).await else { panic!("lost") };
    let stands = bot.fake.messages(bot.ada.channel).last().unwrap().id;
    assert_eq!((place.0, bot.said().len(), bot.creates()), (stands.to_string(), 1, creates));
    // What is not found is sent, and what cannot be looked for waits.
    let delivery = bot.delivery(2, show("Hello?", false));
    bot.fake.fail(CREATE, Fault::ServerError { status: 502 }, 3);
    assert_eq!(bot.send(&delivery).await, Outcome::Unknown);
    bot.pass(SignedDuration::from_mins(30));
    bot.fake.fail(Scope::Only(Route::GetMessages), Fault::ServerError { status: 502 }, 1);
    assert_eq!(bot.send(&delivery).await, Outcome::Unknown);
    assert!(matches!(bot.send(&delivery).await, Outcome::Sent(Some(_))));
    assert_eq!(bot.said().len(), 2);
}

#[tokio::test]
async fn a_platform_that_is_not_there_was_sent_nothing() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let bot = Bot::new();
    let messenger = messenger(url, PATIENCE, &bot.clock);
    let sent = patiently(messenger.send(&bot.delivery(1, show("Hello?", false)))).await;
    assert_eq!(sent, Outcome::NotSent(NotSent::Retry));
}

#[tokio::test]
async fn a_message_is_changed_in_place_and_sent_anew_when_it_is_gone() {
    let bot = Bot::new();
    let sent = bot.send(&bot.delivery(1, show("One?", false))).await;
    let Outcome::Sent(Some(place)) = sent else { panic!("not sent: {sent:?}") };
    let redraw = |id, place: &str, body: &str, in_place| Delivery {
        shown: Some(Place(place.to_owned())),
        ..bot.delivery(id, show(body, in_place))
    };
    assert_eq!(bot.send(&redraw(2, &place.0, "Two?", true)).await, Outcome::Sent(Some(place.clone())));
    assert_eq!(bot.said(), ["Two?"]);
    bot.fake.fail(Scope::Only(Route::EditMessage), Fault::CutBefore, 1);
    assert_eq!(bot.send(&redraw(3, &place.0, "Two, then?", true)).await, Outcome::Sent(Some(place.clone())));
    let Outcome::Sent(Some(other)) = bot.send(&redraw(4, "999", "Three?", true)).await else { panic!("lost") };
    assert_ne!(other, place);
    // Shown again further down, the old place loses its buttons.
    let Outcome::Sent(Some(third)) = bot.send(&redraw(5, &other.0, "Three?", false)).await else { panic!("lost") };
    assert_ne!(third, other);
    let has_buttons = |bot: &Bot| -> Vec<bool> {
        bot.fake.messages(bot.ada.channel).iter().map(|message| !message.rows.is_empty()).collect()
    };
    assert_eq!(has_buttons(&bot), [true, false, true]);
    let freeze = |chosen: Option<&str>| Item::Freeze {
        session: SessionId(1),
        turn: 1,
        body: RichText::author("*Three*?"),
        chosen: chosen.map(Into::into),
    };
    let at = |id, place: &Place, item| Delivery { shown: Some(place.clone()), ..bot.delivery(id, item) };
    assert_eq!(bot.send(&at(6, &third, freeze(Some("Y & @here")))).await, Outcome::Sent(Some(third.clone())));
    assert_eq!(bot.send(&at(7, &place, freeze(None))).await, Outcome::Sent(Some(place.clone())));
    assert_eq!(bot.send(&at(8, &Place("998".to_owned()), freeze(None))).await, Outcome::Sent(None));
    assert_eq!(bot.send(&bot.delivery(9, freeze(None))).await, Outcome::Sent(None), "nobody knows where it stands");
    assert!(has_buttons(&bot).iter().all(|has| !has));
    assert!(bot.said().last().unwrap().contains("✓"));
}

#[tokio::test]
async fn what_arrived_of_a_long_message_is_not_sent_again() {
    let bot = Bot::new();
    let words = (0..2_000).map(|n| n.to_string()).collect::<Vec<_>>().join(" ");
    let view = View::say(RichText(vec![Piece::Person(UserText::new(words.clone()))]));
    let delivery = bot.delivery(1, Item::Show { session: None, turn: None, in_place: false, view });
    bot.fake.set_latency(Duration::from_millis(60));
    let first = async { patiently(bot.messenger.send(&delivery)).await };
    let fault = async {
        bot.fake.wait_for(|world| (world.said(bot.ada.channel).len() == 1).then_some(()), PATIENCE).await.unwrap();
        bot.fake.fail(CREATE, Fault::TooManyRequests { retry_after: 1.0, scope: LimitScope::User }, 1);
    };
    let (outcome, ()) = tokio::join!(first, fault);
    assert!(matches!(outcome, Outcome::NotSent(NotSent::Wait(_))), "{outcome:?}");
    assert!(matches!(bot.send(&delivery).await, Outcome::Sent(Some(_))));
    assert_eq!(bot.said().join(" "), words, "every part once, in order");
    assert!(bot.said().len() > 2);
}

#[tokio::test]
async fn pictures_and_documents_come_with_their_words() {
    let bot = Bot::new();
    let caption = format!("**A** <month>. {}", "It went on. ".repeat(250));
    let file = |kind, name: &str, caption: &str| Item::File {
        kind,
        name: name.to_owned(),
        caption: RichText::author(caption),
        alt: RichText::author("A line that goes up."),
        bytes: b"\x89PNG\r\n\x1a\n\x00\x01\xff".to_vec().into(),
    };
    let sent = bot.send(&bot.delivery(1, file(FileKind::Picture, "mood.png", &caption))).await;
    assert!(matches!(sent, Outcome::Sent(Some(_))), "{sent:?} {:?}", bot.fake.breaches());
    let silent = Delivery { silent: true, ..bot.delivery(2, file(FileKind::Document, "all.json", "")) };
    assert!(matches!(bot.send(&silent).await, Outcome::Sent(Some(_))));
    let messages = bot.fake.messages(bot.ada.channel);
    let names: Vec<_> = messages.iter().map(|m| m.attachments.first().map(|file| file.name.as_str())).collect();
    assert_eq!(names, [Some("mood.png"), None, Some("all.json")]);
    assert_eq!(messages[0].attachments[0].description.as_deref(), Some("A line that goes up."));
    let all = format!("{} {}", messages[0].content, messages[1].content);
    assert_eq!(all.matches("It went on.").count(), 250);
    // A file that the platform refuses is told in words.
    bot.fake.fail(CREATE, Fault::Refusal { status: 413, code: 40_005 }, 1);
    let sent = bot.send(&bot.delivery(3, file(FileKind::Picture, "mood.png", "Your week."))).await;
    assert!(matches!(sent, Outcome::Sent(Some(_))));
    assert_eq!(bot.said()[3..], ["Your week.", "A line that goes up."]);
}

#[tokio::test]
async fn an_address_that_is_none_is_dropped() {
    let bot = Bot::new();
    for chat in ["x", "", "1/../2", "12345678901234567890123"] {
        let to = Address { platform: Platform::Discord, account: "x".to_owned(), chat: chat.to_owned() };
        let delivery = Delivery { to, ..bot.delivery(1, show("Hello?", false)) };
        assert_eq!(bot.send(&delivery).await, Outcome::NotSent(NotSent::Rejected));
    }
}
