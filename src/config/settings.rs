//! The table of all settings: parsing, environment variables and the example file all come from it.

use std::fmt::Write;

use crate::domain::limits::{IDLE_MONTHS_MAX, PER_SECOND_MAX, WEBHOOK_SECRET_CHARS_MAX};

/// What a setting holds; all but [`Kind::Count`] and [`Kind::Months`] are written as text in quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Words to show.
    Words,
    /// Words to show, on one line, or empty.
    Notice,
    /// The id of a dialog.
    Dialog,
    /// A path; `~/` is the home directory, a relative one in the file starts at the file's own directory.
    Path,
    /// A wall time.
    Time,
    /// An IANA zone.
    Zone,
    /// The code of a language that is spoken here.
    Language,
    /// A log level.
    Level,
    /// A whole number from 0 to [`PER_SECOND_MAX`].
    Count,
    /// A whole number of months, from 1 to [`IDLE_MONTHS_MAX`].
    Months,
    /// Address of a server, http or https; such as this one.
    Server(&'static str),
    /// Address that others call, or empty.
    Webhook,
    /// An IP address and a port.
    Socket,
    /// The token of a Telegram bot, or empty.
    Token,
    /// The token of a Discord bot, or empty.
    DiscordToken,
    /// A secret of a webhook, or empty.
    WebhookSecret,
}

/// One setting.
pub(super) struct Setting {
    /// The section's name; one within another has its name in front, as in TOML: `telegram.webhook`.
    pub(super) section: &'static str,
    pub(super) key: &'static str,
    pub(super) kind: Kind,
    /// As the example shows it; settings of [`Kind::Path`] work their default out themselves.
    pub(super) default: &'static str,
    pub(super) doc: &'static str,
}

/// Where Telegram's own servers are.
pub(super) const TELEGRAM_API_URL: &str = "https://api.telegram.org";
/// Where Discord's own servers are.
const DISCORD_API_URL: &str = "https://discord.com";

