//! The dialogs: those shipped inside the binary, or those of a directory.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use crate::app::exit::Failure;
use crate::dialog::diagnostic::{Diagnostic, Severity, render};
use crate::dialog::load::SourceFile;
use crate::dialog::model::Library;
use crate::dialog::prompts::{PROMPTS_PATH, PROMPTS_SHIPPED, Prompts};
use crate::domain::limits::{DIALOG_FILE_BYTES_MAX, DIALOG_FILES_MAX};
use crate::safety::helplines::{HELPLINES_PATH, HELPLINES_SHIPPED, Helplines, Problem};
use crate::safety::pack::{PackFile, PackProblem};
use crate::safety::screen::Screen;

static SHIPPED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/dialogs");

/// The files of the dialogs, and what loading them found.
#[derive(Debug)]
pub struct Loaded {
    /// The files, in the order of their paths.
    pub files: Vec<SourceFile>,
    /// The library; `None` when a file has an error.
    pub library: Option<Library>,
    /// The safety screen; `None` when a pack has an error.
    pub screen: Option<Screen>,
    /// Every problem of every file.
    pub diagnostics: Vec<Diagnostic>,
    /// The helplines, or what is wrong with their file.
    pub helplines: Result<Helplines, Vec<Problem>>,
    /// What is wrong with the questions for groups.
    pub prompts: Vec<String>,
    /// The `dialogs.lock` beside them, if there is one.
    pub lock: Option<String>,
    /// The `translations.lock` beside them, if there is one.
    pub translations_lock: Option<String>,
}

/// The number of everything that is wrong with a safety pack.
const PACK_CODE: &str = "S001";
/// The name of the lock in a directory of dialogs.
const LOCK_FILE: &str = "dialogs.lock";
/// The name of the lock of their translations.
const TRANSLATIONS_LOCK_FILE: &str = "translations.lock";

/// Loads the dialogs of a directory, or the shipped ones.
///
/// # Errors
/// When a file cannot be read. Problems inside the files are no error here.
pub fn load(directory: Option<&Path>) -> Result<Loaded, Failure> {
    let files = directory.map_or_else(|| Ok(shipped()), read)?;
    let lock_named = |name: &str| match directory {
        Some(directory) => read_lock(&directory.join(name)),
        None => Ok(SHIPPED.get_file(name).and_then(|file| file.contents_utf8()).map(str::to_owned)),
    };
    let (lock, translations_lock) = (lock_named(LOCK_FILE)?, lock_named(TRANSLATIONS_LOCK_FILE)?);
    let (library, mut diagnostics) = Library::load(files.clone());
    let screen = load_screen(&files, &mut diagnostics);
    let lines = files.iter().find(|file| file.path == HELPLINES_PATH);
    let helplines = Helplines::read(lines.map_or(HELPLINES_SHIPPED, |file| &*file.text));
    let prompts = files.iter().find(|file| file.path == PROMPTS_PATH);
    let prompts = prompts.map_or_else(Vec::new, |file| wrong_prompts(&file.text, library.as_ref()));
    Ok(Loaded { files, library, screen, diagnostics, helplines, prompts, lock, translations_lock })
}

/// The safety screen of a directory, or the shipped one. Other files may be as they like.
///
/// # Errors
/// [`Failure::Problems`] with every problem of the packs.
pub fn require_screen(directory: Option<&Path>) -> Result<Screen, Failure> {
    let files = directory.map_or_else(|| Ok(shipped()), read)?;
    let mut diagnostics = Vec::new();
    load_screen(&files, &mut diagnostics).ok_or_else(|| {
        Failure::Problems(format!("{}\nThe safety packs were not loaded.", render(&diagnostics, &files, false)))
    })
}

/// The library of a directory, or the shipped one, without problems.
///
/// # Errors
/// [`Failure::Problems`] with every problem when there is an error among them.
pub fn require(directory: Option<&Path>) -> Result<Library, Failure> {
    // What else is in the directory has its own door: reading it here as well would make every start longer.
    let files = directory.map_or_else(|| Ok(shipped()), read)?;
    let (library, diagnostics) = Library::load(files.clone());
    library.ok_or_else(|| {
        Failure::Problems(format!("{}\nThe dialogs were not loaded.", render(&diagnostics, &files, false)))
    })
}

/// The helplines of a directory, or the shipped ones where it has none.
///
/// # Errors
/// [`Failure::Problems`] with every problem of the file; when a file cannot be read.
pub fn helplines(directory: Option<&Path>) -> Result<Helplines, Failure> {
    let place = directory.map(|directory| directory.join(HELPLINES_PATH)).filter(|place| place.exists());
    let text = match place {
        Some(place) => read_file(&place, HELPLINES_PATH.to_owned())?.text,
        None => HELPLINES_SHIPPED.into(),
    };
    Helplines::read(&text).map_err(|problems| Failure::Problems(listed(&problems)))
}

/// The questions for groups of a directory, or the shipped ones where it has none.
///
/// # Errors
/// [`Failure::Problems`] with every problem of the file; when a file cannot be read.
pub fn prompts(directory: Option<&Path>) -> Result<Prompts, Failure> {
    let place = directory.map(|directory| directory.join(PROMPTS_PATH)).filter(|place| place.exists());
    let text = match place {
        Some(place) => read_file(&place, PROMPTS_PATH.to_owned())?.text,
        None => PROMPTS_SHIPPED.into(),
    };
    Prompts::read(&text).map_err(|problems| Failure::Problems(listed_prompts(&problems)))
}

