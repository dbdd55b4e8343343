/// What the delay between two items counts from: [`FixedDelay`] or [`FixedRate`].
///
/// It is known when compiling, so that a program has the code for one of them only. Nothing else can be a rate.
pub trait Rate: sealed::Sealed {}

/// The delay counts from when the next item is asked for.
#[derive(Clone, Copy, Debug)]
pub enum FixedDelay {}

/// The delay counts from the deadline before, so that nothing adds up.
#[derive(Clone, Copy, Debug)]
pub enum FixedRate {}

impl Rate for FixedDelay {}
impl Rate for FixedRate {}

pub(crate) mod sealed {
    use super::{FixedDelay, FixedRate};

    pub trait Sealed {
        const FIXED: bool;
    }

    impl Sealed for FixedDelay {
        const FIXED: bool = false;
    }

    impl Sealed for FixedRate {
        const FIXED: bool = true;
    }
}
