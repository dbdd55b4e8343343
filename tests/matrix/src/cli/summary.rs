//! What the matrix says below its tables: why something is not kept, how much is, and how long it took.

use core::fmt;
use core::time::Duration;

use anytempo_conformance::harness::Verdict;
use anytempo_matrix::matrix::{Cell, Name, Tally};

/// Where lines of text end.
const WIDTH: usize = 100;

/// How long the matrix took.
#[derive(Clone, Copy, Debug)]
pub(super) struct Took {
    /// To build what runs on boards, if there are any.
    pub(super) built: Option<Duration>,
    pub(super) ran: Duration,
}

/// What is said of these cells, the programs first.
pub(super) struct Summary<'a> {
    pub(super) programs: &'a [Cell],
    pub(super) cases: &'a [Cell],
    pub(super) took: Took,
}

impl fmt::Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cells = || self.programs.iter().chain(self.cases);
        reasons(f, "Allowed, and not counted as kept:", cells(), |verdict| match verdict {
            Verdict::Allowed { why, .. } => Some(why),
            _ => None,
        })?;
        reasons(f, "FAILED:", cells(), |verdict| match verdict {
            Verdict::Broken(reason) => Some(reason),
            _ => None,
        })?;
        counts(f, Tally::of(self.programs), Tally::of(self.cases))?;
        writeln!(f, "{}", self.took)
    }
}

impl fmt::Display for Took {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = |duration: Duration| format!("{:.1} s", duration.as_secs_f64());
        let ran = seconds(self.ran);
        match self.built {
            None => write!(f, "It took {ran}."),
            Some(built) => {
                let all = seconds(built + self.ran);
                let built = seconds(built);
                write!(f, "It took {all}: {built} to build the firmware, and {ran} to run.")
            }
        }
    }
}

fn counts(f: &mut fmt::Formatter<'_>, programs: Tally, cases: Tally) -> fmt::Result {
    match (programs.all(), programs.kept, programs.broken) {
        (0, ..) => {}
        (all, right, 0) => writeln!(
            f,
            "Programs: {right} of {all} passed: every event is correct, and none is early."
        )?,
        (all, right, broken) => {
            writeln!(f, "Programs: {right} of {all} passed, and {broken} FAILED.")?;
        }
    }
    match (cases.all(), cases.kept) {
        (0, _) => {}
        (all, kept) => {
            write!(f, "Cases: {kept} of {all} passed")?;
            match cases.allowed {
                0 => {}
                1 => write!(f, ", 1 is allowed to fail")?,
                allowed => write!(f, ", {allowed} are allowed to fail")?,
            }
            match cases.broken {
                0 => writeln!(f, ", and none failed.")?,
                broken => writeln!(f, ", and {broken} FAILED.")?,
            }
        }
    }
    Ok(())
}

/// Says each reason once, with the runtimes that have it.
fn reasons<'a>(
    f: &mut fmt::Formatter<'_>,
    title: &str,
    cells: impl Iterator<Item = &'a Cell>,
    reason: impl Fn(&'a Verdict) -> Option<&'a str>,
) -> fmt::Result {
    let mut said: Vec<(&Name, &str, Vec<&str>)> = Vec::new();
    for cell in cells {
        let Some(reason) = reason(&cell.verdict) else { continue };
        match said.iter_mut().find(|(name, known, _)| (*name, *known) == (&cell.name, reason)) {
            Some((.., runtimes)) => runtimes.push(cell.runtime),
            None => said.push((&cell.name, reason, vec![cell.runtime])),
        }
    }
    if said.is_empty() {
        return Ok(());
    }
    writeln!(f, "{title}\n")?;
    for (name, reason, runtimes) in said {
        writeln!(f, "  {name} on {}:", runtimes.join(", "))?;
        indented(f, reason)?;
    }
    writeln!(f)
}

/// Some text in lines of their own.
fn indented(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let mut column = 0;
    for word in text.split_whitespace() {
        let width = word.chars().count();
        if column == 0 || column + 1 + width > WIDTH {
            f.write_str(if column == 0 { "     " } else { "\n     " })?;
            column = 5;
        }
        write!(f, " {word}")?;
        column += 1 + width;
    }
    writeln!(f)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(verdict: Verdict, built: Option<Duration>) -> String {
        let ran = Duration::from_millis(21_600);
        let cell = Cell {
            name: Name { group: "sleep", name: "standing" },
            runtime: "swift",
            verdict,
            due: Duration::ZERO,
            clock: None,
            real: ran,
        };
        Summary { programs: &[], cases: &[cell], took: Took { built, ran } }.to_string()
    }

    #[test]
    fn the_build_is_a_part_of_what_it_took() {
        let built = Some(Duration::from_secs(94));
        let sentence = "It took 115.6 s: 94.0 s to build the firmware, and 21.6 s to run.\n";
        assert!(said(Verdict::Kept, built).ends_with(sentence));
        assert!(said(Verdict::Kept, None).ends_with("It took 21.6 s.\n"));
    }

    #[test]
    fn long_reasons_have_lines() {
        let said = said(Verdict::Broken("more words ".repeat(40)), None);
        assert!(said.lines().all(|line| line.chars().count() <= WIDTH), "{said}");
        assert_eq!(said.matches("more").count(), 40, "{said}");
    }
}
