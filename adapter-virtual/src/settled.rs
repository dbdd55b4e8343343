use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::rc::Rc;

use crate::tasks::Tasks;

/// Waits until nothing else is ready. Made by [`Executor::settled`](crate::Executor::settled), [`Spawner::settled`](crate::Spawner::settled) and
/// [`Sim::settled`](crate::Sim::settled).
///
/// It is ready once every other task of its executor waits, before the time moves. Everything that follows from what was done so
/// far has then happened, however long the chain of tasks is.
///
/// - It yields once at least.
/// - Where several tasks wait for this, they go on one after the other, in the order of their first polls. Each of them waits
///   again for what the one before has set off.
/// - On another executor, outside of one, or once its executor is gone, it is pending forever.
/// - It does not wait for another thread, also while a [`Hold`](crate::Hold) lives.
///
/// # Cancel safety
///
/// Strict: a drop takes back the wait.
///
/// # Examples
///
/// ```
/// use core::cell::Cell;
/// use std::rc::Rc;
///
/// anytempo_virtual::run(async |sim| {
///     let stage = Rc::new(Cell::new(0));
///     let mut before = sim.spawn(async {});
///     for number in 1..=3 {
///         let stage = Rc::clone(&stage);
///         before = sim.spawn(async move {
///             before.await.unwrap();
///             stage.set(number);
///         });
///     }
///     sim.settled().await;
///     assert_eq!(stage.get(), 3);
///     assert!(sim.elapsed().is_zero());
/// })
/// .unwrap();
/// ```
#[must_use = "futures do nothing unless polled"]
pub struct Settled {
    tasks: Rc<Tasks>,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    /// In line, with this number.
    Waiting(u64),
    Over,
}

impl Settled {
    pub(crate) fn new(tasks: &Rc<Tasks>) -> Settled {
        Settled { tasks: Rc::clone(tasks), state: State::New }
    }
}

impl Future for Settled {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let tasks = Rc::clone(&self.tasks);
        if tasks.is_closed() {
            return Poll::Pending;
        }
        match self.state {
            State::New => self.state = State::Waiting(tasks.wait_settled(None, cx.waker())),
            State::Waiting(number) if tasks.is_settling(number) => {
                tasks.wait_settled(Some(number), cx.waker());
            }
            State::Waiting(_) | State::Over => {
                self.state = State::Over;
                return Poll::Ready(());
            }
        }
        Poll::Pending
    }
}

impl Drop for Settled {
    fn drop(&mut self) {
        if let State::Waiting(number) = self.state {
            self.tasks.forget_settled(number);
        }
    }
}

impl fmt::Debug for Settled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settled").finish_non_exhaustive()
    }
}
