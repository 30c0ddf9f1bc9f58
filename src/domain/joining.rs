//! What one person knows after two became one. Nothing is lost; where both say something, this says what holds.

use std::collections::BTreeMap;

use crate::domain::consent::{Consent, Receipt};
use crate::domain::hard_date::HardDate;
use crate::domain::person::{Care, Profile};
use crate::domain::value::{Value, Values};

/// Facts that belong together: both are taken from the same account.
const PAIRS: &[(&str, &str)] = &[("quiet_from", "quiet_to"), ("last_checkin", "last_mood")];
/// What the contact gate keeps.
const GATE: &[&str] = &["contact_lock", "contact_outcome", "contact_on", "contact_rest", "both_agreed"];

impl Profile {
    /// This profile, of whose account the code was made, with that of the account from which it was typed.
    ///
    /// | what | what holds |
    /// |---|---|
    /// | where they write | where the code was typed; the account of the code is a way to them as well |
    /// | name, zone, aim, quiet hours and most other facts | those of the code's account; what it has not said is filled in |
    /// | last check-in and its mood | the later one |
    /// | number of check-ins | both together |
    /// | consents, grown-up | yes only if nobody of the two said no; the receipt is that of what holds, of two the newer |
    /// | check-ins without a sound, behind neutral words | if either wanted that |
    /// | check-ins rest until | the later day |
    /// | check-ins cannot arrive | no longer so: they have just written |
    /// | when everything was asked for as a file, or how the days went | the later time |
    /// | up to where a platform was heard | that of the account on it |
    /// | what came of the safety screen | the later question, the later day of listening more closely, and the false alarms of both together |
    /// | contact gate | what one account says, whole: the one with the harder lock, or else the code's |
    /// | exercises that were done | those of both, with the later day |
    /// | days of the last week with a check-in | those of both |
    /// | hard dates | those of both, the same one once |
    /// | what they ask moderators of groups | that of both |
    /// | PIN | that of the code's account; what had none before has it from now on |
    /// | buddies | where the code's account stands, and where only the other does; nobody whom either never wants to meet again |
    /// | open goal | the newer one, as when a goal is set anew; the other stays among the entries |
    ///
    /// Of somebody who has agreed to nothing only the account comes along, and where a link had led them.
    pub fn joined(mut self, typed: Self) -> Self {
        let carries = typed.has_consented();
        self.write_from(&typed.address);
        self.others.extend(typed.others);
        self.unreachable = false;
        self.wished = self.wished.or(typed.wished);
        self.exported_at = self.exported_at.max(typed.exported_at);
        self.progress_at = self.progress_at.max(typed.progress_at);
        // At most one of their accounts is on a platform that is read up.
        self.heard = self.heard.or(typed.heard);
        if carries {
            self.paused_until = self.paused_until.max(typed.paused_until);
            let is_newer =
                |goal: &crate::domain::person::Goal| self.open_goal.as_ref().is_none_or(|own| own.since < goal.since);
            if let Some(goal) = typed.open_goal.filter(is_newer) {
                self.open_goal = Some(goal);
            }
            self.language = self.language.or(typed.language);
            self.care = match (self.care, typed.care) {
                (Some(own), Some(typed)) => Some(join_care(own, typed)),
                (own, typed) => own.or(typed),
            };
            for (dialog, day) in typed.done {
                let last = self.done.entry(dialog).or_insert(day);
                *last = day.max(*last);
            }
            self.week = match (self.week, typed.week) {
                (Some(own), Some(typed)) => Some(own.joined(typed)),
                (own, typed) => own.or(typed),
            };
            join_hard_dates(&mut self.hard_dates, typed.hard_dates);
            self.asking = match (self.asking, typed.asking) {
                (Some(own), Some(typed)) => Some(own.joined(typed)),
                (own, typed) => own.or(typed),
            };
            self.pin = self.pin.or(typed.pin);
            self.buddying = match (self.buddying, typed.buddying) {
                (Some(own), Some(typed)) => Some(own.joined(typed)),
                (own, typed) => own.or(typed),
            };
            join_facts(&mut self.facts, typed.facts);
            join_receipts(&mut self.consents, typed.consents);
        }
        self
    }
}

fn join_care(own: Care, typed: Care) -> Care {
    let watched_until = own.watched_until.max(typed.watched_until);
    let false_alarms = own.false_alarms.saturating_add(typed.false_alarms);
    let later = if typed.asked_at > own.asked_at { typed } else { own };
    Care { false_alarms, watched_until, ..later }
}

fn join_hard_dates(own: &mut Vec<HardDate>, other: Vec<HardDate>) {
    for mut date in other {
        let is_same = |mine: &HardDate| HardDate { id: date.id, ..mine.clone() } == date;
        if own.iter().any(is_same) {
            continue;
        }
        while own.iter().any(|mine| mine.id == date.id) {
            date.id = date.id.wrapping_add(1);
        }
        own.push(date);
    }
}

