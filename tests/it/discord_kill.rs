//! SIGKILL at random moments under the load of fifty people on Discord: what a chat still holds is kept once, everybody
//! is answered in order, and nobody sees anything twice, whether a session goes on or is lost and the chats are read.

use std::time::Duration;

use mendwell::domain::event::Platform;
use mendwell::service::clock::SystemClock;
use mendwell::service::ports::Clock;
use mendwell::store::{Batch, Options, Store};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::counting::{Counting, PATIENCE, Place, Since, stop_and_start};
use crate::fake_discord::route::Route;
use crate::fake_discord::world::{World, dm_of};
use crate::fake_discord::{FakeDiscord, TOKEN};
use crate::program::{Running, kills};
use crate::support::discord::discord_of_today;

/// After so many kills the platform has forgotten the session.
const KILLS_A_SESSION: u32 = 50;
/// After a loss so many come while the chats are read again; the next one waits until they are.
const KILLS_READING: u32 = 3;
const PEOPLE: usize = 50;
/// The least load between two kills.
const TURNS_A_KILL: u64 = 2;
const FIRST: u64 = 5_000;

impl Place for FakeDiscord {
    const PLATFORM: Platform = Platform::Discord;
    type World = World;

    fn config(&self) -> String {
        format!("[discord]\ntoken = \"{TOKEN}\"\napi_url = \"{}\"\n", self.url())
    }

    fn account(&self, person: usize) -> String {
        id(person).to_string()
    }

    fn say(&self, person: usize, words: &str) {
        self.user(id(person)).say(words);
    }

    fn said(&self, world: &World, person: usize, since: Since) -> Vec<String> {
        let newest = world.messages(dm_of(id(person))).rev();
        let of_bot = newest.take_while(|message| since == Since::Ever || message.from.is_none());
        let mut said: Vec<String> =
            of_bot.filter(|message| message.from.is_none()).map(|message| message.content.clone()).collect();
        said.reverse();
        said
    }

    fn look<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        FakeDiscord::look(self, look)
    }

    fn wait<T>(&self, look: impl FnMut(&World) -> Option<T>, patience: Duration) -> Result<T, String> {
        self.wait_for_blocking(look, patience)
    }

    fn visits(world: &World) -> String {
        let visits = world.gateway().visits();
        let lately = &visits[visits.len().saturating_sub(5)..];
        format!("{} visits, at last {lately:#?}; {} events undelivered", visits.len(), world.gateway().undelivered())
    }

    fn is_lawful(&self) {
        assert_eq!(self.breaches(), []);
    }
}

fn id(person: usize) -> u64 {
    FIRST + person as u64
}

#[tokio::test]
async fn kills_under_load_lose_and_double_nothing_and_an_orderly_stop_neither() {
    let kills = kills();
    let mut counting = Counting::new(discord_of_today());
    // Before its first session nobody can know of a chat that is to be read.
    let begun = SystemClock.now();
    let first = counting.start();
    let connected = |world: &World| world.gateway().is_connected().then_some(());
    counting.place.wait(connected, PATIENCE).unwrap();
    let start_takes = SystemClock.now().duration_since(begun).unsigned_abs();
    counting.everybody_says_hello();
    counting.all_answered();
    let running = counting.under_load(|counting| kill_and_kill(counting, first, kills, start_takes));
    running.ask_to_stop("TERM");
    let turns = counting.turns();
    let (begun, resumed) = counting.place.look(|world| (world.gateway().identifies(), world.gateway().resumes()));
    let losses = kills.div_ceil(KILLS_A_SESSION) as usize;
    assert!(begun > losses && resumed > losses, "{begun} sessions begun, {resumed} times one went on");
    assert!(turns > u64::from(kills) * TURNS_A_KILL, "{turns} turns are too small a load to say anything");
    let (seen, on_record) = counting.check().await;
    assert_eq!(seen, 0, "the platform knows the names of what arrived; {on_record} are on record");

    let running = counting.under_load(|counting| stop_and_start(counting, 5));
    assert!(running.ask_to_stop("TERM").success());
    assert_eq!(counting.check().await, (0, on_record), "an orderly stop leaves nothing unknown");
}

/// Kills at random moments; the first ones after the loss of a session come while the chats are read.
fn kill_and_kill(counting: &Counting<FakeDiscord>, first: Running, kills: u32, start_takes: Duration) -> Running {
    let latest = start_takes + Duration::from_millis(240);
    let mut rng = StdRng::seed_from_u64(11);
    let (mut running, mut read_before) = (first, counting.place.look(reads));
    for kill in 0..kills {
        let since_loss = kill % KILLS_A_SESSION;
        // A start takes some of it; the rest is anywhere in the full flow of the load.
        let lives = rng.random_range(Duration::from_millis(40)..latest);
        if since_loss == KILLS_READING + 1 {
            let all_read = |world: &World| (reads(world) >= read_before + PEOPLE).then_some(());
            counting.place.wait(all_read, PATIENCE).unwrap();
        }
        std::thread::sleep(lives);
        counting.until_turns(u64::from(kill) * TURNS_A_KILL, &running);
        running.kill();
        read_before = counting.place.look(reads);
        if since_loss == 0 {
            // Nobody is there, and with the session goes whatever was not told.
            counting.place.invalidate_session(false);
            forget_beginnings(counting);
        }
        running = counting.start();
    }
    counting.until_turns(u64::from(kills) * TURNS_A_KILL + 1, &running);
    running
}

/// As if the sessions so far had begun long ago: a test begins more of them than a bot may.
fn forget_beginnings(counting: &Counting<FakeDiscord>) {
    let forget = || async {
        let store = Store::open(Options::new(counting.home.data(), counting.home.key())).await.unwrap();
        let meta = vec![("discord_identified", String::new())];
        store.commit(Batch { meta, ..Batch::default() }).await.unwrap();
        store.close().await.unwrap();
    };
    // Its own thread: this one belongs to a runtime already.
    let clean = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(forget());
    std::thread::scope(|scope| scope.spawn(clean).join().unwrap());
}

/// Pages of chats that were read.
fn reads(world: &World) -> usize {
    world.requests().iter().filter(|request| request.route == Some(Route::GetMessages)).count()
}
