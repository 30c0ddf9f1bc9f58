//! A fake of Discord: one bot, the people who talk with it, and everything that can go wrong in between.
//!
//! It runs on its own thread and runtime at a port of 127.0.0.1, with the routes of the HTTP API below `/api/v10` and
//! the gateway at every other path. It holds every request against the published contract (`contract.json`), the
//! platform's limits and what this bot has promised (it mentions nobody), and keeps a ledger. What the platform would
//! refuse as malformed is answered as the platform answers it and is a breach: a test that leaves one behind fails when
//! its fake is dropped, unless it has taken it with `take_breaches`.
//!
//! How it differs from the platform:
//! * Its clock stands still unless a test moves it or lets it run; limits, nonces and interactions go by it.
//! * A person has their channel with the bot from the first moment, whether it was opened or not.
//! * Of servers there are channels, threads that begin with a message, and what the bot and members may do there; of roles
//!   and of what members write the bot hears nothing.
//! * There are no embeds, polls or components V2.
//! * It never closes a connection because heartbeats stay away.
//! * A refused form is not told field by field.

mod calls;
mod clock;
pub(crate) mod components;
mod contract;
mod controls;
pub(crate) mod faults;
pub(crate) mod gateway;
pub(crate) mod guilds;
mod happenings;
pub(crate) mod interactions;
pub(crate) mod ledger;
mod limits;
pub(crate) mod message;
pub(crate) mod messages;
mod openings;
pub(crate) mod people;
mod profile;
pub(crate) mod rate;
mod refusal;
pub(crate) mod route;
mod server;
mod shared;
mod sockets;
pub(crate) mod visits;
pub(crate) mod world;

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::Builder;

use serde_json::Value;

use crate::fake_http::multipart::FilePart;

use interactions::Setting;
use ledger::{Breach, Request};
use message::Message;
use people::{Person, Room};
use rate::RateLimit;
use shared::Shared;
use world::World;

/// What the bot is to call itself with, without the `Bot ` before it.
pub(crate) const TOKEN: &str = "MTAwMDAwMDAwMDAwMDAwMDAwMQ.fake00.of_the_tests_0123456789abcdefghijk";
/// 2026-03-23T08:00:00Z, a Monday.
pub(crate) const DATE: u64 = 1_774_252_800;

/// What the platform would find wrong with a body, for one that is only written and never sent.
pub(crate) fn breaches_of(route: route::Route, body: &Value, files: &[FilePart]) -> Vec<Breach> {
    let mut breaches = Vec::new();
    contract::check(route, &[], body, &mut breaches);
    limits::check(route, body, files, &mut breaches);
    breaches
}

/// How a server is to be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Options {
    /// Hold requests against the contract; off for measuring speed only.
    pub(crate) is_contract_checked: bool,
    /// Hold the fake's own answers against it as well.
    pub(crate) are_answers_checked: bool,
    /// Keep requests; off for measuring speed only.
    pub(crate) is_ledger_kept: bool,
    /// Older messages leave the channel.
    pub(crate) messages_a_channel_max: usize,
    /// Older events cannot be had by a resume.
    pub(crate) events_a_session_max: usize,
    /// Refuse what is too fast.
    pub(crate) rate_limit: Option<RateLimit>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            is_contract_checked: true,
            are_answers_checked: false,
            is_ledger_kept: true,
            messages_a_channel_max: usize::MAX,
            events_a_session_max: 10_000,
            rate_limit: None,
        }
    }
}

/// A running server; it ends when this is dropped, with a panic if there are breaches that nobody took.
pub(crate) struct FakeDiscord {
    shared: Arc<Shared>,
    port: u16,
    thread: Option<JoinHandle<()>>,
}

impl FakeDiscord {
    /// A strict server.
    pub(crate) fn start() -> Self {
        Self::start_with(Options::default())
    }

