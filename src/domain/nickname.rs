//! What may stand for the other person: a name that the one who writes gave them, and nothing that leads to them.

/// Whether a text could lead to a person: a digit of any script, an `@`, or something like a link. Whoever asks for a
/// nickname refuses such a one, so that neither a number nor a handle of the other person is ever kept.
pub fn has_contact(text: &str) -> bool {
    text.chars().any(|c| c.is_numeric() || matches!(c, '@' | '＠' | '﹫' | '#' | '/' | '\\')) || has_address(text)
}

/// A dot between letters, as in `name.surname` or `t.me`; none in `J. R.` or `my ex...`.
fn has_address(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    chars.windows(3).any(|three| {
        matches!(three, [before, '.' | '．' | '。', after] if before.is_alphabetic() && after.is_alphabetic())
            || matches!(three, [before, '_', after] if before.is_alphanumeric() && after.is_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use super::has_contact;

    #[test]
    fn a_nickname_leads_to_nobody() {
        for fine in
            ["K", "K.", "the tall one", "my ex...", "Bär", "J. R.", "小明", "Mr Moon", "Anne-Marie", "O’Hara", "🙂"]
        {
            assert!(!has_contact(fine), "{fine}");
        }
        for refused in [
            "@sam",
            "sam@mail.org",
            "+49 170",
            "call 911",
            "٣٤٥",
            "t.me/sam",
            "instagram.com",
            "sam_k",
            "sam.k",
            "Sam#1",
            "k２",
            "＠k",
        ] {
            assert!(has_contact(refused), "{refused}");
        }
    }
}
