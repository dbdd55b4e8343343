use core::time::Duration;

use serde::Serialize;

use crate::bench::child::{self, Trouble};
use crate::bench::lines::{self, LinesRow};
use crate::bench::row::FEWEST_TO_WEIGH;
use crate::bench::{
    Crowd, CrowdRow, Form, Interrupt, Job, Memory, MemoryRow, Pair, Period, PeriodRow, Sample,
    Work, process,
};
use crate::runtimes::Runtime;

/// A part of the benchmark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// Tasks that wait once.
    Timers,
    /// Tasks that count down.
    Countdowns,
    /// What a task takes that only sleeps.
    Memory,
    /// What a period really is.
    Periods,
    /// The program `lines` beside `wc -l`.
    Lines,
}

impl Part {
    /// All of them, with their names.
    pub const ALL: [(&'static str, Self); 5] = [
        ("timers", Self::Timers),
        ("countdowns", Self::Countdowns),
        ("memory", Self::Memory),
        ("periods", Self::Periods),
        ("lines", Self::Lines),
    ];
}

/// What is to be measured.
#[derive(Clone, Debug)]
pub struct Settings {
    /// On which runtimes. The first of them also counts the lines.
    pub runtimes: Vec<&'static Runtime>,
    /// Which parts.
    pub parts: Vec<Part>,
    /// For how many tasks; `None` for what is usual.
    pub sizes: Option<Vec<usize>>,
    /// How often; `None` for what is usual.
    pub rounds: Option<u32>,
    /// Whether it has to be over soon.
    pub quick: bool,
}

/// What was measured.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Measured {
    /// Tasks by number, and by runtime.
    pub crowds: Vec<CrowdRow>,
    /// Bare sleeps by number, and by runtime.
    pub memory: Vec<MemoryRow>,
    /// Periods by runtime.
    pub periods: Vec<PeriodRow>,
    /// Files.
    pub lines: Vec<LinesRow>,
    /// What could not be measured.
    pub failures: Vec<Failure>,
    /// What should be known of the figures.
    pub notes: Vec<String>,
}

/// Something that could not be measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// What it was.
    pub what: String,
    /// Why.
    pub reason: String,
}

/// The run was interrupted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interrupted;

/// What happens while it is measured.
pub trait Watch {
    /// This is next.
    fn next(&mut self, what: &str);
    /// It is done.
    fn done(&mut self);
}

/// How often a job is repeated with more time to register.
const REPEATS: u32 = 3;

impl Settings {
    /// How many times [`Watch::done`] will be called.
    pub fn steps(&self) -> usize {
        let crowds: usize = self.crowds().map(|(row, _)| self.rounds_of(row.count) as usize).sum();
        let memory = self.memory().count() * self.few_rounds() as usize;
        let periods = self.periods().count() * self.few_rounds() as usize;
        let lines = if self.has(Part::Lines) { lines::steps(self.line_rounds()) } else { 0 };
        2 * (crowds + memory + periods) + lines
    }

    /// Measures everything.
    ///
    /// # Errors
    ///
    /// If there was an interrupt.
    pub fn run(
        &self,
        interrupt: &Interrupt,
        watch: &mut dyn Watch,
    ) -> Result<Measured, Interrupted> {
        let mut run = Run { interrupt, watch, measured: Measured::default() };
        run.measured.notes.extend(process::busy());
        let mut crowds: Vec<_> = self.crowds().collect();
        // Round by round, so that a machine that is slow for a while is so for all runtimes.
        for group in crowds.chunk_by_mut(|(a, _), (b, _)| (a.part, a.count) == (b.part, b.count)) {
            for round in 0..self.rounds_of(group[0].0.count) {
                for (row, work) in group.iter_mut() {
                    let what = format!("{} {} on {}", row.count, name(row.part), row.runtime);
                    row.rounds.extend(run.pair(&what, row.runtime, work, round, crowd_of)?);
                }
            }
        }
        let mut memory: Vec<_> = self.memory().collect();
        for round in 0..self.few_rounds() {
            for row in &mut memory {
                let what = format!("{} sleeps on {}", row.count, row.runtime);
                let mut work = Work::Sleeps { count: row.count };
                row.rounds.extend(run.pair(&what, row.runtime, &mut work, round, memory_of)?);
            }
        }
        let mut periods: Vec<_> = self.periods().collect();
        for round in 0..self.few_rounds() {
            for (row, work) in &mut periods {
                let period = Duration::from_nanos(row.asked_ns);
                let what = format!("periods of {period:?} on {}", row.runtime);
                row.rounds.extend(run.pair(&what, row.runtime, work, round, period_of)?);
            }
        }
        let mut measured = if self.has(Part::Lines) { self.lines(run)? } else { run.measured };
        measured.crowds = crowds.into_iter().map(|(row, _)| row).collect();
        measured.crowds.retain(|row| !row.rounds.is_empty());
        measured.memory = memory;
        measured.memory.retain(|row| !row.rounds.is_empty());
        measured.periods = periods.into_iter().map(|(row, _)| row).collect();
        measured.periods.retain(|row| !row.rounds.is_empty());
        self.explain(&mut measured);
        Ok(measured)
    }

