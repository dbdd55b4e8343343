use core::fmt;
use core::time::Duration;

use anytempo_matrix::bench::{CrowdRow, LinesRow, Measured, Part, PeriodRow, Spread};
use comfy_table::{CellAlignment, Table, presets};

/// What the benchmark says to people.
pub(super) struct Figures<'a> {
    pub(super) measured: &'a Measured,
    pub(super) quick: bool,
    pub(super) took: Duration,
}

/// What is not known, or makes no sense.
const NONE: &str = "-";

impl fmt::Display for Figures<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { measured, quick, took } = self;
        self.crowds(f, Part::Timers)?;
        self.crowds(f, Part::Countdowns)?;
        if !measured.periods.is_empty() {
            writeln!(
                f,
                "PERIODS: one task that asks for equal waits; what it gets, in the mean\n\n{}\n",
                periods(&measured.periods)
            )?;
        }
        if !measured.lines.is_empty() {
            writeln!(
                f,
                "LINES: `anytempo lines` beside `wc -l`, from start to end of the process; the files are cached\n\n{}\n",
                lines(&measured.lines)
            )?;
        }
        for failure in &measured.failures {
            writeln!(f, "FAILED: {}: {}", failure.what, failure.reason)?;
        }
        for note in &measured.notes {
            writeln!(f, "{note}")?;
        }
        self.sum(f)?;
        writeln!(
            f,
            "It took {:.1} s{}.",
            took.as_secs_f64(),
            if *quick { "; a run without --quick is longer and more exact" } else { "" }
        )
    }
}

impl Figures<'_> {
    fn crowds(&self, f: &mut fmt::Formatter<'_>, part: Part) -> fmt::Result {
        let rows: Vec<&CrowdRow> =
            self.measured.crowds.iter().filter(|row| row.part == part).collect();
        if rows.is_empty() {
            return Ok(());
        }
        let title = match part {
            Part::Timers => "TIMERS: tasks that wait once, each until a random time",
            _ => {
                "COUNTDOWNS: tasks with five waits one after another, each task with a random delay"
            }
        };
        writeln!(
            f,
            "{title}
CPU time and memory are for each task; late is from a deadline to when the task has control; growth is that of the CPU
time from the number of tasks before; x is anytempo over by hand, with the smallest and the largest of all rounds\n"
        )?;
        let mut table = table(&[
            "tasks", "runtime", "CPU", "growth", "late p50", "late p99", "late max", "memory",
            "| CPU", "late p50", "late p99", "memory", "x CPU", "x memory",
        ]);
        for row in &rows {
            let before = rows
                .iter()
                .rfind(|it| it.runtime == row.runtime && it.count < row.count)
                .and_then(|it| it.cpu_ns());
            let (cpu, memory) = (row.cpu_ns(), row.resident_bytes());
            let late = [
                row.late_ns(|late| late.p50_ns),
                row.late_ns(|late| late.p99_ns),
                row.late_ns(|late| late.max_ns),
            ];
            let growth = cpu.as_ref().zip(before).map(|(cpu, before)| {
                format!("x{:.2}", cpu.anytempo.median / before.anytempo.median)
            });
            let or_none = |text: Option<String>| text.unwrap_or_else(|| NONE.into());
            table.add_row([
                row.count.to_string(),
                row.runtime.to_owned(),
                or_none(cpu.as_ref().map(|it| time(it.anytempo.median))),
                or_none(growth),
                or_none(late[0].as_ref().map(|it| time(it.anytempo.median))),
                or_none(late[1].as_ref().map(|it| time(it.anytempo.median))),
                or_none(late[2].as_ref().map(|it| time(it.anytempo.median))),
                or_none(memory.as_ref().map(|it| format!("{:.0} B", it.anytempo.median))),
                or_none(cpu.as_ref().map(|it| time(it.hand.median))),
                or_none(late[0].as_ref().map(|it| time(it.hand.median))),
                or_none(late[1].as_ref().map(|it| time(it.hand.median))),
                or_none(memory.as_ref().map(|it| format!("{:.0} B", it.hand.median))),
                or_none(row.cpu_ratio().map(ratio)),
                or_none(row.memory_ratio().map(|it| format!("{:.3}", it.median))),
            ]);
        }
        writeln!(f, "{table}\n")
    }

    /// What all ratios come to, and how much they are worth.
    fn sum(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = &self.measured.crowds;
        let cpu = Spread::of(rows.iter().filter_map(CrowdRow::cpu_ratio).map(|it| it.median));
        let memory = Spread::of(rows.iter().filter_map(CrowdRow::memory_ratio).map(|it| it.median));
        let noise = rows.iter().filter_map(CrowdRow::cpu_ns).map(|cpu| cpu.hand.noise() * 100.0);
        if let Some(cpu) = cpu {
            writeln!(
                f,
                "anytempo over by hand: CPU time x{:.2} in the middle of {} rows, {:.2} to {:.2}.",
                cpu.median,
                rows.len(),
                cpu.least,
                cpu.most
            )?;
        }
        if let Some(memory) = memory {
            writeln!(
                f,
                "Memory x{:.3}, {:.3} to {:.3}.",
                memory.median, memory.least, memory.most
            )?;
        }
        if let Some(noise) = Spread::of(noise) {
            writeln!(
                f,
                "Noise: the same work, written by hand, took CPU time that differed by ±{:.0} % from round to round in the middle of all rows, and by ±{:.0} % at most.",
                noise.median, noise.most
            )?;
        }
        Ok(())
    }
}