/// The shipped system wording with one dialog of the caller's.
///
/// # Errors
/// [`Failure::Problems`] when the dialog has an error.
pub fn shipped_with(id: &str, text: &str) -> Result<Library, Failure> {
    let mut files: Vec<SourceFile> = shipped().into_iter().filter(|file| file.path.starts_with("system/")).collect();
    files.push(SourceFile { path: format!("{id}.toml"), text: text.to_owned().into() });
    let (library, diagnostics) = Library::load(files.clone());
    library.ok_or_else(|| Failure::Problems(render(&diagnostics, &files, false)))
}

impl Loaded {
    /// Every problem as text, with the lines quoted.
    pub fn report(&self, color: bool) -> String {
        let mut report = render(&self.diagnostics, &self.files, color);
        if let Err(problems) = &self.helplines {
            report.push_str(&listed(problems));
        }
        report.push_str(&listed_prompts(&self.prompts));
        report
    }

    /// How many errors and warnings there are.
    pub fn counts(&self) -> (usize, usize) {
        let errors = self.diagnostics.iter().filter(|each| each.severity == Severity::Error).count();
        let of_lines = self.helplines.as_ref().err().map_or(0, Vec::len);
        (errors + of_lines + self.prompts.len(), self.diagnostics.len() - errors)
    }
}

fn listed(problems: &[Problem]) -> String {
    problems.iter().map(|problem| format!("error: {problem}\n")).collect()
}

/// What is wrong with a file of questions for groups, beside these dialogs.
fn wrong_prompts(text: &str, library: Option<&Library>) -> Vec<String> {
    match (Prompts::read(text), library) {
        (Err(problems), _) => problems,
        (Ok(prompts), Some(library)) => {
            prompts.missing(library).map(|dialog| format!("there is no dialog \"{dialog}\"")).collect()
        }
        (Ok(_), None) => Vec::new(),
    }
}

fn listed_prompts(problems: &[String]) -> String {
    problems.iter().map(|problem| format!("error: {PROMPTS_PATH}: {problem}\n")).collect()
}

fn load_screen(files: &[SourceFile], diagnostics: &mut Vec<Diagnostic>) -> Option<Screen> {
    let packs: Vec<PackFile> = files
        .iter()
        .filter(|file| is_pack(&file.path))
        .map(|file| PackFile { path: file.path.clone(), text: file.text.clone().into_owned() })
        .collect();
    Screen::load(&packs).map_err(|problems| diagnostics.extend(problems.into_iter().map(diagnostic))).ok()
}

fn diagnostic(problem: PackProblem) -> Diagnostic {
    let PackProblem { file, span, line, column, message } = problem;
    let help = Some("the documentation of `safety::pack` shows the format".to_owned());
    Diagnostic { code: PACK_CODE, severity: Severity::Error, message, help, file, span, line, column }
}

fn shipped() -> Vec<SourceFile> {
    let mut files = Vec::new();
    let mut folders = vec![&SHIPPED];
    while let Some(folder) = folders.pop() {
        folders.extend(folder.dirs());
        for file in folder.files() {
            let path = file.path().to_string_lossy().replace('\\', "/");
            if is_dialog(&path) {
                files.push(SourceFile { path, text: file.contents_utf8().unwrap_or_default().into() });
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// The files of a directory; the system's wording and the safety packs fall back to the shipped ones, so that an
/// author can write dialogs without them.
fn read(directory: &Path) -> Result<Vec<SourceFile>, Failure> {
    let mut files = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        let place = directory.join(&folder);
        let entries = fs::read_dir(&place).map_err(Failure::io(format!("cannot read {}", place.display())))?;
        for entry in entries {
            let entry = entry.map_err(Failure::io(format!("cannot read {}", place.display())))?;
            let relative = folder.join(entry.file_name());
            let path = relative.to_string_lossy().replace('\\', "/");
            if entry.path().is_dir() {
                folders.push(relative);
            } else if is_dialog(&path) {
                files.push(read_file(&entry.path(), path)?);
            }
        }
        if files.len() > DIALOG_FILES_MAX {
            let what = format!("{} holds more than {DIALOG_FILES_MAX} dialog files", directory.display());
            return Err(Failure::Usage(what));
        }
    }
    for file in shipped() {
        if (file.path.starts_with("system/") || is_pack(&file.path)) && !files.iter().any(|each| each.path == file.path)
        {
            files.push(file);
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

fn read_lock(place: &Path) -> Result<Option<String>, Failure> {
    match fs::read_to_string(place) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::io(format!("cannot read {}", place.display()))(error)),
    }
}

fn read_file(place: &Path, path: String) -> Result<SourceFile, Failure> {
    let bytes = fs::read(place).map_err(Failure::io(format!("cannot read {}", place.display())))?;
    if bytes.len() > DIALOG_FILE_BYTES_MAX {
        let error = io::Error::other(format!("it is larger than {DIALOG_FILE_BYTES_MAX} bytes"));
        return Err(Failure::io(format!("cannot read {}", place.display()))(error));
    }
    let text = String::from_utf8(bytes).map_err(|_| {
        Failure::io(format!("cannot read {}", place.display()))(io::Error::other("it is not UTF-8 text"))
    })?;
    Ok(SourceFile { path, text: text.into() })
}

/// Whether a file is a safety pack: it is read by the screen, not as a dialog.
fn is_pack(path: &str) -> bool {
    path.starts_with("safety/")
}

fn is_dialog(path: &str) -> bool {
    path.ends_with(".toml") && !path.split('/').any(|part| part == "tests" || part.starts_with('.'))
}
