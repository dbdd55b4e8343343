//! What the check is there to notice, each behind a feature of its own, so that the check can be checked.

/// Does nothing unless a feature asks for it.
pub(crate) fn do_what_must_be_noticed() {
    #[cfg(feature = "with-a-panic")]
    {
        let numbers = [1, 2, 3];
        core::hint::black_box(numbers[core::hint::black_box(3)]);
    }
    #[cfg(feature = "with-a-division")]
    core::hint::black_box(core::hint::black_box(1_u64) / core::hint::black_box(3_u64).max(1));
    #[cfg(feature = "with-a-heap")]
    {
        extern crate alloc;
        core::hint::black_box(alloc::boxed::Box::new(core::hint::black_box(1)));
    }
}
