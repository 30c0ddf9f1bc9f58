//! The part of a transcript that a person wrote: what is typed, pressed and waited for.

use jiff::SignedDuration;

use crate::console::wait;

/// A transcript without what the dialog did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script {
    /// Comments before the first line.
    pub before: Vec<String>,
    /// The first line.
    pub head: String,
    /// The script.
    pub entries: Vec<Entry>,
}

/// One line of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Something typed; may have several lines.
    You(String),
    /// A press of a choice of the open question, by its label.
    Tap(String),
    /// A press of a choice of an older message, by its label.
    OldTap(String),
    /// Time passes.
    Time(SignedDuration),
    /// The paced exercise runs to its end.
    Beats,
    /// The session is stored and loaded again.
    Kill,
    /// A remark, with its `#`.
    Comment(String),
}

/// Width of the word that begins a line, and of the indent of the lines that go on.
pub const MARGIN: usize = 5;

/// Reads a transcript. Lines of the dialog are passed over.
pub fn parse(text: &str) -> Script {
    let mut script = Script::default();
    // Whether the line before was typed by the person, so that an indented line goes on with it.
    let mut typing = false;
    for line in text.lines() {
        let line = line.trim_end();
        if script.head.is_empty() {
            match line {
                "" => {}
                _ if line.starts_with('#') => script.before.push(line.to_owned()),
                _ => script.head = line.to_owned(),
            }
            continue;
        }
        if let (true, Some(Entry::You(said)), Some(more)) = (typing, script.entries.last_mut(), continued(line)) {
            said.push('\n');
            said.push_str(more);
            continue;
        }
        let entry = entry(line);
        typing = matches!(entry, Some(Entry::You(_)));
        script.entries.extend(entry);
    }
    script
}

/// The line of an entry, as [`parse`] reads it.
pub fn written(entry: &Entry) -> String {
    match entry {
        Entry::You(text) => lines("you", text),
        Entry::Tap(label) => lines("tap", label),
        Entry::OldTap(label) => lines("tap!", label),
        Entry::Time(wait) => lines("time", &wait::written(*wait)),
        Entry::Beats => "beats\n".into(),
        Entry::Kill => "kill\n".into(),
        Entry::Comment(text) => format!("{text}\n"),
    }
}

/// A word and a text; further lines of the text are indented.
pub fn lines(word: &str, text: &str) -> String {
    let mut out = String::new();
    for (index, line) in text.split('\n').enumerate() {
        let word = if index == 0 { word } else { "" };
        let whole = format!("{word:MARGIN$}{line}");
        out.push_str(whole.trim_end());
        out.push('\n');
    }
    out
}

fn entry(line: &str) -> Option<Entry> {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    let rest = rest.trim_start();
    match word {
        "you" => Some(Entry::You(rest.to_owned())),
        "tap" => Some(Entry::Tap(rest.to_owned())),
        "tap!" => Some(Entry::OldTap(rest.to_owned())),
        "time" => wait::duration(rest.split('#').next().unwrap_or_default()).map(Entry::Time),
        "beats" => Some(Entry::Beats),
        "kill" => Some(Entry::Kill),
        _ if line.starts_with('#') => Some(Entry::Comment(line.to_owned())),
        _ => None,
    }
}

fn continued(line: &str) -> Option<&str> {
    line.strip_prefix(&" ".repeat(MARGIN)).or_else(|| line.is_empty().then_some(""))
}

#[cfg(test)]
mod tests {
    use super::{Entry, parse, written};

    #[test]
    fn a_script_comes_back_from_its_own_lines() {
        let entries = vec![
            Entry::You("two\n\nlines".into()),
            Entry::Tap("Yes, let's".into()),
            Entry::Comment("# why".into()),
            Entry::OldTap("8".into()),
            Entry::Time(jiff::SignedDuration::from_mins(50)),
            Entry::Beats,
            Entry::Kill,
            Entry::You("/back".into()),
            Entry::You(String::new()),
        ];
        let mut text = String::from("# about\ndialog x\nbot  hello\n     you  there\n\n     more\n");
        text.extend(entries.iter().map(written));
        text.push_str("bot? what?   [Done]\nend finished\n");
        let script = parse(&text);
        assert_eq!(script.before, ["# about"]);
        assert_eq!(script.head, "dialog x");
        assert_eq!(script.entries, entries);
    }
}
