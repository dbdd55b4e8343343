//! What may be spent. `./check.sh perf` fails when one of these is missed.
//!
//! A target is a comparison with another way in the same run, so that it holds with any compiler and on any processor.

/// What one way of a job may cost.
#[derive(Debug)]
pub struct Target {
    /// The job.
    pub job: &'static str,
    /// The way that is held to it.
    pub way: &'static str,
    /// The way of the same job that it is compared with.
    pub than: &'static str,
    /// How much it may cost by comparison.
    pub bound: Bound,
    /// How much it should cost, where that is less. A goal that is missed is named, and is no failure.
    pub goal: Option<Bound>,
}

/// A limit, with what the noise of the figure needs already added.
#[derive(Clone, Copy, Debug)]
pub enum Bound {
    /// So many times what the other costs.
    Times(f64),
    /// So many instructions more than the other costs.
    Plus(f64),
    /// So many instructions, whatever the other costs.
    Most(f64),
}

impl Bound {
    /// The most that may be spent where the other way costs `other`.
    pub fn most(self, other: f64) -> f64 {
        match self {
            Self::Times(factor) => other * factor,
            // Not a whole number only because the start of a process is not quite the same each time.
            Self::Plus(instructions) => other + instructions + 0.1,
            Self::Most(instructions) => instructions + 0.1,
        }
    }
}

