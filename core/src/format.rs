//! What a firmware logs with `defmt`: the errors, how a scope was left, and the rates.
//!
//! They look as they do with `Debug`. A derived impl would show fields that say nothing, as in `Elapsed(())`.

use defmt::{Format, Formatter, write};

use crate::Elapsed;
use crate::scope::{CloseError, CloseErrors, CloseWithinError, Exit, ScopeError};
use crate::stream::{AnyRate, FixedDelay, FixedRate, Skip, Spaced};

impl Format for Elapsed {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "Elapsed");
    }
}

impl Format for Exit {
    fn format(&self, f: Formatter<'_>) {
        match self {
            Self::Completed => write!(f, "Completed"),
            Self::Failed => write!(f, "Failed"),
            Self::Cancelled => write!(f, "Cancelled"),
        }
    }
}

impl<T, E: Format> Format for CloseError<T, E> {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "CloseError {{ error: {}, .. }}", self.error);
    }
}

impl<E: Format> Format for CloseErrors<E> {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "CloseErrors {{ errors: {} }}", self.errors());
    }
}

impl<E: Format> Format for CloseWithinError<E> {
    fn format(&self, f: Formatter<'_>) {
        match self {
            Self::Close(error) => write!(f, "Close({})", error),
            Self::Elapsed(elapsed) => write!(f, "Elapsed({})", elapsed),
        }
    }
}

impl<T, E: Format, C: Format> Format for ScopeError<T, E, C> {
    fn format(&self, f: Formatter<'_>) {
        match self {
            Self::Body { error, close } => {
                write!(f, "Body {{ error: {}, close: {} }}", error, close);
            }
            Self::Close { error, .. } => write!(f, "Close {{ error: {}, .. }}", error),
        }
    }
}

/// What is one word.
macro_rules! words {
    ($($Type:ident $word:literal)*) => {
        $(impl Format for $Type {
            fn format(&self, f: Formatter<'_>) {
                write!(f, $word);
            }
        })*
    };
}

words! {
    FixedDelay "FixedDelay"
    FixedRate "FixedRate"
    Skip "Skip"
    Spaced "Spaced"
}

impl Format for AnyRate {
    fn format(&self, f: Formatter<'_>) {
        match self {
            Self::FixedDelay => write!(f, "FixedDelay"),
            Self::FixedRate => write!(f, "FixedRate"),
            Self::Skip => write!(f, "Skip"),
            Self::Spaced => write!(f, "Spaced"),
        }
    }
}