    fn lines(&self, run: Run<'_>) -> Result<Measured, Interrupted> {
        let Run { interrupt, watch, mut measured } = run;
        let Some(runtime) = self.runtimes.first() else { return Ok(measured) };
        let counted = lines::run(runtime.name, self.quick, self.line_rounds(), interrupt, watch);
        match counted {
            Ok(rows) => measured.lines = rows,
            Err(lines::Trouble::NoPeer(note)) => measured.notes.push(note),
            Err(lines::Trouble::Run(Trouble::Interrupted)) => return Err(Interrupted),
            Err(lines::Trouble::Run(Trouble::Failed(reason))) => {
                measured.failures.push(Failure { what: "lines beside wc -l".into(), reason });
            }
        }
        Ok(measured)
    }

    fn has(&self, part: Part) -> bool {
        self.parts.contains(&part)
    }

    fn rounds_of(&self, count: usize) -> u32 {
        self.rounds.unwrap_or(match (self.quick, count) {
            (true, _) => 2,
            (false, 1_000_000..) => 2,
            (false, _) => 5,
        })
    }

    fn few_rounds(&self) -> u32 {
        self.rounds.unwrap_or(if self.quick { 1 } else { 3 })
    }

    fn line_rounds(&self) -> u32 {
        self.rounds.unwrap_or(if self.quick { 5 } else { 9 })
    }

    fn sizes(&self) -> Vec<usize> {
        self.sizes.clone().unwrap_or_else(|| match self.quick {
            true => vec![1000, 10_000],
            false => vec![1000, 10_000, 100_000, 1_000_000],
        })
    }

    /// A row for each part, number and runtime, with what is to be done for it.
    fn crowds(&self) -> impl Iterator<Item = (CrowdRow, Work)> {
        let mut rows = Vec::new();
        for part in [Part::Timers, Part::Countdowns] {
            for runtime in self.runtimes.iter().filter(|_| self.has(part)) {
                let can_do = |size| runtime.most_tasks.map_or(size, |most| most.min(size));
                let mut sizes: Vec<usize> = self.sizes().into_iter().map(can_do).collect();
                sizes.sort_unstable();
                sizes.dedup();
                for count in sizes {
                    let (runtime, exact, rounds) = (runtime.name, runtime.exact, Vec::new());
                    let row = CrowdRow { part, runtime, exact, count, rounds };
                    rows.push((row, self.work(part, count)));
                }
            }
        }
        rows.sort_by_key(|(row, _)| (row.part as u8, row.count));
        rows.into_iter()
    }

    fn work(&self, part: Part, count: usize) -> Work {
        // No more than 200,000 a second: more than that keeps two processors busy on any runtime, and how late a timer then is
        // says how long the queue was.
        let span = Duration::from_micros(5) * u32::try_from(count).unwrap_or(u32::MAX);
        let (least_span, delay) = if self.quick { (100, 20) } else { (1000, 100) };
        match part {
            Part::Countdowns => Work::countdowns(count, Duration::from_millis(delay)),
            _ => Work::timers(count, span.max(Duration::from_millis(least_span))),
        }
    }

    /// A row for each number and runtime. Memory hardly varies, but a process has some more or less of it by chance.
    fn memory(&self) -> impl Iterator<Item = MemoryRow> {
        let usual: &[usize] = if self.quick { &[100_000] } else { &[100_000, 1_000_000] };
        let sizes = self.sizes.clone().unwrap_or_else(|| usual.to_vec());
        let sizes = sizes.into_iter().filter(|it| self.has(Part::Memory) && *it >= FEWEST_TO_WEIGH);
        sizes.flat_map(|count| {
            let can_do = move |it: &&&Runtime| it.most_tasks.is_none_or(|most| most >= count);
            let runtimes = self.runtimes.iter().filter(can_do);
            runtimes.map(move |it| MemoryRow { runtime: it.name, count, rounds: Vec::new() })
        })
    }

    fn periods(&self) -> impl Iterator<Item = (PeriodRow, Work)> {
        let wanted = self.has(Part::Periods);
        let runtimes = self.runtimes.iter().filter(move |it| wanted && !it.exact);
        runtimes.flat_map(|runtime| {
            [(1, false), (1, true), (10, false), (10, true)].map(|(milliseconds, fixed_rate)| {
                let period = Duration::from_millis(milliseconds);
                let whole = if self.quick { 60 } else { 1000 };
                let count = (whole / milliseconds as u32).max(1);
                let asked_ns = milliseconds * 1_000_000;
                let (runtime, rounds) = (runtime.name, Vec::new());
                let row = PeriodRow { runtime, asked_ns, fixed_rate, rounds };
                (row, Work::Period { period, fixed_rate, count })
            })
        })
    }

