//! Discord as the crowd sees it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::bench_common::{Deed, Platform};
use crate::fake_discord::people::Person;
use crate::fake_discord::route::Route;
use crate::fake_discord::{DATE, FakeDiscord, Options, TOKEN};

/// The platform's number of the first person.
const FIRST: u64 = 100_000;
/// Messages of a channel that the fake remembers.
const MESSAGES_A_CHANNEL: usize = 4;
/// Events that a resume could ask for.
const EVENTS_A_SESSION: usize = 2_000;

struct Discord {
    fake: FakeDiscord,
    /// The channel of the first person; the others' follow.
    first_channel: u64,
}

/// A platform of its own, which sets no limits and whose clock goes with the bot's.
pub(crate) fn start() -> Box<dyn Platform> {
    let options = Options {
        is_contract_checked: false,
        messages_a_channel_max: MESSAGES_A_CHANNEL,
        events_a_session_max: EVENTS_A_SESSION,
        ..Options::default()
    };
    let fake = FakeDiscord::start_with(options);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    fake.advance(now.saturating_sub(Duration::from_secs(DATE)));
    fake.run_clock(true);
    let first_channel = fake.user(FIRST).channel;
    Box::new(Discord { fake, first_channel })
}

impl Discord {
    fn person(&self, index: usize) -> Person {
        self.fake.user(FIRST + index as u64)
    }
}

impl Platform for Discord {
    fn config(&self) -> String {
        format!("[discord]\ntoken = \"{TOKEN}\"\napi_url = \"{}\"\nrequests_per_second = 0\n", self.fake.url())
    }

    fn hears(&self, patience: Duration) -> Result<(), String> {
        self.fake.wait_for_blocking(|world| world.gateway().is_connected().then_some(()), patience)
    }

    fn act(&self, index: usize, deed: &Deed) {
        match deed {
            Deed::Say(words) => self.person(index).say(words),
            Deed::Press(label) => self.person(index).tap(label),
        };
    }

    fn asked(&self, patience: Duration, is_wanted: &dyn Fn(usize, &str) -> bool) -> Result<Vec<usize>, String> {
        let mut read = 0;
        let asked = self.fake.wait_for_blocking(
            |world| {
                let fresh = &world.requests()[read..];
                read += fresh.len();
                let sent = fresh.iter().filter(|request| request.route == Some(Route::CreateMessage));
                let asked = sent.filter_map(|request| {
                    let index = usize::try_from(request.channel?.checked_sub(self.first_channel)?).ok()?;
                    is_wanted(index, request.body["content"].as_str()?).then_some(index)
                });
                let asked: Vec<usize> = asked.collect();
                (!asked.is_empty()).then_some(asked)
            },
            patience,
        );
        self.fake.forget_requests(read);
        asked
    }

    fn objection(&self) -> Option<String> {
        let (breaches, failed) = self.fake.look(|world| (world.breaches().len(), world.failed_interactions().count()));
        (breaches + failed > 0)
            .then(|| format!("{breaches} requests that the platform would refuse, {failed} presses without an answer"))
    }
}
