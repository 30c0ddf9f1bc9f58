//! How fast the bot sends: close to what the platform allows, never above it, and answers first. The platform's rations
//! run by the test's time.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::SignedDuration;
use mendwell::domain::event::{Address, Platform};
use mendwell::domain::ids::OutboxId;
use mendwell::domain::message::{RichText, View};
use mendwell::domain::secret::Secret;
use mendwell::service::ports::{Class, Clock, Delivery, Item, Messenger, NotSent, Outcome, Place};
use mendwell::telegram::messenger::TelegramMessenger;
use mendwell::telegram::{Options, Telegram, Timeouts};
use tokio::task::JoinSet;

use crate::fake_telegram::faults::{Fault, Scope};
use crate::fake_telegram::rate::RateLimit;
use crate::fake_telegram::{FakeTelegram, TOKEN};
use crate::support::clock::ManualClock;
use crate::support::{MONDAY_NINE, patiently};

const PER_SECOND: u32 = 30;
/// So many go at once after a rest.
const BURST: u64 = 10;
const STEP_MS: u64 = 10;
/// The platform does not say how short a burst in one chat it lets pass: as long as the bot's.
const PLATFORM: RateLimit = RateLimit { burst_a_chat: 5.0, ..RateLimit::PLATFORM };

/// Sends under way at a platform that rations, while the test lets time pass.
struct Traffic {
    fake: FakeTelegram,
    clock: Arc<ManualClock>,
    messenger: Arc<TelegramMessenger>,
    sends: JoinSet<()>,
    sent: Arc<Mutex<Vec<Sent>>>,
    /// Since the beginning, whatever the clock is set to.
    passed_ms: Arc<AtomicU64>,
}

/// One send that has ended.
#[derive(Clone, Debug)]
struct Sent {
    at_ms: u64,
    chat: i64,
    class: Class,
    outcome: Outcome,
}

impl Traffic {
    fn new() -> Self {
        let fake = FakeTelegram::start();
        let clock = Arc::new(ManualClock::at(MONDAY_NINE.parse().unwrap()));
        let passed_ms = Arc::new(AtomicU64::new(0));
        let watch = Arc::clone(&passed_ms);
        fake.ration(PLATFORM, move || Duration::from_millis(watch.load(Ordering::SeqCst)));
        let options = Options {
            token: Secret::new(TOKEN),
            api_url: fake.url(),
            messages_per_second: NonZeroU32::new(PER_SECOND),
            webhook: None,
            timeouts: Timeouts::default(),
        };
        let messenger = Telegram::new(options, clock.clone()).unwrap().messenger();
        Self { fake, clock, messenger, sends: JoinSet::new(), sent: Arc::default(), passed_ms }
    }

    /// So many messages to one chat, one after the other.
    fn queue(&mut self, chat: i64, class: Class, count: usize) {
        self.queue_below(chat, class, count, None);
    }

    /// The same, each of which takes the buttons from an earlier one.
    fn queue_below(&mut self, chat: i64, class: Class, count: usize, shown: Option<Place>) {
        if chat > 0 {
            self.fake.user(chat);
        } else {
            self.fake.group(chat, "Friends").add_bot(&self.fake.user(1));
        }
        let address = Address { platform: Platform::Telegram, account: chat.to_string(), chat: chat.to_string() };
        let view = View::say(RichText::author("Hello."));
        let delivery = Delivery {
            id: OutboxId(chat),
            to: address,
            class,
            attempts: 0,
            shown,
            silent: false,
            item: Item::Show { session: None, turn: None, in_place: false, view },
        };
        let (messenger, clock) = (Arc::clone(&self.messenger), Arc::clone(&self.clock));
        let (sent, passed_ms) = (Arc::clone(&self.sent), Arc::clone(&self.passed_ms));
        self.sends.spawn(async move {
            for _ in 0..count {
                let mut outcome = messenger.send(&delivery).await;
                // As delivery does.
                while let Outcome::NotSent(NotSent::Held(wait)) = outcome {
                    clock.pass(wait).await;
                    outcome = messenger.send(&delivery).await;
                }
                let at_ms = passed_ms.load(Ordering::SeqCst);
                sent.lock().unwrap().push(Sent { at_ms, chat, class, outcome });
            }
        });
    }

    /// Until each send has ended or waits for its time.
    async fn still(&mut self) {
        patiently(async {
            loop {
                tokio::task::yield_now().await;
                while let Some(ended) = self.sends.try_join_next() {
                    ended.unwrap();
                }
                if self.clock.waiting() == self.sends.len() {
                    return;
                }
            }
        })
        .await;
    }

