//! How hard a text is to read when one is tired: by its longest sentence, a measure that both languages share and an
//! author can see. Plain-language guides ask for 15 to 20 words on average and none much longer:
//! <https://www.plainlanguage.gov/guidelines/concise/write-short-sentences/>.

use crate::dialog::model::{Text, TextPiece};

/// Words of a sentence.
pub(crate) const SENTENCE_WORDS_MAX: usize = 30;

/// The words of the longest sentence; what stands in braces counts as one.
pub(crate) fn longest_sentence(text: &Text) -> usize {
    let (mut open, mut longest) = (0, 0);
    for piece in &text.0 {
        match piece {
            TextPiece::Plain(plain) => {
                for (index, sentence) in plain.split(['.', '!', '?', '…', ':', ';', '\n']).enumerate() {
                    if index > 0 {
                        open = 0;
                    }
                    open += sentence.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).count();
                    longest = longest.max(open);
                }
            }
            TextPiece::Expr(_) | TextPiece::Snippet(_) => open += 1,
            TextPiece::Plural { arms, .. } => {
                longest = longest.max(arms.iter().map(|(_, arm)| open + longest_sentence(arm)).max().unwrap_or(0));
                open += 1;
            }
        }
        longest = longest.max(open);
    }
    longest
}

/// Whether an author's words hold an exclamation mark.
pub(crate) fn exclaims(text: &Text) -> bool {
    text.0.iter().any(|piece| match piece {
        TextPiece::Plain(plain) => plain.contains(['!', '¡', '！']),
        TextPiece::Plural { arms, .. } => arms.iter().any(|(_, arm)| exclaims(arm)),
        TextPiece::Expr(_) | TextPiece::Snippet(_) => false,
    })
}

/// What is wrong with a sentence, if it is.
pub(crate) fn too_long(text: &Text) -> Option<String> {
    let words = longest_sentence(text);
    (words > SENTENCE_WORDS_MAX).then(|| format!("a sentence has {words} words; {SENTENCE_WORDS_MAX} are the most"))
}
