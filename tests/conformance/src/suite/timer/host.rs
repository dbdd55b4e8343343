//! What can be seen only where there are threads and a heap.

use core::cell::RefCell;
use core::future::Future;
use core::pin::{Pin, pin};
use core::task::{Context, Waker};
use std::boxed::Box;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Wake;
use std::thread;

use anytempo::{RawSleep, Timer};

use crate::suite::case::never;
use crate::suite::{Outcome, Probe, STEP, Subject, check};

thread_local! {
    /// What a [`Hook`] does when it is woken on this thread.
    static HOOK: RefCell<Option<Box<dyn FnMut()>>> = const { RefCell::new(None) };
}

/// A waker that does what the [`HOOK`] says.
struct Hook;

impl Wake for Hook {
    fn wake(self: Arc<Self>) {
        let hook = HOOK.take();
        if let Some(mut hook) = hook {
            hook();
        }
    }
}

/// A wait that is pending here is polled on another thread, and that poll's waker is woken.
pub async fn moves_to_another_thread<T>(subject: Subject<T>) -> Outcome
where
    T: Timer<Sleep: Send + 'static>,
{
    let (old, new) = (Probe::new(), Probe::new());
    let mark = subject.mark();
    let mut raw = Box::pin(subject.timer.raw_sleep(mark.plus(3)));
    let pending_here = old.poll(raw.as_mut()).is_pending();
    let there = thread::spawn(move || {
        let pending = new.poll(raw.as_mut()).is_pending();
        (raw, new, pending)
    });
    let Ok((mut raw, new, pending_there)) = there.join() else {
        return check(false, "a poll does not panic on another thread");
    };
    mark.waits(pending_here && pending_there, 3, "it waits")?;
    subject.reach(mark.plus(5)).await;
    mark.sees(!pending_there || new.wakes() > 0, "the newest waker is woken", "no wake")?;
    mark.sees(new.poll(raw.as_mut()).is_ready(), "it is over", "pending")
}

/// Whoever is woken may use the clock at once: read it, and poll, reset and drop waits, the one that is over included.
///
/// A runtime that wakes from a thread of its own is not seen here.
pub async fn wake_may_use_the_clock<T: Timer + 'static>(subject: Subject<T>) -> Outcome {
    let timer = subject.timer.clone();
    let mark = subject.mark();
    let waker = Waker::from(Arc::new(Hook));
    let over = Rc::new(RefCell::new(Some(Box::pin(timer.raw_sleep(mark.plus(1))))));
    let used = Rc::new(RefCell::new(false));
    if let Some(raw) = over.borrow_mut().as_mut() {
        if raw.as_mut().poll(&mut Context::from_waker(&waker)).is_ready() {
            return mark.waits(false, 1, "it waits");
        }
    }
    HOOK.set(Some(Box::new({
        let (over, used, timer) = (over.clone(), used.clone(), timer.clone());
        move || {
            let now = timer.now();
            let mut cx = Context::from_waker(Waker::noop());
            let mut other = pin!(timer.raw_sleep(now.into()));
            let _ = other.as_mut().poll(&mut cx);
            other.as_mut().reset(never::<T>());
            if let Some(mut raw) = over.take() {
                let raw: Pin<&mut T::Sleep> = raw.as_mut();
                let _ = raw.poll(&mut cx);
            }
            used.replace(true);
        }
    })));
    subject.pass(3).await;
    let here = HOOK.take().is_none();
    check(!here || *used.borrow(), "what is woken runs to its end")?;
    timer.sleep(STEP).await;
    Ok(())
}
