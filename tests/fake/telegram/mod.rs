//! A fake of the Telegram Bot API: one bot, the people who talk with it, and everything that can go wrong in between.
//!
//! It runs on its own thread and runtime at a port of 127.0.0.1, holds every request against the published contract
//! (`contract.json`) and the platform's limits, and keeps a ledger. What the platform would refuse as malformed is
//! answered as the platform answers it and put into `breaches`, which a test asserts to be empty.
//!
//! How it differs from the platform:
//! * Its clock stands still at `set_date`; nothing grows old but by `expire_queries`.
//! * A webhook may be at any http address and port; what it answers is not looked at beyond the status.
//! * The bot sees everything that is written in a group.
//! * Of two polls at a time the newer is served and the older ends with 409.
//! * A bare `&` in HTML and a label that no telephone shows whole are refused.

mod contract;
pub(crate) mod faults;
mod happenings;
mod html;
pub(crate) mod ledger;
mod limits;
pub(crate) mod message;
pub(crate) mod method;
mod methods;
pub(crate) mod people;
mod profile;
pub(crate) mod rate;
mod refusal;
mod server;
mod shared;
mod updates;
mod webhook;
pub(crate) mod world;

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::Builder;

use faults::{Fault, Scope};
use ledger::{Breach, Request};
use message::Message;
use method::Method;
use people::{Group, Person};
use rate::{RateLimit, Rations};
use shared::Shared;
use world::World;

/// What the bot is to call itself with.
pub(crate) const TOKEN: &str = "7000000001:AAFakeTokenOfTheTests_0123456789abcd";
/// 2026-03-23T08:00:00Z, a Monday.
pub(crate) const DATE: i64 = 1_774_252_800;

/// How a server is to be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Options {
    /// Hold requests against the contract; off for measuring speed only.
    pub(crate) is_contract_checked: bool,
    /// Keep requests and callback answers; off for measuring speed only.
    pub(crate) is_ledger_kept: bool,
    /// Older messages leave the chat.
    pub(crate) messages_a_chat_max: usize,
    /// Refuse what is too fast.
    pub(crate) rate_limit: Option<RateLimit>,
}

impl Default for Options {
    fn default() -> Self {
        Self { is_contract_checked: true, is_ledger_kept: true, messages_a_chat_max: usize::MAX, rate_limit: None }
    }
}

/// A running server; it ends when this is dropped.
pub(crate) struct FakeTelegram {
    shared: Arc<Shared>,
    port: u16,
    thread: Option<JoinHandle<()>>,
}

impl FakeTelegram {
    /// A strict server.
    pub(crate) fn start() -> Self {
        Self::start_with(Options::default())
    }

    /// A server as it is wanted.
    pub(crate) fn start_with(options: Options) -> Self {
        let rations = options.rate_limit.map(Rations::new);
        let world = World::new(DATE, options.is_ledger_kept, options.messages_a_chat_max, rations);
        let shared = Arc::new(Shared::new(TOKEN, options.is_contract_checked, world));
        let listener = server::bind().expect("loopback has a free port");
        let port = listener.local_addr().expect("a bound socket has an address").port();
        let served = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("fake-telegram".to_owned()).spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime can be built");
            runtime.block_on(async {
                let listener = TcpListener::from_std(listener).expect("the socket is good");
                server::serve(listener, served).await;
            });
        });
        Self { shared, port, thread: Some(thread.expect("a thread can be started")) }
    }

    /// The base address for the bot's `api_url`, without a slash at its end.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The address of one method.
    pub(crate) fn method_url(&self, method: &str) -> String {
        format!("{}/bot{TOKEN}/{method}", self.url())
    }

    /// A person with a private chat; the same id is the same person.
    pub(crate) fn user(&self, id: i64) -> Person {
        Person::new(&self.shared, id)
    }

    /// A group that does not have the bot yet.
    pub(crate) fn group(&self, id: i64, title: &str) -> Group {
        Group::new(&self.shared, id, title)
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

    /// A chat as the person sees it now, oldest first.
    pub(crate) fn messages(&self, chat: i64) -> Vec<Message> {
        self.look(|world| world.messages(chat).cloned().collect())
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

    /// Lets the next requests of a scope go wrong. A poll that already waits is past it.
    pub(crate) fn fail(&self, scope: Scope, fault: Fault, times: usize) {
        self.shared.change(|world| world.faults.plan(scope, fault, times));
    }

    /// The next request of a method gets this, whatever it is.
    pub(crate) fn answer_next(&self, method: Method, status: u16, body: &str) {
        self.fail(Scope::Only(method), Fault::Answer { status, body: body.to_owned() }, 1);
    }

    /// Nothing that was planned goes wrong any more.
    pub(crate) fn clear_faults(&self) {
        self.shared.change(|world| world.faults.clear());
    }

    /// 502 for everything, for polls that wait as well.
    pub(crate) fn down(&self, is_down: bool) {
        self.shared.change(|world| {
            world.faults.is_down = is_down;
            world.updates.is_fresh = true;
        });
    }

    /// Refuses what is too fast from now on, by a watch of the test's: the time since some moment.
    pub(crate) fn ration(&self, limit: RateLimit, watch: impl Fn() -> Duration + Send + 'static) {
        self.shared.change(|world| world.rations = Some(Rations::by(limit, Box::new(watch))));
    }

    /// Every answer comes so much later; what was asked is done before.
    pub(crate) fn set_latency(&self, latency: Duration) {
        self.shared.change(|world| world.latency = latency);
    }

    /// Unix seconds of everything from now on.
    pub(crate) fn set_date(&self, date: i64) {
        self.shared.change(|world| world.date = date);
    }

    /// Ids of updates go on here; any gap and any jump back.
    pub(crate) fn set_next_update_id(&self, id: i64) {
        self.shared.change(|world| world.updates.next_id = id);
    }

    /// Any text as one element of what a poll gets, `$ID` in it being its id; the id.
    pub(crate) fn inject_raw(&self, text: &str) -> i64 {
        self.shared.change(|world| world.updates.push_text(|id| text.replace("$ID", &id.to_string())))
    }

    /// Presses so far are too old to be answered.
    pub(crate) fn expire_queries(&self) {
        self.shared.change(|world| world.queries.clear());
    }
}

impl Drop for FakeTelegram {
    fn drop(&mut self) {
        self.shared.stop.notify_one();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
