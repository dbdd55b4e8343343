use core::fmt;
use core::iter::once;
use core::time::Duration;

use anytempo_conformance::harness::Verdict;
use anytempo_matrix::matrix::{Cell, Name, Tally};
use comfy_table::{CellAlignment, ColumnConstraint, Width, presets};

use crate::cli::summary::{Summary, Took};

/// Where tables end: the columns that would go beyond are a table of their own.
const WIDEST: usize = 132;

/// What the matrix says to people.
pub(super) struct Table<'a> {
    /// Row by row.
    pub(super) cells: &'a [Cell],
    /// The columns.
    pub(super) runtimes: &'a [&'a str],
    /// Whether a case has a row of its own, and not only its group.
    pub(super) by_case: bool,
    pub(super) took: Took,
}

impl fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first_case = self.cells.iter().position(|cell| !cell.name.is_program());
        let (programs, cases) = self.cells.split_at(first_case.unwrap_or(self.cells.len()));
        let mut rest = self.runtimes;
        while !rest.is_empty() {
            // At least one, as it would be no narrower by itself.
            let fits =
                |count: &usize| width(&self.tables(programs, cases, &rest[..*count])) <= WIDEST;
            let count = (1..=rest.len()).rev().find(fits).unwrap_or(1);
            for table in self.tables(programs, cases, &rest[..count]) {
                writeln!(f, "{table}\n")?;
            }
            rest = &rest[count..];
        }
        write!(f, "{}", Summary { programs, cases, took: self.took })
    }
}

impl Table<'_> {
    /// Those of the programs and of the cases, below one another.
    fn tables(
        &self,
        programs: &[Cell],
        cases: &[Cell],
        runtimes: &[&str],
    ) -> Vec<comfy_table::Table> {
        let columns = Columns(runtimes);
        let mut tables = Vec::new();
        if !programs.is_empty() {
            tables.push(columns.programs(programs));
        }
        if !cases.is_empty() {
            tables.push(if self.by_case { columns.cases(cases) } else { columns.groups(cases) });
        }
        if let [programs, cases] = tables.as_mut_slice() {
            align(programs, cases);
        }
        tables
    }
}

/// The runtimes of one table.
struct Columns<'a>(&'a [&'a str]);

impl Columns<'_> {
    /// How long each program took, on the clock of the runtime.
    fn programs(&self, cells: &[Cell]) -> comfy_table::Table {
        let mut table = self.table(["program", "due"]);
        for row in self.rows(cells, |name| name.name) {
            let first = [row[0].name.name.to_owned(), milliseconds(row[0].due)];
            table.add_row(first.into_iter().chain(self.fields(row, |cells| match cells {
                [cell] => {
                    cell.clock.map_or("✗ FAILED".into(), |t| format!("✓ {}", milliseconds(t)))
                }
                _ => String::new(),
            })));
        }
        let took = self.fields(cells, |cells| {
            let right = cells.iter().filter(|cell| cell.clock.is_some());
            milliseconds(right.map(|cell| cell.real).sum())
        });
        table.add_row(["real time".to_owned(), String::new()].into_iter().chain(took));
        table
    }

    /// How many cases of each group are kept.
    fn groups(&self, cells: &[Cell]) -> comfy_table::Table {
        let mut table = self.table(["cases"]);
        for row in self.rows(cells, |name| name.group) {
            table.add_row(once(row[0].name.group.to_owned()).chain(self.fields(row, counted)));
        }
        table.add_row(once("total".to_owned()).chain(self.fields(cells, counted)));
        table
    }

    /// How each case went.
    fn cases(&self, cells: &[Cell]) -> comfy_table::Table {
        let mut table = self.table(["case"]);
        for row in self.rows(cells, |name| *name) {
            let name = row[0].name.to_string();
            table.add_row(once(name).chain(self.fields(row, |cells| {
                let word = match cells.first().map(|cell| &cell.verdict) {
                    Some(Verdict::Kept) => "✓",
                    Some(Verdict::Allowed { .. }) => "allowed",
                    Some(Verdict::Broken(_)) => "✗ FAILED",
                    None => "",
                };
                word.into()
            })));
        }
        table.add_row(once("total".to_owned()).chain(self.fields(cells, counted)));
        table
    }

    /// An empty table with these columns and one for each runtime.
    fn table<const N: usize>(&self, first: [&str; N]) -> comfy_table::Table {
        let mut table = comfy_table::Table::new();
        table.load_preset(presets::ASCII_MARKDOWN);
        table.set_header(first.iter().chain(self.0));
        for column in table.column_iter_mut().skip(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        table
    }

    /// A field for each runtime, made from its cells.
    fn fields(&self, row: &[Cell], field: impl Fn(&[&Cell]) -> String) -> Vec<String> {
        let cells =
            |runtime| -> Vec<&Cell> { row.iter().filter(|cell| cell.runtime == runtime).collect() };
        self.0.iter().map(|runtime| field(&cells(*runtime))).collect()
    }

    /// The cells by row: those that have the same `key` follow one another. A row without any of these runtimes is left out.
    fn rows<'c, K: PartialEq>(
        &self,
        cells: &'c [Cell],
        key: impl Fn(&Name) -> K,
    ) -> impl Iterator<Item = &'c [Cell]> {
        cells
            .chunk_by(move |a, b| key(&a.name) == key(&b.name))
            .filter(|row| row.iter().any(|cell| self.0.contains(&cell.runtime)))
    }
}

