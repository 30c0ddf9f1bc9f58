//! One process with both tokens, as a host starts it: the same dialogs on both, and one person who is on both.

use std::time::Duration;

use crate::fake_discord::{self, FakeDiscord};
use crate::fake_telegram::{self, FakeTelegram};
use crate::program::{Home, Running};
use crate::support::discord::discord_of_today;

const PATIENCE: Duration = Duration::from_secs(60);

/// Where the dialogs of a test are read from, by name.
const DIALOGS: &[(&str, &str)] = &[
    ("start", include_str!("support/dialogs/start.toml")),
    ("menu", include_str!("support/dialogs/menu.toml")),
    ("long", include_str!("support/dialogs/long.toml")),
    ("move", include_str!("support/dialogs/move.toml")),
    ("plan", include_str!("support/dialogs/plan.toml")),
    ("daily", include_str!("support/dialogs/daily.toml")),
    ("mood", include_str!("support/dialogs/mood.toml")),
    ("journal", include_str!("../../dialogs/journal.toml")),
    ("goals", include_str!("support/dialogs/goals.toml")),
    ("tools", include_str!("support/dialogs/tools.toml")),
    ("progress", include_str!("../../dialogs/progress.toml")),
    ("then-now", include_str!("../../dialogs/then-now.toml")),
    ("safety", include_str!("dialogs/safety.toml")),
    ("linked", include_str!("../../dialogs/linked.toml")),
    ("unlink", include_str!("../../dialogs/unlink.toml")),
    ("export", include_str!("../../dialogs/export.toml")),
    ("forget", include_str!("../../dialogs/forget.toml")),
    ("privacy", include_str!("../../dialogs/privacy.toml")),
    ("still-here", include_str!("../../dialogs/still-here.toml")),
    ("knock", include_str!("../../dialogs/knock.toml")),
    ("come-by", include_str!("../../dialogs/come-by.toml")),
    ("answer-later", include_str!("../../dialogs/answer-later.toml")),
    ("hard-dates", include_str!("../../dialogs/hard-dates.toml")),
    ("hard-day", include_str!("../../dialogs/hard-day.toml")),
    (
        "settings",
        "format = 1\nid = \"settings\"\ntitle = \"Settings\"\nlang = \"en\"\n[params]\nstands = { type = \"text\", or = \"-\" }\n[[step]]\nid = \"a\"\nsay = \"{stands}\"\n",
    ),
    (
        "support",
        "format = 1\nid = \"support\"\ntitle = \"People\"\nlang = \"en\"\nrole = \"safety\"\n[[step]]\nid = \"a\"\nsay = \"A\"\n",
    ),
    ("feel-now", "format = 1\nid = \"feel-now\"\ntitle = \"Now\"\nlang = \"en\"\n[[step]]\nid = \"a\"\nsay = \"A\"\n"),
    ("remind-set", include_str!("../../dialogs/remind-set.toml")),
    ("keep-asking", include_str!("../../dialogs/keep-asking.toml")),
    ("system/en", include_str!("../../dialogs/system/en.toml")),
];

struct Both {
    home: Home,
    telegram: FakeTelegram,
    discord: FakeDiscord,
}

impl Both {
    fn new() -> Self {
        let both = Self { home: Home::new(), telegram: FakeTelegram::start(), discord: discord_of_today() };
        let dialogs = both.home.path().join("dialogs");
        std::fs::create_dir_all(dialogs.join("system")).unwrap();
        for (name, text) in DIALOGS {
            std::fs::write(dialogs.join(format!("{name}.toml")), text).unwrap();
        }
        let config = format!(
            "[bot]\nstart_dialog = \"start\"\nmenu_dialog = \"menu\"\nguide_dialog = \"menu\"\ncheckin_dialog = \"daily\"\nremind_dialog = \"plan\"\n\
             crisis_dialog = \"safety\"\nlink_dialog = \"linked\"\nunlink_dialog = \"unlink\"\n\
             [telegram]\ntoken = \"{}\"\napi_url = \"{}\"\n[discord]\ntoken = \"{}\"\napi_url = \"{}\"\n",
            fake_telegram::TOKEN,
            both.telegram.url(),
            fake_discord::TOKEN,
            both.discord.url(),
        );
        std::fs::write(both.home.path().join("config.toml"), config).unwrap();
        both
    }

    fn start(&self) -> Running {
        let running = Running::start(self.home.mendwell(&["--data", "data", "--dialogs", "dialogs"]));
        self.discord
            .wait_for_blocking(|world| world.gateway().is_connected().then_some(()), PATIENCE)
            .unwrap_or_else(|ledger| panic!("Discord is not listened to: {ledger}"));
        running
    }
}

/// Waits until the newest message of a chat is the bot's and has these words in it; what it says.
macro_rules! sees {
    ($fake:expr, $chat:expr, $words:expr) => {
        $fake
            .wait_for_blocking(
                |world| {
                    let said = world.said($chat);
                    said.last().filter(|said| said.contains($words)).map(|said| (*said).to_owned())
                },
                PATIENCE,
            )
            .unwrap_or_else(|ledger| panic!("“{}” does not come: {ledger}", $words))
    };
}

#[test]
fn what_is_begun_on_telegram_is_finished_on_discord_and_the_other_way_round() {
    let both = Both::new();
    let running = both.start();
    let (there, here) = (both.telegram.user(71), both.discord.user(72));
    there.say("/start");
    sees!(both.telegram, there.id, "What may I call you?");
    there.say("Ada");
    sees!(both.telegram, there.id, "Glad you are here, Ada.");
    here.say("hello");
    sees!(both.discord, here.channel, "What may I call you?");
    here.say("A.");
    sees!(both.discord, here.channel, "Glad you are here, A.");

    there.say("/link");
    let shown = sees!(both.telegram, there.id, "/link ");
    here.say(&shown);
    sees!(both.discord, here.channel, "Where shall my check-ins arrive?");
    here.tap("Telegram");
    sees!(both.discord, here.channel, "Then check-ins come on Telegram.");
    sees!(both.telegram, there.id, "Your chat on Discord is connected with this one now");

    there.say("/menu");
    sees!(both.telegram, there.id, "What now?");
    there.tap("The long one");
    sees!(both.telegram, there.id, "First?");
    there.say("one");
    sees!(both.telegram, there.id, "Second?");
    here.say("two");
    sees!(both.discord, here.channel, "Third?");
    assert!(running.ask_to_stop("TERM").success());

    let running = both.start();
    here.say("three");
    sees!(both.discord, here.channel, "Kept: one, two, three.");
    here.say("/menu");
    sees!(both.discord, here.channel, "What now?");
    here.tap("The long one");
    sees!(both.discord, here.channel, "First?");
    there.say("four");
    sees!(both.telegram, there.id, "Second?");
    assert!(running.ask_to_stop("TERM").success());
    assert_eq!(both.telegram.breaches(), []);
    assert_eq!(both.discord.breaches(), []);
}
