//! What is left to run of a dialog.

use crate::dialog::model::{Dialog, Expr, Step};

/// Steps of one list, and what follows them.
#[derive(Clone, Copy)]
pub(super) struct Rest<'a, 'r> {
    pub(super) dialog: &'a Dialog,
    pub(super) part: &'a str,
    pub(super) steps: &'a [Step],
    /// The position of the first of them in the part.
    pub(super) first: usize,
    pub(super) then: Then<'a, 'r>,
}

/// What follows a list of steps.
#[derive(Clone, Copy)]
pub(super) enum Then<'a, 'r> {
    /// The end of the dialog.
    End,
    /// The steps behind the one that opened the part.
    Part(&'r Rest<'a, 'r>),
    /// Another round, unless the condition is met, or what follows the loop.
    Again { part: &'a str, until: Option<&'a Expr>, next: &'r Rest<'a, 'r> },
}

impl<'a, 'r> Rest<'a, 'r> {
    /// All of a dialog.
    pub(super) fn of(dialog: &'a Dialog) -> Self {
        Self { dialog, part: "", steps: dialog.part(""), first: 0, then: Then::End }
    }

    /// What follows the step at a position.
    pub(super) fn after(&self, index: usize) -> Self {
        Self { steps: self.steps.get(index + 1..).unwrap_or(&[]), first: self.first + index + 1, ..*self }
    }

    /// A part of the same dialog, then this.
    pub(super) fn part(&'r self, part: &'a str) -> Self {
        Self { part, steps: self.dialog.part(part), first: 0, then: Then::Part(self), ..*self }
    }

    /// A round of a loop, then perhaps others, then this.
    pub(super) fn round(&'r self, part: &'a str, until: Option<&'a Expr>) -> Self {
        Self { part, steps: self.dialog.part(part), first: 0, then: Then::Again { part, until, next: self }, ..*self }
    }
}
