//! Telegram's HTML: a strict reader of the subset that a message may hold, with the platform's words for what is wrong.
//! Stricter than the platform in one point: a bare `&` is refused, because it is always a forgotten escape.

use serde_json::{Value, json};

/// What is left of a text when its markup has been read.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Formatted {
    /// Without tags, references decoded, trimmed as the platform trims.
    pub(crate) plain: String,
    /// In the order of their offsets.
    pub(crate) entities: Vec<Entity>,
}

/// A piece of a text that looks or acts different.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entity {
    /// The platform's name, such as `bold` or `text_link`.
    pub(crate) kind: &'static str,
    /// In UTF-16 units.
    pub(crate) offset: usize,
    /// In UTF-16 units.
    pub(crate) length: usize,
    /// Of `text_link` the address, of `pre` the language.
    pub(crate) detail: Option<String>,
}

impl Entity {
    /// As the platform writes it.
    pub(super) fn json(&self) -> Value {
        let mut entity = json!({"type": self.kind, "offset": self.offset, "length": self.length});
        if let Some(detail) = &self.detail {
            entity[if self.kind == "pre" { "language" } else { "url" }] = json!(detail);
        }
        entity
    }
}

/// UTF-16 units of a text, in which the platform counts.
pub(super) fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// A text that is no markup.
pub(super) fn plain(text: &str) -> Formatted {
    trimmed(text.to_owned(), Vec::new())
}

/// The error is what the platform says after "can't parse entities: ".
pub(super) fn read(source: &str) -> Result<Formatted, String> {
    let mut reader = Reader {
        source,
        at: 0,
        plain: String::with_capacity(source.len()),
        units: 0,
        open: Vec::new(),
        entities: Vec::new(),
    };
    while let Some(next) = reader.peek() {
        match next {
            b'<' if reader.rest().starts_with("</") => reader.end_tag()?,
            b'<' => reader.start_tag()?,
            b'&' => {
                let decoded = reader.reference()?;
                reader.push(decoded);
            }
            _ => {
                let run = reader.rest().find(['<', '&']).unwrap_or(reader.rest().len());
                let text = &source[reader.at..reader.at + run];
                reader.plain.push_str(text);
                reader.units += units(text);
                reader.at += run;
            }
        }
    }
    if let Some(open) = reader.open.last() {
        return Err(format!("Can't find end tag corresponding to start tag \"{}\"", open.name));
    }
    reader.entities.retain(|entity| entity.length > 0);
    reader.entities.sort_by(|a, b| (a.offset, b.length).cmp(&(b.offset, a.length)));
    Ok(trimmed(reader.plain, reader.entities))
}

fn trimmed(text: String, mut entities: Vec<Entity>) -> Formatted {
    if text.trim().len() == text.len() {
        return Formatted { plain: text, entities };
    }
    let lead = units(&text[..text.len() - text.trim_start().len()]);
    let plain = text.trim().to_owned();
    let total = units(&plain);
    for entity in &mut entities {
        let end = (entity.offset + entity.length).saturating_sub(lead).min(total);
        entity.offset = entity.offset.saturating_sub(lead).min(total);
        entity.length = end - entity.offset;
    }
    entities.retain(|entity| entity.length > 0);
    Formatted { plain, entities }
}

struct Open<'a> {
    name: &'a str,
    kind: &'static str,
    offset: usize,
    detail: Option<String>,
}

