//! Where things stand in a file, looked up in its tree only when something is wrong with them.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The tree of a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Places<'d>(pub(super) &'d DeTable<'d>);

impl Places<'_> {
    /// The place of a value of a step, by keys and positions; as much of the way as there is.
    pub(super) fn step(&self, part: &str, index: usize, path: &[&str]) -> Range<usize> {
        let list = if part.is_empty() { self.0.get("step") } else { self.within(&["part", part]) };
        let Some(step) = list.and_then(|list| list.get_ref().as_array()).and_then(|list| list.get(index)) else {
            return 0..0;
        };
        let mut at = step.get_ref().as_table().and_then(|step| step.get("id")).unwrap_or(step);
        let mut now = step;
        for key in path {
            let Some(next) = child(now, key) else { break };
            (at, now) = (next, next);
        }
        at.span()
    }

    /// The place of the last key of a path that is there.
    pub(super) fn key(&self, path: &[&str]) -> Range<usize> {
        let mut table = self.0;
        let mut at = 0..0;
        for key in path {
            let Some((name, value)) = table.get_key_value(*key) else { break };
            at = name.span();
            match value.get_ref().as_table() {
                Some(next) => table = next,
                None => break,
            }
        }
        at
    }

    fn within(&self, path: &[&str]) -> Option<&Spanned<DeValue<'_>>> {
        let (first, rest) = path.split_first()?;
        rest.iter().try_fold(self.0.get(*first)?, |at, key| child(at, key))
    }
}

fn child<'r, 't>(item: &'r Spanned<DeValue<'t>>, key: &str) -> Option<&'r Spanned<DeValue<'t>>> {
    match item.get_ref() {
        DeValue::Table(table) => table.get(key),
        DeValue::Array(array) => array.get(key.parse::<usize>().ok()?),
        DeValue::String(_) | DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) => {
            None
        }
    }
}
