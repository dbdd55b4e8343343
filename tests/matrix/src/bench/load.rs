//! What a process does that is there for one measurement.

use core::time::Duration;

use anytempo::{Instant, Timer};
use fastrand::Rng;

use crate::bench::book::{Book, Ticks};
use crate::bench::ground::{Ground, InstantOf, combined};
use crate::bench::job::{Form, Job, TICKS, Work};
use crate::bench::process;
use crate::bench::sample::{Crowd, Lateness, Memory, Period, Sample};
use crate::runtimes::RunError;

/// As many tasks as start whatever a runtime starts when it is first needed, such as a thread that keeps the time.
const WARM_UP: usize = 32;

/// Between two looks at how far the tasks are.
const GLANCE: Duration = Duration::from_millis(1);

pub(crate) fn measure<G: Ground>(job: &Job) -> Result<Sample, RunError> {
    let Job { form, work, seed, .. } = job.clone();
    match work {
        Work::Timers { count, lead, span } => G::run(async move |ground: G| {
            timers(&ground, form, WARM_UP, GLANCE, GLANCE, seed).await?;
            timers(&ground, form, count, lead, span, seed).await.map(Sample::Crowd)
        }),
        Work::Countdowns { count, delay } => G::run(async move |ground: G| {
            countdowns(&ground, form, WARM_UP, GLANCE, seed).await?;
            countdowns(&ground, form, count, delay, seed).await.map(Sample::Crowd)
        }),
        Work::Sleeps { count } => G::run(async move |ground: G| {
            sleeps(&ground, form, WARM_UP).await;
            Ok(Sample::Memory(sleeps(&ground, form, count).await))
        }),
        Work::Period { period, fixed_rate, count } => G::run(async move |ground: G| {
            periods(&ground, form, period, fixed_rate, count).await.map(Sample::Period)
        }),
    }?
}

/// Tasks that wait once.
async fn timers<G: Ground>(
    ground: &G,
    form: Form,
    count: usize,
    lead: Duration,
    span: Duration,
    seed: u64,
) -> Result<Crowd, RunError> {
    let mut random = Rng::with_seed(seed);
    let timer = ground.timer();
    let book = Book::open(count);
    let meter = Meter::start();
    let earliest = later::<G>(timer.now(), lead)?;
    for wait in 0..count {
        let deadline = later::<G>(earliest, between(&mut random, Duration::ZERO, span))?;
        let timer = timer.clone();
        let note = move |now: InstantOf<G>| {
            book.note(wait, InstantOf::<G>::to_duration(now.saturating_since(deadline)));
            book.end();
        };
        match form {
            Form::Anytempo => ground.spawn(async move {
                book.start();
                timer.sleep_until(deadline).await;
                note(timer.now());
            }),
            Form::Hand => ground.spawn(async move {
                book.start();
                G::until(timer.clone(), deadline).await;
                note(timer.now());
            }),
        }
    }
    let latest = later::<G>(earliest, span)?;
    meter.finish(&timer, book, count, earliest, latest).await
}

/// Tasks that count down.
async fn countdowns<G: Ground>(
    ground: &G,
    form: Form,
    count: usize,
    delay: Duration,
    seed: u64,
) -> Result<Crowd, RunError> {
    let mut random = Rng::with_seed(seed);
    let timer = ground.timer();
    let book = Book::open(count * TICKS as usize);
    let meter = Meter::start();
    let earliest = later::<G>(timer.now(), delay)?;
    for task in 0..count {
        let delay = between(&mut random, delay, delay * 2);
        let timer = timer.clone();
        let mut ticks = Ticks::new(timer.clone(), book, task * TICKS as usize, delay);
        match form {
            Form::Anytempo => ground.spawn(async move {
                combined::fixed_delay(timer, TICKS, delay, &mut || ticks.tick()).await;
                book.end();
            }),
            Form::Hand => ground.spawn(async move {
                G::fixed_delay(timer, TICKS, delay, &mut || ticks.tick()).await;
                book.end();
            }),
        }
    }
    let latest = later::<G>(earliest, delay * (2 * TICKS - 1))?;
    meter.finish(&timer, book, count, earliest, latest).await
}

