use core::fmt;
use core::time::Duration;

use anytempo_matrix::bench::{
    CrowdRow, LinesRow, Measured, MemoryRow, Part, PeriodRow, Spread, Times,
};
use comfy_table::{CellAlignment, Table, presets};

use crate::cli::units::{bytes, late, microseconds, milliseconds, or_none, ratio, short};

/// Where lines of text end, which is about where the tables do.
const WIDTH: usize = 118;

/// The overhead that the project allows itself.
const GOAL: f64 = 1.02;

/// What the benchmark says to people.
pub(super) struct Figures<'a> {
    pub(super) measured: &'a Measured,
    pub(super) took: Duration,
}

impl fmt::Display for Figures<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { measured, took } = self;
        let crowds = |part| measured.crowds.iter().filter(move |row| row.part == part);
        let crowds = |part| -> Vec<&CrowdRow> { crowds(part).collect() };
        let parts = [
            (
                crowd_table(&crowds(Part::Timers)),
                "TIMERS: tasks that wait once, each until a random time of its own. For each task: CPU time in us, memory in \
                 bytes; how late in ms were half of the waits, 99 % of them, all of them; and the same by hand.",
            ),
            (
                crowd_table(&crowds(Part::Countdowns)),
                "COUNTDOWNS: tasks that wait five times, each with a random delay of its own. For each task, and so for five \
                 waits: CPU time in us, memory in bytes; how late in ms were half of the waits, 99 % of them, all of them; and \
                 the same by hand.",
            ),
            (
                memory_table(&measured.memory),
                "MEMORY: tasks that are one sleep of an hour and nothing else, in resident bytes for each task: a sleep of \
                 anytempo, and the runtime's own.",
            ),
            (
                period_table(&measured.periods),
                "PERIODS: what a task really gets that asks for 1 ms or 10 ms again and again, in ms, in the mean. They count from \
                 the request (fixed delay), or from the deadline before (fixed rate).",
            ),
            (
                lines_table(&measured.lines),
                "LINES: `anytempo lines` beside `wc -l`, over the same files: the time from the start to the end of the \
                 process, and the most memory it had. The files were read before, and so are in memory.",
            ),
        ];
        for (table, title) in parts {
            if let Some(table) = table {
                said(f, title)?;
                writeln!(f, "\n{table}\n")?;
            }
        }
        if !measured.crowds.is_empty() {
            said(
                f,
                "CPU time is that of the program and of the kernel for it, memory is resident. Growth is that of the CPU time since \
                 the row with fewer tasks. Late is from the deadline until the task has control. A ratio is anytempo over by \
                 hand: the middle, and in brackets the smallest and the largest, of all rounds.",
            )?;
            self.ratios(f, "CPU time", 5, CrowdRow::cpu_ratio)?;
            self.ratios(f, "Memory", 2, CrowdRow::memory_ratio)?;
            self.noise(f)?;
        }
        for note in &measured.notes {
            said(f, note)?;
        }
        for failure in &measured.failures {
            said(f, &format!("FAILED: {}: {}", failure.what, failure.reason))?;
        }
        writeln!(f, "It took {:.1} s.", took.as_secs_f64())
    }
}

impl Figures<'_> {
    /// What the ratios of all rows come to, and which of them are above the goal for sure: in every round, of which there are
    /// so many that chance would hardly do it.
    fn ratios(
        &self,
        f: &mut fmt::Formatter<'_>,
        name: &str,
        enough: usize,
        of: fn(&CrowdRow) -> Option<Spread>,
    ) -> fmt::Result {
        let rows = || self.measured.crowds.iter().filter_map(|row| Some((row, of(row)?)));
        let Some(all) = Spread::of(rows().map(|(_, ratio)| ratio.median)) else { return Ok(()) };
        let above: Vec<String> = rows()
            .filter(|(row, ratio)| ratio.least > GOAL && row.rounds.len() >= enough)
            .map(|(row, ratio)| {
                let (part, count) = (part_name(row.part), short(row.count));
                format!("{count} {part} on {} ({:.2})", row.runtime, ratio.median)
            })
            .collect();
        let few = rows().any(|(row, _)| row.rounds.len() < enough);
        let above = match above.as_slice() {
            [] if few => format!("to tell takes {enough} rounds"),
            [] => "no row".to_owned(),
            some => some.join(", "),
        };
        let Spread { least, median, most } = all;
        said(
            f,
            &format!(
                "{name}, anytempo over by hand: {median:.2} in the middle of all rows, which are from {least:.2} to {most:.2}. \
                 Above {GOAL:.2} in every round: {above}."
            ),
        )
    }

    /// How much the figures are worth.
    fn noise(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.measured.crowds.iter().filter(|row| row.rounds.len() > 1);
        let noise = rows.filter_map(CrowdRow::cpu_ns).map(|cpu| cpu.hand.noise() * 100.0);
        match Spread::of(noise) {
            Some(Spread { median, most, .. }) => said(
                f,
                &format!(
                    "Noise: from round to round the CPU time by hand varied by ±{median:.0} % in the middle of all rows, and by \
                     ±{most:.0} % at most. A difference below that is none."
                ),
            ),
            None => said(f, "Noise: not known, as more than one round is needed to tell."),
        }
    }
}

