//! Every combinator is spawned on many threads, and by generic code, which has to say no more than what it says here.
//!
//! What goes through them is a `Cell`: it moves from one thread to another, and need not be `Sync`.

use core::cell::Cell;
use core::future::pending;
use core::pin::pin;
use core::task::Poll;
use core::time::Duration;

use anytempo::scope::Lent;
use anytempo::stream::FixedRate;
use anytempo::{
    Close, DynTimer, SendTimer, StreamTimeExt, Timer, close_on_exit, closing, closing_async,
    closing_poll, generate, next, next_or, range, try_close_on_exit,
};
use anytempo_tokio::{TokioSpawner, TokioTimer};
use tokio::task::JoinHandle;

const STEP: Duration = Duration::from_millis(5);

/// Far more than any test takes on the slowest machine.
const LIMIT: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_combinator_is_spawned_on_many_threads_without_a_further_bound() {
    fn all<T: SendTimer>(timer: T) -> [Vec<JoinHandle<()>>; 5] {
        [futures(&timer), streams(&timer), scopes(&timer), generators(&timer), lent(timer)]
    }
    let tasks = [all(TokioTimer), all(DynTimer::new(TokioTimer))];
    for task in tasks.into_iter().flatten().flatten() {
        tokio::time::timeout(LIMIT, task).await.expect("no wake is lost").expect("nothing panics");
    }
}

fn futures<T>(timer: &T) -> Vec<JoinHandle<()>>
where
    T: Timer<Sleep: Send> + Send + 'static,
{
    let (now, limited, waits) = (timer.now(), timer.clone(), timer.clone());
    vec![
        tokio::spawn(timer.sleep(STEP)),
        tokio::spawn(timer.sleep_until(now)),
        tokio::spawn(timer.stall(STEP, timer.sleep(STEP))),
        tokio::spawn(async move {
            limited.timeout(STEP, pending::<()>()).await.unwrap_err();
            limited.timeout_at(now, pending::<()>()).await.unwrap_err();
            limited.timeout(LIMIT, limited.stall(STEP, async {})).await.unwrap();
        }),
        tokio::spawn(async move {
            let mut sleep = pin!(waits.sleep(LIMIT));
            waits.timeout(STEP, sleep.as_mut()).await.unwrap_err();
            sleep.as_mut().reset(STEP);
            sleep.await;
        }),
    ]
}

fn streams<T>(timer: &T) -> Vec<JoinHandle<()>>
where
    T: Timer<Sleep: Send> + Send + 'static,
{
    let items = || range([1, 2].map(Cell::new));
    let late = items().stall(timer.clone(), STEP);
    vec![
        tokio::spawn(drain(timer.countdown(2, STEP))),
        tokio::spawn(drain(timer.countdown(2, STEP).rate(FixedRate))),
        tokio::spawn(drain(items())),
        tokio::spawn(drain(items().pace(timer.clone(), STEP))),
        tokio::spawn(drain(items().pace(timer.clone(), STEP).rate(FixedRate))),
        tokio::spawn(drain(items().stall(timer.clone(), STEP))),
        tokio::spawn(drain(items().pace(timer.clone(), STEP).stall(timer.clone(), STEP))),
        tokio::spawn(async move {
            let mut items = pin!(late);
            assert_eq!(next_or(&mut items, Cell::new(0)).await, Cell::new(1));
        }),
    ]
}

