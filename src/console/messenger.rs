//! The messenger of the terminal: writes what the service sends to the one person who sits there.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures::future::BoxFuture;

use crate::console::screen::Screen;
use crate::domain::event::Address;
use crate::domain::message::View;
use crate::service::ports::{Delivery, FileKind, Item, Messenger, NotSent, Outcome};

/// Files of one name that are kept beside each other.
const SAME_NAMES_MAX: u32 = 100;

/// Shows deliveries of one address on a screen.
pub struct ConsoleMessenger {
    screen: Arc<Screen>,
    person: Address,
    documents: Option<PathBuf>,
}

impl ConsoleMessenger {
    /// A messenger for the person who sits at this screen. Nothing of anybody else is ever shown on it.
    pub fn new(screen: Arc<Screen>, person: Address) -> Self {
        Self { screen, person, documents: None }
    }

    /// Documents are saved in this directory; without one they are told in words.
    #[must_use]
    pub fn saving_to(self, directory: PathBuf) -> Self {
        Self { documents: Some(directory), ..self }
    }

    fn show(&self, item: &Item) -> io::Result<()> {
        let (Some(directory), Item::File { kind: FileKind::Document, name, caption, bytes, .. }) =
            (&self.documents, item)
        else {
            return self.screen.item(item);
        };
        match save(directory, name, bytes.expose()) {
            Ok(path) => {
                let caption = View::say(caption.clone());
                self.screen.item(&Item::Show { session: None, turn: None, in_place: false, view: caption })?;
                self.screen.aside(&format!("→ {}", path.display()))
            }
            Err(error) => {
                tracing::warn!(%error, "A document could not be saved; it is told in words.");
                self.screen.item(item)
            }
        }
    }
}

impl Messenger for ConsoleMessenger {
    fn send<'a>(&'a self, delivery: &'a Delivery) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            if delivery.to != self.person {
                return Outcome::NotSent(NotSent::Away);
            }
            match self.show(&delivery.item) {
                Ok(()) => Outcome::Sent(None),
                Err(_closed) => Outcome::NotSent(NotSent::Retry),
            }
        })
    }
}

/// Saves a document under its name, or that name with a number: nothing is written over.
fn save(directory: &Path, name: &str, bytes: &[u8]) -> io::Result<PathBuf> {
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    for number in 1..=SAME_NAMES_MAX {
        let name = if number == 1 { name.to_owned() } else { format!("{stem}-{number}.{ending}") };
        let path = directory.join(name);
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
            Ok(mut file) => {
                file.write_all(bytes)?;
                return Ok(path);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}
