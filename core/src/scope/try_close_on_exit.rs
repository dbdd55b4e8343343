use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use futures_core::FusedFuture;
use pin_project_lite::pin_project;

use crate::scope::{Body, Close, CloseError, CloseOnExit, Exit, close_on_exit};

/// Runs a `body` that may use `?` with a resource, and closes the resource once.
///
/// | the body gives | the close | the output |
/// |---|---|---|
/// | `Ok(value)` | succeeds | `Ok(value)` |
/// | `Err(error)` | succeeds | [`ScopeError::Body`] with the error |
/// | `Err(error)` | fails | [`ScopeError::Body`] with both errors |
/// | `Ok(value)` | fails | [`ScopeError::Close`] with the close's error and the value |
///
/// [`close_on_exit`] has the rest: cancellation, panics, and what can be a resource.
///
/// # Cancel safety
///
/// Weak, as for [`close_on_exit`].
///
/// # Examples
///
/// ```
/// use anytempo::{ScopeError, closing, try_close_on_exit};
/// use core::num::ParseIntError;
///
/// # anytempo_virtual::Executor::new(&anytempo_virtual::VirtualClock::new()).block_on(async {
/// type SumError = ScopeError<i32, ParseIntError, &'static str>;
///
/// async fn sum(words: &[&str], closed: Result<(), &'static str>) -> Result<i32, SumError> {
///     try_close_on_exit(closing(words, |_| closed), async |words| {
///         let mut sum = 0;
///         for word in words.iter() {
///             sum += word.parse::<i32>()?;
///         }
///         Ok(sum)
///     })
///     .await
/// }
///
/// assert_eq!(sum(&["4", "2"], Ok(())).await, Ok(6));
/// assert_eq!(sum(&["4", "2"], Err("stuck")).await, ScopeError::from_parts(Ok(6), Err("stuck")));
///
/// let failed = sum(&["4", "x"], Ok(())).await.unwrap_err();
/// assert_eq!(failed.to_string(), "invalid digit found in string");
/// let failed = sum(&["4", "x"], Err("stuck")).await.unwrap_err();
/// assert_eq!(failed.to_string(), "invalid digit found in string; after that the close failed: stuck");
/// # }).unwrap();
/// ```
///
/// With `?`, where the first error is enough. [`ScopeError`] lists the other ways, also for a close that cannot fail:
///
/// ```
/// use anytempo::{ScopeError, closing, try_close_on_exit};
/// use std::io;
///
/// # anytempo_virtual::Executor::new(&anytempo_virtual::VirtualClock::new()).block_on(async {
/// async fn length(disk_is_full: bool) -> io::Result<usize> {
///     let full = io::Error::from(io::ErrorKind::StorageFull);
///     let file = closing("text", move |_| if disk_is_full { Err(full) } else { Ok(()) });
///     let length = try_close_on_exit(file, async |file| Ok::<_, io::Error>(file.len()))
///         .await
///         .map_err(ScopeError::into_error)?;
///     Ok(length)
/// }
///
/// assert_eq!(length(false).await.unwrap(), 4);
/// assert_eq!(length(true).await.unwrap_err().kind(), io::ErrorKind::StorageFull);
/// # }).unwrap();
/// ```
#[doc(alias = "try_finally")]
#[doc(alias = "bracket")]
pub fn try_close_on_exit<R, F, Fut, T, E>(resource: R, body: F) -> TryCloseOnExit<R, F, Fut>
where
    R: Close,
    F: Body<R::Target, Result<T, E>, Fut>,
    Fut: Future<Output = Result<T, E>>,
{
    TryCloseOnExit { scope: close_on_exit(resource, body) }
}

pin_project! {
    /// The future of [`try_close_on_exit`].
    ///
    /// `F` is the body before it begins, `Fut` the body as it runs.
    #[must_use = "futures do nothing unless polled"]
    #[derive(Debug)]
    pub struct TryCloseOnExit<R: Close, F, Fut: Future> {
        #[pin]
        scope: CloseOnExit<R, F, Fut>,
    }
}

impl<R, F, Fut, T, E> Future for TryCloseOnExit<R, F, Fut>
where
    R: Close,
    Fut: Future<Output = Result<T, E>>,
{
    type Output = Result<T, ScopeError<T, E, R::Error>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let exit = |body: &Result<T, E>| match body {
            Ok(_) => Exit::Completed,
            Err(_) => Exit::Failed,
        };
        Poll::Ready(match ready!(self.project().scope.poll_scope(cx, exit)) {
            Ok(body) => ScopeError::from_parts(body, Ok(())),
            Err(CloseError { value: body, error, .. }) => ScopeError::from_parts(body, Err(error)),
        })
    }
}