/// All targets.
///
/// They are what was reached, with the room that a figure needs: two instructions or so where every run gives the same, as
/// compilers differ, and half a percent or less on tokio. A turn of async-io's reactor is not the same in every run, so its ticks are judged
/// without one: by a reset and a poll.
pub const TARGETS: &[Target] = &[
    target("tick_noop", "countdown", "reset_loop", Bound::Plus(14.0)).with_goal(Bound::Plus(9.0)),
    target("tick_noop", "countdown_fixed", "reset_loop", Bound::Plus(23.0))
        .with_goal(Bound::Plus(8.0)),
    target("tick_noop", "pace", "reset_loop", Bound::Plus(33.0)),
    target("tick_noop", "pace_fixed", "reset_loop", Bound::Plus(33.0)),
    target("tick_noop", "sleep_loop", "reset_loop", Bound::Plus(13.0)),
    target("tick_noop", "countdown", "async_stream", Bound::Times(0.54)),
    target("tick_tokio", "countdown", "reset_loop", Bound::Times(1.018))
        .with_goal(Bound::Times(1.015)),
    target("tick_tokio", "countdown_fixed", "reset_loop", Bound::Times(0.997))
        .with_goal(Bound::Times(0.988)),
    target("tick_tokio", "countdown_fixed", "reset_loop_fixed", Bound::Times(1.025))
        .with_goal(Bound::Times(1.016)),
    target("tick_tokio", "pace", "reset_loop", Bound::Times(1.023)),
    target("tick_tokio", "pace_fixed", "reset_loop", Bound::Times(1.004))
        .with_goal(Bound::Times(0.998)),
    target("tick_tokio", "countdown", "sleep_loop", Bound::Times(1.0)),
    target("tick_tokio", "countdown_fixed", "interval", Bound::Times(1.0)),
    // Each has the rate of its peer. tokio's interval reads the clock in each tick; ours does so only for `Skip`.
    target("tick_tokio", "anytempo_interval", "interval_skip", Bound::Times(0.981))
        .with_goal(Bound::Times(0.97)),
    target("tick_tokio", "anytempo_interval_fixed", "interval", Bound::Times(0.97)),
    target("tick_tokio", "countdown_fixed", "throttle", Bound::Times(1.0)),
    target("tick_tokio", "countdown", "async_stream", Bound::Times(1.0)),
    // A tick on a runtime may cost half a percent more than by hand. What there is more is in these, to the instruction: of 147
    // on tokio, 110 are a look at the clock, so that a task that never lets its runtime run sees time pass.
    target("reset_tokio", "sleep", "tokio_sleep", Bound::Plus(145.0)).with_goal(TICK),
    target("reset_tokio", "pace", "tokio_sleep", Bound::Plus(147.0)).with_goal(TICK),
    // A later deadline is set without the reactor.
    target("reset_async_io", "sleep", "set_after", Bound::Times(0.33)),
    target("reset_async_io", "pace", "set_after", Bound::Times(0.33)),
    target("tick_async_io", "countdown", "async_std_sleep_loop", Bound::Times(1.1)),
    target("tick_embassy", "countdown", "ticker_loop", Bound::Times(1.14)),
    // An instruction more than before its poll was inlined, which saves 37 on tokio.
    target("tick_embassy", "countdown_fixed", "ticker_loop", Bound::Times(1.16)),
    target("tick_embassy", "pace", "ticker_loop", Bound::Times(1.43)),
    target("tick_embassy", "pace_fixed", "ticker_loop", Bound::Times(1.43)),
    target("tick_embassy", "countdown", "async_stream", Bound::Times(0.48)),
    // Each poll reads the clock, so that a task that never lets its runtime run sees time pass.
    target("poll_pending_tokio", "sleep", "tokio_sleep", Bound::Plus(112.0)),
    // On tokio each item sets the timer again, as with the peers. To set it only when it fires too early, a stream would have to keep
    // its deadline, which takes 16 bytes.
    target("item_tokio", "timeout_each", "tokio_stream_timeout", Bound::Times(1.13))
        .with_goal(Bound::Times(0.8)),
    target("item_tokio", "keep_alive", "tokio_stream_timeout", Bound::Times(1.07)),
    target("item_ready_tokio", "timeout_each", "tokio_stream_timeout", Bound::Times(0.21)),
    // By hand it takes .26: a look at the clock, and a poll of the timer.
    target("item_async_io", "timeout_each", "futures_time_timeout", Bound::Times(0.385))
        .with_goal(Bound::Times(0.2)),
    target("item_async_io", "timeout_each", "async_std_timeout", Bound::Times(0.38))
        .with_goal(Bound::Times(0.2)),
    // By hand it takes .24: two looks at the clock and a poll of the timer, which are 140 instructions of async-io and of std.
    target("debounce_async_io", "debounce", "futures_time_debounce", Bound::Times(0.375))
        .with_goal(Bound::Times(0.2)),
    // By hand it takes .66: a poll of async-io's timer alone is more than the goal.
    target("throttle_async_io", "throttle_latest", "futures_time_throttle", Bound::Times(1.06))
        .with_goal(Bound::Times(0.34)),
    target("throttle_async_io", "throttle_first", "futures_time_throttle", Bound::Times(0.76)),
    // No item waits here, so no timer is armed.
    target("throttle_tokio", "throttle_latest", "tokio_stream_throttle", Bound::Times(0.605)),
    target("throttle_tokio", "throttle_first", "tokio_stream_throttle", Bound::Times(0.575)),
    target("range", "range", "futures_iter", Bound::Plus(2.0)),
    target("generate", "generate", "poll_next_by_hand", Bound::Plus(44.0)),
    target("generate", "generate", "async_stream", Bound::Times(1.0)),
    target("generate_tight", "generate", "poll_next_by_hand", Bound::Most(41.0))
        .with_goal(Bound::Most(32.0)),
    target("timeout_ready_tokio", "timeout", "bare", Bound::Plus(28.0))
        .with_goal(Bound::Plus(14.0)),
    target("timeout_ready_tokio", "timeout", "tokio_timeout", Bound::Times(0.26))
        .with_goal(Bound::Times(0.25)),
    target("timeout_ready_async_io", "timeout", "bare", Bound::Plus(26.0))
        .with_goal(Bound::Plus(13.0)),
    target("timeout_ready_async_io", "timeout", "futures_time_timeout", Bound::Times(0.37)),
    target("timeout_ready_embassy", "timeout", "bare", Bound::Plus(10.0)),
    target("timeout_ready_embassy", "timeout", "with_timeout", Bound::Times(0.85)),
    target("timeout_ready_embassy_runtime", "timeout", "with_timeout", Bound::Times(1.04))
        .with_goal(Bound::Times(1.0)),
    // A wait notes whether its span is new, for the operators. That is one instruction.
    target("timeout_yield_tokio", "timeout", "tokio_timeout", Bound::Times(1.0125))
        .with_goal(Bound::Times(1.008)),
    target("timeout_yield_embassy", "timeout", "with_timeout", Bound::Times(0.96)),
    target("timeout_yield_embassy_runtime", "timeout", "with_timeout", Bound::Times(1.03))
        .with_goal(Bound::Times(1.0)),
    target("timeout_ready_embassy_locked", "timeout", "with_timeout", Bound::Times(0.57)),
    target("timeout_yield_embassy_locked", "timeout", "with_timeout", Bound::Times(0.98)),
    target("close_ready", "close_on_exit", "guard_by_hand", Bound::Plus(40.0)),
    target("close_yield", "close_on_exit", "guard_by_hand", Bound::Plus(66.0))
        .with_goal(Bound::Plus(40.0)),
    // A wait behind a pointer is one box, as the boxed future that is written instead. What there is more reads a clock behind a pointer.
    target("dyn_wait_tokio", "dyn_timer", "bare", Bound::Times(1.14)),
    target("dyn_wait_tokio", "dyn_timer", "boxed_closure", Bound::Times(1.12))
        .with_goal(Bound::Times(1.1)),
    target("dyn_tick_tokio", "dyn_timer", "bare", Bound::Times(1.078))
        .with_goal(Bound::Times(1.05)),
    // Ticks become nanoseconds and back, three times each.
    target("dyn_tick_embassy", "dyn_timer", "bare", Bound::Plus(380.0))
        .with_goal(Bound::Plus(250.0)),
    target("dyn_tick_noop", "dyn_timer", "bare", Bound::Plus(136.0)),
    // A clone and a drop of an `Arc`. A reference to the timer is a timer too, and costs none.
    target("dyn_limit_tokio", "dyn_timer", "bare", Bound::Plus(28.0)),
    // The goal is half of what it takes on the paused clock of tokio.
    target("simulated_sleep", "virtual_clock", "tokio_paused", Bound::Times(0.90))
        .with_goal(Bound::Times(0.5)),
    target("simulated_yields", "virtual_clock", "tokio_paused", Bound::Times(0.94))
        .with_goal(Bound::Times(0.5)),
    target("simulated_countdown", "virtual_clock", "tokio_paused", Bound::Times(0.975))
        .with_goal(Bound::Times(0.5)),
];

/// The goal of everything that happens in each tick.
const TICK: Bound = Bound::Times(1.005);

const fn target(job: &'static str, way: &'static str, than: &'static str, bound: Bound) -> Target {
    Target { job, way, than, bound, goal: None }
}

impl Target {
    const fn with_goal(self, goal: Bound) -> Self {
        Self { goal: Some(goal), ..self }
    }
}
