//! What happens beside an adapter's intake: answers to presses, lines outside of any conversation. It ends with the loop
//! that owns it, and a burst of it makes the intake wait.

use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use tokio::sync::mpsc;

use crate::domain::limits::ASIDES_MAX;

/// A way to have something done beside the intake.
#[derive(Clone)]
pub(crate) struct Asides(mpsc::Sender<BoxFuture<'static, ()>>);

/// What does it.
pub(crate) struct AsidesLoop(mpsc::Receiver<BoxFuture<'static, ()>>);

pub(crate) fn asides() -> (Asides, AsidesLoop) {
    let (send, receive) = mpsc::channel(ASIDES_MAX);
    (Asides(send), AsidesLoop(receive))
}

impl Asides {
    /// Starts something; waits while too much is under way.
    pub(crate) async fn start(&self, aside: impl Future<Output = ()> + Send + 'static) {
        // The loop ends only together with the process.
        let _ = self.0.send(Box::pin(aside)).await;
    }
}

impl AsidesLoop {
    /// Runs everything until nobody can start anything more.
    pub(crate) async fn run(mut self) {
        let mut under_way = FuturesUnordered::new();
        loop {
            tokio::select! {
                Some(aside) = self.0.recv(), if under_way.len() < ASIDES_MAX => under_way.push(aside),
                Some(()) = under_way.next() => {}
                else => return,
            }
        }
    }
}
