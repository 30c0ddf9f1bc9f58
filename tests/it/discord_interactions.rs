//! Presses, lists, fields and slash commands: answered in time, and only to whoever asked.

use std::time::Duration;

use jiff::SignedDuration;

use crate::fake_discord::faults::{Fault, Scope};
use crate::fake_discord::people::Person;
use crate::fake_discord::route::Route;
use crate::support::discord::DiscordHouse;

const ADA: u64 = 501;
const BOB: u64 = 502;
const PATIENCE: Duration = Duration::from_secs(20);

/// The types of the callbacks of an interaction, once there are some.
async fn answers(house: &DiscordHouse, id: u64) -> Vec<u64> {
    let answered = house.fake.wait_for(
        |world| {
            let asked = world.interactions().iter().find(|asked| asked.id == id)?;
            (!asked.answers.is_empty()).then(|| asked.answers.clone())
        },
        PATIENCE,
    );
    answered.await.unwrap()
}

/// How many times each thing was said, and the last of it.
fn count(house: &DiscordHouse, person: &Person, words: &str) -> usize {
    house.said(person).iter().filter(|said| said.contains(words)).count()
}

#[tokio::test]
async fn presses_that_mean_nothing_say_so_and_change_nothing() {
    let house = DiscordHouse::new().await;
    let ada = house.welcome(ADA).await;
    let bob = house.welcome(BOB).await;
    ada.slash("menu", &[]);
    let menu = house.sees(&ada, "What now?").await;
    let custom_id = menu.buttons().next().unwrap().custom_id.clone().unwrap();
    ada.tap("The long one");
    house.sees(&ada, "First?").await;
    house.settle().await;
    let before = house.fake.messages(ada.channel).len();
    // Answered already; forged; and of somebody else, in Bob's own chat.
    assert_eq!(answers(&house, ada.tap_custom_id(menu.id, &custom_id)).await, [4]);
    house.notes(&ada, "already").await;
    let own = house.fake.messages(bob.channel).last().unwrap().id;
    for press in [
        ada.tap_custom_id(menu.id, "1.zz.1.1"),
        ada.tap_custom_id(menu.id, "no token at all"),
        bob.tap_custom_id(own, &custom_id),
    ] {
        assert_eq!(answers(&house, press).await, [4]);
    }
    house.settle().await;
    assert_eq!(house.fake.messages(ada.channel).len(), before);
    assert!(house.fake.notes(ADA).iter().all(|note| note.is_ephemeral()));
    ada.say("a");
    house.sees(&ada, "Second?").await;
}

#[tokio::test]
async fn twenty_presses_of_one_button_are_one_answer() {
    let house = DiscordHouse::new().await;
    let ada = house.welcome(ADA).await;
    ada.slash("menu", &[]);
    house.sees(&ada, "What now?").await;
    let presses = ada.tap_many("The long one", 20);
    for press in presses {
        assert_eq!(answers(&house, press).await.len(), 1);
    }
    house.settle().await;
    assert_eq!(count(&house, &ada, "First?"), 1);
}

