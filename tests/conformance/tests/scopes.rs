//! Scopes on a host: how their errors go through `?`, and that an orderly close of many takes time and stack for each once.

use core::array;
use core::cell::Cell;
use core::convert::Infallible;
use core::error::Error;
use core::fmt;
use core::future::{Ready, ready};
use core::sync::atomic::{AtomicU32, Ordering};
use core::time::Duration;
use std::io;
use std::sync::mpsc;
use std::thread;

use anytempo::scope::{CloseErrors, CloseStack, CloseWithinError, Exit};
use anytempo::{
    Close, CloseError, ScopeError, close_on_exit, closing, closing_owned, try_close_on_exit,
};
use anytempo_virtual::{Executor, VirtualClock};

/// An error as a user writes it.
#[derive(Debug)]
enum Own {
    Refused,
    Close(String),
}

impl fmt::Display for Own {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused => f.write_str("refused"),
            Self::Close(error) => write!(f, "close: {error}"),
        }
    }
}

impl Error for Own {}

impl From<CloseWithinError<io::Error>> for Own {
    fn from(error: CloseWithinError<io::Error>) -> Self {
        Self::Close(error.to_string())
    }
}

/// A value that is not `Debug`, and may borrow.
struct Opaque<'a>(&'a str);

fn sure() -> impl Close<Error = Infallible> {
    closing((), |()| ())
}

fn full() -> impl Close<Error = io::Error> {
    closing((), |()| Err(io::Error::other("full")))
}

fn clock() -> VirtualClock {
    VirtualClock::new()
}

const SECOND: Duration = Duration::from_secs(1);

fn run<T>(future: impl Future<Output = T>) -> T {
    match Executor::new(&clock()).block_on(future) {
        Ok(output) => output,
        Err(deadlock) => panic!("{deadlock}"),
    }
}

fn io_error() -> io::Error {
    io::Error::other("broken")
}

/// Each of these is a function as a user writes it: it need not do more than compile, and give the first error.
#[test]
fn body_with_an_io_error_beside_any_close() {
    async fn beside<R: Close>(resource: R) -> io::Result<u8> {
        let value = try_close_on_exit(resource, async |_| Err::<u8, _>(io_error()))
            .await
            .or_else(ScopeError::into_body)?;
        Ok(value)
    }
    async fn converted<R: Close<Error: Error + Send + Sync + 'static>>(
        resource: R,
    ) -> io::Result<u8> {
        let value = try_close_on_exit(resource, async |_| Ok::<u8, io::Error>(7))
            .await
            .map_err(|error| error.into_error_with(io::Error::other))?;
        Ok(value)
    }
    run(async {
        let within = |clock| (sure().close_within(clock, SECOND), full());
        for failed in [
            beside(sure()).await,
            beside(full()).await,
            beside(sure().close_within(clock(), SECOND)).await,
            beside((sure(), full())).await,
            beside([full(), full()]).await,
            beside(within(clock())).await,
            beside(CloseStack::from(vec![full()])).await,
        ] {
            assert_eq!(failed.unwrap_err().to_string(), "broken");
        }
        assert_eq!(converted(sure()).await.unwrap(), 7);
        assert_eq!(converted(full()).await.unwrap_err().to_string(), "full");
        assert_eq!(converted((sure(), full())).await.unwrap_err().to_string(), "full");
        assert_eq!(converted([full(), full()]).await.unwrap_err().to_string(), "full; full");
        assert_eq!(converted(within(clock())).await.unwrap_err().to_string(), "full");
        let stack = CloseStack::from(vec![full()]);
        assert_eq!(converted(stack).await.unwrap_err().to_string(), "full");
    });
}

