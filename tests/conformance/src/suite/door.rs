use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use anytempo::Close;
use anytempo::scope::Exit;

use crate::suite::Log;

/// What can be told that something has happened.
pub trait Note {
    /// Notes that something has happened.
    fn note(&self, what: &'static str);
}

impl Note for &Log {
    fn note(&self, what: &'static str) {
        Log::note(self, what);
    }
}

/// A resource that notes what happens to it: `closing` for each poll of its close that is pending, and in the end `closed` or
/// `aborted`, unless it has other words for these.
#[derive(Clone, Debug)]
pub struct Door<L> {
    log: L,
    turns: u32,
    end: End,
    closed: &'static str,
    aborted: &'static str,
}

/// What comes of a close.
#[derive(Clone, Copy, Debug)]
enum End {
    Closed(Result<(), &'static str>),
    Never,
    #[cfg(feature = "harness")]
    Panic,
}

impl<L: Note> Door<L> {
    /// It closes after `turns` polls that are pending.
    pub fn new(log: L, turns: u32) -> Self {
        Self { log, turns, end: End::Closed(Ok(())), closed: "closed", aborted: "aborted" }
    }

    /// With words of its own, to tell it from others.
    #[must_use]
    pub fn saying(self, closed: &'static str, aborted: &'static str) -> Self {
        Self { closed, aborted, ..self }
    }

    /// Its close fails.
    #[must_use]
    pub fn stuck(self, error: &'static str) -> Self {
        Self { end: End::Closed(Err(error)), ..self }
    }

    /// Its close hangs.
    #[must_use]
    pub fn hanging(self) -> Self {
        Self { end: End::Never, ..self }
    }

    /// Its close panics.
    #[cfg(feature = "harness")]
    #[must_use]
    pub fn panicking(self) -> Self {
        Self { end: End::Panic, ..self }
    }

    /// Goes through it.
    pub fn enter(&self) {
        self.log.note("entered");
    }
}

impl<L: Note> Close for Door<L> {
    type Target = Self;
    type Error = &'static str;
    type Closing = DoorClosing<L>;

    fn target(&mut self) -> &mut Self {
        self
    }

    fn close(self, _: Exit) -> DoorClosing<L> {
        DoorClosing { door: self, is_over: false }
    }

    fn abort(self) {
        self.log.note(self.aborted);
    }
}

/// The close of a [`Door`]. It notes also if it is polled when it is over.
#[derive(Debug)]
pub struct DoorClosing<L: Note> {
    door: Door<L>,
    is_over: bool,
}

// Nothing in it is ever pinned.
impl<L: Note> Unpin for DoorClosing<L> {}

impl<L: Note> Future for DoorClosing<L> {
    type Output = Result<(), &'static str>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { door, is_over } = &mut *self;
        if *is_over {
            door.log.note("polled again");
            return Poll::Pending;
        }
        if let Some(turns) = door.turns.checked_sub(1) {
            door.turns = turns;
            door.log.note("closing");
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        match door.end {
            End::Closed(result) => {
                *is_over = true;
                door.log.note(door.closed);
                Poll::Ready(result)
            }
            End::Never => {
                door.log.note("closing");
                Poll::Pending
            }
            #[cfg(feature = "harness")]
            End::Panic => std::panic::resume_unwind(std::boxed::Box::new(())),
        }
    }
}

impl<L: Note> Drop for DoorClosing<L> {
    fn drop(&mut self) {
        if !self.is_over {
            self.door.log.note(self.door.aborted);
        }
    }
}

/// The future of [`turns`].
#[derive(Debug)]
pub struct Turns(u32);

/// A future that is pending for so many polls, and wakes its task in each.
pub fn turns(turns: u32) -> Turns {
    Turns(turns)
}

impl Future for Turns {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Some(turns) = self.0.checked_sub(1) else { return Poll::Ready(()) };
        self.0 = turns;
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

/// Notes when it is dropped.
#[derive(Debug)]
pub struct Guard<L: Note>(pub L, pub &'static str);

impl<L: Note> Drop for Guard<L> {
    fn drop(&mut self) {
        self.0.note(self.1);
    }
}
