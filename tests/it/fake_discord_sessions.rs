//! The fake of Discord's gateway: what ends a connection, and whether a session goes on after it.

use std::time::Duration;

use twilight_gateway::{Intents, Session};

use crate::fake_discord::visits::{GatewayFault, Opening};
use crate::fake_discord::{FakeDiscord, Options, TOKEN};
use crate::fake_discord_gateway::Ear;

const ADA: u64 = 501;
const PATIENCE: Duration = Duration::from_secs(20);
/// In which a bot finds out that nothing answers.
const HEARTBEAT: Duration = Duration::from_millis(100);

/// What happens to a connection, with its name.
type End = (&'static str, fn(&FakeDiscord));

/// What ends a connection so that the session goes on.
fn ends() -> Vec<End> {
    vec![
        ("op 7", FakeDiscord::reconnect),
        ("op 9, resumable", |fake| fake.invalidate_session(true)),
        ("a close with a code", |fake| fake.close_gateway(Some(4_000))),
        ("a close without a code", |fake| fake.close_gateway(None)),
        ("a cut", FakeDiscord::cut_gateway),
        ("a connection without a sound", FakeDiscord::mute_gateway),
        ("a greeting and no more", |fake| {
            fake.fail_gateway(GatewayFault::Deaf, 1);
            fake.cut_gateway();
        }),
        ("a replay that is cut", |fake| {
            fake.fail_gateway(GatewayFault::CutAfter { events: 1 }, 2);
            fake.cut_gateway();
        }),
        ("a resume that is turned away once", |fake| {
            fake.fail_gateway(GatewayFault::InvalidSession { is_resumable: true }, 1);
            fake.fail_gateway(GatewayFault::Close(Some(4_000)), 1);
            fake.cut_gateway();
        }),
    ]
}

#[tokio::test]
async fn a_session_goes_on_where_it_was() {
    for (what, end) in ends() {
        let fake = FakeDiscord::start();
        fake.set_heartbeat(HEARTBEAT);
        let ada = fake.user(ADA);
        let mut ear = Ear::of(&fake);
        ear.event("READY").await;
        ada.say("before");
        assert_eq!(ear.event("MESSAGE_CREATE").await["content"], "before", "{what}");
        for round in 0..3 {
            end(&fake);
            let said = ["a", "b", "c"].map(|text| format!("{text}{round}"));
            for text in &said {
                ada.say(text);
            }
            for text in &said {
                assert_eq!(ear.event("MESSAGE_CREATE").await["content"], **text, "{what}");
            }
            let resumed = fake.wait_for(|world| (world.gateway().resumes() > round).then_some(()), PATIENCE);
            ear.listening(resumed).await.unwrap_or_else(|ledger| panic!("{what}: {ledger}"));
        }
        fake.look(|world| {
            let gateway = world.gateway();
            assert_eq!(gateway.identifies(), 1, "{what}: {:?}", gateway.visits());
            assert!(gateway.visits().iter().skip(1).all(|visit| visit.path == "/resume/"), "{what}");
        });
    }
}

#[tokio::test]
async fn a_session_that_is_gone_begins_anew() {
    let ends: [End; 3] = [
        ("op 9", |fake| fake.invalidate_session(false)),
        ("4009", |fake| fake.close_gateway(Some(4_009))),
        ("a resume that is refused", |fake| {
            fake.fail_gateway(GatewayFault::InvalidSession { is_resumable: false }, 1);
            fake.cut_gateway();
        }),
    ];
    for (what, end) in ends {
        let fake = FakeDiscord::start();
        let ada = fake.user(ADA);
        let mut ear = Ear::of(&fake);
        ear.event("READY").await;
        end(&fake);
        ear.event("READY").await;
        ada.say("after");
        assert_eq!(ear.event("MESSAGE_CREATE").await["content"], "after", "{what}");
        assert_eq!(fake.look(|world| world.gateway().identifies()), 2, "{what}");
    }
}

#[tokio::test]
async fn a_session_goes_on_in_another_process() {
    let fake = FakeDiscord::start_with(Options { events_a_session_max: 3, ..Options::default() });
    let ada = fake.user(ADA);
    let mut ear = Ear::of(&fake);
    ear.event("READY").await;
    ada.say("one");
    ear.event("MESSAGE_CREATE").await;
    let session = ear.0.session().unwrap().clone();
    drop(ear);
    ada.say("two");
    ada.say("three");
    let again = |session: &Session| Ear::with(&fake, TOKEN, Intents::DIRECT_MESSAGES, Some(session.clone()));
    let mut ear = again(&session);
    for text in ["two", "three"] {
        assert_eq!(ear.event("MESSAGE_CREATE").await["content"], text);
    }
    ear.event("RESUMED").await;
    let opening = fake.look(|world| world.gateway().visits()[1].opening.clone());
    assert_eq!(opening, Some(Opening::Resume { sequence: 2, missed: 2 }));
    drop(ear);

    // What is older than the last three events is not kept.
    ada.say("four");
    ada.say("five");
    let mut ear = again(&session);
    let (name, _) = ear.one_of(&["READY", "MESSAGE_CREATE"]).await;
    assert_eq!(name, "READY");

    let ahead = Session::new(90, ear.0.session().unwrap().id().to_owned());
    drop(ear);
    assert_eq!(again(&ahead).one_of(&["READY", "RESUMED"]).await.0, "READY");
    assert!(fake.take_breaches()[0].what.contains("never sent"));
}