#[test]
fn body_with_an_own_error_beside_any_close() {
    async fn beside<R: Close>(resource: R) -> Result<u8, Own> {
        let value = try_close_on_exit(resource, async |_| Err(Own::Refused))
            .await
            .or_else(ScopeError::into_body)?;
        Ok(value)
    }
    async fn with<R: Close<Error: fmt::Display>>(resource: R) -> Result<u8, Own> {
        let close = |error: R::Error| Own::Close(error.to_string());
        let value = try_close_on_exit(resource, async |_| Ok::<u8, Own>(7))
            .await
            .map_err(|error| error.into_error_with(close))?;
        Ok(value)
    }
    async fn converted(fails: bool) -> Result<u8, Own> {
        let limited = full().close_within(clock(), SECOND);
        let value =
            try_close_on_exit(limited, async |_| if fails { Err(Own::Refused) } else { Ok(7) })
                .await
                .map_err(ScopeError::into_error)?;
        Ok(value)
    }
    run(async {
        for failed in [
            beside(sure()).await,
            beside(sure().close_within(clock(), SECOND)).await,
            beside((sure(), full())).await,
            beside([sure(), sure()]).await,
            converted(true).await,
        ] {
            assert_eq!(failed.unwrap_err().to_string(), "refused");
        }
        for failed in [
            with(full().close_within(clock(), SECOND)).await,
            with((sure(), full())).await,
            with([full()]).await,
            converted(false).await,
        ] {
            assert_eq!(failed.unwrap_err().to_string(), "close: full");
        }
        assert_eq!(with(sure()).await.unwrap(), 7);
    });
}

#[test]
fn into_a_box() {
    // The value is not `Debug`, and does not borrow.
    async fn not_debug(resource: impl Close<Error: Error + 'static>) -> Result<u8, Box<dyn Error>> {
        let Opaque(value) =
            try_close_on_exit(resource, async |_| Ok::<_, Own>(Opaque("seven"))).await?;
        Ok(value.len() as u8)
    }
    // The value borrows.
    async fn borrows(
        text: &str,
        resource: impl Close<Error: Error + 'static>,
    ) -> Result<&str, Box<dyn Error>> {
        let Opaque(value) = try_close_on_exit(resource, async |_| Ok::<_, Own>(Opaque(text)))
            .await
            .map_err(ScopeError::without_value)?;
        Ok(value)
    }
    // The body's error is such a box itself.
    async fn boxed(
        text: &str,
        resource: impl Close<Error: Error + 'static>,
    ) -> Result<&str, Box<dyn Error>> {
        let value = try_close_on_exit(resource, async |_| {
            let number: usize = text.parse()?;
            Ok::<_, Box<dyn Error>>(&text[..number])
        })
        .await
        .map_err(ScopeError::into_error)?;
        Ok(value)
    }
    // The error crosses threads.
    async fn sent(
        resource: impl Close<Error: Error + Send + Sync + 'static>,
    ) -> Result<u8, Box<dyn Error + Send + Sync>> {
        let value = try_close_on_exit(resource, async |_| Ok::<u8, io::Error>(7)).await?;
        Ok(value)
    }
    async fn of_a_close(
        resource: impl Close<Error: Error + 'static>,
    ) -> Result<u8, Box<dyn Error>> {
        let text = String::from("seven");
        let Opaque(value) = close_on_exit(resource, async |_| Opaque(&text))
            .await
            .map_err(CloseError::into_error)?;
        Ok(value.len() as u8)
    }
    run(async {
        assert_eq!(not_debug(sure()).await.unwrap(), 5);
        let failed = not_debug((sure(), full())).await.unwrap_err();
        assert_eq!(failed.to_string(), "the close failed: full");
        assert!(failed.is::<ScopeError<
            Opaque<'static>,
            Own,
            CloseErrors<(Option<Infallible>, Option<io::Error>)>,
        >>());
        assert!(format!("{failed:?}").starts_with("Close { error: "));
        assert_eq!(borrows("text", sure().close_within(clock(), SECOND)).await.unwrap(), "text");
        let failed = borrows("text", [full()]).await.unwrap_err();
        assert_eq!(failed.to_string(), "the close failed: full");
        assert_eq!(boxed("1", sure()).await.unwrap(), "1");
        assert_eq!(boxed("1", full()).await.unwrap_err().to_string(), "full");
        let failed = boxed("one", full()).await.unwrap_err();
        assert_eq!(failed.to_string(), "invalid digit found in string");
        assert_eq!(sent(full()).await.unwrap_err().to_string(), "the close failed: full");
        assert_eq!(of_a_close(sure()).await.unwrap(), 5);
        assert_eq!(of_a_close(full()).await.unwrap_err().to_string(), "full");
    });
}

