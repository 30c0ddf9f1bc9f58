//! A strict reader of Discord's Markdown: what it does not know for certain is an error.

/// A visible character, and whether it is bold, italic, and of a link.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Shown {
    pub(crate) c: char,
    pub(crate) bold: bool,
    pub(crate) italic: bool,
    pub(crate) link: bool,
}

/// What has been read of some Markdown.
#[derive(Default)]
struct Reader {
    shown: Vec<Shown>,
    bold: bool,
    italic: Option<char>,
    /// What stands on this line as Discord sees it, without marks.
    line: String,
}

/// Reads Markdown of which only `**`, `*`, `_`, escapes and addresses in angle brackets are known; says what is wrong with
/// anything else that Discord would make something of.
pub(crate) fn read_markdown(content: &str) -> Result<Vec<Shown>, String> {
    let mut reader = Reader::default();
    let mut rest = content;
    while let Some(c) = rest.chars().next() {
        let len = reader.one(c, rest, content.len() - rest.len(), content)?;
        rest = &rest[len..];
    }
    reader.line_end()?;
    Ok(reader.shown)
}

impl Reader {
    /// Reads what begins here; how many bytes it is.
    fn one(&mut self, c: char, rest: &str, at: usize, content: &str) -> Result<usize, String> {
        let before = content[..at].chars().next_back();
        match c {
            '\\' => {
                let escaped = rest[1..].chars().next().filter(char::is_ascii_punctuation).ok_or("a bare backslash")?;
                self.line.push('\\');
                self.push(escaped, false);
                return Ok(2);
            }
            '<' => {
                let (inside, _) = rest[1..].split_once('>').ok_or("a bare <")?;
                let is_link = inside.starts_with("https://") || inside.starts_with("http://");
                if !is_link || inside.contains(|c: char| c.is_whitespace() || c == '<') {
                    return Err(format!("<{inside}>"));
                }
                inside.chars().for_each(|c| self.push(c, true));
                return Ok(inside.len() + 2);
            }
            '*' | '_' => return self.mark(c, rest, before),
            '`' | '~' | '|' | '[' | ']' | '@' => return Err(format!("a bare {c}")),
            ':' if is_emoji_or_scheme(&rest[1..]) => {
                return Err(format!("{:?}", rest.chars().take(9).collect::<String>()));
            }
            '\n' => {
                self.line_end()?;
                self.shown.push(Shown { c, bold: false, italic: false, link: false });
                return Ok(1);
            }
            c => self.push(c, false),
        }
        Ok(c.len_utf8())
    }

    fn mark(&mut self, c: char, rest: &str, before: Option<char>) -> Result<usize, String> {
        let is_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        let count = rest.chars().take_while(|other| *other == c).count();
        let after = rest[count..].chars().next();
        match (c, count) {
            ('*', 2) if self.italic.is_none() => {
                self.bold = !self.bold;
                let beside = if self.bold { after } else { before };
                if beside.is_none_or(char::is_whitespace) {
                    return Err("strong beside nothing".to_owned());
                }
            }
            (_, 1) => {
                let is_opening = self.italic.is_none();
                let (inner, outer) = if is_opening { (after, before) } else { (before, after) };
                if inner.is_none_or(char::is_whitespace) || (c == '_' && is_word(outer)) {
                    return Err(format!("{c} between {before:?} and {after:?}"));
                }
                match self.italic.take() {
                    None => self.italic = Some(c),
                    Some(open) if open == c => {}
                    Some(open) => return Err(format!("{open} is closed by {c}")),
                }
            }
            _ => return Err(format!("{count} of {c}")),
        }
        Ok(count)
    }

    fn push(&mut self, c: char, link: bool) {
        self.line.push(c);
        self.shown.push(Shown { c, bold: self.bold, italic: self.italic.is_some(), link });
    }

    /// No mark stays open, and the line is no block: its marks count from its first character, styled or not.
    fn line_end(&mut self) -> Result<(), String> {
        let line = std::mem::take(&mut self.line);
        let start = line.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        let after_digits = start.trim_start_matches(|c: char| c.is_ascii_digit());
        let is_number = after_digits.len() < start.len() && after_digits.starts_with(['.', ')']);
        if start.starts_with(['#', '-', '+', '>']) || is_number {
            return Err(format!("a block: {:?}", start.chars().take(9).collect::<String>()));
        }
        if self.bold || self.italic.is_some() { Err("a style stays open".to_owned()) } else { Ok(()) }
    }
}

fn is_emoji_or_scheme(after: &str) -> bool {
    let name = after.split(':').next().unwrap_or_default();
    let is_emoji = name.len() < after.len() && !name.is_empty();
    after.starts_with("//") || (is_emoji && !name.contains(char::is_whitespace))
}
