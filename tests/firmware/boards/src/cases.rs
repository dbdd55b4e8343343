//! One case of the suite, on the executor and the clock of the program that this is a part of: embassy's, or RTIC's.

use core::future::Future;

use anytempo_conformance::suite::{self, Case, Clock, Outcome, Runtime, Subject};

use crate::output::{Code, say};
use crate::trouble::{Trouble, end};
use crate::{BoardTimer, TIMER, executor};

struct Board;

impl Runtime for Board {
    type Timer = BoardTimer;
    // Instructions take time in the emulator as they do on a board.
    const CLOCK: Clock = Clock::Real;

    /// Says how the case went, and ends the run: each has a board of its own, and none finds what another has left behind.
    fn run<F>(&self, case: impl FnOnce(Subject<BoardTimer>) -> F) -> Outcome
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
    let visit = |case: Case<Board>| {
        if wanted == Some((case.group, case.name)) {
            // It does not come back.
            let _ = (case.run)(&Board);
        }
    };
    #[cfg(feature = "waits")]
    suite::each_of_waits(visit);
    #[cfg(feature = "operators")]
    suite::each_of_operators(visit);
    #[cfg(feature = "bodies")]
    suite::each_of_bodies(visit);
    end(Trouble::Refused, format_args!("there is no case `{name}`"))
}
