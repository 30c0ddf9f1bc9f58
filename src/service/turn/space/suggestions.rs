//! Questions that members suggest: nothing of them is asked before a moderator agreed.

use crate::domain::limits::{SPACE_SUGGESTION_CHARS_MAX, SPACE_SUGGESTIONS_MAX};
use crate::domain::space::Suggestion;
use crate::domain::text::UserText;
use crate::prose::clean;
use crate::service::ports::Class;
use crate::service::turn::Turn;
use crate::service::turn::space::{Spot, button};

impl Turn<'_, '_> {
    /// A member suggests a question: it waits where moderators look, or is told why it cannot.
    pub(super) fn suggested(&mut self, spot: &Spot, words: &UserText) {
        let text = clean::line(words.expose());
        let space = self.space();
        let refusal = if self.world.settings.screen.look(&text).level > 0 {
            // Said where others read along it would name somebody's trouble; they are led to where it is private.
            Some("space_suggest_care")
        } else if text.is_empty() {
            Some("space_suggest_how")
        } else if text.chars().count() > SPACE_SUGGESTION_CHARS_MAX || names_somebody(&text) {
            Some("space_suggest_plain")
        } else if space.review.is_none() {
            Some("space_suggest_closed")
        } else if space.suggestions.len() >= SPACE_SUGGESTIONS_MAX {
            Some("space_suggest_full")
        } else {
            None
        };
        let Some(review) = space.review.filter(|_| refusal.is_none()) else {
            let key = refusal.unwrap_or("space_suggest_closed");
            self.tell_asker(spot, key);
            return;
        };
        let space = self.space_mut();
        let number = space.next_number;
        space.next_number = number.wrapping_add(1);
        space.suggestions.insert(number, Suggestion { text: UserText::new(text.as_str()), is_approved: false });
        let choices = vec![
            button(self.space_line("space_button_yes", &[]), &format!("yes.{number}")),
            button(self.space_line("space_button_no", &[]), &format!("no.{number}")),
        ];
        let body = self.with_words("space_suggestion", &[], &UserText::new(text.as_str()));
        self.say_in_space(&Spot { chat: review, message: None }, body, choices, Class::Reply, None);
        self.tell_asker(spot, "space_suggest_thanks");
    }

    /// A moderator says yes or no to one.
    pub(super) fn judged(&mut self, spot: &Spot, number: &str, is_approved: bool) {
        let number: Option<u32> = number.parse().ok();
        let space = self.space_mut();
        let found = number.and_then(|number| Some((number, space.suggestions.get(&number)?.clone())));
        let Some((number, suggestion)) = found.filter(|(_, suggestion)| !suggestion.is_approved) else {
            self.note("stale_over");
            return;
        };
        if is_approved {
            space.suggestions.insert(number, Suggestion { is_approved: true, ..suggestion.clone() });
        } else {
            space.suggestions.remove(&number);
        }
        space.count(if is_approved { "suggestion_approved" } else { "suggestion_refused" });
        let key = if is_approved { "space_suggestion_yes" } else { "space_suggestion_no" };
        let body = self.with_words(key, &[], &suggestion.text);
        self.say_in_space(spot, body, Vec::new(), Class::Reply, None);
    }
}

/// Whether words point at somebody or lead elsewhere: mentions, links, numbers that could be called.
fn names_somebody(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    text.contains('@') || text.contains("://") || text.contains("www.") || text.contains("t.me/") || digits > 5
}
