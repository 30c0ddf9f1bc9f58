//! `mendwell doctor`: each thing that can be wrong is found, and a healthy house is called healthy.

use std::path::Path;

use serde_json::Value;

use crate::counting::Place;
use crate::fake_discord::route::Route;
use crate::fake_discord::{self, FakeDiscord};
use crate::fake_telegram::faults::{Fault, Scope};
use crate::fake_telegram::method::Method;
use crate::fake_telegram::{FakeTelegram, TOKEN};
use crate::program::Home;

fn doctor(home: &Home, arguments: &[&str]) -> (Option<i32>, Value) {
    let output = home.run(&[&["doctor", "--json", "--data", "data"], arguments].concat(), "");
    let found = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("no JSON: {}", String::from_utf8_lossy(&output.stderr)));
    (output.status.code(), found)
}

/// The status of one check, and what it says.
fn check(found: &Value, name: &str) -> (String, String) {
    let checks = found["checks"].as_array().unwrap();
    let check = checks.iter().find(|check| check["check"] == name).unwrap_or_else(|| panic!("no {name} in {found:#}"));
    (check["status"].as_str().unwrap().to_owned(), check["says"].as_str().unwrap().to_owned())
}

/// The exit code of a healthy house: the shipped numbers go out of date by themselves, one day.
fn at_best(found: &Value) -> i32 {
    i32::from(check(found, "helplines").0 == "warning")
}

const HOST: &str = "[host]\ncontact = \"privacy@host.example\"\n";

fn healthy() -> Home {
    let home = Home::new();
    std::fs::write(home.path().join("config.toml"), HOST).unwrap();
    mode(&home.path().join("config.toml"), 0o600);
    home.chat("1\n1\n2\nToday.\n1\nAda\n2\n3\n");
    assert!(home.run(&["backup", "safe", "--data", "data"], "").status.success());
    home
}

fn mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
}

#[test]
fn a_healthy_house_is_called_healthy_and_nothing_of_anybody_is_said() {
    let home = healthy();
    let before = home.bytes().len();
    let (code, found) = doctor(&home, &[]);
    assert_eq!(code, Some(at_best(&found)), "{found:#}");
    for name in [
        "config",
        "host",
        "dialogs",
        "modes",
        "master_key",
        "ledger",
        "disk",
        "sqlite",
        "journal",
        "integrity",
        "schema",
        "keys",
        "clock",
        "backup",
    ] {
        assert_eq!(check(&found, name).0, "ok", "{name}");
    }
    assert!(!found.to_string().contains("Ada") && !found.to_string().contains("Today"));
    let output = home.run(&["doctor", "--data", "data"], "");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.lines().all(|line| line.starts_with("ok ") || line.contains(" helplines ")), "{text}");
    assert_eq!(home.bytes().len(), before, "it looks and changes nothing");
}

#[test]
fn every_fault_is_found_by_its_check() {
    let with = |fault: fn(&Home)| {
        let home = healthy();
        fault(&home);
        doctor(&home, &[])
    };
    for (name, status, code, fault) in [
        ("backup", "warning", 1, (|home| std::fs::remove_file(home.data().join("last-backup")).unwrap()) as fn(&Home)),
        ("backup", "warning", 1, |home| {
            std::fs::write(home.data().join("last-backup"), "20200101T000000.000Z").unwrap()
        }),
        ("host", "warning", 1, |home| std::fs::remove_file(home.path().join("config.toml")).unwrap()),
        ("modes", "error", 2, |home| mode(&home.data().join("data.db"), 0o644)),
        ("master_key", "error", 2, |home| mode(&home.key(), 0o640)),
        ("master_key", "error", 2, |home| std::fs::remove_file(home.key()).unwrap()),
        ("data", "error", 2, |home| std::fs::write(home.key(), "7".repeat(64)).unwrap()),
        ("data", "error", 2, |home| {
            std::fs::write(home.data().join("data.db"), "no database at all, for a long time").unwrap()
        }),
        ("data", "error", 2, |home| std::fs::remove_file(home.data().join("data.db")).unwrap()),
        ("data", "error", 2, |home| std::fs::create_dir(home.data().join("restored")).unwrap()),
        ("clock", "error", 2, |home| {
            let later =
                std::fs::metadata(home.key()).unwrap().modified().unwrap() + std::time::Duration::from_secs(7_200);
            std::fs::File::options()
                .write(true)
                .open(home.data().join("data.db"))
                .unwrap()
                .set_modified(later)
                .unwrap();
        }),
    ] {
        let (found_code, found) = with(fault);
        let (found_status, says) = check(&found, name);
        assert_eq!((found_status.as_str(), found_code), (status, Some(code)), "{name}: {says}");
    }
}

