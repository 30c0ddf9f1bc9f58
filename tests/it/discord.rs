//! Conversations on Discord: what people see and press, and what the platform is asked.

use crate::support::discord::DiscordHouse;

const ADA: u64 = 501;

#[tokio::test]
async fn a_first_talk_from_start_to_goodbye() {
    let house = DiscordHouse::shipped().await;
    let ada = house.fake.user(ADA);
    ada.say("Hello?");
    house.sees(&ada, "Are you 18 or older?").await;
    ada.tap("Yes");
    let asked = house.sees(&ada, "May I keep your answers?").await;
    assert_eq!(asked.labels(), ["Yes, keep them", "No"]);
    ada.tap("Yes, keep them");
    let asked = house.sees(&ada, "How is today").await;
    assert_eq!(asked.rows.iter().map(Vec::len).max(), Some(5), "a scale stands in rows of five: {:?}", asked.labels());
    ada.tap_where(|button| button.label.starts_with('2'));
    house.sees(&ada, "If one sentence about today wants out").await;
    ada.say("It was *long* & @everyone <b>grey</b>");
    house.sees(&ada, "What do you want from this").await;
    house.settle().await;
    // Every question that is over shows what was chosen, and has no buttons any more.
    let messages = house.fake.messages(ada.channel);
    let frozen = messages.iter().find(|message| message.content.contains("Are you 18")).unwrap();
    assert!(frozen.rows.is_empty() && frozen.content.ends_with("✓ _Yes_"), "{:?}", frozen.content);
    let open: Vec<_> = messages.iter().filter(|message| !message.rows.is_empty()).collect();
    assert_eq!(open.len(), 1, "one question is open");
    assert!(house.fake.look(|world| world.interactions().iter().all(|asked| asked.answers == [6])));
}
