//! Files searched for words that must stand in none of them.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// Every byte of every file under a directory, by path.
pub(crate) fn every_file(directory: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let read = |path: PathBuf| there(std::fs::read(&path)).map(|bytes| (path, bytes));
    paths(directory).into_iter().filter_map(read).collect()
}

/// Copies a directory with everything in it.
pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for path in paths(from) {
        let copied = to.join(path.strip_prefix(from).unwrap());
        std::fs::create_dir_all(copied.parent().unwrap()).unwrap();
        there(std::fs::copy(&path, copied));
    }
}

/// Which of these words stand where under a directory, as UTF-8 or UTF-16.
pub(crate) fn found_in(directory: &Path, words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (path, bytes) in every_file(directory) {
        for word in words {
            let utf16: Vec<u8> = word.encode_utf16().flat_map(u16::to_le_bytes).collect();
            if count(&bytes, word.as_bytes()) + count(&bytes, &utf16) > 0 {
                found.push(format!("{word} in {}", path.display()));
            }
        }
    }
    found
}

/// How often some bytes stand among others.
pub(crate) fn count(bytes: &[u8], wanted: &[u8]) -> usize {
    bytes.windows(wanted.len()).filter(|window| window[0] == wanted[0] && *window == wanted).count()
}

fn paths(directory: &Path) -> Vec<PathBuf> {
    let (mut files, mut folders) = (Vec::new(), vec![directory.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in there(std::fs::read_dir(folder)).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    files
}

/// What was listed a moment ago and is gone by now, such as the log of a database that is just closed, is not there.
fn there<T>(result: io::Result<T>) -> Option<T> {
    match result {
        Ok(found) => Some(found),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => panic!("{error}"),
    }
}
