//! The chat at a terminal: a line editor in its own thread, messages above its prompt, everything in real time.

use std::io;
use std::time::Duration;

use rustyline::error::ReadlineError;
use rustyline::history::MemHistory;
use rustyline::{Config, Editor, ExternalPrinter};
use tokio::sync::mpsc;

use crate::console::colour::Look;
use crate::console::house::House;
use crate::console::line;
use crate::console::plain::Desk;
use crate::console::screen::{Output, Screen};
use crate::domain::event::{Address, Body};
use crate::domain::limits::INPUT_BYTES_MAX;
use crate::service::ServiceError;

/// A terminal that was opened: its line editor. What was typed is remembered for the arrow keys until the chat ends,
/// and never reaches a file.
pub struct Terminal {
    editor: Editor<(), MemHistory>,
}

enum Typed {
    Line(String),
    Resized(usize),
    Left,
}

struct PrinterOutput<P>(P);

const PROMPT: &str = "› ";
const HINT: &str = "A number picks a choice. /help shows what else there is; Ctrl-D leaves.";
/// Lines typed ahead before the editor waits.
const TYPED_AHEAD: usize = 16;
const WIDTH_UNKNOWN: usize = 80;
const HISTORY_LINES: usize = 200;

impl<P: ExternalPrinter + Send> Output for PrinterOutput<P> {
    fn put(&mut self, text: &str) -> io::Result<()> {
        self.0.print(text.to_owned()).map_err(io::Error::other)
    }
}

/// Whether colours are wanted: `NO_COLOR` is not set, or empty (<https://no-color.org>).
pub fn is_colour_wanted(no_color: Option<&std::ffi::OsStr>) -> bool {
    no_color.is_none_or(std::ffi::OsStr::is_empty)
}

/// Opens the terminal of this process, with a screen that prints above its prompt.
///
/// # Errors
/// When it can do less than a line editor needs (`TERM=dumb`): the plain chat works there.
pub fn open(colour: bool) -> io::Result<(Terminal, Screen)> {
    let other = |error: ReadlineError| io::Error::other(error);
    let config = Config::builder().max_history_size(HISTORY_LINES).map_err(other)?.auto_add_history(true).build();
    let mut editor = Editor::with_history(config.clone(), MemHistory::with_config(&config)).map_err(other)?;
    let printer = editor.create_external_printer().map_err(other)?;
    let width = columns(&mut editor);
    let screen = Screen::terminal(Box::new(PrinterOutput(printer)), Look { width, colour });
    Ok((Terminal { editor }, screen))
}

/// Talks until the person leaves or the terminal is closed. `come_back` is the command that opens this chat again.
/// The loops that deliver what falls due run beside it.
///
/// # Errors
/// When the service has ended: the process is about to end as well.
pub async fn run(
    house: &impl House,
    person: Address,
    terminal: Terminal,
    screen: &Screen,
    run: u64,
    come_back: &str,
) -> Result<(), ServiceError> {
    let (sender, mut typed) = mpsc::channel(TYPED_AHEAD);
    let mut desk = Desk::new(person, run);
    let _closed = screen.aside(HINT);
    desk.send(house, screen, Body::Arrived).await?;
    std::thread::spawn(move || edit(terminal.editor, &sender));
    loop {
        let next = tokio::select! {
            next = typed.recv() => next,
            () = screen.closed() => return Ok(()),
            () = tokio::time::sleep(Duration::from_secs(1)), if screen.is_on_beat() => {
                let _closed = screen.tick();
                continue;
            }
        };
        match next {
            Some(Typed::Line(text)) => {
                screen.typed();
                take(&mut desk, house, screen, &text).await?;
            }
            Some(Typed::Resized(width)) => screen.resize(width),
            Some(Typed::Left) | None => {
                let _closed = screen.aside(&farewell(come_back));
                return Ok(());
            }
        }
    }
}

async fn take(desk: &mut Desk, house: &impl House, screen: &Screen, text: &str) -> Result<(), ServiceError> {
    if text.len() > INPUT_BYTES_MAX {
        let _closed = screen.aside(line::TOO_LONG);
        return Ok(());
    }
    // Enter alone is how people wake a terminal up, not an answer.
    if text.trim().is_empty() {
        return Ok(());
    }
    desk.typed(house, screen, text).await
}

fn farewell(come_back: &str) -> String {
    format!("Take care. Nothing is lost: `{come_back}` goes on right here.")
}

/// The editor's thread: ends when the person leaves or the chat is gone.
fn edit(mut editor: Editor<(), MemHistory>, typed: &mpsc::Sender<Typed>) {
    loop {
        let next = match editor.readline(PROMPT) {
            Ok(text) => Typed::Line(text),
            Err(ReadlineError::Signal(_)) => Typed::Resized(columns(&mut editor)),
            Err(_left_or_broken) => Typed::Left,
        };
        let left = matches!(next, Typed::Left);
        let width = columns(&mut editor);
        if typed.blocking_send(Typed::Resized(width)).is_err() || typed.blocking_send(next).is_err() || left {
            return;
        }
    }
}

fn columns(editor: &mut Editor<(), MemHistory>) -> usize {
    editor.dimensions().map_or(WIDTH_UNKNOWN, |(columns, _)| usize::from(columns)).max(20)
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::is_colour_wanted;

    #[test]
    fn no_color_is_obeyed_when_it_says_something() {
        assert!(is_colour_wanted(None));
        assert!(is_colour_wanted(Some(OsStr::new(""))));
        assert!(!is_colour_wanted(Some(OsStr::new("1"))));
    }
}
