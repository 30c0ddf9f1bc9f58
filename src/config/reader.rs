//! Takes settings out of the file and the environment, checks them and collects what is wrong.

use std::collections::HashMap;
use std::io::Read;
use std::ops::Range;
use std::path::{Component, Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};
use zeroize::Zeroizing;

use crate::config::check::checked;
use crate::config::near::{near_key, near_section, nearest};
use crate::config::problem::{Place, Problem};
use crate::config::settings::{Kind, SETTINGS, Setting, sections, setting_of, variable_of};
use crate::config::{BotConfig, Config, DialogsConfig, HostConfig, LogConfig, Overrides, Places, StoreConfig};
use crate::domain::language::Language;
use crate::domain::limits::{IDLE_MONTHS_MAX, SECRET_FILE_BYTES_MAX};
use crate::domain::occasion::Dialogs;
use crate::domain::recurrence::QuietHours;
use crate::domain::recurrence_text::parse_time;
use crate::store::{LEDGER_TAIL, MASTER_KEY_TAIL, beside};

/// A setting's text, and where it was found.
pub(super) struct Found {
    pub(super) text: Zeroizing<String>,
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
        match std::fs::read_to_string(&path).map(Zeroizing::new) {
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
        self.table(&File { path, source }, None, table.get_ref());
    }

    /// Takes what stands in a section, or in the file outside of all sections.
    fn table(&mut self, file: &File<'_>, section: Option<&'static str>, table: &DeTable<'_>) {
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            let full = section.map_or_else(|| name.to_owned(), |section| format!("{section}.{name}"));
            let known = sections().into_iter().find(|known| *known == full);
            let taken = match (known, value.get_ref().as_table(), section) {
                (Some(known), Some(inner), _) => {
                    self.table(file, Some(known), inner);
                    continue;
                }
                (Some(known), None, _) => {
                    let message = format!("`{known}` is a section, found {}", value.get_ref().type_str());
                    Err((key.span(), message, Some(format!("write [{known}] on a line of its own"))))
                }
                (None, inner, Some(section)) if inner.is_none() || setting_of(section, name).is_some() => {
                    setting_value(section, key, value)
                }
                (None, _, _) => Err((key.span(), format!("unknown section `{full}`"), near_section(&full))),
            };
            match taken {
                Ok((setting, text)) => {
                    let base = file.path.parent().unwrap_or(Path::new("")).to_owned();
                    let found = Found { text, place: file.place(value.span()), base };
                    self.found.insert((setting.section, setting.key), found);
                }
                Err((span, message, help)) => self.problems.push(Problem { place: file.place(span), message, help }),
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
                self.variable(setting, name, text.clone().into());
            } else if let Some(setting) = SETTINGS.iter().find(|each| each.file_variable().as_ref() == Some(name)) {
                let direct = setting.variable();
                if environment.contains_key(&direct) {
                    self.named_problem(name, format!("{direct} is set too"), Some("set one of the two".to_owned()));
                } else {
                    match secret_in(&self.resolve(&self.places.current, text)) {
                        Ok(secret) => self.variable(setting, name, secret),
                        Err(message) => self.named_problem(name, message, None),
                    }
                }
            } else if sections().iter().any(|section| name.starts_with(&(variable_of(section) + "_"))) {
                let direct = SETTINGS.iter().map(Setting::variable);
                let variables: Vec<String> = direct.chain(SETTINGS.iter().filter_map(Setting::file_variable)).collect();
                let help = nearest(name, variables.iter().map(String::as_str));
                self.named_problem(name, "no setting has this variable".to_owned(), help);
            }
        }
    }

    fn variable(&mut self, setting: &Setting, name: &str, text: Zeroizing<String>) {
        let found = Found { text, place: Place::Named(name.to_owned()), base: self.places.current.clone() };
        self.found.insert((setting.section, setting.key), found);
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
        let master_key = self.path("store", "master_key").unwrap_or_else(|| beside(&data_dir, MASTER_KEY_TAIL));
        let forget_ledger = self.path("store", "forget_ledger").unwrap_or_else(|| beside(&data_dir, LEDGER_TAIL));
        if master_key.starts_with(&data_dir) && data_dir.is_absolute() {
            let message = format!("the master key would lie in the data directory {}", data_dir.display());
            let help = Some("keep it elsewhere, so that a copy of the data cannot be read".to_owned());
            self.problem(("store", "master_key"), message, help);
        }
        Config {
            file,
            store: StoreConfig {
                forget_ledger,
                data_dir,
                master_key,
                idle_months: self.words("store", "idle_months").parse().unwrap_or(IDLE_MONTHS_MAX),
            },
            bot: BotConfig {
                name: self.words("bot", "name"),
                dialogs: Dialogs::named(|key| self.words("bot", key)),
                quiet: QuietHours {
                    from: parse_time(&self.words("bot", "quiet_from")).unwrap_or_default(),
                    to: parse_time(&self.words("bot", "quiet_to")).unwrap_or_default(),
                },
                zone: self.words("bot", "zone"),
                language: Language::of_tag(&self.words("bot", "language")).unwrap_or_default(),
            },
            host: HostConfig { contact: self.notice("contact"), country: self.notice("country") },
            dialogs: DialogsConfig { dir: self.path("dialogs", "dir") },
            telegram: self.telegram(),
            discord: self.discord(),
            log: LogConfig { level: self.words("log", "level") },
        }
    }

    /// A setting that is no path: checked, or its default.
    pub(super) fn words(&mut self, section: &'static str, key: &'static str) -> String {
        let Some(setting) = setting_of(section, key) else {
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

    /// What the host tells of themselves, if anything.
    fn notice(&mut self, key: &'static str) -> Option<String> {
        Some(self.words("host", key)).filter(|words| !words.is_empty())
    }

    /// A path that was set, absolute.
    fn path(&mut self, section: &'static str, key: &'static str) -> Option<PathBuf> {
        let found = self.found.get(&(section, key))?;
        if found.text.trim().is_empty() {
            self.problem((section, key), "the path is empty".to_owned(), None);
            return None;
        }
        Some(self.resolve(&found.base, &found.text))
    }

    /// A path as it was written, absolute.
    fn resolve(&self, base: &Path, path: &str) -> PathBuf {
        let path = match (path.strip_prefix("~/"), &self.places.home) {
            (Some(rest), Some(home)) => home.join(rest),
            (Some(_), None) | (None, _) => self.places.current.join(base).join(path),
        };
        plain(&path)
    }

    pub(super) fn problem(
        &mut self,
        (section, key): (&'static str, &'static str),
        message: String,
        help: Option<String>,
    ) {
        let place = self.place_of((section, key));
        self.problems.push(Problem { place, message, help });
    }

    /// Where a setting was found, or its name.
    pub(super) fn place_of(&self, (section, key): (&'static str, &'static str)) -> Place {
        let place = self.found.get(&(section, key)).map(|found| found.place.clone());
        place.unwrap_or_else(|| Place::Named(format!("[{section}] {key}")))
    }

    fn named_problem(&mut self, name: &str, message: String, help: Option<String>) {
        self.problems.push(Problem { place: Place::Named(name.to_owned()), message, help });
    }
}

/// A file of settings.
struct File<'a> {
    path: &'a Path,
    source: &'a str,
}

