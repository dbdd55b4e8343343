//! What the documentation of the core promises, as cases that are written once and run on every runtime.
//!
//! A case is an `async fn` over a [`Subject`]: it uses the timer as a program would, or polls by hand with a [`Probe`]
//! for a waker, and [`check`]s what it sees. On a clock that is exact it holds the timer to the nanosecond, on a real one
//! to lower bounds and to order, because a machine may always be late.
//!
//! Each file of a family is the twin of a file of the same name in the core; `timer/` has the contract of adapters, and the
//! files beside this one are tools.

mod case;
mod door;
mod failure;
mod log;
mod probe;
#[cfg(feature = "harness")]
mod spawns;
pub(crate) mod spy;
mod text;

pub mod future;
pub mod generate;
pub mod scope;
pub mod stream;
pub mod timer;
pub mod wait;

pub use case::{Allowance, Case, Clock, Mark, Part, Runtime, STEP, Subject};
pub use door::{Door, DoorClosing, Guard, Note, Turns, turns};
pub use failure::{Failure, Outcome, check, check_count};
pub use log::Log;
pub use probe::Probe;
#[cfg(feature = "harness")]
pub use spawns::{SharedLog, SpawnClose, Spawns};
pub use spy::Spy;
pub use text::says;

/// Calls `visit` with every case there is, for runtimes of one kind.
pub fn each<R: Runtime>(mut visit: impl FnMut(Case<R>)) {
    each_of_waits(&mut visit);
    each_of_operators(&mut visit);
    each_of_bodies(&mut visit);
}

