use core::fmt;
use core::mem;

/// Why some of several resources could not be closed.
///
/// It has a tuple, an array or a vector, with an `Option` for each resource. They are in
/// the order of entry: that of the tuple or array, or the order in which a stack was filled.
///
/// # Examples
///
/// ```
/// use anytempo::{close_on_exit, closing};
///
/// # anytempo_virtual::Executor::new(&anytempo_virtual::VirtualClock::new()).block_on(async {
/// let first = closing("first", |_| Err::<(), _>("stuck"));
/// let second = closing("second", |_| Ok::<(), &str>(()));
///
/// let failed = close_on_exit((first, second), async |both| both.1.len()).await.unwrap_err();
/// assert_eq!(failed.value, 6);
/// assert_eq!(failed.error.into_errors(), (Some("stuck"), None));
/// # }).unwrap();
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CloseErrors<E> {
    errors: E,
}

impl<E> CloseErrors<E> {
    /// Makes it of the errors, an `Option` for each resource.
    pub const fn new(errors: E) -> Self {
        Self { errors }
    }

    /// The errors, an `Option` for each resource.
    pub const fn errors(&self) -> &E {
        &self.errors
    }

    /// The errors, by value.
    pub fn into_errors(self) -> E {
        self.errors
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

macro_rules! tuple {
    ($($E:ident $place:tt),+) => {
        impl<$($E: fmt::Display),+> fmt::Display for CloseErrors<($(Option<$E>,)+)> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut list = List { f, any: false };
                $(list.add(&self.errors.$place)?;)+
                Ok(())
            }
        }

        impl<$($E: fmt::Debug + fmt::Display),+> core::error::Error for CloseErrors<($(Option<$E>,)+)> {}
    };
}

tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2);
tuple!(A 0, B 1, C 2, D 3);
tuple!(A 0, B 1, C 2, D 3, E 4);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5);

impl<E: fmt::Display, const N: usize> fmt::Display for CloseErrors<[Option<E>; N]> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut list = List { f, any: false };
        self.errors.iter().try_for_each(|error| list.add(error))
    }
}

impl<E: fmt::Debug + fmt::Display, const N: usize> core::error::Error
    for CloseErrors<[Option<E>; N]>
{
}

#[cfg(feature = "alloc")]
impl<E: fmt::Display> fmt::Display for CloseErrors<alloc::vec::Vec<Option<E>>> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut list = List { f, any: false };
        self.errors.iter().try_for_each(|error| list.add(error))
    }
}

#[cfg(feature = "alloc")]
impl<E: fmt::Debug + fmt::Display> core::error::Error for CloseErrors<alloc::vec::Vec<Option<E>>> {}
