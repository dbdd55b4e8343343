use core::fmt;

/// Why a program did not come to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunError {
    reason: String,
    is_refusal: bool,
}

impl RunError {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), is_refusal: false }
    }

    pub(super) fn refusal(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), is_refusal: true }
    }

    /// Whether the command makes no sense there, so that it did not even begin.
    pub fn is_refusal(&self) -> bool {
        self.is_refusal
    }
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl core::error::Error for RunError {}
