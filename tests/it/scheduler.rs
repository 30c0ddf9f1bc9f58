//! Check-ins through the whole service: at their wall time, once, never in quiet hours, and beside whatever is open.

use std::sync::Arc;

use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};
use mendwell::domain::event::Body;
use mendwell::service::ports::{Class, Clock, Item};
use mendwell::store::{Batch, OccurrenceState, PlanWrite};

use crate::support::{Attempt, FakeMessenger, House, berlin, patiently, small_library, small_library_with, zone};

const HELLO: [&str; 2] = ["Time to check in.", "How is today?"];

/// When check-ins arrived, by Berlin's wall clock.
fn nudged(messenger: &FakeMessenger, person: &str) -> Vec<DateTime> {
    let first = |attempt: &Attempt| {
        let is_first = matches!(&attempt.item, Item::Show { view, .. } if view.body.plain() == HELLO[0]);
        attempt.class == Class::Nudge && is_first
    };
    messenger.attempts(person).iter().filter(|attempt| first(attempt)).map(|a| zone().to_datetime(a.at)).collect()
}

fn walls(days: &[&str]) -> Vec<DateTime> {
    days.iter().map(|day| day.parse().unwrap()).collect()
}

async fn states(house: &House, person: &str) -> Vec<OccurrenceState> {
    let plan = house.plan_of(person).await;
    let rows = house.store().occurrences_of(plan.id).await.unwrap();
    rows.iter().map(|row| row.state).collect()
}

async fn planned(days: &str, at: &str, busy: &str) -> House {
    let house = House::new().await;
    house.welcome("ada").await;
    house.plan("ada", days, at, busy).await;
    house
}

#[tokio::test]
async fn i25_r15_a_daily_check_in_keeps_its_wall_time_through_both_changes_of_the_clock() {
    for (from, days) in [
        ("2026-03-27T19:00", ["2026-03-28T18:00", "2026-03-29T18:00", "2026-03-30T18:00"]),
        ("2026-10-23T19:00", ["2026-10-24T18:00", "2026-10-25T18:00", "2026-10-26T18:00"]),
    ] {
        let house = House::new().await;
        house.welcome("ada").await;
        house.advance_to_local(from).await;
        house.plan("ada", "daily", "18:00", "Wait").await;
        for day in days {
            house.advance_to_local(day).await;
            house.shows_life("ada").await;
        }
        assert_eq!(nudged(&house.messenger, "ada"), walls(&days));
    }
}

#[tokio::test]
async fn r15_nothing_comes_in_quiet_hours_not_even_late() {
    let mut house = planned("daily", "06:30", "Wait").await;
    house.advance_to_local("2026-03-24T12:00").await;
    assert_eq!(nudged(&house.messenger, "ada"), walls(&["2026-03-24T08:00"]));
    // Down when it was due, up again at night.
    house.plan("ada", "daily", "21:00", "Wait").await;
    house.kill().await;
    house.clock.set(berlin("2026-03-24T23:30"));
    house.open().await;
    house.fire().await;
    house.advance_to_local("2026-03-25T07:59").await;
    assert_eq!(nudged(&house.messenger, "ada").len(), 1, "quiet means quiet");
    house.advance_to_local("2026-03-25T20:00").await;
    let expired = nudged(&house.messenger, "ada").len();
    assert_eq!(expired, 1, "six hours after nine in the evening it is too late");
    assert_eq!(states(&house, "ada").await.last(), Some(&OccurrenceState::Expired));
    house.advance_to_local("2026-03-25T21:00").await;
    assert_eq!(nudged(&house.messenger, "ada").last(), walls(&["2026-03-25T21:00"]).last());
}

#[tokio::test]
async fn i38_r15_late_ones_coalesce_to_one_that_is_still_in_time() {
    let mut house = planned("daily", "18:00", "Wait").await;
    house.kill().await;
    house.clock.set(berlin("2026-03-27T19:30"));
    house.open().await;
    house.fire().await;
    assert_eq!(house.messenger.said("ada"), HELLO);
    assert_eq!(nudged(&house.messenger, "ada"), walls(&["2026-03-27T19:30"]), "one, for today");
    assert_eq!(states(&house, "ada").await, [OccurrenceState::Expired, OccurrenceState::Started]);
    house.advance_to_local("2026-03-28T18:30").await;
    assert_eq!(nudged(&house.messenger, "ada").last(), walls(&["2026-03-28T18:00"]).last());
}