/// How wide the tables are.
fn width(tables: &[comfy_table::Table]) -> usize {
    let widths =
        tables.iter().flat_map(|table| table.lines().next().map(|line| line.chars().count()));
    widths.max().unwrap_or(0)
}

/// The cells as a number of those that there are: what is allowed has no tick, as it is none.
fn counted(cells: &[&Cell]) -> String {
    let tally = Tally::of(cells.iter().copied());
    let (kept, all) = (tally.kept, tally.all());
    let count = match tally.allowed {
        0 => format!("{kept}/{all}"),
        allowed => format!("{kept}/{all} +{allowed} allowed"),
    };
    match (all, tally.allowed, tally.broken) {
        (0, ..) => String::new(),
        (_, 0, 0) => format!("✓ {count}"),
        (_, _, 0) => count,
        _ => format!("✗ {count}"),
    }
}

/// Puts the runtimes of two tables below one another. The first has one column more in front of them.
fn align(programs: &mut comfy_table::Table, cases: &mut comfy_table::Table) {
    let (upper, lower) = (programs.column_max_content_widths(), cases.column_max_content_widths());
    // With a space on either side.
    let fixed = |width| ColumnConstraint::LowerBoundary(Width::Fixed(width + 2));
    if let ([name, due, upper @ ..], [group, lower @ ..]) = (upper.as_slice(), lower.as_slice()) {
        // What separates two columns.
        let front = (name + due + 3).max(*group);
        let widths: Vec<u16> = upper.iter().zip(lower).map(|(a, b)| *a.max(b)).collect();
        programs.set_constraints([front - due - 3, *due].iter().chain(&widths).copied().map(fixed));
        cases.set_constraints(once(&front).chain(&widths).copied().map(fixed));
    }
}

fn milliseconds(duration: Duration) -> String {
    format!("{:.1} ms", duration.as_secs_f64() * 1000.0)
}

#[cfg(test)]
mod tests {
    use anytempo_matrix::matrix::PROGRAMS;

    use super::*;

    /// On two runtimes: a program that is wrong on one of them, a case that is allowed to be, and one that is wrong on
    /// both.
    fn cells() -> Vec<Cell> {
        let ms = Duration::from_millis;
        let program = |runtime, verdict: Verdict| Cell {
            name: Name { group: PROGRAMS, name: "stall" },
            runtime,
            due: ms(20),
            clock: (verdict == Verdict::Kept).then(|| ms(21)),
            verdict,
            real: ms(22),
        };
        let case = |group, name, runtime, verdict| Cell {
            name: Name { group, name },
            runtime,
            verdict,
            due: Duration::ZERO,
            clock: None,
            real: ms(1),
        };
        let broken = |reason: &str| Verdict::Broken(reason.to_owned());
        vec![
            program("swift", Verdict::Kept),
            program("sloth", broken("`end` was not reported")),
            case(
                "sleep",
                "soundly",
                "swift",
                Verdict::Allowed { why: "swifts sleep on the wing", seen: None },
            ),
            case("sleep", "soundly", "sloth", Verdict::Kept),
            case("sleep", "standing", "swift", broken("it\nfell")),
            case("sleep", "standing", "sloth", broken("it\nfell")),
            case("wake", "early", "swift", Verdict::Kept),
        ]
    }

