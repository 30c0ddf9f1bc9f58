//! The gateway's connections: websockets on the port of the routes.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::serve::Listener;
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use super::ledger::Breach;
use super::shared::Shared;
use super::visits::{Ending, Frame, GatewayFault};

/// For the other side to say good-bye.
const GOODBYE: Duration = Duration::from_secs(1);

/// Serves the sockets that are handed over; never ends by itself.
pub(super) async fn serve(sockets: mpsc::UnboundedReceiver<TcpStream>, shared: Arc<Shared>) {
    let router = Router::new().fallback(connect).with_state(shared);
    let _ = axum::serve(Handed(sockets), router).await;
}

struct Handed(mpsc::UnboundedReceiver<TcpStream>);

impl Listener for Handed {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        loop {
            match self.0.recv().await {
                None => std::future::pending().await,
                Some(stream) => {
                    let _ = stream.set_nodelay(true);
                    if let Ok(address) = stream.peer_addr() {
                        return (stream, address);
                    }
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

async fn connect(State(shared): State<Arc<Shared>>, uri: Uri, upgrade: WebSocketUpgrade) -> Response {
    let begun = shared.change(|world| {
        let fault = world.gateway.fault_of_handshake();
        if world.faults.is_down {
            return Err(StatusCode::BAD_GATEWAY);
        }
        if let Some(GatewayFault::Refuse { status }) = fault {
            return Err(StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY));
        }
        let query = uri.query().unwrap_or("");
        if !["v=10", "encoding=json"].iter().all(|wanted| query.split('&').any(|pair| pair == *wanted)) {
            world.ledger.breaches.push(Breach::of_gateway("the address must say v=10 and encoding=json"));
        }
        Ok(world.gateway.visited(uri.path(), fault))
    });
    match begun {
        Ok(visit) => upgrade.on_upgrade(move |socket| talk(socket, shared, visit)),
        Err(status) => status.into_response(),
    }
}

async fn talk(mut socket: WebSocket, shared: Arc<Shared>, visit: usize) {
    let hello = shared.look(|world| world.hello(visit));
    let ending = match send(&mut socket, hello).await {
        Some(ending) => ending,
        None => listen(&mut socket, &shared, visit).await,
    };
    shared.change(|world| world.gateway.left(visit, ending));
}

async fn listen(socket: &mut WebSocket, shared: &Shared, visit: usize) -> Ending {
    loop {
        let woken = shared.gateway.notified();
        tokio::pin!(woken);
        woken.as_mut().enable();
        let due = shared.take(|world| world.gateway.due(visit));
        if let Some(ending) = send(socket, due).await {
            return ending;
        }
        let heard = tokio::select! {
            () = woken => continue,
            heard = socket.recv() => heard,
        };
        let frames = match heard {
            None | Some(Err(_)) => return Ending::Lost,
            Some(Ok(Message::Close(frame))) => {
                let ending = Ending::Bot(frame.map(|frame| frame.code));
                shared.change(|world| world.gateway.left(visit, ending));
                drain(socket).await;
                return ending;
            }
            Some(Ok(Message::Text(text))) => shared.change(|world| world.heard(visit, &text)),
            Some(Ok(Message::Binary(_) | Message::Ping(_) | Message::Pong(_))) => Vec::new(),
        };
        if let Some(ending) = send(socket, frames).await {
            return ending;
        }
    }
}

/// The end, if these frames were the last.
async fn send(socket: &mut WebSocket, frames: impl IntoIterator<Item = Frame>) -> Option<Ending> {
    for frame in frames {
        match frame {
            Frame::Text(text) => {
                if socket.send(Message::text(&*text)).await.is_err() {
                    return Some(Ending::Lost);
                }
            }
            Frame::Close(code) => {
                let frame = code.map(|code| CloseFrame { code, reason: "".into() });
                let _ = socket.send(Message::Close(frame)).await;
                drain(socket).await;
                return Some(Ending::Fake);
            }
            Frame::Cut => return Some(Ending::Fake),
        }
    }
    None
}

/// Bytes that nobody has read would turn the end of a connection into a reset, and what was sent would be lost.
async fn drain(socket: &mut WebSocket) {
    let _ = tokio::time::timeout(GOODBYE, async { while let Some(Ok(_)) = socket.recv().await {} }).await;
}
