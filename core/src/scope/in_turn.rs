//! Several resources as one: they are closed in the reverse order of entry, each once, also where a close fails.

use core::fmt;
use core::future::Future;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use crate::loan::Stack;
use crate::scope::{Close, CloseErrors, Exit, Open};

pin_project! {
    /// The close of several resources, one after another: that of a tuple, an array or a stack.
    #[must_use = "futures do nothing unless polled"]
    pub struct CloseAll<R: Several> {
        #[pin]
        turns: R::Turns,
    }
}

impl<R: Several> CloseAll<R> {
    pub(super) fn new(turns: R::Turns) -> Self {
        Self { turns }
    }
}

impl<R: Several> Future for CloseAll<R> {
    type Output = Result<(), R::Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.project().turns.poll(cx)
    }
}

impl<R: Several> fmt::Debug for CloseAll<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CloseAll").finish_non_exhaustive()
    }
}

/// A resource that consists of several.
pub trait Several: Close {
    /// How far their close is.
    type Turns: Future<Output = Result<(), Self::Error>>;
}

fn all_well<E>(errors: E, any: bool) -> Result<(), CloseErrors<E>> {
    if any { Err(CloseErrors::new(errors)) } else { Ok(()) }
}

pin_project! {
    /// The close of a tuple: that of its last resource, and then that of the rest.
    pub struct InTuple<Last: Close, Rest: Close, E> {
        // Before the rest, so that it is aborted before the rest.
        #[pin]
        last: Step<Last>,
        #[pin]
        rest: Step<Rest>,
        exit: Exit,
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

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>, exit: Exit) -> Poll<()> {
        if let StepPinned::Open { open } = self.as_mut().project() {
            if let Some(closing) = open.close(exit) {
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

impl<Last: Close, Rest: Close, E> Future for InTuple<Last, Rest, E> {
    type Output = Result<(), E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), E>> {
        let mut this = self.project();
        ready!(this.last.as_mut().poll(cx, *this.exit));
        ready!(this.rest.as_mut().poll(cx, *this.exit));
        let Some(join) = this.join.take() else { return Poll::Pending };
        Poll::Ready(join(this.rest.error(), this.last.error()))
    }
}

impl<A: Close, B: Close> Several for (A, B) {
    type Turns = InTuple<B, A, Self::Error>;
}

impl<A: Close, B: Close> Close for (A, B) {
    type Target = Self;
    type Error = CloseErrors<(Option<A::Error>, Option<B::Error>)>;
    type Closing = CloseAll<Self>;

    fn target(&mut self) -> &mut Self {
        self
    }

    fn close(self, exit: Exit) -> CloseAll<Self> {
        CloseAll::new(InTuple {
            last: Step::new(self.1),
            rest: Step::new(self.0),
            exit,
            join: Some(|a, b| {
                let any = a.is_some() || b.is_some();
                all_well((a, b), any)
            }),
        })
    }

    fn abort(self) {
        // As a drop, which goes on with the others if one of them panics.
        drop(self.close(Exit::Cancelled));
    }
}

/// A longer tuple closes its last resource, and then the tuple of those before it.
macro_rules! tuple {
    (($($Rest:ident $rest:ident),+), $Last:ident $last:ident) => {
        impl<$($Rest: Close,)+ $Last: Close> Several for ($($Rest,)+ $Last) {
            type Turns = InTuple<$Last, ($($Rest,)+), Self::Error>;
        }

        impl<$($Rest: Close,)+ $Last: Close> Close for ($($Rest,)+ $Last) {
            type Target = Self;
            type Error = CloseErrors<($(Option<$Rest::Error>,)+ Option<$Last::Error>)>;
            type Closing = CloseAll<Self>;

            fn target(&mut self) -> &mut Self {
                self
            }

            fn close(self, exit: Exit) -> CloseAll<Self> {
                let ($($rest,)+ $last) = self;
                CloseAll::new(InTuple {
                    last: Step::new($last),
                    rest: Step::new(($($rest,)+)),
                    exit,
                    join: Some(|rest, $last| {
                        let any = rest.is_some() || $last.is_some();
                        let ($($rest,)+) = match rest {
                            Some(rest) => rest.into_errors(),
                            None => ($(None::<$Rest::Error>,)+),
                        };
                        all_well(($($rest,)+ $last), any)
                    }),
                })
            }

            fn abort(self) {
                drop(self.close(Exit::Cancelled));
            }
        }
    };
}

tuple!((A a, B b), C c);
tuple!((A a, B b, C c), D d);
tuple!((A a, B b, C c, D d), E e);
tuple!((A a, B b, C c, D d, E e), F f);

pin_project! {
    /// The close of resources of one type, the last first.
    pub struct InReverse<S, E>
    where
        S: Pop,
    {
        #[pin]
        closing: Option<<S::Item as Close>::Closing>,
        resources: S,
        exit: Exit,
        // Whether there is an error yet.
        any: bool,
        // A place for each resource. `None` once it is over.
        errors: Option<E>,
    }

    impl<S, E> PinnedDrop for InReverse<S, E>
    where
        S: Pop,
    {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            // After the close that runs, also if the drop of that panics.
            let _rest = AbortOnDrop { resources: this.resources };
            this.closing.set(None);
        }
    }
}

impl<S, E> InReverse<S, E>
where
    S: Pop,
{
    /// Closes `resources`. `errors` has a place for each of them.
    pub(super) fn new(resources: S, errors: E, exit: Exit) -> Self {
        Self { closing: None, resources, exit, any: false, errors: Some(errors) }
    }
}

impl<S: Pop, E: AsMut<[Option<<S::Item as Close>::Error>]>> Future for InReverse<S, E> {
    type Output = Result<(), CloseErrors<E>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        loop {
            if let Some(closing) = this.closing.as_mut().as_pin_mut() {
                let result = ready!(closing.poll(cx));
                this.closing.set(None);
                if let Err(error) = result {
                    *this.any = true;
                    // Those that are left came before it, so their number is its place.
                    let place = this.resources.len();
                    let errors = this.errors.as_mut().map(AsMut::as_mut);
                    if let Some(place) = errors.and_then(|errors| errors.get_mut(place)) {
                        *place = Some(error);
                    }
                }
            }
            let Some(resource) = this.resources.pop() else { break };
            this.closing.set(Some(resource.close(*this.exit)));
        }
        let Some(errors) = this.errors.take() else { return Poll::Pending };
        Poll::Ready(all_well(errors, *this.any))
    }
}

/// Aborts what is left when it is dropped, the last first.
struct AbortOnDrop<'r, S: Pop> {
    resources: &'r mut S,
}