#[test]
fn broken_settings_and_dialogs_are_told() {
    let home = healthy();
    std::fs::write(home.path().join("config.toml"), "[bot]\nnam = \"x\"\n").unwrap();
    assert_eq!(home.run(&["doctor", "--data", "data"], "").status.code(), Some(78));
    std::fs::write(home.path().join("config.toml"), "[bot]\nmenu_dialog = \"nowhere\"\n").unwrap();
    let (code, found) = doctor(&home, &[]);
    assert_eq!((check(&found, "dialogs").0.as_str(), code), ("error", Some(2)));
}

/// The shipped dialogs, with numbers that were looked at long ago.
#[test]
fn numbers_that_are_out_of_date_are_told() {
    let home = healthy();
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("dialogs");
    for folder in ["", "system"] {
        let target = home.path().join("dialogs").join(folder);
        std::fs::create_dir_all(&target).unwrap();
        for file in std::fs::read_dir(shipped.join(folder)).unwrap().map(|file| file.unwrap().path()) {
            if file.is_file() {
                std::fs::copy(&file, target.join(file.file_name().unwrap())).unwrap();
            }
        }
    }
    let place = home.path().join("dialogs/helplines.toml");
    let text = std::fs::read_to_string(&place).unwrap();
    let old = |line: &str| match line.trim_start().split([' ', '=']).next() {
        Some("verified_on") => "  verified_on = 2020-01-01".to_owned(),
        Some("expires") => "  expires = 2020-06-29".to_owned(),
        _ => line.to_owned(),
    };
    std::fs::write(&place, text.lines().map(old).collect::<Vec<_>>().join("\n")).unwrap();
    let (code, found) = doctor(&home, &["--dialogs", "dialogs"]);
    let (status, says) = check(&found, "helplines");
    assert_eq!((status.as_str(), code), ("warning", Some(1)), "{says}");
    assert!(says.contains("https://"), "{says}");
}

#[tokio::test]
async fn tokens_are_tried_only_when_it_is_asked_for() {
    let home = healthy();
    let fake = FakeTelegram::start();
    let config = |token: &str, url: &str| {
        let text = format!("{HOST}[telegram]\ntoken = \"{token}\"\napi_url = \"{url}\"\n");
        std::fs::write(home.path().join("config.toml"), text).unwrap();
        mode(&home.path().join("config.toml"), 0o600);
    };
    config(TOKEN, &fake.url());
    let (_, found) = doctor(&home, &[]);
    assert!(!found.to_string().contains("telegram") && fake.requests().is_empty());
    let (code, found) = doctor(&home, &["--online"]);
    assert_eq!((check(&found, "telegram").0.as_str(), code), ("ok", Some(at_best(&found))), "{found:#}");
    let (bot, _) = TOKEN.split_once(':').unwrap();
    config(&format!("{bot}:{}", "A".repeat(35)), &fake.url());
    let (code, found) = doctor(&home, &["--online"]);
    assert_eq!((check(&found, "telegram").0.as_str(), code), ("error", Some(2)), "{found:#}");
    assert!(!found.to_string().contains("AAAAA"), "the token is not shown");
    config(TOKEN, "http://127.0.0.1:9");
    let (code, found) = doctor(&home, &["--online"]);
    assert_eq!((check(&found, "telegram").0.as_str(), code), ("warning", Some(1)), "{found:#}");
    mode(&home.path().join("config.toml"), 0o644);
    let (_, found) = doctor(&home, &[]);
    assert_eq!(check(&found, "config_mode").0, "warning");
}

