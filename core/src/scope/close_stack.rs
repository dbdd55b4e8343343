use alloc::vec::Vec;
use core::ops::{Deref, DerefMut};

use crate::scope::in_turn::{InReverse, Several};
use crate::scope::{Close, CloseAll, CloseErrors, Exit};

/// A resource of as many resources as are pushed onto it, also by the body. The last one is closed first.
///
/// Each resource is closed once, also where the close of another fails. An error has a place for each
/// resource that was on the stack, in the order in which they were pushed.
///
/// It dereferences to a slice of the resources. A resource that is taken off the stack is no longer closed with it. A stack that
/// enters no scope closes nothing.
///
/// Needs the feature `alloc`. The resources are of one type; for a number that is known when the program is compiled use a tuple, whose
/// resources may differ, or an array.
///
/// # Examples
///
/// Files are opened as the body learns of them. They are closed in any case, also where one cannot be opened:
///
/// ```
/// use anytempo::{Close, closing, scope::CloseStack, try_close_on_exit};
/// use core::cell::RefCell;
///
/// # anytempo_virtual::Executor::new(&anytempo_virtual::VirtualClock::new()).block_on(async {
/// let log = RefCell::new(Vec::new());
/// let open = async |name: &'static str| {
///     if name.is_empty() {
///         return Err("a file needs a name");
///     }
///     Ok(closing(name, |name| log.borrow_mut().push(name)))
/// };
///
/// let failed = try_close_on_exit(CloseStack::new(), async |mut files| {
///     for name in ["a", "b", "", "c"] {
///         files.push(open(name).await?);
///     }
///     Ok::<_, &str>(files.len())
/// })
/// .await
/// .unwrap_err();
/// assert_eq!(failed.to_string(), "a file needs a name");
/// assert_eq!(*log.borrow(), ["b", "a"]);
/// # }).unwrap();
/// ```
#[doc(alias = "AsyncExitStack")]
#[must_use = "a resource that enters no scope is not closed"]
#[derive(Clone, Debug)]
pub struct CloseStack<R> {
    resources: Vec<R>,
}

impl<R> CloseStack<R> {
    /// Makes an empty stack.
    pub const fn new() -> Self {
        Self { resources: Vec::new() }
    }

    /// Makes an empty stack with room for `capacity` resources.
    pub fn with_capacity(capacity: usize) -> Self {
        Self { resources: Vec::with_capacity(capacity) }
    }

    /// Pushes a resource onto the stack. It is closed before those that are there.
    pub fn push(&mut self, resource: R) {
        self.resources.push(resource);
    }

    /// Takes the last resource off the stack, which then does not close it.
    pub fn pop(&mut self) -> Option<R> {
        self.resources.pop()
    }

    /// Takes all resources off the stack, which then closes none of them.
    pub fn take(&mut self) -> Vec<R> {
        core::mem::take(&mut self.resources)
    }
}

impl<R: Close> Several for CloseStack<R> {
    type Turns = InReverse<Vec<R>, Vec<Option<R::Error>>>;
}

impl<R: Close> Close for CloseStack<R> {
    type Target = Self;
    type Error = CloseErrors<Vec<Option<R::Error>>>;
    type Closing = CloseAll<Self>;

    fn target(&mut self) -> &mut Self {
        self
    }

    fn close(self, exit: Exit) -> CloseAll<Self> {
        let errors = self.resources.iter().map(|_| None).collect();
        CloseAll::new(InReverse::new(self.resources, errors, exit))
    }

    fn abort(self) {
        drop(InReverse::new(self.resources, Vec::<()>::new(), Exit::Cancelled));
    }
}

impl<R> Default for CloseStack<R> {
    fn default() -> Self {
        Self::new()
    }
}

impl<R> From<Vec<R>> for CloseStack<R> {
    fn from(resources: Vec<R>) -> Self {
        Self { resources }
    }
}

impl<R> FromIterator<R> for CloseStack<R> {
    fn from_iter<I: IntoIterator<Item = R>>(resources: I) -> Self {
        Self { resources: Vec::from_iter(resources) }
    }
}

impl<R> Extend<R> for CloseStack<R> {
    fn extend<I: IntoIterator<Item = R>>(&mut self, resources: I) {
        self.resources.extend(resources);
    }
}

impl<R> Deref for CloseStack<R> {
    type Target = [R];

    fn deref(&self) -> &[R] {
        &self.resources
    }
}

impl<R> DerefMut for CloseStack<R> {
    fn deref_mut(&mut self) -> &mut [R] {
        &mut self.resources
    }
}
