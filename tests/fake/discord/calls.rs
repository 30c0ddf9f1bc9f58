//! One request: what it asks for, whether it is well-formed, what it does, and what is answered.

use std::sync::Arc;

use serde_json::Value;

use crate::fake_http::HttpRequest;
use crate::fake_http::multipart::{self, FilePart};

use super::faults::{Fault, LimitScope};
use super::ledger::{Breach, Request};
use super::messages::Applied;
use super::refusal::Refusal;
use super::route::{PathParams, Route};
use super::server::API;
use super::shared::Shared;
use super::world::{BOT_ID, World};
use super::{contract, limits};

pub(super) const JSON: &str = "application/json";
const VERSION: &str = "/v10";
/// The platform turns away whoever does not say who they are.
const AGENT: &str = "DiscordBot (";

pub(super) struct Reply {
    pub(super) route: Option<Route>,
    pub(super) status: u16,
    pub(super) content_type: &'static str,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: String,
    pub(super) cut: Option<usize>,
    /// In the ledger.
    pub(super) place: Option<usize>,
}

/// A request that was read and looked over, but not carried out.
pub(super) struct Call {
    route: Route,
    path: PathParams,
    query: Vec<(String, String)>,
    body: Arc<Value>,
    files: Arc<[FilePart]>,
    request: Request,
    breaches: Vec<Breach>,
}

/// What is left to do after the world was changed.
pub(super) enum Next {
    Answer(Reply),
    Cut,
    Hang,
}

impl Reply {
    fn json(status: u16, body: String) -> Self {
        Self { route: None, status, content_type: JSON, headers: Vec::new(), body, cut: None, place: None }
    }

    fn refused(refusal: &Refusal) -> Self {
        let mut reply = Self::json(refusal.status, refusal.body().to_string());
        if let Some((seconds, is_global)) = refusal.wait {
            reply.headers.push(("Retry-After", (seconds.ceil() as u64).to_string()));
            if is_global {
                reply.headers.push(("X-RateLimit-Global", "true".to_owned()));
            }
        }
        reply
    }

    fn with(mut self, headers: Vec<(&'static str, String)>) -> Self {
        self.headers.extend(headers);
        self
    }
}

/// Finds out what is asked; a request that asks for nothing the fake has is answered here.
pub(super) fn read(shared: &Shared, http: &HttpRequest) -> Result<Call, Reply> {
    let (path, query) = http.path.split_once('?').unwrap_or((&http.path, ""));
    let query: Vec<(String, String)> = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let request = arrived(http, path, &query);
    let refuse = |route: Option<Route>, refusal: Refusal, request: Request| {
        let place = shared.change(|world| {
            if refusal.is_breach {
                world.ledger.breaches.push(Breach::new(format!("{} {path}", http.method), refusal.message.clone(), ""));
            }
            world.ledger.arrive(Request { route, status: Some(refusal.status), ..request })
        });
        Reply { place, route, ..Reply::refused(&refusal) }
    };
    let known = path.strip_prefix(API).and_then(|path| path.strip_prefix(VERSION));
    let Some((route, params)) = known.and_then(|path| Route::of(&http.method, path)) else {
        return Err(refuse(None, Refusal::breach(404, 0, "404: Not Found"), request));
    };
    let header = |name: &str| http.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value);
    let is_known = shared.look(|world| {
        let wanted = world.token.as_ref().map(|token| format!("Bot {token}"));
        wanted.is_some_and(|wanted| wanted == header("authorization"))
    });
    if route.is_bots() && !is_known {
        return Err(refuse(Some(route), Refusal::new(401, 0, "401: Unauthorized"), request));
    }
    let Some((body, files)) = content(http) else {
        let refusal = Refusal { is_breach: true, ..Refusal::coded(400, 50_109) };
        return Err(refuse(Some(route), refusal, request));
    };
    let mut breaches = Vec::new();
    if !header("user-agent").starts_with(AGENT) {
        breaches.push(Breach::of(route, "the User-Agent must begin with \"DiscordBot (\"", ""));
    }
    if shared.is_contract_checked {
        contract::check(route, &query, &body, &mut breaches);
    }
    limits::check(route, &body, &files, &mut breaches);
    let (body, files): (Arc<Value>, Arc<[FilePart]>) = (Arc::new(body), files.into());
    let number = |name: &str| params.get(name).and_then(|id| id.parse().ok());
    let request = Request {
        route: Some(route),
        body: Arc::clone(&body),
        files: Arc::clone(&files),
        channel: number("channel_id"),
        interaction: number("interaction_id"),
        ..request
    };
    Ok(Call { route, path: params, query, body, files, request, breaches })
}

