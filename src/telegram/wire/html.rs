//! A styled text as Telegram HTML. <https://core.telegram.org/bots/api#html-style>

use std::ops::Range;

use crate::prose::styled::{PLAIN, Style, StyledText};

/// All of a text as HTML.
pub fn html(text: &StyledText) -> String {
    html_of(text, 0..text.as_str().len())
}

/// The part at these bytes as Telegram HTML, with every tag that it opens closed: `<b>`, `<i>`, `<a>` around an account,
/// and the entities `&amp;`, `&lt;` and `&gt;`, nothing else. Empty when the range does not fall between characters.
pub fn html_of(text: &StyledText, range: Range<usize>) -> String {
    let mut html = Html::default();
    for (words, style) in text.stretches_of(range) {
        html.push(words, style);
    }
    html.turn(PLAIN);
    html.out
}

/// HTML in the making; italics stand inside bold.
#[derive(Default)]
struct Html {
    out: String,
    now: Style,
}

impl Html {
    fn push(&mut self, text: &str, style: Style) {
        self.turn(style);
        for c in text.chars() {
            match c {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                c => self.out.push(c),
            }
        }
    }

    fn turn(&mut self, style: Style) {
        let is_mention_turned = self.now.mention != style.mention;
        if is_mention_turned && self.now.mention.is_some() {
            self.out.push_str("</a>");
        }
        let is_bold_turned = self.now.bold != style.bold;
        if self.now.italic && (is_bold_turned || !style.italic) {
            self.out.push_str("</i>");
            self.now.italic = false;
        }
        if is_bold_turned {
            self.out.push_str(if style.bold { "<b>" } else { "</b>" });
        }
        if style.italic && !self.now.italic {
            self.out.push_str("<i>");
        }
        if let Some(account) = style.mention.filter(|_| is_mention_turned) {
            // <https://core.telegram.org/bots/api#formatting-options>
            self.out.push_str(&format!("<a href=\"tg://user?id={account}\">"));
        }
        self.now = style;
    }
}

#[cfg(test)]
mod tests {
    use super::{html, html_of};
    use crate::domain::message::{Piece, RichText};
    use crate::prose::markup::read;
    use crate::prose::styled::{ITALIC, PLAIN, Style, StyledText};

    #[test]
    fn tags_are_closed_in_order_and_reopened_in_every_part() {
        let bold = Style { bold: true, ..PLAIN };
        let both = Style { bold: true, ..ITALIC };
        let mut text = StyledText::default();
        for (words, style) in [("a<", PLAIN), ("b&", bold), ("c", both), ("d>", ITALIC), ("", bold), ("e", bold)] {
            text.push(words, style);
        }
        assert_eq!(html(&text), "a&lt;<b>b&amp;<i>c</i></b><i>d&gt;</i><b>e</b>");
        assert_eq!(html_of(&text, 3..5), "<b>&amp;<i>c</i></b>");
        assert_eq!(html_of(&text, 4..5), "<b><i>c</i></b>");
        assert_eq!(html_of(&text, 5..5), "");
        assert_eq!(text.as_str(), "a<b&cd>e");
        text.push(" \n", PLAIN);
        text.push(" ", bold);
        text.trim_end();
        text.push("f", bold);
        assert_eq!(html_of(&text, 8..10), "<b>f</b>");
    }

    fn author(text: &str) -> String {
        html(&read(&RichText::author(text)))
    }

    #[test]
    fn the_subset_of_markdown() {
        for (text, html) in [
            ("a *b* c", "a <i>b</i> c"),
            ("**b**, c", "<b>b</b>, c"),
            ("***b***", "<b><i>b</i></b>"),
            ("**a *b* c**", "<b>a <i>b</i> c</b>"),
            ("*a **b***", "<i>a </i><b><i>b</i></b>"),
            ("2 * 3 * 4", "2 * 3 * 4"),
            ("open *only", "open *only"),
            ("a \\*b\\* c", "a *b* c"),
            ("\\- a\n1\\. b \\\\ c\\d", "- a\n1. b \\ c\\d"),
            ("one\ntwo\n\nthree\n\n\n \nfour", "one\ntwo\n\nthree\n\nfour"),
            ("a  \nb\\\nc", "a\nb\nc"),
            ("- one\n- **two**\n  - three\n* four\n+ five", "• one\n• <b>two</b>\n  • three\n• four\n• five"),
            ("1. one\n1. two\n7) three", "1. one\n1. two\n7) three"),
            ("• a\n– b\n-c", "• a\n– b\n-c"),
            ("see https://a.example/x_y_z?q=1&r=*2*", "see https://a.example/x_y_z?q=1&amp;r=*2*"),
            ("**https://a.example** *b*", "<b>https://a.example</b> <i>b</i>"),
            ("_a_ __b__ snake_case", "_a_ __b__ snake_case"),
            ("****", ""),
            ("a **** b, *****", "a  b, *****"),
            ("*a\n\nb*", "*a\n\nb*"),
            ("", ""),
        ] {
            assert_eq!(author(text), html, "{text:?}");
        }
    }