#[tokio::test]
async fn i38_too_late_for_all_of_them_is_recorded_and_nothing_is_said() {
    let mut house = planned("daily", "10:00", "Wait").await;
    house.kill().await;
    house.clock.set(berlin("2026-03-25T20:00"));
    house.open().await;
    house.fire().await;
    assert_eq!(nudged(&house.messenger, "ada"), []);
    assert_eq!(states(&house, "ada").await, [OccurrenceState::Expired]);
    assert_eq!(house.plan_of("ada").await.due_at, Some(berlin("2026-03-26T10:00")));
}

#[tokio::test]
async fn i37_i38_mid_dialog_a_check_in_waits_and_starts_when_the_dialog_ends() {
    let mut house = planned("daily", "18:00", "Wait").await;
    house.advance_to_local("2026-03-23T17:50").await;
    house.open_dialog("ada", "long").await;
    house.say("ada", "a").await;
    house.advance_to_local("2026-03-23T18:10").await;
    assert_eq!(nudged(&house.messenger, "ada"), []);
    assert_eq!(states(&house, "ada").await, [OccurrenceState::Queued]);
    house.restart().await;
    house.say("ada", "b").await;
    assert_eq!(house.say("ada", "c").await, ["Kept: a, b, c."]);
    house.fire().await;
    assert_eq!(house.messenger.said("ada"), HELLO);
    assert_eq!(states(&house, "ada").await, [OccurrenceState::Started]);
    house.say("ada", "/stop").await;
    house.fire().await;
    assert_eq!(house.messenger.said("ada"), [""; 0], "once");
}

#[tokio::test]
async fn i38_a_waiting_check_in_starts_when_the_dialog_falls_silent() {
    let house = planned("daily", "18:00", "Wait").await;
    house.advance_to_local("2026-03-23T17:50").await;
    house.open_dialog("ada", "long").await;
    house.advance_to_local("2026-03-23T20:00").await;
    // The dialog waits two hours; the menu, through which it was opened, would wait one.
    assert_eq!(nudged(&house.messenger, "ada"), walls(&["2026-03-23T19:50"]));
    assert_eq!(house.sessions("ada").await, (1, 1));
}

#[tokio::test]
async fn i38_a_check_in_that_does_not_wait_is_left_out() {
    let house = planned("daily", "18:00", "Leave it out").await;
    house.advance_to_local("2026-03-23T17:50").await;
    house.open_dialog("ada", "long").await;
    house.advance_to_local("2026-03-24T17:00").await;
    assert_eq!(nudged(&house.messenger, "ada"), []);
    assert_eq!(states(&house, "ada").await, [OccurrenceState::Skipped]);
    house.advance_to_local("2026-03-24T18:00").await;
    assert_eq!(nudged(&house.messenger, "ada"), walls(&["2026-03-24T18:00"]));
}

#[tokio::test]
async fn i38_a_check_in_that_waits_too_long_expires_with_a_record() {
    let house = planned("daily", "10:00", "Wait").await;
    house.advance_to_local("2026-03-23T09:30").await;
    house.open_dialog("ada", "daily").await;
    for hour in 10..=16 {
        // Still there: every answer starts the idle time again.
        house.advance_to_local(&format!("2026-03-23T{hour}:30")).await;
        house.say("ada", "3").await;
        house.say("ada", "/back").await;
    }
    assert_eq!(nudged(&house.messenger, "ada"), []);
    assert_eq!(states(&house, "ada").await, [OccurrenceState::Expired]);
    house.say("ada", "/stop").await;
    house.fire().await;
    assert_eq!(nudged(&house.messenger, "ada"), []);
}

