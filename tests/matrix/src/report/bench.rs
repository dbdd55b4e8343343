use core::time::Duration;

use maud::{Markup, html};
use serde::Deserialize;

use super::numbers::{count, spread, three};
use super::page::{Section, seconds, table};
use super::plot::{Mark, Of, Plot, Scale, legend};
use crate::bench::{Pair, Spread};

/// What `anytempo bench --json` writes.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Bench {
    host: String,
    system: String,
    architecture: String,
    processors: Option<usize>,
    quick: bool,
    took_ms: u64,
    crowds: Vec<Crowd>,
    memory: Vec<Memory>,
    periods: Vec<Period>,
    lines: Vec<Lines>,
    failures: Vec<Failure>,
    notes: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
struct Crowd {
    part: String,
    runtime: String,
    count: usize,
    cpu_ns: Option<Pair<Spread>>,
    resident_bytes: Option<Pair<Spread>>,
    late_p50_ns: Option<Pair<Spread>>,
    late_p99_ns: Option<Pair<Spread>>,
    late_max_ns: Option<Pair<Spread>>,
    cpu_ratio: Option<Spread>,
    memory_ratio: Option<Spread>,
    rounds: Vec<serde::de::IgnoredAny>,
}

#[derive(Clone, Debug, Deserialize)]
struct Memory {
    runtime: String,
    count: usize,
    resident_bytes: Option<Pair<Spread>>,
    memory_ratio: Option<Spread>,
}

#[derive(Clone, Debug, Deserialize)]
struct Period {
    runtime: String,
    asked_ns: u64,
    fixed_rate: bool,
    rounds: Vec<Pair<Mean>>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
struct Mean {
    mean_ns: f64,
}

#[derive(Clone, Debug, Deserialize)]
struct Lines {
    runtime: String,
    files: usize,
    bytes_each: u64,
    rounds: Vec<Times>,
    lines_peak_bytes: Option<u64>,
    wc_peak_bytes: Option<u64>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
struct Times {
    lines_ns: f64,
    wc_ns: f64,
}

#[derive(Clone, Debug, Deserialize)]
struct Failure {
    what: String,
    reason: String,
}

/// A figure of a row, with anytempo and by hand, in the unit that is shown.
type Figure<T> = fn(&T) -> Option<Pair<Spread>>;

impl Bench {
    pub(super) fn about(&self) -> String {
        let quick = if self.quick { " --quick" } else { "" };
        format!("bench{quick} on {}, {}", self.machine(), seconds(self.took_ms as f64 / 1e3))
    }

    fn machine(&self) -> String {
        let processors = self.processors.map_or(String::new(), |it| format!(", {it} processors"));
        format!("{} ({} {}{processors})", self.host, self.system, self.architecture)
    }

    pub(super) fn section(&self, id: &str) -> Section {
        let body = html! {
            p {
                "Measured on " (self.machine()) ". Each figure is the median of several rounds. In each round anytempo and "
                "hand-written code on the same runtime ran one right after the other. A line through a mark goes from the least "
                "to the most of the rounds. Where the two lines of a runtime overlap, the difference is within the noise."
            }
            @if self.quick {
                p.note { "This was " code { "bench --quick" } ", a first impression of few rounds. Without it the figures are steadier." }
            }
            @if let Some((middle, most)) = self.noise() {
                p.note {
                    "Noise: the CPU time of the hand-written code varied by ±" (three(middle * 100.0)) " % between rounds in the "
                    "median row, and by ±" (three(most * 100.0)) " % at most. A smaller difference is within the noise."
                }
            }
            @for note in &self.notes { p.note { (note) } }
            @for failure in &self.failures { p.note { strong.failed { "Failed: " } (failure.what) ": " (failure.reason) } }
            (self.crowd("timers", "Timers", "Tasks that wait once, each until a random time of its own."))
            (self.crowd("countdowns", "Countdowns", "Tasks that wait five times, each with a random delay. A figure is for a task, so for five waits."))
            (self.sleeps())
            (self.delivered())
            (self.counted())
        };
        Section { id: id.to_owned(), title: format!("Benchmark of {}", self.host), body }
    }

