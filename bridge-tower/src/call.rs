use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use pin_project_lite::pin_project;
use tower_service::Service;

pin_project! {
    /// A call that first waits until its service is ready. The service is dropped with the call, before the response is polled.
    #[derive(Debug)]
    #[project = CallPinned]
    #[project_replace = CallReplaced]
    pub(crate) enum Call<S, R>
    where
        S: Service<R>,
    {
        Waits { service: S, request: R },
        Runs { #[pin] response: S::Future },
        Over,
    }
}

impl<S: Service<R>, R> Call<S, R> {
    pub(crate) fn new(service: S, request: R) -> Self {
        Self::Waits { service, request }
    }

    /// The request, as long as the service has not been called with it.
    pub(crate) fn request(&self) -> Option<&R> {
        match self {
            Self::Waits { request, .. } => Some(request),
            _ => None,
        }
    }
}

impl<S: Service<R>, R> Future for Call<S, R> {
    type Output = Result<S::Response, S::Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if let CallPinned::Waits { service, .. } = self.as_mut().project() {
            let ready = ready!(service.poll_ready(cx));
            let waited = self.as_mut().project_replace(Self::Over);
            ready?;
            if let CallReplaced::Waits { mut service, request } = waited {
                let response = service.call(request);
                self.set(Self::Runs { response });
            }
        }
        match self.project() {
            CallPinned::Runs { response } => response.poll(cx),
            // It failed before: a poll after the end.
            _ => Poll::Pending,
        }
    }
}
