//! `mendwell screen`: one text a line on stdin, one JSON object a line on stdout.

use std::io::{BufRead, Read, Write, stdin, stdout};
use std::process::ExitCode;

use serde::Serialize;

use crate::app::exit::Failure;
use crate::app::{dialogs_dir, library};
use crate::config::Config;
use crate::domain::limits::INPUT_BYTES_MAX;
use crate::safety::screen::Screen;

/// What is printed of a line.
#[derive(Serialize)]
struct Line<'f> {
    class: &'f str,
    level: u8,
    why: &'f str,
}

pub(super) fn run(config: &Config) -> Result<ExitCode, Failure> {
    let screen = library::require_screen(dialogs_dir(config))?;
    match screen_lines(&screen, &mut stdin().lock(), &mut stdout().lock()) {
        // Whoever reads may close first, as with `| head`.
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure::io("cannot read or print")(error)),
        Ok(()) | Err(_) => Ok(ExitCode::SUCCESS),
    }
}

/// One object for every line, whatever its bytes; of a line over [`INPUT_BYTES_MAX`] the begin is read.
fn screen_lines(screen: &Screen, input: &mut dyn BufRead, out: &mut dyn Write) -> std::io::Result<()> {
    let mut line = Vec::new();
    let mut out = std::io::BufWriter::new(out);
    loop {
        line.clear();
        let limit = u64::try_from(INPUT_BYTES_MAX).unwrap_or(u64::MAX);
        input.take(limit).read_until(b'\n', &mut line)?;
        if line.is_empty() {
            return out.flush();
        }
        if line.last() != Some(&b'\n') {
            skip_line(input)?;
        }
        let text = String::from_utf8_lossy(&line);
        let found = screen.look(text.trim_end_matches(['\n', '\r']));
        let shown = Line { class: found.class_name(), level: found.level, why: &found.why };
        serde_json::to_writer(&mut out, &shown)?;
        out.write_all(b"\n")?;
        // Somebody who types waits for the answer to each line.
        out.flush()?;
    }
}

fn skip_line(input: &mut dyn BufRead) -> std::io::Result<()> {
    loop {
        let buffer = input.fill_buf()?;
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let used = end.map_or(buffer.len(), |end| end + 1);
        let is_over = end.is_some() || buffer.is_empty();
        input.consume(used);
        if is_over {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::screen_lines;
    use crate::domain::limits::INPUT_BYTES_MAX;
    use crate::safety::pack::PackFile;
    use crate::safety::screen::Screen;

    #[test]
    fn every_line_has_one_object_whatever_its_bytes() {
        let pack = "format = 1\nlang = \"en\"\n[[rule]]\nid = \"x\"\nclass = \"S2\"\nsay = \"bad\"\n";
        let file = PackFile { path: "safety/en.toml".to_owned(), text: pack.to_owned() };
        let screen = Screen::load(&[file]).expect("the pack is right");
        let mut input = b"bad\r\n\n\xff\xfe bad\n".to_vec();
        input.extend(vec![b'a'; INPUT_BYTES_MAX * 2 + 5]);
        input.extend(b"\nnothing\n\0\nbad");
        let mut out = Vec::new();
        screen_lines(&screen, &mut BufReader::new(input.as_slice()), &mut out).expect("memory takes everything");
        let text = String::from_utf8(out).expect("it is JSON");
        let classes: Vec<&str> = text.lines().filter_map(|line| line.split('"').nth(3)).collect();
        assert_eq!(classes, ["S2", "none", "S2", "none", "none", "none", "S2"]);
        assert!(text.starts_with("{\"class\":\"S2\",\"level\":2,\"why\":\"en.x\"}\n"), "{text}");
    }
}
