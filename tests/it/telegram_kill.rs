//! SIGKILL at random moments under the load of fifty people on Telegram: what was confirmed to the platform is kept
//! once, everybody is answered in order, and what people see twice is on record as unknown.

use std::time::Duration;

use mendwell::domain::event::Platform;
use mendwell::service::clock::SystemClock;
use mendwell::service::ports::Clock;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::counting::{Counting, PATIENCE, Place, Since, stop_and_start};
use crate::fake_telegram::world::World;
use crate::fake_telegram::{FakeTelegram, TOKEN};
use crate::program::{Running, kills};

const FIRST: i64 = 5_000;
/// The least load between two kills.
const TURNS_A_KILL: u64 = 5;

impl Place for FakeTelegram {
    const PLATFORM: Platform = Platform::Telegram;
    type World = World;

    fn config(&self) -> String {
        format!("[telegram]\ntoken = \"{TOKEN}\"\napi_url = \"{}\"\nmessages_per_second = 0\n", self.url())
    }

    fn account(&self, person: usize) -> String {
        id(person).to_string()
    }

    fn say(&self, person: usize, words: &str) {
        self.user(id(person)).say(words);
    }

    fn said(&self, world: &World, person: usize, since: Since) -> Vec<String> {
        let newest = world.messages(id(person)).rev();
        let of_bot = newest.take_while(|message| since == Since::Ever || message.from.is_none());
        let mut said: Vec<String> =
            of_bot.filter(|message| message.from.is_none()).map(|message| message.text.clone()).collect();
        said.reverse();
        said
    }

    fn look<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        FakeTelegram::look(self, look)
    }

    fn wait<T>(&self, look: impl FnMut(&World) -> Option<T>, patience: Duration) -> Result<T, String> {
        self.wait_for_blocking(look, patience)
    }

    fn visits(_: &World) -> String {
        String::new()
    }

    fn is_lawful(&self) {
        assert_eq!(self.breaches(), []);
    }
}

fn id(person: usize) -> i64 {
    FIRST + person as i64
}

#[tokio::test]
async fn i34_i35_kills_under_load_lose_nothing_and_an_orderly_stop_doubles_nothing() {
    let kills = kills();
    let mut counting = Counting::new(FakeTelegram::start());
    counting.everybody_says_hello();
    let start_takes = start_takes(&counting);
    let running = counting.under_load(|counting| kill_and_kill(counting, kills, start_takes));
    running.ask_to_stop("TERM");
    let turns = counting.turns();
    assert!(turns > u64::from(kills) * TURNS_A_KILL, "{turns} turns are too small a load to say anything");
    let (seen, on_record) = counting.check().await;
    assert!(seen <= on_record, "{seen} seen twice, {on_record} on record");

    let running = counting.under_load(|counting| stop_and_start(counting, 5));
    assert!(running.ask_to_stop("TERM").success());
    assert_eq!(counting.check().await, (seen, on_record), "an orderly stop doubles and leaves unknown nothing");
}

fn kill_and_kill(counting: &Counting<FakeTelegram>, kills: u32, start_takes: Duration) -> Running {
    let mut rng = StdRng::seed_from_u64(11);
    let latest = start_takes + Duration::from_millis(260);
    for kill in 0..kills {
        let running = counting.start();
        // A start takes some of it; the rest is anywhere in the full flow of the load.
        std::thread::sleep(rng.random_range(Duration::from_millis(40)..latest));
        counting.until_turns(u64::from(kill) * TURNS_A_KILL, &running);
        running.kill();
    }
    let running = counting.start();
    counting.until_turns(u64::from(kills) * TURNS_A_KILL + 1, &running);
    running
}

/// How long a start takes on this machine, until it asks for updates.
fn start_takes(counting: &Counting<FakeTelegram>) -> Duration {
    let polls = |world: &World| world.requests().iter().filter(|request| request.method == "getUpdates").count();
    let (begun, before) = (SystemClock.now(), counting.place.look(polls));
    let running = counting.start();
    counting.place.wait(|world| (polls(world) > before).then_some(()), PATIENCE).unwrap();
    running.kill();
    SystemClock.now().duration_since(begun).unsigned_abs()
}
