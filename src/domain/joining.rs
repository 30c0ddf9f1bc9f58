//! What one person knows after two became one. Nothing is lost; where both say something, this says what holds.

use crate::domain::person::Profile;
use crate::domain::value::{Value, Values};

/// Facts that belong together: both are taken from the same account.
const PAIRS: &[(&str, &str)] = &[("quiet_from", "quiet_to"), ("last_checkin", "last_mood")];

impl Profile {
    /// This profile, of whose account the code was made, with that of the account from which it was typed.
    ///
    /// | what | what holds |
    /// |---|---|
    /// | where they write | where the code was typed; the account of the code is a way to them as well |
    /// | name, zone, aim, quiet hours and most other facts | those of the code's account; what it has not said is filled in |
    /// | last check-in and its mood | the later one |
    /// | number of check-ins | both together |
    /// | consent, grown-up | yes only if nobody of the two said no |
    /// | check-ins without a sound | if either wanted that |
    /// | check-ins rest until | the later day |
    /// | check-ins cannot arrive | no longer so: they have just written |
    /// | up to where a platform was heard | that of the account on it |
    /// | PIN | that of the code's account; what had none before has it from now on |
    /// | open goal | the newer one, as when a goal is set anew; the other stays among the entries |
    ///
    /// Of somebody who has agreed to nothing only the account comes along, and where a link had led them.
    pub fn joined(mut self, typed: Self) -> Self {
        let carries = typed.has_consented();
        self.write_from(&typed.address);
        self.others.extend(typed.others);
        self.unreachable = false;
        self.wished = self.wished.or(typed.wished);
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
            self.pin = self.pin.or(typed.pin);
            join_facts(&mut self.facts, typed.facts);
        }
        self
    }
}

fn join_facts(own: &mut Values, mut other: Values) {
    if let (Some(Value::Date(mine)), Some(Value::Date(theirs))) = (own.get("last_checkin"), other.get("last_checkin"))
        && theirs > mine
    {
        own.remove("last_checkin");
        own.remove("last_mood");
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
            ("consent" | "adult", Some(Value::Bool(mine)), Value::Bool(theirs)) => Value::Bool(*mine && *theirs),
            ("silent_checkins", Some(Value::Bool(mine)), Value::Bool(theirs)) => Value::Bool(*mine || *theirs),
            (_, Some(mine), _) => mine.clone(),
            (_, None, _) => value,
        };
        own.insert(name, holds);
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jiff::civil::{Date, date, time};

    use crate::domain::event::{Address, Platform};
    use crate::domain::person::{Goal, Heard, Profile};
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