/// Lists cases by their group: `group::name` is both the path of the function and the name of the case.
macro_rules! groups {
    ($each:ident $part:ident $($(#[$only:meta])? $module:ident :: $group:ident { $($name:ident),* $(,)? })*) => {
        /// The same with one part of the suite.
        pub fn $each<R: Runtime>(mut visit: impl FnMut(Case<R>)) {
            $($(#[$only])? {
                let needs_host = !stringify!($($only)?).is_empty();
                $(visit(Case {
                    group: stringify!($group),
                    name: stringify!($name),
                    part: Part::$part,
                    needs_host,
                    run: |runtime| runtime.run($module::$group::$name),
                });)*
            })*
        }
    };
}

/// Calls `visit` with the cases that pass a wait from one thread to another, as far as the runtime's waits can be.
#[cfg(feature = "harness")]
pub fn each_across_threads<R>(mut visit: impl FnMut(Case<R>))
where
    R: Runtime<Timer: anytempo::Timer<Sleep: Send + 'static>>,
{
    visit(Case {
        group: "host",
        name: "moves_to_another_thread",
        part: Part::Waits,
        needs_host: true,
        run: |runtime| runtime.run(timer::host::moves_to_another_thread),
    });
}

/// The allowances of a runtime that are for no case.
#[cfg(feature = "harness")]
pub(crate) fn unknown<R: Runtime>() -> impl Iterator<Item = &'static Allowance> {
    let mut names = std::vec::Vec::from(FURTHER);
    each::<R>(|case| names.push((case.group, case.name)));
    let is_known = move |it: &Allowance| names.iter().any(|(group, name)| it.is_for(group, name));
    R::ALLOWANCES.iter().filter(move |allowance| !is_known(allowance))
}

/// Lists the cases for runtimes that have a spawner. Those in braces begin and end the runtime themselves.
#[cfg(feature = "harness")]
macro_rules! spawning {
    ($($each:ident $(($bound:ident))? {
        $($group:ident { $($name:ident),* $(,)? } { $($outside:ident),* $(,)? })*
    })*) => {
        $(
            /// Calls `visit` with the cases of closes that are handed to a spawner, as far as this one can have them.
            pub fn $each<R: Spawns $(<Spawner: $bound>)?>(mut visit: impl FnMut(Case<R>)) {
                let mut case = |group, name, run| {
                    visit(Case { group, name, part: Part::Bodies, needs_host: true, run });
                };
                $(
                    $(case(stringify!($group), stringify!($name), |runtime| {
                        runtime.run_spawning(scope::$group::$name)
                    });)*
                    $(case(stringify!($group), stringify!($outside), scope::$group::$outside);)*
                )*
            }
        )*

        /// The group and the name of each case that is not among those of [`each`].
        pub(crate) const FURTHER: &[(&str, &str)] = &[
            ("host", "moves_to_another_thread"),
            $($($((stringify!($group), stringify!($name)),)* $((stringify!($group), stringify!($outside)),)*)*)*
        ];
    };
}

#[cfg(feature = "harness")]
spawning! {
    each_spawning {
        spawn_on_drop {
            cancelled_body_is_closed_in_a_task, cancelled_close_goes_on_in_a_task, panic_is_closed_in_a_task,
            orderly_close_spawns_nothing, several_close_in_one_task, closure_that_spawns, task_has_the_limit,
            limit_hands_the_close_over, stream_dropped_early_is_closed_in_a_task,
        } {}
        spawner { drop_does_not_wait } { scope_outlives_the_runtime, runtime_ends_before_the_close, runtime_ends_in_the_close }
    }
    each_spawning_across_threads(Send) {
        spawner { dropped_on_another_thread, dropped_as_a_thread_ends } { drop_meets_the_end_of_the_runtime }
    }
}

groups! { each_of_waits Waits
    timer::timer_contract {
        built_outside_of_the_runtime, never_early, past_is_ready_soon, wakes_at_its_deadline, tells_its_deadline, stays_ready, disarmed_is_pending,
        newest_waker_is_woken, old_waker_is_forgotten, spurious_polls_change_nothing, reset_to_earlier_wakes,
        reset_to_later_waits, reset_to_past_ends, reset_when_over_waits_anew, moves_between_tasks,
        earlier_overtakes_later, equal_deadlines_all_end, two_of_one_task_both_end, clones_agree, arm_wakes,
        late_poll_is_ready, tells_what_has_passed_and_what_remains,
    }
    #[cfg(feature = "harness")]
    timer::host { wake_may_use_the_clock }
    timer::extremes {
        spans_are_rounded_up, spans_are_in_order, longest_is_never, differences_saturate, farthest_deadlines_wait,
        longest_through_everything, clock_goes_on,
    }
    timer::cancel {
        dropped_wait_wakes_nobody, dropped_wait_keeps_no_waker, disarmed_wait_keeps_no_waker, ready_wait_keeps_no_waker,
        dropped_before_the_first_poll, dropped_after_its_wake, at_every_await_point,
        limited_future_is_dropped_with_its_limit,
    }
    future::sleep {
        never_early, counts_from_first_poll, silent_before_first_poll, zero_yields_once, past_yields_once,
        until_is_absolute, beyond_the_clock_is_never, stays_ready, newest_waker_wins, spurious_polls_change_nothing,
        reset_to_earlier, reset_to_later, reset_when_ready, reset_to_never, drop_leaves_no_wake, many_at_once,
        tells_its_deadline,
    }
    future::timeout {
        ready_costs_no_timer, elapses_at_the_limit, zero_gives_one_turn, past_gives_one_turn, future_wins_a_tie,
        late_poll_still_wins, counts_from_first_poll, beyond_the_clock_is_never, over_is_over, future_can_be_had_back,
        earliest_of_nested_ends, polls_its_timer_whenever_pending, done_keeps_no_waker, reset_moves_the_limit,
        busy_future_is_limited,
    }
    future::stall {
        body_waits, body_begins_as_the_wait_ends, zero_yields_once, beyond_the_clock_is_never, over_is_over,
        drop_before_the_body, reset_moves_the_delay,
    }
    wait::wait {
        zero_and_past, counts_from_the_first_poll_or_a_reset, waits_anew_after_each_reset, moves_while_it_waits,
        disarmed_keeps_nothing, reads_the_clock_once_a_poll,
    }
    stream::countdown {
        counts_down, zero_count, zero_delay_yields_between_items, greatest_count_starts, beyond_the_clock_stops,
        delay_counts_from_the_request, fixed_rate_does_not_drift, fixed_rate_catches_up, spaced_counts_from_the_item, skip_keeps_the_grid, rate_is_chosen_at_run_time,
        reset_moves_the_wait, poll_and_leave, sizes,
        silent_before_first_poll,
    }
    stream::pace {
        spaces_items, end_is_not_delayed, zero_delay_yields_between_items, slow_source_is_not_slowed,
        keeps_the_item_that_waits, delay_counts_from_the_item, delay_counts_from_the_request, fixed_rate_does_not_drift,
        skip_keeps_the_grid, reset_moves_the_wait, ended_keeps_no_waker, beyond_the_clock_stops,
        sizes, endless_source,
    }
    stream::stall { first_item_waits, source_is_left_alone, zero_delay_yields_once, stays_at_its_end }
    stream::range { iterates, stays_at_its_end, sizes }
    stream::next { by_hand, with_a_default, asks_once, takes_nothing_when_dropped }
    stream::close_on_exit {
        closes_at_the_end, failed_close_is_the_last_item, dropped_early_aborts, source_goes_before_the_close,
        closes_for_good, sizes_with_the_error, reader_is_cancelled, generator_enters_a_scope, taken_before_and_after,
    }
}

groups! { each_of_operators Operators
    timer::slack {
        rounds_up_to_one_grid, late_by_less_than_the_slack, waits_fall_together, grid_does_not_drift,
        zero_and_past_yield_once, tells_its_deadline, polled_by_itself_it_is_over,
    }
    future::idle_timeout {
        reset_puts_it_off, body_wins_a_tie, reset_wins_a_tie, zero_and_never, body_goes_with_it,
        error_of_the_body_is_its_output, dropped_at_every_await_point,
    }
    stream::interval {
        ticks, begins_after_a_delay, begins_at_an_instant, zero_yields_between_ticks, beyond_the_clock_is_never,
        skip_keeps_the_grid, fixed_rate_catches_up, spaced_and_fixed_delay, period_and_reset, is_left_and_polled_again,
        dropped_at_every_await_point,
    }
    stream::throttle_latest {
        newest_after_the_period, zero_passes_all, never_keeps_the_last, slow_consumer_has_the_newest,
        always_ready_source, is_left_and_polled_again, errors_are_items, dropped_at_every_await_point,
    }
    stream::throttle_first {
        drops_what_follows, zero_passes_all, never_gives_one, end_follows_its_item, slow_consumer_has_no_backlog,
        always_ready_source, is_left_and_polled_again, errors_are_items, dropped_at_every_await_point,
    }
    stream::sample {
        newest_at_each_tick, zero_passes_all, never_keeps_the_last, slow_consumer_has_the_newest,
        always_ready_source, is_left_and_polled_again, errors_are_items, dropped_at_every_await_point,
    }
    stream::debounce {
        comes_after_silence, zero_passes_all, never_keeps_the_last, at_most_limits_the_wait, always_ready_source,
        is_left_and_polled_again, errors_are_items, dropped_at_every_await_point,
    }
    stream::timeout_each {
        one_error_in_a_gap, counts_from_the_request, zero_reports_at_once, zero_yields_between_errors,
        repeats_and_has_a_first, never_gives_no_error, is_left_and_polled_again,
        errors_are_items, dropped_at_every_await_point,
    }
    stream::keep_alive {
        fills_the_silence, items_come_first, zero_yields, never_makes_nothing, is_left_and_polled_again,
        errors_are_items, dropped_at_every_await_point,
    }
    stream::fold_within {
        window_begins_with_an_item, full_comes_at_once, zero_is_what_is_ready, never_keeps_until_the_end,
        always_ready_source, is_left_and_polled_again, errors_are_items, dropped_at_every_await_point,
    }
    #[cfg(feature = "harness")]
    stream::chunks_within {
        chunks_are_full_or_late, any_size_will_do, always_ready_source, is_left_and_polled_again,
        errors_are_items, dropped_at_every_await_point,
    }
    stream::take_for {
        ends_in_time, busy_source_ends, zero_and_past_end_at_once, deadline_and_never, is_left_and_polled_again,
        errors_are_items, dropped_at_every_await_point,
    }
    stream::burst {
        bursts_and_then_paces, yields_in_a_burst, tokens_come_back, never_gives_one_burst, zero_yields_between_items,
        is_left_and_polled_again, errors_are_items, dropped_at_every_await_point,
    }
    stream::timestamped {
        tells_when_items_arrive, is_left_and_polled_again, errors_are_items, dropped_at_every_await_point,
    }
    stream::time_between {
        tells_the_time_between_items, is_left_and_polled_again, errors_are_items, dropped_at_every_await_point,
    }
}

groups! { each_of_bodies Bodies
    scope::close_on_exit {
        closes_after_a_value, closes_after_an_error, failed_close_keeps_the_value, aborts_before_first_poll,
        aborts_in_the_body, aborts_in_the_close, once_at_every_await_point, body_goes_first, cancelled_by_a_time_limit,
        over_is_over, closing_calls_once, closes_what_is_borrowed, body_borrows, nests, passes_the_waker_on,
        cancelled_by_hand,
    }
    scope::try_close_on_exit {
        all_four_ways_out, tells_both_errors, second_cannot_be_opened, dropped_anywhere_aborts, ended_for_good,
        errors_keep_their_sources, cancelled_close_keeps_the_error,
    }
    scope::closing {
        takes_the_value, error_is_told_if_it_can_be, close_is_called_once, outside_it_is_a_value,
    }
    scope::closing_async {
        close_is_awaited, failed_close_is_over, cancelled_body_aborts, cancelled_close_aborts, unpolled_close_aborts,
        close_has_the_waker,
    }
    scope::closing_owned {
        consumes_the_value, knows_how_the_body_ended, cancelled_body_aborts, cancelled_close_is_dropped,
        ended_stays_ended, is_told_through_everything,
    }
    scope::closing_poll {
        polls_until_ready, error_is_the_end, aborts_without_a_poll, aborts_between_polls, poll_is_passed_on,
        takes_what_is_pinned,
    }
    scope::close_within {
        in_time_is_without_a_trace, hanging_close_is_aborted, counts_from_the_close, close_wins_a_tie,
        zero_gives_one_turn, beyond_the_clock_is_none, cancelled_scope_aborts, further_polls_are_pending,
        each_of_several, limits_an_async_close,
    }
    scope::in_turn {
        tuples_close_in_reverse, arrays_close_in_reverse, errors_are_in_their_places, longest_tuple_keeps_errors,
        dropped_midway_aborts_the_rest, one_at_a_time, body_has_them_all, ended_stays_ended,
    }
    #[cfg(feature = "harness")]
    scope::close_stack {
        closes_in_reverse, closes_what_was_opened, errors_are_in_their_places, dropped_midway_aborts_the_rest,
        taken_off_is_not_closed,
    }
    #[cfg(feature = "harness")]
    scope::spawn_on_drop { spawner_that_is_gone_aborts, closure_is_a_spawner, unpolled_close_is_spawned, task_is_told }
    #[cfg(feature = "harness")]
    scope::panics {
        in_the_body, in_the_close, in_an_async_close, in_a_closure, in_one_of_several, in_a_limited_close, in_a_source,
        of_a_stream_that_closes, beside_a_scope, in_an_abort, in_an_owned_close,
    }
    generate::generate {
        gives_items, gives_from_branches, waits_between_items, awaits_between_items, last_item_before_the_end,
        abandoned_emit_is_kept, dropped_emit_is_not_given, nests, drops_once_in_order, drops_at_every_await_point,
        passes_the_waker_on, wakes_a_foreign_waker, emit_tells_when_it_is_over, emit_under_a_time_limit,
        emit_in_a_select, borrows, looked_at_between_polls, wakes_no_clone_of_the_asker,
    }
    generate::try_generate {
        error_is_the_last_item, ends_without_an_error, fails_at_once, item_before_the_error, drops_once_in_order,
    }
    #[cfg(feature = "harness")]
    generate::unwinding { ends_the_stream, leaves_its_item, gives_no_error, of_a_destructor }
}
