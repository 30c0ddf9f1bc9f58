//! `[telegram]`: where its settings come from, what is refused, and that no secret is ever shown.

use mendwell::config::{TelegramConfig, example};

use crate::config::Host;

const TOKEN: &str = "123456789:AAF7-g0gYncWnm5IyfZlpPRqRRv6kNAGlao";
/// The part of it that must be seen nowhere.
const TAIL: &str = "g0gYncWnm5IyfZ";

fn telegram(text: &str) -> TelegramConfig {
    Host::new().with("work/config.toml", text).load(&[]).unwrap().telegram.unwrap()
}

fn with_token(rest: &str) -> TelegramConfig {
    telegram(&format!("[telegram]\ntoken = \"{TOKEN}\"\n{rest}"))
}

#[test]
fn a_token_alone_is_a_whole_bot() {
    let telegram = with_token("");
    assert_eq!(telegram.token.expose(), TOKEN);
    assert!(telegram.token_set_in.ends_with("config.toml:2"), "{}", telegram.token_set_in);
    assert_eq!((telegram.api_url.as_str(), telegram.messages_per_second), ("https://api.telegram.org", 30));
    assert_eq!(telegram.webhook, None);
}

#[test]
fn without_a_token_there_is_no_bot_and_other_settings_do_no_harm() {
    for text in ["", "[telegram]\n", "[telegram]\ntoken = \"\"\n", "[telegram]\napi_url = \"http://localhost:8081\"\n"]
    {
        let config = Host::new().with("work/config.toml", text).load(&[]).unwrap();
        assert_eq!(config.telegram, None, "{text}");
    }
    let said = Host::complaint("[telegram]\napi_url = \"localhost\"\n");
    assert!(said.starts_with("config.toml:2:11: it is no http or https address"), "{said}");
}

#[test]
fn every_setting_is_read_from_the_file() {
    let telegram = with_token(
        "api_url = \"http://localhost:8081/\"\nmessages_per_second = 1_000\n\n[telegram.webhook]\n\
         url = \"https://bot.example.org/hook/\"\nlisten = \"[::1]:9000\"\nsecret = \"Abc_-9\"\n",
    );
    let webhook = telegram.webhook.unwrap();
    assert_eq!((telegram.api_url.as_str(), telegram.messages_per_second), ("http://localhost:8081", 1000));
    assert_eq!(
        (webhook.url.as_str(), webhook.listen.to_string().as_str()),
        ("https://bot.example.org/hook", "[::1]:9000")
    );
    assert_eq!(webhook.secret.unwrap().expose(), "Abc_-9");
    let webhook = with_token("webhook = { url = \"https://b.example.org\" }\n").webhook.unwrap();
    assert_eq!((webhook.listen.to_string().as_str(), webhook.secret), ("127.0.0.1:8443", None));
}

#[test]
fn every_setting_has_a_variable_that_wins_over_the_file() {
    let file = format!("[telegram]\ntoken = \"1:{}\"\napi_url = \"http://a.example.org\"\n", "x".repeat(35));
    let host = Host::new().with("work/config.toml", &file);
    let telegram = host
        .load(&[
            ("MENDWELL_TELEGRAM_TOKEN", TOKEN),
            ("MENDWELL_TELEGRAM_API_URL", "https://b.example.org/prefix/"),
            ("MENDWELL_TELEGRAM_MESSAGES_PER_SECOND", "7"),
            ("MENDWELL_TELEGRAM_WEBHOOK_URL", "http://10.0.0.2:5000/t"),
            ("MENDWELL_TELEGRAM_WEBHOOK_LISTEN", "0.0.0.0:5000"),
            ("MENDWELL_TELEGRAM_WEBHOOK_SECRET", "s"),
        ])
        .unwrap()
        .telegram
        .unwrap();
    assert_eq!((telegram.token.expose(), telegram.token_set_in.as_str()), (TOKEN, "MENDWELL_TELEGRAM_TOKEN"));
    assert_eq!((telegram.api_url.as_str(), telegram.messages_per_second), ("https://b.example.org/prefix", 7));
    let webhook = telegram.webhook.unwrap();
    assert_eq!((webhook.url.as_str(), webhook.listen.port()), ("http://10.0.0.2:5000/t", 5000));
    assert_eq!(webhook.secret.unwrap().expose(), "s");
}

