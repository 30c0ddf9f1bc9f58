//! The plain chat, for pipes and tests: one typed line in, plain messages out, no waiting for real time.

use tokio::io::AsyncBufRead;

use crate::console::house::House;
use crate::console::line::{self, Line};
use crate::console::screen::Screen;
use crate::console::wait;
use crate::domain::event::{Address, Body, Event, EventKey, Origin, Source};
use crate::service::ServiceError;

/// What is said when a line could not be kept: nothing was taken in, so it can be sent again.
pub const NOT_KEPT: &str = "I could not keep that just now. Please send it again in a moment.";

/// The events of one chat, with keys that no other chat has.
pub struct Desk {
    person: Address,
    run: u64,
    next: u64,
}

impl Desk {
    /// The desk of a chat; `run` is random, another one for each chat.
    pub fn new(person: Address, run: u64) -> Self {
        Self { person, run, next: 0 }
    }

    /// Sends one event in and shows what it brings, paced exercises not waited for.
    ///
    /// # Errors
    /// When the service has ended; a store that fails is told to the person instead.
    pub async fn send(&mut self, house: &impl House, screen: &Screen, body: Body) -> Result<(), ServiceError> {
        let key = EventKey(format!("co:{:x}:{}", self.run, self.next));
        self.next += 1;
        let event = Event {
            key,
            source: Source::Address(self.person.clone()),
            at: house.now(),
            body,
            origin: Origin::default(),
        };
        let answer = house.handle(event).await;
        wait::settle(house, screen).await;
        if let Some(note) = told(screen, answer)?.and_then(|answer| answer.note) {
            // A closed output shows itself as such: the chat ends then.
            let _closed = screen.note(&note);
        }
        Ok(())
    }

    /// Takes one typed line in.
    ///
    /// # Errors
    /// When the service has ended; a store that fails is told to the person instead.
    pub async fn typed(&mut self, house: &impl House, screen: &Screen, line: &str) -> Result<(), ServiceError> {
        if let Some(argument) = wait::argument(line) {
            match wait::duration(argument) {
                Some(duration) => {
                    told(screen, wait::run(house, screen, duration).await)?;
                }
                None => {
                    let _closed = screen.aside(wait::HELP);
                }
            }
            return Ok(());
        }
        let body = screen.pick(line).map_or_else(|| Body::from_typed(line), Body::Tap);
        self.send(house, screen, body).await
    }
}

/// Talks until the input ends or the output is closed.
///
/// # Errors
/// When the service has ended: the process is about to end as well.
pub async fn run(
    house: &impl House,
    person: Address,
    input: &mut (impl AsyncBufRead + Unpin),
    screen: &Screen,
    run: u64,
) -> Result<(), ServiceError> {
    let mut desk = Desk::new(person, run);
    desk.send(house, screen, Body::Arrived).await?;
    told(screen, wait::past_beats(house, screen).await)?;
    while !screen.is_closed() {
        let line = tokio::select! {
            line = line::next(input) => line,
            () = screen.closed() => return Ok(()),
        };
        let said = match line {
            // An input that breaks off is an input that ends.
            Ok(Line::End) | Err(_) => return Ok(()),
            Ok(Line::Text(text)) => {
                desk.typed(house, screen, &text).await?;
                told(screen, wait::past_beats(house, screen).await)?;
                told(screen, wait::present(house, screen).await)?;
                continue;
            }
            Ok(Line::TooLong) => line::TOO_LONG,
            Ok(Line::NotText) => line::NOT_TEXT,
        };
        let _closed = screen.aside(said);
    }
    Ok(())
}

/// Tells the person of a store that failed; a service that has ended is the caller's.
pub(crate) fn told<T>(screen: &Screen, result: Result<T, ServiceError>) -> Result<Option<T>, ServiceError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if matches!(error, ServiceError::Closed) => Err(error),
        Err(_store) => {
            let _closed = screen.aside(NOT_KEPT);
            Ok(None)
        }
    }
}
