//! Figures in words.

use crate::bench::Spread;

/// A number with three digits, or with all of its digits before the point.
pub(super) fn three(value: f64) -> String {
    let digits = match value.abs() {
        0.0 => return "0".into(),
        ..0.01 => 4,
        ..0.1 => 3,
        ..9.995 => 2,
        ..99.95 => 1,
        _ => 0,
    };
    let text = format!("{value:.digits$}");
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    in_thousands(whole) + rest
}

/// A number of things.
pub(super) fn whole(number: usize) -> String {
    in_thousands(&number.to_string())
}

fn in_thousands(digits: &str) -> String {
    let mut said = String::new();
    for (index, digit) in digits.char_indices() {
        let left = digits.len() - index;
        if index > 0 && left.is_multiple_of(3) && &digits[..index] != "-" {
            said.push('\u{202f}');
        }
        said.push(digit);
    }
    said
}

/// A mark of an axis: no more digits than it needs.
pub(super) fn tick(value: f64) -> String {
    let text = three(value);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').into() } else { text }
}

/// The middle, and how far the rounds are apart.
pub(super) fn spread(of: Spread) -> String {
    let (least, median, most) = (three(of.least), three(of.median), three(of.most));
    if least == most { median } else { format!("{median} ({least}–{most})") }
}

/// As it can be given for `--sizes`.
pub(super) fn count(number: usize) -> String {
    match number {
        1_000_000.. if number.is_multiple_of(1_000_000) => format!("{}M", number / 1_000_000),
        1000.. if number.is_multiple_of(1000) => format!("{}k", number / 1000),
        _ => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_digits() {
        let said =
            [0.0, 0.001_234, 0.0345, 1.0, 9.996, 99.96, 1234.4, 1_234_567.0, -1234.0].map(three);
        let expected = [
            "0",
            "0.0012",
            "0.035",
            "1.00",
            "10.0",
            "100",
            "1\u{202f}234",
            "1\u{202f}234\u{202f}567",
            "-1\u{202f}234",
        ];
        assert_eq!(said, expected);
        assert_eq!([0.5, 2.0, 10.0, 0.01, 100.0].map(tick), ["0.5", "2", "10", "0.01", "100"]);
    }

    #[test]
    fn numbers_of_things() {
        assert_eq!([0, 48, 999, 12_345].map(whole), ["0", "48", "999", "12\u{202f}345"]);
    }

    #[test]
    fn rounds_that_agree_have_no_spread() {
        assert_eq!(spread(Spread { least: 1.0, median: 1.001, most: 1.002 }), "1.00");
        assert_eq!(spread(Spread { least: 1.0, median: 1.5, most: 2.0 }), "1.50 (1.00–2.00)");
    }
}
