//! A sink that holds items back gives all of them before its end, also to a peer that is slow, however its scope is left.

use core::future::pending;
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Instant;

use anytempo::scope::CloseWithinError;
use anytempo::{Close, ScopeError, closing_poll, try_close_on_exit};
use anytempo_smol::{SmolSpawner, SmolTimer};
use futures_channel::mpsc;
use futures_util::sink::{Buffer, Sink, SinkExt};
use futures_util::stream::StreamExt;

use crate::exit::{Exit, Flag, Left, SHORT, leave, within_limit};

/// Most of them are in the buffer when the scope ends: the channel takes one, and one for its sender.
const ITEMS: [u32; 8] = [1, 2, 3, 4, 5, 6, 7, 8];

type Buffered = Buffer<mpsc::Sender<u32>, u32>;

struct Peer {
    may_read: Sender<()>,
    thread: thread::JoinHandle<Vec<u32>>,
}

impl Peer {
    fn start() -> (Peer, Buffered) {
        let (sender, receiver) = mpsc::channel(1);
        let (may_read, read) = channel();
        let thread = thread::spawn(move || {
            // Also if it is dropped.
            let _ = read.recv();
            smol::block_on(receiver.collect())
        });
        (Peer { may_read, thread }, sender.buffer(ITEMS.len()))
    }

    fn heard(self) -> Vec<u32> {
        drop(self.may_read);
        self.thread.join().expect("no panic")
    }
}

/// Sends the items to `resource` and leaves its scope.
async fn send_and_leave<R>(resource: R, exit: Exit)
where
    R: Close<Target = Buffered, Error = CloseWithinError<mpsc::SendError>>,
{
    let (cancel, start) = (Flag::default(), Instant::now());
    let scope = try_close_on_exit(resource, async |mut sink| {
        for item in ITEMS {
            sink.feed(item).await?;
        }
        match exit {
            Exit::Value | Exit::Deadline => Ok::<_, mpsc::SendError>("value"),
            Exit::CancelledInClose => {
                cancel.set();
                Ok("value")
            }
            Exit::Error => {
                let (mut closed, _) = mpsc::channel(0);
                closed.try_send(0).map_err(mpsc::TrySendError::into_send_error)?;
                Ok("value")
            }
            Exit::Cancelled => {
                cancel.set();
                pending().await
            }
            Exit::Panic => panic!("in the body"),
        }
    });
    let left = leave(scope, &cancel).await;
    match exit {
        Exit::Value => assert!(matches!(left, Left::Output(Ok("value")))),
        Exit::Error => {
            assert!(matches!(left, Left::Output(Err(ScopeError::Body { close: None, .. }))));
        }
        Exit::Cancelled | Exit::CancelledInClose => assert!(matches!(left, Left::Cancelled)),
        Exit::Panic => assert!(matches!(left, Left::Panicked)),
        Exit::Deadline => {
            let Left::Output(Err(ScopeError::Close { error, .. })) = left else {
                panic!("the limit is not seen")
            };
            assert!(matches!(error, CloseWithinError::Elapsed(_)));
            assert!(start.elapsed() >= SHORT);
        }
    }
}

#[test]
fn gives_all_items_and_then_its_end() {
    within_limit(|| {
        for exit in Exit::ALL {
            let (peer, sink) = Peer::start();
            if exit.is_orderly() {
                peer.may_read.send(()).expect("it listens");
            }
            let resource = closing_poll(sink, <Buffered as Sink<u32>>::poll_close, drop)
                .spawn_on_drop(SmolSpawner::default())
                .close_within(SmolTimer, exit.limit());
            smol::block_on(send_and_leave(resource, exit));
            assert_eq!(peer.heard(), ITEMS, "{exit:?}");
        }
    });
}

#[test]
fn gives_what_had_room_and_then_its_end_when_it_is_aborted() {
    within_limit(|| {
        for exit in Exit::ALL.into_iter().filter(|exit| !exit.is_orderly()) {
            let (peer, sink) = Peer::start();
            let resource = closing_poll(sink, <Buffered as Sink<u32>>::poll_close, drop)
                .close_within(SmolTimer, exit.limit());
            smol::block_on(send_and_leave(resource, exit));
            let heard = peer.heard();
            assert!(heard.len() < ITEMS.len() && ITEMS.starts_with(&heard), "{exit:?}: {heard:?}");
        }
    });
}
