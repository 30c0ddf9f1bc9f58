//! The zip: as much of it as fits.

use std::io::{self, Cursor, Write};

use jiff::ZonedDateTime;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::export::{Export, csv, html, json, markdown};

/// The name of the file.
pub const NAME: &str = "mendwell-export.zip";

/// The zip and what it does without.
#[derive(Debug)]
pub struct Packed {
    /// The zip.
    pub bytes: Vec<u8>,
    /// How many of the files for reading, HTML first and Markdown second, were left out so that the rest fits.
    pub left_out: usize,
}

/// Why there is no zip.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// Even the data alone is larger than the limit.
    #[error("the export is too large")]
    TooLarge,
    /// The zip could not be put together: a fault of this program.
    #[error("the export could not be put together")]
    Failed,
}

type Render = fn(&Export, &mut dyn Write) -> io::Result<()>;

/// In the order in which they are left out when there is not enough room; the last two never are.
const FILES: &[(&str, Render)] = &[
    ("export.html", html::write),
    ("journal.md", markdown::write),
    ("measures.csv", csv::write),
    ("export.json", json::write),
];
const LEFT_OUT_MAX: usize = 2;

/// Puts the zip together, of at most this many bytes. What is for reading is left out before what is data.
///
/// # Errors
/// [`PackError::TooLarge`] when the data alone does not fit.
pub fn pack(export: &Export, bytes_max: usize) -> Result<Packed, PackError> {
    for left_out in 0..=LEFT_OUT_MAX {
        let files = FILES.get(left_out..).unwrap_or_default();
        let bytes = zip(export, files).map_err(|_| PackError::Failed)?;
        if bytes.len() <= bytes_max {
            return Ok(Packed { bytes, left_out });
        }
    }
    Err(PackError::TooLarge)
}

fn zip(export: &Export, files: &[(&str, Render)]) -> io::Result<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(time(&export.made_at))
        .unix_permissions(0o600);
    for (name, render) in files {
        zip.start_file(*name, options)?;
        let mut buffered = io::BufWriter::new(&mut zip);
        render(export, &mut buffered)?;
        buffered.flush()?;
    }
    Ok(zip.finish()?.into_inner())
}

/// The local time, which is what a zip knows.
fn time(at: &ZonedDateTime) -> DateTime {
    let (year, part) =
        (u16::try_from(at.year()).unwrap_or_default(), |part: i8| u8::try_from(part).unwrap_or_default());
    DateTime::from_date_and_time(
        year,
        part(at.month()),
        part(at.day()),
        part(at.hour()),
        part(at.minute()),
        part(at.second()),
    )
    .unwrap_or_default()
}
