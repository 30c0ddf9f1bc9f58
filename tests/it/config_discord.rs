//! `[discord]`: where its settings come from, what is refused, and that no secret is ever shown.

use mendwell::config::{DiscordConfig, example};

use crate::config::Host;

const TOKEN: &str = "MTA4OTU0NzY0MzIxMDk4NzY1NA.GhIjKl.mnOPqrstUVWxyz0123456789abcdefghijKLMN";
/// The part of it that must be seen nowhere.
const TAIL: &str = "mnOPqrstUVWxyz";

fn discord(text: &str) -> Option<DiscordConfig> {
    Host::new().with("work/config.toml", text).load(&[]).unwrap().discord
}

#[test]
fn a_token_alone_is_a_whole_bot() {
    let config = discord(&format!("[discord]\ntoken = \"{TOKEN}\"\n")).unwrap();
    assert_eq!((config.token.expose(), config.api_url.as_str()), (TOKEN, "https://discord.com"));
    assert_eq!(config.requests_per_second, 50);
    assert!(config.token_set_in.ends_with("config.toml:2"), "{}", config.token_set_in);
    assert!(!format!("{config:?}").contains(TAIL));
    for text in ["", "[discord]\n", "[discord]\ntoken = \"\"\n", "[discord]\napi_url = \"http://localhost:8081\"\n"] {
        assert_eq!(discord(text), None, "{text}");
    }
}

#[test]
fn every_setting_has_a_variable_that_wins_over_the_file() {
    let host = Host::new()
        .with("work/config.toml", &format!("[discord]\ntoken = \"a.b.{}\"\n", "x".repeat(38)))
        .with("work/token", &format!("\n {TOKEN}\r\n"));
    let load = |variables: &[(&str, &str)]| host.load(variables).unwrap().discord.unwrap();
    let config = load(&[
        ("MENDWELL_DISCORD_TOKEN", TOKEN),
        ("MENDWELL_DISCORD_API_URL", "http://localhost:9/x/"),
        ("MENDWELL_DISCORD_REQUESTS_PER_SECOND", "0"),
    ]);
    assert_eq!(config.requests_per_second, 0);
    assert_eq!((config.token.expose(), config.api_url.as_str()), (TOKEN, "http://localhost:9/x"));
    let config = load(&[("MENDWELL_DISCORD_TOKEN_FILE", "token")]);
    assert_eq!((config.token.expose(), config.token_set_in.as_str()), (TOKEN, "MENDWELL_DISCORD_TOKEN_FILE"));
}

#[test]
fn both_platforms_may_be_set() {
    let text = format!("[discord]\ntoken = \"{TOKEN}\"\n[telegram]\ntoken = \"1:{}\"\n", "x".repeat(35));
    let config = Host::new().with("work/config.toml", &text).load(&[]).unwrap();
    assert!(config.discord.is_some() && config.telegram.is_some());
}

#[test]
fn settings_that_mean_nothing_are_refused_and_not_quoted() {
    for token in [
        "hunter2",
        "a.b",
        "a.b.short",
        &format!("a b.c.{TAIL}{TAIL}"),
        &format!("a..{TAIL}{TAIL}"),
        "1:xxxxxxxxxxxxxxxxxxxxxxxxx",
    ] {
        let said = Host::complaint(&format!("[discord]\ntoken = \"{token}\"\n"));
        assert!(said.contains("not have the form of a bot's token") && said.contains("under Bot"), "{said}");
        assert!(!said.contains(token) && !said.contains(TAIL), "{said}");
    }
    let said = Host::complaint("[discord]\napi_url = \"discord.com\"\n");
    assert!(said.contains("write it as https://discord.com"), "{said}");
    for text in [
        "[discord]\ntoken = TOKEN\n",
        "[discord]\ntokne = \"TOKEN\"\n",
        "[bot]\nname = \"TOKEN\" x\n",
        "[bot]\nnmae = \"TOKEN\"\n",
        "discord = { token = \"TOKEN\", api_ulr = \"\" }\n",
        "[discord]\napi_url = \"https://discord.com/TOKEN\"\n",
    ] {
        let said = Host::complaint(&text.replace("TOKEN", TOKEN));
        assert!(!said.contains(TAIL), "{text}\n{said}");
    }
}

#[test]
fn the_example_explains_both_ways_to_give_the_token() {
    assert!(example().contains("(token; MENDWELL_DISCORD_TOKEN or MENDWELL_DISCORD_TOKEN_FILE)"));
}
