use core::fmt;

/// A time limit was reached: the error of [`timeout`](crate::Timer::timeout).
///
/// It carries nothing, so that a `Result<(), Elapsed>` costs one byte.
#[doc(alias = "TimeoutError")]
#[doc(alias = "TimedOut")]
#[doc(alias = "TimeoutElapsed")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Elapsed(());

impl Elapsed {
    /// The error, for an operator of your own.
    #[must_use]
    pub const fn new() -> Self {
        Self(())
    }
}

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the time limit was reached first")
    }
}

impl core::error::Error for Elapsed {}