fn crowd_table(rows: &[&CrowdRow]) -> Option<Table> {
    let mut table = table(&[
        "\ntasks",
        "\nruntime",
        "\nCPU",
        "CPU\ngrowth",
        "late\nhalf",
        "late\n99 %",
        "late\nall",
        "\nmemory",
        "hand\nCPU",
        "hand\nhalf",
        "hand\n99 %",
        "CPU\nratio",
        "memory\nratio",
    ]);
    let mut last = rows.first()?.count;
    for row in rows {
        if row.count != last {
            table.add_row([""]);
            last = row.count;
        }
        let cpu = row.cpu_ns();
        let fewer = rows.iter().rfind(|it| it.runtime == row.runtime && it.count < row.count);
        let growth = cpu.as_ref().zip(fewer.and_then(|it| it.cpu_ns()));
        let (half, most) = (row.late_ns(|late| late.p50_ns), row.late_ns(|late| late.p99_ns));
        let (all, memory) = (row.late_ns(|late| late.max_ns), row.resident_bytes());
        table.add_row([
            short(row.count),
            row.runtime.to_owned(),
            or_none(cpu.as_ref().map(|it| microseconds(it.anytempo.median))),
            or_none(
                growth.map(|(it, fewer)| {
                    format!("x{:.2}", it.anytempo.median / fewer.anytempo.median)
                }),
            ),
            or_none(half.as_ref().map(|it| late(it.anytempo.median))),
            or_none(most.as_ref().map(|it| late(it.anytempo.median))),
            or_none(all.as_ref().map(|it| late(it.anytempo.median))),
            or_none(memory.as_ref().map(|it| format!("{:.0}", it.anytempo.median))),
            or_none(cpu.as_ref().map(|it| microseconds(it.hand.median))),
            or_none(half.as_ref().map(|it| late(it.hand.median))),
            or_none(most.as_ref().map(|it| late(it.hand.median))),
            or_none(row.cpu_ratio().map(ratio)),
            or_none(row.memory_ratio().map(|it| format!("{:.2}", it.median))),
        ]);
    }
    Some(table)
}

fn memory_table(rows: &[MemoryRow]) -> Option<Table> {
    rows.first()?;
    let mut table = table(&["tasks", "runtime", "anytempo", "by hand", "ratio"]);
    for row in rows {
        let bytes = row.resident_bytes();
        table.add_row([
            short(row.count),
            row.runtime.to_owned(),
            or_none(bytes.as_ref().map(|it| format!("{:.0}", it.anytempo.median))),
            or_none(bytes.as_ref().map(|it| format!("{:.0}", it.hand.median))),
            or_none(row.memory_ratio().map(ratio)),
        ]);
    }
    Some(table)
}

/// A row for each runtime.
fn period_table(rows: &[PeriodRow]) -> Option<Table> {
    let first = rows.chunk_by(|a, b| a.runtime == b.runtime).next()?;
    let mut header = vec!["\n\nruntime".to_owned()];
    for row in first {
        let from = if row.fixed_rate { "deadline" } else { "request" };
        let asked = Duration::from_nanos(row.asked_ns);
        header.push(format!("{asked:?} from\n{from}\nanytempo"));
        header.push(format!("{asked:?} from\n{from}\nby hand"));
    }
    let mut table = table(&header);
    for rows in rows.chunk_by(|a, b| a.runtime == b.runtime) {
        let mut fields = vec![rows[0].runtime.to_owned()];
        for asked in first {
            let same = |it: &&PeriodRow| {
                (it.asked_ns, it.fixed_rate) == (asked.asked_ns, asked.fixed_rate)
            };
            let mean = rows.iter().find(same).and_then(PeriodRow::mean_ns);
            fields.push(or_none(mean.as_ref().map(|it| milliseconds(it.anytempo.median))));
            fields.push(or_none(mean.as_ref().map(|it| milliseconds(it.hand.median))));
        }
        table.add_row(fields);
    }
    Some(table)
}

