use core::future::Future;

use crate::future::Idle;
use crate::never::{Never, Nothing};

/// The body of an [`idle_timeout`](crate::Timer::idle_timeout): an async closure that takes an [`Idle`] and returns `O`.
///
/// An async function is one too. `Fut` is the running body. Every such closure implements this trait, and no other type can.
///
/// The body must accept any lifetime and return one type for all of them, so the handle cannot escape.
#[diagnostic::on_unimplemented(
    message = "this is not the body of an idle timeout: write `async |mut idle| {{ idle.reset(); }}`",
    label = "not an async closure that takes an `Idle`",
    note = "`|idle| async move {{ .. }}` and `async {{ .. }}` are not async closures"
)]
pub trait IdleBody<O, Fut: Future>:
    FnOnce(Idle<'static>) -> Fut + for<'a> AsyncFnOnce(Idle<'a>) -> Fut::Output
{
}

#[diagnostic::do_not_recommend]
impl<O, F, Fut> IdleBody<O, Fut> for F
where
    F: FnOnce(Idle<'static>) -> Fut + for<'a> AsyncFnOnce(Idle<'a>) -> Fut::Output,
    Fut: Future<Output = O>,
{
}

// Applies to no type: see `never.rs`.
#[diagnostic::do_not_recommend]
#[doc(hidden)]
impl<O, F, Fut> IdleBody<O, Fut> for F
where
    F: FnOnce(Idle<'static>) -> Fut + for<'a> AsyncFnOnce(Idle<'a>) -> Fut::Output,
    Fut: Future,
    Nothing<F>: Never,
{
}
