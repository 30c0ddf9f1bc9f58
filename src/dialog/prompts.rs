//! Questions for groups: `groups.toml` beside the dialogs. A theme has questions that strangers can answer each other
//! without telling of anybody, and the dialog in which somebody can go on with it in private.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::dialog::model::Library;
use crate::domain::language::{LANGUAGES, Language};

/// The name of the file in a directory of dialogs.
pub const PROMPTS_PATH: &str = "groups.toml";
/// The file that comes with the program.
pub const PROMPTS_SHIPPED: &str = include_str!("../../dialogs/groups.toml");

/// All themes.
#[derive(Clone, Debug, Default)]
pub struct Prompts {
    /// In the order of the file.
    pub themes: Vec<Theme>,
}

/// A theme.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Theme {
    /// Its word: small letters, digits and hyphens, at most 16, since it stands in the token of a button.
    pub key: String,
    /// Its name, by language.
    pub name: BTreeMap<String, String>,
    /// The dialog that goes on with it in private.
    pub dialog: String,
    /// Its questions, each by language.
    pub ask: Vec<BTreeMap<String, String>>,
}

/// The most characters of a question and of a theme's name.
const QUESTION_CHARS_MAX: usize = 200;
const NAME_CHARS_MAX: usize = 30;
/// The most characters of a theme's word.
const KEY_CHARS_MAX: usize = 16;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    theme: Vec<Theme>,
}

impl Prompts {
    /// Reads the file.
    ///
    /// # Errors
    /// Everything that is wrong with it, for whoever keeps it.
    pub fn read(text: &str) -> Result<Self, Vec<String>> {
        let file: File = toml::from_str(text).map_err(|error| vec![error.to_string()])?;
        let mut wrong = Vec::new();
        for (at, theme) in file.theme.iter().enumerate() {
            if file.theme.iter().take(at).any(|other| other.key == theme.key) {
                wrong.push(format!("theme \"{}\" is there twice", theme.key));
            }
            theme.look(&mut wrong);
        }
        if wrong.is_empty() { Ok(Self { themes: file.theme }) } else { Err(wrong) }
    }

    /// The dialogs that themes name and that a library does not have.
    pub fn missing<'a>(&'a self, library: &'a Library) -> impl Iterator<Item = &'a str> {
        let dialogs = self.themes.iter().map(|theme| theme.dialog.as_str());
        dialogs.filter(|dialog| library.dialog(dialog).is_none())
    }

    /// The theme with this word.
    pub fn theme(&self, key: &str) -> Option<&Theme> {
        self.themes.iter().find(|theme| theme.key == key)
    }
}

impl Theme {
    /// Its name in a language.
    pub fn named(&self, language: Language) -> &str {
        words(&self.name, language)
    }

    /// One of its questions in a language.
    pub fn question(&self, number: usize, language: Language) -> Option<&str> {
        self.ask.get(number).map(|ask| words(ask, language))
    }

    fn look(&self, wrong: &mut Vec<String>) {
        let key = &self.key;
        let is_word = |key: &str| key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        if key.is_empty() || key.len() > KEY_CHARS_MAX || !is_word(key) {
            wrong.push(format!("theme \"{key}\": its word has 1 to {KEY_CHARS_MAX} small letters, digits and hyphens"));
        }
        let names = std::iter::once((&self.name, NAME_CHARS_MAX));
        for (texts, chars_max) in names.chain(self.ask.iter().map(|ask| (ask, QUESTION_CHARS_MAX))) {
            for language in LANGUAGES {
                match texts.get(language.code()).map(|text| text.chars().count()) {
                    None | Some(0) => wrong.push(format!("theme \"{key}\": a text without \"{}\"", language.code())),
                    Some(chars) if chars > chars_max => {
                        wrong.push(format!("theme \"{key}\": a text of {chars} characters; {chars_max} is the most"));
                    }
                    Some(_) => {}
                }
            }
        }
        if self.ask.is_empty() {
            wrong.push(format!("theme \"{key}\" has no question"));
        }
    }
}

fn words(texts: &BTreeMap<String, String>, language: Language) -> &str {
    let source = || texts.get(Language::default().code());
    texts.get(language.code()).or_else(source).map_or("", String::as_str)
}
