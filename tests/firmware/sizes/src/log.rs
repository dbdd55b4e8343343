//! What a program does and when, kept until its end, so that two forms can be held against each other.

use core::sync::atomic::{AtomicU32, Ordering};

use embassy_time::Instant;
use semihosting::sys::arm_compat::sys_writec;

const ROOM: usize = 64;

// SAFETY: the name is one of those for memory that is zero at the start, as both of these are.
//
// The compiler would put them behind other statics, the task among them, and the code that reaches them would be longer for a
// larger task.
#[unsafe(link_section = ".bss.log")]
static LOG: [AtomicU32; ROOM] = [const { AtomicU32::new(0) }; ROOM];
// SAFETY: as above.
#[unsafe(link_section = ".bss.log")]
static USED: AtomicU32 = AtomicU32::new(0);

/// Puts down an item, and the time.
#[inline(never)]
pub fn put(item: u32) {
    keep(Instant::now().as_ticks() as u32);
    keep(item);
}

/// Puts down a word.
#[inline(never)]
pub fn keep(word: u32) {
    let used = USED.load(Ordering::Relaxed);
    if let Some(entry) = LOG.get(used as usize) {
        entry.store(word, Ordering::Relaxed);
    }
    USED.store(used + 1, Ordering::Relaxed);
}

/// Writes all words in hexadecimal, and ends the program.
#[inline(never)]
pub fn finish() -> ! {
    let used = USED.load(Ordering::Relaxed) as usize;
    for word in LOG.iter().take(used) {
        let word = word.load(Ordering::Relaxed);
        for digit in (0..8).rev() {
            let digit = (word >> (4 * digit) & 15) as u8;
            sys_writec(if digit < 10 { b'0' + digit } else { b'a' - 10 + digit });
        }
        sys_writec(b'\n');
    }
    semihosting::process::exit(if used > ROOM { 1 } else { 0 })
}
