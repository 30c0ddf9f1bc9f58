//! The service as a process runs it: adapters plugged in, an orderly stop, and which end of a loop ends it how.

use std::process::ExitCode;
use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;
use mendwell::app::exit::Failure;
use mendwell::app::messengers::Messengers;
use mendwell::app::serve::{Adapter, serve, webhook_secret};
use mendwell::config::WebhookConfig;
use mendwell::domain::event::{Address, Body, Event, EventKey, Origin, Platform, Source};
use mendwell::domain::ids::OutboxId;
use mendwell::domain::message::RichText;
use mendwell::domain::secret::Secret;
use mendwell::service::Service;
use mendwell::service::ports::{Class, Clock, Delivery, FileKind, Item, Messenger, NotSent, Outcome};
use mendwell::store::{Options, Store, Synchronous};
use tempfile::TempDir;
use tokio::sync::oneshot;

use crate::fake_discord::{self, FakeDiscord};
use crate::fake_telegram::FakeTelegram;
use crate::program::Home;
use crate::support::{FakeMessenger, House, ManualClock, Script, patiently, small_library};

fn code(failure: &Failure) -> String {
    format!("{:?}", failure.exit_code())
}

fn is(number: u8) -> String {
    format!("{:?}", ExitCode::from(number))
}

struct Site {
    dir: TempDir,
    clock: Arc<ManualClock>,
    messenger: Arc<FakeMessenger>,
}

impl Site {
    fn new() -> Self {
        let clock = Arc::new(ManualClock::at("2026-03-23T08:00:00Z".parse().unwrap()));
        let messenger = Arc::new(FakeMessenger::new(Arc::clone(&clock)));
        Self { dir: tempfile::tempdir().unwrap(), clock, messenger }
    }

    async fn store(&self) -> Store {
        let mut options = Options::new(self.dir.path().join("data"), self.dir.path().join("master.key"));
        options.synchronous = Synchronous::Off;
        Store::open(options).await.unwrap()
    }

    /// An adapter whose intake does this.
    fn adapter<F: Future<Output = Failure> + Send + 'static>(
        &self,
        platform: Platform,
        intake: impl FnOnce(Service) -> F + Send + 'static,
    ) -> Adapter {
        let intake = Box::new(move |service| intake(service).boxed());
        Adapter { platform, messenger: Arc::clone(&self.messenger) as _, intake }
    }

    async fn serve(&self, adapters: Vec<Adapter>, stop: impl Future<Output = ()>) -> Result<(), Failure> {
        let settings = House::closed(small_library()).settings.clone();
        let clock = Arc::clone(&self.clock) as Arc<dyn Clock>;
        patiently(serve(self.store().await, small_library(), settings, clock, adapters, stop)).await
    }

    fn hello(&self, platform: Platform, person: &str) -> Event {
        let address = Address { platform, account: person.to_owned(), chat: person.to_owned() };
        let key = EventKey(format!("{}:{person}", platform.word()));
        Event {
            key,
            source: Source::Address(address),
            at: self.clock.now(),
            body: Body::from_typed("hi"),
            origin: Origin::default(),
        }
    }
}

/// An intake that takes in these events, says so, and goes on waiting.
fn takes(events: Vec<Event>, taken: oneshot::Sender<()>) -> impl FnOnce(Service) -> BoxFuture<'static, Failure> + Send {
    |service| {
        async move {
            for event in events {
                service.handle(event).await.unwrap();
            }
            let _ = taken.send(());
            std::future::pending().await
        }
        .boxed()
    }
}

async fn done(told: oneshot::Receiver<()>) {
    told.await.unwrap();
}

#[tokio::test]
async fn what_an_adapter_takes_in_is_answered_before_an_orderly_stop() {
    let site = Site::new();
    site.messenger.script("ada", [Script::Hang]);
    let (taken, told) = oneshot::channel();
    let intake = takes(vec![site.hello(Platform::Telegram, "ada")], taken);
    let adapters = vec![site.adapter(Platform::Telegram, intake)];
    let messenger = Arc::clone(&site.messenger);
    let release = async {
        site.messenger.hang(1).await;
        // By now the stop waits for what hangs.
        tokio::task::yield_now().await;
        messenger.release();
    };
    let (served, ()) = tokio::join!(site.serve(adapters, done(told)), release);
    served.unwrap();
    assert_eq!(site.messenger.said("ada"), ["Hello.", "What may I call you?"]);
    site.store().await.close().await.unwrap();
}