fn lines_table(rows: &[LinesRow]) -> Option<Table> {
    let runtime = rows.first()?.runtime;
    let mut table = table(&[
        "\nfiles",
        "size\nof each",
        "newlines\nin all",
        &format!("lines on {runtime}\ntime, ms"),
        "lines\nmemory",
        "wc -l\ntime, ms",
        "wc -l\nmemory",
        "ratio\nof time",
        "ratio of\nmemory",
    ]);
    for row in rows {
        let median = |of: fn(&Times) -> u64| {
            let times = Spread::of(row.rounds.iter().map(|times| of(times) as f64));
            or_none(times.map(|it| milliseconds(it.median)))
        };
        let (lines, wc) = (row.lines_peak_bytes, row.wc_peak_bytes);
        let more = lines.zip(wc).map(|(lines, wc)| lines as f64 / wc as f64);
        table.add_row([
            short(row.files),
            bytes(row.bytes_each as u64),
            row.newlines.to_string(),
            median(|it| it.lines_ns),
            or_none(lines.map(bytes)),
            median(|it| it.wc_ns),
            or_none(wc.map(bytes)),
            or_none(row.ratio().map(ratio)),
            or_none(more.map(|it| format!("{it:.2}"))),
        ]);
    }
    Some(table)
}

fn table(header: &[impl AsRef<str>]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::ASCII_MARKDOWN);
    table.set_header(header.iter().map(AsRef::as_ref));
    for column in table.column_iter_mut() {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// Some text in lines of their own.
fn said(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let mut column = 0;
    for word in text.split_whitespace() {
        let width = word.chars().count();
        if column > 0 && column + 1 + width > WIDTH {
            writeln!(f)?;
            column = 0;
        }
        write!(f, "{}{word}", if column == 0 { "" } else { " " })?;
        column += usize::from(column > 0) + width;
    }
    writeln!(f)
}

fn part_name(part: Part) -> &'static str {
    Part::ALL.iter().find(|(_, it)| *it == part).map_or("", |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use anytempo_matrix::bench::{Crowd, Failure, Lateness, Memory, Pair, Period};

    use super::*;

    fn crowd(cpu: u64) -> Crowd {
        Crowd {
            create_ns: Some(cpu / 2),
            fire_ns: Some(cpu - cpu / 2),
            resident_bytes: Some(cpu / 2),
            waits: 1000,
            lateness: Lateness { p50_ns: 999_700, p99_ns: 12_340_000, max_ns: 2_000_000_000 },
            overtaken: false,
        }
    }

    fn row(runtime: &'static str, count: usize, exact: bool, cpu: [u64; 2]) -> CrowdRow {
        let [anytempo, hand] = cpu.map(|each| crowd(each * count as u64));
        let rounds =
            vec![Pair { anytempo, hand: hand.clone() }, Pair { anytempo: hand.clone(), hand }];
        CrowdRow { part: Part::Timers, runtime, exact, count, rounds }
    }

    fn measured() -> Measured {
        let period = |mean_ns| Period { mean_ns, count: 7 };
        let period_row = |runtime, fixed_rate| PeriodRow {
            runtime,
            asked_ns: 1_000_000,
            fixed_rate,
            rounds: vec![Pair { anytempo: period(1_000_100.0), hand: period(2_100_000.0) }],
        };
        Measured {
            crowds: vec![
                row("sloth", 100, false, [1000, 1000]),
                row("swift", 1000, true, [1000, 500]),
                row("sloth", 1000, false, [2200, 2000]),
            ],
            memory: vec![MemoryRow {
                runtime: "sloth",
                count: 10_000,
                rounds: vec![Pair {
                    anytempo: Memory { resident_bytes: Some(1_360_000) },
                    hand: Memory { resident_bytes: Some(1_120_000) },
                }],
            }],
            periods: vec![period_row("sloth", false), period_row("sloth", true)],
            lines: vec![LinesRow {
                runtime: "sloth",
                files: 10_000,
                bytes_each: 4096,
                newlines: 77,
                rounds: vec![Times { lines_ns: 3_000_000, wc_ns: 2_000_000 }],
                lines_peak_bytes: Some(3 << 20),
                wc_peak_bytes: None,
            }],
            failures: vec![Failure { what: "9 timers on eel".into(), reason: "it slipped".into() }],
            notes: vec!["One should know.".into()],
        }
    }

    #[test]
    fn everything_is_said() {
        let measured = measured();
        let said = Figures { measured: &measured, took: Duration::from_millis(1234) }.to_string();
        let expected = include_str!("figures.txt");
        assert_eq!(said, expected, "\n{said}");
        assert!(said.lines().all(|line| line.chars().count() <= 132), "{said}");
    }

    #[test]
    fn what_was_not_measured_is_not_mentioned() {
        let measured = Measured::default();
        let said = Figures { measured: &measured, took: Duration::ZERO }.to_string();
        assert_eq!(said, "It took 0.0 s.\n");
    }
}
