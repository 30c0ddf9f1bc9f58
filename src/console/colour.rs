//! A view as a person at a terminal sees it: wrapped to the width, indented, with colours where they are wanted.

use anstyle::{AnsiColor, Style};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::console::page::Change;
use crate::console::render::{self, Pick};
use crate::console::text::{self, Span, Weight};
use crate::domain::message::{ChoiceRole, RichText, View, ViewKind};

/// How output looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Columns of the terminal.
    pub width: usize,
    /// Whether colours and weights are used.
    pub colour: bool,
}

const INDENT: usize = 2;
/// Lines longer than this are hard to read, however wide the window is.
const LINE_MAX: usize = 88;
const DIM: Style = Style::new().dimmed();
const NUMBER: Style = AnsiColor::Cyan.on_default().bold();
const TICK: Style = AnsiColor::Green.on_default();

/// A view in full, or the part of it that changed; every line ends with a newline.
pub fn view(view: &View, change: Change, look: Look) -> String {
    let mut out = String::new();
    if change.body {
        out.push_str(&paragraphs(&text::spans(&view.body), look));
    }
    if change.choices && !view.choices.is_empty() && !matches!(view.kind, ViewKind::Beat(_)) {
        out.push_str(&choices(&render::picks(view), look));
    }
    if !out.is_empty() && view.kind == ViewKind::Say {
        out.push('\n');
    }
    out
}

/// The choices of a beat, which are shown once and not with each beat.
pub fn ways_out(view: &View, look: Look) -> String {
    if view.choices.is_empty() { String::new() } else { choices(&render::picks(view), look) }
}

/// A beat on one line with the seconds that are left, without a newline; none when it does not fit on one.
pub fn beat(view: &View, seconds: u32, look: Look) -> Option<String> {
    let body = render::body(view);
    let fits = !body.contains('\n') && body.width() + INDENT + 8 < look.width;
    fits.then(|| format!("{}{body}  {}", " ".repeat(INDENT), styled(DIM, &format!("{seconds}"), look)))
}

/// A short line of the chat itself, dim.
pub fn aside(text: &str, look: Look) -> String {
    let spans = [Span { text: text.to_owned(), weight: Weight::Plain }];
    paragraphs(&spans, look).lines().map(|line| styled(DIM, line, look) + "\n").collect()
}

/// A short answer to a press that changed nothing.
pub fn note(text: &RichText, look: Look) -> String {
    aside(&text::plain(text), look)
}

fn styled(style: Style, text: &str, look: Look) -> String {
    if look.colour && !text.is_empty() { format!("{style}{text}{style:#}") } else { text.to_owned() }
}

fn columns(look: Look) -> usize {
    look.width.min(LINE_MAX).saturating_sub(INDENT + 1).max(16)
}

/// All choices on one line when they are short enough, else one on each line; values of a scale that have no words
/// of their own share a line.
fn choices(picks: &[Pick], look: Look) -> String {
    let indent = " ".repeat(INDENT);
    let is_bare = |pick: &Pick| matches!(pick.role, ChoiceRole::Scale(_)) && pick.label == pick.typed;
    let one = |pick: &Pick| {
        if is_bare(pick) {
            return (pick.typed.width(), styled(NUMBER, &pick.typed, look));
        }
        let tick = if pick.ticked { "✓ " } else { "" };
        let typed = if pick.typed.is_empty() { "/skip" } else { &pick.typed };
        let width = typed.width() + 1 + tick.width() + pick.label.width();
        (width, format!("{} {}{}", styled(NUMBER, typed, look), styled(TICK, tick, look), pick.label))
    };
    let shown: Vec<(usize, String)> = picks.iter().map(one).collect();
    let total: usize = shown.iter().map(|(width, _)| width + 3).sum();
    if total <= columns(look) {
        let line = shown.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join("   ");
        return format!("{indent}{indent}{line}\n");
    }
    let (mut out, mut after_bare) = (String::new(), false);
    for (pick, (_, text)) in picks.iter().zip(shown) {
        if out.is_empty() {
            out.push_str(&format!("{indent}{indent}"));
        } else if after_bare && is_bare(pick) {
            out.push_str("   ");
        } else {
            out.push_str(&format!("\n{indent}{indent}"));
        }
        out.push_str(&text);
        after_bare = is_bare(pick);
    }
    out + "\n"
}

