//! How a space is set up: one message with buttons, each page in its place. Rights are looked at on every press.

use jiff::civil::Time;

use crate::dialog::remind::{self, When};
use crate::domain::language::{LANGUAGES, Language};
use crate::domain::message::{Choice, Piece, RichText};
use crate::domain::person::LANGUAGE_FACT;
use crate::domain::recurrence::{At, Every};
use crate::domain::space::{Named, Rhythm};
use crate::domain::text::UserText;
use crate::domain::value::Value;
use crate::domain::zone::{tz, zone_of};
use crate::service::person::Need;
use crate::service::ports::Class;
use crate::service::turn::space::duty::mentioned_role;
use crate::service::turn::space::{Spot, button, weekday};
use crate::service::turn::{Turn, line};

/// The hours that buttons offer.
const HOURS: std::ops::RangeInclusive<i8> = 7..=22;
/// Zones that buttons offer; every other one is typed.
const ZONES: [&str; 12] = [
    "Europe/London",
    "Europe/Berlin",
    "Europe/Madrid",
    "Europe/Helsinki",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Mexico_City",
    "America/Bogota",
    "America/Argentina/Buenos_Aires",
    "Australia/Sydney",
];

impl Turn<'_, '_> {
    /// `/setup`: the page that says how everything stands, or what was typed after it.
    pub(super) fn set_up(&mut self, spot: &Spot, words: &UserText) -> Result<(), Need> {
        if self.set_room(spot, words.expose()) {
            return Ok(());
        }
        if !words.expose().trim().is_empty() && !self.set_typed(spot, words)? {
            self.tell_asker(spot, "space_unclear");
            return Ok(());
        }
        self.setup_home(spot);
        Ok(())
    }

    /// A press on one of its buttons.
    pub(super) fn setup_pressed(&mut self, spot: &Spot, page: &str, rest: &[&str]) -> Result<(), Need> {
        match (page, rest) {
            ("home", []) => {}
            ("close", []) => {
                let when = self.rhythm_words();
                self.space_tell(spot, "space_set", &[("when", &when)], Vec::new());
                return Ok(());
            }
            ("rhythm", []) => return self.page(spot, "space_ask_rhythm", Self::rhythm_buttons),
            ("rhythm", ["off"]) => self.set_rhythm(spot, Rhythm::Off)?,
            ("rhythm", ["daily"]) => self.set_rhythm(spot, Rhythm::Daily)?,
            ("rhythm", [day]) => {
                if let Some(day) = day.parse().ok().filter(|day| (1..=7).contains(day)) {
                    self.set_rhythm(spot, Rhythm::Weekly(day))?;
                }
            }
            ("hour", []) => return self.page(spot, "space_ask_hour", Self::hour_buttons),
            ("hour", [hour]) => {
                if let Some(at) = hour.parse().ok().and_then(|hour| Time::new(hour, 0, 0, 0).ok()) {
                    self.space_mut().at = Some(at);
                    self.plan_question()?;
                }
            }
            ("zone", []) => return self.page(spot, "space_ask_zone", Self::zone_buttons),
            ("zone", [number]) => {
                if let Some(zone) = number.parse::<usize>().ok().and_then(|number| ZONES.get(number)) {
                    self.set_space_fact("zone", Value::text(*zone))?;
                }
            }
            ("language", []) => return self.page(spot, "space_ask_language", Self::language_buttons),
            ("language", [code]) => {
                if let Some(language) = Language::of_tag(code) {
                    self.set_space_fact(LANGUAGE_FACT, Value::Key(language.code().to_owned()))?;
                }
            }
            ("themes", []) => return self.page(spot, "space_ask_themes", Self::theme_buttons),
            ("themes", [key]) => {
                self.switch_theme(key);
                return self.page(spot, "space_ask_themes", Self::theme_buttons);
            }
            ("here", []) => {
                let space = self.space_mut();
                space.channel = Some(spot.chat.clone());
                space.lost.remove(&Named::Channel);
                self.plan_question()?;
            }
            ("review", []) => return self.review_here(spot),
            ("posts", []) => return self.switch_posts(spot),
            ("asks", []) => return self.switch_asks(spot),
            ("role", []) => return self.role_page(spot),
            ("role", [role]) if !self.choose_role(role) => return Ok(()),
            ("role", [_]) => {}
            ("mood", []) => return self.switch_mood(spot),
            ("buddies", []) => return self.switch_buddies(spot),
            _ => {
                self.note("stale_choice");
                return Ok(());
            }
        }
        self.setup_home(spot);
        Ok(())
    }