/// Where no close can fail there is no error to match, also now that the errors can grow.
#[test]
fn close_that_cannot_fail_needs_no_match() {
    run(async {
        let Ok(value) = close_on_exit(sure(), async |_| 7).await;
        assert_eq!(value, 7);
        let Ok(()) = close_on_exit(closing_owned((), async |(), _| (), drop), async |_| ()).await;
        let Ok(body) = close_on_exit(sure(), async |_| Err::<u8, _>(io_error())).await;
        assert_eq!(body.unwrap_err().to_string(), "broken");
    });
}

/// Runs `work` on a thread with a stack of 2 MiB, as those of a pool have, and gives up after a time that no working close takes.
fn on_a_small_stack(work: impl FnOnce() + Send + 'static) {
    let (done, is_done) = mpsc::channel();
    let thread = thread::Builder::new().stack_size(2 << 20).spawn(move || {
        work();
        let _ = done.send(());
    });
    is_done.recv_timeout(Duration::from_secs(100)).expect("it is closed in time");
    thread.unwrap().join().unwrap();
}

const MANY: u32 = 10_000;

#[test]
fn many_in_an_array_need_no_large_stack() {
    static LEFT: AtomicU32 = AtomicU32::new(MANY);
    on_a_small_stack(|| {
        let numbers = array::from_fn::<_, { MANY as usize }, _>(|number| {
            closing(number, |number| {
                // In reverse.
                assert_eq!(LEFT.fetch_sub(1, Ordering::Relaxed), number as u32 + 1);
            })
        });
        let left = run(Box::pin(close_on_exit(numbers, async |numbers| numbers.len())));
        assert!(left.is_ok_and(|length| length == MANY as usize));
        assert_eq!(LEFT.load(Ordering::Relaxed), 0);
    });
}

#[test]
fn many_on_a_stack_need_no_large_stack() {
    on_a_small_stack(|| {
        let closed = Cell::new(0);
        let numbers: CloseStack<_> = (0..MANY)
            .map(|number| {
                closing(number, |number| {
                    closed.set(closed.get() + 1);
                    if number % 2 == 0 { Ok(()) } else { Err(number) }
                })
            })
            .collect();
        let failed = run(close_on_exit(numbers, async |numbers| numbers.len())).unwrap_err();
        let errors = failed.error.into_errors();
        assert_eq!(closed.get(), MANY);
        assert!(
            (0..).zip(errors).all(|(number, error)| error == (number % 2 != 0).then_some(number))
        );
    });
}

/// A resource without a size, so that there can be very many of them.
struct Weightless;

impl Close for Weightless {
    type Target = Self;
    type Error = Infallible;
    type Closing = Ready<Result<(), Infallible>>;

    fn target(&mut self) -> &mut Self {
        self
    }

    fn close(self, _: Exit) -> Self::Closing {
        ready(Ok(()))
    }

    fn abort(self) {}
}

/// A look at each for each would take hours here.
#[test]
fn each_of_very_many_is_looked_at_once() {
    on_a_small_stack(|| {
        let many = [const { Weightless }; 3_000_000];
        assert!(run(close_on_exit(many, async |_| ())).is_ok());
        let many: CloseStack<_> = (0..3_000_000).map(|_| Weightless).collect();
        assert!(run(close_on_exit(many, async |_| ())).is_ok());
    });
}
