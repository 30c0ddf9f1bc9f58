//! Buddies for a week, as a space knows them: who looks for one and who is paired. No name stands here; see
//! [`crate::domain::buddies`] for how pairs come and end.

use crate::domain::bars::Mark;
use crate::domain::buddies::{Buddies, Followed, News};
use crate::domain::buddying::{Account, BuddyWord, Reason};
use crate::domain::event::{Body, Platform};
use crate::domain::ids::PersonId;
use crate::domain::message::{Choice, Mention, Piece, RichText, base36, from_base36};
use crate::domain::text::UserText;
use crate::service::person::Need;
use crate::service::ports::Class;
use crate::service::turn::space::barring::mark;
use crate::service::turn::space::{Spot, button, keyed};
use crate::service::turn::{Turn, line};

/// The name of the plan by which time passes for pairs.
pub(super) const BUDDIES: &str = "space-buddies";
/// The dialog in which somebody looks for one, in private.
pub(in crate::service::turn) const BUDDY_DIALOG: &str = "buddy";
/// How the word of a link begins that leads to it from a space.
const BUDDY_LINK: &str = "b-";

/// The space of a link, and what it is signed with.
pub(in crate::service::turn) fn read_buddy_link(word: &str) -> Option<(PersonId, u64)> {
    let (space, tag) = word.strip_prefix(BUDDY_LINK)?.split_once('-')?;
    Some((PersonId(from_base36(space)?.cast_signed()), from_base36(tag)?))
}

impl Turn<'_, '_> {
    /// Switches them on or off. When they are switched off every pair ends.
    pub(super) fn switch_buddies(&mut self, spot: &Spot) -> Result<(), Need> {
        let key = (self.world.chance)();
        if self.space().buddies.is_some() {
            self.close_buddies()?;
            self.space_mut().buddies = None;
            self.setup_home(spot);
            return Ok(());
        }
        let space = self.space_mut();
        let channel = space.channel.clone();
        let has_place = space.review.is_some() && channel.is_some();
        let is_open = has_place && self.has_room_apart();
        if is_open {
            self.space_mut().buddies = Some(Buddies { key, ..Buddies::default() });
        }
        let says = match (has_place, is_open) {
            (false, _) => "space_buddies_review_first",
            (true, false) => "space_room_first",
            (true, true) => "space_buddies_on",
        };
        let back = button(self.space_line("space_button_back", &[]), "home");
        self.space_tell(spot, says, &[], vec![back]);
        if let Some(chat) = channel.filter(|_| is_open) {
            let ways = self.buddy_way();
            self.space_tell(&Spot { chat, message: None }, "space_buddies", &[], ways);
        }
        Ok(())
    }

    /// The button that leads to one, where there are any.
    pub(super) fn buddy_way(&self) -> Vec<Choice> {
        let label = || self.space_line("space_button_buddy", &[]);
        if self.space().takes_buddies() { vec![button(label(), "buddy")] } else { Vec::new() }
    }

    /// A member wants one: on in private, by a link that works for nobody else.
    pub(super) fn buddy_wanted(&mut self, account: &str) {
        let platform = self.work.profile.address.platform;
        let (space, id) = (self.space(), self.work.id);
        let Some(buddies) = space.buddies.as_ref().filter(|_| space.takes_buddies()) else {
            self.note("space_buddies_closed");
            return;
        };
        let tag = signature(buddies.key, mark(platform, account));
        self.changes.leads = Some(format!("{BUDDY_LINK}{}-{}", base36(id.0.cast_unsigned()), base36(tag)));
    }

    /// Something that people have said about it in private.
    pub(super) fn paired(&mut self, word: &BuddyWord) -> Result<(), Need> {
        let now = self.world.now;
        match word {
            BuddyWord::Looks { seeker, tag } => {
                let is_open = self.space().takes_buddies();
                let is_theirs =
                    |buddies: &Buddies| seeker.marks.iter().any(|mark| signature(buddies.key, *mark) == *tag);
                if !is_open || !self.space().buddies.as_ref().is_some_and(is_theirs) {
                    self.follow_buddies(vec![(seeker.person, News::Closed)]);
                    return Ok(());
                }
                self.with_buddies(|buddies, chance| buddies.look(seeker.clone(), chance))
            }
            BuddyWord::Says { person, number, yes } => {
                self.with_buddies(|buddies, chance| buddies.say(*person, *number, *yes, now, chance))
            }
            BuddyWord::Leaves(person) => self.with_buddies(|buddies, chance| buddies.leave(*person, now, chance)),
            BuddyWord::Moves { from, to, marks } => {
                self.with_buddies(|buddies, chance| buddies.moves(*from, *to, marks, now, chance))
            }
            BuddyWord::Reports { person, reason, words, names } => {
                self.reported(*person, *reason, words.as_ref(), names.as_ref())
            }
            // For people.
            BuddyWord::News { .. } | BuddyWord::Account { .. } => Ok(()),
        }
    }

