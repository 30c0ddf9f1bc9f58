//! Which dialog answers which finding: `safety/replies.toml`, a table from classes to ids of dialogs.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::safety::pack::{PackFile, PackProblem};
use crate::safety::screen::{Class, Finding};

/// The table's path in the directory of dialogs.
pub(crate) const REPLIES_PATH: &str = "safety/replies.toml";

/// The dialog of each class, about the one who writes and about somebody else.
#[derive(Debug, Default)]
pub(crate) struct Replies {
    own: BTreeMap<Class, String>,
    other: BTreeMap<Class, String>,
}

impl Replies {
    /// Reads the table.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(crate) fn read(file: &PackFile) -> Result<Self, Vec<PackProblem>> {
        let (tree, errors) = DeTable::parse_recoverable(&file.text);
        let problem = |span: std::ops::Range<usize>, message: String| PackProblem::new(file, span, message);
        let mut problems: Vec<PackProblem> =
            errors.iter().map(|error| problem(error.span().unwrap_or(0..0), error.message().to_owned())).collect();
        let mut replies = Self::default();
        for (key, item) in tree.get_ref().iter().filter(|_| errors.is_empty()) {
            let into = match key.get_ref().as_ref() {
                "format" => continue,
                "reply" => &mut replies.own,
                "reply-other" => &mut replies.other,
                other => {
                    problems
                        .push(problem(key.span(), format!("unknown key `{other}`; keys: format, reply, reply-other")));
                    continue;
                }
            };
            for (class, dialog) in rows(item) {
                match (Class::of_name(class.get_ref()), dialog.get_ref().as_str()) {
                    (Some(class), Some(id)) => _ = into.insert(class, id.to_owned()),
                    (None, _) => {
                        problems.push(problem(class.span(), format!("there is no class `{}`", class.get_ref())))
                    }
                    (_, None) => {
                        problems.push(problem(dialog.span(), "a class is answered by the id of a dialog".to_owned()))
                    }
                }
            }
        }
        if problems.is_empty() { Ok(replies) } else { Err(problems) }
    }

    /// The dialog that answers a finding. While somebody is `watched`, what they may have meant is asked about as if
    /// they had said it.
    pub(crate) fn of(&self, found: &Finding, watched: bool) -> Option<&str> {
        let class = found.class?;
        if class == Class::S1 && found.is_about_other {
            return self.other.get(&class).map(String::as_str);
        }
        let class = if class == Class::S1 && watched { Class::S2 } else { class };
        self.own.get(&class).map(String::as_str)
    }
}

impl Replies {
    /// The classes that a dialog answers.
    pub(crate) fn answered_by(&self, dialog: &str) -> impl Iterator<Item = Class> {
        self.own.iter().chain(&self.other).filter(move |(_, id)| *id == dialog).map(|(class, _)| *class)
    }
}

fn rows<'r, 't>(
    item: &'r Spanned<DeValue<'t>>,
) -> impl Iterator<Item = (&'r Spanned<std::borrow::Cow<'t, str>>, &'r Spanned<DeValue<'t>>)> {
    item.get_ref().as_table().into_iter().flat_map(|table| table.iter())
}