    /// A server as it is wanted.
    pub(crate) fn start_with(options: Options) -> Self {
        let listener = server::bind().expect("loopback has a free port");
        let port = listener.local_addr().expect("a bound socket has an address").port();
        let world = World::new(options, format!("ws://127.0.0.1:{port}"));
        let shared = Arc::new(Shared::new(options.is_contract_checked, options.are_answers_checked, world));
        let served = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("fake-discord".to_owned()).spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime can be built");
            runtime.block_on(async {
                let listener = TcpListener::from_std(listener).expect("the socket is good");
                server::serve(listener, served).await;
            });
        });
        Self { shared, port, thread: Some(thread.expect("a thread can be started")) }
    }

    /// The base address for the bot's `api_url`, without a slash at its end; paths go on with `/api/v10/`.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The gateway's address, as `GET /gateway` tells it.
    pub(crate) fn gateway_url(&self) -> String {
        format!("ws://127.0.0.1:{}", self.port)
    }

    /// A person with a channel of their own; the same id is the same person.
    pub(crate) fn user(&self, id: u64) -> Person {
        Person::new(&self.shared, id)
    }

    /// The first channel of a server that has the bot.
    pub(crate) fn guild(&self, id: u64) -> Room {
        self.channel(id, id + 1, "general")
    }

    /// A channel of such a server.
    pub(crate) fn channel(&self, guild: u64, id: u64, name: &str) -> Room {
        self.shared.change(|world| world.guild_channel(guild, id, name));
        Room::new(&self.shared, id, Setting::Guild(guild))
    }

    /// A channel of a server that has not the bot: somebody uses it there for themselves.
    pub(crate) fn guild_alone(&self, id: u64) -> Room {
        Room::new(&self.shared, id + 1, Setting::GuildAlone(id))
    }

    /// A channel in which several people are among themselves, with the bot's commands at hand.
    pub(crate) fn group(&self, id: u64) -> Room {
        Room::new(&self.shared, id, Setting::Group)
    }

    /// Looks at everything as it is now.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        self.shared.look(look)
    }

    /// Looks at each change until there is an answer; the error shows the ledger.
    pub(crate) async fn wait_for<T>(
        &self,
        look: impl FnMut(&World) -> Option<T>,
        patience: Duration,
    ) -> Result<T, String> {
        self.shared.wait_for(look, patience).await
    }

    /// `wait_for` with the thread.
    pub(crate) fn wait_for_blocking<T>(
        &self,
        look: impl FnMut(&World) -> Option<T>,
        patience: Duration,
    ) -> Result<T, String> {
        self.shared.wait_for_blocking(look, patience)
    }

    /// A channel as all see it now, oldest first.
    pub(crate) fn messages(&self, channel: u64) -> Vec<Message> {
        self.look(|world| world.messages(channel).cloned().collect())
    }

    /// What only this person sees, oldest first.
    pub(crate) fn notes(&self, person: u64) -> Vec<Message> {
        self.look(|world| world.notes(person).to_vec())
    }

    /// Every request in its order.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.look(|world| world.requests().to_vec())
    }

    /// The oldest so many requests leave the ledger, so that it does not grow for hours; answers under way are no matter.
    pub(crate) fn forget_requests(&self, count: usize) {
        self.shared.change(|world| world.ledger.forget(count));
    }

    /// What the platform would have refused as malformed.
    pub(crate) fn breaches(&self) -> Vec<Breach> {
        self.look(|world| world.breaches().to_vec())
    }

    /// The same for a test that wanted them: they are forgotten.
    pub(crate) fn take_breaches(&self) -> Vec<Breach> {
        self.shared.change(|world| std::mem::take(&mut world.ledger.breaches))
    }
}

impl Drop for FakeDiscord {
    fn drop(&mut self) {
        self.shared.stop.notify_one();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        // A panic says more than what it left behind.
        if !std::thread::panicking() {
            let breaches: Vec<String> = self.breaches().iter().map(Breach::to_string).collect();
            assert!(breaches.is_empty(), "Discord would refuse this:\n{}", breaches.join("\n"));
        }
    }
}
