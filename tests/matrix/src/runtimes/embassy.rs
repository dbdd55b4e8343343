use core::cell::Cell;
use std::rc::Rc;

use anytempo_embassy::EmbassyTimer;
use embassy_executor::raw::TaskStorage;
use embassy_executor::{Executor, Spawner};

use crate::programs;
use crate::programs::host::Command;
use crate::runtimes::threads::{ThreadPool, counting, start_timer};
use crate::runtimes::{Boxed, RunError, SharedSink};
use anytempo_conformance::suite::{self, Allowance, Clock, Failure, Outcome, Subject};

/// On the thread of the caller, in an executor and a task of their own.
pub(super) fn run(command: Command, sink: SharedSink) -> Result<(), RunError> {
    counting(command, ThreadPool, |command| {
        let program = async {
            start_timer(EmbassyTimer).await;
            programs::run(EmbassyTimer, command, sink).await;
        };
        block_on(|_| program).ok_or_else(|| RunError::new("embassy could not spawn the program"))
    })
}

/// Runs a future as the first task of an executor, until it is done. `None` if it cannot be spawned.
///
/// embassy wants both to live for ever, so they do: it is for a process that runs a number of programs, not a service.
pub(super) fn block_on<F: Future + 'static>(
    future: impl FnOnce(Spawner) -> F,
) -> Option<F::Output> {
    let output = Rc::new(Cell::new(None));
    let storage = Box::leak(Box::new(TaskStorage::new()));
    let executor = Box::leak(Box::new(Executor::new()));
    let spawned = Cell::new(true);
    let mut result = None;
    executor.run_until(
        |spawner| {
            let (output, future) = (output.clone(), future(spawner));
            match storage.spawn(move || async move { output.set(Some(future.await)) }) {
                Ok(task) => spawner.spawn(task),
                Err(_) => spawned.set(false),
            }
        },
        || {
            result = output.take();
            result.is_some() || !spawned.get()
        },
    );
    result
}

/// As [`run`], for cases.
#[derive(Debug, Default)]
pub(super) struct Embassy;

impl suite::Runtime for Embassy {
    type Timer = EmbassyTimer;
    const CLOCK: Clock = Clock::Real;
    // They share one queue, which has room for a number of wakers.
    const PARALLEL: bool = false;
    const ALLOWANCES: &'static [Allowance] = &[
        Allowance::expected_to_fail(
            "timer_contract::old_waker_is_forgotten",
            "embassy's queue has an entry for each waker, and knows no timer to which two of them belong: a task that \
                  has passed a wait on is woken once more, at the old deadline",
        ),
        Allowance::expected_to_fail(
            "cancel::dropped_wait_keeps_no_waker",
            "embassy's queue cannot be asked to forget a waker: a task is woken once more, at the deadline of the \
                  wait that was dropped",
        ),
        Allowance::expected_to_fail(
            "cancel::disarmed_wait_keeps_no_waker",
            "embassy's queue cannot be asked to forget a waker: a task is woken once more, at the deadline of the \
                  wait that was disarmed",
        ),
        Allowance::expected_to_fail(
            "timeout::done_keeps_no_waker",
            "embassy's queue cannot be asked to forget a waker: a task is woken once more, at the deadline of the \
                  limit that is over",
        ),
        Allowance::expected_to_fail(
            "pace::ended_keeps_no_waker",
            "embassy's queue cannot be asked to forget a waker: a task is woken once more, at the deadline of the \
                  stream that ended",
        ),
    ];

    fn run<F>(&self, case: impl FnOnce(Subject<EmbassyTimer>) -> F) -> Outcome
    where
        F: Future<Output = Outcome> + 'static,
    {
        let case: Boxed = Box::pin(case(Subject { timer: EmbassyTimer, clock: Self::CLOCK }));
        run_boxed(case)
    }
}

fn run_boxed(case: Boxed) -> Outcome {
    block_on(|_| case).unwrap_or_else(|| Err(Failure::new("embassy can spawn a task")))
}
