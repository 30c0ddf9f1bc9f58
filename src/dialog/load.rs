//! Files of dialogs become a checked [`Library`], all of them or none.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use toml::Spanned;
use toml::de::DeTable;

use crate::dialog::check;
use crate::dialog::diagnostic::{Code, Diagnostic, Severity, Sink};
use crate::dialog::model::{Coverage, Dialog, Library, SystemTexts};
use crate::domain::language::{LANGUAGES, Language};
use crate::domain::limits::{DIALOG_FILE_BYTES_MAX, DIALOG_FILES_MAX};
use translate::Overlay;

pub use schema::schema;

mod ask;
mod dialog;
mod fields;
mod schema;
mod step;
mod system;
mod text;
mod translate;
mod verbs;
mod words;

/// A file as it was found.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Its path inside the directory of dialogs, with `/`: `daily.toml`, `system/en.toml`.
    pub path: String,
    /// What it holds; that of a shipped file is borrowed from the binary.
    pub text: Cow<'static, str>,
}

/// The path of the system's wording.
pub const SYSTEM_PATH: &str = "system/en.toml";

/// What a file of the system's wording is called instead of a dialog's id.
const SYSTEM: &str = "system";

/// Files beside the dialogs that are none.
pub const DATA_FILES: &[&str] = &["groups.toml", "helplines.toml"];

/// A dialog as it was read, with its file at hand for the checks.
#[derive(Debug)]
pub(crate) struct Draft<'a> {
    /// What was read; broken places hold harmless stand-ins.
    pub(crate) dialog: Dialog,
    /// Facts and parameters that were declared but cannot be used: no further complaint about them.
    pub(crate) broken_names: BTreeSet<String>,
    /// What was found so far.
    pub(crate) sink: Sink<'a>,
}

impl Library {
    /// Reads and checks all files at once: dialogs, the system's wording, and their translations (`es/daily.toml`,
    /// `system/es.toml`); a language without a translated dialog is not spoken. With one error there is no library; warnings do not stop it. The
    /// diagnostics are in the order of the paths, then of the places. Files under `tests/`, and files that do not end
    /// in `.toml`, are passed over, and so are [`DATA_FILES`] and safety packs (`safety/`), which the screen reads.
    pub fn load(files: impl IntoIterator<Item = SourceFile>) -> (Option<Self>, Vec<Diagnostic>) {
        let mut files: Vec<SourceFile> = files.into_iter().filter(|file| is_dialog(&file.path)).collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let mut reading = Reading::default();
        for file in files.iter().take(DIALOG_FILES_MAX) {
            reading.file(file);
        }
        if let Some(file) = files.get(DIALOG_FILES_MAX) {
            let mut sink = Sink::new(&file.path, &file.text);
            sink.push(Code::File, 0..0, format!("more than {DIALOG_FILES_MAX} files of dialogs"), None);
            reading.found.extend(sink.finish());
        }
        reading.finish()
    }
}

/// The language of a file of translations, and of which dialog they are: `es/daily`, or `system/es` for the wording.
fn translation_of(id: &str) -> Option<(Language, &str)> {
    let (folder, name) = id.split_once('/')?;
    let (code, of) = if folder == SYSTEM { (name, SYSTEM) } else { (folder, name) };
    let language = LANGUAGES.into_iter().find(|language| language.code() == code)?;
    (language != Language::default()).then_some((language, of))
}

fn is_dialog(path: &str) -> bool {
    let is_data = path.starts_with("tests/") || path.starts_with("safety/") || DATA_FILES.contains(&path);
    path.ends_with(".toml") && !is_data
}

/// A file of translations: its language, and what it translates.
struct Unread<'a> {
    language: Language,
    of: &'a str,
    file: &'a SourceFile,
}

impl<'a> Unread<'a> {
    /// Its tree; what is wrong when it is not TOML.
    fn read(self) -> Result<Overlay<'a>, Vec<Diagnostic>> {
        let mut sink = Sink::new(&self.file.path, &self.file.text);
        match read_tree(&mut sink) {
            Some(tree) => {
                Ok(Overlay { language: self.language, id: self.of.to_owned(), tree: tree.into_inner(), sink })
            }
            None => Err(sink.finish()),
        }
    }
}

#[derive(Default)]
struct Reading<'a> {
    drafts: Vec<Draft<'a>>,
    /// Dialogs whose files cannot be read at all: others may still name them.
    unreadable: BTreeSet<String>,
    system: Option<SystemTexts>,
    /// Files of translations. Read last and one at a time: a tree takes some ten times the memory of its text.
    overlays: Vec<Unread<'a>>,
    /// The system's wording in other languages.
    wordings: Vec<Unread<'a>>,
    found: Vec<Diagnostic>,
}

