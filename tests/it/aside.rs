//! What is typed while nothing is open and is no wish for a dialog, in English and in Spanish.

use crate::finder::house;

/// What is typed, and how the answer begins or what it holds.
const ENGLISH: &[(&str, &str)] = &[
    ("remind me tomorrow at 9", "Coming by: once, "),
    ("Can you remind me on friday at 18:30", "Coming by: once, "),
    ("stop", "Nothing is open"),
];

const SPANISH: &[(&str, &str)] = &[
    ("recuérdame mañana a las ocho y media", "a las 8:30"),
    ("recuerdame el viernes por la tarde", "entre las 14:00 y las 17:00"),
    ("me recuerdas en 20 minutos", "Paso a verte: una vez"),
    ("avísame cuando llueva", "/remind mañana por la noche"),
    ("salir", "No hay nada abierto"),
    ("para", "No hay nada abierto"),
    ("ayuda", "/crisis muestra personas"),
    ("/ayuda", "/menu – lo que podemos hacer"),
    ("/DIARIO", "Lo que guardaste"),
    ("/recordar los domingos a las 10", "cada domingo a las 10:00"),
    ("/ajustes", "Así está todo"),
    ("/clave quitar", "No tienes PIN"),
];

#[tokio::test]
async fn what_is_no_wish_for_a_dialog_is_answered() {
    for (language, table) in [("english", ENGLISH), ("español", SPANISH)] {
        let house = house().await;
        house.say("ada", &format!("/language {language}")).await;
        for (words, wanted) in table {
            let said = house.say("ada", words).await.join("\n");
            assert!(said.contains(wanted), "{words}: {said}");
            house.say("ada", "/stop").await;
        }
    }
}

#[tokio::test]
async fn a_wish_below_the_menu_closes_it() {
    let house = house().await;
    for (language, wish, wanted, kept) in [
        ("english", "she left me two weeks ago", "Why it ended", "hard"),
        ("español", "me dejo hace dos semanas y no duermo", "Por qué terminó", "difícil"),
    ] {
        house.say("ada", &format!("/language {language}")).await;
        house.say("ada", "/menu").await;
        house.say("ada", wish).await;
        house.messenger.token("ada", wanted);
        assert_eq!(house.sessions("ada").await.0, 0, "{language}: the list is closed, and nothing is begun");
        house.say("ada", "/menu").await;
        house.say("ada", "qwertz").await;
        assert_eq!(house.sessions("ada").await.0, 1, "{language}: what fits nothing is asked again");
        house.say("ada", kept).await;
        assert_eq!(house.sessions("ada").await.0, 1, "{language}: an answer is an answer");
        house.say("ada", "/stop").await;
    }
}

#[tokio::test]
async fn thanks_and_a_greeting_are_not_taken_for_a_wish() {
    let house = house().await;
    for (language, thanks, hello) in [("english", "thank you!", "Hi"), ("español", "muchas gracias", "hola")] {
        house.say("ada", &format!("/language {language}")).await;
        let said = house.say("ada", thanks).await;
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(!said[0].contains("nothing just now") && !said[0].contains("¿"), "nothing is asked: {said:?}");
        assert_eq!(house.sessions("ada").await.0, 0, "nothing is begun");
        let said = house.say("ada", hello).await;
        assert!(said.len() == 2 && !said[0].contains("nothing just now"), "the menu, and no excuse: {said:?}");
        assert_eq!(house.sessions("ada").await.0, 1, "the menu is open");
        house.say("ada", "/stop").await;
    }
}

#[tokio::test]
async fn a_question_is_not_a_reminder_and_danger_comes_first() {
    let house = house().await;
    house.say("ada", "/language español").await;
    let said = house.say("ada", "recuérdame por qué terminamos").await.join("\n");
    assert!(!said.contains("/remind"), "{said}");
    let said = house.say("ada", "recuérdame mañana que ya no quiero vivir").await.join("\n");
    assert!(said.contains("¿Estás pensando en quitarte la vida?"), "{said}");
}
