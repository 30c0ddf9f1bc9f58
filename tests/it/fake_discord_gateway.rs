//! The fake of Discord's gateway, with the client that the bot uses.

use std::time::Duration;

use futures::StreamExt;
use serde_json::{Value, json};
use twilight_gateway::queue::InMemoryQueue;
use twilight_gateway::{CloseFrame, ConfigBuilder, Intents, Message, Session, Shard, ShardId};

use crate::fake_discord::gateway::DIRECT_MESSAGES;
use crate::fake_discord::visits::{Ending, GatewayFault, Opening};
use crate::fake_discord::{FakeDiscord, TOKEN};

const ADA: u64 = 501;
const PATIENCE: Duration = Duration::from_secs(20);
/// In which a bot finds out that nothing answers.
const HEARTBEAT: Duration = Duration::from_millis(100);

/// A bot's ear.
pub(crate) struct Ear(pub(crate) Shard);

impl Ear {
    pub(crate) fn of(fake: &FakeDiscord) -> Self {
        Self::with(fake, TOKEN, Intents::DIRECT_MESSAGES, None)
    }

    pub(crate) fn with(fake: &FakeDiscord, token: &str, intents: Intents, session: Option<Session>) -> Self {
        let mut config = ConfigBuilder::new(token.to_owned(), intents).proxy_url(fake.gateway_url());
        if let Some(session) = session {
            config = config.session(session);
        }
        // No pause between two sessions, which the platform asks for and a test has no time for.
        let queue = InMemoryQueue::new(0, 1_000, Duration::ZERO, 1_000);
        Self(Shard::with_config(ShardId::ONE, config.queue(queue).build()))
    }

    /// The next frame of text; None when the platform will have the bot no more.
    async fn frame(&mut self) -> Option<Value> {
        loop {
            match tokio::time::timeout(PATIENCE, self.0.next()).await.expect("nothing comes any more") {
                None => return None,
                Some(Ok(Message::Text(text))) => return Some(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(_)) | Err(_)) => {}
            }
        }
    }

    /// The next event of this name.
    pub(crate) async fn event(&mut self, name: &str) -> Value {
        self.one_of(&[name]).await.1
    }

    /// Name and content of the next event that has one of these names.
    pub(crate) async fn one_of(&mut self, names: &[&str]) -> (String, Value) {
        loop {
            let mut frame = self.frame().await.expect("the platform will have the bot no more");
            if let Some(name) = frame["t"].as_str().filter(|name| names.contains(name)) {
                return (name.to_owned(), frame["d"].take());
            }
        }
    }

    /// Keeps the connection alive meanwhile.
    pub(crate) async fn listening<T>(&mut self, other: impl Future<Output = T>) -> T {
        tokio::pin!(other);
        loop {
            tokio::select! {
                done = &mut other => return done,
                _ = self.0.next() => {}
            }
        }
    }
}

#[tokio::test]
async fn a_bot_connects_and_hears_what_people_write() {
    let fake = FakeDiscord::start();
    let ada = fake.user(ADA);
    let mut ear = Ear::of(&fake);
    let ready = ear.event("READY").await;
    assert_eq!((ready["user"]["bot"].as_bool(), ready["guilds"].as_array().map(Vec::len)), (Some(true), Some(0)));
    let id = ada.say("hello");
    let heard = ear.event("MESSAGE_CREATE").await;
    assert_eq!((heard["id"].as_str(), heard["content"].as_str()), (Some(id.to_string().as_str()), Some("hello")));
    fake.look(|world| {
        let gateway = world.gateway();
        assert_eq!((gateway.identifies(), gateway.resumes(), gateway.undelivered()), (1, 0, 0));
        let visit = &gateway.visits()[0];
        assert_eq!((visit.opening.clone(), visit.events), (Some(Opening::Identify { intents: DIRECT_MESSAGES }), 2));
        assert_eq!((visit.path.as_str(), visit.ending), ("/", None));
        assert!(gateway.is_connected());
    });
}

#[tokio::test]
async fn what_is_not_wanted_is_not_told() {
    let fake = FakeDiscord::start();
    let ada = fake.user(ADA);
    let mut ear = Ear::with(&fake, TOKEN, Intents::GUILDS, None);
    ear.event("READY").await;
    ada.say("hello");
    ada.slash("menu", &[]);
    let (name, _) = ear.one_of(&["MESSAGE_CREATE", "INTERACTION_CREATE"]).await;
    assert_eq!(name, "INTERACTION_CREATE");
}

#[tokio::test]
async fn a_bot_that_says_good_bye_is_forgotten() {
    let fake = FakeDiscord::start();
    let mut ear = Ear::of(&fake);
    ear.event("READY").await;
    ear.0.close(CloseFrame::NORMAL);
    let gone =
        fake.wait_for(|world| world.gateway().visits()[0].ending.filter(|_| !world.gateway().is_connected()), PATIENCE);
    assert_eq!(ear.listening(gone).await.unwrap(), Ending::Bot(Some(1_000)));
}

