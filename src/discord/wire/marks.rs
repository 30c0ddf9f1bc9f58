//! Marks around bold and italic words, such that Discord takes them for marks wherever they stand: they begin and end
//! beside a character, on one line, and never beside another star.

use std::ops::Range;

/// One character of a text as it is written, and how it is said.
pub(super) struct Atom {
    /// The character with what stands before or after it.
    pub shown: String,
    /// Whether it is white space.
    pub is_space: bool,
    /// Said strongly.
    pub bold: bool,
    /// Emphasised.
    pub italic: bool,
}

/// Writes characters with their marks. Emphasis that no mark can show is left out; no character ever is.
pub(super) fn write(mut atoms: Vec<Atom>) -> String {
    let mut out = String::new();
    for line in atoms.split_inclusive_mut(|atom| atom.shown == "\n") {
        write_line(line, &mut out);
    }
    out
}

fn write_line(line: &mut [Atom], out: &mut String) {
    bare_ends(line, |atom| &mut atom.bold);
    for alike in line.chunk_by_mut(|one, other| one.bold == other.bold) {
        bare_ends(alike, |atom| &mut atom.italic);
    }
    let (mut is_bold, mut at) = (false, 0);
    while let Some(first) = line.get(at) {
        let alike = |atom: &&Atom| atom.bold == first.bold && atom.italic == first.italic;
        let end = at + line[at..].iter().take_while(alike).count();
        if first.bold != is_bold {
            out.push_str("**");
            is_bold = first.bold;
        }
        let mark = if first.italic { mark(line, at..end, out) } else { "" };
        out.push_str(mark);
        out.extend(line[at..end].iter().map(|atom| atom.shown.as_str()));
        out.push_str(mark);
        at = end;
    }
    if is_bold {
        out.push_str("**");
    }
}

/// Takes a style away from the white space at both ends of every run that has it.
fn bare_ends(line: &mut [Atom], style: fn(&mut Atom) -> &mut bool) {
    for is_backward in [false, true] {
        let mut is_inside = false;
        let bare = |atom: &mut Atom| {
            let is_space = atom.is_space;
            let has = style(atom);
            if *has && is_space && !is_inside {
                *has = false;
            }
            is_inside = *has;
        };
        if is_backward {
            line.iter_mut().rev().for_each(bare);
        } else {
            line.iter_mut().for_each(bare);
        }
    }
}

/// The mark for italic characters: `_` where no letter stands beside it, or else `*` where no star does. Neither may
/// stand in the words unescaped, as it can in an address.
fn mark(line: &[Atom], italic: Range<usize>, out: &str) -> &'static str {
    let inside = line.get(italic.clone()).unwrap_or_default();
    let is_bold = inside.iter().any(|atom| atom.bold);
    let before = out.chars().next_back();
    let after = match line.get(italic.end) {
        Some(next) if next.bold == is_bold => next.shown.chars().next(),
        Some(_) => Some('*'),
        None => is_bold.then_some('*'),
    };
    let is_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let has = |sign: char| inside.iter().any(|atom| atom.shown.starts_with(sign));
    if !is_word(before) && !is_word(after) && !has('_') {
        "_"
    } else if before != Some('*') && after != Some('*') && !has('*') {
        "*"
    } else {
        ""
    }
}
