//! How the Telegram bot ends: when its writer dies, when it is asked to stop, and when its token is refused.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use mendwell::app::exit::Failure;
use mendwell::app::serve::{Adapter, serve};
use mendwell::app::telegram::adapter;
use mendwell::config::TelegramConfig;
use mendwell::domain::secret::Secret;
use mendwell::service::ports::Clock;
use mendwell::store::{Options as StoreOptions, Store, Synchronous};
use mendwell::telegram::webhook::WebhookOptions;
use mendwell::telegram::{Options, Stopped, Telegram, Timeouts};
use sqlx::{ConnectOptions, Executor};

use crate::fake_telegram::world::World;
use crate::fake_telegram::{FakeTelegram, TOKEN};
use crate::program::{Home, Running};
use crate::support::{House, patiently, settings, small_library};

const ADA: i64 = 1001;
const PATIENCE: Duration = Duration::from_secs(20);

fn telegram(fake: &FakeTelegram, house: &House, webhook: Option<WebhookOptions>) -> Telegram {
    let options = Options {
        token: Secret::new(TOKEN),
        api_url: fake.url(),
        messages_per_second: None,
        webhook,
        timeouts: Timeouts::default(),
    };
    Telegram::new(options, house.clock.clone()).unwrap()
}

async fn sees(fake: &FakeTelegram, words: &str) {
    let is_seen = |world: &World| world.said(ADA).last().is_some_and(|said| said.contains(words)).then_some(());
    fake.wait_for(is_seen, PATIENCE).await.unwrap();
}

#[tokio::test]
async fn without_a_writer_the_asking_ends_and_nothing_is_confirmed() {
    let (mut house, fake) = (House::new().await, FakeTelegram::start());
    let service = house.service().clone();
    house.stop_loops().await;
    let ada = fake.user(ADA);
    ada.say("/start");
    ada.tap_data(1, "1.a.1.x");
    let stopped = patiently(telegram(&fake, &house, None).run(service, 1)).await;
    assert!(matches!(stopped, Stopped::Closed), "{stopped:?}");
    assert_eq!(fake.look(|world| (world.pending_updates(), world.callback_answers().len())), (2, 0));
    assert_eq!(fake.breaches(), []);
}

#[tokio::test]
async fn a_writer_that_dies_with_an_update_in_hand_ends_the_asking() {
    let (mut house, fake) = (House::new().await, FakeTelegram::start());
    let running = telegram(&fake, &house, None).run(house.service().clone(), 1);
    let ada = fake.user(ADA);
    let dies = async {
        house.stop_loops().await;
        // The poll waits meanwhile; its answer finds nobody to write it down.
        ada.say("/start");
    };
    let (stopped, ()) = patiently(async { tokio::join!(running, dies) }).await;
    assert!(matches!(stopped, Stopped::Closed), "{stopped:?}");
    assert_eq!(fake.look(|world| world.pending_updates()), 1);
}

#[tokio::test]
async fn without_a_writer_a_webhook_takes_nothing() {
    let (mut house, fake) = (House::new().await, FakeTelegram::start());
    let service = house.service().clone();
    house.stop_loops().await;
    let listen = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let webhook = WebhookOptions { url: format!("http://{listen}/"), listen, secret: Secret::new("a_secret") };
    let refused = async {
        fake.wait_for(|world| world.webhook().map(|_| ()), PATIENCE).await.unwrap();
        fake.user(ADA).say("/start");
        fake.wait_for(|world| world.webhook_error().map(str::to_owned), PATIENCE).await.unwrap()
    };
    let error = tokio::select! {
        error = patiently(refused) => error,
        stopped = telegram(&fake, &house, Some(webhook)).run(service, 1) => panic!("{stopped:?}"),
    };
    assert!(error.contains("503"), "{error}");
    assert_eq!(fake.look(|world| world.pending_updates()), 1, "the platform keeps it for the next run");
}

