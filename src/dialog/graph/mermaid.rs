//! The picture in Mermaid, which many pages draw: <https://mermaid.js.org/syntax/flowchart.html>.

use std::fmt::Write as _;

use super::{At, Graph, Kind, StepBox};

/// A flowchart, one line for each box and each way.
pub fn mermaid(graph: &Graph) -> String {
    let mut out = String::from("flowchart TD\n");
    for (part, boxes) in graph.parts.iter().enumerate() {
        let name = if boxes.name.is_empty() { &graph.title } else { &boxes.name };
        _ = writeln!(out, "  subgraph p{part}[\"{}\"]", quoted(name));
        for (row, each) in boxes.boxes.iter().enumerate() {
            let (open, close) = form(each.kind);
            _ = writeln!(out, "    {}{open}\"{}\"{close}", node(At { part, row }), label(each));
        }
        out.push_str("  end\n");
    }
    for way in &graph.ways {
        let label = way.label.as_ref().map(|label| format!("|\"{}\"|", quoted(label))).unwrap_or_default();
        _ = writeln!(out, "  {} -->{label} {}", node(way.from), node(way.to));
    }
    out
}

fn node(at: At) -> String {
    format!("p{}s{}", at.part, at.row)
}

fn form(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Says => ("[", "]"),
        Kind::Asks => ("([", "])"),
        Kind::Chooses => ("{{", "}}"),
        Kind::Does => ("[[", "]]"),
        Kind::Ends => ("(((", ")))"),
    }
}

fn label(each: &StepBox) -> String {
    let when = each.when.as_ref().map(|when| format!("<br/>if {}", quoted(when))).unwrap_or_default();
    format!("{}{when}<br/>{}", quoted(&each.step), quoted(&each.words))
}

/// Everything that could end the label or be read as markup, as an entity of Mermaid.
fn quoted(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for letter in words.chars() {
        match letter {
            '"' | '#' | '<' | '>' | '&' | '`' | '\\' | '{' | '}' | '|' | ';' => {
                _ = write!(out, "#{};", u32::from(letter))
            }
            '\n' | '\r' => out.push(' '),
            _ => out.push(letter),
        }
    }
    out
}
