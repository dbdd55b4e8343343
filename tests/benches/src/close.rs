//! A scope that closes its resource: with `close_on_exit`, and with a guard and an `await` written by hand.

use core::cell::Cell;
use core::future::{Future, ready};
use core::hint::black_box;
use core::pin::pin;

use anytempo::{close_on_exit, closing};

use crate::floor::{YieldOnce, block_on, opaque};
use crate::way::{Job, Of, Way};

pub(crate) const READY: Job = Job {
    name: "close_ready",
    title: "a scope whose body is ready at once",
    times: 500,
    is_real: false,
    timer_allocates: 0.0,
    ways: &[
        Way {
            name: "guard_by_hand",
            of: Of::Hand,
            run: |times| block_on(by_hand(times, || ready(()))),
        },
        Way {
            name: "close_on_exit",
            of: Of::Anytempo,
            run: |times| block_on(scope(times, || ready(()))),
        },
    ],
};

pub(crate) const YIELD: Job = Job {
    name: "close_yield",
    title: "a scope whose body yields once",
    times: 500,
    is_real: false,
    timer_allocates: 0.0,
    ways: &[
        Way {
            name: "guard_by_hand",
            of: Of::Hand,
            run: |times| block_on(by_hand(times, YieldOnce::default)),
        },
        Way {
            name: "close_on_exit",
            of: Of::Anytempo,
            run: |times| block_on(scope(times, YieldOnce::default)),
        },
    ],
};

async fn scope<F: Future<Output = ()>>(times: u32, work: impl Fn() -> F) {
    let closed = Cell::new(0_u32);
    for number in 0..times {
        let resource = closing(black_box(number), |_| closed.set(closed.get() + 1));
        let scope = close_on_exit(resource, async |number| {
            work().await;
            *number + 1
        });
        let Ok(value) = opaque(pin!(scope)).await;
        black_box(value);
    }
    assert_eq!(closed.get(), times);
}

struct Guard<V, F: FnOnce(&mut V)> {
    value: V,
    close: Option<F>,
}

impl<V, F: FnOnce(&mut V)> Drop for Guard<V, F> {
    fn drop(&mut self) {
        if let Some(close) = self.close.take() {
            close(&mut self.value);
        }
    }
}

async fn by_hand<F: Future<Output = ()>>(times: u32, work: impl Fn() -> F) {
    let closed = Cell::new(0_u32);
    for number in 0..times {
        let guard = Guard {
            value: black_box(number),
            close: Some(|_: &mut u32| closed.set(closed.get() + 1)),
        };
        let scope = async {
            let guard = guard;
            work().await;
            guard.value + 1
        };
        let value = opaque(pin!(scope)).await;
        black_box(value);
    }
    assert_eq!(closed.get(), times);
}
