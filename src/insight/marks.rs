//! The marks of a drawing: SVG elements, each written in one way only.

use std::fmt::Write as _;

/// Ink and ground. The ground is solid, so that it is the same on a light and a dark screen.
pub(super) const GROUND: &str = "#fbfaf6";
pub(super) const INK: &str = "#23262b";
pub(super) const MUTED: &str = "#5f656d";
pub(super) const GRID: &str = "#e2dfd6";
/// Blue, green and vermillion of Okabe and Ito, which people who see few colours can tell apart.
/// <https://jfly.uni-koeln.de/color/>
pub(super) const BLUE: &str = "#0072b2";
pub(super) const GREEN: &str = "#009e73";
pub(super) const VERMILLION: &str = "#d55e00";

/// Where a text begins.
#[derive(Clone, Copy)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A drawing in the making.
#[derive(Default)]
pub(super) struct Marks(String);

impl Marks {
    pub(super) fn into_svg(self, width: f64, height: f64, family: &str) -> String {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height:.0}\" font-family=\"{family}\">\
             <rect width=\"100%\" height=\"100%\" fill=\"{GROUND}\"/>{}</svg>",
            self.0
        )
    }

    pub(super) fn heading(&mut self, x: f64, y: f64, size: f64, words: &str) {
        self.words(x, y, size, INK, " font-weight=\"600\"", Anchor::Start, words);
    }

    pub(super) fn note(&mut self, x: f64, y: f64, anchor: Anchor, words: &str) {
        self.words(x, y, 11.0, MUTED, "", anchor, words);
    }

    pub(super) fn text(&mut self, x: f64, y: f64, anchor: Anchor, words: &str) {
        self.words(x, y, 12.0, INK, "", anchor, words);
    }

    pub(super) fn rule(&mut self, x: f64, y: f64, to: f64) {
        let _ = write!(self.0, "<path d=\"M{x:.1} {y:.1}H{to:.1}\" stroke=\"{GRID}\"/>");
    }

    pub(super) fn dot(&mut self, x: f64, y: f64, radius: f64, colour: &str, opacity: f64) {
        let _ = write!(
            self.0,
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius}\" fill=\"{colour}\" fill-opacity=\"{opacity}\"/>"
        );
    }

    pub(super) fn ring(&mut self, x: f64, y: f64, radius: f64, colour: &str) {
        let _ = write!(
            self.0,
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.2\"/>"
        );
    }

    pub(super) fn block(&mut self, x: f64, y: f64, width: f64, height: f64, colour: &str, opacity: f64) {
        let _ = write!(
            self.0,
            "<rect x=\"{x:.2}\" y=\"{y:.2}\" width=\"{width:.2}\" height=\"{height:.2}\" fill=\"{colour}\" \
             fill-opacity=\"{opacity}\"/>"
        );
    }

    pub(super) fn frame(&mut self, x: f64, y: f64, width: f64, height: f64, colour: &str) {
        let _ = write!(
            self.0,
            "<rect x=\"{x:.2}\" y=\"{y:.2}\" width=\"{width:.2}\" height=\"{height:.2}\" fill=\"none\" \
             stroke=\"{colour}\" stroke-width=\"1.2\"/>"
        );
    }

    pub(super) fn line(&mut self, points: &[(f64, f64)], colour: &str) {
        let d = path(points);
        let _ = write!(
            self.0,
            "<path d=\"{d}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2.4\" stroke-linecap=\"round\" \
             stroke-linejoin=\"round\"/>"
        );
    }

    pub(super) fn area(&mut self, points: &[(f64, f64)], colour: &str) {
        let d = path(points);
        let _ = write!(self.0, "<path d=\"{d}Z\" fill=\"{colour}\" fill-opacity=\"0.14\"/>");
    }

    #[expect(clippy::too_many_arguments, reason = "every text of the drawing goes through here, with all that it has")]
    fn words(&mut self, x: f64, y: f64, size: f64, colour: &str, more: &str, anchor: Anchor, words: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let _ = write!(
            self.0,
            "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size}\" fill=\"{colour}\" text-anchor=\"{anchor}\"{more}>{}</text>",
            escaped(words)
        );
    }
}

fn path(points: &[(f64, f64)]) -> String {
    let mut d = String::new();
    for (index, (x, y)) in points.iter().enumerate() {
        let _ = write!(d, "{}{x:.1} {y:.1}", if index == 0 { 'M' } else { 'L' });
    }
    d
}

/// Names come from dialog files, which any host may edit.
fn escaped(words: &str) -> String {
    let allowed = words.chars().filter(|letter| !letter.is_control());
    allowed.collect::<String>().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
