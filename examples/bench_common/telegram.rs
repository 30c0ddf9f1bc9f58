//! Telegram as the crowd sees it.

use std::time::Duration;

use crate::bench_common::{Deed, Platform};
use crate::fake_telegram::people::Person;
use crate::fake_telegram::{FakeTelegram, Options, TOKEN};

/// The platform's number of the first person.
const FIRST: i64 = 100_000;
/// Messages of a chat that the fake remembers.
const MESSAGES_A_CHAT: usize = 4;

struct Telegram(FakeTelegram);

/// A platform of its own, which sets no limits.
pub(crate) fn start() -> Box<dyn Platform> {
    let options = Options { is_contract_checked: false, messages_a_chat_max: MESSAGES_A_CHAT, ..Options::default() };
    Box::new(Telegram(FakeTelegram::start_with(options)))
}

impl Telegram {
    fn person(&self, index: usize) -> Person {
        self.0.user(FIRST + index.cast_signed() as i64)
    }
}

impl Platform for Telegram {
    fn config(&self) -> String {
        format!("[telegram]\ntoken = \"{TOKEN}\"\napi_url = \"{}\"\nmessages_per_second = 0\n", self.0.url())
    }

    fn hears(&self, _patience: Duration) -> Result<(), String> {
        // What happens before the first poll waits for it.
        Ok(())
    }

    fn act(&self, index: usize, deed: &Deed) {
        match deed {
            Deed::Say(words) => drop(self.person(index).say(words)),
            Deed::Press(label) => drop(self.person(index).tap(label)),
        }
    }

    fn asked(&self, patience: Duration, is_wanted: &dyn Fn(usize, &str) -> bool) -> Result<Vec<usize>, String> {
        let mut read = 0;
        let asked = self.0.wait_for_blocking(
            |world| {
                let fresh = &world.requests()[read..];
                read += fresh.len();
                let sent = fresh.iter().filter(|request| request.method == "sendMessage");
                let asked = sent.filter_map(|request| {
                    let index = usize::try_from(request.chat? - FIRST).ok()?;
                    is_wanted(index, request.params["text"].as_str()?).then_some(index)
                });
                let asked: Vec<usize> = asked.collect();
                (!asked.is_empty()).then_some(asked)
            },
            patience,
        );
        self.0.forget_requests(read);
        asked
    }

    fn objection(&self) -> Option<String> {
        let count = self.0.look(|world| world.breaches().len());
        (count > 0).then(|| format!("{count} requests that the platform would refuse"))
    }
}
