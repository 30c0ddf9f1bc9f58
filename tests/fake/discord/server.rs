//! Takes connections, answers requests on them, and lets go wrong what is to go wrong.

use std::io;
use std::sync::Arc;

use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::fake_http::{Connection, HttpRequest};

use super::calls::{self, Reply};
use super::ledger::Breach;
use super::shared::Shared;
use super::sockets;

/// Below it are the routes; everything else is the gateway.
pub(super) const API: &str = "/api";
/// Enough to see a method and the beginning of a path.
const PEEKED_BYTES: usize = 16;

/// Serves until it is told to stop.
pub(super) async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let mut tasks = JoinSet::new();
    let (sockets, taken) = mpsc::unbounded_channel();
    tasks.spawn(sockets::serve(taken, Arc::clone(&shared)));
    loop {
        tokio::select! {
            () = shared.stop.notified() => return,
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted {
                    tasks.spawn(serve_connection(stream, Arc::clone(&shared), sockets.clone()));
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

/// A connection is taken only on loopback.
pub(super) fn bind() -> io::Result<std::net::TcpListener> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

async fn serve_connection(stream: TcpStream, shared: Arc<Shared>, sockets: mpsc::UnboundedSender<TcpStream>) {
    match is_for_gateway(&stream).await {
        Ok(true) => drop(sockets.send(stream)),
        Ok(false) => serve_requests(Connection::new(stream), &shared).await,
        Err(_) => {}
    }
}

/// Looks at the first bytes and leaves them where they are.
async fn is_for_gateway(stream: &TcpStream) -> io::Result<bool> {
    let mut bytes = [0; PEEKED_BYTES];
    loop {
        let count = stream.peek(&mut bytes).await?;
        let seen = &bytes[..count];
        let path = seen.iter().position(|byte| *byte == b' ').map(|at| &seen[at + 1..]);
        match path {
            Some(path) if path.len() >= API.len() => return Ok(!path.starts_with(API.as_bytes())),
            _ if count == 0 || count == PEEKED_BYTES => return Ok(false),
            _ => tokio::task::yield_now().await,
        }
    }
}

async fn serve_requests(mut connection: Connection, shared: &Shared) {
    while let Ok(Some(http)) = connection.next_request().await {
        let is_last = http.is_last;
        let reply = tokio::select! {
            biased;
            reply = answer(shared, http) => reply,
            () = connection.closed() => return,
        };
        let Some(reply) = reply else { return };
        let content = (reply.status != 204).then_some((reply.content_type, reply.body.as_str()));
        let is_whole = connection.answer(reply.status, &reply.headers, content, reply.cut).await;
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

/// None: the connection ends without an answer.
async fn answer(shared: &Shared, http: HttpRequest) -> Option<Reply> {
    let next = match calls::read(shared, &http) {
        Ok(call) => shared.change(|world| calls::carry_out(world, call)),
        Err(reply) => calls::Next::Answer(reply),
    };
    let reply = match next {
        calls::Next::Answer(reply) => reply,
        calls::Next::Cut => return None,
        calls::Next::Hang => std::future::pending().await,
    };
    if shared.are_answers_checked {
        check(shared, &reply);
    }
    let latency = shared.look(|world| world.latency);
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    Some(reply)
}

fn check(shared: &Shared, reply: &Reply) {
    let Some(route) = reply.route.filter(|_| reply.content_type == calls::JSON) else { return };
    if let Some(what) = super::contract::check_answer(route, reply.status, &reply.body) {
        let answered: Value = serde_json::from_str(&reply.body).unwrap_or_default();
        let breach = Breach::of(route, format!("the fake's own answer: {what}: {answered}"), "");
        shared.change(|world| world.ledger.breaches.push(breach));
    }
}
