//! Settings: where they come from, which wins, and what is said about wrong ones.

use std::path::{Path, PathBuf};

use mendwell::config::{Config, ConfigError, Overrides, Places, example};
use mendwell::domain::occasion::{OCCASIONS, Occasion};
use tempfile::TempDir;

pub(crate) struct Host {
    root: TempDir,
}

impl Host {
    pub(crate) fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        for dir in ["work", "home/.config/mendwell"] {
            std::fs::create_dir_all(root.path().join(dir)).unwrap();
        }
        Self { root }
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    pub(crate) fn with(self, path: &str, text: &str) -> Self {
        std::fs::write(self.path(path), text).unwrap();
        self
    }

    fn load_with(&self, overrides: &Overrides, environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let places = Places {
            current: self.path("work"),
            home: Some(self.path("home")),
            config_home: Some(self.path("home/.config")),
            data_home: Some(self.path("home/.local/share")),
        };
        let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Config::load(overrides, environment, &places)
    }

    pub(crate) fn load(&self, environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
        self.load_with(&Overrides::default(), environment)
    }

    /// What is said about a `config.toml`, with the directory's name taken out.
    pub(crate) fn complaint(text: &str) -> String {
        let host = Self::new().with("work/config.toml", text);
        host.load(&[]).unwrap_err().to_string().replace(&host.path("work/").display().to_string(), "")
    }
}

#[test]
fn without_any_setting_the_defaults_hold() {
    let host = Host::new();
    let config = host.load(&[("HOME", "/elsewhere"), ("MENDWELL_BOT_NAME", ""), ("MENDWELL_UPDATE", "1")]).unwrap();
    assert_eq!(config.file, None);
    assert_eq!(config.store.data_dir, host.path("home/.local/share/mendwell"));
    assert_eq!(config.store.master_key, host.path("home/.local/share/mendwell.key"));
    assert_eq!(config.store.forget_ledger, host.path("home/.local/share/mendwell.forgotten"));
    assert_eq!((config.bot.name.as_str(), config.bot.dialogs.of(Occasion::Start)), ("Mendwell", "welcome"));
    assert_eq!((config.bot.quiet.from.hour(), config.bot.quiet.to.hour()), (22, 7));
    assert_eq!((config.bot.zone.as_str(), config.log.level.as_str(), config.dialogs.dir), ("UTC", "info", None));
}

#[test]
fn the_first_file_found_is_read_and_no_other() {
    let name = |host: &Host| host.load(&[]).unwrap().bot.name;
    let host = Host::new().with("home/.config/mendwell/config.toml", "[bot]\nname = \"Home\"\n");
    assert_eq!(name(&host), "Home");
    let host = host.with("work/config.toml", "[bot]\nzone = \"Europe/Berlin\"\n");
    assert_eq!(name(&host), "Mendwell");
    let host = host.with("other.toml", "[bot]\nname = \"Other\"\n").with("env.toml", "[bot]\nname = \"Env\"\n");
    let by_variable = [("MENDWELL_CONFIG", host.path("env.toml").display().to_string())];
    let by_variable = [(by_variable[0].0, by_variable[0].1.as_str())];
    assert_eq!(host.load(&by_variable).unwrap().bot.name, "Env");
    let by_option = Overrides { file: Some(host.path("other.toml")), ..Overrides::default() };
    assert_eq!(host.load_with(&by_option, &by_variable).unwrap().bot.name, "Other");
    let missing = Overrides { file: Some(PathBuf::from("missing.toml")), ..Overrides::default() };
    let error = host.load_with(&missing, &[]).unwrap_err().to_string();
    assert!(error.contains("--config") && error.contains("missing.toml"), "{error}");
}

#[test]
fn command_line_wins_over_environment_over_file() {
    let host = Host::new().with("work/config.toml", "[store]\ndata_dir = \"a\"\n[bot]\nname = \"File\"\n");
    let config = host.load(&[]).unwrap();
    assert_eq!(config.store.data_dir, host.path("work/a"));
    assert_eq!(config.store.master_key, host.path("work/a.key"));
    let environment = [("MENDWELL_STORE_DATA_DIR", "~/b"), ("MENDWELL_BOT_NAME", "Env")];
    let config = host.load(&environment).unwrap();
    assert_eq!((config.store.data_dir, config.bot.name.as_str()), (host.path("home/b"), "Env"));
    let overrides = Overrides { data_dir: Some("../c".into()), dialogs_dir: Some("/d".into()), ..Overrides::default() };
    let config = host.load_with(&overrides, &environment).unwrap();
    assert_eq!(config.store.data_dir, host.path("c"));
    assert_eq!(config.store.master_key, host.path("c.key"));
    assert_eq!(config.dialogs.dir.as_deref(), Some(Path::new("/d")));
}