fn paragraphs(spans: &[Span], look: Look) -> String {
    let mut out = String::new();
    let mut line = Line::default();
    let mut word = Line::default();
    let columns = columns(look);
    let clusters = spans.iter().flat_map(|span| span.text.graphemes(true).map(|cluster| (cluster, span.weight)));
    for (cluster, weight) in clusters {
        match cluster {
            "\n" => {
                line.take(&mut word, columns, &mut out, look);
                line.flush(&mut out, look);
            }
            " " => {
                line.take(&mut word, columns, &mut out, look);
                line.gap += 1;
            }
            _ => {
                if word.width + cluster.width() > columns {
                    line.take(&mut word, columns, &mut out, look);
                }
                word.push(cluster, weight);
            }
        }
    }
    line.take(&mut word, columns, &mut out, look);
    if line.width > 0 {
        line.flush(&mut out, look);
    }
    out.truncate(out.trim_end().len());
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

/// A line in the making: clusters with their weight.
#[derive(Default)]
struct Line {
    parts: Vec<(String, Weight)>,
    width: usize,
    gap: usize,
}

impl Line {
    fn push(&mut self, cluster: &str, weight: Weight) {
        self.width += cluster.width();
        match self.parts.last_mut() {
            Some((text, last)) if *last == weight => text.push_str(cluster),
            _ => self.parts.push((cluster.to_owned(), weight)),
        }
    }

    /// Moves a finished word here, on a new line when it does not fit.
    fn take(&mut self, word: &mut Self, columns: usize, out: &mut String, look: Look) {
        if word.parts.is_empty() {
            return;
        }
        if self.width > 0 && self.width + self.gap + word.width > columns {
            self.flush(out, look);
        }
        let next = word.parts.first().map(|(_, weight)| *weight);
        let weight = self.parts.last().map(|(_, weight)| *weight).filter(|last| Some(*last) == next);
        let weight = weight.unwrap_or(Weight::Plain);
        for _ in 0..std::mem::take(&mut self.gap) {
            self.push(" ", weight);
        }
        for (text, weight) in word.parts.drain(..) {
            self.push(&text, weight);
        }
        word.width = 0;
    }

    fn flush(&mut self, out: &mut String, look: Look) {
        if !self.parts.is_empty() {
            out.push_str(&" ".repeat(INDENT));
        }
        for (text, weight) in self.parts.drain(..) {
            let style = match weight {
                Weight::Plain => Style::new(),
                Weight::Emphasis => Style::new().italic(),
                Weight::Strong => Style::new().bold(),
            };
            out.push_str(&styled(style, &text, look));
        }
        out.push('\n');
        (self.width, self.gap) = (0, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::{Look, aside, view};
    use crate::console::page::Change;
    use crate::domain::message::{Choice, ChoiceRole, Piece, RichText, View, ViewKind};

    const WHOLE: Change = Change { body: true, choices: true };

    fn say(text: &str, look: Look) -> String {
        view(&View::say(RichText::author(text)), WHOLE, look)
    }

    #[test]
    fn words_wrap_at_the_width_with_an_indent() {
        let look = Look { width: 24, colour: false };
        assert_eq!(say("one two three four five six", look), "  one two three four\n  five six\n\n");
        assert_eq!(say("a\n\nb", look), "  a\n\n  b\n\n");
        assert_eq!(say("", look), "");
        let long = say(&"x".repeat(50), look);
        assert!(long.lines().all(|line| line.len() <= 24), "{long}");
        assert_eq!(long.matches('x').count(), 50);
        let wide = say("好好好好好好好好好好好好 👩‍👩‍👧", look);
        assert_eq!(wide.lines().next(), Some("  好好好好好好好好好好"), "two columns each");
        assert!(wide.contains("👩‍👩‍👧"), "a joined emoji stays whole");
    }

    #[test]
    fn colour_is_only_where_it_is_wanted() {
        let plain = say("**a** *b*", Look { width: 80, colour: false });
        assert_eq!(plain, "  a b\n\n");
        let coloured = say("**a** *b*", Look { width: 80, colour: true });
        assert!(coloured.contains("\u{1b}[1ma\u{1b}[0m"), "{coloured:?}");
        let person = View::say(RichText(vec![Piece::Person("\u{1b}[31mred".into())]));
        assert!(!view(&person, WHOLE, Look { width: 80, colour: true }).contains('\u{1b}'), "a person paints nothing");
        assert!(aside("x", Look { width: 80, colour: true }).contains('\u{1b}'));
    }

    #[test]
    fn choices_share_a_line_when_they_are_short() {
        let of = |labels: &[&str]| {
            let choice =
                |label: &&str| Choice { label: (*label).into(), token: String::new(), role: ChoiceRole::Answer };
            let choices = labels.iter().map(choice).collect();
            let asked =
                View { body: RichText::author("?"), kind: ViewKind::Choice, choices, language: Default::default() };
            view(&asked, WHOLE, Look { width: 40, colour: false })
        };
        assert_eq!(of(&["Yes", "No"]), "  ?\n    1 Yes   2 No\n");
        assert_eq!(
            of(&["A rather long answer", "Another long one"]),
            "  ?\n    1 A rather long answer\n    2 Another long one\n"
        );
    }

    #[test]
    fn values_of_a_scale_without_words_share_a_line() {
        let labels = ["0 · barely there", "1", "2", "3", "4 · as strong as it gets", "Skip"];
        let role = |at: usize| if at < 5 { ChoiceRole::Scale(at as i32) } else { ChoiceRole::Skip };
        let choice =
            |(at, label): (usize, &&str)| Choice { label: (*label).into(), token: String::new(), role: role(at) };
        let choices = labels.iter().enumerate().map(choice).collect();
        let asked = View { body: RichText::author("?"), kind: ViewKind::Scale, choices, language: Default::default() };
        assert_eq!(
            view(&asked, WHOLE, Look { width: 40, colour: false }),
            "  ?\n    0 barely there\n    1   2   3\n    4 as strong as it gets\n    5 Skip\n"
        );
    }
}