    async fn pass(&mut self, step_ms: u64) {
        self.still().await;
        self.passed_ms.fetch_add(step_ms, Ordering::SeqCst);
        self.clock.set(self.clock.now() + Duration::from_millis(step_ms));
        self.still().await;
    }

    /// Until everything has gone; it may take so long.
    async fn finish(&mut self, within_ms: u64, step_ms: u64) {
        let until = self.passed_ms() + within_ms;
        self.still().await;
        while !self.sends.is_empty() {
            assert!(self.passed_ms() < until, "after {within_ms} ms there are still {}", self.sends.len());
            self.pass(step_ms).await;
        }
        assert_eq!(self.fake.breaches(), []);
    }

    fn passed_ms(&self) -> u64 {
        self.passed_ms.load(Ordering::SeqCst)
    }

    fn sent(&self) -> Vec<Sent> {
        self.sent.lock().unwrap().clone()
    }

    fn refused(&self) -> usize {
        self.fake.requests().iter().filter(|request| request.status == Some(429)).count()
    }
}

/// How many of them ended within any second, at most.
fn most_in_a_second(sent: &[Sent]) -> usize {
    let count = |from: u64| sent.iter().filter(|sent| (from..from + 1_000).contains(&sent.at_ms)).count();
    sent.iter().map(|sent| count(sent.at_ms)).max().unwrap_or_default()
}

#[tokio::test]
async fn many_chats_get_what_the_platform_allows_and_no_more() {
    let mut traffic = Traffic::new();
    (1..=120).for_each(|chat| traffic.queue(chat, Class::Reply, 3));
    traffic.finish(12_000, STEP_MS).await;
    assert_eq!(traffic.refused(), 0);
    // All but the burst at 30 a second.
    let least = (360 - BURST) * 1_000 / u64::from(PER_SECOND);
    assert!((least..least + 50).contains(&traffic.passed_ms()), "{} ms, not {least}", traffic.passed_ms());
    assert!(traffic.sent().iter().all(|sent| matches!(sent.outcome, Outcome::Sent(Some(_)))));
}

#[tokio::test]
async fn one_chat_gets_a_short_burst_and_then_one_a_second() {
    let mut traffic = Traffic::new();
    traffic.queue(7, Class::Reply, 12);
    traffic.finish(7_000, STEP_MS).await;
    let times: Vec<u64> = traffic.sent().iter().map(|sent| sent.at_ms).collect();
    assert_eq!(times, [0, 0, 0, 0, 0, 1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 7_000]);
    assert_eq!(traffic.refused(), 0);
}

#[tokio::test]
async fn taking_buttons_away_counts_as_well() {
    let mut traffic = Traffic::new();
    (1..=60).for_each(|chat| traffic.queue_below(chat, Class::Reply, 1, Some(Place("1".to_owned()))));
    traffic.finish(5_000, STEP_MS).await;
    let edits = traffic.fake.requests().iter().filter(|request| request.method == "editMessageReplyMarkup").count();
    assert_eq!((edits, traffic.refused()), (60, 0));
}

#[tokio::test]
async fn a_burst_that_stood_behind_others_is_no_longer_for_that() {
    let mut traffic = Traffic::new();
    (1..=90).for_each(|chat| traffic.queue(chat, Class::Reply, 1));
    traffic.queue(200, Class::Reply, 8);
    traffic.finish(6_000, STEP_MS).await;
    assert_eq!(traffic.refused(), 0);
}

#[tokio::test]
async fn a_group_gets_no_more_than_twenty_in_any_minute() {
    let mut traffic = Traffic::new();
    traffic.queue(-70, Class::Reply, 45);
    traffic.finish(150_000, 250).await;
    assert_eq!(traffic.refused(), 0);
    assert_eq!(traffic.sent().len(), 45);
}

#[tokio::test]
async fn answers_go_before_check_ins_and_check_ins_leave_room_for_them() {
    let mut traffic = Traffic::new();
    (1..=60).for_each(|chat| traffic.queue(chat, Class::Nudge, 1));
    traffic.still().await;
    let before = traffic.sent().len();
    assert_eq!(before, 1, "the burst is kept for answers");
    (101..=160).for_each(|chat| traffic.queue(chat, Class::Reply, 1));
    while traffic.sent().iter().filter(|sent| sent.class == Class::Reply).count() < 60 {
        traffic.pass(STEP_MS).await;
    }
    let nudges = traffic.sent().iter().filter(|sent| sent.class == Class::Nudge).count();
    assert_eq!(nudges, before, "as long as somebody waits for an answer no check-in goes");
    let least = (61 - BURST) * 1_000 / u64::from(PER_SECOND);
    assert!(traffic.passed_ms() <= least + 50, "the answers took {} ms, not {least}", traffic.passed_ms());
    // In the flow of check-ins an answer goes at once.
    for _ in 0..100 {
        traffic.pass(STEP_MS).await;
    }
    traffic.queue(200, Class::Reply, 1);
    traffic.still().await;
    assert_eq!(traffic.sent().last().unwrap().chat, 200);
    let from = traffic.passed_ms();
    traffic.finish(5_000, STEP_MS).await;
    let nudges: Vec<Sent> = traffic.sent().into_iter().filter(|sent| sent.class == Class::Nudge).collect();
    let most = most_in_a_second(&nudges);
    assert!((14..=16).contains(&most), "{most} check-ins in a second: they take half of what may go");
    assert!(traffic.passed_ms() - from > 1_000, "the check-ins had gone before the answer came");
    assert_eq!(traffic.refused(), 0);
}