#[tokio::test]
async fn check_ins_rest_until_a_day_and_come_again_by_themselves_or_by_command() {
    let house = planned("daily", "18:00", "Wait").await;
    let said = house.say("ada", "/pause 3d").await;
    assert!(said.len() == 1 && said[0].contains("Thursday 26 March"), "{said:?}");
    house.advance_to_local("2026-03-25T23:00").await;
    assert_eq!(nudged(&house.messenger, "ada"), []);
    assert_eq!(states(&house, "ada").await, [OccurrenceState::Skipped; 3]);
    house.advance_to_local("2026-03-26T19:00").await;
    assert_eq!(nudged(&house.messenger, "ada"), walls(&["2026-03-26T18:00"]));
    house.say("ada", "/stop").await;
    house.say("ada", "/pause 2 weeks").await;
    house.advance_to_local("2026-03-28T12:00").await;
    assert_eq!(house.say("ada", "/resume").await, ["The check-ins are on again."]);
    house.advance_to_local("2026-03-28T19:00").await;
    assert_eq!(nudged(&house.messenger, "ada").last(), walls(&["2026-03-28T18:00"]).last());
}

#[tokio::test]
async fn i38_put_off_it_comes_again_once_and_the_plan_goes_on() {
    let house = planned("daily", "18:00", "Wait").await;
    house.advance_to_local("2026-03-23T18:05").await;
    let said = house.tap("ada", "Later").await;
    assert!(said.iter().any(|text| text.contains("about two hours")), "{said:?}");
    house.advance_to_local("2026-03-24T17:00").await;
    assert_eq!(nudged(&house.messenger, "ada"), walls(&["2026-03-23T18:00", "2026-03-23T20:05"]));
    house.advance_to_local("2026-03-25T17:00").await;
    assert_eq!(nudged(&house.messenger, "ada").len(), 3);
}

#[tokio::test]
async fn i38_a_single_check_in_comes_once_and_its_plan_goes_also_when_it_was_put_off() {
    let house = planned("once", "18:00", "Wait").await;
    house.advance_to_local("2026-03-23T18:05").await;
    let (id, _) = house.person("ada").await;
    assert_eq!(house.store().plans_of(id).await.unwrap(), []);
    house.tap("ada", "Later").await;
    house.advance_to_local("2026-03-26T12:00").await;
    assert_eq!(nudged(&house.messenger, "ada"), walls(&["2026-03-23T18:00", "2026-03-23T20:05"]));
    assert_eq!(house.store().plans_of(id).await.unwrap(), []);
}

#[tokio::test]
async fn a_new_plan_replaces_the_old_one() {
    let house = planned("daily", "18:00", "Wait").await;
    let before = house.plan_of("ada").await.id;
    house.plan("ada", "mon, thu", "10:00", "Wait").await;
    assert_eq!(house.plan_of("ada").await.id, before);
    house.advance_to_local("2026-03-28T12:00").await;
    house.shows_life("ada").await;
    house.advance_to_local("2026-03-30T23:00").await;
    assert_eq!(nudged(&house.messenger, "ada"), walls(&["2026-03-23T10:00", "2026-03-26T10:00", "2026-03-30T10:00"]));
}

#[tokio::test]
async fn a_person_who_moves_is_asked_by_the_clock_of_the_new_place() {
    let house = planned("daily", "18:00", "Wait").await;
    house.open_dialog("ada", "move").await;
    assert_eq!(house.say("ada", "America/New_York").await, ["Moved."]);
    house.advance_to_local("2026-03-24T17:00").await;
    assert_eq!(nudged(&house.messenger, "ada"), walls(&["2026-03-23T23:00"]), "six in the evening over there");
}

#[tokio::test]
async fn a_single_check_in_whose_hour_is_past_in_the_new_place_still_comes() {
    for (to, comes) in [("Asia/Dubai", "2026-03-23T18:00"), ("Asia/Tokyo", "2026-03-24T00:00")] {
        let house = planned("once", "18:00", "Wait").await;
        house.advance_to_local("2026-03-23T16:00").await;
        house.open_dialog("ada", "move").await;
        assert_eq!(house.say("ada", to).await, ["Moved."]);
        house.advance_to_local("2026-03-25T12:00").await;
        assert_eq!(nudged(&house.messenger, "ada"), walls(&[comes]), "{to}");
    }
}

#[tokio::test]
async fn i38_fired_twice_at_once_and_over_restarts_it_comes_once() {
    let mut house = planned("daily", "18:00", "Wait").await;
    for day in 23..26 {
        house.clock.set(berlin(&format!("2026-03-{day}T18:00")));
        let (one, two) =
            patiently(async { tokio::join!(house.service().fire_due(), house.service().fire_due()) }).await;
        one.unwrap();
        two.unwrap();
        house.settle().await;
        assert_eq!(house.messenger.said("ada"), HELLO);
        house.restart().await;
        house.fire().await;
        assert_eq!(house.messenger.said("ada"), [""; 0]);
        house.say("ada", "/stop").await;
    }
    assert_eq!(nudged(&house.messenger, "ada").len(), 3);
}