fn scopes<T>(timer: &T) -> Vec<JoinHandle<()>>
where
    T: Timer<Sleep: Send> + Send + 'static,
{
    let (waits, limits) = (timer.clone(), timer.clone());
    let scope = close_on_exit(closing(Cell::new(0), |_| ()), async move |mut number| {
        // The resource is borrowed while the body waits.
        let borrowed: &mut Cell<i32> = &mut number;
        waits.sleep(STEP).await;
        borrowed.set(1);
        waits.sleep(STEP).await;
        number.get()
    });
    let polled = closing_poll(Cell::new(1), |_, _| Poll::Ready(Err(Cell::new(2))), drop);
    let both = (slow(timer).close_within(timer.clone(), LIMIT), slow(timer));
    let several = try_close_on_exit([both], async move |_| {
        let failed = close_on_exit(polled, async |number| number.take()).await;
        if failed.is_err() { Ok(()) } else { Err(Cell::new(3)) }
    });
    let (dropped, limit) = (slow(timer), timer.clone());
    vec![
        tokio::spawn(async move { assert!(matches!(scope.await, Ok(1))) }),
        tokio::spawn(async move {
            let timer = limits.clone();
            let endless = async move |number: Lent<'_, Cell<i32>>| {
                timer.sleep(LIMIT).await;
                number.set(1);
            };
            let scope = close_on_exit(closing(Cell::new(0), |_| ()), endless);
            limits.timeout(STEP, scope).await.unwrap_err();
        }),
        tokio::spawn(async move { assert!(several.await.is_ok()) }),
        tokio::spawn(drain(range(0..3).close_on_exit(slow(timer)))),
        tokio::spawn(async move {
            // Dropped as it waits, so that the close goes on in a task of its own.
            let scope = close_on_exit(dropped.spawn_on_drop(TokioSpawner::default()), async |_| ());
            assert!(limit.timeout(Duration::ZERO, scope).await.is_err());
        }),
    ]
}

/// A resource whose close waits.
fn slow<T>(
    timer: &T,
) -> impl Close<Target = Cell<i32>, Error: Send, Closing: Send + 'static> + Send + use<T>
where
    T: Timer<Sleep: Send> + Send + 'static,
{
    let waits = timer.clone();
    let close = async move |number: Lent<'_, Cell<i32>>| {
        waits.sleep(STEP).await;
        number.set(0);
    };
    closing_async(Cell::new(1), close, drop)
}

fn generators<T>(timer: &T) -> Vec<JoinHandle<()>>
where
    T: Timer<Sleep: Send> + Send + 'static,
{
    let [waits, outer, paced] = [(); 3].map(|()| timer.clone());
    let waiting = generate(async move |mut y| {
        for item in [1, 2].map(Cell::new) {
            waits.sleep(STEP).await;
            y.emit(item).await;
        }
    });
    let nested = generate(async move |mut y| {
        let timer = outer.clone();
        let mut inner = pin!(generate(async move |mut y| {
            for item in 0..2 {
                timer.sleep(STEP).await;
                y.emit(item).await;
            }
        }));
        while let Some(item) = next(&mut inner).await {
            outer.timeout(LIMIT, y.emit(item)).await.unwrap();
        }
    });
    let borrowed = async move {
        let text = String::from("a b");
        drain(generate(async |mut y| {
            for word in text.split(' ') {
                y.emit(word).await;
            }
        }))
        .await;
    };
    vec![
        tokio::spawn(drain(waiting)),
        tokio::spawn(drain(nested)),
        tokio::spawn(borrowed),
        tokio::spawn(drain(
            generate(async move |mut y| {
                for item in 0..2 {
                    paced.sleep(STEP).await;
                    y.emit(item).await;
                }
            })
            .pace(timer.clone(), STEP)
            .stall(timer.clone(), STEP),
        )),
    ]
}

/// A timer that is lent within its task, to a closure or by hand, is `Sync` as well: so is all that is lent over an await.
fn lent(timer: impl SendTimer) -> Vec<JoinHandle<()>> {
    vec![tokio::spawn(async move {
        drain(range(0..3).pace(&timer, STEP)).await;
        drain(generate(async |mut y| {
            let Ok(()) = close_on_exit(closing(0, |_| ()), async |mut number| {
                timer.sleep(STEP).await;
                *number += 1;
                y.emit(*number).await;
            })
            .await;
        }))
        .await;
    })]
}

async fn drain<S: StreamTimeExt>(stream: S) {
    let mut stream = pin!(stream);
    while next(&mut stream).await.is_some() {}
}