#[tokio::test]
async fn nothing_is_taken_in_once_it_stops() {
    struct Dropped(Option<oneshot::Sender<()>>);
    impl Drop for Dropped {
        fn drop(&mut self) {
            let _ = self.0.take().unwrap().send(());
        }
    }
    let site = Site::new();
    site.messenger.script("ada", [Script::Hang]);
    let (taken, told) = oneshot::channel();
    let (dropped, is_dropped) = oneshot::channel();
    let inner = takes(vec![site.hello(Platform::Telegram, "ada")], taken);
    let intake = |service| {
        async move {
            let _guard = Dropped(Some(dropped));
            inner(service).await
        }
        .boxed()
    };
    let adapters = vec![site.adapter(Platform::Telegram, intake)];
    // Released only when the intake is gone: an intake that went on meanwhile would hang this.
    let release = async {
        is_dropped.await.unwrap();
        site.messenger.release();
    };
    let (served, ()) = tokio::join!(site.serve(adapters, done(told)), release);
    served.unwrap();
    assert_eq!(site.messenger.said("ada").len(), 2);
}

#[tokio::test]
async fn who_is_on_a_platform_that_does_not_run_here_waits_for_it() {
    let site = Site::new();
    for (runs, said) in [(Platform::Telegram, 0), (Platform::Console, 2)] {
        let (taken, told) = oneshot::channel();
        let intake = takes(vec![site.hello(Platform::Console, "ada"), site.hello(runs, "ben")], taken);
        site.serve(vec![site.adapter(runs, intake)], done(told)).await.unwrap();
        assert_eq!(site.messenger.said("ada").len(), said, "while {runs:?} runs");
        site.clock.set("2026-03-23T11:00:00Z".parse().unwrap());
    }
    assert_eq!(site.messenger.said("ben").len(), 4, "two platforms, two people");
}

#[tokio::test]
async fn the_end_of_an_intake_ends_the_process_with_its_reason() {
    let site = Site::new();
    let other = site.adapter(Platform::Console, |_| std::future::pending());
    let intake = site.adapter(Platform::Telegram, |_| std::future::ready(Failure::SecondPoller));
    let failure = site.serve(vec![other, intake], std::future::pending()).await.unwrap_err();
    assert!(matches!(failure, Failure::SecondPoller), "{failure}");
    let broken = site.adapter(Platform::Telegram, |_| async { panic!("planted") });
    let failure = site.serve(vec![broken], std::future::pending()).await.unwrap_err();
    assert_eq!(code(&failure), is(74), "{failure}");
    site.store().await.close().await.unwrap();
}

#[tokio::test]
async fn each_item_goes_to_the_platform_of_its_address() {
    let site = Site::new();
    let other = Arc::new(FakeMessenger::new(Arc::clone(&site.clock)));
    other.ends("ada", [Outcome::NotSent(NotSent::Gone)]);
    let messengers = Messengers::new([
        (Platform::Telegram, Arc::clone(&site.messenger) as Arc<dyn Messenger>),
        (Platform::Discord, Arc::clone(&other) as Arc<dyn Messenger>),
    ]);
    let delivery = |platform| Delivery {
        id: OutboxId(1),
        to: Address { platform, account: "ada".to_owned(), chat: "ada".to_owned() },
        class: Class::Reply,
        attempts: 0,
        shown: None,
        silent: false,
        item: Item::File {
            kind: FileKind::Document,
            name: "a.txt".to_owned(),
            caption: RichText::default(),
            alt: RichText::default(),
            bytes: Vec::new().into(),
        },
    };
    assert_eq!(messengers.send(&delivery(Platform::Telegram)).await, Outcome::Sent(None));
    assert_eq!(messengers.send(&delivery(Platform::Discord)).await, Outcome::NotSent(NotSent::Gone));
    assert_eq!(messengers.send(&delivery(Platform::Console)).await, Outcome::NotSent(NotSent::Away));
    assert_eq!((site.messenger.attempts("ada").len(), other.attempts("ada").len()), (1, 1));
}

