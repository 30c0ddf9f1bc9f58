//! Who may look after what members ask, and who says that they are there for it now. Of a moderator only a hash is kept,
//! with a key of the space.

use jiff::{SignedDuration, Timestamp};

use crate::domain::limits::{SPACE_DUTY_HOURS, SPACE_ON_DUTY_MAX};
use crate::domain::message::{Choice, ChoiceRole, Piece, RichText};
use crate::domain::space::{Actor, NO_ROLE, Named, ROLE_TOKEN, SPACE_ACCOUNT};
use crate::domain::supporters::HelperTag;
use crate::service::person::Need;
use crate::service::ports::Class;
use crate::service::turn::space::{Spot, button, keyed};
use crate::service::turn::{Turn, line};

/// Requests that the page of all requests has a button for.
const SHOWN_MAX: usize = 10;

impl Turn<'_, '_> {
    /// `/queue`: what is open, and who is there for it.
    pub(super) fn queue(&mut self, spot: &Spot, actor: Option<&Actor>) {
        if self.may_help(spot, actor) {
            self.queue_page(&Spot { message: None, ..spot.clone() });
        }
    }

    /// Whether somebody may look after requests, here; if not they are told why.
    pub(super) fn may_help(&mut self, spot: &Spot, actor: Option<&Actor>) -> bool {
        let space = self.space();
        let says = match &space.supporters {
            None => Some("space_asks_closed"),
            Some(supporters) => {
                let has_role = |actor: &Actor| supporters.role.as_ref().is_some_and(|role| actor.roles.contains(role));
                let may = actor.is_some_and(|actor| actor.is_admin || has_role(actor));
                if !may {
                    Some("space_helpers_only")
                } else if space.review.as_ref() != Some(&spot.chat) {
                    Some("space_queue_elsewhere")
                } else {
                    None
                }
            }
        };
        match says {
            Some(key) => {
                self.note(key);
                false
            }
            None => true,
        }
    }

    /// What tells this moderator from others; none of one whom the platform does not name.
    pub(super) fn helper(&self, actor: &Actor) -> Option<HelperTag> {
        let salt = self.space().supporters.unwrap_or_default().salt;
        (!actor.account.is_empty()).then(|| tag(salt, &actor.account))
    }

    /// Somebody is on duty from now on, or no longer.
    pub(super) fn switch_duty(&mut self, spot: &Spot, to: &str, actor: &Actor) {
        let now = self.world.now;
        let Some(helper) = self.helper(actor) else {
            self.note("space_duty_nameless");
            return;
        };
        let until = now.saturating_add(SignedDuration::from_hours(SPACE_DUTY_HOURS)).unwrap_or(Timestamp::MAX);
        let supporters = self.space_mut().supporters.get_or_insert_default();
        supporters.on_duty.retain(|_, until| *until > now);
        let says = if to != "on" {
            supporters.on_duty.remove(&helper);
            "space_duty_off"
        } else if supporters.on_duty.len() >= SPACE_ON_DUTY_MAX && !supporters.on_duty.contains_key(&helper) {
            "space_duty_full"
        } else {
            supporters.on_duty.insert(helper, until);
            "space_duty_on"
        };
        self.note(says);
        self.queue_page(spot);
    }

    /// A list of the roles of the server, to choose whose holders may look after requests.
    pub(super) fn role_page(&mut self, spot: &Spot) -> Result<(), Need> {
        let Some(supporters) = self.space().supporters else {
            self.note("space_asks_closed");
            return Ok(());
        };
        let key = if supporters.role.is_some() { "space_ask_role_other" } else { "space_ask_role" };
        let list = self.space_line("space_choose_role", &[]);
        let list = Choice { label: list, token: ROLE_TOKEN.to_owned(), role: ChoiceRole::Answer };
        let back = button(self.space_line("space_button_back", &[]), "home");
        self.space_tell(spot, key, &[], vec![list, back]);
        Ok(())
    }

    /// What was chosen from it; whether that holds now.
    pub(super) fn choose_role(&mut self, role: &str) -> bool {
        let account = &self.work.profile.address.account;
        let is_everybody = account.strip_prefix(SPACE_ACCOUNT) == Some(role);
        let role = (role != NO_ROLE).then(|| role.to_owned());
        let is_role = role.as_deref().is_none_or(is_role);
        if is_everybody {
            // The platform's role of everybody has the id of the server.
            self.note("space_role_everybody");
            return false;
        }
        let is_set = is_role && self.set_role(role);
        if !is_set {
            self.note("stale_choice");
        }
        is_set
    }

    /// The role whose holders may look after requests as well, or none; whether it could be set.
    pub(super) fn set_role(&mut self, role: Option<String>) -> bool {
        let space = self.space_mut();
        let Some(supporters) = &mut space.supporters else { return false };
        supporters.role = role;
        space.lost.remove(&Named::Role);
        space.count("role_set");
        true
    }

    /// What is open, with a way to each and to blocks.
    pub(super) fn queue_page(&mut self, spot: &Spot) {
        let now = self.world.now;
        let supporters = self.space().supporters.unwrap_or_default();
        let on_duty = supporters.on_duty.values().filter(|until| **until > now).count().to_string();
        let open = supporters.requests.len().to_string();
        let RichText(mut pieces) = line(self.words(), "space_queue", &[("open", &open), ("on_duty", &on_duty)], 0);
        for (number, request) in &supporters.requests {
            let key = if request.taken.is_some() { "space_queue_taken" } else { "space_queue_waits" };
            let hours = now.duration_since(request.since).as_hours().max(0).to_string();
            let text = self.space_line(key, &[("number", &number.to_string()), ("hours", &hours)]);
            pieces.push(Piece::Author(format!("\n- {text}")));
        }
        let shown = supporters.requests.keys().take(SHOWN_MAX).map(|number| {
            let label = self.space_line("space_button_show", &[("number", &number.to_string())]);
            button(label, &format!("q.show.{number}"))
        });
        let duty = [("space_button_on_duty", "q.duty.on"), ("space_button_off_duty", "q.duty.off")];
        let duty = duty.map(|(key, token)| button(self.space_line(key, &[]), token));
        let bars = self.space().asks_barred.iter().len();
        let label = || self.space_line("space_button_bars", &[("count", &bars.to_string())]);
        let bars = (bars > 0).then(|| button(label(), "q.bars.0"));
        let choices: Vec<Choice> = duty.into_iter().chain(shown).chain(bars).collect();
        self.say_in_space(spot, RichText(pieces), choices, Class::Reply, None);
    }
}

/// The id of a role that is mentioned, as Discord writes it.
pub(super) fn mentioned_role(words: &str) -> Option<String> {
    let id = words.trim().strip_prefix("<@&")?.strip_suffix('>')?;
    is_role(id).then(|| id.to_owned())
}

fn is_role(id: &str) -> bool {
    !id.is_empty() && id.len() <= 20 && id.chars().all(|c| c.is_ascii_digit())
}

/// What tells one account from another in a space.
pub(super) fn tag(salt: u64, account: &str) -> HelperTag {
    HelperTag(keyed(&salt.to_be_bytes(), account.as_bytes()))
}