    /// By how much the CPU time by hand varied: in the median row, and in the worst.
    fn noise(&self) -> Option<(f64, f64)> {
        let rows = self.crowds.iter().filter(|row| row.rounds.len() > 1);
        let noise = rows.filter_map(|row| Some(row.cpu_ns.as_ref()?.hand.noise()));
        Spread::of(noise).map(|it| (it.median, it.most))
    }

    fn crowd(&self, part: &str, title: &str, about: &str) -> Markup {
        let rows: Vec<&Crowd> = self.crowds.iter().filter(|row| row.part == part).collect();
        if rows.is_empty() {
            return html! {};
        }
        let sizes = grouped(&rows, |row| row.count);
        let what = |count: usize| format!("{} {part}", self::count(count));
        let of_each = |says: &str, unit, scale, figure: Figure<Crowd>| {
            sizes
                .iter()
                .map(|(size, rows)| {
                    Plot {
                        caption: what(*size),
                        says: format!(
                            "{says} of {}, by runtime, with anytempo and hand-written.",
                            what(*size)
                        ),
                        unit,
                        scale,
                        reference: None,
                        rows: rows
                            .iter()
                            .map(|row| (row.runtime.clone(), marks(figure(row))))
                            .filter(|(_, it)| !it.is_empty())
                            .collect(),
                    }
                    .figure()
                })
                .collect::<Vec<_>>()
        };
        let late = sizes.iter().map(|(size, rows)| {
            Plot {
                caption: what(*size),
                says: format!(
                    "Lateness of {}, by runtime, with anytempo and hand-written.",
                    what(*size)
                ),
                unit: "ms late: median, 99 %, all",
                scale: Scale::Log,
                reference: None,
                rows: rows
                    .iter()
                    .map(|row| (row.runtime.clone(), lateness(row)))
                    .filter(|(_, it)| !it.is_empty())
                    .collect(),
            }
            .figure()
        });
        let ratios = |says: &str, figure: fn(&Crowd) -> Option<Spread>| {
            sizes
                .iter()
                .map(|(size, rows)| {
                    Plot {
                        caption: what(*size),
                        says: format!(
                            "{says} of {}, anytempo divided by hand-written, by runtime.",
                            what(*size)
                        ),
                        unit: "anytempo / hand-written",
                        scale: Scale::Close,
                        reference: Some(1.0),
                        rows: rows
                            .iter()
                            .map(|row| {
                                (
                                    row.runtime.clone(),
                                    figure(row)
                                        .map(|it| mark(Of::Anytempo, it))
                                        .into_iter()
                                        .collect::<Vec<_>>(),
                                )
                            })
                            .filter(|(_, it)| !it.is_empty())
                            .collect(),
                    }
                    .figure()
                })
                .collect::<Vec<_>>()
        };
        let both = legend(&[Of::Anytempo, Of::Hand], "The line is the spread of the rounds.");
        html! {
            h3 { (title) }
            p { (about) }
            h4 { "CPU time for each task" }
            (both)
            div.plots { @for plot in of_each("CPU time", "µs", Scale::Log, |row| scaled(row.cpu_ns.as_ref(), 1e3)) { (plot) } }
            h4 { "CPU time, compared with hand-written code" }
            div.plots { @for plot in ratios("CPU time", |row| row.cpu_ratio) { (plot) } }
            h4 { "Lateness" }
            (legend(&[Of::Anytempo, Of::Hand], "A solid mark is the median. The hollow one is what 99 % of the waits kept to. The line ends with the latest."))
            div.plots { @for plot in late { (plot) } }
            h4 { "Memory for each task" }
            (both)
            div.plots { @for plot in of_each("Memory", "bytes", Scale::Linear, |row| row.resident_bytes.clone()) { (plot) } }
            details {
                summary { "The figures of " (part) }
                (table(
                    &format!("Figures of {part}"),
                    &["tasks", "runtime", "CPU, µs", "CPU by hand", "CPU ratio", "late ms, median", "by hand", "late ms, 99 %", "by hand", "late ms, all", "by hand", "bytes", "bytes by hand", "memory ratio", "rounds"],
                    rows.iter().map(|row| {
                        let mut cells = vec![self::count(row.count), row.runtime.clone()];
                        cells.extend(pair(scaled(row.cpu_ns.as_ref(), 1e3)));
                        cells.push(row.cpu_ratio.map(spread).unwrap_or_default());
                        for late in [&row.late_p50_ns, &row.late_p99_ns, &row.late_max_ns] {
                            cells.extend(pair(scaled(late.as_ref(), 1e6)));
                        }
                        cells.extend(pair(row.resident_bytes.clone()));
                        cells.push(row.memory_ratio.map(spread).unwrap_or_default());
                        cells.push(row.rounds.len().to_string());
                        cells
                    }),
                ))
            }
        }
    }

