//! Scopes and generators, whose types have no names.

use core::cell::Cell;
use core::future::Future;
use core::marker::{PhantomData, PhantomPinned};
use core::pin::pin;
use core::sync::atomic::{AtomicU32, Ordering};
use core::task::{Context, Poll, Waker};
use core::time::Duration;

use anytempo::generate::Yielder;
use anytempo::scope::{CloseStack, spawn_fn};
use anytempo::{
    Close, StreamTimeExt, close_on_exit, closing, closing_async, closing_owned, closing_poll,
    generate, next, next_or, range, try_close_on_exit, try_generate,
};
use futures_core::Stream;

use crate::parts::{Local, Parts, Plain, With};

// What follows has a type without a name. What such a type lacks is told by a method that two implementations have if it
// does not lack it, and then the call is ambiguous.

trait NotSend<A> {
    fn is_not_send(&self) {}
}

impl<T> NotSend<()> for T {}

impl<T: Send> NotSend<u8> for T {}

trait NotUnpin<A> {
    fn is_not_unpin(&self) {}
}

impl<T> NotUnpin<()> for T {}

impl<T: Unpin> NotUnpin<u8> for T {}

fn timer() -> Plain {
    Parts(PhantomData, PhantomData)
}

fn is_send(_: &impl Send) {}
fn is_task(_: impl Future + Send + 'static) {}

/// A scope that holds what it needs over an await.
fn scope<V, K>(value: V, kept: K) -> impl Future {
    close_on_exit(closing(value, |_| ()), async move |value| {
        With::<()>(PhantomData, PhantomData).await;
        let _ = (value, kept);
    })
}

/// A generator that holds an item, and what else it needs, over an await.
fn items<I, K>(item: I, kept: K) -> impl Stream<Item = I> {
    generate(async move |mut y| {
        With::<()>(PhantomData, PhantomData).await;
        y.emit(item).await;
        drop(kept);
    })
}

#[test]
fn scopes_and_generators_are_send_if_what_they_hold_is() {
    let local: Local = PhantomData;

    is_send(&scope((), ()));
    scope((), ()).is_not_unpin();
    scope(local, ()).is_not_send();
    scope((), local).is_not_send();

    is_send(&items((), ()));
    items((), ()).is_not_unpin();
    items(local, ()).is_not_send();
    items((), local).is_not_send();
}

/// What a runtime with many threads spawns, of a scope whose resource borrows, and whose body does.
#[test]
fn scopes_of_borrowing_resources_are_tasks() {
    is_task(async {
        let calls = AtomicU32::new(0);
        let call = || calls.fetch_add(1, Ordering::Relaxed);
        let count = || {
            call();
        };
        let wait = || With::<()>(PhantomData, PhantomData);
        let number = AtomicU32::new(0);

        let resource = closing("borrowed", |_| count());
        let Ok(_) = close_on_exit(resource, async |_| {
            count();
            wait().await;
            call()
        })
        .await;

        let open = || {
            closing_async(
                &number,
                async |number| {
                    wait().await;
                    number.fetch_add(call(), Ordering::Relaxed);
                    Err::<(), &AtomicU32>(&calls)
                },
                |_| count(),
            )
        };
        let _ = close_on_exit(open(), async |number| {
            wait().await;
            number.fetch_add(call(), Ordering::Relaxed)
        })
        .await;
        let _ = try_close_on_exit((open(), [open(), open()]), async |all| {
            wait().await;
            try_close_on_exit(open(), async |number| {
                wait().await;
                number.fetch_add(all.0.load(Ordering::Relaxed), Ordering::Relaxed);
                Err::<(), _>(&calls)
            })
            .await
            .map_err(drop)
        })
        .await;

        let polled = closing_poll(&number, |_, _| Poll::Ready(Err(())), |_| count());
        let polled = polled.close_within(timer(), Duration::ZERO).spawn_on_drop(spawn_fn(drop));
        let _ = close_on_exit(polled, async |_| wait().await).await;

        let owned = closing_owned(
            &number,
            async |number: &AtomicU32, _| {
                wait().await;
                number.fetch_add(call(), Ordering::Relaxed);
                Err::<(), &AtomicU32>(&calls)
            },
            |_| count(),
        );
        let _ = try_close_on_exit(CloseStack::from(vec![owned]), async |mut stack| {
            wait().await;
            stack.reverse();
            Err::<(), _>(&calls)
        })
        .await;

        let mut items = pin!(range(0..3).close_on_exit(open()));
        while next(&mut items).await.is_some() {}
        let mut items = pin!(try_generate(async |mut y| {
            try_close_on_exit(open(), async |number| {
                y.emit(&calls).await;
                wait().await;
                number.fetch_add(1, Ordering::Relaxed);
                Ok::<_, ()>(())
            })
            .await
        }));
        while next(&mut items).await.is_some() {}
    });
}

/// All that a library has to say of a resource to spawn a scope of it.
fn spawns_a_scope<R>(resource: R)
where
    R: Close<Target: Send, Closing: Send, Error: Send> + Send + 'static,
{
    is_task(close_on_exit(resource, async |target| {
        With::<()>(PhantomData, PhantomData).await;
        let _target = target;
    }));
}

#[test]
fn scopes_of_any_resource_are_tasks() {
    spawns_a_scope(closing(Cell::new(1), drop));
    spawns_a_scope(closing_async((), async |_| (), drop));
    spawns_a_scope(closing_owned((), async |(), _| (), drop));
    spawns_a_scope(CloseStack::from(vec![closing((), drop)]));
    let limited = closing_async((), async |_| (), drop).close_within(timer(), Duration::ZERO);
    spawns_a_scope([limited].spawn_on_drop(anytempo_tokio::TokioSpawner::default()));
}

/// `Debug` shows no private type, and does not require the parts to be shown.
#[test]
fn debug_names_no_private_type() {
    let mut items = pin!(generate(async |mut y| y.emit(PhantomPinned).await));
    assert_eq!(format!("{items:?}"), "Generate { ended: false, .. }");
    assert_eq!(format!("{:?}", next(&mut items)), "Next { .. }");
    assert_eq!(format!("{:?}", next_or(&mut items, PhantomPinned)), "NextOr { .. }");
    let items = pin!(try_generate(async |mut y: Yielder<'_, u8>| {
        assert_eq!(format!("{y:?}"), "Yielder { .. }");
        assert_eq!(format!("{:?}", y.emit(1)), "Emit { .. }");
        Err(PhantomPinned)
    }));
    assert_eq!(format!("{items:?}"), "TryGenerate { ended: false, .. }");
    let mut items = items;
    assert!(matches!(
        items.as_mut().poll_next(&mut Context::from_waker(Waker::noop())),
        Poll::Ready(Some(Err(PhantomPinned)))
    ));
    assert_eq!(format!("{items:?}"), "TryGenerate { ended: true, .. }");
}
