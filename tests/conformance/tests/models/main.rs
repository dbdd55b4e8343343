//! Random operations, compared with models: plain arithmetic that says at which tick something is ready, pending or woken.
//!
//! Each of these mutants of the core is seen within 1,000 seeds:
//!
//! | mutant | seen by | first seed |
//! |---|---|---|
//! | a sleep that is reset when it is over keeps its stage | `sleep` | 2 |
//! | a zero sleep does not yield | `sleep`, `stall`, `generate`, `scope` | 2 |
//! | a timeout polls its future again after `Elapsed` | `timeout` | 1 |
//! | a stall polls its body before the delay is over | `stall` | 1 |
//! | `FixedRate` counts from now | `paced` | 3 |
//! | the first period of a rate on a grid lacks its tick more | `paced` | 2 |
//! | `Skip` counts from now, off its grid | `paced` | 86 |
//! | `Skip` takes the slot that is due now for one to come | `paced` | 29 |
//! | the end of a pace keeps its timer | `paced` | 4 |
//! | a timeout keeps its timer after `Ok` | `timeout` | 3 |
//! | `<=` to `<` where a limit is due, on sleeps that are plain numbers | `timeout`, `generate` | 1 |
//! | an emit overwrites the item of one that was left | `generate` | 3 |
//! | a tuple closes its first resource first | `scope` | 4 |

mod alarm;
mod bare;
mod burst;
mod chunks;
mod clocks;
mod generate;
mod interval;
mod limits;
mod lossy;
mod paced;
mod run;
mod scope;
mod sleep;
mod stall;
mod timeout;
mod told;
mod work;

use anytempo_virtual::VirtualClock;
use clocks::Ticking;

/// A test for each model and clock.
macro_rules! models {
    ($($model:ident)+) => {
        models!(on_virtual_clock: VirtualClock, $($model)+);
        models!(on_tick_clock: Ticking<false, false>, $($model)+);
        models!(on_prompt_tick_clock: Ticking<true, false>, $($model)+);
        models!(on_yielding_tick_clock: Ticking<false, true>, $($model)+);
        models!(on_bare_tick_clock: bare::Bare, $($model)+);
    };
    ($name:ident: $Clock:ty, $($model:ident)+) => {
        mod $name {
            use super::*;
            $(
                #[test]
                fn $model() {
                    run::seeds::<$Clock>(stringify!($model), super::$model::story);
                }
            )+
        }
    };
}

models!(sleep timeout stall paced generate scope interval lossy limits chunks burst);
