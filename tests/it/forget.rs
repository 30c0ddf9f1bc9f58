//! Nothing kept means nothing kept: who agrees to nothing is forgotten once they have their answers.

use jiff::SignedDuration;
use mendwell::domain::event::Body;

use crate::support::{House, Script};

/// A first dialog that may be left without agreeing to anything.
const GATE: &str = r#"
format = 1
id     = "start"
title  = "Start"
lang   = "en"

[limits]
idle      = "2h"
keep      = "3d"
on_expire = "discard"

[[step]]
id      = "keep"
ask     = "choice"
text    = "May I keep it?"
options = [{ key = "yes", label = "Yes" }, { key = "no", label = "No" }]

[[step]]
id     = "gate"
branch = [{ when = "keep == 'no'", do = "no" }]

[[part.no]]
id  = "no_words"
say = "I am not keeping anything."

[[part.no]]
id   = "no_end"
stop = "all"

[[step]]
id     = "kept"
save   = "profile"
fields = { consent = "true" }

[[step]]
id  = "glad"
say = "Kept."
"#;

async fn gated() -> House {
    let mut house = House::closed(crate::support::small_library_with("start", GATE));
    house.open().await;
    house
}

/// Rows of one person's tables.
async fn rows(house: &House) -> Vec<(&'static str, i64)> {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(house.data_db()).read_only(true);
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    let mut found = Vec::new();
    for table in ["persons", "accounts", "sessions", "shown", "plans", "entries", "outbox"] {
        let sql = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
        let count: i64 = sqlx::query_scalar(sql).fetch_one(&pool).await.unwrap();
        if count > 0 {
            found.push((table, count));
        }
    }
    pool.close().await;
    found
}

#[tokio::test]
async fn who_agrees_to_nothing_is_forgotten_once_they_have_their_answer() {
    let house = gated().await;
    assert_eq!(house.say("ada", "hi").await, ["May I keep it?"]);
    assert_eq!(house.tap("ada", "No").await, ["I am not keeping anything."]);
    assert_eq!(rows(&house).await, []);
    assert_eq!(house.say("ada", "hi").await, ["May I keep it?"], "it begins again");
    assert_eq!(house.tap("ada", "Yes").await, ["Kept."]);
    assert_eq!(rows(&house).await, [("persons", 1), ("accounts", 1)]);
}

#[tokio::test]
async fn where_their_messages_stood_is_forgotten_with_them() {
    let house = gated().await;
    house.messenger.has_places();
    house.say("ada", "hi").await;
    assert_eq!(rows(&house).await, [("persons", 1), ("accounts", 1), ("sessions", 1), ("shown", 1)]);
    house.tap("ada", "No").await;
    assert_eq!(rows(&house).await, []);
    house.say("bob", "hi").await;
    let (bob, _) = house.person("bob").await;
    crate::store::forget(house.store(), bob).await;
    assert_eq!(rows(&house).await, []);
}

#[tokio::test]
async fn an_open_question_about_keeping_is_forgotten_when_it_expires() {
    let house = gated().await;
    house.say("ada", "hi").await;
    house.advance(SignedDuration::from_hours(24 * 4)).await;
    house.settle().await;
    assert_eq!(rows(&house).await, []);
}

#[tokio::test]
async fn who_writes_again_before_they_are_forgotten_keeps_their_new_session() {
    let house = gated().await;
    house.say("ada", "hi").await;
    house.messenger.script("ada", [Script::Hang]);
    let token = house.messenger.token("ada", "No");
    house.handle(house.event("ada", Body::Tap(token))).await;
    house.messenger.hang(1).await;
    house.handle(house.event("ada", Body::from_typed("hi"))).await;
    house.messenger.release();
    house.settle().await;
    assert_eq!(house.messenger.said("ada"), ["I am not keeping anything.", "May I keep it?"]);
    assert_eq!(house.sessions("ada").await, (1, 0));
    assert_eq!(house.tap("ada", "Yes").await, ["Kept."]);
}

#[tokio::test]
async fn who_could_not_be_forgotten_before_a_kill_is_forgotten_after_it() {
    let mut house = gated().await;
    house.say("ada", "hi").await;
    house.messenger.script("ada", [Script::Hang]);
    let token = house.messenger.token("ada", "No");
    house.handle(house.event("ada", Body::Tap(token))).await;
    house.messenger.hang(1).await;
    house.restart().await;
    house.settle().await;
    assert_eq!(house.messenger.said("ada"), ["I am not keeping anything."]);
    assert_eq!(rows(&house).await, []);
}
