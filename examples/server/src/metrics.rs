use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::Arc;

use axum::http::StatusCode;

/// What a line of the metrics says.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    connections: AtomicUsize,
    answers: AtomicUsize,
    refused: AtomicUsize,
    late: AtomicUsize,
}

impl Metrics {
    pub(crate) fn answered(&self, status: StatusCode) {
        let of_its_kind = match status {
            StatusCode::SERVICE_UNAVAILABLE => &self.refused,
            StatusCode::GATEWAY_TIMEOUT => &self.late,
            _ => &self.answers,
        };
        of_its_kind.fetch_add(1, Relaxed);
    }

    /// The connection counts as open until the guard is dropped.
    pub(crate) fn opened(self: &Arc<Self>) -> Opened {
        self.connections.fetch_add(1, Relaxed);
        Opened { metrics: self.clone() }
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Relaxed)
    }

    /// What is open now, and what happened since the last line.
    pub(crate) fn line(&self) -> String {
        let [answers, refused, late] =
            [&self.answers, &self.refused, &self.late].map(|it| it.swap(0, Relaxed));
        let connections = self.connections();
        format!("{connections} connections, {answers} answers, {refused} refused, {late} late")
    }
}

#[derive(Debug)]
pub(crate) struct Opened {
    metrics: Arc<Metrics>,
}

impl Drop for Opened {
    fn drop(&mut self) {
        self.metrics.connections.fetch_sub(1, Relaxed);
    }
}