    /// The memory of bare sleeps.
    fn sleeps(&self) -> Markup {
        if self.memory.is_empty() {
            return html! {};
        }
        let rows: Vec<&Memory> = self.memory.iter().collect();
        let plots = grouped(&rows, |row| row.count).into_iter().map(|(size, rows)| {
            Plot {
                caption: format!("{} tasks", count(size)),
                says: format!(
                    "Memory of {} sleeping tasks, by runtime, with anytempo and hand-written.",
                    count(size)
                ),
                unit: "bytes for each task",
                scale: Scale::Linear,
                reference: None,
                rows: rows
                    .iter()
                    .map(|row| (row.runtime.clone(), marks(row.resident_bytes.clone())))
                    .collect(),
            }
            .figure()
        });
        html! {
            h3 { "Memory of a sleep" }
            p { "Tasks that are one sleep of an hour and nothing else: a sleep of anytempo, and the runtime's own." }
            (legend(&[Of::Anytempo, Of::Hand], "The line is the spread of the rounds."))
            div.plots { @for plot in plots { (plot) } }
            details {
                summary { "The figures of memory" }
                (table("Memory of a sleep", &["tasks", "runtime", "bytes", "bytes by hand", "ratio"], rows.iter().map(|row| {
                    let mut cells = vec![count(row.count), row.runtime.clone()];
                    cells.extend(pair(row.resident_bytes.clone()));
                    cells.push(row.memory_ratio.map(spread).unwrap_or_default());
                    cells
                })))
            }
        }
    }

    fn delivered(&self) -> Markup {
        if self.periods.is_empty() {
            return html! {};
        }
        let rows: Vec<&Period> = self.periods.iter().collect();
        let kind = |fixed_rate| if fixed_rate { "the last deadline" } else { "the request" };
        let plots = grouped(&rows, |row| (row.asked_ns, row.fixed_rate)).into_iter().map(|((asked, fixed), rows)| {
            let asked = Duration::from_nanos(asked);
            Plot {
                caption: format!("{asked:?} from {}", kind(fixed)),
                says: format!("Delivered periods of {asked:?} from {}, by runtime, with anytempo and hand-written.", kind(fixed)),
                unit: "ms",
                scale: Scale::Close,
                reference: Some(asked.as_secs_f64() * 1e3),
                rows: rows.iter().map(|row| (row.runtime.clone(), marks(row.mean()))).collect(),
            }.figure()
        });
        html! {
            h3 { "Delivered periods" }
            p { "What a task gets that asks for the same period again and again, in the mean. The vertical line is what it asks for." }
            (legend(&[Of::Anytempo, Of::Hand], "The line is the spread of the rounds."))
            div.plots { @for plot in plots { (plot) } }
            details {
                summary { "The figures of periods" }
                (table("Delivered periods", &["asked", "counted from", "runtime", "ms", "ms by hand", "rounds"], rows.iter().map(|row| {
                    let mut cells = vec![format!("{:?}", Duration::from_nanos(row.asked_ns)), kind(row.fixed_rate).into(), row.runtime.clone()];
                    cells.extend(pair(row.mean()));
                    cells.push(row.rounds.len().to_string());
                    cells
                })))
            }
        }
    }

