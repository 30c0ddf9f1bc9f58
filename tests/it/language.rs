//! People who speak another language: from the first talk to the check-in, on both platforms.

use mendwell::app::library::{load, require};
use mendwell::domain::language::{LANGUAGES, Language};

use crate::counting::PATIENCE;
use crate::fake_telegram::world::World;
use crate::support::discord::DiscordHouse;
use crate::support::telegram::TelegramHouse;

const ADA: i64 = 1001;

/// Words that only English has, and that the first talk would hardly do without.
const ENGLISH: [&str; 8] = [" the ", " you ", " is ", " and ", "What ", " your ", " this ", " with "];

fn is_spanish(said: &[String]) {
    for text in said {
        let english: Vec<_> = ENGLISH.iter().filter(|word| text.contains(**word)).collect();
        assert!(english.is_empty(), "{english:?} in: {text}");
    }
}

#[tokio::test]
async fn on_telegram_everything_is_in_the_language_of_the_app() {
    let house = TelegramHouse::shipped().await;
    let ada = house.fake.user(ADA).speaking(Some("es"));
    ada.say("/start");
    house.sees(ADA, "¿Tienes 18 años o más?").await;
    ada.say("sí");
    house.sees(ADA, "¿Puedo guardar tus respuestas?").await;
    ada.say("claro");
    house.sees(ADA, "de 1 a 5").await;
    ada.say("un tres");
    house.sees(ADA, "una frase sobre hoy").await;
    ada.say("/skip");
    house.sees(ADA, "¿Qué quieres de esto").await;
    ada.say("sentirme mejor");
    house.sees(ADA, "llame").await;
    ada.say("/skip");
    house.sees(ADA, "la misma hora").await;
    ada.say("madrid");
    house.sees(ADA, "Última pregunta").await;
    ada.say("otra hora");
    house.sees(ADA, "¿A qué hora?").await;
    ada.say("mañana a las 8 y media");
    house.sees(ADA, "a las 8:30").await;
    ada.say("/checkin");
    house.sees(ADA, "1").await;
    ada.say("cuatro");
    // Chance chooses among three ways to say it, and not all of them share a word.
    let closes = |text: &str| text.contains("registro") || text.contains("Por hoy es suficiente");
    let closed = |world: &World| world.messages(ADA).next_back().filter(|last| closes(&last.text)).map(|_| ());
    house.fake.wait_for(closed, PATIENCE).await.unwrap();
    house.settle().await;
    let said: Vec<String> = house.fake.messages(ADA).into_iter().map(|message| message.text).collect();
    is_spanish(&said);
}

#[tokio::test]
async fn the_language_changes_in_the_middle_and_the_open_question_comes_again() {
    let house = TelegramHouse::shipped().await;
    let ada = house.fake.user(ADA).speaking(Some("de"));
    ada.say("/start");
    house.sees(ADA, "Are you 18 or older?").await;
    ada.say("/language español");
    house.sees(ADA, "A partir de ahora te hablo en español.").await;
    house.sees(ADA, "¿Tienes 18 años o más?").await;
    // English is understood all the same.
    ada.say("yes");
    house.sees(ADA, "¿Puedo guardar tus respuestas?").await;
    ada.say("/language");
    house.sees(ADA, "¿En qué idioma te hablo?").await;
    ada.say("English");
    house.sees(ADA, "From here on I speak English with you.").await;
    house.sees(ADA, "May I keep your answers?").await;
    ada.say("/help");
    house.sees(ADA, "/menu – what we can do together").await;
}

#[tokio::test]
async fn on_discord_everything_is_in_the_language_of_the_app() {
    let house = DiscordHouse::shipped().await;
    let ada = house.fake.user(7).speaking("es-ES");
    ada.slash("start", &[]);
    house.sees(&ada, "¿Tienes 18 años o más?").await;
    ada.say("sí");
    house.sees(&ada, "¿Puedo guardar tus respuestas?").await;
    ada.say("sí");
    house.sees(&ada, "de 1 a 5").await;
    house.settle().await;
    is_spanish(&house.said(&ada));
}

#[tokio::test]
async fn both_platforms_list_the_commands_in_each_language() {
    let house = TelegramHouse::shipped().await;
    let ada = house.fake.user(ADA);
    ada.say("/start");
    house.sees(ADA, "18").await;
    // They are told beside the talk.
    let told = |world: &World| {
        let is_described = world.description("es").is_some_and(|text| text.contains("Te acompaño"));
        let lists = [world.commands("all_private_chats", "es"), world.commands("all_private_chats", "")];
        (is_described && lists.iter().all(|list| !list.is_empty())).then(|| lists[0].to_vec())
    };
    let listed = house.fake.wait_for(told, PATIENCE).await.unwrap();
    assert!(listed.contains(&("menu".to_owned(), "lo que podemos hacer".to_owned())), "{listed:?}");
    let house = DiscordHouse::shipped().await;
    let commands = house.fake.wait_for(|world| world.commands().as_array().map(|_| world.commands().clone()), PATIENCE);
    let commands = commands.await.unwrap();
    let menu = commands.as_array().unwrap().iter().find(|command| command["name"] == "menu").unwrap();
    assert_eq!(menu["description_localizations"]["es-419"], "lo que podemos hacer");
}

#[test]
fn what_holds_no_words_is_shared_between_languages() {
    let library = require(None).unwrap();
    let spanish = library.speaking(Language::Spanish);
    assert_eq!(spanish.language, Language::Spanish);
    assert_eq!(spanish.dialogs.keys().collect::<Vec<_>>(), library.dialogs.keys().collect::<Vec<_>>());
    for (id, dialog) in &spanish.dialogs {
        let source = &library.dialogs[id];
        assert_eq!(dialog.shape, source.shape, "{id}: a translation changes words only");
        assert_eq!(dialog.bounds, source.bounds, "{id}");
    }
    // A language that is not here is answered in that of the source.
    assert_eq!(library.languages().collect::<Vec<_>>(), LANGUAGES);
}

#[test]
fn the_finder_hears_spanish() {
    let library = require(None).unwrap();
    let spanish = library.speaking(Language::Spanish);
    for (words, wanted) in [("quiero anotar mi ánimo", "daily"), ("volvi a mirar su perfil", "week-progress")] {
        let found = spanish.finder.find(words, 3);
        assert!(found.contains(&wanted), "{words}: {found:?}");
    }
}

#[test]
fn every_text_that_is_shipped_is_translated() {
    let loaded = load(None).unwrap();
    let library = loaded.library.unwrap();
    for (language, translation) in &library.translations {
        let coverage = translation.coverage;
        assert_eq!(coverage.translated, coverage.texts, "{}: run `mendwell check`", language.code());
    }
}
