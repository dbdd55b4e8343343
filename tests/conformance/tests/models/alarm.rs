//! One wait of a model: a number that is reached or not, and who is woken then.

use crate::clocks::At;

/// What a model has of a poll.
#[derive(Clone, Copy)]
pub(crate) struct Cx {
    pub(crate) now: At,
    /// Which of the two wakers it is polled with.
    pub(crate) probe: usize,
    /// Whether a wait that is over wakes its task and is pending this time, as raw sleeps may once.
    pub(crate) gives_way: bool,
    /// How often the poll wakes its own waker.
    pub(crate) wakes: usize,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Alarm {
    pub(crate) at: Option<At>,
    /// The waker that is woken then.
    pub(crate) registered: Option<usize>,
    gave_way: bool,
}

impl Alarm {
    pub(crate) fn set(&mut self, at: Option<At>) {
        *self = Self { at, ..Self::default() };
    }

    pub(crate) fn give_up(&mut self) {
        self.set(None);
    }

    pub(crate) fn is_reached(&self, now: At) -> bool {
        self.at.is_some_and(|at| at <= now)
    }

    /// The poll that begins a wait: it is pending. If the time is up, it wakes.
    pub(crate) fn begin(&mut self, cx: &mut Cx) {
        if self.is_reached(cx.now) {
            cx.wakes += 1;
            self.registered = None;
        } else {
            self.wait(cx);
        }
    }

    /// Any other poll: whether the time is up.
    pub(crate) fn poll(&mut self, cx: &mut Cx) -> bool {
        if !self.is_reached(cx.now) {
            self.wait(cx);
            return false;
        }
        self.registered = None;
        if cx.gives_way && !self.gave_way {
            self.gave_way = true;
            cx.wakes += 1;
            return false;
        }
        true
    }

    fn wait(&mut self, cx: &mut Cx) {
        self.registered = self.at.map(|_| cx.probe);
    }

    /// Time passes. Says who is woken.
    pub(crate) fn pass(&mut self, now: At) -> Option<usize> {
        if self.is_reached(now) { self.registered.take() } else { None }
    }
}
