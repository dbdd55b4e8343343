//! Several resources as one: they are closed in the reverse order of entry, each once, also where a close fails.

use core::fmt;
use core::future::Future;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use crate::scope::Close;
use crate::scope::Open;

/// Why some of several resources could not be closed: a tuple, or an array, with an `Option` for each, in the order of entry.
///
/// # Examples
///
/// ```
/// use anytempo::{close_on_exit, closing, scope::CloseErrors};
///
/// # anytempo_virtual::Executor::new(&anytempo_virtual::VirtualClock::new()).block_on(async {
/// let first = closing("first", |_| Err::<(), _>("stuck"));
/// let second = closing("second", |_| Ok::<(), &str>(()));
///
/// let failed = close_on_exit((first, second), async |both| both.1.len()).await.unwrap_err();
/// assert_eq!(failed.value, 6);
/// assert_eq!(failed.error, CloseErrors((Some("stuck"), None)));
/// # }).unwrap();
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CloseErrors<E>(pub E);

pin_project! {
    /// The close of a tuple: that of its last resource, and then that of the rest.
    #[must_use = "futures do nothing unless polled"]
    #[project = TuplePinned]
    pub struct CloseTuple<Last: Close, Rest: Close, E> {
        // Before the rest, so that it is aborted before the rest.
        #[pin]
        last: Step<Last>,
        #[pin]
        rest: Step<Rest>,
        // `None` once it is over.
        join: Option<Join<Rest, Last, E>>,
    }
}

type Join<Rest, Last, E> =
    fn(Option<<Rest as Close>::Error>, Option<<Last as Close>::Error>) -> Result<(), E>;

pin_project! {
    /// How far the close of one resource is.
    #[project = StepPinned]
    enum Step<R: Close> {
        Open { open: Open<R> },
        Closing { #[pin] closing: R::Closing },
        Closed { error: Option<R::Error> },
    }
}

impl<R: Close> Step<R> {
    fn new(resource: R) -> Self {
        Self::Open { open: Open::new(resource) }
    }

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if let StepPinned::Open { open } = self.as_mut().project() {
            if let Some(closing) = open.close() {
                self.set(Self::Closing { closing });
            }
        }
        if let StepPinned::Closing { closing } = self.as_mut().project() {
            let error = ready!(closing.poll(cx)).err();
            self.set(Self::Closed { error });
        }
        Poll::Ready(())
    }

    fn error(self: Pin<&mut Self>) -> Option<R::Error> {
        match self.project() {
            StepPinned::Closed { error } => error.take(),
            _ => None,
        }
    }
}

impl<Last: Close, Rest: Close, E> Future for CloseTuple<Last, Rest, E> {
    type Output = Result<(), E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), E>> {
        let mut this = self.project();
        ready!(this.last.as_mut().poll(cx));
        ready!(this.rest.as_mut().poll(cx));
        let Some(join) = this.join.take() else { return Poll::Pending };
        Poll::Ready(join(this.rest.error(), this.last.error()))
    }
}

impl<Last: Close, Rest: Close, E> fmt::Debug for CloseTuple<Last, Rest, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CloseTuple").finish_non_exhaustive()
    }
}

fn all_well<E>(errors: E, any: bool) -> Result<(), CloseErrors<E>> {
    if any { Err(CloseErrors(errors)) } else { Ok(()) }
}

impl<A: Close, B: Close> Close for (A, B) {
    type Target = Self;
    type Error = CloseErrors<(Option<A::Error>, Option<B::Error>)>;
    type Closing = CloseTuple<B, A, Self::Error>;

    fn target(&mut self) -> &mut Self {
        self
    }

    fn close(self) -> Self::Closing {
        CloseTuple {
            last: Step::new(self.1),
            rest: Step::new(self.0),
            join: Some(|a, b| {
                let any = a.is_some() || b.is_some();
                all_well((a, b), any)
            }),
        }
    }

    fn abort(self) {
        // As a drop, which goes on with the others if one of them panics.
        drop(self.close());
    }
}

/// A longer tuple closes its last resource, and then the tuple of those before it.
macro_rules! tuple {
    (($($Rest:ident $rest:ident),+), $Last:ident $last:ident) => {
        impl<$($Rest: Close,)+ $Last: Close> Close for ($($Rest,)+ $Last) {
            type Target = Self;
            type Error = CloseErrors<($(Option<$Rest::Error>,)+ Option<$Last::Error>)>;
            type Closing = CloseTuple<$Last, ($($Rest,)+), Self::Error>;

            fn target(&mut self) -> &mut Self {
                self
            }

            fn close(self) -> Self::Closing {
                let ($($rest,)+ $last) = self;
                CloseTuple {
                    last: Step::new($last),
                    rest: Step::new(($($rest,)+)),
                    join: Some(|rest, $last| {
                        let any = rest.is_some() || $last.is_some();
                        let CloseErrors(($($rest,)+)) = rest.unwrap_or(CloseErrors(($(None::<$Rest::Error>,)+)));
                        all_well(($($rest,)+ $last), any)
                    }),
                }
            }

            fn abort(self) {
                drop(self.close());
            }
        }
    };
}

