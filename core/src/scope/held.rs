use crate::loan::Lend;

/// A value and what aborts it.
///
/// The closure is called through a pointer, and not by its type, so that nothing that holds one has to name that type: the
/// compiler cannot always tell whether a task around it is `Send`. So it is wherever this module has such a pointer.
pub(super) struct Abort<V, A> {
    value: V,
    abort: A,
    call: fn(A, V),
}

impl<V, A> Abort<V, A> {
    pub(super) fn new(value: V, abort: A) -> Self
    where
        A: FnOnce(V),
    {
        Self { value, abort, call: |abort, value| abort(value) }
    }

    pub(super) fn get(&self) -> &V {
        &self.value
    }

    pub(super) fn get_mut(&mut self) -> &mut V {
        &mut self.value
    }

    pub(super) fn abort(self) {
        (self.call)(self.abort, self.value);
    }
}

/// A value that is aborted when it is dropped, unless it was released before.
pub(super) struct Held<V, A> {
    held: Option<Abort<V, A>>,
}

impl<V, A> Held<V, A> {
    pub(super) fn new(value: Abort<V, A>) -> Self {
        Self { held: Some(value) }
    }

    pub(super) fn get_mut(&mut self) -> Option<&mut V> {
        self.held.as_mut().map(Abort::get_mut)
    }

    /// Takes the value, which is then not aborted.
    pub(super) fn take(&mut self) -> Option<V> {
        self.held.take().map(|held| held.value)
    }

    /// Drops the value.
    pub(super) fn release(&mut self) {
        self.held = None;
    }
}

impl<V, A> Lend for Abort<V, A> {
    type View = V;

    fn view(&mut self) -> &mut V {
        &mut self.value
    }

    fn abort(self) {
        (self.call)(self.abort, self.value);
    }
}

impl<V, A> Drop for Held<V, A> {
    fn drop(&mut self) {
        if let Some(value) = self.held.take() {
            value.abort();
        }
    }
}
