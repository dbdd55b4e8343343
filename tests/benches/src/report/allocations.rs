#![expect(unsafe_code, reason = "an allocator cannot be written without")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};

use crate::way::Way;

/// The system's allocator, which counts how often it is asked for memory, and for how much. The binary `way`, whose instructions are
/// counted, does not have it.
#[derive(Debug)]
pub struct Counting;

static COUNT: AtomicU64 = AtomicU64::new(0);
static BYTES: AtomicUsize = AtomicUsize::new(0);

// SAFETY: everything is left to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.fetch_add(1, Relaxed);
        BYTES.fetch_add(layout.size(), Relaxed);
        // SAFETY: the caller keeps the same contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        COUNT.fetch_add(1, Relaxed);
        BYTES.fetch_add(size, Relaxed);
        // SAFETY: the caller keeps the same contract.
        unsafe { System.realloc(memory, layout, size) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the same contract.
        unsafe { System.dealloc(memory, layout) }
    }
}

/// How many bytes are allocated meanwhile, in this process, on all threads.
pub(super) fn bytes(meanwhile: impl FnOnce()) -> usize {
    let before = BYTES.load(Relaxed);
    meanwhile();
    BYTES.load(Relaxed) - before
}

/// How often a way allocates each time, in this process, on all threads.
pub(super) fn slope(way: &Way) -> f64 {
    // Not as often as when instructions are counted, as some wait for real.
    const TIMES: u32 = 64;
    let count = |times| {
        let before = COUNT.load(Relaxed);
        (way.run)(times);
        COUNT.load(Relaxed) - before
    };
    // What is made once and kept, such as a thread of the runtime's, is made here.
    count(TIMES);
    let (few, many) = (count(TIMES), count(TIMES * 2));
    (many as f64 - few as f64) / f64::from(TIMES)
}
