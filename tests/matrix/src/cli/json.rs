//! JSON that every reader understands alike.
//!
//! A number beyond 2^53 - 1, or below its opposite, is a string of its digits: as numbers, many readers would round it. So RFC
//! 7493 (I-JSON) has it. That is so for all numbers in all that this program writes as JSON.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter};

/// What this says to users, in the help.
pub(super) const NUMBERS: &str = "In JSON, a whole number beyond 2^53 - 1, above or below zero, is a \
                                  string of digits.";

/// Writes a value in one line, without its end.
pub(super) fn write(out: impl Write, value: &impl Serialize) -> io::Result<()> {
    value.serialize(&mut serde_json::Serializer::with_formatter(out, Safe(CompactFormatter)))?;
    Ok(())
}

/// Writes a value in as many lines as it has parts.
pub(super) fn write_pretty(out: impl Write, value: &impl Serialize) -> io::Result<()> {
    let formatter = Safe(PrettyFormatter::new());
    value.serialize(&mut serde_json::Serializer::with_formatter(out, formatter))?;
    Ok(())
}

/// The largest number up to which all readers tell each from the next.
const MOST: u64 = (1 << 53) - 1;

/// Writes numbers that are too large as strings, and all else as `F` does.
struct Safe<F>(F);

macro_rules! numbers {
    ($($write:ident: $number:ty, $size:expr;)*) => {$(
        fn $write<W: ?Sized + Write>(&mut self, out: &mut W, number: $number) -> io::Result<()> {
            if $size(number) <= MOST.into() {
                self.0.$write(out, number)
            } else {
                write!(out, "\"{number}\"")
            }
        }
    )*};
}

macro_rules! forwarded {
    ($($method:ident($($argument:ident: $kind:ty),*);)*) => {$(
        fn $method<W: ?Sized + Write>(&mut self, out: &mut W, $($argument: $kind),*) -> io::Result<()> {
            self.0.$method(out, $($argument),*)
        }
    )*};
}

impl<F: Formatter> Formatter for Safe<F> {
    // Smaller ones are never beyond it.
    numbers! {
        write_u64: u64, u64::from;
        write_i64: i64, i64::unsigned_abs;
        write_u128: u128, u128::from;
        write_i128: i128, i128::unsigned_abs;
    }

    forwarded! {
        begin_array();
        end_array();
        begin_array_value(first: bool);
        end_array_value();
        begin_object();
        end_object();
        begin_object_key(first: bool);
        end_object_key();
        begin_object_value();
        end_object_value();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(value: &impl Serialize) -> String {
        let mut out = Vec::new();
        write(&mut out, value).expect("memory can be written");
        String::from_utf8(out).expect("it is UTF-8")
    }

    #[test]
    fn large_numbers_are_strings() {
        const M: u64 = 9_007_199_254_740_991;
        assert_eq!(written(&(M, M + 1, u64::MAX)), format!("[{M},\"{}\",\"{}\"]", M + 1, u64::MAX));
        let (m, least) = (M as i64, i64::MIN);
        assert_eq!(written(&(-m, -m - 1, least)), format!("[-{M},\"-{}\",\"{least}\"]", M + 1));
        let wide = u128::from(M);
        assert_eq!(written(&(wide, wide + 1)), format!("[{M},\"{}\"]", M + 1));
        assert_eq!(written(&i128::MIN), format!("\"{}\"", i128::MIN));
        assert_eq!(written(&(u8::MAX, -1_i32, 0.5)), "[255,-1,0.5]");
    }

    #[test]
    fn large_numbers_are_strings_in_lines_too() {
        #[derive(Serialize)]
        struct Pair {
            small: u64,
            list: [u64; 2],
        }
        let mut out = Vec::new();
        write_pretty(&mut out, &Pair { small: 1, list: [2, u64::MAX] })
            .expect("memory can be written");
        let expected =
            "{\n  \"small\": 1,\n  \"list\": [\n    2,\n    \"18446744073709551615\"\n  ]\n}";
        assert_eq!(String::from_utf8(out).expect("it is UTF-8"), expected);
    }
}