/// Every setting, in the order of the example.
pub(super) const SETTINGS: &[Setting] = &[
    Setting {
        section: "store",
        key: "data_dir",
        kind: Kind::Path,
        default: "~/.local/share/mendwell",
        doc: "Directory of the database. Made when it is not there.",
    },
    Setting {
        section: "store",
        key: "master_key",
        kind: Kind::Path,
        default: "~/.local/share/mendwell.key",
        doc: "File of the master key, without which nothing stored can be read. Made on the first start. It must lie\n\
              outside data_dir, and is to be backed up apart from it. Default: the path of data_dir with `.key` behind.",
    },
    Setting {
        section: "store",
        key: "forget_ledger",
        kind: Kind::Path,
        default: "~/.local/share/mendwell.forgotten",
        doc: "File that remembers whose keys were destroyed by /forget, as hashes that lead to nobody. No restore takes it\n\
              back. It is to lie outside data_dir, on a disk that stays. Default: the path of data_dir with `.forgotten`\n\
              behind.",
    },
    Setting {
        section: "store",
        key: "idle_months",
        kind: Kind::Months,
        default: "12",
        doc: "After so many months without a word from somebody they are told once, and 30 days later everything of theirs\n\
              is deleted.",
    },
    Setting { section: "bot", key: "name", kind: Kind::Words, default: "Mendwell", doc: "What the bot calls itself." },
    Setting {
        section: "bot",
        key: "start_dialog",
        kind: Kind::Dialog,
        default: "welcome",
        doc: "Dialog that /start opens for a new person.",
    },
    Setting {
        section: "bot",
        key: "menu_dialog",
        kind: Kind::Dialog,
        default: "menu",
        doc: "Dialog that /menu opens.",
    },
    Setting {
        section: "bot",
        key: "guide_dialog",
        kind: Kind::Dialog,
        default: "guide",
        doc: "Dialog that /guide opens: the chapters.",
    },
    Setting {
        section: "bot",
        key: "checkin_dialog",
        kind: Kind::Dialog,
        default: "daily",
        doc: "Dialog that /checkin opens.",
    },
    Setting {
        section: "bot",
        key: "mood_dialog",
        kind: Kind::Dialog,
        default: "mood",
        doc: "Dialog that /mood opens: one tap.",
    },
    Setting {
        section: "bot",
        key: "then_now_dialog",
        kind: Kind::Dialog,
        default: "then-now",
        doc: "Dialog behind the button below /progress, which asks before something that a person wrote is shown.",
    },
    Setting {
        section: "bot",
        key: "remind_dialog",
        kind: Kind::Dialog,
        default: "reminders",
        doc: "Dialog that /remind opens.",
    },
    Setting {
        section: "bot",
        key: "crisis_dialog",
        kind: Kind::Dialog,
        default: "crisis",
        doc: "Dialog that /crisis opens.",
    },
    Setting {
        section: "bot",
        key: "link_dialog",
        kind: Kind::Dialog,
        default: "linked",
        doc: "Dialog that asks where check-ins arrive, once somebody has joined two accounts by /link.",
    },
    Setting {
        section: "bot",
        key: "unlink_dialog",
        kind: Kind::Dialog,
        default: "unlink",
        doc: "Dialog that /unlink opens.",
    },
    Setting {
        section: "bot",
        key: "forget_dialog",
        kind: Kind::Dialog,
        default: "forget",
        doc: "Dialog that /forget opens, which asks before everything of a person is deleted.",
    },
    Setting {
        section: "bot",
        key: "privacy_dialog",
        kind: Kind::Dialog,
        default: "privacy",
        doc: "Dialog that /privacy opens: what is kept, and what the person agreed to.",
    },
    Setting {
        section: "bot",
        key: "silence_dialog",
        kind: Kind::Dialog,
        default: "still-here",
        doc: "Dialog that tells somebody who has not written for long that their data will be deleted.",
    },
    Setting {
        section: "bot",
        key: "discreet_dialog",
        kind: Kind::Dialog,
        default: "knock",
        doc: "Dialog of neutral words in front of check-ins, for people who want that.",
    },
    Setting {
        section: "bot",
        key: "fading_dialog",
        kind: Kind::Dialog,
        default: "keep-asking",
        doc: "Dialog that asks whether to go on, when check-ins are not answered.",
    },
    Setting {
        section: "bot",
        key: "planned_dialog",
        kind: Kind::Dialog,
        default: "remind-set",
        doc: "Dialog that says what /remind has understood, and takes it back.",
    },
    Setting {
        section: "bot",
        key: "come_by_dialog",
        kind: Kind::Dialog,
        default: "come-by",
        doc: "Dialog of a reminder that somebody asked for once.",
    },
    Setting {
        section: "bot",
        key: "put_off_dialog",
        kind: Kind::Dialog,
        default: "answer-later",
        doc: "Dialog that asks until when a check-in is put off.",
    },
    Setting {
        section: "bot",
        key: "settings_dialog",
        kind: Kind::Dialog,
        default: "settings",
        doc: "Dialog that /settings opens: how everything that can be set stands, and a way to change each.",
    },
    Setting {
        section: "bot",
        key: "hard_dates_dialog",
        kind: Kind::Dialog,
        default: "hard-dates",
        doc: "Dialog that asks what /dates needs to know: a day of the year, what it is called, and what helps then.",
    },
    Setting {
        section: "bot",
        key: "hard_day_dialog",
        kind: Kind::Dialog,
        default: "hard-day",
        doc: "Dialog that comes before a hard date and on its morning.",
    },
    Setting {
        section: "bot",
        key: "export_dialog",
        kind: Kind::Dialog,
        default: "export",
        doc: "Dialog that /export opens, which asks before everything of a person is sent to them as a file.",
    },
    Setting {
        section: "bot",
        key: "journal_dialog",
        kind: Kind::Dialog,
        default: "journal",
        doc: "Dialog that asks what /journal needs to know: the words of an entry, a word to look for, whether to delete.",
    },
    Setting {
        section: "bot",
        key: "goals_dialog",
        kind: Kind::Dialog,
        default: "goals",
        doc: "Dialog that /goals opens: the small thing that is open, and what became of earlier ones.",
    },
    Setting {
        section: "bot",
        key: "tools_dialog",
        kind: Kind::Dialog,
        default: "tools",
        doc: "Dialog that /tools opens: what helps in a minute, and the cards that were made before.",
    },
    Setting {
        section: "bot",
        key: "quiet_from",
        kind: Kind::Time,
        default: "22:00",
        doc: "Quiet hours, in the person's own zone: nothing is sent unasked from this time\n\
              until quiet_to. The same time in both means no quiet hours.",
    },
    Setting { section: "bot", key: "quiet_to", kind: Kind::Time, default: "07:00", doc: "End of the quiet hours." },
    Setting {
        section: "bot",
        key: "zone",
        kind: Kind::Zone,
        default: "UTC",
        doc: "Time zone of people who have not chosen one.",
    },
    Setting {
        section: "bot",
        key: "language",
        kind: Kind::Language,
        default: "en",
        doc: "Language of people whose app tells none that I speak, and who have not chosen one: en or es.",
    },
    Setting {
        section: "host",
        key: "contact",
        kind: Kind::Notice,
        default: "",
        doc: "How people reach you, who answer for what is kept of them: an e-mail address, a name, a page. /privacy says\n\
              it to everybody. Default: nobody is named, and /privacy says so.",
    },
    Setting {
        section: "host",
        key: "country",
        kind: Kind::Notice,
        default: "",
        doc: "The country where the machine stands, as /privacy says it.",
    },
    Setting {
        section: "dialogs",
        key: "dir",
        kind: Kind::Path,
        default: "./dialogs",
        doc: "Directory of dialog files that replace the built-in ones. Default: the built-in ones.",
    },
    Setting {
        section: "telegram",
        key: "token",
        kind: Kind::Token,
        default: "",
        doc: "Token of the bot, from @BotFather on Telegram. With one, `mendwell` runs the service; without, it opens the\n\
              terminal chat. Whoever has the token is the bot: let nobody else read the file that holds it.",
    },
    Setting {
        section: "telegram",
        key: "api_url",
        kind: Kind::Server(TELEGRAM_API_URL),
        default: TELEGRAM_API_URL,
        doc: "Where the Bot API is; a server of your own is often http://localhost:8081.",
    },
    Setting {
        section: "telegram",
        key: "messages_per_second",
        kind: Kind::Count,
        default: "30",
        doc: "How many messages a second are sent at most, to all people together. Telegram allows about 30.\n\
              0 sends as fast as it goes, also to one person: only for a server of your own that sets no limits.",
    },
    Setting {
        section: "telegram.webhook",
        key: "url",
        kind: Kind::Webhook,
        default: "",
        doc: "Address at which Telegram reaches this program, when it is to call: https, on port 443, 80, 88 or 8443, with\n\
              whatever ends TLS in front of `listen`. Default: none, the program asks Telegram.",
    },
    Setting {
        section: "telegram.webhook",
        key: "listen",
        kind: Kind::Socket,
        default: "127.0.0.1:8443",
        doc: "Where the program listens for these calls, as plain http.",
    },
    Setting {
        section: "telegram.webhook",
        key: "secret",
        kind: Kind::WebhookSecret,
        default: "",
        doc: "Secret that Telegram sends along, so that nobody else can call. Default: a new one at each start.",
    },
    Setting {
        section: "discord",
        key: "token",
        kind: Kind::DiscordToken,
        default: "",
        doc: "Token of the bot, from https://discord.com/developers/applications. With one, `mendwell` runs the service, on\n\
              Telegram and Discord at once where both have a token. Whoever has the token is the bot: let nobody else read\n\
              the file that holds it.",
    },
    Setting {
        section: "discord",
        key: "api_url",
        kind: Kind::Server(DISCORD_API_URL),
        default: DISCORD_API_URL,
        doc: "Where Discord's API is, without /api/v10.",
    },
    Setting {
        section: "discord",
        key: "requests_per_second",
        kind: Kind::Count,
        default: "50",
        doc: "How many requests a second are made at most. Discord allows 50.\n\
              0 makes them as fast as it goes: only for a server of your own that sets no limits.",
    },
    Setting {
        section: "log",
        key: "level",
        kind: Kind::Level,
        default: "info",
        doc: "How much is logged; no level logs what people write.",
    },
];

