use core::fmt;
use core::str::FromStr;

/// One of several parts of a matrix, for several machines: `2/4` is the second of four.
///
/// The steps of the whole matrix go to the parts in turn, also those that a machine cannot run. So the parts are the same on
/// every machine, and each step is in exactly one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partition {
    part: usize,
    of: usize,
}

impl Partition {
    /// All of it.
    pub const WHOLE: Self = Self { part: 1, of: 1 };

    /// Which part it is, counted from 1.
    pub fn part(&self) -> usize {
        self.part
    }

    /// How many parts there are.
    pub fn of(&self) -> usize {
        self.of
    }

    /// Whether the step at this place in the whole matrix is in it.
    pub fn has(&self, step: usize) -> bool {
        step % self.of == self.part - 1
    }
}

impl FromStr for Partition {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text.split_once('/').map(|(part, of)| (part.parse(), of.parse()));
        match parts {
            Some((Ok(part), Ok(of))) if (1..=of).contains(&part) => Ok(Self { part, of }),
            _ => Err("it takes a part and the number of parts, such as 1/4 for the first of four"),
        }
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.part, self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_step_is_in_one_part() {
        let parts = ["1/4", "2/4", "3/4", "4/4"].map(|text| text.parse::<Partition>().unwrap());
        for step in 0..100 {
            assert_eq!(parts.iter().filter(|part| part.has(step)).count(), 1, "{step}");
        }
        assert!((0..100).all(|step| Partition::WHOLE.has(step)));
        assert_eq!(parts.map(|part| part.to_string()), ["1/4", "2/4", "3/4", "4/4"]);
    }

    #[test]
    fn other_text_is_refused() {
        for text in ["", "1", "/", "0/4", "5/4", "1/0", "0/0", "-1/4", "1/4/4", "a/4", "1/ 4"] {
            assert!(text.parse::<Partition>().is_err(), "{text}");
        }
    }
}
