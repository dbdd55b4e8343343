//! Errors in words.

use core::fmt::Display;

/// The words of an error, without the number that the operating system has for it: the number says nothing more.
///
/// Every message of this program that has the words of an error in it comes by here. The number may be anywhere in them, as an
/// error may come within another.
pub fn plain(error: &dyn Display) -> String {
    let mut said = error.to_string();
    while let Some((start, end)) = number(&said) {
        said.replace_range(start..end, "");
    }
    said
}

/// Where the first such number begins and ends, with the blank before it.
fn number(said: &str) -> Option<(usize, usize)> {
    const BEFORE: &str = " (os error ";
    said.match_indices(BEFORE).find_map(|(start, _)| {
        let (digits, _) = said[start + BEFORE.len()..].split_once(')')?;
        // Windows has numbers below zero.
        let is_number = digits.parse::<i64>().is_ok();
        is_number.then_some((start, start + BEFORE.len() + digits.len() + 1))
    })
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn numbers_of_the_system_are_left_out() {
        let error = io::Error::from_raw_os_error(2);
        let said = plain(&error);
        assert!(error.to_string().starts_with(&format!("{said} (os error ")), "{said}");
        let within = format!("{error} at path \"/tmp/x\"");
        assert_eq!(plain(&within), format!("{said} at path \"/tmp/x\""));
        assert_eq!(plain(&format!("{error}; {error}")), format!("{said}; {said}"));
    }

    #[test]
    fn what_only_looks_like_one_stays() {
        for said in ["a (os error b) c", "a (os error", "(os error 1)", "", " (os error )"] {
            assert_eq!(plain(&said), said);
        }
    }
}