#[test]
fn a_secret_may_lie_in_a_file_of_its_own() {
    let host = Host::new()
        .with("work/config.toml", &format!("[telegram]\ntoken = \"1:{}\"\n", "x".repeat(35)))
        .with("work/token", &format!("\n {TOKEN}\r\n"))
        .with("home/secret", "abc\n");
    let telegram = host
        .load(&[
            ("MENDWELL_TELEGRAM_TOKEN_FILE", "token"),
            ("MENDWELL_TELEGRAM_WEBHOOK_URL", "https://b.example.org"),
            ("MENDWELL_TELEGRAM_WEBHOOK_SECRET_FILE", "~/secret"),
        ])
        .unwrap()
        .telegram
        .unwrap();
    assert_eq!((telegram.token.expose(), telegram.token_set_in.as_str()), (TOKEN, "MENDWELL_TELEGRAM_TOKEN_FILE"));
    assert_eq!(telegram.webhook.unwrap().secret.unwrap().expose(), "abc");
}

#[test]
fn a_file_of_a_secret_that_is_no_good_is_named_and_not_quoted() {
    let host = Host::new()
        .with("work/blank", " \n")
        .with("work/broken", "hunter2-hunter2")
        .with("work/long", &"hunter2".repeat(1000));
    std::fs::write(host.path("work/bytes"), b"hunter2\xff").unwrap();
    for (file, what) in [
        ("missing", "cannot be read: "),
        ("bytes", "cannot be read: "),
        (".", "cannot be read: "),
        ("blank", "is empty"),
        ("long", "is too long to hold a secret"),
        ("broken", "this does not have the form of a bot's token; @BotFather on Telegram gives one"),
    ] {
        let said = host.load(&[("MENDWELL_TELEGRAM_TOKEN_FILE", file)]).unwrap_err().to_string();
        assert!(said.starts_with("MENDWELL_TELEGRAM_TOKEN_FILE: ") && said.contains(what), "{file}: {said}");
        assert!(!said.contains("hunter2"), "{said}");
        let named = host.path("work").join(file).display().to_string();
        assert!(file == "broken" || said.contains(named.trim_end_matches("/.")), "{said}");
    }
    let both = [("MENDWELL_TELEGRAM_TOKEN", TOKEN), ("MENDWELL_TELEGRAM_TOKEN_FILE", "missing")];
    let said = host.load(&both).unwrap_err().to_string();
    let wanted = "MENDWELL_TELEGRAM_TOKEN_FILE: MENDWELL_TELEGRAM_TOKEN is set too; set one of the two\n1 problem";
    assert!(said.starts_with(wanted), "{said}");
    let said = host.load(&[("MENDWELL_TELEGRAM_API_URL_FILE", "token")]).unwrap_err().to_string();
    assert!(said.starts_with("MENDWELL_TELEGRAM_API_URL_FILE: no setting has this variable"), "{said}");
}

#[test]
fn problems_are_named_with_their_place_down_to_the_inner_section() {
    let said = Host::complaint(
        "[telegram]\nmessages_per_second = \"30\"\napi_ulr = \"x\"\ntoken_file = \"x\"\nlisten = \"x\"\n\
         [telegram.webhok]\nurl = \"\"\n[telegram.webhook]\nlisten = \"localhost:8443\"\nlsiten = 4\n\
         [webhook]\n[store.x]\n[bot]\nlisten = \"a\"\n",
    );
    assert_eq!(
        said,
        "config.toml:2:23: `messages_per_second` wants a whole number, found string\n  |\n\
         2 | messages_per_second = \"30\"\n  |                       ^^^^ such as messages_per_second = 30\n\
         config.toml:3:1: unknown key `api_ulr` in [telegram]\n  |\n\
         3 | api_ulr = …\n  | ^^^^^^^ did you mean `api_url`?\n\
         config.toml:4:1: unknown key `token_file` in [telegram]\n  |\n\
         4 | token_file = …\n  | ^^^^^^^^^^ the variable MENDWELL_TELEGRAM_TOKEN_FILE names a file\n\
         config.toml:5:1: unknown key `listen` in [telegram]\n  |\n\
         5 | listen = …\n  | ^^^^^^ it belongs into [telegram.webhook]\n\
         config.toml:6:11: unknown section `telegram.webhok`\n  |\n\
         6 | [telegram.webhok]\n  |           ^^^^^^ did you mean `telegram.webhook`?\n\
         config.toml:9:10: it is no IP address with a port\n  |\n\
         9 | listen = \"localhost:8443\"\n  |          ^^^^^^^^^^^^^^^^ write it as 127.0.0.1:8443\n\
         config.toml:10:1: unknown key `lsiten` in [telegram.webhook]\n   |\n\
         10 | lsiten = …\n   | ^^^^^^ did you mean `listen`?\n\
         config.toml:11:2: unknown section `webhook`\n   |\n\
         11 | [webhook]\n   |  ^^^^^^^ did you mean `telegram.webhook`?\n\
         config.toml:12:8: unknown section `store.x`\n   |\n\
         12 | [store.x]\n   |        ^ did you mean `store`?\n\
         config.toml:14:1: unknown key `listen` in [bot]\n   |\n\
         14 | listen = \"a\"\n   | ^^^^^^ it belongs into [telegram.webhook]\n\
         10 problems in the configuration"
    );
    let said = Host::complaint("[telegram]\nwebhook = 3\n");
    assert!(said.contains("2:1: `telegram.webhook` is a section, found integer\n"), "{said}");
    assert!(said.contains("^ write [telegram.webhook] on a line of its own"), "{said}");
}

