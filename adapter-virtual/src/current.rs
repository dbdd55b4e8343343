//! What the executor on this thread is polling, for the clocks that its tasks wait on.

use core::cell::{Cell, RefCell};

use crate::VirtualClock;

/// The task that polled a wait last: its number, and whether it runs in the background.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Owner(u32);

impl Owner {
    /// No task of an executor.
    pub(crate) const NONE: Owner = Owner(0);
    /// The future of a `block_on`.
    pub(crate) const MAIN: Owner = Owner(Owner::BACKGROUND - 1);

    /// The numbers of tasks are below this.
    pub(crate) const MOST: u32 = Owner::MAIN.0;

    const BACKGROUND: u32 = 1 << 31;

    pub(crate) fn task(number: u32, is_background: bool) -> Owner {
        Owner(number | if is_background { Owner::BACKGROUND } else { 0 })
    }

    pub(crate) fn number(self) -> u32 {
        self.0 & !Owner::BACKGROUND
    }

    pub(crate) fn is_background(self) -> bool {
        self.0 & Owner::BACKGROUND != 0
    }
}

thread_local! {
    static OWNER: Cell<Owner> = const { Cell::new(Owner::NONE) };
    static IS_ELSEWHERE: Cell<bool> = const { Cell::new(false) };
    static CLOCK: RefCell<Option<VirtualClock>> = const { RefCell::new(None) };
    /// The address of that clock, which is faster to compare.
    static ADDRESS: Cell<usize> = const { Cell::new(0) };
}

/// The task that is being polled on this thread.
#[inline]
pub(crate) fn owner() -> Owner {
    // While a thread ends, its destructors may still use a clock.
    OWNER.try_with(Cell::get).unwrap_or(Owner::NONE)
}

/// A poll of this task begins.
#[inline]
pub(crate) fn enter(owner: Owner) {
    OWNER.set(owner);
    IS_ELSEWHERE.set(false);
}

/// A poll is over. Says whether something in it waits on a clock that the executor does not move.
#[inline]
pub(crate) fn leave() -> bool {
    OWNER.set(Owner::NONE);
    IS_ELSEWHERE.get()
}

/// Who waits on `clock`: the task that is being polled, unless its executor moves another clock.
#[inline]
pub(crate) fn waits_on(clock: &VirtualClock) -> Owner {
    let owner = owner();
    if owner != Owner::NONE && ADDRESS.get() != clock.address() {
        IS_ELSEWHERE.set(true);
        return Owner::NONE;
    }
    owner
}

/// The clock of the executor that runs on this thread.
pub(crate) fn clock() -> Option<VirtualClock> {
    CLOCK.try_with(|clock| clock.borrow().clone()).ok().flatten()
}

/// An executor runs on this thread until this is dropped. It may do so in a task of another one.
pub(crate) struct Running {
    owner: Owner,
    is_elsewhere: bool,
    clock: Option<VirtualClock>,
    address: usize,
}

impl Running {
    pub(crate) fn new(clock: &VirtualClock) -> Running {
        Running {
            owner: OWNER.replace(Owner::NONE),
            is_elsewhere: IS_ELSEWHERE.replace(false),
            clock: CLOCK.replace(Some(clock.clone())),
            address: ADDRESS.replace(clock.address()),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        OWNER.set(self.owner);
        IS_ELSEWHERE.set(self.is_elsewhere);
        ADDRESS.set(self.address);
        drop(CLOCK.replace(self.clock.take()));
    }
}