    fn said(cells: &[Cell], by_case: bool) -> String {
        let took = Took { built: None, ran: Duration::from_millis(1234) };
        Table { cells, runtimes: &["swift", "sloth"], by_case, took }.to_string()
    }

    const REASONS: &str = "
Allowed, and not counted as kept:

  sleep::soundly on swift:
      swifts sleep on the wing

FAILED:

  programs::stall on sloth:
      `end` was not reported
  sleep::standing on swift, sloth:
      it fell

Programs: 1 of 2 passed, and 1 FAILED.
Cases: 2 of 5 passed, 1 is allowed to fail, and 2 FAILED.
It took 1.2 s.
";

    #[test]
    fn groups_have_counts() {
        let table = "\
| program   |     due |            swift |    sloth |
|-----------|---------|------------------|----------|
| stall     | 20.0 ms |        ✓ 21.0 ms | ✗ FAILED |
| real time |         |          22.0 ms |   0.0 ms |

| cases               |            swift |    sloth |
|---------------------|------------------|----------|
| sleep               | ✗ 0/2 +1 allowed |    ✗ 1/2 |
| wake                |            ✓ 1/1 |          |
| total               | ✗ 1/3 +1 allowed |    ✗ 1/2 |
";
        assert_eq!(said(&cells(), false), format!("{table}{REASONS}"));
    }

    #[test]
    fn cases_have_rows() {
        let table = "\
| program   |     due |            swift |    sloth |
|-----------|---------|------------------|----------|
| stall     | 20.0 ms |        ✓ 21.0 ms | ✗ FAILED |
| real time |         |          22.0 ms |   0.0 ms |

| case                |            swift |    sloth |
|---------------------|------------------|----------|
| sleep::soundly      |          allowed |        ✓ |
| sleep::standing     |         ✗ FAILED | ✗ FAILED |
| wake::early         |                ✓ |          |
| total               | ✗ 1/3 +1 allowed |    ✗ 1/2 |
";
        assert_eq!(said(&cells(), true), format!("{table}{REASONS}"));
    }

    #[test]
    fn what_is_too_wide_is_more_than_one_table() {
        let cells = cells();
        let names: Vec<String> = (0..9).map(|it| format!("a-runtime-with-a-name-{it}")).collect();
        let mut runtimes: Vec<&str> = names.iter().map(String::as_str).collect();
        runtimes.push("swift");
        let took = Took { built: None, ran: Duration::ZERO };
        let table = Table { cells: &cells, runtimes: &runtimes, by_case: true, took };
        let said = table.to_string();
        assert!(said.lines().all(|line| line.chars().count() <= WIDEST), "{said}");
        for runtime in runtimes {
            // Above the programs, and above the cases.
            let header = |line: &&str| line.contains("| program ") || line.contains("| case ");
            let headers = said.lines().filter(header).filter(|line| line.contains(runtime));
            assert_eq!(headers.count(), 2, "{said}");
        }
    }

    #[test]
    fn what_is_allowed_has_no_tick() {
        let cells = cells();
        let (allowed, kept) = (&cells[2], &cells[6]);
        assert_eq!(counted(&[allowed, kept]), "1/2 +1 allowed");
        assert_eq!(counted(&[kept]), "✓ 1/1");
        assert_eq!(counted(&[]), "");
    }

    #[test]
    fn all_is_well() {
        let cells = cells();
        let said = said(&[cells[0].clone(), cells[6].clone()], false);
        let end = "

Programs: 1 of 1 passed: every event is correct, and none is early.
Cases: 1 of 1 passed, and none failed.
It took 1.2 s.
";
        assert!(said.ends_with(end), "{said}");
        assert!(!said.contains("FAILED") && !said.contains("llowed"), "{said}");
    }
}