    /// What the time brings. Where the bot is not any more everything ends.
    pub(super) fn buddies_due(&mut self) -> Result<(), Need> {
        let now = self.world.now;
        if self.work.profile.unreachable || self.work.profile.silence.is_some() || self.space().left_at.is_some() {
            return self.close_buddies();
        }
        self.with_buddies(|buddies, chance| buddies.tick(now, chance))
    }

    /// Everything ends, and everybody who stands in it is told.
    pub(super) fn close_buddies(&mut self) -> Result<(), Need> {
        self.with_buddies(|buddies, _| buddies.close())
    }

    /// Somebody is a member no longer.
    pub(super) fn departed(&mut self, account: &str) -> Result<(), Need> {
        let (now, mark) = (self.world.now, mark(self.work.profile.address.platform, account));
        self.with_buddies(|buddies, chance| buddies.depart(mark, now, chance))
    }

    /// A moderator wants whom a report is about in no pair any more.
    pub(super) fn unpair(&mut self, spot: &Spot, number: &str) -> Result<(), Need> {
        let (now, number) = (self.world.now, number.parse().unwrap_or_default());
        let is_known = self.space().buddies.is_some_and(|buddies| buddies.reports.contains_key(&number));
        if !is_known {
            self.note("stale_over");
            return Ok(());
        }
        self.space_mut().count("space_buddy_barred");
        self.space_tell(spot, "space_buddy_barred", &[], Vec::new());
        self.with_buddies(|buddies, chance| buddies.bar(number, now, chance).unwrap_or_default())
    }

    /// Moderators see what was reported; whose account it is about only where the reporter wants that.
    fn reported(
        &mut self,
        person: PersonId,
        reason: Reason,
        words: Option<&UserText>,
        names: Option<&Account>,
    ) -> Result<(), Need> {
        let now = self.world.now;
        let Some(chat) = self.space().review else {
            self.follow_buddies(vec![(person, News::Unheard)]);
            return self.with_buddies(|buddies, chance| buddies.leave(person, now, chance));
        };
        let mut report = None;
        self.with_buddies(|buddies, chance| match buddies.report(person, now, chance) {
            Some((number, followed)) => {
                report = Some(number);
                followed
            }
            None => buddies.leave(person, now, chance),
        })?;
        let Some(number) = report else { return Ok(()) };
        let why = match reason {
            Reason::Frightens => "space_buddy_frightens",
            Reason::Pushes => "space_buddy_pushes",
            Reason::Asks => "space_buddy_asks",
            Reason::Other => "space_buddy_other",
        };
        let why = self.space_line(why, &[]);
        let RichText(mut pieces) = line(self.words(), "space_buddy_reported", &[("why", &why)], 0);
        if let Some(mention) = names.and_then(|account| self.mention(account)) {
            pieces.push(Piece::Author(format!("\n\n{} ", self.space_line("space_buddy_named", &[]))));
            pieces.push(Piece::Mention(mention));
        }
        if let Some(words) = words {
            pieces.push(Piece::Author("\n\n".to_owned()));
            pieces.push(Piece::Person(words.clone()));
        }
        let bar = button(self.space_line("space_button_unpair", &[]), &format!("unpair.{number}"));
        self.say_in_space(&Spot { chat, message: None }, RichText(pieces), vec![bar], Class::Reply, None);
        Ok(())
    }

    /// An account as it is shown, on the platform that this turn's words go to.
    pub(in crate::service::turn) fn mention(&self, account: &Account) -> Option<Mention> {
        let number = account.account.parse().ok()?;
        Some(Mention { account: number, label: line(self.words(), "buddy_account", &[], 0).plain() })
    }

    /// Changes what is kept of buddies, passes on what follows, and plans what the time brings next.
    fn with_buddies(
        &mut self,
        change: impl FnOnce(&mut Buddies, &mut dyn FnMut() -> u64) -> Followed,
    ) -> Result<(), Need> {
        self.work.plans()?;
        let Some(mut buddies) = self.space().buddies else { return Ok(()) };
        let followed = change(&mut buddies, &mut || (self.world.chance)());
        let due = buddies.due();
        self.space_mut().buddies = Some(buddies);
        self.follow_buddies(followed);
        self.plan_once(BUDDIES, due)
    }

    fn follow_buddies(&mut self, followed: Followed) {
        let (space, platform) = (self.work.id, self.work.profile.address.platform);
        self.changes.follows.extend(news_of(space, platform, followed));
    }
}

/// What follows in a space, as those hear it for whom it does.
pub(super) fn news_of(
    space: PersonId,
    platform: Platform,
    followed: Followed,
) -> impl Iterator<Item = (PersonId, Body)> {
    let news = move |news| Body::Buddy(Box::new(BuddyWord::News { space, platform, news }));
    followed.into_iter().map(move |(person, what)| (person, news(what)))
}

/// What a link holds, such that nobody but the account that it was made for can use it.
fn signature(key: u64, mark: Mark) -> u64 {
    keyed(&key.to_be_bytes(), &mark.0.to_be_bytes())
}
