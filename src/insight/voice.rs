//! How often somebody says “I” and how often “we” in what they write: counted, and the words themselves are let go of.

use jiff::civil::Date;

use crate::insight::{Noted, RECENT_DAYS, back};

/// Forms of “I” and of “we”, small, of every language at once, because a journal may be in two; no form of one is a common
/// word of the other. `i'm` and the like count by what stands before the apostrophe. Spanish mostly says who acts by the
/// ending of the verb alone; `fui` and `fuimos` are not counted, so a Spanish count is of fewer words than were meant.
const I: &[&str] = &[
    "i", "me", "my", "mine", "myself", "im", "ive", // English; `me` is Spanish as well
    "yo", "mí", "mi", "mis", "mío", "mía", "míos", "mías", "mio", "mia", "mios", "mias", "conmigo",
];
const WE: &[&str] = &[
    "we",
    "us",
    "our",
    "ours",
    "ourselves",
    "weve", // English
    "nosotros",
    "nosotras",
    "nosotres",
    "nos",
    "nuestro",
    "nuestra",
    "nuestros",
    "nuestras",
];
/// Words from which on they are told: of fewer, each one would move the share.
const TOLD_FROM: usize = 20;

/// How often each stands in what somebody wrote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Voice {
    /// “I” and its forms.
    pub i: usize,
    /// “we” and its forms.
    pub we: usize,
}

impl Voice {
    /// Of a text without these sentences of an author's.
    pub(super) fn of(text: &str, authors: &[String]) -> Self {
        let own = authors.iter().fold(text.to_owned(), |own, sentence| own.replace(sentence.as_str(), " "));
        own.split(|letter: char| !letter.is_alphanumeric() && !matches!(letter, '\'' | '’')).fold(
            Self::default(),
            |voice, word| {
                let word = word.split(['\'', '’']).next().unwrap_or_default().to_lowercase();
                Self {
                    i: voice.i + usize::from(I.contains(&word.as_str())),
                    we: voice.we + usize::from(WE.contains(&word.as_str())),
                }
            },
        )
    }

    fn and(self, other: Self) -> Self {
        Self { i: self.i + other.i, we: self.we + other.we }
    }

    fn is_told(self) -> bool {
        self.i + self.we >= TOLD_FROM
    }
}

/// Whether an author's sentence would be counted, so that it has to be taken out of what somebody wrote.
pub fn is_counted(sentence: &str) -> bool {
    Voice::of(sentence, &[]) != Voice::default()
}

/// The last days, and the first ones if these are others and there is enough of them; `None` without enough of the last.
pub(super) fn told(entries: &[&Noted], today: Date) -> Option<(Voice, Option<Voice>)> {
    let of = |from: Date, to: Date| {
        let within = entries.iter().filter(|entry| (from..=to).contains(&entry.date));
        within.map(|entry| entry.voice).fold(Voice::default(), Voice::and)
    };
    let recent_from = back(today, RECENT_DAYS - 1);
    let recent = Some(of(recent_from, today)).filter(|voice| voice.is_told())?;
    let first = entries.iter().map(|entry| entry.date).min()?;
    let first_to = back(first, 1 - RECENT_DAYS);
    let early = (first_to < recent_from).then(|| of(first, first_to)).filter(|voice| voice.is_told());
    Some((recent, early))
}

#[cfg(test)]
mod tests {
    use super::Voice;

    #[test]
    fn words_are_counted_and_authors_sentences_are_not() {
        let text = "What I like and we did: I'm tired. My bus. We’ve OUR song; us, weekly, iris, we-all.\nI can say: 3";
        let authors = ["What I like and we did:".to_owned(), "I can say:".to_owned()];
        assert_eq!(Voice::of(text, &authors), Voice { i: 2, we: 4 });
        assert_eq!(Voice::of(text, &[]), Voice { i: 4, we: 5 });
        assert_eq!(Voice::of("", &authors), Voice::default());
        let text = "Yo lo digo por mí. Mis cosas, mi casa; me fui conmigo. Nosotras fuimos, nos reímos, nuestra canción. \
                    Mismo, nosocomio, yoyo, amigo, fui, fuimos.";
        assert_eq!(Voice::of(text, &[]), Voice { i: 6, we: 3 });
    }
}