#[test]
fn settings_that_mean_nothing_are_refused() {
    let refused = |name: &str, value: &str| Host::new().load(&[(name, value)]).unwrap_err().to_string();
    let long = "x".repeat(257);
    for (name, value, what) in [
        ("MENDWELL_TELEGRAM_TOKEN", "123456789", "BotFather"),
        ("MENDWELL_TELEGRAM_TOKEN", "abc:AAF7-g0gYncWnm5IyfZlpPRqRRv6kNAGlao", "BotFather"),
        ("MENDWELL_TELEGRAM_TOKEN", "123456789:AAF7 g0gYncWnm5IyfZlpPRqRRv6kNAGlao", "BotFather"),
        ("MENDWELL_TELEGRAM_TOKEN", "123456789:short", "BotFather"),
        ("MENDWELL_TELEGRAM_API_URL", "api.telegram.org", "write it as https://api.telegram.org"),
        ("MENDWELL_TELEGRAM_API_URL", "ftp://api.telegram.org", "no http or https address"),
        ("MENDWELL_TELEGRAM_API_URL", "https://", "no http or https address"),
        ("MENDWELL_TELEGRAM_API_URL", "https://api.example.org/?x=1", "with ? or #"),
        ("MENDWELL_TELEGRAM_API_URL", "https://me:hunter2@api.example.org", "with a name or password"),
        (
            "MENDWELL_TELEGRAM_API_URL",
            "https://api.telegram.org/bot123456789:AAF7-g0gYncWnm5IyfZlpPRqRRv6kNAGlao/",
            "leave out /bot and the token",
        ),
        ("MENDWELL_TELEGRAM_MESSAGES_PER_SECOND", "-1", "whole number from 0 to 1000"),
        ("MENDWELL_TELEGRAM_MESSAGES_PER_SECOND", "1001", "whole number from 0 to 1000"),
        ("MENDWELL_TELEGRAM_MESSAGES_PER_SECOND", "3.5", "whole number from 0 to 1000"),
        ("MENDWELL_TELEGRAM_WEBHOOK_URL", "bot.example.org", "no http or https address"),
        ("MENDWELL_TELEGRAM_WEBHOOK_URL", "http://bot.example.org", "Telegram calls no http address"),
        ("MENDWELL_TELEGRAM_WEBHOOK_URL", "https://bot.example.org:8080", "does not call port 8080"),
        ("MENDWELL_TELEGRAM_WEBHOOK_LISTEN", "8443", "127.0.0.1:8443"),
        ("MENDWELL_TELEGRAM_WEBHOOK_SECRET", "with space", "letters, digits, _ or -"),
        ("MENDWELL_TELEGRAM_WEBHOOK_SECRET", &long, "letters, digits, _ or -"),
        ("MENDWELL_TELEGRAM_WEBHOOK_SECRET", "größer", "letters, digits, _ or -"),
    ] {
        let said = refused(name, value);
        assert!(said.starts_with(name) && said.contains(what) && said.contains("\n1 problem"), "{value}: {said}");
        assert!(!said.contains(TAIL) && !said.contains("hunter2"), "{said}");
    }
    assert!(Host::new().load(&[("MENDWELL_TELEGRAM_WEBHOOK_SECRET", &"x".repeat(256))]).is_ok());
    let said = refused("MENDWELL_TELEGRAM_TOKN_FILE", "x");
    assert!(said.contains("did you mean `MENDWELL_TELEGRAM_TOKEN_FILE`?"), "{said}");
}

