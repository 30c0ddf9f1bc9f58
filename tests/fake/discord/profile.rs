//! The routes that say what the bot is, where its gateway is, and what its commands are.

use serde_json::{Value, json};

use super::components::items;
use super::messages::Applied;
use super::world::{BOT_ID, World, bot_json};

impl World {
    pub(super) fn me(&self) -> Applied {
        let mut me = bot_json();
        me["mfa_enabled"] = json!(true);
        me["locale"] = json!("en-US");
        me["verified"] = json!(true);
        Applied::new(me)
    }

    pub(super) fn application(&self) -> Applied {
        Applied::new(json!({
            "id": BOT_ID.to_string(),
            "name": "Mendwell",
            "icon": null,
            "description": "",
            "type": null,
            "bot": bot_json(),
            "bot_public": true,
            "bot_require_code_grant": false,
            "verify_key": "0".repeat(64),
            "flags": 0,
            "flags_new": "0",
            "redirect_uris": [],
            "interactions_endpoint_url": null,
            "role_connections_verification_url": null,
            "owner": self.user_json(1),
            "approximate_guild_count": 0,
            "approximate_user_install_count": self.people.len(),
            "approximate_user_authorization_count": 0,
            "explicit_content_filter": 0,
            "team": null,
            "eligible_oauth2_scopes": ["bot", "applications.commands"],
        }))
    }

    pub(super) fn where_gateway_is(&self) -> Applied {
        Applied::new(json!({"url": self.gateway.url}))
    }

    pub(super) fn how_gateway_is(&self) -> Applied {
        Applied::new(json!({
            "url": self.gateway.url,
            "shards": self.gateway.shards,
            "session_start_limit": {
                "total": 1_000,
                "remaining": self.gateway.identifies_left,
                "reset_after": 14_400_000,
                "max_concurrency": 1,
            },
        }))
    }

    /// All of them anew: what is not among them is gone.
    pub(super) fn put_commands(&mut self, body: &Value) -> Applied {
        let commands = items(body).iter().map(|command| {
            let id = self.clock.next_id().to_string();
            json!({
                "id": id,
                "application_id": BOT_ID.to_string(),
                "version": id,
                "default_member_permissions": null,
                "type": command["type"].as_u64().unwrap_or(1),
                "name": command["name"],
                "name_localizations": command["name_localizations"],
                "description": command["description"],
                "description_localizations": command["description_localizations"],
                "dm_permission": true,
                "contexts": command["contexts"],
                "integration_types": command["integration_types"].as_array().cloned().unwrap_or(vec![json!(0)]),
                "options": shown_options(&command["options"]),
                "nsfw": false,
            })
        });
        self.commands = commands.collect();
        self.list_commands()
    }

    pub(super) fn list_commands(&self) -> Applied {
        Applied::new(if self.commands.is_null() { json!([]) } else { self.commands.clone() })
    }
}

fn shown_options(options: &Value) -> Value {
    let shown = |option: &Value| {
        let fields = option.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
        Value::Object(fields.map(|(name, value)| (name.clone(), value.clone())).collect())
    };
    items(options).iter().map(shown).collect()
}
