//! Takes settings out of the file and the environment, checks them and collects what is wrong.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::config::problem::{Place, Problem};
use crate::config::settings::{Kind, SETTINGS, Setting, sections};
use crate::config::{BotConfig, Config, DialogsConfig, LogConfig, Overrides, Places, StoreConfig};
use crate::domain::recurrence::QuietHours;
use crate::domain::recurrence_text::parse_time;
use crate::domain::zone::{tz, zone_of};

/// A setting's text, and where it was found.
pub(super) struct Found {
    pub(super) text: String,
    pub(super) place: Place,
    /// Where a relative path starts.
    pub(super) base: PathBuf,
}

/// Collects settings and problems from every source.
pub(super) struct Reader<'a> {
    pub(super) found: HashMap<(&'static str, &'static str), Found>,
    pub(super) problems: Vec<Problem>,
    pub(super) places: &'a Places,
}

impl Reader<'_> {
    /// Reads the file that is to be read, if any, and says which it was.
    pub(super) fn file(&mut self, overrides: &Overrides, environment: &HashMap<String, String>) -> Option<PathBuf> {
        let named = overrides
            .file
            .clone()
            .map(|path| (path, "--config"))
            .or_else(|| environment.get("MENDWELL_CONFIG").map(|path| (PathBuf::from(path), "MENDWELL_CONFIG")));
        let (path, by) = match named {
            Some((path, by)) => (self.places.current.join(path), by),
            None => {
                let beside = Some(self.places.current.join("config.toml"));
                let home = self.places.config_home.as_ref().map(|home| home.join("mendwell").join("config.toml"));
                ([beside, home].into_iter().flatten().find(|path| path.exists())?, "the configuration file")
            }
        };
        match std::fs::read_to_string(&path) {
            Ok(source) => self.source(&path, &source),
            Err(error) => {
                self.named_problem(by, format!("{} cannot be read: {error}", path.display()), None);
            }
        }
        Some(path)
    }

    fn source(&mut self, path: &Path, source: &str) {
        let (table, errors) = DeTable::parse_recoverable(source);
        for error in &errors {
            let place = Place::in_file(path, source, error.span().unwrap_or(0..0));
            self.problems.push(Problem { place, message: error.message().to_owned(), help: None });
        }
        let base = path.parent().unwrap_or(Path::new("")).to_owned();
        for (section, value) in table.get_ref() {
            let Some(known) = sections().into_iter().find(|known| *known == section.get_ref().as_ref()) else {
                let near = nearest(section.get_ref(), sections().into_iter());
                let place = Place::in_file(path, source, section.span());
                self.problems.push(Problem {
                    place,
                    message: format!("unknown section `{}`", section.get_ref()),
                    help: near,
                });
                continue;
            };
            let DeValue::Table(table) = value.get_ref() else {
                let message = format!("`{known}` is a section, found {}", value.get_ref().type_str());
                let place = Place::in_file(path, source, section.span());
                self.problems.push(Problem {
                    place,
                    message,
                    help: Some(format!("write [{known}] on a line of its own")),
                });
                continue;
            };
            for (key, value) in table {
                let place = |span| Place::in_file(path, source, span);
                match setting_value(known, key, value) {
                    Ok((setting, text)) => {
                        let found = Found { text, place: place(value.span()), base: base.clone() };
                        self.found.insert((setting.section, setting.key), found);
                    }
                    Err((span, message, help)) => self.problems.push(Problem { place: place(span), message, help }),
                }
            }
        }
    }

    /// Takes the variables of settings; one that begins like a section's and names no setting is a slip.
    pub(super) fn environment(&mut self, environment: &HashMap<String, String>) {
        let mut names: Vec<&String> = environment.keys().collect();
        names.sort();
        for name in names {
            let Some(text) = environment.get(name) else { continue };
            if let Some(setting) = SETTINGS.iter().find(|setting| setting.variable() == *name) {
                let found =
                    Found { text: text.clone(), place: Place::Named(name.clone()), base: self.places.current.clone() };
                self.found.insert((setting.section, setting.key), found);
            } else if sections()
                .iter()
                .any(|section| name.starts_with(&format!("MENDWELL_{}_", section.to_uppercase())))
            {
                let variables: Vec<String> = SETTINGS.iter().map(Setting::variable).collect();
                let help = nearest(name, variables.iter().map(String::as_str));
                self.named_problem(name, "no setting has this variable".to_owned(), help);
            }
        }
    }

    /// The settings, each checked or its default.
    pub(super) fn config(&mut self, file: Option<PathBuf>) -> Config {
        let data_dir = self.path("store", "data_dir").or_else(|| {
            let home = self.places.data_home.as_ref().map(|home| home.join("mendwell"));
            if home.is_none() && !self.found.contains_key(&("store", "data_dir")) {
                let message = "there is no home directory to keep data in".to_owned();
                self.named_problem("[store] data_dir", message, Some("set it to a directory".to_owned()));
            }
            home
        });
        let data_dir = data_dir.unwrap_or_default();
        let master_key = self.path("store", "master_key").unwrap_or_else(|| {
            let mut beside = data_dir.clone().into_os_string();
            beside.push(".key");
            beside.into()
        });
        if master_key.starts_with(&data_dir) && data_dir.is_absolute() {
            let message = format!("the master key would lie in the data directory {}", data_dir.display());
            let help = Some("keep it elsewhere, so that a copy of the data cannot be read".to_owned());
            self.problem(("store", "master_key"), message, help);
        }
        Config {
            file,
            store: StoreConfig { data_dir, master_key },
            bot: BotConfig {
                name: self.words("bot", "name"),
                start_dialog: self.words("bot", "start_dialog"),
                menu_dialog: self.words("bot", "menu_dialog"),
                checkin_dialog: self.words("bot", "checkin_dialog"),
                remind_dialog: self.words("bot", "remind_dialog"),
                crisis_dialog: self.words("bot", "crisis_dialog"),
                quiet: QuietHours {
                    from: parse_time(&self.words("bot", "quiet_from")).unwrap_or_default(),
                    to: parse_time(&self.words("bot", "quiet_to")).unwrap_or_default(),
                },
                zone: self.words("bot", "zone"),
            },
            dialogs: DialogsConfig { dir: self.path("dialogs", "dir") },
            log: LogConfig { level: self.words("log", "level") },
        }
    }

    /// A setting that is no path: checked, or its default.
    fn words(&mut self, section: &'static str, key: &'static str) -> String {
        let Some(setting) = SETTINGS.iter().find(|setting| setting.section == section && setting.key == key) else {
            return String::new();
        };
        let Some(found) = self.found.get(&(section, key)) else { return setting.default.to_owned() };
        match checked(setting.kind, found.text.trim()) {
            Ok(text) => text,
            Err((message, help)) => {
                self.problem((section, key), message, help);
                setting.default.to_owned()
            }
        }
    }

    /// A path that was set, absolute.
    fn path(&mut self, section: &'static str, key: &'static str) -> Option<PathBuf> {
        let found = self.found.get(&(section, key))?;
        if found.text.trim().is_empty() {
            self.problem((section, key), "the path is empty".to_owned(), None);
            return None;
        }
        let path = match (found.text.strip_prefix("~/"), &self.places.home) {
            (Some(rest), Some(home)) => home.join(rest),
            (Some(_), None) | (None, _) => self.places.current.join(&found.base).join(&found.text),
        };
        Some(plain(&path))
    }

    fn problem(&mut self, (section, key): (&'static str, &'static str), message: String, help: Option<String>) {
        let place = self.found.get(&(section, key)).map(|found| found.place.clone());
        let place = place.unwrap_or_else(|| Place::Named(format!("[{section}] {key}")));
        self.problems.push(Problem { place, message, help });
    }

    fn named_problem(&mut self, name: &str, message: String, help: Option<String>) {
        self.problems.push(Problem { place: Place::Named(name.to_owned()), message, help });
    }
}