#[test]
fn no_secret_is_shown_by_debug() {
    let config = Host::new()
        .with(
            "work/config.toml",
            &format!(
                "[telegram]\ntoken = \"{TOKEN}\"\n[telegram.webhook]\nurl = \"https://a.example.org\"\nsecret = \"hunter2\"\n"
            ),
        )
        .load(&[])
        .unwrap();
    for shown in [format!("{config:?}"), format!("{config:#?}")] {
        assert!(!shown.contains(TAIL) && !shown.contains("hunter2"), "{shown}");
        assert_eq!(shown.matches("Secret(set)").count(), 2, "{shown}");
    }
}

/// Whatever is wrong, and wherever: a problem quotes its line, and a token or secret may be in it.
#[test]
fn no_problem_quotes_a_secret() {
    for text in [
        "[telegram]\ntoken = \"TOKEN",
        "[telegram]\ntoken = TOKEN\n",
        "[telegram]\ntoken \"TOKEN\"\n",
        "[telegram]\ntokne = \"hunter2\"\n",
        "[telegram]\nnothing_like_it = \"hunter2\"\n",
        "[telegram]\ntoken = \"hunter2\"\n",
        "[telegram]\ntoken = \"hunter2\" x\n",
        "[telegram]\ntoken = 'hunter2\n",
        "[telegram]\ntoken = \"\"\"\nhunter2\\q\"\"\"\n",
        "[telegram] # mine\n[\"telegram\"]\nhunter2\n",
        "[telegram]\ntoken = [\"hunter2\"]\n",
        "[telegram]\ntoken = [\n\"hunter2\" 3\n]\n",
        "[telegram]\ntoken = \"a\"\ntoken = \"hunter2\"\n",
        "[telegram] token = \"hunter2\"\n",
        "[telegram.webhook]\nsecret = \"hunter2 hunter2\"\n",
        "[telegram.webhook]\nsercet = \"hunter2\"\n",
        "[telegram]\nwebhook = { secret = \"hunter2\", ulr = \"\" }\n",
        "[telgram]\ntoken = \"hunter2\" x\n",
        "telegram = { token = \"hunter2\", api_ulr = \"\" }\n",
        "telgram = { token = \"hunter2\" }\n",
        "telegram.tokne = \"hunter2\"\n",
        "telegram.token = \"hunter2\"\n",
        "token = \"hunter2\"\n",
        "secret = \"hunter2\" x\n",
        "[bot]\ntoken = \"hunter2\"\n",
        "[bot]\nbot_token = \"hunter2\"\n",
        "[bot]\ntoken hunter2\n",
        "[bot]\nnmae = \"TOKEN\"\n",
        "bot = { token = \"hunter2\" }\n",
        "[telegram]\napi_url = \"http://me:hunter2@localhost\"\n",
        "[telegram]\napi_url = \"https://api.telegram.org/botTOKEN\"\n",
        "[telegram.webhook]\nurl = \"https://me:hunter2@localhost\" x\n",
    ] {
        let said = Host::complaint(&text.replace("TOKEN", TOKEN));
        assert!(!said.contains("hunter2") && !said.contains(TAIL), "{text}\n{said}");
        assert!(said.contains("config.toml:") && said.contains('|'), "{said}");
    }
    // What is no secret is quoted as ever.
    for (text, quoted) in [
        ("[telegram]\napi_url = \"localhost\"\n", "2 | api_url = \"localhost\"\n"),
        ("telegram.webhook.listen = \"a\"\n", "1 | telegram.webhook.listen = \"a\"\n"),
        ("[telegram]\nlisten = \"a\"\n", "2 | listen = …\n"),
        ("[bot] # mine\nnmae = \"x\"\n", "2 | nmae = \"x\"\n"),
        ("[bot]\nname \"x\"\n", "2 | name \"x\"\n"),
    ] {
        let said = Host::complaint(text);
        assert!(said.contains(quoted), "{said}");
    }
}

#[test]
fn the_example_explains_both_ways_to_give_a_secret() {
    let example = example();
    assert!(example.contains("(token; MENDWELL_TELEGRAM_TOKEN or MENDWELL_TELEGRAM_TOKEN_FILE)"), "{example}");
    assert!(
        example.contains("\n#messages_per_second = 30\n") && example.contains("\n[telegram.webhook]\n"),
        "{example}"
    );
}
