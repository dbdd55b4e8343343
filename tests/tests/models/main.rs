//! Random operations, compared with models: plain arithmetic that says at which tick something is ready, pending or woken.

mod alarm;
mod bare;
mod clocks;
mod generate;
mod paced;
mod run;
mod scope;
mod sleep;
mod stall;
mod ticking;
mod timeout;
mod work;

use anytempo_virtual::VirtualClock;
use ticking::Ticking;

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

models!(sleep timeout stall paced generate scope);