fn periods(rows: &[PeriodRow]) -> Table {
    let mut table = table(&["runtime", "asked", "count from", "anytempo", "by hand"]);
    for row in rows {
        let mean = row.mean_ns();
        let mean = |side: fn(&anytempo_matrix::bench::Pair<Spread>) -> Spread| {
            mean.as_ref().map_or_else(|| NONE.into(), |it| time(side(it).median))
        };
        table.add_row([
            row.runtime.to_owned(),
            time(row.asked_ns as f64),
            if row.fixed_rate { "deadline" } else { "request" }.into(),
            mean(|it| it.anytempo),
            mean(|it| it.hand),
        ]);
    }
    table
}

fn lines(rows: &[LinesRow]) -> Table {
    let mut table = table(&[
        "files",
        "of",
        "newlines",
        "lines",
        "wc -l",
        "x time",
        "lines: peak",
        "wc -l: peak",
    ]);
    for row in rows {
        let median = |of: fn(&anytempo_matrix::bench::Times) -> u64| {
            let times = Spread::of(row.rounds.iter().map(|times| of(times) as f64));
            times.map_or_else(|| NONE.into(), |it| time(it.median))
        };
        let peak = |bytes: Option<u64>| {
            bytes.map_or_else(
                || NONE.into(),
                |it| format!("{:.1} MiB", it as f64 / (1 << 20) as f64),
            )
        };
        table.add_row([
            row.files.to_string(),
            format!("{} KiB", row.bytes_each >> 10),
            row.newlines.to_string(),
            median(|it| it.lines_ns),
            median(|it| it.wc_ns),
            row.ratio().map_or_else(|| NONE.into(), ratio),
            peak(row.lines_peak_bytes),
            peak(row.wc_peak_bytes),
        ]);
    }
    table
}

fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::ASCII_MARKDOWN);
    table.set_header(header);
    for column in table.column_iter_mut() {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn ratio(of: Spread) -> String {
    format!("{:.2} ({:.2}-{:.2})", of.median, of.least, of.most)
}

/// Some nanoseconds, to three digits.
fn time(nanoseconds: f64) -> String {
    let (number, unit) = match nanoseconds {
        ..1e3 => return format!("{nanoseconds:.0} ns"),
        ..1e6 => (nanoseconds / 1e3, "us"),
        ..1e9 => (nanoseconds / 1e6, "ms"),
        _ => (nanoseconds / 1e9, "s"),
    };
    let digits = match number {
        ..10.0 => 2,
        ..100.0 => 1,
        _ => 0,
    };
    format!("{number:.digits$} {unit}")
}
