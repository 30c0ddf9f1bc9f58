//! What the platform, and the machines on the way to it, can do wrong while updates are asked for.

use std::time::Duration;

use crate::fake_telegram::faults::{Fault, Scope};
use crate::fake_telegram::method::Method;
use crate::support::telegram::TelegramHouse;

const ADA: i64 = 1001;
const PATIENCE: Duration = Duration::from_secs(20);

fn html(status: u16) -> Fault {
    Fault::Answer { status, body: "<html>a machine on the way</html>".to_owned() }
}

#[tokio::test]
async fn a_bad_update_at_each_place_of_a_batch_stops_nobody() {
    let house = TelegramHouse::new().await;
    for place in 0..5_i64 {
        let people: Vec<i64> = (0..4).map(|n| 2_000 + place * 10 + n).collect();
        let mut told = 0;
        for at in 0..5 {
            if at == place {
                house.fake.inject_raw(r#"{"update_id":$ID,"message":{"text":5}}"#);
            } else {
                house.fake.user(people[told]).say("/start");
                told += 1;
            }
        }
        for person in people {
            house.sees(person, "What may I call you?").await;
        }
        house.settle().await;
        assert_eq!(house.counter("quarantined_total").await, place + 1);
    }
}

#[tokio::test]
async fn a_machine_on_the_way_that_refuses_is_not_the_platform() {
    let house = TelegramHouse::new().await;
    let ada = house.welcome(ADA).await;
    for status in [400, 401, 403, 404] {
        // The poll that waits is past it; the two after it are not.
        house.fake.fail(Scope::Only(Method::GetUpdates), html(status), 2);
        ada.say("/menu");
        house.in_time(|world| (world.pending_updates() == 0).then_some(())).await;
    }
    for status in [401, 403, 404] {
        house.fake.fail(Scope::Only(Method::SendMessage), html(status), 1);
        let before = house.fake.look(|world| world.said(ADA).len());
        ada.say("/help");
        house.in_time(|world| (world.said(ADA).len() > before).then_some(())).await;
    }
    assert_eq!(house.counter("gone_total").await, 0, "nobody is gone because a proxy says so");
}

#[tokio::test]
async fn updates_without_a_number_are_not_asked_for_without_pause() {
    for raw in [r#"{"message":{}}"#, r#"{"update_id":-5}"#] {
        let house = TelegramHouse::new().await;
        house.fake.wait_for(|world| (!world.requests().is_empty()).then_some(()), PATIENCE).await.unwrap();
        let body = format!(r#"{{"ok":true,"result":[{raw}]}}"#);
        house.fake.fail(Scope::Only(Method::GetUpdates), Fault::Answer { status: 200, body }, 1_000);
        // Ends the poll that waits.
        house.fake.user(ADA).say("/start");
        let polls = |house: &TelegramHouse| house.fake.requests().iter().filter(|r| r.method == "getUpdates").count();
        let many = house.fake.wait_for(
            |world| (world.requests().iter().filter(|r| r.method == "getUpdates").count() > 20).then_some(()),
            Duration::from_millis(500),
        );
        assert!(many.await.is_err(), "{} polls without a pause for {raw}", polls(&house));
        house.fake.clear_faults();
        house.in_time(|world| world.said(ADA).iter().any(|text| text.contains("call you")).then_some(())).await;
    }
}
