use core::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::programs::{Event, Sink};

/// A sink for a program that runs on any thread.
#[derive(Clone)]
pub struct SharedSink(Arc<Mutex<dyn Sink + Send>>);

impl SharedSink {
    /// Shares `sink`.
    pub fn new(sink: impl Sink + Send + 'static) -> Self {
        Self(Arc::new(Mutex::new(sink)))
    }
}

impl Sink for SharedSink {
    fn event(&mut self, t_us: u128, event: Event<&str>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).event(t_us, event);
    }

    fn tick(&mut self, t_us: u128) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).tick(t_us);
    }

    fn pause(&mut self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pause();
    }
}

impl fmt::Debug for SharedSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedSink").finish_non_exhaustive()
    }
}
