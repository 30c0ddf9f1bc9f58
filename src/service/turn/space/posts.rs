//! Posts of members without their name: shown to moderators first, then to everybody after a while that says nothing of
//! when they were written. Nobody learns whose they are, moderators included; a whole author can be blocked all the same.

use jiff::{SignedDuration, Timestamp};

use crate::domain::ids::PlanId;
use crate::domain::limits::{
    SPACE_POST_DELAY_MAX_S, SPACE_POST_DELAY_MIN_S, SPACE_POSTS_KEPT_MAX, SPACE_POSTS_WAITING_MAX,
};
use crate::domain::message::Choice;
use crate::domain::space::{Appeared, AuthorTag, Post, Posts};
use crate::domain::text::UserText;
use crate::service::person::Need;
use crate::service::ports::{Class, Place};
use crate::service::turn::Turn;
use crate::service::turn::space::posting::post_link;
use crate::service::turn::space::{Spot, button};

/// The name of the plan by which posts appear.
pub(super) const POSTS: &str = "space-posts";

impl Turn<'_, '_> {
    /// Switches them on or off. What waits goes when they are switched off.
    pub(super) fn switch_posts(&mut self, spot: &Spot) -> Result<(), Need> {
        let key = (self.world.chance)();
        let space = self.space_mut();
        if space.posts.take().is_some() {
            self.plan_drop(POSTS)?;
            self.setup_home(spot);
            return Ok(());
        }
        let has_place = space.review.is_some() && space.channel.is_some();
        let says = match (has_place, self.has_room_apart()) {
            (false, _) => "space_posts_review_first",
            (true, false) => "space_room_first",
            (true, true) => {
                self.space_mut().posts = Some(Posts { key, ..Posts::default() });
                "space_posts_on"
            }
        };
        let back = button(self.space_line("space_button_back", &[]), "home");
        self.space_tell(spot, says, &[], vec![back]);
        Ok(())
    }

    /// Somebody has written one in private: moderators see it, unless they want nothing more of its author.
    pub(super) fn posted(&mut self, text: &UserText, author: AuthorTag, key: u64) {
        if !self.space().takes_posts() {
            return;
        }
        let space = self.space_mut();
        let (Some(posts), Some(chat)) = (space.posts.as_mut(), space.review.clone()) else { return };
        let is_full = posts.waiting.len() >= SPACE_POSTS_WAITING_MAX;
        if posts.key != key || posts.blocked.contains(&author) || is_full {
            return;
        }
        posts.next_number = posts.next_number.wrapping_add(1);
        let number = posts.next_number;
        posts.waiting.insert(number, Post { text: text.clone(), author, due: None });
        let choices = vec![
            self.post_button("space_button_publish", "publish", number),
            self.post_button("space_button_drop", "drop", number),
            self.post_button("space_button_block", "block", number),
        ];
        let body = self.with_words("space_post_waits", &[], text);
        self.say_in_space(&Spot { chat, message: None }, body, choices, Class::Reply, None);
    }

    /// A moderator decides about one, or about its author.
    pub(super) fn moderated(&mut self, spot: &Spot, what: &str, number: &str) -> Result<(), Need> {
        let number = number.parse().unwrap_or_default();
        let due = self.post_due();
        let space = self.space_mut();
        let Some(posts) = space.posts.as_mut() else {
            self.note("stale_over");
            return Ok(());
        };
        let waiting = posts.waiting.get(&number).filter(|post| post.due.is_none()).cloned();
        let author = posts.waiting.get(&number).map(|post| post.author);
        let author = author.or(posts.appeared.get(&number).map(|post| post.author));
        let done = match (what, waiting, author) {
            ("publish", Some(post), _) => {
                posts.waiting.insert(number, Post { due: Some(due), ..post });
                "space_post_published"
            }
            ("drop", Some(_), _) => {
                posts.waiting.remove(&number);
                "space_post_dropped"
            }
            ("block", _, Some(author)) => {
                posts.blocked.insert(author);
                posts.waiting.retain(|_, post| post.author != author);
                "space_post_blocked"
            }
            ("gone", None, Some(_)) => return self.take_post_away(spot, number),
            _ => {
                self.note("stale_over");
                return Ok(());
            }
        };
        space.count(done);
        self.space_tell(spot, done, &[], Vec::new());
        self.plan_posts()
    }

