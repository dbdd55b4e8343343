use crate::loan::Lend;
use crate::scope::{Close, Exit};

/// A resource that is aborted when it is dropped, unless it was taken before.
pub(crate) struct Open<R: Close> {
    resource: Option<R>,
}

impl<R: Close> Open<R> {
    pub(crate) fn new(resource: R) -> Self {
        Self { resource: Some(resource) }
    }

    /// The orderly close, the first time.
    pub(crate) fn close(&mut self, exit: Exit) -> Option<R::Closing> {
        self.resource.take().map(|resource| resource.close(exit))
    }
}

impl<R: Close> Drop for Open<R> {
    fn drop(&mut self) {
        if let Some(resource) = self.resource.take() {
            resource.abort();
        }
    }
}

impl<R: Close> Lend for R {
    type View = R::Target;

    fn view(&mut self) -> &mut R::Target {
        self.target()
    }

    fn abort(self) {
        Close::abort(self);
    }
}
