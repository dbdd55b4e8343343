use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_channel::{Receiver, Sender, bounded};

/// How many messages a subscriber may be behind.
const BEHIND: usize = 64;

/// Sends each message to all subscribers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Messages {
    // `None` once the server drains.
    subscribers: Arc<Mutex<Option<Vec<Sender<String>>>>>,
}

impl Messages {
    pub(crate) fn new() -> Self {
        Self { subscribers: Arc::new(Mutex::new(Some(vec![]))) }
    }

    /// Ends at once if the server drains.
    pub(crate) fn subscribe(&self) -> Receiver<String> {
        let (sender, receiver) = bounded(BEHIND);
        if let Some(subscribers) = &mut *self.lock() {
            subscribers.push(sender);
        }
        receiver
    }

    /// A subscriber that is gone, or too far behind, is left out. Its stream ends, and it may subscribe again.
    pub(crate) fn publish(&self, text: &str) {
        if let Some(subscribers) = &mut *self.lock() {
            subscribers.retain(|it| it.try_send(text.to_owned()).is_ok());
        }
    }

    /// Ends all streams of events. A drain would wait for them in vain.
    pub(crate) fn close(&self) {
        *self.lock() = None;
    }

    fn lock(&self) -> MutexGuard<'_, Option<Vec<Sender<String>>>> {
        self.subscribers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