/// The host's configuration for one platform.
fn configured(home: &Home, platform: &str) {
    std::fs::write(home.path().join("config.toml"), format!("{HOST}{platform}")).unwrap();
    mode(&home.path().join("config.toml"), 0o600);
}

#[tokio::test]
async fn how_the_bot_is_set_up_at_telegram_is_told() {
    let (home, fake) = (healthy(), FakeTelegram::start());
    configured(&home, &fake.config());
    let (code, found) = doctor(&home, &["--online"]);
    assert_eq!(code, Some(at_best(&found)), "{found:#}");
    for name in ["telegram_webhook", "telegram_groups", "telegram_privacy"] {
        assert_eq!(check(&found, name).0, "ok", "{name}");
    }
    let me = r#"{"ok":true,"result":{"id":1,"is_bot":true,"first_name":"M","can_join_groups":true,"can_read_all_group_messages":true}}"#;
    fake.fail(Scope::Only(Method::GetMe), Fault::Answer { status: 200, body: me.to_owned() }, 2);
    let hook = |rest: &str| format!(r#"{{"ok":true,"result":{{"url":"https://host.example/hook"{rest}}}}}"#);
    fake.answer_next(Method::GetWebhookInfo, 200, &hook(""));
    let (code, found) = doctor(&home, &["--online"]);
    assert_eq!(code, Some(1), "{found:#}");
    let says = |name| check(&found, name);
    assert!(says("telegram_webhook").1.contains("asks for updates"), "{found:#}");
    assert!(
        says("telegram_groups").1.contains("can be put into groups")
            && says("telegram_privacy").1.contains("/setprivacy")
    );
    assert!(["telegram_webhook", "telegram_privacy"].iter().all(|name| says(name).0 == "warning"));
    // With a webhook of its own: another one, and one that does not work.
    let own = "[telegram.webhook]\nurl = \"https://host.example/hook\"\nlisten = \"127.0.0.1:1\"\n";
    configured(&home, &format!("{}{own}", fake.config()));
    for (answer, words) in [
        (Some(hook("")), None),
        (None, Some("not the one")),
        (Some(hook(r#","last_error_date":1,"last_error_message":"x""#)), Some("did not arrive")),
    ] {
        if let Some(answer) = answer {
            fake.answer_next(Method::GetWebhookInfo, 200, &answer);
        }
        let (_, found) = doctor(&home, &["--online"]);
        let (status, says) = check(&found, "telegram_webhook");
        assert_eq!(status, if words.is_some() { "warning" } else { "ok" }, "{says}");
        assert!(says.contains(words.unwrap_or_default()), "{says}");
    }
}

#[tokio::test]
async fn how_the_application_is_set_up_at_discord_is_told() {
    let (home, fake) = (healthy(), FakeDiscord::start());
    configured(&home, &fake.config());
    let (code, found) = doctor(&home, &["--online"]);
    assert_eq!(code, Some(at_best(&found)), "{found:#}");
    assert_eq!(
        (check(&found, "discord_intents").0.as_str(), check(&found, "discord_endpoint").0.as_str()),
        ("ok", "ok")
    );
    let flags = (1_u64 << 15) | (1 << 18) | (1 << 23);
    let body = format!(r#"{{"id":"1","flags":{flags},"interactions_endpoint_url":"https://host.example/x"}}"#);
    fake.fail(
        fake_discord::faults::Scope::Only(Route::GetApplication),
        fake_discord::faults::Fault::Answer { status: 200, body },
        2,
    );
    let (code, found) = doctor(&home, &["--online"]);
    let (status, says) = check(&found, "discord_intents");
    assert_eq!((status.as_str(), code), ("warning", Some(2)), "{found:#}");
    assert!(says.contains("(Server Members, Message Content)"), "{says}");
    assert_eq!(check(&found, "discord_endpoint").0, "error");
}
