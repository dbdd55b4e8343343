//! Says everything that can be logged, once.
#![no_std]
#![no_main]

use anytempo::scope::{CloseErrors, CloseWithinError, Exit};
use anytempo::stream::{AnyRate, FixedDelay, FixedRate, Skip, Spaced};
use anytempo::{CloseError, Elapsed, Instant as _, RawSleep as _, ScopeError, Timer as _};
use anytempo_embassy::{Deadline, EmbassyTimer, Instant};
use defmt::println;

type Failed<T, E> = Result<T, ScopeError<T, E, CloseWithinError<u8>>>;

#[log::entry]
fn main() -> ! {
    println!("{} {}", Elapsed::new(), log::result());
    println!("{} {} {}", Exit::Completed, Exit::Failed, Exit::Cancelled);
    println!("{}", CloseError::new("the value", 5_u8));
    println!(
        "{} {}",
        CloseErrors::new((Some(1_u8), None::<u8>)),
        CloseErrors::new([Some(2_u8), None])
    );
    println!("{}", CloseWithinError::Close(3_u8));
    println!("{}", CloseWithinError::<u8>::Elapsed(Elapsed::new()));

    let late = CloseWithinError::Elapsed(Elapsed::new());
    let body: Failed<u8, Elapsed> = ScopeError::from_parts(Err(Elapsed::new()), Err(late));
    let close: Failed<u8, Elapsed> = ScopeError::from_parts(Ok(1), Err(CloseWithinError::Close(7)));
    println!("{} {}", body, close);
    println!("{} {} {} {}", FixedDelay, FixedRate, Skip, Spaced);
    println!(
        "{} {} {} {}",
        AnyRate::FixedDelay,
        AnyRate::FixedRate,
        AnyRate::Skip,
        AnyRate::Spaced
    );

    let instant = Instant::from(embassy_time::Instant::from_ticks(1_500_000));
    println!("{} {} {}", EmbassyTimer, instant, embassy_time::Instant::from(instant));
    println!("{}", Instant::delta_ceil(core::time::Duration::from_millis(2)));
    println!("{} {}", Deadline::from(instant), Deadline::NEVER);
    println!("{}", EmbassyTimer.raw_sleep(Deadline::NEVER));
    println!("{}", EmbassyTimer.raw_sleep(instant.into()).deadline());
    log::stop()
}
