//! What becomes of the row behind a timer's event that got no turn of its own: it must not come again by itself.

use jiff::{SignedDuration, Timestamp};

use crate::dialog::session::{ParkedBy, Status};
use crate::domain::event::{Body, Event};
use crate::domain::ids::{PlanId, SessionId};
use crate::service::person::{Need, PersonWork};
use crate::service::ports::Class;
use crate::service::turn::{Changes, OccurrenceState, Turn, World};

/// How long a session is kept whose timer broke its turn.
const BROKEN_KEPT: SignedDuration = SignedDuration::from_hours(3 * 24);

/// Moves the row that a timer's event came from: after its turn broke (`broke`), or when its key was taken before,
/// which happens when the machine's clock was set back. Says nothing.
///
/// # Errors
/// What must be read from the store first; nothing has changed then.
pub(crate) fn leave_out(
    world: &mut World<'_>,
    work: &PersonWork,
    event: &Event,
    broke: bool,
) -> Result<(PersonWork, Changes), Need> {
    let mut turn = Turn {
        world,
        work: work.clone(),
        changes: Changes::default(),
        class: Class::Reply,
        pressed: false,
        in_place: false,
        verdict: None,
        platform: None,
    };
    match &event.body {
        Body::CheckInDue { plan, due } => turn.checkin_left_out(*plan, *due, broke)?,
        Body::CheckInQueued { plan, due } => turn.record(*plan, *due, *due, OccurrenceState::Skipped),
        Body::SilenceDue { .. } => turn.silence_left_out(),
        Body::TimerDue { session } => turn.timer_left_out(*session)?,
        Body::PlansAgain
        | Body::Arrived
        | Body::Text(_)
        | Body::Tap(_)
        | Body::Pin(_)
        | Body::Command(..)
        | Body::UnknownCommand(_)
        | Body::Edited(_)
        | Body::Wordless
        | Body::MoreOfAlbum
        | Body::Left
        | Body::Space(_)
        | Body::Posted { .. }
        | Body::AsksSupporters(_)
        | Body::Room(_)
        | Body::FromSupporters(_)
        | Body::Buddy(_)
        | Body::Unreadable(_) => {}
    }
    Ok((turn.work, turn.changes))
}

impl Turn<'_, '_> {
    /// A check-in is left out, and the plan goes on.
    fn checkin_left_out(&mut self, id: PlanId, due: Timestamp, broke: bool) -> Result<(), Need> {
        let plans = self.work.plans()?;
        let plan = plans.iter().find(|held| held.id == Some(id) && held.due == Some(due)).map(|held| held.plan.clone());
        if let Some(plan) = plan {
            let next = self.next_due(&plan, self.world.now);
            self.plan_due(id, next);
            if broke {
                self.record(id, due, due, OccurrenceState::Skipped);
            }
        }
        Ok(())
    }

    /// An open session is set aside as by silence, one that was set aside goes.
    fn timer_left_out(&mut self, session: SessionId) -> Result<(), Need> {
        self.work.parked()?;
        if let Some(mut held) = self.work.live.take_if(|held| held.session.id == session) {
            let until = self.world.now.checked_add(BROKEN_KEPT).unwrap_or(Timestamp::MAX);
            held.session.status = Status::Parked { since: self.world.now, until, by: ParkedBy::Idle };
            held.changed = true;
            self.work.place(held);
            self.changes.freed = true;
        } else if let Some(index) = self.work.parked.iter().position(|held| held.session.id == session) {
            self.work.parked.remove(index);
            self.work.ended.push(session);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jiff::civil::time;
    use jiff::tz::TimeZone;

    use super::leave_out;
    use crate::dialog::load::SourceFile;
    use crate::dialog::model::Library;
    use crate::dialog::session::Status;
    use crate::domain::consent::Wordings;
    use crate::domain::event::{Address, Body, Event, EventKey, Origin, Platform, Source};
    use crate::domain::ids::PersonId;
    use crate::domain::language::Language;
    use crate::domain::occasion::Dialogs;
    use crate::domain::person::Profile;
    use crate::domain::recurrence::QuietHours;
    use std::sync::Arc;

    use crate::service::person::PersonWork;
    use crate::service::turn::{World, take};
    use crate::service::{Host, Settings};

    const SMALL: &str = "format = 1\nid = \"small\"\ntitle = \"Small\"\nlang = \"en\"\n[[step]]\nid = \"one\"\nask = \"text\"\ntext = \"One?\"\n";

    fn settings() -> Settings {
        Settings {
            bot_name: "Mendwell".to_owned(),
            dialogs: Dialogs::only("small"),
            lines: Default::default(),
            screen: Arc::default(),
            prompts: Arc::default(),
            idle_months: 12,
            wordings: Wordings::CURRENT,
            host: Host::default(),
            quiet: QuietHours { from: time(22, 0, 0, 0), to: time(8, 0, 0, 0) },
            zone: TimeZone::UTC,
            language: Language::default(),
            commit_each_turn: false,
        }
    }

    #[test]
    fn a_broken_timer_sets_its_session_aside_and_then_lets_it_go() {
        let system = include_str!("../../../dialogs/system/en.toml");
        let files = [("system/en.toml", system), ("small.toml", SMALL)];
        let files = files.map(|(path, text)| SourceFile { path: path.to_owned(), text: text.to_owned().into() });
        let library = Library::load(files).0.unwrap();
        let settings = settings();
        let mut chance = || 7;
        let mut world = World {
            library: &library,
            settings: &settings,
            now: Timestamp::UNIX_EPOCH,
            chance: &mut chance,
            proof: None,
        };
        let address = Address { platform: Platform::Console, account: "a".to_owned(), chat: "a".to_owned() };
        let work = PersonWork::new(PersonId(1), Profile::new(address));
        let event = |body| Event {
            key: EventKey("k".to_owned()),
            source: Source::Person(PersonId(1)),
            at: Timestamp::UNIX_EPOCH,
            body,
            origin: Origin::default(),
        };
        let (work, _) = take(&mut world, &work, &event(Body::Arrived)).unwrap();
        let session = work.live.as_ref().unwrap().session.id;
        let broken = event(Body::TimerDue { session });
        let (work, changes) = leave_out(&mut world, &work, &broken, true).unwrap();
        assert!(work.live.is_none() && changes.freed && changes.items.is_empty());
        assert!(matches!(work.parked[0].session.status, Status::Parked { until, .. } if until > world.now));
        let (work, _) = leave_out(&mut world, &work, &broken, true).unwrap();
        assert!(work.parked.is_empty());
        assert_eq!(work.ended, [session]);
    }
}