/// Changes the world by a request, or lets go wrong what is to.
pub(super) fn carry_out(world: &mut World, mut call: Call) -> Next {
    let channel = call.request.channel;
    if let Some(token) = call.path.get("webhook_token") {
        call.request.interaction = world.tokens.get(token).map(|at| world.interactions[*at].id);
    }
    let place = world.ledger.arrive(call.request.clone());
    let refusal = call.breaches.first().map(|breach| match breach.what.as_str() {
        limits::EMPTY => Refusal::coded(400, 50_006),
        _ => Refusal::coded(400, 50_035),
    });
    world.ledger.breaches.append(&mut call.breaches);
    let mut cut = None;
    let mut is_hanging = false;
    let mut instead = None;
    match world.faults.take(call.route, channel) {
        None => {}
        Some(Fault::CutAfter { bytes }) => cut = Some(bytes),
        Some(Fault::HangApplied) => is_hanging = true,
        Some(Fault::CutBefore) => return Next::Cut,
        Some(Fault::Hang) => return Next::Hang,
        Some(Fault::AnswerApplied { status, body }) => instead = Some(Reply::json(status, body)),
        Some(fault) => {
            let reply = spoiled(&call, place, world, fault);
            return Next::Answer(answered(world, place, reply));
        }
    }
    let now = world.clock.now();
    let resource = channel.or(call.request.interaction);
    let (headers, rationed) = world.rations.take(call.route, resource, now);
    let done = match rationed {
        Err(early) => {
            let reply = too_many(early.seconds, early.scope).with(headers);
            return Next::Answer(answered(world, place, Reply { route: Some(call.route), ..reply }));
        }
        Ok(()) => refusal.map_or(Ok(()), Err).and_then(|()| apply(world, &call)),
    };
    let reply = match done {
        Ok(applied) => {
            if let Some(request) = world.ledger.request(place) {
                request.is_applied = true;
                request.message_id = applied.message_id;
            }
            let body = if applied.status == 204 { String::new() } else { applied.body.to_string() };
            Reply::json(applied.status, body)
        }
        Err(refusal) => {
            if refusal.is_breach {
                world.ledger.breaches.push(Breach::of(call.route, refusal.message.as_ref(), ""));
            }
            Reply::refused(&refusal)
        }
    };
    let reply = instead.unwrap_or(Reply { route: Some(call.route), ..reply });
    let reply = answered(world, place, Reply { cut, ..reply.with(headers) });
    if is_hanging { Next::Hang } else { Next::Answer(reply) }
}

/// The answer of what goes wrong without an effect.
fn spoiled(call: &Call, place: Option<usize>, world: &mut World, fault: Fault) -> Reply {
    let route = Some(call.route);
    match fault {
        Fault::TooManyRequests { retry_after, scope } => {
            if let Some(request) = world.ledger.request(place) {
                request.is_shared_limit = scope == LimitScope::Shared;
            }
            Reply { route, ..too_many(retry_after, scope) }
        }
        Fault::Refusal { status, code } => Reply { route, ..Reply::refused(&Refusal::coded(status, code)) },
        Fault::ServerError { status } => {
            let body = format!("<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>");
            Reply { content_type: "text/html", ..Reply::json(status, body) }
        }
        Fault::Answer { status, body } => Reply::json(status, body),
        Fault::AnswerApplied { .. } | Fault::CutAfter { .. } | Fault::CutBefore | Fault::Hang | Fault::HangApplied => {
            unreachable!("the caller has dealt with it")
        }
    }
}

