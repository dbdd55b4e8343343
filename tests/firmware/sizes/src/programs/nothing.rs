//! No time at all: what is around every program.

/// Gives the items, and that is all.
pub async fn nothing(count: u32, mut sink: impl FnMut(u32)) {
    for item in (0..=count).rev() {
        sink(item);
    }
}
