//! Reads `multipart/form-data`, in which files arrive.

use std::sync::Arc;

use super::find;

/// A file that a request carried.
#[derive(Clone, Debug)]
pub(crate) struct FilePart {
    /// The part's name; the file field itself, or what `attach://NAME` says in it.
    pub(crate) field: String,
    /// As the client named it.
    pub(crate) name: String,
    /// Its content.
    pub(crate) bytes: Arc<[u8]>,
}

/// A form: its plain fields and its files, in their order.
#[derive(Default)]
pub(crate) struct Form {
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) files: Vec<FilePart>,
}

/// None when it is no such form.
pub(crate) fn read(content_type: &str, body: &[u8]) -> Option<Form> {
    let boundary = content_type.split(';').find_map(|part| part.trim().strip_prefix("boundary="))?;
    let delimiter = format!("\r\n--{}", boundary.trim_matches('"'));
    let mut rest = body.strip_prefix(&delimiter.as_bytes()[2..])?;
    let mut form = Form::default();
    while !rest.starts_with(b"--") {
        let rest_of_part = rest.strip_prefix(b"\r\n")?;
        let head_end = find(rest_of_part, b"\r\n\r\n")?;
        let content = &rest_of_part[head_end + 4..];
        let content_end = find(content, delimiter.as_bytes())?;
        let head = std::str::from_utf8(&rest_of_part[..head_end]).ok()?;
        let content = (&content[..content_end], &content[content_end + delimiter.len()..]);
        let disposition =
            head.split("\r\n").find(|line| line.to_ascii_lowercase().starts_with("content-disposition:"))?;
        let field = parameter(disposition, "name")?;
        match parameter(disposition, "filename") {
            Some(name) => form.files.push(FilePart { field, name, bytes: content.0.into() }),
            None => form.fields.push((field, String::from_utf8(content.0.to_vec()).ok()?)),
        }
        rest = content.1;
    }
    Some(form)
}

/// `name="x"`, or `name*=utf-8''x` with percent signs.
fn parameter(disposition: &str, name: &str) -> Option<String> {
    for part in disposition.split(';').skip(1) {
        let Some((key, value)) = part.trim().split_once('=') else { continue };
        if key == name {
            return Some(value.trim_matches('"').replace("%22", "\""));
        }
        if key.strip_suffix('*') == Some(name) {
            return percent_decoded(value.split("''").nth(1)?);
        }
    }
    None
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        if *first == b'%' {
            let digits = tail.get(..2).and_then(|digits| std::str::from_utf8(digits).ok())?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &tail[2..];
        } else {
            bytes.push(*first);
        }
    }
    String::from_utf8(bytes).ok()
}