/// Killed at any moment around the due time: at most once, and lost only after its intent was stored, which is counted.
#[tokio::test]
async fn i34_i38_killed_while_it_fires_a_check_in_comes_once() {
    for yields in 0..60 {
        let mut house = planned("daily", "18:00", "Wait").await;
        house.messenger.said("ada");
        house.clock.set(berlin("2026-03-23T18:00"));
        let service = house.service().clone();
        {
            let mut fired = Box::pin(service.fire_due());
            for _ in 0..yields {
                if futures::FutureExt::now_or_never(&mut fired).is_some() {
                    break;
                }
                tokio::task::yield_now().await;
            }
        }
        drop(service);
        house.restart().await;
        house.fire().await;
        house.settle().await;
        let seen = nudged(&house.messenger, "ada").len();
        let unknown = house.counter("unknown_total").await;
        assert!(seen == 1 || (seen == 0 && unknown == 1), "after {yields} yields: {seen} seen, {unknown} unknown");
        assert_eq!(states(&house, "ada").await, [OccurrenceState::Started]);
    }
}

#[tokio::test]
async fn the_running_scheduler_wakes_for_what_becomes_due_and_for_whoever_is_free() {
    let mut house = House::new().await;
    house.run_scheduler();
    house.welcome("ada").await;
    house.plan("ada", "daily", "18:00", "Wait").await;
    let tick = async |house: &House, to: Timestamp, count: usize| {
        patiently(async {
            house.clock.set(to);
            while nudged(&house.messenger, "ada").len() < count {
                // Time does pass while a loop that was rung catches its breath.
                house.clock.set(house.clock.now() + SignedDuration::from_millis(20));
                tokio::task::yield_now().await;
            }
        })
        .await;
    };
    tick(&house, berlin("2026-03-23T18:00"), 1).await;
    house.settle().await;
    house.say("ada", "/stop").await;
    house.open_dialog("ada", "long").await;
    house.clock.set(berlin("2026-03-24T18:00"));
    house.send("ada", Body::from_typed("/pause")).await;
    tick(&house, berlin("2026-03-24T18:01"), 2).await;
}

#[tokio::test]
async fn a_plan_of_a_dialog_that_is_gone_says_nothing() {
    let mut house = planned("daily", "18:00", "Wait").await;
    house.messenger.said("ada");
    let mut library = small_library();
    library.dialogs.remove("daily");
    house.library = Arc::new(library);
    house.restart().await;
    house.advance_to_local("2026-03-25T19:00").await;
    assert_eq!(house.messenger.said("ada"), [""; 0]);
}

/// Otherwise the row stays due and the scheduler turns round it.
#[tokio::test]
async fn an_edited_dialog_that_waits_longer_moves_the_timers_of_its_sessions() {
    let mut house = House::new().await;
    house.welcome("ada").await;
    house.open_dialog("ada", "daily").await;
    let mut library = small_library();
    let mut daily = library.dialogs.get("daily").unwrap().as_ref().clone();
    daily.limits.idle_s = 4 * 3_600;
    library.dialogs.insert("daily".to_owned(), Arc::new(daily));
    house.library = Arc::new(library);
    house.restart().await;
    house.advance(SignedDuration::from_hours(3)).await;
    assert_eq!(house.sessions("ada").await, (1, 0));
    house.advance(SignedDuration::from_hours(2)).await;
    assert_eq!(house.sessions("ada").await, (0, 1));
}

/// The key of the due instant was taken already: nothing comes twice, and the plan goes on all the same.
#[tokio::test]
async fn i38_a_clock_that_is_set_back_neither_repeats_a_check_in_nor_stops_the_plan() {
    let house = planned("daily", "18:00", "Wait").await;
    house.advance_to_local("2026-03-23T18:00").await;
    assert_eq!(house.messenger.said("ada").last().map(String::as_str), Some(HELLO[1]));
    house.say("ada", "/stop").await;
    house.clock.set(berlin("2026-03-23T17:00"));
    house.plan("ada", "daily", "18:00", "Wait").await;
    house.advance_to_local("2026-03-24T19:00").await;
    assert_eq!(nudged(&house.messenger, "ada"), walls(&["2026-03-23T18:00", "2026-03-24T18:00"]));
}