    /// Moderators look here from now on, or no longer.
    fn review_here(&mut self, spot: &Spot) -> Result<(), Need> {
        let space = self.space();
        if space.moderates.is_some() {
            self.note("space_room_busy");
            return Ok(());
        }
        let here = Some(spot.chat.clone());
        let is_private = space.posts.is_some() || space.supporters.is_some() || space.buddies.is_some();
        if is_private && space.review != here && !self.is_apart(&spot.chat) {
            return self.page(spot, "space_room_first", |_| Vec::new());
        }
        let space = self.space_mut();
        space.review = if space.review == here { None } else { here };
        space.lost.remove(&Named::Review);
        self.setup_home(spot);
        Ok(())
    }

    /// How everything stands, and a way to change each.
    pub(super) fn setup_home(&mut self, spot: &Spot) {
        let (space, language) = (self.space(), self.language());
        let here = |named: Named, chat: &Option<String>| match chat {
            _ if space.lost.contains(&named) => self.space_line("space_gone", &[]),
            Some(chat) if *chat == spot.chat => self.space_line("space_here", &[]),
            Some(_) => self.space_line("space_elsewhere", &[]),
            None => self.space_line("space_nowhere", &[]),
        };
        let (place, review) = (here(Named::Channel, &space.channel), here(Named::Review, &space.review));
        let zone = self.work.zone(self.world.settings);
        let zone = zone.iana_name().unwrap_or("UTC").replace('_', " ");
        let all = &self.world.settings.prompts.themes;
        let on = all.iter().filter(|theme| !space.themes_off.contains(&theme.key)).count().to_string();
        let when = self.rhythm_words();
        let arguments = [
            ("when", when.as_str()),
            ("place", &place),
            ("zone", &zone),
            ("language", language.name()),
            ("on", &on),
            ("all", &all.len().to_string()),
            ("review", &review),
        ];
        let name = |key| self.space_line(key, &[]);
        let mut choices = vec![
            button(name("space_button_rhythm"), "rhythm"),
            button(name("space_button_hour"), "hour"),
            button(name("space_button_here"), "here"),
            button(name("space_button_zone"), "zone"),
            button(name("space_button_language"), "language"),
            button(name("space_button_themes"), "themes"),
            button(name("space_button_review"), "review"),
            button(
                name(if space.posts.is_some() { "space_button_posts_off" } else { "space_button_posts_on" }),
                "posts",
            ),
            button(
                name(if space.supporters.is_some() { "space_button_asks_off" } else { "space_button_asks_on" }),
                "asks",
            ),
        ];
        let has_roles = space.supporters.is_some() && self.work.profile.address.platform.has_roles();
        choices.extend(has_roles.then(|| button(name("space_button_role"), "role")));
        choices.extend([
            button(name(if space.mood.is_some() { "space_button_mood_off" } else { "space_button_mood_on" }), "mood"),
            button(
                name(if space.buddies.is_some() { "space_button_buddies_off" } else { "space_button_buddies_on" }),
                "buddies",
            ),
            button(name("space_button_done"), "close"),
        ]);
        let RichText(mut pieces) = line(self.words(), "space_setup", &arguments, 0);
        pieces.extend(self.lost_words());
        let body = self.with_audit(pieces);
        self.say_in_space(spot, body, choices, Class::Reply, None);
    }

    /// What is gone of what was set up, and what to do about each.
    fn lost_words(&self) -> Vec<Piece> {
        let lost = self.space().lost;
        let keys = lost.iter().map(|named| match named {
            Named::Channel => "space_lost_channel",
            Named::Review => "space_lost_review",
            Named::Role => "space_lost_role",
        });
        keys.map(|key| Piece::Author(format!("\n\n{}", self.space_line(key, &[])))).collect()
    }

    /// When a question comes, in words.
    pub(super) fn rhythm_words(&self) -> String {
        let (space, language) = (self.space(), self.language());
        let at = space.time().strftime("%H:%M").to_string();
        match space.rhythm {
            Rhythm::Off => self.space_line("space_when_off", &[]),
            Rhythm::Daily => self.space_line("space_when_daily", &[("at", &at)]),
            Rhythm::Weekly(day) => {
                self.space_line("space_when_weekly", &[("day", weekday(day, language)), ("at", &at)])
            }
        }
    }

