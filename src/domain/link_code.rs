//! The code that joins two accounts into one person: how it looks, and how it is read from what somebody typed.

use std::fmt;

/// Letters and digits of a code: none that is taken for another one (<https://www.crockford.com/base32.html>).
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Digits of a code: five bits each, of which the first has three.
const CODE_DIGITS: usize = 26;
/// Digits of a group, as a code is shown.
const GROUP_DIGITS: usize = 5;

/// 128 random bits. `Debug` shows nothing of them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct LinkCode(u128);

impl LinkCode {
    /// The word in front of a code in the payload of a platform's link that opens the bot, such as Telegram's `/start`.
    pub const LINK_WORD: &str = "link-";

    /// A code of two random numbers.
    pub fn new(high: u64, low: u64) -> Self {
        Self(u128::from(high) << 64 | u128::from(low))
    }

    /// Reads what was typed: in any case, with any spaces and dashes, and with `O`, `I` and `L` for the digits they look
    /// like. `None` when it is no whole code.
    pub fn parse(typed: &str) -> Option<Self> {
        let mut code: u128 = 0;
        let mut count = 0;
        for letter in typed.chars().filter(|letter| !is_between(*letter)) {
            let digit = match letter.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            let value = DIGITS.iter().position(|known| char::from(*known) == digit)?;
            count += 1;
            if count > CODE_DIGITS || count == 1 && value > 0b111 {
                return None;
            }
            code = code << 5 | value as u128;
        }
        (count == CODE_DIGITS).then_some(Self(code))
    }

    /// As people see and type it: five groups with dashes between them.
    pub fn shown(self) -> String {
        let mut text = String::with_capacity(CODE_DIGITS + CODE_DIGITS / GROUP_DIGITS);
        for place in 0..CODE_DIGITS {
            if place > 0 && place % GROUP_DIGITS == 0 && place + 1 < CODE_DIGITS {
                text.push('-');
            }
            let value = self.0 >> (5 * (CODE_DIGITS - 1 - place)) & 0b1_1111;
            text.push(DIGITS.get(value as usize).map_or('0', |digit| char::from(*digit)));
        }
        text
    }

    /// The bits, for a keyed hash.
    pub fn bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }
}

/// Whether it may stand between the digits: whatever a keyboard makes of a space or a dash.
fn is_between(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '-' | '_' | '.' | '\u{ad}' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

impl fmt::Debug for LinkCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkCode(set)")
    }
}

#[cfg(test)]
mod tests {
    use super::LinkCode;

    #[test]
    fn a_code_comes_back_however_it_is_typed() {
        for (high, low) in [(0, 0), (u64::MAX, u64::MAX), (1, 2), (0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210)] {
            let code = LinkCode::new(high, low);
            let shown = code.shown();
            let groups: Vec<usize> = shown.split('-').map(str::len).collect();
            assert_eq!(groups, [5, 5, 5, 5, 6], "{shown}");
            let typed = [
                shown.clone(),
                shown.to_lowercase(),
                shown.replace('-', ""),
                shown.replace('-', " – "),
                shown.replace('0', "o").replace('1', "l"),
                format!(" {shown}\n"),
            ];
            for typed in typed {
                assert_eq!(LinkCode::parse(&typed), Some(code), "{typed}");
            }
        }
    }

    #[test]
    fn what_is_no_whole_code_is_none() {
        let shown = LinkCode::new(7, 9).shown();
        let too_big = "Z".repeat(26);
        for typed in ["", "hello", &shown[1..], &format!("{shown}0"), &too_big, &shown.replacen('0', "U", 1)] {
            assert_eq!(LinkCode::parse(typed), None, "{typed}");
        }
    }

    #[test]
    fn debug_shows_nothing_of_it() {
        assert_eq!(format!("{:?}", LinkCode::new(7, 9)), "LinkCode(set)");
    }
}
