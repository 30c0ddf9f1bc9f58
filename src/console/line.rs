//! Reading of typed lines within a limit, whatever the input holds.

use std::io;

use tokio::io::{AsyncBufRead, AsyncBufReadExt};

use crate::domain::limits::INPUT_BYTES_MAX;

/// One line of an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// A line without its end.
    Text(String),
    /// A line over [`INPUT_BYTES_MAX`]; it was read past and not kept.
    TooLong,
    /// A line that is not UTF-8.
    NotText,
    /// The input is over.
    End,
}

/// What is said to a line that is too long.
pub const TOO_LONG: &str = "That is more than I can take in at once. Please send it in smaller parts.";
/// What is said to a line that is not UTF-8.
pub const NOT_TEXT: &str = "I could not read that as text (UTF-8). Please send it again in another way.";

/// Reads the next line; of a line that is too long it keeps nothing.
///
/// # Errors
/// What the input says.
pub async fn next(input: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Line> {
    let mut line = Vec::new();
    let mut too_long = false;
    loop {
        let part = input.fill_buf().await?;
        if part.is_empty() {
            return Ok(if line.is_empty() && !too_long { Line::End } else { finish(line, too_long) });
        }
        let end = part.iter().position(|byte| *byte == b'\n');
        let length = end.unwrap_or(part.len());
        if line.len() + length > INPUT_BYTES_MAX {
            (line, too_long) = (Vec::new(), true);
        }
        if !too_long {
            line.extend(part.iter().take(length));
        }
        input.consume(end.map_or(length, |end| end + 1));
        if end.is_some() {
            return Ok(finish(line, too_long));
        }
    }
}

fn finish(mut line: Vec<u8>, too_long: bool) -> Line {
    if too_long {
        return Line::TooLong;
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    String::from_utf8(line).map_or(Line::NotText, Line::Text)
}

#[cfg(test)]
mod tests {
    use super::{INPUT_BYTES_MAX, Line, next};

    async fn lines(bytes: &[u8]) -> Vec<Line> {
        let mut input = tokio::io::BufReader::with_capacity(1000, bytes);
        let mut lines = Vec::new();
        loop {
            let line = next(&mut input).await.unwrap();
            if line == Line::End {
                return lines;
            }
            lines.push(line);
        }
    }

    #[tokio::test]
    async fn every_kind_of_line() {
        let text = |text: &str| Line::Text(text.into());
        assert_eq!(lines(b"a\r\n\n\xff\nlast").await, [text("a"), text(""), Line::NotText, text("last")]);
        assert_eq!(lines(b"").await, []);
        assert_eq!(lines(b"a\0b\x1b\n").await, [text("a\0b\x1b")]);
        let most = "x".repeat(INPUT_BYTES_MAX);
        assert_eq!(lines(format!("{most}\nb").as_bytes()).await, [text(&most), text("b")]);
        assert_eq!(lines(format!("{most}x{most}\nb").as_bytes()).await, [Line::TooLong, text("b")]);
        assert_eq!(lines(format!("{most}x").as_bytes()).await, [Line::TooLong]);
    }
}
