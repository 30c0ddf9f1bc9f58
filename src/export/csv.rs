//! `measures.csv`: one row a value, by RFC 4180. <https://www.rfc-editor.org/rfc/rfc4180>

use std::io::{self, Write};

use crate::export::Export;

/// Writes the measures: date, name, value.
///
/// # Errors
/// What the writer says.
pub fn write(export: &Export, to: &mut dyn Write) -> io::Result<()> {
    to.write_all(b"date,measure,value\r\n")?;
    for measured in &export.measures {
        for (name, value) in &measured.values {
            write!(to, "{},{},{value}\r\n", measured.date, cell(name))?;
        }
    }
    Ok(())
}

/// A text as a cell. One that a spreadsheet would take for a formula is made a text by an apostrophe in front.
/// <https://owasp.org/www-community/attacks/CSV_Injection>
fn cell(text: &str) -> String {
    let guard =
        if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) { "'" } else { "" };
    if text.contains(['"', ',', '\r', '\n']) {
        return format!("\"{guard}{}\"", text.replace('"', "\"\""));
    }
    format!("{guard}{text}")
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn a_cell_is_one_cell_and_no_formula() {
        for (text, wanted) in [
            ("mood", "mood"),
            ("a,b", "\"a,b\""),
            ("a\"b\r\nc", "\"a\"\"b\r\nc\""),
            ("=1+1", "'=1+1"),
            ("@SUM(A1,A2)", "\"'@SUM(A1,A2)\""),
            ("-1", "'-1"),
            ("\tx", "'\tx"),
        ] {
            assert_eq!(cell(text), wanted);
        }
    }
}
