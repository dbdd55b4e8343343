//! Timers that look at the clock themselves, and timers that do not: combinators use them in different ways, and nobody may see
//! a difference.

#[path = "models/told.rs"]
mod told;

use core::cell::Cell;
use core::fmt::{Debug, Write};
use core::future::{Future, pending, poll_fn};
use core::pin::Pin;
use core::task::Poll;
use core::time::Duration;
use std::rc::Rc;

use anytempo::stream::{Countdown, FixedRate};
use anytempo::{StreamTimeExt, Timer, range};
use anytempo_conformance::suite::Probe;
use anytempo_virtual::clocks::CostClock;
use anytempo_virtual::{Instant, VirtualClock};
use futures_core::Stream;
use told::Told;

const MS: Duration = Duration::from_millis(1);
const SPANS: [Duration; 5] =
    [Duration::ZERO, Duration::from_nanos(1), MS, Duration::from_millis(3), Duration::MAX];

/// Numbers that look like chance, and are the same each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }

    fn span(&mut self) -> Duration {
        SPANS[self.below(SPANS.len())]
    }

    fn deadline(&mut self, clock: &VirtualClock) -> Option<Instant> {
        [None, Some(clock.now()), clock.after(MS * 2)][self.below(3)]
    }
}

/// A countdown, whose rate may be fixed at any time.
enum Numbers<T: Timer> {
    Delay(Countdown<T>),
    Rate(Countdown<T, FixedRate>),
}

type Job = Box<dyn FnMut(&Probe) -> Box<dyn Debug>>;

fn future<F: Future<Output: Debug + 'static> + 'static>(future: F) -> Job {
    let mut future = Box::pin(future);
    Box::new(move |probe| Box::new(probe.poll(future.as_mut())))
}

fn stream<S: Stream<Item: Debug + 'static> + 'static>(stream: S) -> Job {
    let mut stream = Box::pin(stream);
    Box::new(move |probe| Box::new(probe.poll_next(stream.as_mut())))
}

/// What comes of many combinators that are polled, reset and left in a way that `seed` decides, line by line.
fn story<const PROMPT: bool>(seed: u64) -> String {
    let mut chance = Chance(seed);
    let clock = VirtualClock::new();
    clock.advance(MS * 3);
    let timer = Told::<PROMPT, false>::over(&clock);

    let gate = Rc::new(Cell::new(false));
    let gated = {
        let gate = gate.clone();
        poll_fn(move |_| if gate.get() { Poll::Ready(7) } else { Poll::Pending })
    };
    let mut jobs = [
        future(timer.timeout(chance.span(), gated)),
        future(timer.timeout_at(chance.deadline(&clock), pending::<()>())),
        future(timer.stall(chance.span(), core::future::ready(7))),
        stream(range(0..3).stall(timer.clone(), chance.span())),
        stream(range(0..5).pace(timer.clone(), chance.span())),
        stream(range(0..5).pace(timer.clone(), chance.span()).rate(FixedRate)),
    ];
    let mut sleep = Box::pin(timer.sleep(chance.span()));
    let mut numbers = Some(Numbers::Delay(timer.countdown(4, chance.span())));

    let probes = [Probe::new(), Probe::new()];
    let mut told = String::new();
    for _ in 0..60 {
        let probe = &probes[chance.below(2)];
        let before = probe.wakes();
        let step = chance.below(14);
        let said: Box<dyn Debug> = match step {
            0..6 => jobs[step](probe),
            6 => Box::new(probe.poll(sleep.as_mut())),
            7 => Box::new(match numbers.as_mut() {
                Some(Numbers::Delay(numbers)) => probe.poll_next(Pin::new(numbers)),
                Some(Numbers::Rate(numbers)) => probe.poll_next(Pin::new(numbers)),
                None => Poll::Pending,
            }),
            8 => {
                sleep.as_mut().reset(chance.span());
                Box::new("it is reset")
            }
            9 => {
                sleep.as_mut().reset_until(chance.deadline(&clock));
                Box::new("it has a deadline")
            }
            10 if chance.below(6) == 0 => {
                numbers = numbers.map(|numbers| match numbers {
                    Numbers::Delay(numbers) => Numbers::Rate(numbers.rate(FixedRate)),
                    rate @ Numbers::Rate(_) => rate,
                });
                Box::new("the rate is fixed")
            }
            11 if chance.below(8) == 0 => {
                gate.set(true);
                Box::new("the gate is open")
            }
            _ => {
                clock.advance(MS * chance.below(3) as u32);
                Box::new("time passes")
            }
        };
        // Time passes by itself, and then wakes whom it wakes.
        let wakes = if step < 8 { probe.wakes() - before } else { 0 };
        writeln!(told, "{:?}: {step} gives {said:?} and wakes {wakes}", clock.elapsed())
            .expect("a string takes what there is");
    }
    told
}

#[test]
fn nobody_sees_whether_a_timer_is_prompt() {
    for seed in 0..4000 {
        let (prompt, other) = (story::<true>(seed), story::<false>(seed));
        let differs = prompt.lines().zip(other.lines()).find(|(prompt, other)| prompt != other);
        assert_eq!(differs, None, "the first difference with seed {seed}");
    }
}

/// A limit that is reached while it is set wakes its task and is elapsed in the next poll. A deadline is so at once.
#[test]
fn limit_may_be_reached_as_it_is_set() {
    let timer = CostClock::new(&VirtualClock::new()).per_read(MS);
    let probe = Probe::new();
    let mut limited = Box::pin(timer.timeout(MS / 2, pending::<()>()));
    assert!(probe.poll(limited.as_mut()).is_pending());
    assert_eq!(probe.wakes(), 1);
    assert!(probe.poll(limited.as_mut()).is_ready());
    let deadline = timer.get_ref().after(MS / 2);
    timer.get_ref().advance(MS);
    let mut limited = Box::pin(timer.timeout_at(deadline, pending::<()>()));
    assert!(probe.poll(limited.as_mut()).is_ready());
    assert_eq!(probe.wakes(), 1);
}
