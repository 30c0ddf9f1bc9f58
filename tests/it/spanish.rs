//! What the service itself says to somebody who is spoken to in Spanish has no English in it.

use std::collections::BTreeMap;

use jiff::civil::date;
use mendwell::domain::language::Language;
use mendwell::domain::write::Write;
use mendwell::insight::{Kept, Progress};

use crate::care::with_ada;
use crate::finder::house;

/// Words of English that no Spanish sentence has.
const ENGLISH: [&str; 12] =
    [" the ", " and ", " at ", " on ", "every", "between", "Monday", "Thursday", "March", "April", " of ", " days"];

#[tokio::test]
async fn what_is_planned_by_typing_is_read_and_said_back_in_spanish() {
    let house = with_ada().await;
    house.say("ada", "/language español").await;
    for (words, wanted) in [
        ("todos los días a las 8:30", "cada día a las 8:30"),
        ("los domingos a las 10", "cada domingo a las 10:00"),
        ("mañana a las 9", " a las 9:00"),
        ("cada 2 semanas", "cada 14 días desde el "),
        ("entre semana a las 20", "de lunes a viernes a las 20:00"),
        ("basta", ""),
        ("cuando llueva", "/remind mañana por la noche"),
    ] {
        let said = house.say("ada", &format!("/remind {words}")).await;
        assert!(said.iter().any(|said| said.contains(wanted)), "{words}: {said:?}");
        let all = said.join("\n");
        let english: Vec<_> = ENGLISH.iter().filter(|word| all.contains(*word)).collect();
        assert!(english.is_empty(), "{words}: {english:?} in {said:?}");
        house.say("ada", "/stop").await;
    }
}

#[test]
fn how_somebodys_days_went_is_told_in_spanish() {
    let mood = |day: i8, mood| Write::Measures {
        values: BTreeMap::from([("mood".to_owned(), mood), ("sleep".to_owned(), 1.0), ("pull".to_owned(), 2.5)]),
        date: date(2026, 3, day),
    };
    let mut kept = Kept { language: Language::Spanish, ..Kept::default() };
    (1..=20).map(|day| mood(day, f64::from(day % 4 + 1))).for_each(|write| kept.add(write));
    let progress = Progress::of(&kept, date(2026, 3, 20));
    let told = format!("{}\n{}", progress.in_words(), progress.alt());
    assert!(told.contains("**Tus días**, hasta el 20 de marzo de 2026"), "{told}");
    assert!(told.contains("2,5"), "a comma stands before decimals: {told}");
    let english: Vec<_> = ENGLISH.iter().filter(|word| told.contains(*word)).collect();
    assert!(english.is_empty(), "{english:?} in {told}");
    assert!(progress.picture().is_ok());
}

#[tokio::test]
async fn the_receipt_of_somebody_forgotten_is_in_spanish() {
    let house = with_ada().await;
    house.say("ada", "/language español").await;
    house.say("ada", "/forget").await;
    let said = house.tap("ada", "Borrar todo").await;
    let all = said.join("\n");
    assert!(
        !all.is_empty() && !ENGLISH.iter().any(|word| all.contains(word)) && !all.contains("It is done"),
        "{said:?}"
    );
}

#[tokio::test]
async fn exercises_are_named_in_spanish_wherever_they_are_offered() {
    let house = house().await;
    house.say("ada", "/language español").await;
    for _ in 0..8 {
        house.advance(jiff::SignedDuration::from_hours(24)).await;
        house.say("ada", "/ánimo").await;
        house.say("ada", "4").await;
    }
    house.say("ada", "/progreso").await;
    house.messenger.token("ada", "Antes y ahora");
    house.say("ada", "distráeme").await;
    house.tap("ada", "Diez minutos con las manos").await;
    house.say("ada", "/pausa").await;
    let said = house.say("ada", "/guía").await.join("\n");
    assert!(said.contains("“Diez minutos con las manos” quedó aparte"), "{said}");
}
