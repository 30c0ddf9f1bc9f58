//! Takes connections, answers requests on them, and lets go wrong what is to go wrong.

use std::borrow::Cow;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::fake_http::multipart::{self, FilePart};
use crate::fake_http::{Connection, HttpRequest};

use super::faults::Fault;
use super::html::Formatted;
use super::ledger::{Breach, Request};
use super::method::Method;
use super::methods::{Applied, chat_id};
use super::refusal::Refusal;
use super::shared::Shared;
use super::updates::Poll;
use super::world::World;
use super::{contract, limits, webhook};

const JSON: &str = "application/json";

/// Serves until it is told to stop.
pub(super) async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let mut tasks = JoinSet::new();
    tasks.spawn(webhook::post_updates(Arc::clone(&shared)));
    loop {
        tokio::select! {
            () = shared.stop.notified() => return,
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted {
                    tasks.spawn(serve_connection(stream, Arc::clone(&shared)));
                }
            }
            Some(ended) = tasks.join_next() => {
                if let Err(error) = ended {
                    let what = format!("the fake itself broke: {error}");
                    shared.change(|world| world.ledger.breaches.push(Breach::new("", what, "")));
                }
            }
        }
    }
}

async fn serve_connection(stream: TcpStream, shared: Arc<Shared>) {
    let mut connection = Connection::new(stream);
    while let Ok(Some(http)) = connection.next_request().await {
        let is_last = http.is_last;
        let reply = tokio::select! {
            biased;
            reply = reply(&shared, http) => reply,
            () = connection.closed() => return,
        };
        let Some(reply) = reply else { return };
        let is_whole = connection.answer(reply.status, &[], Some((reply.content_type, &reply.body)), reply.cut).await;
        if let Some(place) = reply.place {
            shared.change(|world| {
                if let Some(request) = world.ledger.request(Some(place)) {
                    request.is_answered_whole = is_whole;
                }
            });
        }
        if is_last || !is_whole {
            return;
        }
    }
}

struct Reply {
    status: u16,
    content_type: &'static str,
    body: String,
    cut: Option<usize>,
    /// In the ledger.
    place: Option<usize>,
}

impl Reply {
    fn json(status: u16, body: String) -> Self {
        Self { status, content_type: JSON, body, cut: None, place: None }
    }

    fn refused(refusal: &Refusal) -> Self {
        Self::json(refusal.status, refusal.body())
    }
}

/// A request that was read and looked over, but not carried out.
struct Call {
    method: Method,
    params: Arc<Value>,
    files: Arc<[FilePart]>,
    formatted: Formatted,
    breaches: Vec<Breach>,
}

/// What is left to do after the world was changed.
enum Next {
    Answer(Reply),
    Cut,
    Hang,
    Wait(Poll, Option<usize>, Option<usize>),
}

/// None: the connection ends without an answer.
async fn reply(shared: &Shared, http: HttpRequest) -> Option<Reply> {
    let next = match read(shared, &http) {
        Ok(call) => shared.change(|world| carry_out(world, call)),
        Err(reply) => Next::Answer(reply),
    };
    let reply = match next {
        Next::Answer(reply) => reply,
        Next::Cut => return None,
        Next::Hang => std::future::pending().await,
        Next::Wait(poll, place, cut) => wait(shared, poll, place, cut).await,
    };
    let latency = shared.look(|world| world.latency);
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    Some(reply)
}

/// Finds out what is asked; a request that asks for nothing the fake has is answered here.
fn read(shared: &Shared, http: &HttpRequest) -> Result<Call, Reply> {
    let path = http.path.split('?').next().unwrap_or("");
    let (token, name) = path.strip_prefix("/bot").and_then(|path| path.split_once('/')).unwrap_or(("", ""));
    let known = Method::named(name);
    let named = known.map_or_else(|| Cow::Owned(name.to_owned()), |method| Cow::Borrowed(method.name()));
    let refuse = |refusal: Refusal| {
        let place = shared.change(|world| {
            if refusal.is_breach {
                world.ledger.breaches.push(Breach::new(named.as_ref(), refusal.description.as_ref(), ""));
            }
            let mut request = arrived(named.clone(), Arc::default(), Arc::default());
            request.status = Some(refusal.status);
            world.ledger.arrive(request)
        });
        Reply { place, ..Reply::refused(&refusal) }
    };
    if token != shared.token {
        return Err(refuse(Refusal::new(401, "Unauthorized")));
    }
    let Some(method) = known else {
        let is_published = contract::has_method(name);
        return Err(refuse(Refusal::unknown(if is_published {
            "Not Found: the fake does not serve it"
        } else {
            "Not Found"
        })));
    };
    let Some((params, files)) = parameters(method, http) else {
        return Err(refuse(Refusal::breach("Bad Request: can't parse the body")));
    };
    let mut breaches = Vec::new();
    if shared.is_contract_checked {
        contract::check(method, &params, &mut breaches);
    }
    let formatted = limits::check(method, &params, &mut breaches);
    Ok(Call { method, params: Arc::new(params), files: files.into(), formatted, breaches })
}

