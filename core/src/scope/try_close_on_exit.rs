use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use futures_core::FusedFuture;
use pin_project_lite::pin_project;

use crate::scope::{Body, Close, CloseError, CloseOnExit, close_on_exit};

/// Runs `body`, which may fail and so may use `?`, with a resource, and closes the resource once, however the scope is left.
///
/// | the body gives | the close | the output |
/// |---|---|---|
/// | `Ok(value)` | succeeds | `Ok(value)` |
/// | `Err(error)` | succeeds | [`ScopeError::Body`] with the error |
/// | `Err(error)` | fails | [`ScopeError::Body`] with the error, and the close's beside it |
/// | `Ok(value)` | fails | [`ScopeError::Close`] with the close's error and the value |
///
/// For all else see [`close_on_exit`]: cancellation, panics, and what can be a resource.
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
/// async fn sum(words: &[&str], closed: Result<(), &'static str>) -> Result<i32, ScopeError<i32, ParseIntError, &'static str>> {
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
/// assert_eq!(sum(&["4", "2"], Err("stuck")).await, Err(ScopeError::Close { value: 6, error: "stuck" }));
///
/// let failed = sum(&["4", "x"], Ok(())).await.unwrap_err();
/// assert_eq!(failed.to_string(), "invalid digit found in string");
/// let failed = sum(&["4", "x"], Err("stuck")).await.unwrap_err();
/// assert_eq!(failed.to_string(), "invalid digit found in string; after that the close failed: stuck");
/// # }).unwrap();
/// ```
///
/// With `?`, where the first error is enough:
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
        Poll::Ready(match ready!(self.project().scope.poll(cx)) {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => Err(ScopeError::Body { error, close: None }),
            Err(CloseError { value: Err(error), error: close }) => {
                Err(ScopeError::Body { error, close: Some(close) })
            }
            Err(CloseError { value: Ok(value), error }) => Err(ScopeError::Close { value, error }),
        })
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScopeError<T, E, C> {
    /// The body failed.
    Body {
        /// Why.
        error: E,
        /// Why the close after it failed too, if it did.
        close: Option<C>,
    },
    /// The body gave a value, and the close after it failed.
    Close {
        /// What the body gave.
        value: T,
        /// Why the close failed.
        error: C,
    },
}

impl<T, E, C> ScopeError<T, E, C> {
    /// The first error: the body's if there is one, and otherwise the close's.
    pub fn into_error(self) -> E
    where
        C: Into<E>,
    {
        match self {
            Self::Body { error, .. } => error,
            Self::Close { error, .. } => error.into(),
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

impl<T, E, C> core::error::Error for ScopeError<T, E, C>
where
    T: fmt::Debug,
    E: core::error::Error,
    C: core::error::Error,
{
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Body { error, .. } => error.source(),
            Self::Close { error, .. } => error.source(),
        }
    }
}
