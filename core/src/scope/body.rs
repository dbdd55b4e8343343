use core::future::Future;

use crate::loan::Lent;
use crate::never::{Never, Nothing};

/// The body of a scope, or an async close.
///
/// It is an async closure that takes a [`Lent`] value `V` and returns `O`. An async function is one too. `Fut` is the running body. Every such closure implements this trait, and no other type can.
///
/// The body must accept any lifetime and return one type for all of them, so what it is lent cannot escape.
#[diagnostic::on_unimplemented(
    message = "an async closure is needed here: write `async |resource| {{ .. }}`",
    label = "not an async closure that takes a `Lent<'_, {V}>` and returns `{O}`",
    note = "`|resource| async move {{ .. }}` and `async {{ .. }}` are not async closures",
    note = "the body of `try_close_on_exit` returns a `Result`, as `?` needs; that of `close_on_exit` returns any value"
)]
pub trait Body<V: ?Sized, O, Fut: Future>:
    FnOnce(Lent<'static, V>) -> Fut + for<'a> AsyncFnOnce(Lent<'a, V>) -> Fut::Output
{
}

#[diagnostic::do_not_recommend]
impl<V: ?Sized, O, F, Fut> Body<V, O, Fut> for F
where
    F: FnOnce(Lent<'static, V>) -> Fut + for<'a> AsyncFnOnce(Lent<'a, V>) -> Fut::Output,
    Fut: Future<Output = O>,
{
}

// Applies to no type: see `never.rs`.
#[diagnostic::do_not_recommend]
#[doc(hidden)]
impl<V: ?Sized, O, F, Fut> Body<V, O, Fut> for F
where
    F: FnOnce(Lent<'static, V>) -> Fut + for<'a> AsyncFnOnce(Lent<'a, V>) -> Fut::Output,
    Fut: Future,
    Nothing<F>: Never,
{
}
