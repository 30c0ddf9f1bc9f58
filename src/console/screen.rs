//! The one writer of a chat's output, shared by the chat, which reads lines, and the messenger, which shows messages.

use std::io::{self, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::console::colour::{self, Look};
use crate::console::page::{Page, Place};
use crate::console::{render, text};
use crate::domain::message::{RichText, View};
use crate::service::ports::Item;

/// Where finished text goes. Each call is one piece, out when the call returns.
pub trait Output: Send {
    /// Writes and flushes.
    ///
    /// # Errors
    /// What the output says; after one, nothing more is written.
    fn put(&mut self, text: &str) -> io::Result<()>;
}

/// The output of a chat and what stands on it.
pub struct Screen {
    inner: Mutex<Inner>,
    closed: watch::Sender<bool>,
}

struct Inner {
    page: Page,
    output: Box<dyn Output>,
    /// None for the plain protocol.
    look: Option<Look>,
    /// The beat that is counted down on the last line, and the seconds it has left.
    countdown: Option<(View, u32)>,
    /// Whether the last line written is that of a beat.
    on_beat: bool,
}

/// A writer as an output.
pub struct WriterOutput<W>(pub W);

impl<W: Write + Send> Output for WriterOutput<W> {
    fn put(&mut self, text: &str) -> io::Result<()> {
        self.0.write_all(text.as_bytes())?;
        self.0.flush()
    }
}

impl Screen {
    /// The plain protocol.
    pub fn plain(output: impl Write + Send + 'static) -> Self {
        Self::new(Box::new(WriterOutput(output)), None)
    }

    /// A terminal.
    pub fn terminal(output: Box<dyn Output>, look: Look) -> Self {
        Self::new(output, Some(look))
    }

    fn new(output: Box<dyn Output>, look: Option<Look>) -> Self {
        let inner = Inner { page: Page::default(), output, look, countdown: None, on_beat: false };
        Self { inner: Mutex::new(inner), closed: watch::Sender::new(false) }
    }

    /// Shows an item of the outbox.
    ///
    /// # Errors
    /// When the output is closed.
    pub fn item(&self, item: &Item) -> io::Result<()> {
        match item {
            Item::Show { session, turn, view, .. } => self.show(session.zip(*turn), view),
            Item::Freeze { session, turn, .. } => {
                self.lock().page.freeze((*session, *turn));
                Ok(())
            }
            // Nothing can be taken back from a terminal.
            Item::Remove { done, .. } if done.is_empty() => Ok(()),
            Item::Remove { done, .. } => self.show(None, &View::say(done.clone())),
            Item::InSpace { view, .. } => self.show(None, view),
            Item::File { caption, alt, .. } => {
                self.show(None, &View::say(caption.clone()))?;
                self.show(None, &View::say(alt.clone()))
            }
        }
    }

    /// Shows a short answer to a press that changed nothing.
    ///
    /// # Errors
    /// When the output is closed.
    pub fn note(&self, note: &RichText) -> io::Result<()> {
        let look = self.lock().look;
        let text = look.map_or_else(|| text::plain(note) + "\n", |look| colour::note(note, look));
        self.put(&text)
    }

    /// Shows a line of the chat itself.
    ///
    /// # Errors
    /// When the output is closed.
    pub fn aside(&self, line: &str) -> io::Result<()> {
        let look = self.lock().look;
        self.put(&look.map_or_else(|| format!("{line}\n"), |look| colour::aside(line, look)))
    }

    /// The token of the choice that a typed line picks.
    pub fn pick(&self, line: &str) -> Option<String> {
        self.lock().page.pick(line).map(|pick| pick.token.clone())
    }

    /// Whether the message shown last is a beat of a paced exercise.
    pub fn is_on_beat(&self) -> bool {
        self.lock().page.beat().is_some()
    }

    /// A second has passed: counts the beat on a terminal down.
    ///
    /// # Errors
    /// When the output is closed.
    pub fn tick(&self) -> io::Result<()> {
        let mut inner = self.lock();
        let text = inner.count_down();
        self.write(&mut inner, &text, true)
    }

    /// Something was typed: the last line is no longer a beat's.
    pub fn typed(&self) {
        self.lock().on_beat = false;
    }

    /// Tells the width of the terminal, in columns.
    pub fn resize(&self, width: usize) {
        if let Some(look) = &mut self.lock().look {
            look.width = width;
        }
    }

    /// Resolves when the output is closed.
    pub async fn closed(&self) {
        let mut closed = self.closed.subscribe();
        // No error can come: the sender lives as long as this.
        let _ended = closed.wait_for(|closed| *closed).await.is_err();
    }

    /// Whether the output is closed.
    pub fn is_closed(&self) -> bool {
        *self.closed.borrow()
    }

    fn show(&self, place: Option<Place>, view: &View) -> io::Result<()> {
        let mut inner = self.lock();
        let is_first_beat = inner.page.beat().is_none();
        let change = inner.page.show(place, view);
        let Some(look) = inner.look else {
            let body = Some(render::body(view)).filter(|body| change.body && !body.is_empty());
            let choices = render::choices(view).filter(|_| change.choices);
            let text: String = body.into_iter().chain(choices).map(|line| line + "\n").collect();
            return self.write(&mut inner, &text, false);
        };
        inner.countdown = None;
        if let Some(millis) = inner.page.beat() {
            inner.countdown = Some((view.clone(), millis.div_ceil(1000) + 1));
            if is_first_beat {
                self.write(&mut inner, &colour::ways_out(view, look), false)?;
            }
            let text = inner.count_down();
            if !text.is_empty() {
                return self.write(&mut inner, &text, true);
            }
        }
        let text = colour::view(view, change, look);
        self.write(&mut inner, &text, false)
    }

    fn put(&self, text: &str) -> io::Result<()> {
        self.write(&mut self.lock(), text, false)
    }

    fn write(&self, inner: &mut Inner, text: &str, on_beat: bool) -> io::Result<()> {
        if self.is_closed() {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        if text.is_empty() {
            return Ok(());
        }
        inner.on_beat = on_beat;
        inner.output.put(text).inspect_err(|_| {
            self.closed.send_replace(true);
        })
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// The countdown's line with one second less, in place of the line it had; nothing when there is none to show.
    fn count_down(&mut self) -> String {
        let (Some((view, seconds)), Some(look)) = (&mut self.countdown, self.look) else { return String::new() };
        if *seconds <= 1 {
            return String::new();
        }
        *seconds -= 1;
        let Some(line) = colour::beat(view, *seconds, look) else { return String::new() };
        // One line up, and clear it.
        let over = if self.on_beat { "\u{1b}[1A\r\u{1b}[2K" } else { "" };
        format!("{over}{line}\n")
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use super::{Look, Output, Screen};
    use crate::domain::ids::SessionId;
    use crate::domain::message::{Choice, ChoiceRole, RichText, View, ViewKind};
    use crate::service::ports::Item;

    struct Sheet(Arc<Mutex<Vec<String>>>);

    impl Output for Sheet {
        fn put(&mut self, text: &str) -> io::Result<()> {
            self.0.lock().unwrap().push(text.to_owned());
            Ok(())
        }
    }

    fn beat(text: &str, millis: u32) -> Item {
        let enough = Choice { label: "Enough".into(), token: "<enough>".into(), role: ChoiceRole::Enough };
        let view = View {
            body: RichText::author(text),
            kind: ViewKind::Beat(millis),
            choices: vec![enough],
            language: Default::default(),
        };
        Item::Show { session: Some(SessionId(1)), turn: Some(1), in_place: false, view }
    }

    #[test]
    fn a_beat_counts_down_on_its_own_line_and_never_over_another() {
        let sheet = Arc::default();
        let screen = Screen::terminal(Box::new(Sheet(Arc::clone(&sheet))), Look { width: 60, colour: false });
        let written = || std::mem::take(&mut *sheet.lock().unwrap()).concat();
        screen.item(&beat("In …", 2_500)).unwrap();
        assert_eq!(written(), "    1 Enough\n  In …  3\n");
        screen.tick().unwrap();
        assert_eq!(written(), "\u{1b}[1A\r\u{1b}[2K  In …  2\n");
        screen.note(&RichText::author("Heard.")).unwrap();
        assert_eq!(written(), "  Heard.\n");
        screen.tick().unwrap();
        assert_eq!(written(), "  In …  1\n", "the note stays");
        screen.tick().unwrap();
        assert_eq!(written(), "", "nothing is left to count");
        screen.item(&beat("Out …", 1_000)).unwrap();
        assert_eq!(written(), "\u{1b}[1A\r\u{1b}[2K  Out …  1\n", "in the place of the beat before");
        screen.typed();
        screen.item(&beat(&"long ".repeat(20), 1_000)).unwrap();
        assert!(!written().contains('\u{1b}'), "what does not fit on a line is not counted down");
        assert_eq!(screen.pick("1").as_deref(), Some("<enough>"));
        screen
            .item(&Item::Show {
                session: None,
                turn: None,
                in_place: false,
                view: View::say(RichText::author("Good.")),
            })
            .unwrap();
        assert!(!screen.is_on_beat());
    }
}
