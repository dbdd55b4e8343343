//! One case of the suite, on RTIC's executor and clock.

use core::future::Future;

use anytempo_conformance::suite::{self, Case, Clock, Outcome, Runtime, Subject};
use anytempo_rtic::RticTimer;

use crate::output::{Code, say};
use crate::trouble::{Trouble, end};
use crate::{Mono, TIMER, executor};

struct Board;

impl Runtime for Board {
    type Timer = RticTimer<Mono>;
    // Instructions take time in the emulator as they do on a board.
    const CLOCK: Clock = Clock::Real;

    /// Says how the case went, and ends the run: each has a board of its own, and none finds what another has left behind.
    fn run<F>(&self, case: impl FnOnce(Subject<RticTimer<Mono>>) -> F) -> Outcome
    where
        F: Future<Output = Outcome> + 'static,
    {
        let case = case(Subject { timer: TIMER, clock: Self::CLOCK });
        executor::run(async {
            match case.await {
                Ok(()) => {
                    say(format_args!("kept"));
                    Code::RIGHT
                }
                Err(failure) => {
                    say(format_args!("broken {failure}"));
                    Code::WRONG
                }
            }
        })
    }
}

pub(crate) fn run(name: &str) -> ! {
    let wanted = name.split_once("::");
    suite::each(|case: Case<Board>| {
        if wanted == Some((case.group, case.name)) {
            // It does not come back.
            let _ = (case.run)(&Board);
        }
    });
    end(Trouble::Refused, format_args!("there is no case `{name}`"))
}
