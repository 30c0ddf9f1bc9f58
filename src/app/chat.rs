//! The terminal chat: the whole house with the console as its only platform.

use std::io::{IsTerminal, stdin, stdout};
use std::sync::Arc;

use tokio::io::BufReader;

use crate::app::exit::Failure;
use crate::app::{Running, announce_stale, asked_to_stop, dialogs_dir, library, open_store, settings};
use crate::config::Config;
use crate::console::house::Live;
use crate::console::messenger::ConsoleMessenger;
use crate::console::plain;
use crate::console::screen::Screen;
use crate::console::terminal::{self, Terminal};
use crate::domain::event::{Address, Platform};
use crate::service::clock::{ShiftedClock, SystemClock};
use crate::service::ports::Clock;

/// Talks with one person until the input ends or the process is asked to stop.
///
/// # Errors
/// When the dialogs, the configuration or the store stand in the way, or a loop ends.
pub async fn chat(config: &Config, person: &str, come_back: &str) -> Result<(), Failure> {
    let library = library::require(dialogs_dir(config))?;
    let settings = settings(config, &library)?;
    announce_stale(&settings.lines, SystemClock.now());
    let store = open_store(config).await?;
    let (terminal, screen) = screen();
    let screen = Arc::new(screen);
    let clock = Arc::new(ShiftedClock::default());
    let address = Address { platform: Platform::Console, account: person.to_owned(), chat: person.to_owned() };
    let messenger = Arc::new(ConsoleMessenger::new(Arc::clone(&screen), address.clone()).saving_to(".".into()));
    let mut running = Running::start(store, library, settings, Arc::clone(&clock) as _, messenger);
    if terminal.is_some() {
        running.run_scheduler();
    }
    let house = Live { service: running.service.clone(), clock };
    let run = rand::random();
    let talk = async {
        match terminal {
            Some(terminal) => terminal::run(&house, address, terminal, &screen, run, come_back).await,
            None => plain::run(&house, address, &mut BufReader::new(tokio::io::stdin()), &screen, run).await,
        }
    };
    let ended = tokio::select! {
        talked = talk => talked.map_err(Failure::from),
        failure = running.loop_ended() => Err(failure),
        () = asked_to_stop() => Ok(()),
    };
    drop(house);
    // A talk that ended because a loop did: the loop knows why.
    let ended = match ended {
        Err(Failure::LoopEnded(_)) => Err(running.loop_ended().await),
        other => other,
    };
    let stopped = running.stop().await;
    ended.and(stopped)
}

/// A line editor when people sit at both ends, else plain lines.
fn screen() -> (Option<Terminal>, Screen) {
    if stdin().is_terminal() && stdout().is_terminal() {
        let colour = terminal::is_colour_wanted(std::env::var_os("NO_COLOR").as_deref());
        if let Ok((terminal, screen)) = terminal::open(colour) {
            return (Some(terminal), screen);
        }
    }
    (None, Screen::plain(stdout()))
}