impl Setting {
    /// The environment variable that wins over the file.
    pub(super) fn variable(&self) -> String {
        variable_of(&format!("{}.{}", self.section, self.key))
    }

    /// The environment variable that names a file with the value; only secrets have one.
    pub(super) fn file_variable(&self) -> Option<String> {
        self.kind.is_secret().then(|| self.variable() + "_FILE")
    }

    /// As it is written in a file.
    pub(super) fn line(&self) -> String {
        match self.kind {
            Kind::Count | Kind::Months => format!("{} = {}", self.key, self.default),
            Kind::Words
            | Kind::Notice
            | Kind::Dialog
            | Kind::Path
            | Kind::Time
            | Kind::Zone
            | Kind::Language
            | Kind::Level
            | Kind::Server(_)
            | Kind::Webhook
            | Kind::Socket
            | Kind::Token
            | Kind::DiscordToken
            | Kind::WebhookSecret => format!("{} = \"{}\"", self.key, self.default),
        }
    }
}

impl Kind {
    /// Whether its values must never be shown.
    pub(super) fn is_secret(self) -> bool {
        matches!(self, Self::Token | Self::DiscordToken | Self::WebhookSecret)
    }

    fn describe(self) -> String {
        let words = match self {
            Self::Words => "text",
            Self::Notice => "text on one line",
            Self::Dialog => "id of a dialog",
            Self::Path => "path",
            Self::Time => "time, HH:MM",
            Self::Zone => "IANA time zone",
            Self::Language => "code of a language",
            Self::Level => "off, error, warn, info, debug or trace",
            Self::Count => return format!("whole number, 0 to {PER_SECOND_MAX}"),
            Self::Months => return format!("whole number of months, 1 to {IDLE_MONTHS_MAX}"),
            Self::Server(_) => "http or https address",
            Self::Webhook => "https address",
            Self::Socket => "IP address and port",
            Self::Token | Self::DiscordToken => "token",
            Self::WebhookSecret => {
                return format!("1 to {WEBHOOK_SECRET_CHARS_MAX} letters, digits, _ or -");
            }
        };
        words.to_owned()
    }
}