fn join_facts(own: &mut Values, mut other: Values) {
    if let (Some(Value::Date(mine)), Some(Value::Date(theirs))) = (own.get("last_checkin"), other.get("last_checkin"))
        && theirs > mine
    {
        own.remove("last_checkin");
        own.remove("last_mood");
    }
    let says = |facts: &Values| GATE.iter().any(|name| facts.contains_key(*name));
    if lock_weight(&other) > lock_weight(own) {
        own.retain(|name, _| !GATE.contains(&name.as_str()));
    } else if says(own) {
        other.retain(|name, _| !GATE.contains(&name.as_str()));
    }
    for (first, second) in PAIRS {
        if own.contains_key(*first) || own.contains_key(*second) {
            other.remove(*first);
            other.remove(*second);
        }
    }
    for (name, value) in other {
        let holds = match (name.as_str(), own.get(&name), &value) {
            ("checkins", Some(Value::Num(mine)), Value::Num(theirs)) => Value::Num(mine + theirs),
            (name, Some(Value::Bool(mine)), Value::Bool(theirs))
                if name == "adult" || Consent::of_fact(name).is_some() =>
            {
                Value::Bool(*mine && *theirs)
            }
            ("silent_checkins" | "discreet", Some(Value::Bool(mine)), Value::Bool(theirs)) => {
                Value::Bool(*mine || *theirs)
            }
            (_, Some(mine), _) => mine.clone(),
            (_, None, _) => value,
        };
        own.insert(name, holds);
    }
}

/// How hard the contact gate is locked: 0 not at all, 1 by what is asked again after a while, 2 by what has no way out.
fn lock_weight(facts: &Values) -> u8 {
    match facts.get("contact_lock").and_then(Value::as_str) {
        None | Some("none") => 0,
        Some("harm" | "threat" | "pursuit") => 2,
        Some(_) => 1,
    }
}

