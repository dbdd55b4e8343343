//! One run: a seed, a clock, what is done, and what the model says of it.

use core::fmt::Debug;
use core::task::Context;
use core::time::Duration;
use std::env;

use anytempo_conformance::suite::Probe;
use anytempo_virtual::VirtualClock;
use fastrand::Rng;

use crate::alarm::{Alarm, Cx};
use crate::clocks::{At, Clock, Ticks, nanos};

/// What is to be seen of something that is polled.
pub(crate) trait Model: Clone {
    type Seen: PartialEq + Debug;

    fn poll(&mut self, cx: &mut Cx) -> Self::Seen;

    /// All waits that it may have.
    fn alarms(&mut self) -> Vec<&mut Alarm>;
}

const MS: Duration = Duration::from_millis(1);

pub(crate) struct Run<C> {
    name: &'static str,
    seed: u64,
    truth: VirtualClock,
    pub(crate) timer: C,
    pub(crate) rng: Rng,
    probes: [Probe; 2],
    /// How often each was to be woken so far.
    wakes: [usize; 2],
    ops: Vec<String>,
}

impl<C: Clock> Run<C> {
    fn new(name: &'static str, seed: u64) -> Self {
        let truth = VirtualClock::new();
        let mut run = Self {
            name,
            seed,
            timer: C::over(&truth),
            truth,
            rng: Rng::with_seed(seed),
            probes: [Probe::new(), Probe::new()],
            wakes: [0; 2],
            ops: Vec::new(),
        };
        let phase = run.step();
        run.truth.advance(phase);
        run
    }

    pub(crate) fn now(&self) -> At {
        self.truth.elapsed().as_nanos() / C::TICK
    }

    pub(crate) fn chance(&mut self, one_in: u32) -> bool {
        self.rng.u32(..one_in) == 0
    }

    fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.rng.usize(..choices.len())]
    }

    /// A span, of which some are zero, not a number of ticks, or beyond the clock.
    pub(crate) fn span(&mut self) -> Duration {
        let odd = Duration::from_nanos(self.rng.u64(1..6_000_000));
        let short = MS * self.rng.u32(1..6);
        let last = Duration::from_millis(u64::MAX - 2);
        let never = self.one_of(&[Duration::MAX, Duration::MAX - Duration::from_nanos(1), last]);
        self.one_of(&[
            Duration::ZERO,
            Duration::from_nanos(1),
            odd,
            odd,
            short,
            short,
            short,
            never,
        ])
    }

    /// A deadline: past, now, to come or never.
    pub(crate) fn deadline(&mut self) -> Option<At> {
        let now = self.now();
        let ahead = now + self.rng.u128(1..6) * MS.as_nanos() / C::TICK;
        self.one_of(&[None, Some(0), Some(now), Some(ahead), Some(ahead), Some(ahead)])
    }

    fn step(&mut self) -> Duration {
        let odd = Duration::from_nanos(self.rng.u64(1..3_000_000));
        let even = MS * self.rng.u32(1..4);
        let long = MS * self.rng.u32(4..30);
        self.one_of(&[Duration::from_nanos(1), odd, odd, even, even, even, long])
    }

    /// Notes what is done next.
    pub(crate) fn op(&mut self, op: impl Into<String>) {
        self.ops.push(op.into());
    }

    /// Lets time pass.
    pub(crate) fn pass(&mut self, model: &mut impl Model) {
        let step = self.step();
        self.op(format!("time passes: {step:?}"));
        self.truth.advance(step);
        let now = self.now();
        for alarm in model.alarms() {
            if let Some(probe) = alarm.pass(now) {
                self.wakes[probe] += 1;
            }
        }
        self.check(model);
    }

    /// Polls with one of the two wakers, and compares what is seen with what the model says.
    pub(crate) fn poll<M: Model>(
        &mut self,
        model: &mut M,
        poll: impl FnOnce(&mut Context<'_>) -> M::Seen,
    ) {
        let probe = self.rng.usize(..2);
        self.op(format!("poll with waker {probe}"));
        let before = self.probes[probe].wakes();
        let seen = poll(&mut self.probes[probe].context());
        let seen = (seen, self.probes[probe].wakes() - before);
        if let Some(op) = self.ops.last_mut() {
            *op += &format!(" -> {:?}, {} wakes", seen.0, seen.1);
        }
        let now = self.now();
        let say = |gives_way| {
            let mut after = model.clone();
            let mut cx = Cx { now, probe, gives_way, wakes: 0 };
            let said = after.poll(&mut cx);
            ((said, cx.wakes), after)
        };
        // A clock that may give way does so as soon as it can.
        let (said, after) = if C::YIELDS && say(true).0 == seen { say(true) } else { say(false) };
        assert_eq!(
            seen, said,
            "(what a poll gives, and how often it wakes): seen, and said by the model"
        );
        *model = after;
        self.wakes[probe] += seen.1;
        self.check(model);
    }

    /// Compares what the clock and the wakers tell with what the model says.
    pub(crate) fn check(&mut self, model: &mut impl Model) {
        let wakes = self.probes.each_ref().map(Probe::wakes);
        if !C::GIVES_UP {
            let enough = wakes.iter().zip(self.wakes).all(|(seen, said)| *seen >= said);
            assert!(
                enough,
                "wakes of each waker: {wakes:?} seen, {:?} said by the model",
                self.wakes
            );
            self.wakes = wakes;
            return;
        }
        let mut registered = Vec::new();
        let mut kept = [0; 2];
        for alarm in model.alarms() {
            if let Some((at, probe)) = alarm.at.zip(alarm.registered) {
                registered.push(nanos(at * C::TICK));
                kept[probe] += 1;
            }
        }
        registered.sort_unstable();
        // The clock tells waits that were reset and not polled among those that are pending. Nothing wakes them.
        let mut pending = self.truth.pending();
        for unpolled in self.truth.unpolled_resets() {
            pending.remove(pending.iter().position(|it| *it == unpolled).expect("it is pending"));
        }
        let pending: Vec<_> = pending.into_iter().map(|it| it.since_start()).collect();
        assert_eq!(pending, registered, "registered waits: seen, and said by the model");
        assert_eq!(wakes, self.wakes, "wakes of each waker: seen, and said by the model");
        let clones = self.probes.each_ref().map(Probe::kept);
        assert_eq!(clones, kept, "clones of each waker that are kept: seen, and said by the model");
    }

    /// Compares a deadline.
    pub(crate) fn check_deadline(&self, told: Option<C::Instant>, said: Option<At>) {
        assert_eq!(
            told.map(Ticks::ticks),
            said,
            "the deadline in ticks: seen, and said by the model"
        );
    }

    /// All is over: nothing is pending, and nobody keeps a waker.
    fn end(&self) {
        C::end();
        assert_eq!(self.truth.pending(), [], "nothing is pending at the end");
        assert_eq!(self.probes.each_ref().map(Probe::kept), [0, 0], "no waker is kept at the end");
    }
}

impl<C> Drop for Run<C> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            // The harness of the tests shows what is printed in a test that fails.
            println!("model {}, seed {}, these operations:", self.name, self.seed);
            for op in &self.ops {
                println!("    {op}");
            }
            println!(
                "replay: ANYTEMPO_SEED={} cargo test -p anytempo-conformance --test models",
                self.seed
            );
        }
    }
}

fn number(name: &str) -> Option<u64> {
    let text = env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name}={text} is not a number")))
}

/// Runs `story` on one clock, with as many seeds as asked for.
pub(crate) fn seeds<C: Clock>(name: &'static str, story: impl Fn(&mut Run<C>)) {
    let seeds = match number("ANYTEMPO_SEED") {
        Some(seed) => seed..=seed,
        None => 1..=number("ANYTEMPO_SEEDS").unwrap_or(400),
    };
    for seed in seeds {
        let mut run = Run::<C>::new(name, seed);
        run.op(format!("a {} at {:?}", C::NAME, run.truth.elapsed()));
        story(&mut run);
        run.end();
    }
}