fn too_many(seconds: f64, scope: LimitScope) -> Reply {
    let reply = Reply::refused(&Refusal::too_many(seconds, scope == LimitScope::Global));
    reply.with(vec![("X-RateLimit-Scope", scope.name().to_owned())])
}

fn answered(world: &mut World, place: Option<usize>, reply: Reply) -> Reply {
    if let Some(request) = world.ledger.request(place) {
        request.status = Some(reply.status);
    }
    Reply { place, ..reply }
}

fn apply(world: &mut World, call: &Call) -> Result<Applied, Refusal> {
    let Call { route, path, query, body, files, .. } = call;
    let text = |name: &str| path.get(name).map_or("", String::as_str);
    let number = |name: &str| text(name).parse::<u64>().map_err(|_| Refusal::breach(400, 50_035, "no such id"));
    if path.get("application_id").or(path.get("webhook_id")).is_some_and(|id| *id != BOT_ID.to_string()) {
        return Err(Refusal::breach(403, 20_012, "You are not authorized to perform this action on this application"));
    }
    let token = text("webhook_token");
    match route {
        Route::AnswerInteraction => {
            let is_told = query.iter().any(|(name, value)| name == "with_response" && value == "true");
            world.answer(number("interaction_id")?, text("interaction_token"), body, files, is_told)
        }
        Route::CreateFollowup => world.follow_up(token, body, files),
        Route::CreateMessage => world.create(number("channel_id")?, body, files),
        Route::DeleteFollowup => world.remove_shown(token, Some(text("message_id"))),
        Route::DeleteMessage => world.delete(number("channel_id")?, number("message_id")?),
        Route::DeleteOriginal => world.remove_shown(token, None),
        Route::EditFollowup => world.change_shown(token, Some(text("message_id")), body, files),
        Route::EditMessage => world.edit(number("channel_id")?, number("message_id")?, body, files),
        Route::EditOriginal => world.change_shown(token, None, body, files),
        Route::GetApplication | Route::GetOauthApplication => Ok(world.application()),
        Route::GetCommands => Ok(world.list_commands()),
        Route::GetGateway => Ok(world.where_gateway_is()),
        Route::GetGatewayBot => Ok(world.how_gateway_is()),
        Route::GetMe => Ok(world.me()),
        Route::GetChannel => world.get_channel(number("channel_id")?),
        Route::GetRole => world.get_role(number("guild_id")?, number("role_id")?),
        Route::GetMessage => world.get(number("channel_id")?, number("message_id")?),
        Route::GetMessages => world.history(number("channel_id")?, query),
        Route::OpenDm => world.open_dm(body),
        Route::PutCommands => Ok(world.put_commands(body)),
        Route::StartThread => world.start_thread(number("channel_id")?, number("message_id")?, body),
        Route::StartTyping => world.type_in(number("channel_id")?),
    }
}

fn arrived(http: &HttpRequest, path: &str, query: &[(String, String)]) -> Request {
    Request {
        route: None,
        method: http.method.clone(),
        path: path.to_owned(),
        query: query.to_vec(),
        body: Arc::default(),
        files: Arc::default(),
        channel: None,
        interaction: None,
        message_id: None,
        is_applied: false,
        status: None,
        is_answered_whole: false,
        is_shared_limit: false,
    }
}

fn content(http: &HttpRequest) -> Option<(Value, Vec<FilePart>)> {
    if http.body.is_empty() {
        return Some((Value::Null, Vec::new()));
    }
    if http.content_type.starts_with(JSON) {
        return serde_json::from_slice(&http.body).ok().map(|body| (body, Vec::new()));
    }
    let form = multipart::read(&http.content_type, &http.body)?;
    let [(name, text)] = form.fields.as_slice() else { return None };
    let body = serde_json::from_str(text).ok().filter(|_| name == "payload_json")?;
    Some((body, form.files))
}
