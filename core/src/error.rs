use core::fmt;

/// The error of a [`timeout`](crate::Timer::timeout) whose time was up before its future was done.
///
/// It carries nothing, so that a `Result<(), Elapsed>` costs one byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Elapsed(());

impl Elapsed {
    pub(crate) const fn new() -> Self {
        Self(())
    }
}

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the time limit was reached first")
    }
}

impl core::error::Error for Elapsed {}
