//! What may cross threads, pinned at compile time.

use core::cell::Cell;

use anytempo_virtual::{
    Aborted, Deadlock, Executor, Hold, Instant, JoinHandle, Sleep, Spawner, Task, VirtualClock,
};

fn shared<T: Send + Sync + Unpin + 'static>() {}
fn movable<T: Unpin + 'static>() {}
fn error<T: core::error::Error + Clone + Send + Sync + 'static>() {}

#[test]
fn auto_traits() {
    shared::<VirtualClock>();
    shared::<Sleep>();
    shared::<Hold>();
    shared::<Instant>();
    shared::<Task>();
    error::<Deadlock>();
    error::<Aborted>();
    // These stay on the thread of their tasks, which need not be Send.
    movable::<Executor>();
    movable::<Spawner>();
    movable::<JoinHandle<Cell<*const ()>>>();
}
