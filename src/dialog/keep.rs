//! How long an unfinished session waits and is kept, and what of it is kept when nobody comes back.
//!
//! Each dialog that is open says so for itself: a menu that leads to an exercise does not shorten what the exercise keeps.

use std::sync::Arc;

use crate::dialog::eval::Scope;
use crate::dialog::eval_call::today;
use crate::dialog::machine::Machine;
use crate::dialog::model::{Ask, Dialog, Library, OnExpire, Verb};
use crate::dialog::render;
use crate::dialog::session::{Frame, FrameKind, Logged, Session};
use crate::domain::text::UserText;
use crate::domain::value::{Value, Values};
use crate::domain::write::{JournalEntry, Write, WriteKey};

/// Limits for a session whose dialog cannot be found, in seconds.
const IDLE_S_DEFAULT: u32 = 45 * 60;
const KEEP_S_DEFAULT: u32 = 3 * 24 * 3600;

/// Seconds of silence after which a session is set aside: as the innermost dialog says that was called. One that helps in
/// danger has no say in it, unless the session is a run of it.
pub(super) fn idle_s(lib: &Library, session: &Session) -> u32 {
    limiting(lib, session).last().map_or(IDLE_S_DEFAULT, |dialog| dialog.limits.idle_s)
}

/// Seconds for which a session that was set aside is kept: the longest that any of its called dialogs says.
pub(super) fn keep_s(lib: &Library, session: &Session) -> u32 {
    limiting(lib, session).map(|dialog| dialog.limits.keep_s).max().unwrap_or(KEEP_S_DEFAULT)
}

/// The dialogs whose limits hold, outermost first: the one that the session is a run of, and those that it called, up to
/// the first that helps in danger.
fn limiting<'a>(lib: &'a Library, session: &'a Session) -> impl Iterator<Item = &'a Dialog> {
    let is_open = |(depth, frame): &(usize, &Frame)| *depth == 0 || !frame.is_safety(lib);
    let frames = session.stack.iter().enumerate().take_while(move |each| is_open(each)).map(|(_, frame)| frame);
    let called = frames.filter(|frame| matches!(frame.kind, FrameKind::Call));
    called.filter_map(|frame| lib.dialogs.get(&frame.dialog).map(Arc::as_ref))
}

impl Machine<'_> {
    /// The answers of a session that expires, as a journal entry: those that were given to dialogs that want it. What a
    /// commit has kept is not repeated. It has the title of the innermost of these dialogs.
    pub(super) fn partial_entry(&self) -> Option<(WriteKey, Write)> {
        let unkept = self.session.log.iter().skip(self.session.kept);
        let kept = unkept.filter_map(|entry| {
            let dialog = self.owner_of(entry).filter(|dialog| dialog.limits.on_expire == OnExpire::SavePartial)?;
            Some((dialog, self.line_of(dialog, entry)?))
        });
        let (dialogs, lines): (Vec<&Dialog>, Vec<String>) = kept.unzip();
        let dialog = dialogs.last()?;
        let title = self.words("partial_title", &[("title", Some(Value::text(&dialog.title)))]).plain();
        let entry = JournalEntry {
            dialog: dialog.id.clone(),
            title: UserText::new(title),
            body: UserText::new(lines.join("\n")),
            fields: Values::new(),
            date: today(&self.scope()),
            complete: false,
        };
        // No step's path begins with a colon, so this key is no other write's.
        Some((WriteKey(format!(":expired#{}", self.session.commits)), Write::Journal(entry)))
    }

    /// The open dialog to which something was answered; none when that one helps in danger. Scopes are numbered in order,
    /// so it is the innermost that began before the answer's.
    fn owner_of(&self, entry: &Logged) -> Option<&Dialog> {
        let is_dialog = |frame: &&Frame| matches!(frame.kind, FrameKind::Call | FrameKind::Interrupt);
        let open = self.session.stack.iter().filter(is_dialog).take_while(|frame| frame.scope <= entry.scope);
        let frames: Vec<&Frame> = open.collect();
        if frames.iter().any(|frame| frame.is_safety(self.lib)) {
            return None;
        }
        self.lib.dialogs.get(&frames.last()?.dialog).map(Arc::as_ref)
    }

    /// A question and its answer in one line.
    fn line_of(&self, dialog: &Dialog, entry: &Logged) -> Option<String> {
        let value = entry.value.as_ref()?;
        let ask = asked(dialog, &entry.name)?;
        let scope = Scope { dialog: Some(dialog), first: Some(entry.scope), ..self.scope() };
        let text = ask.texts.first().map(|text| render::text(text, &scope).plain()).unwrap_or_default();
        Some(format!("{}\n{}", text.trim(), render::value_text(value, Some(&entry.name), &scope)))
    }
}

/// The question whose answer has this name, if there is one.
pub(super) fn asked<'a>(dialog: &'a Dialog, name: &str) -> Option<&'a Ask> {
    match &dialog.find(name)?.1.verb {
        Verb::Ask(ask) => Some(ask),
        Verb::Say { .. }
        | Verb::Set(_)
        | Verb::Branch(_)
        | Verb::Each(_)
        | Verb::Repeat { .. }
        | Verb::Call { .. }
        | Verb::Pace(_)
        | Verb::Save(_)
        | Verb::Goal(_)
        | Verb::Schedule(_)
        | Verb::Escalate { .. }
        | Verb::Stop { .. } => None,
    }
}