impl<S: Pop> Drop for AbortOnDrop<'_, S> {
    fn drop(&mut self) {
        while let Some(resource) = self.resources.pop() {
            // Where an abort panics, this goes on with the others.
            let rest = AbortOnDrop { resources: &mut *self.resources };
            resource.abort();
            mem::forget(rest);
        }
    }
}

/// Resources of which the last is taken first.
pub trait Pop {
    type Item: Close;

    fn pop(&mut self) -> Option<Self::Item>;

    /// How many are left.
    fn len(&self) -> usize;
}

impl<R: Close, const N: usize> Pop for Stack<R, N> {
    type Item = R;

    fn pop(&mut self) -> Option<R> {
        self.pop()
    }

    fn len(&self) -> usize {
        self.len()
    }
}

#[cfg(feature = "alloc")]
impl<R: Close> Pop for alloc::vec::Vec<R> {
    type Item = R;

    fn pop(&mut self) -> Option<R> {
        self.pop()
    }

    fn len(&self) -> usize {
        self.len()
    }
}

impl<R: Close, const N: usize> Several for [R; N] {
    type Turns = InReverse<Stack<R, N>, [Option<R::Error>; N]>;
}

impl<R: Close, const N: usize> Close for [R; N] {
    type Target = Self;
    type Error = CloseErrors<[Option<R::Error>; N]>;
    type Closing = CloseAll<Self>;

    fn target(&mut self) -> &mut Self {
        self
    }

    fn close(self, exit: Exit) -> CloseAll<Self> {
        CloseAll::new(InReverse::new(Stack::new(self), [const { None }; N], exit))
    }

    fn abort(self) {
        drop(AbortOnDrop { resources: &mut Stack::new(self) });
    }
}