/// Tasks that are nothing but a wait, so that no byte is that of a measurement.
async fn sleeps<G: Ground>(ground: &G, form: Form, count: usize) -> Memory {
    const FAR: Duration = Duration::from_secs(3600);

    let timer = ground.timer();
    let before = process::resident_bytes();
    for _ in 0..count {
        match form {
            Form::Anytempo => ground.spawn(timer.sleep(FAR)),
            Form::Hand => ground.spawn(G::sleep(timer.clone(), FAR)),
        }
    }
    settle(&timer).await;
    let resident_bytes = process::resident_bytes();
    Memory {
        resident_bytes: resident_bytes.zip(before).map(|(now, then)| now.saturating_sub(then)),
    }
}

/// Waits until the process has nothing left to do, as such tasks cannot note that they have begun.
async fn settle(timer: &impl Timer) {
    // A process that does no more than look has a hundredth of these.
    const LOOK: Duration = Duration::from_millis(10);
    const BUSY_NS: u64 = 1_000_000;

    let mut last = process::cpu_ns();
    let mut idle = 0;
    while idle < 3 {
        timer.sleep(LOOK).await;
        let now = process::cpu_ns();
        let used = now.zip(last).map_or(0, |(now, last)| now.saturating_sub(last));
        idle = if used < BUSY_NS { idle + 1 } else { 0 };
        last = now;
    }
}

/// A task that asks for equal periods.
async fn periods<G: Ground>(
    ground: &G,
    form: Form,
    period: Duration,
    fixed_rate: bool,
    count: u32,
) -> Result<Period, RunError> {
    let timer = ground.timer();
    let (mut first, mut last) = (None, None);
    let clock = timer.clone();
    let mut tick = || {
        last = Some(clock.now());
        first = first.or(last);
    };
    match (form, fixed_rate) {
        (Form::Anytempo, false) => combined::fixed_delay(timer, count, period, &mut tick).await,
        (Form::Anytempo, true) => combined::fixed_rate(timer, count, period, &mut tick).await,
        (Form::Hand, false) => G::fixed_delay(timer, count, period, &mut tick).await,
        (Form::Hand, true) => G::fixed_rate(timer, count, period, &mut tick).await,
    }
    let (Some(first), Some(last)) = (first, last) else {
        return Err(RunError::new("the periods did not begin"));
    };
    Ok(Period::of(InstantOf::<G>::to_duration(last.saturating_since(first)), count))
}

/// What the process had used up before the first task.
struct Meter {
    resident_bytes: Option<u64>,
    cpu_ns: Option<u64>,
}

impl Meter {
    fn start() -> Self {
        Self { resident_bytes: process::resident_bytes(), cpu_ns: process::cpu_ns() }
    }

    /// Waits until all tasks are registered, and then until all have ended.
    async fn finish<T: Timer>(
        self,
        timer: &T,
        book: &Book,
        count: usize,
        earliest: T::Instant,
        latest: T::Instant,
    ) -> Result<Crowd, RunError> {
        while book.started() < count {
            timer.sleep(GLANCE).await;
        }
        let overtaken = timer.now() > earliest;
        let registered_ns = process::cpu_ns();
        let resident_bytes = process::resident_bytes();
        // A look at the memory has its price, which is not the tasks'.
        let looked_ns = process::cpu_ns();

        timer.sleep_until(latest).await;
        while book.ended() < count {
            timer.sleep(GLANCE).await;
        }
        let ended_ns = process::cpu_ns();

        let since = |later: Option<u64>, earlier: Option<u64>| later?.checked_sub(earlier?);
        let lateness = Lateness::of(book.late_ns());
        Ok(Crowd {
            create_ns: since(registered_ns, self.cpu_ns),
            fire_ns: since(ended_ns, looked_ns),
            resident_bytes: since(resident_bytes, self.resident_bytes),
            waits: book.late_ns().count() as u64,
            lateness: lateness.ok_or_else(|| RunError::new("there is no histogram"))?,
            overtaken,
        })
    }
}

fn later<G: Ground>(from: InstantOf<G>, span: Duration) -> Result<InstantOf<G>, RunError> {
    let later: Option<InstantOf<G>> = from.checked_add(InstantOf::<G>::delta_ceil(span)).into();
    later.ok_or_else(|| RunError::new("the clock of the runtime does not go that far"))
}

fn between(random: &mut Rng, least: Duration, most: Duration) -> Duration {
    let nanoseconds = |duration: Duration| u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
    Duration::from_nanos(random.u64(nanoseconds(least)..=nanoseconds(most)))
}
