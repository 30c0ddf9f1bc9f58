//! Small words of the format: names and durations.

/// Whether something can name an answer, a part or an option.
pub(super) fn is_name(name: &str) -> bool {
    name.len() <= 60
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// Whether something can be the key of an option: a name, or digits.
pub(super) fn is_key(key: &str) -> bool {
    !key.is_empty()
        && key.len() <= 60
        && key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-')
}

/// Whether something can be a dialog's id.
pub(super) fn is_dialog_id(id: &str) -> bool {
    is_key(id) && id.starts_with(|c: char| c.is_ascii_lowercase())
}

/// `90s`, `45m`, `12h`, `3d` in seconds; at most a year, at least a second.
pub(super) fn seconds(word: &str) -> Option<u32> {
    const YEAR: u32 = 366 * 86_400;
    let unit = match word.chars().last()? {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return None,
    };
    let count: u32 = word.get(..word.len() - 1)?.parse().ok()?;
    count.checked_mul(unit).filter(|seconds| (1..=YEAR).contains(seconds))
}

/// `1.5s` or `4s` in milliseconds, from 0.1 to 600 seconds.
pub(super) fn millis(word: &str) -> Option<u32> {
    let tenths: f64 = word.strip_suffix('s')?.parse().ok()?;
    let millis = (tenths * 1_000.0).round();
    (100.0..=600_000.0).contains(&millis).then_some(millis as u32)
}

#[cfg(test)]
mod tests {
    use super::{millis, seconds};

    #[test]
    fn durations() {
        assert_eq!(seconds("45m"), Some(2_700));
        assert_eq!(seconds("3d"), Some(259_200));
        for bad in ["", "s", "0s", "-1s", "4", "99999999d", "4 s", "é"] {
            assert_eq!(seconds(bad), None, "{bad}");
        }
        assert_eq!(millis("1.5s"), Some(1_500));
        assert_eq!(millis("NaNs"), None);
    }
}