#[test]
fn every_problem_is_named_at_once_with_its_place() {
    let said = Host::complaint(
        "[bot]\nnmae = \"x\"\nquiet_from = 22\nzone = \"berlin\"\n  level = \"info\"\n\n[stor]\ndata_dir = \"d\"\n[log]\nlevel = \"inof\"\n",
    );
    assert_eq!(
        said,
        "config.toml:2:1: unknown key `nmae` in [bot]\n  |\n2 | nmae = \"x\"\n  | ^^^^ did you mean `name`?\n\
         config.toml:3:14: `quiet_from` wants a text in quotes, found integer\n  |\n3 | quiet_from = 22\n  |              ^^ such as quiet_from = \"22:00\"\n\
         config.toml:4:8: \"berlin\" is no IANA time zone\n  |\n4 | zone = \"berlin\"\n  |        ^^^^^^^^ did you mean \"Europe/Berlin\"?\n\
         config.toml:5:3: unknown key `level` in [bot]\n  |\n5 |   level = \"info\"\n  |   ^^^^^ it belongs into [log]\n\
         config.toml:7:2: unknown section `stor`\n  |\n7 | [stor]\n  |  ^^^^ did you mean `store`?\n\
         config.toml:10:9: \"inof\" is no log level\n   |\n10 | level = \"inof\"\n   |         ^^^^^^ did you mean `info`?\n\
         6 problems in the configuration"
    );
}

#[test]
fn broken_files_are_told_apart_from_broken_settings() {
    let said = Host::complaint("[bot\nname = \"x\"\nstart_dialog = \"a b\"\n");
    assert!(said.starts_with("config.toml:1:5: "), "{said}");
    let said = Host::complaint("bot = 3\ntelefax = {}\n");
    assert!(said.contains("1:1: `bot` is a section") && said.contains("2:1: unknown section `telefax`"), "{said}");
    let said = Host::complaint("[bot]\nname = \"a\"\nname = \"b\"\n");
    assert!(said.contains("config.toml:3:"), "{said}");
    let host = Host::new();
    std::fs::write(host.path("work/config.toml"), b"\xff\xfe").unwrap();
    assert!(host.load(&[]).unwrap_err().to_string().contains("cannot be read"));
}

#[test]
fn settings_that_mean_nothing_are_refused() {
    let refused = |name: &str, value: &str| Host::new().load(&[(name, value)]).unwrap_err().to_string();
    for (name, value) in [
        ("MENDWELL_BOT_QUIET_FROM", "25:00"),
        ("MENDWELL_BOT_ZONE", "Mars/Olympus"),
        ("MENDWELL_BOT_START_DIALOG", " "),
        ("MENDWELL_BOT_NAME", "  "),
        ("MENDWELL_LOG_LEVEL", "loud"),
        ("MENDWELL_STORE_DATA_DIR", " "),
    ] {
        let said = refused(name, value);
        assert!(said.starts_with(name), "{said}");
    }
    let said = refused("MENDWELL_BOT_QIUET_FROM", "22:00");
    assert!(said.contains("did you mean `MENDWELL_BOT_QUIET_FROM`?"), "{said}");
}

#[test]
fn the_master_key_never_lies_inside_the_data_directory() {
    for key in ["data/master.key", "other/../data/x/master.key", "data"] {
        let said = Host::complaint(&format!("[store]\ndata_dir = \"./data\"\nmaster_key = \"{key}\"\n"));
        assert!(said.starts_with("config.toml:3:14: the master key would lie in the data directory"), "{said}");
    }
    let host = Host::new().with("work/config.toml", "[store]\ndata_dir = \"data\"\nmaster_key = \"data.key\"\n");
    assert_eq!(host.load(&[]).unwrap().store.master_key, host.path("work/data.key"));
}

#[test]
fn the_example_file_is_the_one_in_the_repository() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("config.example.toml");
    let text = std::fs::read_to_string(file).unwrap();
    assert!(text == example(), "config.example.toml is old; run `cargo run -- config example > config.example.toml`");
}

#[test]
fn every_occasion_has_a_setting_for_its_dialog() {
    for (occasion, key, dialog) in OCCASIONS {
        assert!(example().contains(&format!("#{key} = \"{dialog}\"")), "{occasion:?}");
    }
}

#[test]
fn the_example_shows_the_defaults() {
    let host = Host::new().with("work/config.toml", &example());
    let as_it_is = host.load(&[]).unwrap();
    assert_eq!(as_it_is.bot, Host::new().load(&[]).unwrap().bot);
    let taken_in: String = example()
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(setting) if !setting.starts_with(' ') => format!("{setting}\n"),
            Some(_) | None => format!("{line}\n"),
        })
        .collect();
    let host = Host::new().with("work/config.toml", &taken_in);
    let config = host.load(&[]).unwrap();
    assert_eq!((&config.bot, &config.log), (&as_it_is.bot, &as_it_is.log));
    assert_eq!(config.telegram, None, "an empty token is none");
    assert_eq!(config.store.data_dir, host.path("home/.local/share/mendwell"));
    assert_eq!(config.dialogs.dir, Some(host.path("work/dialogs")));
}
