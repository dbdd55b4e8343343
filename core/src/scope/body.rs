use core::future::Future;

use crate::loan::{Body, Lending, Lent, lend};
use crate::scope::Close;

/// What may be the body of a [scope](crate::close_on_exit()) of an `R`, and gives a `T`: an async closure that is lent the target
/// of the resource.
///
/// It is implemented for whatever can be a body, and cannot be implemented for anything else.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the body of a scope",
    label = "not an async closure with one parameter",
    note = "a body is an async closure that is lent the resource: `async |value| {{ .. }}`",
    note = "neither `async {{ .. }}` nor `|value| async {{ .. }}` is one"
)]
pub trait ScopeBody<R: Close, T>: AsyncFnOnce(Lent<'_, R::Target>) -> T + Sized {
    /// The running body.
    type Running: Future<Output = T>;

    /// Lends it the resource.
    #[doc(hidden)]
    fn lend(self, resource: R) -> Lending<R, Self, Self::Running>;
}

#[diagnostic::do_not_recommend]
impl<R, T, F> ScopeBody<R, T> for F
where
    R: Close,
    F: AsyncFnOnce(Lent<'_, R::Target>) -> T + for<'a> Body<Lent<'a, R::Target>, Value = T>,
{
    type Running = <F as Body<Lent<'static, R::Target>>>::Future;

    fn lend(self, resource: R) -> Lending<R, Self, Self::Running> {
        lend(resource, self)
    }
}
