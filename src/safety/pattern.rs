//! The small language of a pack's patterns, word by word:
//!
//! ```text
//! die            this word              (a b | c)   either
//! <want>         a slot of the pack     x?          there or not
//! ..3            up to three words, none of them a negation or the like (the pack's `block`)
//! #10-17         a number               ^  $        begin and end of a sentence, as if they were words
//! ```

/// One pattern, as a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    /// This word.
    Word(String),
    /// A slot, by name.
    Slot(String),
    /// A number in this range, both ends included.
    Number(u16, u16),
    /// Up to so many words.
    Gap(u8),
    /// The begin of a sentence.
    Start,
    /// The end of a sentence.
    End,
    /// One after the other.
    Seq(Vec<Node>),
    /// One of them.
    Alt(Vec<Node>),
    /// There or not.
    Opt(Box<Node>),
}

/// What is wrong with a pattern, and where in it, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Bytes from the pattern's start.
    pub(crate) at: usize,
    /// One sentence.
    pub(crate) what: String,
}

/// The most words of a gap.
const GAP_MAX: u8 = 8;
/// Brackets inside each other.
const DEPTH_MAX: usize = 12;

/// Reads a pattern.
///
/// # Errors
/// The first thing that is wrong with it.
pub(crate) fn parse(text: &str) -> Result<Node, Fault> {
    let mut reader = Reader { text, at: 0 };
    let node = reader.alternatives(0)?;
    if reader.at < text.len() {
        return Err(reader.fault("`)` without its `(`"));
    }
    Ok(node)
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    fn fault(&self, what: impl Into<String>) -> Fault {
        Fault { at: self.at, what: what.into() }
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn alternatives(&mut self, depth: usize) -> Result<Node, Fault> {
        if depth > DEPTH_MAX {
            return Err(self.fault("too many brackets inside each other"));
        }
        let mut all = vec![self.sequence(depth)?];
        while self.rest().starts_with('|') {
            self.at += 1;
            all.push(self.sequence(depth)?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Node::Alt(all) })
    }

    fn sequence(&mut self, depth: usize) -> Result<Node, Fault> {
        let mut all = Vec::new();
        loop {
            self.at += self.rest().len() - self.rest().trim_start().len();
            if self.rest().is_empty() || self.rest().starts_with(['|', ')']) {
                break;
            }
            let node = self.one(depth)?;
            if self.rest().starts_with('?') {
                self.at += 1;
                all.push(Node::Opt(Box::new(node)));
            } else {
                all.push(node);
            }
        }
        if all.is_empty() {
            return Err(self.fault("a word is missing here"));
        }
        Ok(Node::Seq(all))
    }

    fn one(&mut self, depth: usize) -> Result<Node, Fault> {
        let rest = self.rest();
        if rest.starts_with('(') {
            self.at += 1;
            let node = self.alternatives(depth + 1)?;
            if !self.rest().starts_with(')') {
                return Err(self.fault("`(` without its `)`"));
            }
            self.at += 1;
            return Ok(node);
        }
        if let Some(inside) = rest.strip_prefix('<') {
            let name = inside.split('>').next().unwrap_or("");
            if name.len() == inside.len() {
                return Err(self.fault("`<` without its `>`"));
            }
            self.at += name.len() + 2;
            return Ok(Node::Slot(name.to_owned()));
        }
        let word = rest.split(|c: char| c.is_whitespace() || "()|?<>".contains(c)).next().unwrap_or("");
        let node = match word {
            "" => return Err(self.fault(format!("`{}` has no meaning here", rest.chars().next().unwrap_or(' ')))),
            "^" => Node::Start,
            "$" => Node::End,
            _ if word.starts_with('#') => self.number(word)?,
            _ if word.starts_with("..") => match word[2..].parse() {
                Ok(most @ 1..=GAP_MAX) => Node::Gap(most),
                _ => return Err(self.fault(format!("a gap is `..1` to `..{GAP_MAX}`"))),
            },
            _ => Node::Word(word.to_owned()),
        };
        self.at += word.len();
        Ok(node)
    }

    fn number(&self, word: &str) -> Result<Node, Fault> {
        let range = word[1..].split_once('-').and_then(|(low, high)| Some((low.parse().ok()?, high.parse().ok()?)));
        match range {
            Some((low, high)) if low <= high => Ok(Node::Number(low, high)),
            _ => Err(self.fault("a number is `#10-17`")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Node, parse};

    #[test]
    fn patterns_read_as_they_look() {
        let word = |text: &str| Node::Word(text.to_owned());
        let wanted = Node::Seq(vec![
            Node::Opt(Box::new(Node::Slot("i".to_owned()))),
            Node::Alt(vec![Node::Seq(vec![word("want"), word("to")]), Node::Seq(vec![word("wish")])]),
            Node::Gap(2),
            Node::Number(10, 17),
            Node::End,
        ]);
        assert_eq!(parse("<i>? (want to|wish) ..2 #10-17 $"), Ok(wanted));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        for (text, at) in
            [("a (b", 4), ("a)", 1), ("", 0), ("a ..9", 2), ("#7", 0), ("<a", 0), ("(a|)", 3), ("a ? b", 2)]
        {
            assert_eq!(parse(text).map_err(|fault| fault.at), Err(at), "{text}");
        }
    }
}