fn parameters(method: Method, http: &HttpRequest) -> Option<(Value, Vec<FilePart>)> {
    if http.body.is_empty() {
        return Some((Value::Object(serde_json::Map::new()), Vec::new()));
    }
    if http.content_type.starts_with(JSON) {
        return serde_json::from_slice(&http.body).ok().filter(Value::is_object).map(|params| (params, Vec::new()));
    }
    let form = multipart::read(&http.content_type, &http.body)?;
    let mut params = contract::typed(method, form.fields);
    for file in &form.files {
        let said = format!("attach://{}", file.field);
        if !params.values().any(|value| *value == said) {
            params.insert(file.field.clone(), said.into());
        }
    }
    Some((Value::Object(params), form.files))
}

fn arrived(method: Cow<'static, str>, params: Arc<Value>, files: Arc<[FilePart]>) -> Request {
    let chat = chat_id(&params);
    Request { method, params, files, chat, message_id: None, is_applied: false, status: None, is_answered_whole: false }
}

fn carry_out(world: &mut World, mut call: Call) -> Next {
    let name = Cow::Borrowed(call.method.name());
    let request = arrived(name, Arc::clone(&call.params), Arc::clone(&call.files));
    let chat = request.chat;
    let place = world.ledger.arrive(request);
    let refusal = call.breaches.first().map(|breach| Refusal::bad(breach.what.clone()));
    world.ledger.breaches.append(&mut call.breaches);
    let fault = world.faults.take(call.method, chat);
    let mut cut = None;
    let mut is_hanging = false;
    match fault {
        None => {}
        Some(Fault::CutAfter { bytes }) => cut = Some(bytes),
        Some(Fault::HangApplied) => is_hanging = true,
        Some(Fault::CutBefore) => return Next::Cut,
        Some(Fault::Hang) => return Next::Hang,
        Some(Fault::TooManyRequests { retry_after }) => {
            return Next::Answer(answered(world, place, None, Reply::refused(&Refusal::too_many(retry_after))));
        }
        Some(Fault::ServerError { status }) => {
            let body = format!("<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>");
            let reply = Reply { content_type: "text/html", ..Reply::json(status, body) };
            return Next::Answer(answered(world, place, None, reply));
        }
        Some(Fault::Answer { status, body }) => {
            return Next::Answer(answered(world, place, None, Reply::json(status, body)));
        }
    }
    let done = refusal.map_or(Ok(()), Err).and_then(|()| ration(world, call.method, chat)).and_then(|()| {
        if call.method == Method::GetUpdates {
            return world.updates.begin(&call.params).map(Err);
        }
        world.apply(call.method, &call.params, call.formatted, &call.files).map(Ok)
    });
    let result = match done {
        Ok(Err(poll)) => return if is_hanging { Next::Hang } else { Next::Wait(poll, place, cut) },
        Ok(Ok(applied)) => Ok(applied),
        Err(refusal) => Err(refusal),
    };
    let reply = result_reply(world, call.method.name(), place, cut, result);
    if is_hanging { Next::Hang } else { Next::Answer(reply) }
}

fn ration(world: &mut World, method: Method, chat: Option<i64>) -> Result<(), Refusal> {
    match (&mut world.rations, chat) {
        (Some(rations), Some(chat)) if method.is_shown() => rations.take(chat).map_err(Refusal::too_many),
        (_, _) => Ok(()),
    }
}

fn result_reply(
    world: &mut World,
    method: &'static str,
    place: Option<usize>,
    cut: Option<usize>,
    result: Result<Applied, Refusal>,
) -> Reply {
    match result {
        Ok(applied) => {
            if let Some(request) = world.ledger.request(place) {
                request.is_applied = true;
                request.message_id = applied.message_id;
            }
            answered(world, place, cut, Reply::json(200, format!("{{\"ok\":true,\"result\":{}}}", applied.result)))
        }
        Err(refusal) => {
            if refusal.is_breach {
                world.ledger.breaches.push(Breach::new(method, refusal.description.as_ref(), ""));
            }
            answered(world, place, cut, Reply::refused(&refusal))
        }
    }
}

fn answered(world: &mut World, place: Option<usize>, cut: Option<usize>, reply: Reply) -> Reply {
    if let Some(request) = world.ledger.request(place) {
        request.status = Some(reply.status);
    }
    Reply { cut, place, ..reply }
}

/// A poll waits until there is an update, another poll or an end to its time.
async fn wait(shared: &Shared, poll: Poll, place: Option<usize>, cut: Option<usize>) -> Reply {
    let over = tokio::time::sleep(Duration::from_secs(poll.seconds));
    tokio::pin!(over);
    let mut is_over = poll.seconds == 0;
    loop {
        let woken = shared.updates.notified();
        tokio::pin!(woken);
        woken.as_mut().enable();
        let taken = shared.look(|world| world.take_updates(poll));
        let result = match taken {
            Ok(Some(array)) => Some(Ok(Applied { result: array, message_id: None })),
            Ok(None) if is_over => Some(Ok(Applied { result: "[]".to_owned(), message_id: None })),
            Ok(None) => None,
            Err(refusal) => Some(Err(refusal)),
        };
        if let Some(result) = result {
            return shared.change(|world| result_reply(world, Method::GetUpdates.name(), place, cut, result));
        }
        tokio::select! {
            () = woken => {}
            () = &mut over => is_over = true,
        }
    }
}

/// A connection is taken only on loopback.
pub(super) fn bind() -> io::Result<std::net::TcpListener> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}
