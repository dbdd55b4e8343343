use core::future::Future;

use crate::generate::Yielder;
use crate::never::{Never, Nothing};

/// The body of a generator.
///
/// It is an async closure that takes a [`Yielder`] for items `T` and returns `O`.
///
/// An async function is one too. `Fut` is the running body. Every such closure implements this trait, and no other type can.
///
/// The body must accept any lifetime and return one type for all of them, so the yielder cannot escape.
#[diagnostic::on_unimplemented(
    message = "this is not the body of a generator: write `async |mut y| {{ y.emit(item).await; }}`",
    label = "not an async closure that takes a `Yielder` and returns `{O}`",
    note = "`|y| async move {{ .. }}` and `async {{ .. }}` are not async closures",
    note = "the body of `generate` returns `()`; a body that uses `?` returns a `Result` and is for `try_generate`"
)]
pub trait Body<T, O, Fut: Future>:
    FnOnce(Yielder<'static, T>) -> Fut + for<'a> AsyncFnOnce(Yielder<'a, T>) -> Fut::Output
{
}

#[diagnostic::do_not_recommend]
impl<T, O, F, Fut> Body<T, O, Fut> for F
where
    F: FnOnce(Yielder<'static, T>) -> Fut + for<'a> AsyncFnOnce(Yielder<'a, T>) -> Fut::Output,
    Fut: Future<Output = O>,
{
}

// Applies to no type: see `never.rs`.
#[diagnostic::do_not_recommend]
#[doc(hidden)]
impl<T, O, F, Fut> Body<T, O, Fut> for F
where
    F: FnOnce(Yielder<'static, T>) -> Fut + for<'a> AsyncFnOnce(Yielder<'a, T>) -> Fut::Output,
    Fut: Future,
    Nothing<F>: Never,
{
}
