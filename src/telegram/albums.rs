//! Albums: each of their pictures is a message of its own to the platform, and all of them are one to whoever sends them.
//! <https://core.telegram.org/bots/api#message>

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use crate::domain::limits::TELEGRAM_ALBUMS_KEPT_MAX;

/// The newest albums. After a kill they are forgotten, and one that was under way is answered once more.
#[derive(Default)]
pub(crate) struct Albums(Mutex<VecDeque<String>>);

impl Albums {
    /// Whether another picture of the album came before; notes that this one has come.
    pub(crate) fn has_begun(&self, album: String) -> bool {
        let mut begun = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if begun.contains(&album) {
            return true;
        }
        if begun.len() >= TELEGRAM_ALBUMS_KEPT_MAX {
            begun.pop_front();
        }
        begun.push_back(album);
        false
    }
}