impl<'a> Reading<'a> {
    fn file(&mut self, file: &'a SourceFile) {
        let id = file.path.strip_suffix(".toml").unwrap_or(&file.path);
        if let Some((language, of)) = translation_of(id) {
            let unread = Unread { language, of, file };
            return if of == SYSTEM { self.wordings.push(unread) } else { self.overlays.push(unread) };
        }
        let mut sink = Sink::new(&file.path, &file.text);
        let Some(tree) = read_tree(&mut sink) else {
            if file.path == SYSTEM_PATH {
                self.system = Some(SystemTexts::default());
            }
            self.unreadable.insert(id.to_owned());
            self.found.extend(sink.finish());
            return;
        };
        if file.path == SYSTEM_PATH {
            self.system = Some(system::read(&mut sink, tree.get_ref()));
            self.found.extend(sink.finish());
        } else if id.contains('/') {
            sink.push(Code::File, 0..0, format!("`{}` is no place for a dialog", file.path), Some("move it up".into()));
            self.found.extend(sink.finish());
        } else {
            self.drafts.push(dialog::read(id, tree.get_ref(), sink));
        }
    }

    fn finish(mut self) -> (Option<Library>, Vec<Diagnostic>) {
        if self.system.is_none() {
            let mut sink = Sink::new(SYSTEM_PATH, "");
            let help = Some("it holds the engine's own sentences".to_owned());
            sink.push(Code::File, 0..0, format!("the file `{SYSTEM_PATH}` is missing"), help);
            self.found.extend(sink.finish());
        }
        check::check(&mut self.drafts, &self.unreadable);
        let mut dialogs = BTreeMap::new();
        for draft in std::mem::take(&mut self.drafts) {
            self.found.extend(draft.sink.finish());
            dialogs.insert(draft.dialog.id.clone(), Arc::new(draft.dialog));
        }
        let system = self.system.take().unwrap_or_default();
        let translations = self.translations(&dialogs, &system);
        self.found.sort_by(|a, b| (&a.file, a.span.start, a.code).cmp(&(&b.file, b.span.start, b.code)));
        let is_broken = self.found.iter().any(|each| each.severity == Severity::Error);
        let library = (!is_broken).then(|| Library { translations, ..Library::new(dialogs, system) });
        (library, self.found)
    }

    /// The library in each language that has a dialog of its own.
    fn translations(
        &mut self,
        dialogs: &BTreeMap<String, Arc<Dialog>>,
        system: &SystemTexts,
    ) -> BTreeMap<Language, Arc<Library>> {
        let mut spoken: BTreeMap<Language, (BTreeMap<String, Arc<Dialog>>, Coverage)> = BTreeMap::new();
        for unread in std::mem::take(&mut self.overlays) {
            let language = unread.language;
            let mut overlay = match unread.read() {
                Ok(overlay) => overlay,
                Err(found) => {
                    self.found.extend(found);
                    continue;
                }
            };
            let Some(source) = dialogs.get(&overlay.id) else {
                if !self.unreadable.contains(&overlay.id) {
                    let message = format!("there is no dialog `{}` to translate", overlay.id);
                    overlay.sink.push(Code::UnknownDialog, 0..0, message, None);
                }
                self.found.extend(overlay.sink.finish());
                continue;
            };
            let (dialog, coverage, found) = translate::dialog(source, overlay);
            self.found.extend(found);
            let (translated, sum) = spoken.entry(language).or_default();
            sum.add(coverage);
            sum.whole += usize::from(coverage.texts == coverage.translated);
            translated.insert(dialog.id.clone(), Arc::new(dialog));
        }
        let mut wordings = std::mem::take(&mut self.wordings);
        let mut translations = BTreeMap::new();
        for (language, (translated, mut coverage)) in spoken {
            for (id, source) in dialogs.iter().filter(|(id, _)| !translated.contains_key(*id)) {
                coverage.add(translate::untouched(source, language, id));
            }
            coverage.dialogs = dialogs.len();
            let mut all = dialogs.clone();
            all.extend(translated);
            let wording = wordings.iter().position(|each| each.language == language).map(|at| wordings.swap_remove(at));
            let wording = wording.map(Unread::read).transpose().map_err(|found| self.found.extend(found));
            let (words, of_system) = match wording.ok().flatten() {
                Some(mut wording) => {
                    let read = translate::system(system, language, &wording.tree, &mut wording.sink);
                    self.found.extend(wording.sink.finish());
                    read
                }
                None => (system.clone(), Coverage { texts: system.0.len(), ..Coverage::default() }),
            };
            coverage.add(of_system);
            translations.insert(language, Arc::new(Library { coverage, ..Library::in_language(language, all, words) }));
        }
        translations
    }
}

/// The file's tree; `None`, with what is wrong, when it is not TOML.
fn read_tree<'a>(sink: &mut Sink<'a>) -> Option<Spanned<DeTable<'a>>> {
    let text = sink.text();
    if text.len() > DIALOG_FILE_BYTES_MAX {
        let message = format!("the file has {} bytes; {DIALOG_FILE_BYTES_MAX} are the most", text.len());
        sink.push(Code::File, 0..0, message, None);
        return None;
    }
    let (tree, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        sink.push(Code::Syntax, error.span().unwrap_or(0..0), error.message(), None);
    }
    errors.is_empty().then_some(tree)
}
