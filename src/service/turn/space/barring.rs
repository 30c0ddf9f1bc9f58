//! Whom moderators take no questions from. Nobody learns who it is: a request holds fingerprints of its author's accounts,
//! and of a block moderators see its number and since when it stands.

use crate::domain::bars::Mark;
use crate::domain::event::Platform;
use crate::domain::message::{Piece, RichText};
use crate::domain::supporters::{Came, Closing, NewsKind, Request};
use crate::service::ports::Class;
use crate::service::turn::space::{Spot, button, first_bytes};
use crate::service::turn::{Turn, line};
use sha2::{Digest, Sha256};

/// Blocks that one page has buttons for.
const SHOWN_MAX: usize = 10;

/// What tells an account from others. Without a key, so that it is the same in every space and after a `/forget`: it lies
/// sealed, beside accounts in clear, and whoever opens it learns no more from it than from those.
pub(in crate::service::turn) fn mark(platform: Platform, account: &str) -> Mark {
    let hash = Sha256::digest(format!("buddy {} {account}", platform.word()));
    Mark(first_bytes(&hash))
}

impl Turn<'_, '_> {
    /// A moderator wants no more questions from whoever asks: that is asked about once.
    pub(super) fn bar_asked(&mut self, spot: &Spot, number: u32) {
        let choices = vec![
            button(self.space_line("space_button_bar_yes", &[]), &format!("q.barred.{number}")),
            button(self.space_line("space_button_back", &[]), &format!("q.see.{number}")),
        ];
        self.space_tell(spot, "space_bar_ask", &[("number", &number.to_string())], choices);
    }

    /// They said yes: the request is over, and its author asks here no more.
    pub(super) fn bar(&mut self, spot: &Spot, number: u32, request: Request) {
        let now = self.world.now;
        let space = self.space_mut();
        space.asks_barred.add(request.marks, now);
        space.count("request_barred");
        self.requests(|requests| requests.remove(&number));
        self.back_to(request.person, request.ticket, Came::News(NewsKind::Closed(Closing::Barred)));
        self.space_tell(spot, "space_barred", &[("number", &number.to_string())], Vec::new());
    }

    /// A block ends.
    pub(super) fn lift_bar(&mut self, spot: &Spot, number: &str) {
        let is_lifted = number.parse().is_ok_and(|number| self.space_mut().asks_barred.lift(number));
        if is_lifted {
            self.space_mut().count("bar_lifted");
        }
        self.note(if is_lifted { "space_bar_lifted" } else { "stale_over" });
        self.bars_page(spot, "0");
    }

    /// The blocks there are, each with the day on which it began.
    pub(super) fn bars_page(&mut self, spot: &Spot, page: &str) {
        let page: usize = page.parse().unwrap_or_default();
        let zone = self.work.zone(self.world.settings);
        let language = self.language();
        let bars = self.space().asks_barred;
        let count = bars.iter().len();
        let RichText(mut pieces) = line(self.words(), "space_bars", &[("count", &count.to_string())], 0);
        let mut choices = Vec::new();
        for (number, since) in bars.iter().skip(page.saturating_mul(SHOWN_MAX)).take(SHOWN_MAX) {
            let (number, day) = (number.to_string(), language.full_day(zone.to_datetime(since).date()));
            let arguments = [("number", number.as_str()), ("day", &day)];
            pieces.push(Piece::Author(format!("\n- {}", self.space_line("space_bar", &arguments))));
            let lift = self.space_line("space_button_lift", &[("number", &number)]);
            choices.push(button(lift, &format!("q.lift.{number}")));
        }
        let turn = |key: &str, page: usize| button(self.space_line(key, &[]), &format!("q.bars.{page}"));
        choices.extend(page.checked_sub(1).map(|page| turn("space_button_newer", page)));
        let next = page.saturating_add(1);
        choices.extend((count > next.saturating_mul(SHOWN_MAX)).then(|| turn("space_button_older", next)));
        choices.push(button(self.space_line("space_button_queue", &[]), "q.open.0"));
        self.say_in_space(spot, RichText(pieces), choices, Class::Reply, None);
    }
}
