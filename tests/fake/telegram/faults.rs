//! What goes wrong, on demand.

use super::method::Method;

/// One thing that goes wrong with a request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Fault {
    /// 429; nothing is applied.
    TooManyRequests {
        /// Seconds.
        retry_after: u64,
    },
    /// A status from a machine in between, with a page instead of JSON; nothing is applied.
    ServerError {
        /// 500 to 599.
        status: u16,
    },
    /// Never answered and not applied.
    Hang,
    /// Never answered, but applied.
    HangApplied,
    /// The connection ends before the request is applied.
    CutBefore,
    /// Applied; the connection ends after so many bytes of the answer, its head counted.
    CutAfter {
        /// 0: not one byte.
        bytes: usize,
    },
    /// Answered with this, whatever it is; nothing is applied.
    Answer {
        /// Any.
        status: u16,
        /// Any text, well-formed or not.
        body: String,
    },
}

/// Which requests.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Scope {
    /// Every request.
    All,
    /// Every request but getUpdates.
    AllButPolls,
    /// Those of one method.
    Only(Method),
    /// Those that name one chat.
    Chat(i64),
}

impl Scope {
    fn covers(self, method: Method, chat: Option<i64>) -> bool {
        match self {
            Self::All => true,
            Self::AllButPolls => method != Method::GetUpdates,
            Self::Only(only) => method == only,
            Self::Chat(only) => chat == Some(only),
        }
    }
}

#[derive(Default)]
pub(super) struct Faults {
    planned: Vec<(Scope, Fault, usize)>,
    /// 502 for everything.
    pub(super) is_down: bool,
}

impl Faults {
    pub(super) fn plan(&mut self, scope: Scope, fault: Fault, times: usize) {
        self.planned.push((scope, fault, times));
    }

    pub(super) fn clear(&mut self) {
        self.planned.clear();
    }

    /// What is to go wrong with this request: of several plans that cover it, the oldest.
    pub(super) fn take(&mut self, method: Method, chat: Option<i64>) -> Option<Fault> {
        if self.is_down {
            return Some(Fault::ServerError { status: 502 });
        }
        let at = self.planned.iter().position(|(scope, ..)| scope.covers(method, chat))?;
        let (_, fault, times) = &mut self.planned[at];
        let fault = fault.clone();
        *times = times.saturating_sub(1);
        if *times == 0 {
            self.planned.remove(at);
        }
        Some(fault)
    }
}