tuple!((A a, B b), C c);
tuple!((A a, B b, C c), D d);
tuple!((A a, B b, C c, D d), E e);
tuple!((A a, B b, C c, D d, E e), F f);

impl<R: Close, const N: usize> Close for [R; N] {
    type Target = Self;
    type Error = CloseErrors<[Option<R::Error>; N]>;
    type Closing = CloseArray<R::Closing, OpenArray<R, N>>;

    fn target(&mut self) -> &mut Self {
        self
    }

    fn close(self) -> Self::Closing {
        let mut open = self.map(|resource| Some(Open::new(resource)));
        open.reverse();
        CloseArray { closing: None, left: OpenArray { open, errors: Some([const { None }; N]) } }
    }

    fn abort(self) {
        drop(self.close());
    }
}

pin_project! {
    /// The close of an array.
    #[must_use = "futures do nothing unless polled"]
    pub struct CloseArray<C, A> {
        // Before those that are left, so that it is aborted before them.
        #[pin]
        closing: Option<C>,
        left: A,
    }
}

/// The resources of an array that is being closed. What is left when it is dropped is aborted, last first.
pub struct OpenArray<R: Close, const N: usize> {
    // The last one first, and in guards, so that all of them are aborted, in the right order, even if one of them panics.
    open: [Option<Open<R>>; N],
    // `None` once it is over.
    errors: Option<[Option<R::Error>; N]>,
}

impl<R: Close, const N: usize> OpenArray<R, N> {
    /// The close of the last one that is left.
    fn close_last(&mut self) -> Option<R::Closing> {
        self.open.iter_mut().find_map(Option::take)?.close()
    }

    /// Notes how the close of the one that was taken last has ended.
    fn note(&mut self, result: Result<(), R::Error>) {
        // Those that are left are the first ones, and it came after them.
        let left = self.open.iter().filter(|it| it.is_some()).count();
        if let Some(place) = self.errors.as_mut().and_then(|errors| errors.get_mut(left)) {
            *place = result.err();
        }
    }
}

impl<R: Close, const N: usize> Future for CloseArray<R::Closing, OpenArray<R, N>> {
    type Output = Result<(), CloseErrors<[Option<R::Error>; N]>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        loop {
            if let Some(closing) = this.closing.as_mut().as_pin_mut() {
                let result = ready!(closing.poll(cx));
                this.closing.set(None);
                this.left.note(result);
            }
            match this.left.close_last() {
                Some(closing) => this.closing.set(Some(closing)),
                None => break,
            }
        }
        let Some(errors) = this.left.errors.take() else { return Poll::Pending };
        let any = errors.iter().any(Option::is_some);
        Poll::Ready(all_well(errors, any))
    }
}

impl<C, A> fmt::Debug for CloseArray<C, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CloseArray").finish_non_exhaustive()
    }
}

impl<R: Close, const N: usize> fmt::Debug for OpenArray<R, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenArray").finish_non_exhaustive()
    }
}

/// Writes the errors that there are, one after another.
struct List<'f, 'b> {
    f: &'f mut fmt::Formatter<'b>,
    any: bool,
}

impl List<'_, '_> {
    fn add<E: fmt::Display>(&mut self, error: &Option<E>) -> fmt::Result {
        let Some(error) = error else { return Ok(()) };
        if mem::replace(&mut self.any, true) {
            self.f.write_str("; ")?;
        }
        error.fmt(self.f)
    }
}

macro_rules! display {
    ($($E:ident $place:tt),+) => {
        impl<$($E: fmt::Display),+> fmt::Display for CloseErrors<($(Option<$E>,)+)> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut list = List { f, any: false };
                $(list.add(&self.0.$place)?;)+
                Ok(())
            }
        }

        impl<$($E: fmt::Debug + fmt::Display),+> core::error::Error for CloseErrors<($(Option<$E>,)+)> {}
    };
}

display!(A 0, B 1);
display!(A 0, B 1, C 2);
display!(A 0, B 1, C 2, D 3);
display!(A 0, B 1, C 2, D 3, E 4);
display!(A 0, B 1, C 2, D 3, E 4, F 5);

impl<E: fmt::Display, const N: usize> fmt::Display for CloseErrors<[Option<E>; N]> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut list = List { f, any: false };
        self.0.iter().try_for_each(|error| list.add(error))
    }
}

impl<E: fmt::Debug + fmt::Display, const N: usize> core::error::Error
    for CloseErrors<[Option<E>; N]>
{
}
