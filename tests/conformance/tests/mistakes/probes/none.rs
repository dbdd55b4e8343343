//! What the others should have been.

use anytempo::generate::Yielder;
use anytempo::{
    StreamTimeExt, Timer, close_on_exit, closing, closing_async, generate, next, next_or, range,
    try_close_on_exit, try_generate,
};
use core::num::ParseIntError;
use core::pin::{Pin, pin};
use core::time::Duration;

async fn show(timer: impl Timer) -> Option<()> {
    let second = Duration::from_secs(1);
    let mut numbers = pin!(timer.countdown(3, second));
    next(&mut numbers).await?;
    let mut paced = pin!(range(0..3).pace(&timer, second));
    next(&mut paced).await?;
    let mut boxed = Box::pin(generate(async |mut y| y.emit(1).await));
    next_or(&mut boxed, 2).await;
    let mut failing = pin!(try_generate(async |mut y| {
        y.emit("7".parse::<i32>()?).await;
        Ok::<(), ParseIntError>(())
    }));
    next(&mut failing).await?.ok().map(drop)
}

async fn function(mut y: Yielder<'_, u8>) {
    y.emit(1).await;
}

fn boxed(mut y: Yielder<'_, u8>) -> Pin<Box<dyn Future<Output = ()> + '_>> {
    Box::pin(async move { y.emit(1).await })
}

fn main() {
    drop(show(anytempo_virtual::VirtualClock::new()));
    drop(scopes());
    drop((generate(function), generate(boxed)));
    let body = async |mut y: Yielder<'_, u8>| y.emit(1).await;
    drop(generate(body));
    let mut borrowed = vec![1];
    drop(generate(async |mut y| {
        y.emit(borrowed.len()).await;
        borrowed.push(1);
    }));
    // Bodies that do not come to their end.
    drop(generate(async |mut y| {
        y.emit(1).await;
        panic!()
    }));
    drop(generate(async |mut y| {
        loop {
            y.emit(1).await;
        }
    }));
    // The error's type may come from the outside, and from `?`.
    let _: Pin<Box<dyn IsStream>> = Box::pin(try_generate(async |mut y| {
        if y.emit("7".parse::<i32>()?).await == () {
            return Err("no number".into());
        }
        Ok(())
    }));
}

async fn scopes() -> Result<i32, ParseIntError> {
    let Ok(seven) = close_on_exit(closing_async(7, async |_| (), drop), async |n| *n).await;
    let parsed = try_close_on_exit(closing("7", |_| ()), async |text| text.parse::<i32>()).await;
    Ok(seven + parsed.or(Ok(0))?)
}

trait IsStream {}

impl<F, Fut> IsStream for generate::TryGenerate<i32, Box<dyn core::error::Error>, F, Fut> {}
