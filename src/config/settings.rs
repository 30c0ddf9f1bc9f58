//! The table of all settings: parsing, environment variables and the example file all come from it.

use std::fmt::Write;

/// What a setting holds; all are written as text in quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Words to show.
    Words,
    /// The id of a dialog.
    Dialog,
    /// A path; `~/` is the home directory, a relative one in the file starts at the file's own directory.
    Path,
    /// A wall time.
    Time,
    /// An IANA zone.
    Zone,
    /// A log level.
    Level,
}

/// One setting.
pub(super) struct Setting {
    pub(super) section: &'static str,
    pub(super) key: &'static str,
    pub(super) kind: Kind,
    /// As the example shows it; settings of [`Kind::Path`] work their default out themselves.
    pub(super) default: &'static str,
    pub(super) doc: &'static str,
}

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
        key: "checkin_dialog",
        kind: Kind::Dialog,
        default: "daily",
        doc: "Dialog that /checkin opens.",
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
        default: "support",
        doc: "Dialog that /crisis opens.",
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
        section: "dialogs",
        key: "dir",
        kind: Kind::Path,
        default: "./dialogs",
        doc: "Directory of dialog files that replace the built-in ones. Default: the built-in ones.",
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
        format!("MENDWELL_{}_{}", self.section, self.key).to_uppercase()
    }
}

impl Kind {
    fn describe(self) -> &'static str {
        match self {
            Self::Words => "text",
            Self::Dialog => "id of a dialog",
            Self::Path => "path",
            Self::Time => "time, HH:MM",
            Self::Zone => "IANA time zone",
            Self::Level => "off, error, warn, info, debug or trace",
        }
    }
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
         # configuration directory. Each setting's environment variable wins over the file.\n\
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
            let _ = writeln!(text, "# ({}; {})", setting.kind.describe(), setting.variable());
            let _ = writeln!(text, "#{} = \"{}\"", setting.key, setting.default);
        }
    }
    text
}