impl<R: Close, F, Fut: Future> TryCloseOnExit<R, F, Fut> {
    /// Cancels the scope at once, as a drop does. Returns what the body gave, if the close was still running.
    ///
    /// It is as [`CloseOnExit::cancel`].
    ///
    /// # Examples
    ///
    /// A time limit on the whole scope, which the close exceeds, after a body that failed:
    ///
    /// ```
    /// use anytempo::{Timer, closing_async, try_close_on_exit};
    /// use core::{future::pending, pin::pin, time::Duration};
    ///
    /// # let clock = anytempo_virtual::VirtualClock::new();
    /// # anytempo_virtual::Executor::new(&clock).block_on(async {
    /// let peer = closing_async("peer", async |_| pending::<()>().await, drop);
    /// let mut scope = pin!(try_close_on_exit(peer, async |_| Err::<(), _>("refused")));
    ///
    /// let limited = clock.timeout(Duration::from_secs(5), scope.as_mut()).await;
    /// assert!(limited.is_err());
    /// assert_eq!(scope.cancel(), Some(Err("refused")));
    /// # }).unwrap();
    /// ```
    pub fn cancel(self: Pin<&mut Self>) -> Option<Fut::Output> {
        self.project().scope.cancel()
    }
}

impl<R, F, Fut, T, E> FusedFuture for TryCloseOnExit<R, F, Fut>
where
    R: Close,
    Fut: Future<Output = Result<T, E>>,
{
    fn is_terminated(&self) -> bool {
        self.scope.is_terminated()
    }
}

/// Why a [scope](try_close_on_exit) failed: its body, or the close after it, or both.
///
/// For `?` choose what becomes of the close's error:
///
/// | to go on with | write |
/// |---|---|
/// | what the body gave; the close cannot fail, or its error does not matter | `.or_else(ScopeError::into_body)?` |
/// | the first error; the close's converts into the body's, as into a `Box<dyn Error>` | `.map_err(ScopeError::into_error)?` |
/// | the first error; a closure makes the body's of the close's | `.map_err(\|error\| error.into_error_with(MyError::Close))?` |
/// | both errors, as one error without the value, which may borrow | `.map_err(ScopeError::without_value)?` |
/// | each part by itself | [`into_parts`](ScopeError::into_parts) |
///
/// More fields may be added to the variants: match them with `..`, and make one with [`from_parts`](ScopeError::from_parts).
///
/// # Examples
///
/// A close that cannot fail leaves the body's error as it is:
///
/// ```
/// use anytempo::{ScopeError, closing, try_close_on_exit};
/// use std::io;
///
/// async fn length() -> io::Result<usize> {
///     let file = closing("text", |_| ());
///     let length = try_close_on_exit(file, async |file| Ok::<_, io::Error>(file.len()))
///         .await
///         .or_else(ScopeError::into_body)?;
///     Ok(length)
/// }
/// # anytempo_virtual::Executor::new(&anytempo_virtual::VirtualClock::new()).block_on(async {
/// assert_eq!(length().await.unwrap(), 4);
/// # }).unwrap();
/// ```
///
/// Errors of different types are one with a closure, or in a box:
///
/// ```
/// use anytempo::{Close, ScopeError, Timer, closing, scope::CloseWithinError, try_close_on_exit};
/// use core::time::Duration;
/// use std::{error::Error, io};
///
/// #[derive(Debug)]
/// enum MyError {
///     Refused,
///     Close(CloseWithinError<io::Error>),
/// }
///
/// async fn own(timer: impl Timer, length: usize) -> Result<usize, MyError> {
///     let file = closing("text", |_| Ok::<(), io::Error>(()));
///     let limited = file.close_within(timer, Duration::from_secs(1));
///     try_close_on_exit(limited, async |file| if file.len() < length { Err(MyError::Refused) } else { Ok(length) })
///         .await
///         .map_err(|error| error.into_error_with(MyError::Close))
/// }
///
/// async fn boxed(text: &str) -> Result<&str, Box<dyn Error>> {
///     let file = closing(text, |_| Err(io::Error::other("the disk is full")));
///     let first = try_close_on_exit(file, async |file| file.lines().next().ok_or(io::Error::other("empty")))
///         .await
///         .map_err(ScopeError::without_value)?;
///     Ok(first)
/// }
/// # let clock = anytempo_virtual::VirtualClock::new();
/// # anytempo_virtual::Executor::new(&clock).block_on(async {
/// assert!(matches!(own(&clock, 5).await, Err(MyError::Refused)));
/// assert_eq!(boxed("a line").await.unwrap_err().to_string(), "the close failed: the disk is full");
/// # }).unwrap();
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScopeError<T, E, C> {
    /// The body failed.
    #[non_exhaustive]
    Body {
        /// Why.
        error: E,
        /// Why the close after it failed too, if it did.
        close: Option<C>,
    },
    /// The body gave a value, and the close after it failed.
    #[non_exhaustive]
    Close {
        /// What the body gave.
        value: T,
        /// Why the close failed.
        error: C,
    },
}

