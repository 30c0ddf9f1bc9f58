//! Where things stand in a file, looked up only when something is wrong with them: the file is read again then, because
//! the trees of all files together would be the most memory that a start takes.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::ops::Range;

use toml::de::{DeTable, DeValue};

/// The places of a file.
#[derive(Debug)]
pub(super) struct Places<'d> {
    text: &'d str,
    root: OnceCell<Place>,
}

/// A value of the file with those inside it, by key or by position.
#[derive(Debug, Default)]
struct Place {
    key: Range<usize>,
    value: Range<usize>,
    is_table: bool,
    inner: BTreeMap<String, Place>,
}

impl<'d> Places<'d> {
    /// Of the file with this text.
    pub(super) fn new(text: &'d str) -> Self {
        Self { text, root: OnceCell::new() }
    }

    /// The place of a value of a step, by keys and positions; as much of the way as there is.
    pub(super) fn step(&self, part: &str, index: usize, path: &[&str]) -> Range<usize> {
        let list = if part.is_empty() { self.within(&["step"]) } else { self.within(&["part", part]) };
        let Some(step) = list.and_then(|list| list.inner.get(&index.to_string())) else { return 0..0 };
        let mut at = step.inner.get("id").unwrap_or(step);
        let mut now = step;
        for key in path {
            let Some(next) = now.inner.get(*key) else { break };
            (at, now) = (next, next);
        }
        at.value.clone()
    }

    /// The place of the last key of a path that is there.
    pub(super) fn key(&self, path: &[&str]) -> Range<usize> {
        let mut now = self.root();
        for key in path.iter().take_while(|_| now.is_table) {
            let Some(next) = now.inner.get(*key) else { break };
            now = next;
        }
        now.key.clone()
    }

    fn within(&self, path: &[&str]) -> Option<&Place> {
        path.iter().try_fold(self.root(), |at, key| at.inner.get(*key))
    }

    fn root(&self) -> &Place {
        self.root.get_or_init(|| Place {
            is_table: true,
            inner: of_table(DeTable::parse_recoverable(self.text).0.get_ref()),
            ..Place::default()
        })
    }
}

fn of_table(table: &DeTable<'_>) -> BTreeMap<String, Place> {
    let place = |key: Range<usize>, value: Range<usize>, of: &DeValue<'_>| Place {
        key,
        value,
        is_table: of.as_table().is_some(),
        inner: inner(of),
    };
    table
        .iter()
        .map(|(key, value)| (key.get_ref().to_string(), place(key.span(), value.span(), value.get_ref())))
        .collect()
}

fn inner(value: &DeValue<'_>) -> BTreeMap<String, Place> {
    let positions = |list: &toml::de::DeArray<'_>| {
        let place = |at: &toml::Spanned<DeValue<'_>>| Place {
            key: at.span(),
            value: at.span(),
            is_table: at.get_ref().as_table().is_some(),
            inner: inner(at.get_ref()),
        };
        list.iter().enumerate().map(|(index, at)| (index.to_string(), place(at))).collect()
    };
    match value {
        DeValue::Table(table) => of_table(table),
        DeValue::Array(list) => positions(list),
        DeValue::String(_) | DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) => {
            BTreeMap::new()
        }
    }
}
