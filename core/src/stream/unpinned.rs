/// A stream that need not be pinned: any type that is [`Unpin`].
///
/// [`next`](crate::next) and [`next_or`](crate::next_or) require this trait, so that the compiler can say how to pin a stream that is
/// not `Unpin`. Every type that is `Unpin` implements it, and no other type can.
#[diagnostic::on_unimplemented(
    message = "this stream must be pinned first: write `let mut stream = pin!(..);`",
    label = "not pinned",
    note = "`pin!` is `core::pin::pin!`; a stream in `Box::pin(..)` is pinned too"
)]
pub trait Unpinned: Unpin {}

#[diagnostic::do_not_recommend]
impl<S: Unpin + ?Sized> Unpinned for S {}
