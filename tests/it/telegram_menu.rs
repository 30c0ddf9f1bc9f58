//! The commands and descriptions that the platform shows, when it says that the bot is too fast.

use std::time::Duration;

use jiff::SignedDuration;

use crate::fake_telegram::faults::{Fault, Scope};
use crate::fake_telegram::method::Method;
use crate::fake_telegram::world::World;
use crate::support::telegram::TelegramHouse;
use crate::support::{settings, small_library};

const PATIENCE: Duration = Duration::from_secs(20);
const QUIETLY: Duration = Duration::from_millis(100);

#[tokio::test]
async fn the_menu_is_set_when_the_platform_said_that_it_may_be() {
    for method in [Method::GetMyCommands, Method::SetMyCommands, Method::SetMyDescription] {
        let mut house = TelegramHouse::closed(small_library(), settings());
        house.fake.fail(Scope::Only(method), Fault::TooManyRequests { retry_after: 3_600 }, 1);
        house.open().await;
        let tried = |world: &World| {
            let refused =
                world.requests().iter().any(|request| request.status == Some(429) && request.is_answered_whole);
            refused.then_some(world.requests().iter().filter(|request| request.method.contains("My")).count())
        };
        let before = house.fake.wait_for(tried, PATIENCE).await.unwrap();
        for _ in 0..59 {
            house.pass(SignedDuration::from_secs(60));
            let again = |world: &World| tried(world).filter(|count| *count > before);
            assert!(house.fake.wait_for(again, QUIETLY / 10).await.is_err(), "{method:?}: it was told to wait an hour");
        }
        house.in_time(|world| world.short_description("es").map(drop)).await;
        house.in_time(|world| (!world.commands("all_private_chats", "es").is_empty()).then_some(())).await;
    }
}