#[tokio::test]
async fn heartbeats_are_counted_and_answered() {
    let fake = FakeDiscord::start();
    fake.set_heartbeat(Duration::from_millis(20));
    let mut ear = Ear::of(&fake);
    ear.event("READY").await;
    let third = fake.wait_for(|world| (world.gateway().visits()[0].heartbeats >= 3).then_some(()), PATIENCE);
    ear.listening(third).await.unwrap();
    let visits = fake.look(|world| world.gateway().visits().to_vec());
    assert_eq!((visits.len(), visits[0].last_heartbeat), (1, Some(1)));

    let fake = FakeDiscord::start();
    let mut ear = Ear::of(&fake);
    ear.event("READY").await;
    fake.ask_heartbeat();
    let first = fake.wait_for(|world| (world.gateway().visits()[0].heartbeats > 0).then_some(()), PATIENCE);
    ear.listening(first).await.unwrap();
}

#[tokio::test]
async fn a_bot_that_may_not_is_turned_away_for_good() {
    let fake = FakeDiscord::start();
    let refused = |token: &'static str, intents: Intents| {
        let mut ear = Ear::with(&fake, token, intents, None);
        async move { while ear.frame().await.is_some() {} }
    };
    refused("wrong", Intents::DIRECT_MESSAGES).await;
    assert_eq!(fake.breaches(), []);
    refused(TOKEN, Intents::DIRECT_MESSAGES | Intents::MESSAGE_CONTENT).await;
    refused(TOKEN, Intents::from_bits_retain(1 << 40)).await;
    let what: Vec<String> = fake.take_breaches().into_iter().map(|breach| breach.what).collect();
    assert_eq!(what, ["privileged intents", "no such intents"]);

    fake.set_identifies_left(1);
    let mut ear = Ear::of(&fake);
    ear.event("READY").await;
    refused(TOKEN, Intents::DIRECT_MESSAGES).await;
    assert!(fake.take_breaches()[0].what.contains("void"));

    let fake = FakeDiscord::start();
    let mut ear = Ear::of(&fake);
    ear.event("READY").await;
    fake.revoke_token();
    while ear.frame().await.is_some() {}
}

#[tokio::test]
async fn what_no_bot_says_is_a_breach() {
    for (frame, said) in [
        ("{\"op\":", "no JSON"),
        ("{\"op\":10}", "no opcode"),
        ("{\"op\":2,\"d\":{}}", "begun already"),
        ("{\"op\":6,\"d\":{}}", "begun already"),
    ] {
        let fake = FakeDiscord::start();
        let mut ear = Ear::of(&fake);
        ear.event("READY").await;
        ear.0.send("{\"op\":3,\"d\":{}}".to_owned());
        ear.0.send(frame.to_owned());
        let breach = fake.wait_for(|world| world.breaches().first().cloned(), PATIENCE);
        assert!(ear.listening(breach).await.unwrap().what.contains(said), "{frame}");
        fake.take_breaches();
    }
    let fake = FakeDiscord::start();
    let url = format!("{}/?v=9&encoding=etf", fake.gateway_url());
    let address = url.trim_start_matches("ws://").split('/').next().unwrap();
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let hello = format!(
        "GET /?v=9&encoding=etf HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    tokio::io::AsyncWriteExt::write_all(&mut stream, hello.as_bytes()).await.unwrap();
    fake.wait_for(|world| world.breaches().first().cloned(), PATIENCE).await.unwrap();
    assert!(fake.take_breaches()[0].what.contains("v=10"));
}

#[tokio::test]
async fn a_gateway_that_does_not_open_is_tried_again() {
    let fake = FakeDiscord::start();
    fake.fail_gateway(GatewayFault::Refuse { status: 503 }, 1);
    Ear::of(&fake).event("READY").await;
    fake.set_heartbeat(HEARTBEAT);
    for (number, fault) in [(1, GatewayFault::Silent), (2, GatewayFault::Ignore)] {
        fake.fail_gateway(fault, 1);
        let mut ear = Ear::of(&fake);
        let connected = fake.wait_for(
            |world| world.gateway().visits().get(number).filter(|v| v.heartbeats > 1 || number == 1).map(|_| ()),
            PATIENCE,
        );
        ear.listening(connected).await.unwrap();
        assert!(!fake.look(|world| world.gateway().is_connected()));
    }
    fake.fail_gateway(GatewayFault::Silent, 1);
    let mut ear = Ear::of(&fake);
    let connected = fake.wait_for(|world| (world.gateway().visits().len() == 4).then_some(()), PATIENCE);
    ear.listening(connected).await.unwrap();
    fake.down(true);
    let cut = fake.wait_for(|world| world.gateway().visits()[3].ending, PATIENCE);
    assert_eq!(ear.listening(cut).await.unwrap(), Ending::Fake);
    fake.down(false);
    ear.event("READY").await;
}

#[tokio::test]
async fn anything_can_be_an_event() {
    let fake = FakeDiscord::start();
    let mut ear = Ear::of(&fake);
    ear.event("READY").await;
    fake.inject_event("THREAD_OF_THE_FUTURE", &json!({"new": [1]}));
    assert_eq!(ear.event("THREAD_OF_THE_FUTURE").await, json!({"new": [1]}));
    fake.inject_frame("{\"op\":0,\"t\":\"MESSAGE_CREATE\",\"s\":7,\"d\":null}");
    assert_eq!(ear.event("MESSAGE_CREATE").await, Value::Null);
}
