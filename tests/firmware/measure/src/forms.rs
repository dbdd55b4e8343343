//! The programs, and the forms in which each is written.

/// A program, written with anytempo and by hand.
pub(crate) struct Program {
    pub(crate) name: &'static str,
    pub(crate) anytempo: &'static [&'static str],
    pub(crate) by_hand: &'static [&'static str],
}

pub(crate) const PROGRAMS: [Program; 4] = [
    Program {
        name: "countdown",
        anytempo: &["anytempo", "anytempo-fixed-rate"],
        by_hand: &["timer", "ticker", "machine"],
    },
    Program {
        name: "range",
        anytempo: &["anytempo", "anytempo-fixed-rate"],
        by_hand: &["timer", "ticker", "machine"],
    },
    Program { name: "stall", anytempo: &["anytempo"], by_hand: &["timer", "machine"] },
    Program { name: "timeout", anytempo: &["anytempo"], by_hand: &["timer", "machine"] },
];

impl Program {
    /// What the program is called that has this form.
    pub(crate) fn file(&self, form: &str) -> String {
        format!("{}-{form}", self.name)
    }
}