#[tokio::test]
async fn a_press_is_answered_in_time_also_when_its_turn_is_not_done() {
    let mut house = DiscordHouse::new().await;
    let ada = house.killed_at_the_menu(ADA).await;
    house.open_without_writer().await;
    house.pass(SignedDuration::from_secs(6));
    let press = ada.tap("The long one");
    let command = ada.slash("help", &[]);
    let unanswered = |house: &DiscordHouse| {
        house.fake.look(|world| world.interactions().iter().filter(|asked| asked.answers.is_empty()).count())
    };
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(unanswered(&house), 2, "nothing is answered before its commit");
    house.in_time(|world| world.interactions().iter().all(|asked| !asked.answers.is_empty()).then_some(())).await;
    assert_eq!(answers(&house, press).await, [6]);
    assert_eq!(answers(&house, command).await, [5]);
    assert_eq!(house.fake.look(|world| world.failed_interactions().count()), 0);
    assert!(house.fake.notes(ADA).iter().any(|note| note.is_loading()), "something comes");
    house.start_writer();
    house.sees(&ada, "/menu").await;
    assert_eq!(count(&house, &ada, "First?"), 1);
    house
        .fake
        .wait_for(|world| world.notes(ADA).iter().all(|note| !note.is_loading()).then_some(()), PATIENCE)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_note_that_comes_late_follows_the_answer() {
    let mut house = DiscordHouse::new().await;
    let ada = house.welcome(ADA).await;
    let last = house.fake.messages(ada.channel).last().unwrap().id;
    house.kill().await;
    house.open_without_writer().await;
    house.pass(SignedDuration::from_secs(6));
    let press = ada.tap_custom_id(last, "1.zz.1.1");
    house.in_time(|world| world.interactions().iter().all(|asked| !asked.answers.is_empty()).then_some(())).await;
    assert_eq!(answers(&house, press).await, [6]);
    house.start_writer();
    let note =
        house.fake.wait_for(|world| world.notes(ADA).iter().find(|note| !note.content.is_empty()).cloned(), PATIENCE);
    assert!(note.await.unwrap().is_ephemeral());
    // A quarter of an hour later the interaction's token is worth nothing, and is not used.
    let before = house.fake.requests().len();
    house.kill().await;
    house.open_without_writer().await;
    house.pass(SignedDuration::from_secs(10));
    let press = ada.tap_custom_id(last, "1.zz.1.2");
    house.in_time(|world| world.interactions().iter().all(|asked| !asked.answers.is_empty()).then_some(())).await;
    assert_eq!(answers(&house, press).await, [6]);
    house.pass(SignedDuration::from_mins(16));
    house.start_writer();
    house.settle().await;
    let follow_ups = |route: Option<Route>| route == Some(Route::CreateFollowup);
    let made = house.fake.requests()[before..].iter().filter(|request| follow_ups(request.route)).count();
    assert_eq!(made, 0);
}

#[tokio::test]
async fn a_slash_command_in_a_server_goes_on_in_private() {
    let house = DiscordHouse::new().await;
    let guild = house.fake.guild(9_000);
    let ada = house.fake.user(ADA).speaking("de");
    let command = ada.inside(&guild).slash("start", &[]);
    house.sees(&ada, "What may I call you?").await;
    assert_eq!(answers(&house, command).await, [4]);
    let note = house.notes(&ada, "in private").await;
    assert!(note.is_ephemeral() && note.channel == guild.channel);
    assert!(house.fake.look(|world| world.is_opened(ada.channel)));
    assert_eq!(house.fake.look(|world| world.messages(guild.channel).count()), 0, "others read nothing");
    // What is pressed or written where others can read along does not come to the service.
    let press = ada.inside(&guild).tap_custom_id(note.id, "1.zz.1.1");
    assert_eq!(answers(&house, press).await, [4]);
    house.notes(&ada, "own chat").await;
    ada.say("Ada");
    house.sees(&ada, "Glad you are here, Ada.").await;
}

#[tokio::test]
async fn the_platforms_own_words_come_in_the_language_of_the_person() {
    // Before anything is known of her, her app says it; the fake's refusals are the same in every language.
    let house = DiscordHouse::shipped().await;
    let guild = house.fake.guild(9_000);
    let ada = house.fake.user(ADA).speaking("es-ES");
    house.fake.fail(Scope::Only(Route::OpenDm), Fault::Refusal { status: 400, code: 40_003 }, 1);
    ada.inside(&guild).slash("start", &[]);
    let note = house.notes(&ada, "escribirme tú primero").await;
    ada.inside(&guild).tap_custom_id(note.id, "1.zz.1.1");
    house.notes(&ada, "solo funciona en tu propio chat").await;
    house.pass(SignedDuration::from_mins(61));
    ada.inside(&guild).slash("start", &[]);
    house.notes(&ada, "Te he escrito allí").await;
    house.sees(&ada, "Hola").await;
    ada.slash("help", &[]);
    house.notes(&ada, "De acuerdo.").await;
    house.settle().await;
    let english = house.fake.notes(ADA).into_iter().filter(|note| note.content.contains(" the ")).count();
    assert_eq!(english, 0, "{:#?}", house.fake.notes(ADA));
}

#[tokio::test]
async fn what_was_chosen_goes_before_the_language_of_the_app() {
    let house = DiscordHouse::shipped().await;
    let ada = house.fake.user(ADA).speaking("en-GB");
    ada.slash("start", &[]);
    house.sees(&ada, "Are you 18 or older?").await;
    ada.slash("language", &[("which", "español")]);
    house.sees(&ada, "¿Tienes 18 años o más?").await;
    house.notes(&ada, "De acuerdo.").await;
    ada.tap("Sí");
    house.sees(&ada, "¿Puedo guardar tus respuestas?").await;
    ada.tap("Sí, guárdalas");
    house.settle().await;
    ada.slash("pin", &[]);
    house.sees(&ada, "PIN").await;
    ada.tap("Escribir el PIN");
    let modal = house.in_time(|world| world.modal(ADA).cloned()).await;
    assert_eq!((modal.title.as_str(), modal.inputs[0].label.as_str()), ("Tu PIN", "Cifras"));
}

#[tokio::test]
async fn a_private_chat_that_cannot_be_opened_is_told_and_not_asked_for_again() {
    let house = DiscordHouse::new().await;
    let guild = house.fake.guild(9_000);
    let ada = house.fake.user(ADA);
    house.fake.fail(Scope::Only(Route::OpenDm), Fault::Refusal { status: 400, code: 40_003 }, 1);
    for times in 1..=2 {
        let command = ada.inside(&guild).slash("start", &[]);
        assert_eq!(answers(&house, command).await, [4]);
        house.notes(&ada, "cannot write to you").await;
        let asked = house.fake.requests().iter().filter(|r| r.route == Some(Route::OpenDm)).count();
        assert_eq!(asked, 1, "after {times}");
    }
    house.pass(SignedDuration::from_mins(61));
    ada.inside(&guild).slash("start", &[]);
    house.sees(&ada, "What may I call you?").await;
}

#[tokio::test]
async fn words_may_be_written_into_a_field() {
    let house = DiscordHouse::new().await;
    let ada = house.fake.user(ADA);
    ada.slash("start", &[]);
    house.sees(&ada, "What may I call you?").await;
    let press = ada.tap("Write");
    assert_eq!(answers(&house, press).await, [9]);
    let words = ada.submit_modal("Ada *co* _x_");
    house.sees(&ada, "Glad you are here, Ada").await;
    assert_eq!(answers(&house, words).await, [6]);
    house.settle().await;
    // The same words again, and a press on the button of a question that is over.
    ada.submit_modal_again("Ada once more");
    house.notes(&ada, "Ada once more").await;
    house.settle().await;
    assert_eq!(count(&house, &ada, "Glad"), 1);
}

#[tokio::test]
async fn ticks_of_a_list_are_presses_one_after_the_other() {
    let house = DiscordHouse::shipped().await;
    let ada = house.fake.user(ADA);
    ada.slash("start", &[]);
    house.sees(&ada, "Are you 18 or older?").await;
    ada.tap("Yes");
    house.sees(&ada, "May I keep").await;
    ada.tap("Yes, keep them");
    house.sees(&ada, "How is today").await;
    house.settle().await;
    ada.slash("start", &[("what", "feel-now")]);
    house.settle().await;
    let many = |house: &DiscordHouse| {
        let messages = house.fake.messages(ada.channel);
        messages.into_iter().rev().find(|message| message.selects().next().is_some())
    };
    let Some(asked) = many(&house) else { panic!("no list: {:#?}", house.said(&ada)) };
    let select = asked.selects().next().unwrap().clone();
    let labels: Vec<String> = select.options.iter().map(|option| option.label.clone()).collect();
    assert!(select.options.iter().all(|option| !option.is_default) && select.max_values == labels.len());
    ada.pick(&[&labels[0], &labels[2]]);
    house.settle().await;
    let ticked = |house: &DiscordHouse| -> Vec<bool> {
        many(house).unwrap().selects().next().unwrap().options.iter().map(|option| option.is_default).collect()
    };
    let wanted = |on: &[usize]| -> Vec<bool> { (0..labels.len()).map(|at| on.contains(&at)).collect() };
    assert_eq!(ticked(&house), wanted(&[0, 2]));
    assert_eq!(many(&house).unwrap().id, asked.id, "drawn where it stands");
    ada.pick(&[&labels[1], &labels[2]]);
    house.settle().await;
    assert_eq!(ticked(&house), wanted(&[1, 2]));
    let press = ada.pick(&[&labels[1], &labels[2]]);
    assert_eq!(answers(&house, press).await, [6], "nothing has changed");
    house.settle().await;
    assert_eq!(ticked(&house), wanted(&[1, 2]));
}

#[tokio::test]
async fn an_answer_that_the_platform_does_not_take_is_no_failure() {
    let house = DiscordHouse::new().await;
    let ada = house.welcome(ADA).await;
    for (status, code) in [(400, 40_060), (404, 10_062)] {
        house.fake.fail(Scope::Interactions, Fault::Refusal { status, code }, 1);
        ada.slash("menu", &[]);
        house.sees(&ada, "What now?").await;
        ada.tap("Nothing");
        house.sees(&ada, "Nothing it is.").await;
    }
    let before = house.fake.requests().len();
    house.fake.fail(Scope::Interactions, Fault::CutBefore, 1);
    ada.slash("menu", &[]);
    house.sees(&ada, "What now?").await;
    assert!(house.fake.requests().len() > before);
}
