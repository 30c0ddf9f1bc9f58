//! `/export` on each platform: a document in the person's own chat, a file beside a terminal, and nothing in a group.

use std::os::unix::fs::PermissionsExt;

use crate::export::unpacked;
use crate::export_files::is_by_schema;
use crate::fake_telegram::message::Kind;
use crate::program::Home;
use crate::support::discord::DiscordHouse;
use crate::support::telegram::TelegramHouse;

const ASKED: &str = "Shall I send it?";

/// The zip is whole, and its data is of its schema.
fn is_whole(bytes: &[u8], app: &str) {
    let files = unpacked(bytes);
    assert_eq!(files.len(), 4);
    let json: serde_json::Value = serde_json::from_str(&files["export.json"]).unwrap();
    is_by_schema(&json);
    assert_eq!(json["profile"]["accounts"], serde_json::json!([app]));
}

#[tokio::test]
async fn on_telegram_it_is_a_document_in_their_own_chat() {
    let house = TelegramHouse::new().await;
    let ada = house.welcome(42).await;
    let group = house.fake.group(-5, "Friends");
    group.add_bot(&ada);
    ada.inside(&group).say("/export");
    house.settle().await;
    ada.say("/export");
    house.sees(ada.id, ASKED).await;
    ada.tap("Send it here");
    house.sees(ada.id, "Everything I have of you, as of 23 March 2026.").await;
    house.settle().await;
    let messages = house.fake.messages(ada.id);
    let document = messages.iter().find(|message| message.kind == Kind::Document).expect("a document");
    let file = document.file.as_ref().unwrap();
    assert_eq!(file.name, "mendwell-export.zip");
    is_whole(&file.bytes, "Telegram");
    assert!(house.fake.messages(-5).iter().all(|message| message.file.is_none()), "nothing in a group");
}

#[tokio::test]
async fn on_discord_it_is_an_attachment_in_their_own_chat() {
    let house = DiscordHouse::new().await;
    let ada = house.welcome(501).await;
    ada.slash("export", &[]);
    house.sees(&ada, ASKED).await;
    ada.tap("Send it here");
    house.sees(&ada, "Everything I have of you, as of 23 March 2026.").await;
    house.settle().await;
    let messages = house.fake.messages(ada.channel);
    let file = messages.iter().find_map(|message| message.attachments.first()).expect("an attachment");
    assert_eq!(file.name, "mendwell-export.zip");
    assert!(file.description.as_deref().is_some_and(|words| words.starts_with("A zip with your journal")));
    is_whole(&file.bytes, "Discord");
}

#[test]
fn in_a_terminal_it_is_a_file_that_only_they_can_open() {
    let home = Home::new();
    let said = home.chat("1\n1\n2\nI keep a word.\n1\nAda\n2\n3\n/export\n1\n");
    let at = "→ ./mendwell-export.zip";
    assert!(said.contains(ASKED) && said.contains(at), "{said}");
    let path = home.path().join("mendwell-export.zip");
    is_whole(&std::fs::read(&path).unwrap(), "the terminal");
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    // Nothing is written over: the next one has another name.
    std::fs::write(&path, "mine").unwrap();
    let said = home.chat("/wait 11m\n/export\n1\n");
    assert!(said.contains("→ ./mendwell-export-2.zip"), "{said}");
    assert_eq!(std::fs::read(&path).unwrap(), b"mine");
}