#[test]
fn a_refused_token_is_77_and_a_second_poller_69_and_both_say_who_must_act() {
    let refused = Failure::TokenRefused { set_in: "config.toml:3".to_owned() };
    assert_eq!(code(&refused), is(77));
    let said = refused.to_string();
    assert!(said.contains("config.toml:3") && said.contains("@BotFather"), "{said}");
    assert_eq!(code(&Failure::SecondPoller), is(69));
    let said = Failure::SecondPoller.to_string();
    assert!(said.contains("stop it") && said.contains("@BotFather"), "{said}");
}

#[test]
fn a_webhook_without_a_secret_gets_another_one_at_each_start() {
    let webhook = |secret: Option<&str>| WebhookConfig {
        url: "https://bot.example.org".to_owned(),
        listen: "127.0.0.1:8443".parse().unwrap(),
        secret: secret.map(Secret::new),
    };
    assert_eq!(webhook_secret(&webhook(Some("abc"))).expose(), "abc");
    let (one, two) = (webhook_secret(&webhook(None)), webhook_secret(&webhook(None)));
    assert_ne!(one, two);
    assert_eq!(one.expose().len(), 43);
    assert!(one.expose().chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')));
}

#[test]
fn with_a_token_it_is_the_service_and_without_one_the_chat() {
    let token = "123456789:AAF7-g0gYncWnm5IyfZlpPRqRRv6kNAGlao";
    let home = Home::new();
    let chat = home.run(&["--data", "data"], "");
    let said = String::from_utf8(chat.stdout).unwrap();
    assert!(chat.status.success() && said.contains("18"), "{said}");
    let (home, fake) = (Home::new(), FakeTelegram::start());
    let config = format!("[telegram]\ntoken = \"{token}\"\napi_url = \"{}\"\n", fake.url());
    std::fs::write(home.path().join("config.toml"), config).unwrap();
    let service = home.run(&["--data", "data"], "");
    let said = String::from_utf8(service.stderr).unwrap();
    assert_eq!((service.status.code(), service.stdout.len()), (Some(77), 0), "{said}");
    assert!(said.contains("config.toml:2") && said.contains("@BotFather"), "{said}");
    assert!(!said.contains(token), "{said}");
    assert!(home.run(&["chat", "--data", "data"], "").status.success(), "the chat is there all the same");
}

#[test]
fn a_discord_token_that_is_refused_is_77_and_said_with_its_place() {
    let (home, fake) = (Home::new(), FakeDiscord::start());
    let token = format!("{}x", fake_discord::TOKEN);
    let config = format!("[discord]\ntoken = \"{token}\"\napi_url = \"{}\"\n", fake.url());
    std::fs::write(home.path().join("config.toml"), config).unwrap();
    let service = home.run(&["--data", "data"], "");
    let said = String::from_utf8(service.stderr).unwrap();
    assert_eq!((service.status.code(), service.stdout.len()), (Some(77), 0), "{said}");
    assert!(said.contains("config.toml:2") && said.contains("discord.com/developers"), "{said}");
    assert!(!said.contains(&token), "{said}");
    fake.take_breaches();
}

#[test]
fn what_ends_discord_says_who_must_act() {
    let few = Failure::DiscordSessions { remaining: 3, minutes: 90 };
    assert_eq!(code(&few), is(69));
    assert!(few.to_string().contains("only 3 more") && few.to_string().contains("90 minutes"), "{few}");
    assert_eq!(code(&Failure::DiscordSilent), is(75));
    let refused = Failure::DiscordTokenRefused { set_in: "MENDWELL_DISCORD_TOKEN".to_owned() };
    assert_eq!(code(&refused), is(77));
    assert!(refused.to_string().contains("MENDWELL_DISCORD_TOKEN"), "{refused}");
}
