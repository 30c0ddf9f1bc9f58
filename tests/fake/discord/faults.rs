//! What goes wrong, on demand.

use super::route::Route;

/// One thing that goes wrong with a request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Fault {
    /// 429; nothing is applied.
    TooManyRequests {
        /// Seconds.
        retry_after: f64,
        /// Whose limit it is.
        scope: LimitScope,
    },
    /// Refused with a code of the platform, such as 403 and 50007; nothing is applied.
    Refusal {
        /// Of HTTP.
        status: u16,
        /// Of the body.
        code: u64,
    },
    /// A status from a machine in between, with a page instead of JSON; nothing is applied.
    ServerError {
        /// 500 to 599, or 429 of a machine that has banned the address.
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
    /// Applied, and answered with this, whatever it is.
    AnswerApplied {
        /// Any.
        status: u16,
        /// Any text, well-formed or not.
        body: String,
    },
}

/// Whose limit a 429 speaks of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum LimitScope {
    /// The bot's, over all routes.
    Global,
    /// That of all who use the resource; not counted as an invalid request.
    Shared,
    /// The bot's, on this route.
    User,
}

impl LimitScope {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::Shared => "shared",
            Self::User => "user",
        }
    }
}

/// Which requests.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Scope {
    /// Every request.
    All,
    /// Those of one route.
    Only(Route),
    /// Those that name one channel.
    Channel(u64),
    /// Callbacks and webhooks.
    Interactions,
}

impl Scope {
    fn covers(self, route: Route, channel: Option<u64>) -> bool {
        match self {
            Self::All => true,
            Self::Only(only) => route == only,
            Self::Channel(only) => channel == Some(only),
            Self::Interactions => route.is_of_interaction(),
        }
    }
}

#[derive(Default)]
pub(super) struct Faults {
    planned: Vec<(Scope, Fault, usize)>,
    /// 502 for everything, and no gateway.
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
    pub(super) fn take(&mut self, route: Route, channel: Option<u64>) -> Option<Fault> {
        if self.is_down {
            return Some(Fault::ServerError { status: 502 });
        }
        let at = self.planned.iter().position(|(scope, ..)| scope.covers(route, channel))?;
        let (_, fault, times) = &mut self.planned[at];
        let fault = fault.clone();
        *times = times.saturating_sub(1);
        if *times == 0 {
            self.planned.remove(at);
        }
        Some(fault)
    }
}
