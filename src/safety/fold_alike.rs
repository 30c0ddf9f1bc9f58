//! Letters that look like others, and characters that cannot be seen.
//!
//! A choice of the confusables of Unicode Technical Standard 39 that fonts of phones really show alike, with the small
//! capitals and phonetic letters that copy-and-paste "font" sites produce.

/// The Latin letters that a character of another script stands for.
pub(crate) fn alike(c: char) -> Option<&'static str> {
    const LETTERS: &str = "abcdefghijklmnopqrstuvwxyz";
    let nth = |first: u32| {
        let at = u32::from(c).checked_sub(first)? as usize;
        LETTERS.get(at..=at)
    };
    Some(match c {
        'а' | 'А' | 'α' | 'Α' | 'ɑ' | 'ᴀ' | 'ꭺ' => "a",
        'в' | 'В' | 'β' | 'Β' | 'ʙ' | 'Ь' | 'ь' => "b",
        'с' | 'С' | 'ϲ' | 'ᴄ' | 'ꮯ' => "c",
        'ԁ' | 'ɗ' | 'ᴅ' | 'đ' | 'Đ' => "d",
        'е' | 'Е' | 'є' | 'Є' | 'ε' | 'Ε' | 'ᴇ' | 'ɛ' | 'ҽ' => "e",
        'ғ' | 'ꜰ' | 'ƒ' => "f",
        'ɡ' | 'ց' | 'ɢ' => "g",
        'һ' | 'Н' | 'н' | 'Η' | 'ʜ' | 'հ' => "h",
        'і' | 'І' | 'ι' | 'Ι' | 'ı' | 'ɪ' | 'ӏ' | 'Ӏ' => "i",
        'ј' | 'Ј' | 'ᴊ' => "j",
        'к' | 'К' | 'κ' | 'Κ' | 'ᴋ' => "k",
        'ʟ' | 'ł' | 'Ł' | 'ⅼ' => "l",
        'м' | 'М' | 'Μ' | 'ᴍ' => "m",
        'п' | 'ո' | 'η' | 'Ν' | 'ɴ' => "n",
        'о' | 'О' | 'ο' | 'Ο' | 'σ' | 'օ' | 'ᴏ' | 'ø' | 'Ø' => "o",
        'р' | 'Р' | 'ρ' | 'Ρ' | 'ᴘ' => "p",
        'ԛ' | 'զ' => "q",
        'г' | 'ʀ' => "r",
        'ѕ' | 'Ѕ' | 'ꜱ' | 'ʂ' => "s",
        'т' | 'Т' | 'τ' | 'Τ' | 'ᴛ' => "t",
        'υ' | 'ս' | 'ᴜ' => "u",
        'ν' | 'ѵ' | 'ᴠ' => "v",
        'ԝ' | 'ω' | 'ᴡ' | 'ш' => "w",
        'х' | 'Х' | 'χ' | 'Χ' => "x",
        'у' | 'У' | 'γ' | 'Υ' | 'ʏ' | 'ү' => "y",
        'ᴢ' | 'Ζ' => "z",
        'ß' => "ss",
        'æ' | 'Æ' => "ae",
        'œ' | 'Œ' => "oe",
        // Negative circled, negative squared, and the letters of flags.
        '\u{1F150}'..='\u{1F169}' => nth(0x1F150)?,
        '\u{1F170}'..='\u{1F189}' => nth(0x1F170)?,
        '\u{1F1E6}'..='\u{1F1FF}' => nth(0x1F1E6)?,
        _ => return None,
    })
}

/// Characters that show nothing: zero widths, joiners, directions, selectors, skin tones, tags.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{3164}' | '\u{FFA0}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFF0}'..='\u{FFF8}' | '\u{1F3FB}'..='\u{1F3FF}'
        | '\u{E0000}'..='\u{E0FFF}')
}
