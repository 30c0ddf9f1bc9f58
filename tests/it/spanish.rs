//! What the service itself says to somebody who is spoken to in Spanish has no English in it.

use crate::care::with_ada;

/// Words of English that no Spanish sentence has.
const ENGLISH: [&str; 12] =
    [" the ", " and ", " at ", " on ", "every", "between", "Monday", "Thursday", "March", "April", " of ", " days"];

#[tokio::test]
async fn what_is_planned_by_typing_is_read_and_said_back_in_spanish() {
    let house = with_ada().await;
    house.say("ada", "/language español").await;
    for (words, wanted) in [
        ("todos los días a las 8:30", "cada día a las 08:30"),
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