    /// Says what a reader could not know, or take for something else.
    fn explain(&self, measured: &mut Measured) {
        for runtime in &self.runtimes {
            let (Some(most), Some(asked)) = (runtime.most_tasks, self.sizes().into_iter().max())
            else {
                continue;
            };
            if most < asked && measured.crowds.iter().any(|row| row.runtime == runtime.name) {
                measured.notes.push(format!(
                    "{} was given no more than {most} tasks: the queue that it has in this program is full with few more.",
                    runtime.name
                ));
            }
        }
        let crowds = || measured.crowds.iter().flat_map(|row| &row.rounds);
        if crowds().any(|pair| pair.hand.create_ns.is_none()) {
            measured.notes.push("The CPU time of a process is known on Unix systems only.".into());
        }
        let sleeps = || measured.memory.iter().flat_map(|row| &row.rounds);
        if crowds().any(|pair| pair.hand.resident_bytes.is_none())
            || sleeps().any(|pair| pair.hand.resident_bytes.is_none())
        {
            measured.notes.push("The memory of a process is known on Linux only.".into());
        }
        if crowds().any(|pair| pair.hand.overtaken || pair.anytempo.overtaken) {
            measured.notes.push(
                "Some deadlines were over before all tasks were registered, so that lateness is in part the time to register."
                    .into(),
            );
        }
    }
}

fn name(part: Part) -> &'static str {
    Part::ALL.iter().find(|(_, it)| *it == part).map_or("", |(name, _)| name)
}

fn crowd_of(sample: Sample) -> Option<Crowd> {
    match sample {
        Sample::Crowd(crowd) => Some(crowd),
        Sample::Memory(_) | Sample::Period(_) => None,
    }
}

fn memory_of(sample: Sample) -> Option<Memory> {
    match sample {
        Sample::Memory(memory) => Some(memory),
        Sample::Crowd(_) | Sample::Period(_) => None,
    }
}

fn period_of(sample: Sample) -> Option<Period> {
    match sample {
        Sample::Period(period) => Some(period),
        Sample::Crowd(_) | Sample::Memory(_) => None,
    }
}

/// A run that is under way.
struct Run<'a> {
    interrupt: &'a Interrupt,
    watch: &'a mut dyn Watch,
    measured: Measured,
}

impl Run<'_> {
    /// Both forms, one right after the other; which is first changes from round to round. `None` once it has failed.
    fn pair<T>(
        &mut self,
        what: &str,
        runtime: &str,
        work: &mut Work,
        round: u32,
        part_of: fn(Sample) -> Option<T>,
    ) -> Result<Option<Pair<T>>, Interrupted> {
        let mut order = [Form::Anytempo, Form::Hand];
        if round % 2 == 1 {
            order.reverse();
        }
        let mut samples = Vec::new();
        for form in order {
            let (what, seed) = (format!("{what}, {}", form.name()), u64::from(round));
            self.watch.next(&what);
            let job = Job { runtime: runtime.to_owned(), form, work: *work, seed };
            let known = self.measured.failures.iter().any(|failure| failure.what == what);
            let sample = if known { None } else { self.one(what, job, work)? };
            self.watch.done();
            samples.extend(sample.and_then(part_of));
        }
        let Ok([one, other]) = <[T; 2]>::try_from(samples) else { return Ok(None) };
        Ok(Some(match order[0] {
            Form::Anytempo => Pair { anytempo: one, hand: other },
            Form::Hand => Pair { anytempo: other, hand: one },
        }))
    }

    /// One job, which is repeated where its tasks had not enough time to register. What they need is remembered in `work`.
    fn one(
        &mut self,
        what: String,
        mut job: Job,
        work: &mut Work,
    ) -> Result<Option<Sample>, Interrupted> {
        let mut repeats = 0..REPEATS;
        loop {
            match child::run(&job, self.interrupt) {
                Ok(Sample::Crowd(crowd)) if crowd.overtaken && repeats.next().is_some() => {
                    job.work = job.work.with_more_time();
                    *work = job.work;
                }
                Ok(sample) => return Ok(Some(sample)),
                Err(Trouble::Interrupted) => return Err(Interrupted),
                Err(Trouble::Failed(reason)) => {
                    self.measured.failures.push(Failure { what, reason });
                    return Ok(None);
                }
            }
        }
    }
}

impl Form {
    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Anytempo => "anytempo",
            Self::Hand => "by hand",
        }
    }
}
