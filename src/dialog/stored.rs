//! How a session is stored: one format byte, then JSON. And when its timer is due.

use jiff::Timestamp;
use serde::Deserialize;

use crate::dialog::keep::idle_s;
use crate::dialog::machine::after_s;
use crate::dialog::model::Library;
use crate::dialog::session::{SESSION_SCHEMA, Session, Status, Wait};
use crate::domain::limits::SESSION_BYTES_MAX;

/// The first byte of a stored session: JSON follows.
const FORMAT_JSON: u8 = 1;

/// Why stored bytes are no session. None of these carries what is inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The first byte names no format of ours. The host restores a backup.
    #[error("a stored session has the unknown format {0}")]
    Format(u8),
    /// Stored by a later release. The host runs that one.
    #[error("a stored session has schema {found}, this release knows {SESSION_SCHEMA}")]
    Newer {
        /// The schema found.
        found: u16,
    },
    /// Not what we stored. The host restores a backup.
    #[error("a stored session is damaged")]
    Damaged,
}

impl Session {
    /// The session as it is stored. One that grew past [`SESSION_BYTES_MAX`] loses its way back, then the answers
    /// that Back undid.
    pub fn encode(&self) -> Vec<u8> {
        let bytes = write(self);
        if bytes.len() <= SESSION_BYTES_MAX {
            return bytes;
        }
        let lighter = Self { history: Vec::new(), ..self.clone() };
        let bytes = write(&lighter);
        if bytes.len() <= SESSION_BYTES_MAX {
            return bytes;
        }
        write(&Self { carry: Vec::new(), ..lighter })
    }

    /// Reads what [`Session::encode`] wrote, in this release or an earlier one.
    ///
    /// # Errors
    /// [`DecodeError`], when the bytes are of a later release or none of ours.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        #[derive(Deserialize)]
        struct Version {
            v: u16,
        }
        let (format, json) = bytes.split_first().ok_or(DecodeError::Damaged)?;
        if *format != FORMAT_JSON {
            return Err(DecodeError::Format(*format));
        }
        let Version { v } = serde_json::from_slice(json).map_err(|_| DecodeError::Damaged)?;
        match v {
            // A change of the schema adds an arm here that lifts the older JSON, and a stored sample to the tests.
            SESSION_SCHEMA => serde_json::from_slice(json).map_err(|_| DecodeError::Damaged),
            0 => Err(DecodeError::Damaged),
            found => Err(DecodeError::Newer { found }),
        }
    }

    /// When `Input::Due` must come: the next beat, the end of the idle time, or the end of keeping. `None` once
    /// the session has ended. Every step may move it, so it is to be asked for after each.
    pub fn timer(&self, lib: &Library) -> Option<Timestamp> {
        match (&self.status, self.wait.as_ref()?) {
            (Status::Ended(_), _) => None,
            (Status::Parked { until, .. }, _) => Some(*until),
            (Status::Waiting, Wait::Pace { due, .. }) => Some(*due),
            (Status::Waiting, Wait::Ask { asked, .. } | Wait::Gate { asked, .. }) => {
                Some(after_s(*asked, idle_s(lib, self)))
            }
        }
    }
}

fn write(session: &Session) -> Vec<u8> {
    let mut bytes = vec![FORMAT_JSON];
    // Writing to memory fails only for maps whose keys are no text, and a session has none.
    if serde_json::to_writer(&mut bytes, session).is_err() {
        bytes.truncate(1);
    }
    bytes
}
