//! The picture as SVG. Every part is a column of boxes that begins beside the step which opens it, in the first column
//! to the right with room; no box covers another.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{At, Graph, Kind, StepBox, shortened};

/// Width of a box, in pixels, as all lengths here.
const WIDTH: usize = 264;
const HEIGHT: usize = 86;
const COLUMN: usize = WIDTH + 116;
const ROW: usize = HEIGHT + 44;
const EDGE: usize = 48;
/// From a box to where a way to another column turns.
const TURN: usize = 24;
/// From such a way down to the boxes under it; its label stands between.
const LANE: usize = 38;
/// Characters on a line of a box; four lines fit.
const LINE_CHARS: usize = 36;
const LINES_MAX: usize = 4;
const LINE_HEIGHT: usize = 18;
/// Characters of a way's label.
const LABEL_CHARS: usize = 30;

/// A picture of its own, with no script and nothing from elsewhere.
pub fn svg(graph: &Graph) -> String {
    let cells = cells(graph);
    let all = || cells.iter().flatten();
    let width = all().map(|cell| cell.0).max().unwrap_or(0) * COLUMN + WIDTH + 2 * EDGE;
    let height = all().map(|cell| cell.1).max().unwrap_or(0) * ROW + HEIGHT + 2 * EDGE;
    let title = escaped(&format!("{}: {}", graph.dialog, graph.title));
    let mut out = String::new();
    _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" font-family=\"sans-serif\" font-size=\"13\" role=\"img\">\n<title>{title}</title>\n\
         <defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" \
         orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" fill=\"#555\"/></marker></defs>\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n"
    );
    let place = |at: At| cells.get(at.part).and_then(|rows| rows.get(at.row)).copied().unwrap_or_default();
    for way in &graph.ways {
        line(&mut out, place(way.from), place(way.to), way.label.as_deref());
    }
    for (part, boxes) in graph.parts.iter().enumerate() {
        for (row, each) in boxes.boxes.iter().enumerate() {
            let name = (row == 0).then_some(boxes.name.as_str());
            draw(&mut out, place(At { part, row }), each, name);
        }
    }
    out.push_str("</svg>\n");
    out
}

/// Column and row.
type Cell = (usize, usize);

fn cells(graph: &Graph) -> Vec<Vec<Cell>> {
    let mut taken = BTreeSet::new();
    let mut cells: Vec<Vec<Cell>> = Vec::with_capacity(graph.parts.len());
    for (part, boxes) in graph.parts.iter().enumerate() {
        let opener = graph.ways.iter().find(|way| way.to.part == part && way.from.part < part).map(|way| way.from);
        let beside = opener.and_then(|from| cells.get(from.part)?.get(from.row).copied());
        let (mut column, row) = beside.map_or((0, 0), |(column, row)| (column + 1, row));
        let rows = row..row + boxes.boxes.len();
        while rows.clone().any(|row| taken.contains(&(column, row))) {
            column += 1;
        }
        let own: Vec<Cell> = rows.map(|row| (column, row)).collect();
        taken.extend(own.iter().copied());
        cells.push(own);
    }
    cells
}

fn corner((column, row): Cell) -> (usize, usize) {
    (EDGE + column * COLUMN, EDGE + row * ROW)
}

/// Straight down in a column; to another one through the gaps between the boxes.
fn line(out: &mut String, from: Cell, to: Cell, label: Option<&str>) {
    let ((from_x, from_y), (to_x, to_y)) = (corner(from), corner(to));
    let path = if from.0 == to.0 {
        format!("M{0} {1}V{to_y}", from_x + WIDTH / 2, from_y + HEIGHT)
    } else {
        let (gap, lane) = (from_x + WIDTH + TURN, to_y.saturating_sub(LANE));
        format!("M{} {}H{gap}V{lane}H{}V{to_y}", from_x + WIDTH, from_y + HEIGHT / 2, to_x + WIDTH - TURN)
    };
    _ = writeln!(out, "<path d=\"{path}\" fill=\"none\" stroke=\"#555\" marker-end=\"url(#tip)\"/>");
    if let Some(label) = label {
        let words = escaped(&shortened(label, LABEL_CHARS));
        let (x, y) = (to_x, to_y.saturating_sub(20));
        _ = writeln!(out, "<text x=\"{x}\" y=\"{y}\" font-size=\"11\" fill=\"#333\">{words}</text>");
    }
}

fn draw(out: &mut String, cell: Cell, each: &StepBox, part: Option<&str>) {
    let (x, y) = corner(cell);
    let (fill, round) = match each.kind {
        Kind::Says => ("#f4f1ea", 4),
        Kind::Asks => ("#dbe9f6", 24),
        Kind::Chooses => ("#fbe8c8", 4),
        Kind::Does => ("#e3efdd", 4),
        Kind::Ends => ("#dddddd", 24),
    };
    _ = writeln!(
        out,
        "<rect class=\"step\" x=\"{x}\" y=\"{y}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" rx=\"{round}\" \
         fill=\"{fill}\" stroke=\"#555\"/>"
    );
    if let Some(part) = part.filter(|part| !part.is_empty()) {
        let above = y.saturating_sub(6);
        _ = writeln!(out, "<text x=\"{x}\" y=\"{above}\" font-size=\"11\" fill=\"#777\">part {}</text>", escaped(part));
    }
    for (index, (words, weight)) in lines(each).into_iter().enumerate() {
        let (x, y) = (x + 12, y + 21 + index * LINE_HEIGHT);
        _ = writeln!(
            out,
            "<text x=\"{x}\" y=\"{y}\" font-weight=\"{weight}\" fill=\"#222\">{}</text>",
            escaped(&words)
        );
    }
}

fn lines(each: &StepBox) -> Vec<(String, &'static str)> {
    let mut lines = vec![(shortened(&each.step, LINE_CHARS), "bold")];
    lines.extend(each.when.iter().map(|when| (shortened(&format!("if {when}"), LINE_CHARS), "normal")));
    let left = LINES_MAX - lines.len();
    lines.extend(wrapped(&each.words, left).into_iter().map(|line| (line, "normal")));
    lines
}

/// In so many lines at most; the last takes what it can of the rest.
fn wrapped(words: &str, lines_max: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut rest = words.split_whitespace().peekable();
    while rest.peek().is_some() && lines.len() + 1 < lines_max {
        let mut line = String::new();
        while let Some(word) = rest.peek() {
            if !line.is_empty() && line.chars().count() + word.chars().count() >= LINE_CHARS {
                break;
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
            rest.next();
        }
        lines.push(shortened(&line, LINE_CHARS));
    }
    let last = rest.collect::<Vec<_>>().join(" ");
    if !last.is_empty() {
        lines.push(shortened(&last, LINE_CHARS));
    }
    lines
}

fn escaped(words: &str) -> String {
    words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