/// A check-in that notes its day.
const DATED: &str = r#"
format = 1
id     = "daily"
title  = "Daily"
lang   = "en"

[limits]
idle      = "2h"
keep      = "1d"
on_expire = "discard"

[[step]]
id  = "hi"
say = "Time to check in."

[[step]]
id   = "mood"
ask  = "scale"
text = "How is today?"
min  = 1
max  = 5

[[step]]
id     = "kept"
save   = "profile"
fields = { last_mood = "mood", last_checkin = "today()" }

[[step]]
id  = "thanks"
say = "Thank you."
"#;

#[tokio::test]
async fn who_has_checked_in_by_hand_today_is_not_asked_again_today() {
    let mut house = House::closed(small_library_with("daily", DATED));
    house.open().await;
    house.welcome("ada").await;
    house.plan("ada", "daily", "18:00", "Wait").await;
    house.open_dialog("ada", "daily").await;
    assert_eq!(house.say("ada", "3").await, ["Thank you."]);
    house.advance_to_local("2026-03-24T17:00").await;
    assert_eq!(nudged(&house.messenger, "ada"), walls(&[]));
    assert_eq!(states(&house, "ada").await, [OccurrenceState::Skipped]);
    house.advance_to_local("2026-03-24T19:00").await;
    assert_eq!(nudged(&house.messenger, "ada"), walls(&["2026-03-24T18:00"]), "the next day has its own");

    // One that waits behind another dialog while they check in by hand.
    house.say("ada", "4").await;
    house.advance_to_local("2026-03-25T17:59").await;
    house.open_dialog("ada", "long").await;
    house.advance_to_local("2026-03-25T18:01").await;
    assert_eq!(states(&house, "ada").await.last(), Some(&OccurrenceState::Queued));
    house.open_dialog("ada", "daily").await;
    house.say("ada", "4").await;
    house.fire().await;
    assert_eq!(states(&house, "ada").await.last(), Some(&OccurrenceState::Skipped));
    assert_eq!(nudged(&house.messenger, "ada").len(), 1);
}

#[tokio::test]
async fn other_rules_of_time_zones_move_what_is_still_ahead() {
    let house = planned("daily", "18:00", "Wait").await;
    let before = house.plan_of("ada").await;
    let off_by_an_hour = before.due_at.unwrap() + SignedDuration::from_hours(1);
    let put = PlanWrite::Put { person: before.person, plan: before.plan.clone(), due_at: Some(off_by_an_hour) };
    let rules = |version: &str| vec![("tzdb", version.to_owned())];
    let batch = Batch { plans: vec![put], meta: rules("of last year"), ..Batch::default() };
    house.store().commit(batch).await.unwrap();
    house.service().plan_again_after_new_rules().await.unwrap();
    assert_eq!(house.plan_of("ada").await.due_at, before.due_at);
    // The same rules again change nothing, not even a due time that is wrong.
    let put = PlanWrite::Put { person: before.person, plan: before.plan, due_at: Some(off_by_an_hour) };
    house.store().commit(Batch { plans: vec![put], ..Batch::default() }).await.unwrap();
    house.service().plan_again_after_new_rules().await.unwrap();
    assert_eq!(house.plan_of("ada").await.due_at, Some(off_by_an_hour));
}

#[tokio::test]
async fn a_check_in_that_waited_starts_in_the_round_that_sets_the_dialog_aside() {
    let house = planned("daily", "18:00", "Wait").await;
    let due = house.plan_of("ada").await.due_at.unwrap();
    house.clock.set(due - SignedDuration::from_mins(10));
    house.open_dialog("ada", "long").await;
    house.clock.set(due);
    patiently(house.service().fire_due()).await.unwrap();
    house.settle().await;
    assert_eq!(nudged(&house.messenger, "ada").len(), 0, "it waits");
    let idle = house.store().timers_next().await.unwrap().unwrap();
    house.clock.set(idle);
    patiently(house.service().fire_due()).await.unwrap();
    house.settle().await;
    assert_eq!(nudged(&house.messenger, "ada").len(), 1);
}
