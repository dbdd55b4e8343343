use core::mem;
use core::task::{Poll, Waker};

use super::{VirtualClock, is_any_recorded};
use crate::trace::EventKind;
use crate::waits::Standing;
use crate::{Instant, current};

/// What a wait asks of its clock.
impl VirtualClock {
    /// Ready if the clock has reached `deadline`. Otherwise `waker` is woken then.
    pub(crate) fn poll_wait(
        &self,
        standing: &mut Standing,
        deadline: Instant,
        waker: &Waker,
        number: &mut u32,
    ) -> Poll<()> {
        if deadline <= self.time() {
            if is_any_recorded() {
                self.note_wait(number, EventKind::Ready);
            }
            self.finish_wait(standing);
            return Poll::Ready(());
        }
        let owner = current::waits_on(self);
        // Cloning and dropping a waker runs code of others, so both happen outside the lock.
        let waker = waker.clone();
        let (poll, unused) = {
            let mut state = self.lock();
            let (now, before) = (state.now, standing.place());
            let polled = state.waits.poll(standing, now, deadline, waker, owner);
            if let Some(trace) = &mut state.trace {
                let (is_ready, after) = (polled.0.is_ready(), standing.place());
                let place = after.filter(|_| !is_ready && after != before);
                trace.polled(now, owner, number, place.map(|it| (it, deadline)), is_ready);
            }
            polled
        };
        drop(unused);
        poll
    }

    /// Moves a wait to `deadline`, or disarms it. It may have fired already.
    pub(crate) fn reset_wait(
        &self,
        standing: &mut Standing,
        deadline: Option<Instant>,
        number: &mut u32,
    ) {
        if is_any_recorded() {
            let is_known = !matches!(standing, Standing::Idle);
            self.record(|trace, now| trace.reset(now, deadline, number, is_known));
        }
        self.move_wait(standing, deadline);
    }

    /// A wait is dropped.
    pub(crate) fn drop_wait(&self, standing: &mut Standing, number: &mut u32) {
        if is_any_recorded() {
            self.note_wait(number, EventKind::Dropped);
        }
        self.move_wait(standing, None);
    }

    /// The deadline of a wait is reached. It may be registered still, if a clock is read while it fires.
    #[inline]
    fn finish_wait(&self, standing: &mut Standing) {
        match mem::replace(standing, Standing::Idle) {
            Standing::Idle | Standing::Endless => {}
            Standing::Registered(place) => {
                let waker = self.lock().waits.remove(place);
                drop(waker);
            }
            Standing::Unpolled(reset) => {
                *standing = Standing::Unpolled(reset);
                self.move_wait(standing, None);
            }
        }
    }

    fn move_wait(&self, standing: &mut Standing, deadline: Option<Instant>) {
        // The clock knows nothing of an idle wait, so there is nothing to tell.
        if !matches!(standing, Standing::Idle) {
            let owner = current::owner();
            let waker = self.lock().waits.reset(standing, deadline, owner);
            drop(waker);
        }
    }
}
