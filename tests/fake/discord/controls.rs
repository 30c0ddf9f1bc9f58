//! What a test lets go wrong, and how it moves the platform.

use std::time::Duration;

use serde_json::{Value, json};

use super::FakeDiscord;
use super::faults::{Fault, Scope};
use super::rate::{RateLimit, Rations};
use super::route::Route;
use super::visits::{Frame, GatewayFault};

impl FakeDiscord {
    /// Lets the next requests of a scope go wrong.
    pub(crate) fn fail(&self, scope: Scope, fault: Fault, times: usize) {
        self.shared.change(|world| world.faults.plan(scope, fault, times));
    }

    /// The next request of a route gets this, whatever it is.
    pub(crate) fn answer_next(&self, route: Route, status: u16, body: &str) {
        self.fail(Scope::Only(route), Fault::Answer { status, body: body.to_owned() }, 1);
    }

    /// Lets the next connections to the gateway go wrong.
    pub(crate) fn fail_gateway(&self, fault: GatewayFault, times: usize) {
        self.shared.change(|world| world.gateway.plan(fault, times));
    }

    /// Nothing that was planned goes wrong any more.
    pub(crate) fn clear_faults(&self) {
        self.shared.change(|world| {
            world.faults.clear();
            world.gateway.clear_faults();
        });
    }

    /// 502 for everything, and no gateway; who is connected is cut.
    pub(crate) fn down(&self, is_down: bool) {
        self.shared.change(|world| {
            world.faults.is_down = is_down;
            if is_down {
                world.gateway.order(&Frame::Cut);
            }
        });
    }

    /// Every answer comes so much later; what was asked is done before.
    pub(crate) fn set_latency(&self, latency: Duration) {
        self.shared.change(|world| world.latency = latency);
    }

    /// Moves the platform's clock: interactions, nonces and limits grow older.
    pub(crate) fn advance(&self, by: Duration) {
        self.shared.change(|world| world.clock.advance(by));
    }

    /// The platform's clock goes by itself, or stands where it is.
    pub(crate) fn run_clock(&self, is_running: bool) {
        self.shared.change(|world| world.clock.run(is_running));
    }

    /// Limits from now on; what was used before does not count.
    pub(crate) fn set_rate_limit(&self, limit: Option<RateLimit>) {
        self.shared.change(|world| world.rations = Rations::new(limit));
    }

    /// The bot's token is good for nothing any more; its connections are closed with 4004.
    pub(crate) fn revoke_token(&self) {
        self.shared.change(|world| {
            world.token = None;
            world.gateway.sessions.clear();
            world.gateway.order(&Frame::Close(Some(4_004)));
        });
    }

    /// What `GET /gateway/bot` says is left; the identify after the last makes the token void.
    pub(crate) fn set_identifies_left(&self, count: u32) {
        self.shared.change(|world| world.gateway.identifies_left = count);
    }

    /// What `GET /gateway/bot` recommends.
    pub(crate) fn set_shards(&self, count: u32) {
        self.shared.change(|world| world.gateway.shards = count);
    }

    /// What later connections are told.
    pub(crate) fn set_heartbeat(&self, interval: Duration) {
        self.shared.change(|world| world.gateway.heartbeat = interval);
    }

    /// Op 1: a heartbeat is wanted now.
    pub(crate) fn ask_heartbeat(&self) {
        self.order(Frame::text(&json!({"op": 1, "d": null, "s": null, "t": null})));
    }

    /// The bot may do only this in a channel from now on, as a set of bits.
    pub(crate) fn let_bot(&self, channel: u64, permissions: u64) {
        self.shared.change(|world| {
            let guild = world.channels.get_mut(&channel).and_then(|channel| channel.guild.as_mut());
            guild.expect("a server has this channel").bot = permissions;
        });
    }

    /// The bot may do nothing in any channel of a server any more.
    pub(crate) fn put_out(&self, guild: u64) {
        self.shared.change(|world| {
            let of_guilds = world.channels.values_mut().filter_map(|channel| channel.guild.as_mut());
            of_guilds.filter(|of| of.guild == guild).for_each(|of| of.bot = 0);
        });
    }

    /// A channel and everything in it is gone.
    pub(crate) fn delete_channel(&self, channel: u64) {
        self.shared.change(|world| assert!(world.channels.remove(&channel).is_some(), "there is no such channel"));
    }

    /// A role is in a server from now on.
    pub(crate) fn role(&self, guild: u64, role: u64, name: &str) {
        self.shared.change(|world| world.set_role(guild, role, Some(name)));
    }

    /// A role is deleted.
    pub(crate) fn delete_role(&self, guild: u64, role: u64) {
        self.shared.change(|world| world.set_role(guild, role, None));
    }

    /// A server is in this language from now on, such as `es-ES`.
    pub(crate) fn set_guild_locale(&self, guild: u64, locale: &str) {
        self.shared.change(|world| world.guild_locales.insert(guild, locale.to_owned()));
    }

    /// Op 7: whoever is connected is asked to come again and resume.
    pub(crate) fn reconnect(&self) {
        self.order(Frame::text(&json!({"op": 7, "d": null, "s": null, "t": null})));
    }

    /// Op 9: whoever is connected is told that the session is not valid; unless it is resumable, it is gone.
    pub(crate) fn invalidate_session(&self, is_resumable: bool) {
        self.shared.change(|world| world.gateway.invalidate(is_resumable));
    }

    /// Closes every connection, with or without a code; 4007 and 4009 end the session as well.
    pub(crate) fn close_gateway(&self, code: Option<u16>) {
        self.shared.change(|world| {
            world.gateway.order(&Frame::Close(code));
            if matches!(code, Some(4_007 | 4_009)) {
                world.gateway.sessions.clear();
            }
        });
    }

    /// Ends every connection without a word.
    pub(crate) fn cut_gateway(&self) {
        self.order(Frame::Cut);
    }

    /// Connections stay as they are now, but nothing comes from them any more, not even the answer to a heartbeat.
    pub(crate) fn mute_gateway(&self) {
        self.shared.change(|world| world.gateway.visits.iter_mut().for_each(|visit| visit.is_mute = true));
    }

    /// Anything as an event, for every session.
    pub(crate) fn inject_event(&self, kind: &str, content: &Value) {
        self.shared.change(|world| world.gateway.dispatch(0, kind, content));
    }

    /// Any text as a frame, for every connection.
    pub(crate) fn inject_frame(&self, text: &str) {
        self.order(Frame::Text(text.into()));
    }

    fn order(&self, frame: Frame) {
        self.shared.change(|world| world.gateway.order(&frame));
    }
}