    /// `lines` next to `wc`.
    fn counted(&self) -> Markup {
        if self.lines.is_empty() {
            return html! {};
        }
        let mebibytes = |bytes: Option<u64>| {
            bytes.map(|it| three(it as f64 / f64::from(1 << 20))).unwrap_or_default()
        };
        html! {
            h3 { "Counting lines" }
            p { code { "anytempo lines" } " and " code { "wc -l" } " over the same files, which are in memory: the whole time of the process, and the most memory it had." }
            (table("Counting lines", &["files", "bytes of each", "lines on", "lines, ms", "wc -l, ms", "time ratio", "lines, MiB", "wc -l, MiB"], self.lines.iter().map(|row| {
                let of = |time: fn(&Times) -> f64| Spread::of(row.rounds.iter().map(time)).map(spread).unwrap_or_default();
                vec![
                    row.files.to_string(), row.bytes_each.to_string(), row.runtime.clone(),
                    of(|it| it.lines_ns / 1e6), of(|it| it.wc_ns / 1e6), of(|it| it.lines_ns / it.wc_ns),
                    mebibytes(row.lines_peak_bytes), mebibytes(row.wc_peak_bytes),
                ]
            })))
        }
    }
}

impl Period {
    fn mean(&self) -> Option<Pair<Spread>> {
        let of = |side: fn(&Pair<Mean>) -> Mean| {
            Spread::of(self.rounds.iter().map(|it| side(it).mean_ns / 1e6))
        };
        Some(Pair { anytempo: of(|it| it.anytempo)?, hand: of(|it| it.hand)? })
    }
}

/// The rows with the same key, in the order of the keys.
fn grouped<'a, T, K: Ord + Copy>(rows: &[&'a T], key: impl Fn(&T) -> K) -> Vec<(K, Vec<&'a T>)> {
    let mut groups = std::collections::BTreeMap::<K, Vec<&T>>::new();
    for row in rows {
        groups.entry(key(row)).or_default().push(row);
    }
    groups.into_iter().collect()
}

fn scaled(pair: Option<&Pair<Spread>>, by: f64) -> Option<Pair<Spread>> {
    let of =
        |it: Spread| Spread { least: it.least / by, median: it.median / by, most: it.most / by };
    pair.map(|pair| Pair { anytempo: of(pair.anytempo), hand: of(pair.hand) })
}

fn mark(of: Of, it: Spread) -> Mark {
    Mark { of, at: it.median, line: Some((it.least, it.most)), solid: true }
}

fn marks(pair: Option<Pair<Spread>>) -> Vec<Mark> {
    pair.map_or_else(Vec::new, |it| vec![mark(Of::Hand, it.hand), mark(Of::Anytempo, it.anytempo)])
}

/// The median, and a line from there by way of the 99 % to the latest.
fn lateness(row: &Crowd) -> Vec<Mark> {
    let side = |side: fn(&Pair<Spread>) -> Spread, of| {
        let figure = |late: &Option<Pair<Spread>>| Some(side(late.as_ref()?).median / 1e6);
        let half = figure(&row.late_p50_ns)?;
        let (most, all) = (figure(&row.late_p99_ns)?, figure(&row.late_max_ns)?);
        Some([
            Mark { of, at: half, line: Some((half, all)), solid: true },
            Mark { of, at: most, line: None, solid: false },
        ])
    };
    let sides = [side(|it| it.hand, Of::Hand), side(|it| it.anytempo, Of::Anytempo)];
    sides.into_iter().flatten().flatten().collect()
}

fn pair(of: Option<Pair<Spread>>) -> [String; 2] {
    of.map_or_else(Default::default, |it| [spread(it.anytempo), spread(it.hand)])
}