impl<T, E, C> ScopeError<T, E, C> {
    /// Makes what a scope gives, of what its body gave and how the close ended.
    ///
    /// # Errors
    ///
    /// If one of the two is an error, or both are.
    pub fn from_parts(body: Result<T, E>, close: Result<(), C>) -> Result<T, Self> {
        match (body, close) {
            (Ok(value), Ok(())) => Ok(value),
            (Ok(value), Err(error)) => Err(Self::Close { value, error }),
            (Err(error), close) => Err(Self::Body { error, close: close.err() }),
        }
    }

    /// What the body gave, and how the close ended. At least one of them is an error.
    pub fn into_parts(self) -> (Result<T, E>, Result<(), C>) {
        match self {
            Self::Body { error, close } => (Err(error), close.map_or(Ok(()), Err)),
            Self::Close { value, error } => (Ok(value), Err(error)),
        }
    }

    /// What the body gave. The error of the close is dropped.
    ///
    /// It compiles for all errors, and loses nothing where the close cannot fail.
    ///
    /// # Errors
    ///
    /// The error of the body, if that failed.
    pub fn into_body(self) -> Result<T, E> {
        self.into_parts().0
    }

    /// The first error: the body's if there is one, and otherwise the close's.
    ///
    /// The error of a close that cannot fail does not convert: use [`into_body`](ScopeError::into_body).
    pub fn into_error(self) -> E
    where
        C: IntoBodyError<E>,
    {
        self.into_error_with(C::into_body_error)
    }

    /// The first error: the body's if there is one, and otherwise what `convert` makes of the close's.
    pub fn into_error_with(self, convert: impl FnOnce(C) -> E) -> E {
        match self {
            Self::Body { error, .. } => error,
            Self::Close { error, .. } => convert(error),
        }
    }

    /// The same without the value, so that it can be stored or boxed where the value cannot.
    pub fn without_value(self) -> ScopeError<(), E, C> {
        match self {
            Self::Body { error, close } => ScopeError::Body { error, close },
            Self::Close { value: _, error } => ScopeError::Close { value: (), error },
        }
    }
}

/// An error of a close that [`ScopeError::into_error`] can make the body's error of: one that converts `Into` it.
#[diagnostic::on_unimplemented(
    message = "the error of the close, `{Self}`, does not convert into that of the body, `{E}`",
    label = "`{E}` does not implement `From<{Self}>`",
    note = "if the close cannot fail, or its error does not matter: `.or_else(ScopeError::into_body)`",
    note = "otherwise convert it: `.map_err(|error| error.into_error_with(|close| ..))`"
)]
pub trait IntoBodyError<E> {
    /// Converts it.
    fn into_body_error(self) -> E;
}

#[diagnostic::do_not_recommend]
impl<C: Into<E>, E> IntoBodyError<E> for C {
    fn into_body_error(self) -> E {
        self.into()
    }
}

// The value is left out of it, and so need not be `Debug`: an error of any value can go through `?`.
impl<T, E: fmt::Debug, C: fmt::Debug> fmt::Debug for ScopeError<T, E, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Body { error, close } => {
                f.debug_struct("Body").field("error", error).field("close", close).finish()
            }
            Self::Close { value: _, error } => {
                f.debug_struct("Close").field("error", error).finish_non_exhaustive()
            }
        }
    }
}

impl<T, E: fmt::Display, C: fmt::Display> fmt::Display for ScopeError<T, E, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Body { error, close: None } => error.fmt(f),
            Self::Body { error, close: Some(close) } => {
                write!(f, "{error}; after that the close failed: {close}")
            }
            Self::Close { value: _, error } => write!(f, "the close failed: {error}"),
        }
    }
}

impl<T, E: core::error::Error, C: core::error::Error> core::error::Error for ScopeError<T, E, C> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Body { error, .. } => error.source(),
            Self::Close { error, .. } => error.source(),
        }
    }
}