type Wrong = (std::ops::Range<usize>, String, Option<String>);

/// The setting of a key in a section, and its text.
fn setting_value<K: AsRef<str>>(
    section: &str,
    key: &Spanned<K>,
    value: &Spanned<DeValue<'_>>,
) -> Result<(&'static Setting, String), Wrong> {
    let name = key.get_ref().as_ref();
    let mut siblings = SETTINGS.iter().filter(|setting| setting.section == section);
    let Some(setting) = siblings.clone().find(|setting| setting.key == name) else {
        let near = nearest(name, siblings.by_ref().map(|setting| setting.key)).or_else(|| {
            let elsewhere = SETTINGS.iter().find(|setting| setting.key == name)?;
            Some(format!("it belongs into [{}]", elsewhere.section))
        });
        return Err((key.span(), format!("unknown key `{name}` in [{section}]"), near));
    };
    match value.get_ref().as_str() {
        Some(text) => Ok((setting, text.to_owned())),
        None => {
            let message = format!("`{name}` wants a text in quotes, found {}", value.get_ref().type_str());
            Err((value.span(), message, Some(format!("such as {name} = \"{}\"", setting.default))))
        }
    }
}

/// The checked text of a setting, or what is wrong with it and how to mend it.
fn checked(kind: Kind, text: &str) -> Result<String, (String, Option<String>)> {
    const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];
    match kind {
        Kind::Words | Kind::Path if text.is_empty() => Err(("it is empty".to_owned(), None)),
        Kind::Words | Kind::Path => Ok(text.to_owned()),
        Kind::Dialog if text.is_empty() || text.contains(char::is_whitespace) => {
            Err((format!("\"{text}\" is no id of a dialog"), Some("it is a file's name without .toml".to_owned())))
        }
        Kind::Dialog => Ok(text.to_owned()),
        Kind::Time => match parse_time(text) {
            Some(_) => Ok(text.to_owned()),
            None => Err((format!("\"{text}\" is no time"), Some("write it as 22:00".to_owned()))),
        },
        Kind::Zone => match tz(text).as_ref().and_then(|zone| zone.iana_name()) {
            Some(name) => Ok(name.to_owned()),
            None => {
                let help = zone_of(text).map(|zone| format!("did you mean \"{zone}\"?"));
                Err((format!("\"{text}\" is no IANA time zone"), help))
            }
        },
        Kind::Level if LEVELS.contains(&text) => Ok(text.to_owned()),
        Kind::Level => {
            let help = nearest(text, LEVELS.into_iter()).or_else(|| Some(format!("one of {}", LEVELS.join(", "))));
            Err((format!("\"{text}\" is no log level"), help))
        }
    }
}

fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    known
        .map(|name| (strsim::jaro_winkler(&word.to_lowercase(), &name.to_lowercase()), name))
        .filter(|(likeness, _)| *likeness > 0.7)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| format!("did you mean `{name}`?"))
}

/// The path without `.` and `..`, so that one can be found inside another.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => plain.push(part),
        }
    }
    plain
}