    #[test]
    fn anything_else_is_plain_readable_text() {
        for (text, html) in [
            ("# One *two*\n## Three", "One <i>two</i>\nThree"),
            ("Head\n====\nText", "Head\n====\nText"),
            ("a `b *c*` ``d`e``", "a b *c* d`e"),
            ("```\n*a* <b>\n```\nb", "*a* &lt;b&gt;\nb"),
            ("~~~rust\na", "rust\na"),
            ("```\n```", ""),
            ("~~~\na", "a"),
            ("[words *here*](https://a.example \"t\")", "words <i>here</i> (https://a.example \"t\")"),
            ("![alt](u) and <https://a.example>", "alt (u) and https://a.example"),
            ("[](u) [a] [b]: c", " (u) [a] [b]: c"),
            ("[r]: /url\n\n[r]", "[r]: /url\n\n[r]"),
            ("<b>x</b> &amp; 1 < 2 > 0", "&lt;b&gt;x&lt;/b&gt; &amp;amp; 1 &lt; 2 &gt; 0"),
            ("<script>\n*a*\n</script>", "&lt;script&gt;\n*a*\n&lt;/script&gt;"),
            ("> quote *a*\n> b", "&gt; quote <i>a</i>\n&gt; b"),
            ("|a|b|\n|-|-|\n|1|2|", "|a|b|\n|-|-|\n|1|2|"),
            ("a\n\n---\n\nb", "a\n\n---\n\nb"),
        ] {
            assert_eq!(author(text), html, "{text:?}");
        }
    }

    #[test]
    fn the_words_of_a_person_are_literal_wherever_they_stand() {
        let around = |before: &str, person: &str, after: &str| {
            let person = Piece::Person(person.into());
            html(&read(&RichText(vec![Piece::Author(before.into()), person, Piece::Author(after.into())])))
        };
        for ((before, person, after), html) in [
            (("**You said ", "*x* <b>", "**!"), "<b>You said *x* &lt;b&gt;</b>!"),
            (("**", " x\n\ny ", "** z"), "<b> x\n\ny </b> z"),
            (("**", "", "** z"), " z"),
            (("*a ", "** *", " b* c"), "<i>a ** * b</i> c"),
            (("You said “", "*never* [a](b) \\* `c` &lt;", "”."), "You said “*never* [a](b) \\* `c` &amp;lt;”."),
            (("- ", "# one\n- two", "\n- three"), "• # one\n- two\n• three"),
            (("", "- one", ""), "- one"),
            (("2 * 3 ", "*", "* 4"), "2 * 3 ** 4"),
            (("`a ", "`", "` [b](c \"d\")"), "a ` b (c \"d\")"),
            (("a\u{fdd0}", "b\u{fdd0}", "\u{fdd0}c"), "a\u{fdd0}b\u{fdd0}\u{fdd0}c"),
            (("a", "\u{202e}b\u{1b}\r\n\r\n\r\nc", "d"), "ab\n\n\ncd"),
            (("```", "a", "\nb\n```"), "a\nb"),
            (("[r]: ", "a", "\n\nb"), "[r]: a\n\nb"),
        ] {
            assert_eq!(around(before, person, after), html, "{before:?} {person:?} {after:?}");
        }
    }

    #[test]
    fn a_megabyte_is_read_in_one_go() {
        let stars =
            RichText(vec![Piece::Author("*".repeat(500_000)), Piece::Person("*".repeat(500_000).as_str().into())]);
        assert_eq!(read(&stars).as_str().len(), 1_000_000);
        let pairs = RichText::author("*a* ".repeat(250_000));
        assert_eq!(read(&pairs).as_str().len(), 500_000);
        let opens = RichText::author("*a ".repeat(300_000));
        assert_eq!(read(&opens).as_str().len(), 900_000);
    }
}