/// Everybody's questions are due at six, and people talk with the bot all the while.
#[tokio::test]
async fn a_thousand_groups_are_asked_as_fast_as_allowed_and_whoever_writes_is_answered_before_them() {
    const GROUPS: usize = 1_000;
    let mut traffic = Traffic::new();
    (1..=1_000).for_each(|group| traffic.queue(-group, Class::Nudge, 1));
    let mut asked = Vec::new();
    for person in 1..=300 {
        asked.push((person, traffic.passed_ms()));
        traffic.queue(person, Class::Reply, 1);
        for _ in 0..20 {
            traffic.pass(STEP_MS).await;
        }
    }
    traffic.finish(30_000, STEP_MS).await;
    assert_eq!(traffic.refused(), 0);
    let sent = traffic.sent();
    assert!(most_in_a_second(&sent) <= PER_SECOND as usize + BURST as usize);
    for (person, at) in asked {
        let answer = sent.iter().find(|sent| sent.chat == person).unwrap();
        assert!(answer.at_ms - at <= 50, "{person} waited for {} ms", answer.at_ms - at);
    }
    let groups: Vec<u64> = sent.iter().filter(|sent| sent.chat < 0).map(|sent| sent.at_ms).collect();
    assert_eq!(groups.len(), GROUPS);
    assert!(groups.iter().max() <= Some(&80_000), "the last group was asked after {:?} ms", groups.iter().max());
}

/// A hundred chats, of which the first three are told to wait for five seconds.
async fn held() -> Traffic {
    let mut traffic = Traffic::new();
    traffic.fake.fail(Scope::All, Fault::TooManyRequests { retry_after: 5 }, 3);
    (1..=100).for_each(|chat| traffic.queue(chat, Class::Reply, 1));
    traffic.still().await;
    let sent = traffic.sent();
    let told = NotSent::Wait(SignedDuration::from_secs(5));
    assert_eq!(sent.iter().filter(|sent| sent.outcome == Outcome::NotSent(told)).count(), 3);
    assert_eq!(sent.len() as u64, BURST);
    traffic
}

#[tokio::test]
async fn a_crowd_that_was_held_does_not_go_all_at_once() {
    let mut traffic = held().await;
    while traffic.passed_ms() < 4_990 {
        traffic.pass(STEP_MS).await;
        assert_eq!(traffic.sent().len() as u64, BURST, "when several are told to wait, all wait");
    }
    traffic.finish(3_100, STEP_MS).await;
    let after = traffic.sent().split_off(BURST as usize);
    assert!(after.iter().filter(|sent| sent.at_ms == after[0].at_ms).count() <= 2, "{after:?}");
    assert!(most_in_a_second(&after) <= PER_SECOND as usize + 1);
    assert_eq!((after.len(), traffic.refused()), (90, 3));
}

#[tokio::test]
async fn a_clock_that_is_set_back_holds_nobody_up() {
    let mut traffic = Traffic::new();
    (1..=100).for_each(|chat| traffic.queue(chat, Class::Reply, 1));
    (101..=110).for_each(|chat| traffic.queue(chat, Class::Nudge, 1));
    traffic.queue(200, Class::Reply, 8);
    traffic.pass(500).await;
    traffic.clock.set(traffic.clock.now() - SignedDuration::from_hours(1));
    (301..=310).for_each(|chat| traffic.queue(chat, Class::Reply, 1));
    traffic.finish(8_000, STEP_MS).await;
    assert_eq!(traffic.refused(), 0);
    let mut traffic = held().await;
    traffic.pass(1_000).await;
    traffic.clock.set(traffic.clock.now() - SignedDuration::from_hours(1));
    traffic.finish(9_000, STEP_MS).await;
    assert_eq!(traffic.refused(), 3);
}