/// The beginning of the variables of a section's settings, or the variable of a setting, by its name in TOML.
pub(super) fn variable_of(name: &str) -> String {
    format!("MENDWELL_{name}").replace('.', "_").to_uppercase()
}

/// The setting of a key in a section.
pub(super) fn setting_of(section: &str, key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.section == section && setting.key == key)
}

/// The sections, in the order of the example.
pub(super) fn sections() -> Vec<&'static str> {
    let mut sections: Vec<&str> = SETTINGS.iter().map(|setting| setting.section).collect();
    sections.dedup();
    sections
}

/// The example file: every setting with its meaning, kind, environment variable and default, all commented out.
pub fn example() -> String {
    let mut text = String::from(
        "# Settings of Mendwell. Copy to config.toml and take the # from what you want to change.\n\
         # Searched in this order: --config FILE, MENDWELL_CONFIG, ./config.toml, mendwell/config.toml in the user's\n\
         # configuration directory. Each setting's environment variable wins over the file; a variable that ends in\n\
         # _FILE names a file that holds the value and nothing else.\n\
         # Paths: ~/ is the home directory; a relative path starts at this file's directory.\n\
         # Written by `mendwell config example`.\n",
    );
    for section in sections() {
        // Writing to a String cannot fail.
        let _ = write!(text, "\n[{section}]\n");
        for (place, setting) in SETTINGS.iter().filter(|setting| setting.section == section).enumerate() {
            if place > 0 {
                text.push('\n');
            }
            for line in setting.doc.lines() {
                let _ = writeln!(text, "# {line}");
            }
            let or_file = setting.file_variable().map(|name| format!(" or {name}")).unwrap_or_default();
            let _ = writeln!(text, "# ({}; {}{or_file})", setting.kind.describe(), setting.variable());
            let _ = writeln!(text, "#{}", setting.line());
        }
    }
    text
}