impl File<'_> {
    fn place(&self, span: Range<usize>) -> Place {
        Place::in_file(self.path, self.source, span)
    }
}

type Wrong = (Range<usize>, String, Option<String>);

/// The setting of a key in a section, and its text.
fn setting_value<K: AsRef<str>>(
    section: &str,
    key: &Spanned<K>,
    value: &Spanned<DeValue<'_>>,
) -> Result<(&'static Setting, Zeroizing<String>), Wrong> {
    let name = key.get_ref().as_ref();
    let Some(setting) = setting_of(section, name) else {
        return Err((key.span(), format!("unknown key `{name}` in [{section}]"), near_key(section, name)));
    };
    let is_number = matches!(setting.kind, Kind::Count | Kind::Months);
    let text = if is_number {
        value.get_ref().as_integer().map(ToString::to_string)
    } else {
        value.get_ref().as_str().map(str::to_owned)
    };
    let Some(text) = text else {
        let wanted = if is_number { "a whole number" } else { "a text in quotes" };
        let message = format!("`{name}` wants {wanted}, found {}", value.get_ref().type_str());
        return Err((value.span(), message, Some(format!("such as {}", setting.line()))));
    };
    Ok((setting, text.into()))
}

/// The secret that a file holds, or what is wrong with the file; never what stands in it.
fn secret_in(path: &Path) -> Result<Zeroizing<String>, String> {
    let mut text = Zeroizing::new(String::new());
    let read =
        std::fs::File::open(path).and_then(|file| file.take(SECRET_FILE_BYTES_MAX + 1).read_to_string(&mut text));
    let path = path.display();
    match read {
        Err(error) => Err(format!("{path} cannot be read: {error}")),
        Ok(_) if text.len() as u64 > SECRET_FILE_BYTES_MAX => Err(format!("{path} is too long to hold a secret")),
        Ok(_) if text.trim().is_empty() => Err(format!("{path} is empty")),
        Ok(_) => Ok(text),
    }
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