fn join_receipts(own: &mut BTreeMap<Consent, Receipt>, other: BTreeMap<Consent, Receipt>) {
    for (consent, theirs) in other {
        let mine = own.entry(consent).or_insert(theirs);
        let holds = (mine.given && !theirs.given) || (mine.given == theirs.given && theirs.at > mine.at);
        if holds {
            *mine = theirs;
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jiff::civil::{Date, date, time};

    use crate::domain::event::{Address, Platform};
    use crate::domain::hard_date::HardDate;
    use crate::domain::person::{Care, Goal, Heard, Profile};
    use crate::domain::text::UserText;
    use crate::domain::value::Value;

    fn profile(platform: Platform, facts: &[(&str, Value)]) -> Profile {
        let address = Address { platform, account: "1".to_owned(), chat: "1".to_owned() };
        let mut profile = Profile::new(address);
        profile.facts.insert("consent".to_owned(), Value::Bool(true));
        profile.facts.extend(facts.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        profile
    }

    fn joined(code: &[(&str, Value)], typed: &[(&str, Value)]) -> Profile {
        profile(Platform::Telegram, code).joined(profile(Platform::Discord, typed))
    }

    fn goal(title: &str, since: Date) -> Option<Goal> {
        Some(Goal { title: UserText::from(title), due: None, since })
    }

    #[test]
    fn the_codes_account_wins_and_gaps_are_filled() {
        let both =
            joined(&[("name", Value::text("Ada"))], &[("name", Value::text("A.")), ("zone", Value::text("UTC"))]);
        assert_eq!(both.facts.get("name"), Some(&Value::text("Ada")));
        assert_eq!(both.zone_name(), Some("UTC"));
        assert_eq!(both.address.platform, Platform::Discord, "they write where the code was typed");
        assert_eq!(both.others.iter().map(|other| other.platform).collect::<Vec<_>>(), [Platform::Telegram]);
    }

    #[test]
    fn quiet_hours_come_from_one_account() {
        let six = ("quiet_from", Value::Time(time(18, 0, 0, 0)));
        let both = joined(&[six], &[("quiet_to", Value::Time(time(11, 0, 0, 0)))]);
        assert_eq!(both.facts.get("quiet_to"), None);
    }

    #[test]
    fn the_narrower_of_two_wishes_holds() {
        let (yes, no) = (|| Value::Bool(true), || Value::Bool(false));
        for (name, mine, theirs, holds) in [
            ("silent_checkins", yes(), no(), yes()),
            ("silent_checkins", no(), yes(), yes()),
            ("adult", yes(), no(), no()),
            ("adult", no(), yes(), no()),
        ] {
            let both = joined(&[(name, mine)], &[(name, theirs)]);
            assert_eq!(both.facts.get(name), Some(&holds), "{name}");
        }
    }

    #[test]
    fn the_later_check_in_brings_its_mood() {
        let day = |day| ("last_checkin", Value::Date(date(2026, 3, day)));
        let mood = |mood| ("last_mood", Value::Num(mood));
        let count = |count| ("checkins", Value::Num(count));
        for (mine, theirs, last) in [(1, 2, 5.0), (2, 1, 3.0)] {
            let both = joined(&[day(mine), mood(3.0), count(4.0)], &[day(theirs), mood(5.0), count(2.0)]);
            assert_eq!(both.facts.get("last_mood"), Some(&Value::Num(last)));
            assert_eq!(both.facts.get("checkins"), Some(&Value::Num(6.0)));
        }
    }

    #[test]
    fn what_came_of_the_screen_is_joined() {
        let care = |at: i64, false_alarms, watched: Option<i64>| {
            let instant = |s| Timestamp::from_second(s).unwrap();
            let asked_class = Some(format!("asked at {at}"));
            let (asked_at, watched_until) = (Some(instant(at)), watched.map(instant));
            Some(Care { asked_at, asked_level: 2, asked_class, false_alarms, watched_until })
        };
        for (mine, theirs, holds) in [
            (care(1, 1, Some(9)), care(2, 2, None), care(2, 3, Some(9))),
            (care(2, 1, Some(8)), care(1, 2, Some(9)), care(2, 3, Some(9))),
            (None, care(1, 2, None), care(1, 2, None)),
            (care(1, 2, None), None, care(1, 2, None)),
        ] {
            let (mut code, mut typed) = (profile(Platform::Telegram, &[]), profile(Platform::Discord, &[]));
            (code.care, typed.care) = (mine, theirs);
            assert_eq!(code.joined(typed).care, holds);
        }
    }

    #[test]
    fn a_lock_of_the_contact_gate_holds_whichever_account_has_it() {
        let lock = |lock| ("contact_lock", Value::Key(String::from(lock)));
        let outcome = |outcome| ("contact_outcome", Value::Key(String::from(outcome)));
        let kept = |both: &Profile| ["contact_lock", "contact_outcome"].map(|name| both.facts.get(name).cloned());
        let rest = ("contact_rest", Value::Date(date(2026, 3, 1)));
        let open = [lock("none"), outcome("prepare"), rest];
        let shut = [lock("order"), outcome("stop")];
        for (code, typed) in [(open.as_slice(), shut.as_slice()), (&shut, &open), (&[], &shut), (&shut, &[])] {
            let both = joined(code, typed);
            assert_eq!(kept(&both), [lock("order").1, outcome("stop").1].map(Some));
            assert_eq!(both.facts.get("contact_rest"), None);
        }
        // Of two, the one without a way out.
        for (code, typed) in [("told", "harm"), ("pursuit", "fear"), ("threat", "order")] {
            let both = joined(&[lock(code), outcome("stop")], &[lock(typed), outcome("stop")]);
            let holds = if code == "told" { typed } else { code };
            assert_eq!(kept(&both)[0], Some(lock(holds).1));
        }
    }

    #[test]
    fn hard_dates_of_both_are_kept_once_each_under_ids_of_their_own() {
        let date = |id, label: &str| HardDate {
            id,
            month: 5,
            day: 12,
            label: UserText::from(label),
            cue: UserText::from("evening"),
            then: UserText::from("walk"),
        };
        let (mut code, mut typed) = (profile(Platform::Telegram, &[]), profile(Platform::Discord, &[]));
        code.hard_dates = vec![date(1, "ours"), date(2, "lake")];
        typed.hard_dates = vec![date(7, "lake"), date(1, "parted")];
        assert_eq!(code.joined(typed).hard_dates, [date(1, "ours"), date(2, "lake"), date(3, "parted")]);
    }

    #[test]
    fn the_newer_goal_stays_open() {
        for (mine, theirs, open) in [(1, 2, "walk"), (2, 1, "call"), (2, 2, "call")] {
            let (mut code, mut typed) = (profile(Platform::Telegram, &[]), profile(Platform::Discord, &[]));
            code.open_goal = goal("call", date(2026, 3, mine));
            typed.open_goal = goal("walk", date(2026, 3, theirs));
            assert_eq!(code.joined(typed).open_goal.unwrap().title.expose(), open);
        }
    }

    #[test]
    fn of_somebody_who_agreed_to_nothing_only_the_account_comes() {
        let mut typed = profile(Platform::Discord, &[("consent", Value::Bool(false)), ("name", Value::text("X"))]);
        typed.wished = Some("daily".to_owned());
        let both = profile(Platform::Telegram, &[]).joined(typed);
        assert!(both.has_consented());
        assert_eq!(both.facts.get("name"), None);
        assert_eq!(both.wished.as_deref(), Some("daily"));
    }

    #[test]
    fn up_to_where_discord_was_heard_comes_along_and_leaves_with_it() {
        let heard = |profile: &Profile| profile.heard.as_ref().map(|heard| heard.message);
        let mut discord = profile(Platform::Discord, &[]);
        discord.heard = Some(Heard { chat: "1".to_owned(), message: Some(7), at: Timestamp::UNIX_EPOCH });
        for mut both in [
            profile(Platform::Telegram, &[]).joined(discord.clone()),
            discord.clone().joined(profile(Platform::Telegram, &[])),
        ] {
            assert_eq!(heard(&both), Some(Some(7)));
            let mut without = both.clone();
            assert!(without.part_with(Platform::Discord).is_some());
            assert_eq!(heard(&without), None, "nothing of theirs is to be read up any more");
            assert!(both.part_with(Platform::Telegram).is_some());
            assert_eq!(heard(&both), Some(Some(7)));
        }
    }
}
