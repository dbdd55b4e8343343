use core::error::Error as StdError;
use core::fmt;

/// What a layer answers in place of a response: its own limit was reached, or the service failed.
///
/// The type of the service's error stays known, so a caller can match on it. Nothing is put in a box. tower's layers turn every
/// error into a `BoxError`; [`into_boxed`](Error::into_boxed) does the same.
///
/// - It implements [`core::error::Error`] if the error of the service does. A `BoxError` does not, so an
///   `Error<_, BoxError>` is boxed with `into_boxed`, not with `into`.
/// - [`source`](core::error::Error::source) skips this type: an error of the service is shown as it is.
///
/// # Examples
///
/// ```
/// use anytempo::Elapsed;
/// use anytempo_tower::{Error, TimeoutError};
///
/// fn status(error: &TimeoutError<std::io::Error>) -> u16 {
///     match error {
///         Error::Limit(Elapsed { .. }) => 504,
///         Error::Service(_) => 502,
///     }
/// }
/// assert_eq!(status(&Error::Limit(Elapsed::new())), 504);
/// assert_eq!(status(&Error::Service(std::io::ErrorKind::Other.into())), 502);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Error<L, E> {
    /// The limit of this layer was reached.
    Limit(L),
    /// The service inside failed, or was not ready because of an error.
    Service(E),
}

impl<L, E> Error<L, E> {
    /// Whether the limit of this layer was reached.
    pub fn is_limit(&self) -> bool {
        matches!(self, Self::Limit(_))
    }

    /// The error of the service, if it is one.
    pub fn into_service(self) -> Option<E> {
        match self {
            Self::Limit(_) => None,
            Self::Service(error) => Some(error),
        }
    }

    /// The error without its type, as tower's layers give it: a limit, or the error of the service.
    ///
    /// # Examples
    ///
    /// ```
    /// use anytempo::Elapsed;
    /// use anytempo_tower::{BoxError, TimeoutError};
    ///
    /// let error: BoxError = TimeoutError::<BoxError>::Limit(Elapsed::new()).into_boxed();
    /// assert!(error.is::<Elapsed>());
    /// ```
    pub fn into_boxed(self) -> BoxError
    where
        L: Into<BoxError>,
        E: Into<BoxError>,
    {
        match self {
            Self::Limit(limit) => limit.into(),
            Self::Service(error) => error.into(),
        }
    }
}

/// An error of any type, the same type as `tower::BoxError`.
pub type BoxError = Box<dyn StdError + Send + Sync>;

impl<L: fmt::Display, E: fmt::Display> fmt::Display for Error<L, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Limit(limit) => limit.fmt(f),
            Self::Service(error) => error.fmt(f),
        }
    }
}

impl<L: StdError, E: StdError> StdError for Error<L, E> {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Limit(limit) => limit.source(),
            Self::Service(error) => error.source(),
        }
    }
}
