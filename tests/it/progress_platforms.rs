//! `/progress` on each platform: a photo in the person's own chat, an attachment with a description, words in a terminal.

use crate::fake_telegram::message::Kind;
use crate::program::Home;
use crate::support::discord::DiscordHouse;
use crate::support::telegram::TelegramHouse;

const WORDS: &str = "One check-in so far.\nMood (1 to 5): 4 on 23 March 2026, the last time you told me.";

#[tokio::test]
async fn on_telegram_it_is_a_photo_with_its_words() {
    let house = TelegramHouse::new().await;
    let ada = house.welcome(42).await;
    let group = house.fake.group(-5, "Friends");
    group.add_bot(&ada);
    ada.say("/mood");
    house.sees(ada.id, "How is it?").await;
    ada.tap("4");
    house.sees(ada.id, "Kept.").await;
    ada.inside(&group).say("/progress");
    house.settle().await;
    ada.say("/progress");
    house.sees(ada.id, WORDS).await;
    house.settle().await;
    let messages = house.fake.messages(ada.id);
    let photo = messages.iter().find(|message| message.kind == Kind::Photo).expect("a photo");
    assert!(photo.text.starts_with("Your days, up to 23 March 2026"), "{}", photo.text);
    assert!(photo.file.as_ref().unwrap().bytes.starts_with(b"\x89PNG\r\n\x1a\n"));
    assert!(house.fake.messages(-5).iter().all(|message| message.file.is_none()), "nothing in a group");
    assert_eq!(house.fake.breaches(), []);
}

#[tokio::test]
async fn on_discord_it_is_a_picture_with_a_description() {
    let house = DiscordHouse::new().await;
    let ada = house.welcome(501).await;
    ada.slash("mood", &[]);
    house.sees(&ada, "How is it?").await;
    ada.tap("4");
    house.sees(&ada, "Kept.").await;
    ada.slash("progress", &[]);
    house.sees(&ada, WORDS).await;
    house.settle().await;
    let messages = house.fake.messages(ada.channel);
    let file = messages.iter().find_map(|message| message.attachments.first()).expect("an attachment");
    assert_eq!(file.name, "your-days.png");
    let told = file.description.as_deref().unwrap_or_default();
    assert!(told.starts_with("A picture of these numbers: a dot for the mood of each day"), "{told}");
    assert!(file.bytes.starts_with(b"\x89PNG\r\n\x1a\n"));
}

#[test]
fn in_a_terminal_it_is_told_and_no_file_is_written() {
    let home = Home::new();
    let said = home.chat("1\n1\n2\nI keep a word.\n1\nAda\n2\n3\n/mood\n4\n/progress\n");
    assert!(said.contains("so far.") && said.contains("A picture of these numbers:"), "{said}");
    assert!(said.contains("These are your own answers, counted."), "{said}");
    let pictures = home.bytes().into_iter().filter(|(path, _)| path.extension().is_some_and(|end| end == "png"));
    assert_eq!(pictures.count(), 0);
}