    fn page(&mut self, spot: &Spot, key: &str, buttons: fn(&Self) -> Vec<Choice>) -> Result<(), Need> {
        let mut choices = buttons(self);
        choices.push(button(self.space_line("space_button_back", &[]), "home"));
        self.space_tell(spot, key, &[], choices);
        Ok(())
    }

    fn rhythm_buttons(&self) -> Vec<Choice> {
        let language = self.language();
        let off = button(self.space_line("space_when_off", &[]), "rhythm.off");
        let daily = button(self.space_line("space_each_day", &[]), "rhythm.daily");
        let weekly = (1..=7).map(|day| button(weekday(day, language), &format!("rhythm.{day}")));
        [off, daily].into_iter().chain(weekly).collect()
    }

    /// Hours in which nothing may be said are not offered.
    fn hour_buttons(&self) -> Vec<Choice> {
        let quiet = self.work.profile.quiet_hours(self.world.settings.quiet);
        let hours = HOURS.filter_map(|hour| Some((hour, Time::new(hour, 0, 0, 0).ok()?)));
        let free = hours.filter(|(_, time)| !quiet.contains(*time));
        free.map(|(hour, _)| button(format!("{hour:02}:00"), &format!("hour.{hour}"))).collect()
    }

    fn zone_buttons(&self) -> Vec<Choice> {
        let name = |zone: &str| zone.rsplit('/').next().unwrap_or(zone).replace('_', " ");
        ZONES.iter().enumerate().map(|(at, zone)| button(name(zone), &format!("zone.{at}"))).collect()
    }

    fn language_buttons(&self) -> Vec<Choice> {
        LANGUAGES.iter().map(|language| button(language.name(), &format!("language.{}", language.code()))).collect()
    }

    fn theme_buttons(&self) -> Vec<Choice> {
        let (space, language) = (self.space(), self.language());
        let themes = self.world.settings.prompts.themes.iter();
        themes
            .map(|theme| {
                let mark = if space.themes_off.contains(&theme.key) { "–" } else { "✓" };
                button(format!("{mark} {}", theme.named(language)), &format!("themes.{}", theme.key))
            })
            .collect()
    }

    /// A theme is switched on or off; the last one stays on.
    fn switch_theme(&mut self, key: &str) {
        let all = &self.world.settings.prompts.themes;
        if !all.iter().any(|theme| theme.key == key) {
            return;
        }
        let count = all.len();
        let off = &mut self.space_mut().themes_off;
        if !off.remove(key) && off.len() + 1 < count {
            off.insert(key.to_owned());
        }
    }

    /// Switched on where no place was chosen yet, questions come to where it is switched on.
    fn set_rhythm(&mut self, spot: &Spot, rhythm: Rhythm) -> Result<(), Need> {
        let space = self.space_mut();
        space.rhythm = rhythm;
        space.unanswered = 0;
        if rhythm != Rhythm::Off {
            space.channel.get_or_insert_with(|| spot.chat.clone());
        }
        self.plan_question()
    }

    /// A time, a rhythm or a place on the map, as people type it; whether it is clear.
    fn set_typed(&mut self, spot: &Spot, words: &UserText) -> Result<bool, Need> {
        if let Some(zone) = zone_of(words.expose()).filter(|zone| tz(zone).is_some()) {
            self.set_space_fact("zone", Value::text(zone))?;
            return Ok(true);
        }
        let today = self.work.zone(self.world.settings).to_datetime(self.world.now).date();
        if let Some(role) = mentioned_role(words.expose()) {
            return Ok(self.set_role(Some(role)));
        }
        let Some(reminder) = remind::read_in(words.expose(), today, self.language()) else { return Ok(false) };
        let (every, at) = match (reminder.dialog, reminder.when) {
            (None, When::Stop) => {
                self.set_rhythm(spot, Rhythm::Off)?;
                return Ok(true);
            }
            (None, When::Every(every, at)) => (every, at),
            _ => return Ok(false),
        };
        let rhythm = match every {
            Every::Daily => Rhythm::Daily,
            Every::Days(days) if days.len() == 1 => Rhythm::Weekly(days.first().copied().unwrap_or(1)),
            Every::Days(_) | Every::Weekdays | Every::NDays { .. } | Every::Once(_) => return Ok(false),
        };
        if let Some(At::Wall(at) | At::Window { from: at, .. }) = at {
            self.space_mut().at = Some(at);
        }
        self.set_rhythm(spot, rhythm)?;
        Ok(true)
    }
}