/// The process as it is wired: whoever reads how it ended learns of the store, not of those whom it left alone.
#[tokio::test]
async fn when_the_store_breaks_the_process_ends_with_its_reason_and_the_next_one_goes_on() {
    let (fake, dir, house) = (FakeTelegram::start(), tempfile::tempdir().unwrap(), House::closed(small_library()));
    let store = || async {
        let mut options = StoreOptions::new(dir.path().join("data"), dir.path().join("master.key"));
        options.synchronous = Synchronous::Off;
        Store::open(options).await.unwrap()
    };
    let clock: Arc<dyn Clock> = house.clock.clone();
    let bot = || -> Vec<Adapter> {
        let config = TelegramConfig {
            token: Secret::new(TOKEN),
            token_set_in: "config.toml:2".to_owned(),
            api_url: fake.url(),
            messages_per_second: 0,
            webhook: None,
        };
        vec![adapter(&config, Arc::clone(&clock)).unwrap()]
    };
    let ada = fake.user(ADA);
    let change = async |statements: [&'static str; 2]| {
        let data = sqlx::sqlite::SqliteConnectOptions::new().filename(dir.path().join("data/data.db"));
        let mut data = data.connect().await.unwrap();
        for statement in statements {
            data.execute(statement).await.unwrap();
        }
    };
    let breaks = async {
        ada.say("/start");
        sees(&fake, "What may I call you?").await;
        change(["ALTER TABLE inbox RENAME TO inbox_away", "ALTER TABLE quarantine RENAME TO quarantine_away"]).await;
        ada.say("Ada");
    };
    let run = serve(store().await, small_library(), settings(), Arc::clone(&clock), bot(), std::future::pending());
    let (ended, ()) = patiently(async { tokio::join!(run, breaks) }).await;
    let failure = ended.unwrap_err();
    assert!(matches!(failure, Failure::Store(_)), "{failure:?}");
    assert_eq!(fake.look(|world| world.pending_updates()), 1, "it is not confirmed");

    change(["ALTER TABLE inbox_away RENAME TO inbox", "ALTER TABLE quarantine_away RENAME TO quarantine"]).await;
    let stop = sees(&fake, "Glad you are here, Ada.");
    patiently(serve(store().await, small_library(), settings(), clock.clone(), bot(), stop)).await.unwrap();
    assert_eq!(fake.breaches(), []);
}

/// The real program, with this token at this platform.
fn home(fake: &FakeTelegram) -> Home {
    let home = Home::new();
    let config = format!("[telegram]\ntoken = \"{TOKEN}\"\napi_url = \"{}\"\n", fake.url());
    std::fs::write(home.path().join("config.toml"), config).unwrap();
    home
}

#[test]
fn a_signal_ends_the_bot_in_order() {
    for signal in ["TERM", "INT"] {
        let fake = FakeTelegram::start();
        let home = home(&fake);
        let running = Running::start(home.mendwell(&["--data", "data"]));
        fake.user(ADA).say("/start");
        let asked = |world: &World| world.said(ADA).iter().any(|said| said.contains("18 or older")).then_some(());
        fake.wait_for_blocking(asked, PATIENCE).unwrap();
        assert_eq!(running.ask_to_stop(signal).code(), Some(0), "{signal}");
        assert_eq!(fake.breaches(), []);
    }
}

#[test]
fn a_refused_token_is_told_in_one_sentence_that_says_what_to_do() {
    let fake = FakeTelegram::start();
    let home = home(&fake);
    let other = TOKEN.replace("7000000001", "7000000002");
    let path = home.path().join("config.toml");
    std::fs::write(&path, std::fs::read_to_string(&path).unwrap().replace(TOKEN, &other)).unwrap();
    let output = home.run(&["--data", "data"], "");
    let said = String::from_utf8(output.stderr).unwrap();
    let last = said.lines().last().unwrap();
    let wanted = format!(
        "mendwell: Telegram refused the bot's token, which is set in {}:2: put a valid one there; @BotFather on Telegram \
         gives it",
        path.display()
    );
    assert_eq!((output.status.code(), last), (Some(77), wanted.as_str()));
    assert!(!said.contains(other.split_once(':').unwrap().1), "{said}");
}