    /// Posts whose time has come appear.
    pub(super) fn posts_due(&mut self, id: PlanId) -> Result<(), Need> {
        let now = self.world.now;
        let space = self.space();
        let Some(chat) = space.channel.clone().filter(|_| space.takes_posts()) else {
            self.plan_due(id, None);
            return Ok(());
        };
        let posts = self.space_mut().posts.get_or_insert_default();
        let is_due = |_: &u32, post: &mut Post| post.due.is_some_and(|due| due <= now);
        let due: Vec<(u32, Post)> = posts.waiting.extract_if(.., is_due).collect();
        for (number, post) in due {
            let alias = self.alias(post.author);
            let posts = self.space_mut().posts.get_or_insert_default();
            posts.appeared.insert(number, Appeared { author: post.author, place: None });
            while posts.appeared.len() > SPACE_POSTS_KEPT_MAX {
                posts.appeared.pop_first();
            }
            let choices = vec![
                self.post_button("space_button_reply", "reply", number),
                self.post_button("space_button_report", "report", number),
            ];
            let body = self.with_words("space_post", &[("alias", &alias)], &post.text);
            self.say_in_space(&Spot { chat: chat.clone(), message: None }, body, choices, Class::Reply, None);
        }
        self.plan_posts()
    }

    /// A member answers one in private, or tells moderators of it.
    pub(super) fn answered_post(&mut self, spot: &Spot, number: &str, is_report: bool) {
        let number = number.parse().unwrap_or_default();
        let (id, space) = (self.work.id, self.space());
        let (Some(posts), Some(review), true) = (&space.posts, &space.review, space.takes_posts()) else {
            self.note("space_posts_closed");
            return;
        };
        if !is_report {
            self.changes.leads = Some(post_link(id, posts.key));
            return;
        }
        let Some(appeared) = posts.appeared.get(&number) else {
            self.note("stale_over");
            return;
        };
        self.note("space_report_thanks");
        if appeared.place.is_some() {
            // Moderators know of it.
            return;
        }
        let place = spot.message.as_ref().map(|place| (spot.chat.clone(), place.0.clone()));
        if let Some(appeared) = self.space_mut().posts.get_or_insert_default().appeared.get_mut(&number) {
            appeared.place = place;
        }
        let choices = vec![
            self.post_button("space_button_gone", "gone", number),
            self.post_button("space_button_block", "block", number),
        ];
        let alias = posts.aliases.get(&appeared.author).map_or_else(String::new, |at| self.alias_words(*at));
        let to = Spot { chat: review.clone(), message: None };
        self.space_tell(&to, "space_reported", &[("alias", &alias)], choices);
    }

    /// A post that was reported says nothing any more.
    fn take_post_away(&mut self, spot: &Spot, number: u32) -> Result<(), Need> {
        let posts = self.space_mut().posts.get_or_insert_default();
        let Some((chat, message)) = posts.appeared.get(&number).and_then(|appeared| appeared.place.clone()) else {
            self.note("stale_over");
            return Ok(());
        };
        self.space_mut().count("space_post_taken");
        self.space_tell(&Spot { chat, message: Some(Place(message)) }, "space_post_gone", &[], Vec::new());
        self.space_tell(spot, "space_post_taken", &[], Vec::new());
        Ok(())
    }

    /// When one appears that was agreed to now.
    fn post_due(&mut self) -> Timestamp {
        let span = (SPACE_POST_DELAY_MAX_S - SPACE_POST_DELAY_MIN_S).unsigned_abs();
        let more = i64::try_from((self.world.chance)() % span).unwrap_or_default();
        let wait = SignedDuration::from_secs(SPACE_POST_DELAY_MIN_S + more);
        self.world.now.saturating_add(wait).unwrap_or(Timestamp::MAX)
    }

    /// Plans when the next one appears.
    fn plan_posts(&mut self) -> Result<(), Need> {
        let posts = self.space().posts.unwrap_or_default();
        let next = posts.waiting.values().filter_map(|post| post.due).min();
        self.plan_once(POSTS, next)
    }

    /// What an author is called below the present question: something that nobody else is called there.
    fn alias(&mut self, author: AuthorTag) -> String {
        let count = self.aliases().len();
        let start = usize::try_from((self.world.chance)() % count as u64).unwrap_or_default();
        let aliases = &mut self.space_mut().posts.get_or_insert_default().aliases;
        let taken: Vec<u16> = aliases.values().copied().collect();
        let at = *aliases.entry(author).or_insert_with(|| {
            let mut round = (0..count).map(|step| u16::try_from((start + step) % count).unwrap_or_default());
            // With more authors than names, names get numbers.
            let beyond = taken.iter().max().map_or(0, |last| last.saturating_add(1));
            round.find(|at| !taken.contains(at)).unwrap_or(beyond)
        });
        self.alias_words(at)
    }

    fn alias_words(&self, at: u16) -> String {
        let names = self.aliases();
        let (round, at) = (usize::from(at) / names.len(), usize::from(at) % names.len());
        let name = names.get(at).cloned().unwrap_or_default();
        if round == 0 { name } else { format!("{name} {}", round + 1) }
    }

    /// Never empty.
    fn aliases(&self) -> Vec<String> {
        self.space_line("space_aliases", &[]).split(' ').map(str::to_owned).collect()
    }

    fn post_button(&self, key: &str, token: &str, number: u32) -> Choice {
        button(self.space_line(key, &[]), &format!("{token}.{number}"))
    }
}
