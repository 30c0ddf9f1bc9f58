//! Slips of the pen: what a word that nothing has may have been meant for.

use crate::config::settings::{SETTINGS, sections, setting_of};

/// Likeness, of 1, above which a word may be a slip for another.
pub(super) const LIKENESS_MIN: f64 = 0.7;

/// What a key that no setting has in this section may have been meant for.
pub(super) fn near_key(section: &str, name: &str) -> Option<String> {
    let in_file = name.strip_suffix("_file").and_then(|key| setting_of(section, key)?.file_variable());
    if let Some(variable) = in_file {
        return Some(format!("the variable {variable} names a file"));
    }
    nearest(name, SETTINGS.iter().filter(|setting| setting.section == section).map(|setting| setting.key)).or_else(
        || {
            let elsewhere = SETTINGS.iter().find(|setting| setting.key == name)?;
            Some(format!("it belongs into [{}]", elsewhere.section))
        },
    )
}

/// What a section that there is not may have been meant for.
pub(super) fn near_section(name: &str) -> Option<String> {
    let end = format!(".{name}");
    match sections().into_iter().find(|section| section.ends_with(&end)) {
        Some(section) => Some(format!("did you mean `{section}`?")),
        None => nearest(name, sections().into_iter()),
    }
}

/// The known word that is most like this one, as a question.
pub(super) fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    known
        .map(|name| (likeness(word, name), name))
        .filter(|(likeness, _)| *likeness > LIKENESS_MIN)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| format!("did you mean `{name}`?"))
}

/// How alike two words are, from 0 to 1.
pub(super) fn likeness(word: &str, name: &str) -> f64 {
    strsim::jaro_winkler(&word.to_lowercase(), &name.to_lowercase())
}
