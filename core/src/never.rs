//! A bound that never holds, for error messages.
//!
//! `|y| async move { .. }` is a body for one lifetime only. With one impl of `Body` the compiler finds that after type checking and
//! reports lifetimes. With two it tries each, finds that neither applies, and reports the trait with the message that the
//! trait gives. So `Body` has a second impl, which requires `Nothing<_>: Never`.

use core::marker::PhantomData;

/// A type without a value.
#[expect(missing_debug_implementations, reason = "there is no value to show")]
pub struct Nothing<T: ?Sized>(PhantomData<T>);

/// No type implements it.
pub trait Never {}