struct Reader<'a> {
    source: &'a str,
    at: usize,
    plain: String,
    units: usize,
    open: Vec<Open<'a>>,
    entities: Vec<Entity>,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.source[self.at..]
    }

    fn peek(&self) -> Option<u8> {
        self.source.as_bytes().get(self.at).copied()
    }

    fn push(&mut self, c: char) {
        self.plain.push(c);
        self.units += c.len_utf16();
    }

    fn skip_spaces(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn word(&mut self) -> &'a str {
        let rest = self.rest();
        let length = rest.find(|c: char| c.is_whitespace() || matches!(c, '>' | '=' | '/' | '<')).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    fn start_tag(&mut self) -> Result<(), String> {
        let begin = self.at;
        self.at += 1;
        let name = self.word();
        let Some(kind) = kind_of(name) else {
            return Err(format!("Unsupported start tag \"{name}\" at byte offset {begin}"));
        };
        let mut open = Open { name, kind, offset: self.units, detail: None };
        let mut is_spoiler = name != "span";
        loop {
            self.skip_spaces();
            match self.peek() {
                None => return Err(format!("Unclosed start tag at byte offset {begin}")),
                Some(b'>') => break,
                Some(_) => {}
            }
            let attribute = self.word();
            if attribute == "expandable" && name == "blockquote" {
                open.kind = "expandable_blockquote";
                continue;
            }
            let value = self.attribute_value(name, begin)?;
            match (name, attribute) {
                ("a", "href") => open.detail = Some(value),
                ("span", "class") => is_spoiler = value == "tg-spoiler",
                ("code", "class") => open.detail = value.strip_prefix("language-").map(str::to_owned),
                (_, _) => {
                    return Err(format!(
                        "Unexpected attribute \"{attribute}\" of the tag \"{name}\" at byte offset {begin}"
                    ));
                }
            }
        }
        if !is_spoiler {
            return Err(format!("Tag \"span\" must have class \"tg-spoiler\" at byte offset {begin}"));
        }
        self.at += 1;
        self.open.push(open);
        Ok(())
    }

    fn attribute_value(&mut self, tag: &str, begin: usize) -> Result<String, String> {
        self.skip_spaces();
        if self.peek() != Some(b'=') {
            return Err(format!(
                "Expected equal sign in declaration of an attribute of the tag \"{tag}\" at byte offset {begin}"
            ));
        }
        self.at += 1;
        self.skip_spaces();
        let Some(quote @ (b'"' | b'\'')) = self.peek() else {
            return Err(format!("Expected a quoted value of an attribute of the tag \"{tag}\" at byte offset {begin}"));
        };
        self.at += 1;
        let mut value = String::new();
        loop {
            match self.peek() {
                None => return Err(format!("Unclosed start tag at byte offset {begin}")),
                Some(next) if next == quote => break,
                Some(b'&') => value.push(self.reference()?),
                Some(_) => value.extend(self.rest().chars().next().inspect(|c| self.at += c.len_utf8())),
            }
        }
        self.at += 1;
        Ok(value)
    }

    fn end_tag(&mut self) -> Result<(), String> {
        let begin = self.at;
        self.at += 2;
        let found = self.word();
        self.skip_spaces();
        if self.peek() != Some(b'>') {
            return Err(format!("Unclosed end tag at byte offset {begin}"));
        }
        self.at += 1;
        let Some(open) = self.open.pop() else { return Err(format!("Unexpected end tag at byte offset {begin}")) };
        if found != open.name {
            let expected = open.name;
            return Err(format!(
                "Unmatched end tag at byte offset {begin}, expected \"</{expected}>\", found \"</{found}>\""
            ));
        }
        if let ("code", Some(outer)) = (open.name, self.open.last_mut())
            && outer.name == "pre"
        {
            outer.detail = open.detail;
            return Ok(());
        }
        let detail = open.detail.filter(|_| open.name != "code");
        if open.name == "a" && detail.is_none() {
            return Ok(());
        }
        let length = self.units - open.offset;
        self.entities.push(Entity { kind: open.kind, offset: open.offset, length, detail });
        Ok(())
    }

    fn reference(&mut self) -> Result<char, String> {
        let wrong = || format!("Unescaped \"&\" at byte offset {}", self.at);
        let (name, _) = self.rest()[1..].split_once(';').ok_or_else(wrong)?;
        let decoded = match name {
            "lt" => Some('<'),
            "gt" => Some('>'),
            "amp" => Some('&'),
            "quot" => Some('"'),
            number => number.strip_prefix('#').and_then(|number| {
                let hex = number.strip_prefix(['x', 'X']).and_then(|digits| u32::from_str_radix(digits, 16).ok());
                hex.or_else(|| number.parse().ok()).and_then(char::from_u32)
            }),
        };
        let decoded = decoded.ok_or_else(wrong)?;
        self.at += name.len() + 2;
        Ok(decoded)
    }
}

fn kind_of(tag: &str) -> Option<&'static str> {
    Some(match tag {
        "b" | "strong" => "bold",
        "i" | "em" => "italic",
        "u" | "ins" => "underline",
        "s" | "strike" | "del" => "strikethrough",
        "tg-spoiler" | "span" => "spoiler",
        "a" => "text_link",
        "code" => "code",
        "pre" => "pre",
        "blockquote" => "blockquote",
        _ => return None,
    })
}
