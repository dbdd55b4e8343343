//! The programs, and the forms in which each is written.

/// A program, written with anytempo and by hand.
pub(crate) struct Program {
    pub(crate) name: &'static str,
    pub(crate) anytempo: &'static [&'static str],
    pub(crate) by_hand: &'static [&'static str],
    /// How much more flash than the best form by hand a form with anytempo should take. Of RAM it should take no more.
    pub(crate) goal: i64,
}

pub(crate) const PROGRAMS: [Program; 20] = [
    Program { name: "sleep", anytempo: &["anytempo"], by_hand: &["timer", "machine"], goal: 64 },
    Program {
        name: "countdown",
        anytempo: &["anytempo", "anytempo-fixed-rate"],
        by_hand: &["timer", "ticker", "machine"],
        goal: 64,
    },
    Program {
        name: "range",
        anytempo: &["anytempo", "anytempo-fixed-rate"],
        by_hand: &["timer", "ticker", "machine"],
        goal: 64,
    },
    Program { name: "stall", anytempo: &["anytempo"], by_hand: &["timer", "machine"], goal: 64 },
    Program { name: "timeout", anytempo: &["anytempo"], by_hand: &["timer", "machine"], goal: 64 },
    Program {
        name: "timeout-runtime",
        anytempo: &["anytempo", "anytempo-embassy"],
        by_hand: &["timer", "machine"],
        goal: 64,
    },
    Program { name: "delay", anytempo: &["anytempo"], by_hand: &["timer"], goal: 64 },
    Program { name: "delay-runtime", anytempo: &["anytempo"], by_hand: &["timer"], goal: 64 },
    Program { name: "close", anytempo: &["anytempo"], by_hand: &["guard", "machine"], goal: 150 },
    Program {
        name: "close-async",
        anytempo: &["anytempo"],
        by_hand: &["guard", "machine"],
        goal: 500,
    },
    Program {
        name: "generate",
        anytempo: &["anytempo"],
        by_hand: &["timer", "machine"],
        goal: 300,
    },
    Program {
        name: "interval-skip",
        anytempo: &["anytempo"],
        by_hand: &["timer", "steps"],
        goal: 64,
    },
    Program { name: "interval-fixed-rate", anytempo: &["anytempo"], by_hand: &["timer"], goal: 64 },
    Program { name: "interval-spaced", anytempo: &["anytempo"], by_hand: &["timer"], goal: 64 },
    Program {
        name: "interval-fixed-delay",
        anytempo: &["anytempo"],
        by_hand: &["timer"],
        goal: 64,
    },
    Program { name: "throttle-latest", anytempo: &["anytempo"], by_hand: &["timer"], goal: 64 },
    Program { name: "debounce", anytempo: &["anytempo"], by_hand: &["timer"], goal: 64 },
    Program { name: "timeout-each", anytempo: &["anytempo"], by_hand: &["timer"], goal: 64 },
    Program { name: "keep-alive", anytempo: &["anytempo"], by_hand: &["timer"], goal: 64 },
    Program { name: "fold-within", anytempo: &["anytempo"], by_hand: &["timer"], goal: 64 },
];

impl Program {
    /// What the program is called that has this form.
    pub(crate) fn file(&self, form: &str) -> String {
        format!("{}-{form}", self.name)
    }
}
