//! The peer of a connection reads all that was sent, and then an orderly end, never a reset, however the scope is left.

use core::future::pending;
use core::mem::MaybeUninit;
use core::net::SocketAddr;
use core::pin::Pin;
use core::sync::atomic::{AtomicUsize, Ordering};
use core::task::{Context, Poll, ready};
use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpListener};
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Instant;

use anytempo::scope::{CloseWithinError, Lent};
use anytempo::{Close, ScopeError, Timer, closing_async, closing_poll, try_close_on_exit};
use smol::channel::{Receiver, bounded};
use socket2::SockRef;

use super::{
    AsyncReadExt, AsyncWrite, AsyncWriteExt, BufWriter, POLL_CLOSE, POLL_CLOSE_BUFFERED,
    POLL_SHUTDOWN, TIMER, TcpStream, block_on, shutdown, spawner,
};
use crate::exit::{Exit, Flag, LONG, Left, SHORT, leave, within_limit};

const HELLO: &[u8] = b"hello";

/// Whoever is at the other end, on a thread and with sockets of the standard library.
struct Peer {
    address: SocketAddr,
    may_read: Option<Sender<()>>,
    all_read: Receiver<io::Result<Vec<u8>>>,
}

impl Peer {
    /// It says `chatter`, and reads once it may, up to the end or to an error.
    fn start(chatter: &'static [u8]) -> Peer {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let address = listener.local_addr().expect("it has one");
        let (may_read, read) = channel();
        let (tell, all_read) = bounded(1);
        thread::spawn(move || {
            let run = || {
                let (mut stream, _) = listener.accept()?;
                stream.write_all(chatter)?;
                // Also if it is dropped.
                let _ = read.recv();
                let mut bytes = Vec::new();
                stream.read_to_end(&mut bytes)?;
                Ok(bytes)
            };
            tell.send_blocking(run()).expect("it is asked");
        });
        Peer { address, may_read: Some(may_read), all_read }
    }

    fn read(&mut self) {
        self.may_read = None;
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.expect("it listens")
    }

    /// What it has read when it has seen the end.
    async fn heard(mut self) -> io::Result<Vec<u8>> {
        self.read();
        self.all_read.recv().await.expect("it tells")
    }
}

/// Sends something to `resource` and leaves its scope.
async fn send_and_leave<R, E>(resource: R, exit: Exit, cancel: &Flag)
where
    R: Close<Error = CloseWithinError<E>>,
    R::Target: AsyncWrite + Unpin + Sized,
{
    let start = Instant::now();
    let scope = try_close_on_exit(resource, async |mut stream| {
        stream.write_all(HELLO).await?;
        match exit {
            Exit::Value | Exit::CancelledInClose | Exit::Deadline => Ok("value"),
            Exit::Error => Err(io::Error::other("in the body")),
            Exit::Cancelled => {
                cancel.set();
                pending().await
            }
            Exit::Panic => panic!("in the body"),
        }
    });
    let left = leave(scope, cancel).await;
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

fn each_exit(test: impl AsyncFn(Exit, &Flag) + Send + 'static) {
    within_limit(move || {
        for exit in Exit::ALL {
            block_on(test(exit, &Flag::default()));
        }
    });
}

#[test]
fn ends_by_its_own_poll_method_or_by_its_drop() {
    each_exit(async |exit, cancel| {
        // This close never waits.
        if exit.is_in_close() {
            return;
        }
        let mut peer = Peer::start(b"");
        peer.read();
        let resource = closing_poll(peer.connect().await, POLL_CLOSE, drop);
        send_and_leave(resource.close_within(TIMER, LONG), exit, cancel).await;
        assert_eq!(peer.heard().await.expect("no reset"), HELLO, "{exit:?}");
    });
}

#[test]
fn that_is_kept_open_elsewhere_ends_by_a_shutdown_alone() {
    within_limit(|| {
        block_on(async {
            let mut peer = Peer::start(b"");
            peer.read();
            let stream = peer.connect().await;
            // Were it only dropped, the connection would stay.
            let kept = SockRef::from(&stream).try_clone().expect("a duplicate");
            let resource = closing_poll(stream, POLL_SHUTDOWN, drop).close_within(TIMER, LONG);
            send_and_leave(resource, Exit::Value, &Flag::default()).await;
            assert_eq!(peer.heard().await.expect("no reset"), HELLO);
            drop(kept);
        });
    });
}

#[test]
fn with_a_buffer_loses_nothing_of_it_also_where_a_task_flushes_it() {
    each_exit(async |exit, cancel| {
        if exit.is_in_close() {
            return;
        }
        let mut peer = Peer::start(b"");
        peer.read();
        let buffered = BufWriter::new(peer.connect().await);
        let resource = closing_poll(buffered, POLL_CLOSE_BUFFERED, drop)
            .spawn_on_drop(spawner())
            .close_within(TIMER, LONG);
        send_and_leave(resource, exit, cancel).await;
        assert_eq!(peer.heard().await.expect("no reset"), HELLO, "{exit:?}");
    });
}

/// A connection with a peer that has said more than was read of it, and that hangs up when it has seen our end.
///
/// A socket that is dropped with something unread is reset, also after a shutdown, and a reset may take from the peer what it was
/// sent. So the orderly close waits for the end of the peer. The abort, which cannot, reads what is there; if the peer goes on
/// to speak there will be a reset, and that is all that an abort can do.
async fn chatty(
    peer: &Peer,
    exit: Exit,
    cancel: &Flag,
) -> impl Close<Target = TcpStream, Error = io::Error, Closing: Send + 'static> + use<> {
    let mut stream = peer.connect().await;
    stream.read_exact(&mut [0]).await.expect("the peer speaks first");
    let mut unread = [MaybeUninit::uninit(); 2];
    assert!(SockRef::from(&stream).peek(&mut unread).expect("there is more") > 0);

    let cancel = cancel.clone();
    let close = async move |mut stream: Lent<'_, TcpStream>| {
        shutdown(&mut stream).await?;
        if exit == Exit::CancelledInClose {
            cancel.set();
        }
        while stream.read(&mut [0; 64]).await? > 0 {}
        Ok(())
    };
    closing_async(stream, close, end_at_once)
}

/// Neither this nor the drop after it waits for anything: these sockets do not block.
fn end_at_once(stream: TcpStream) {
    let socket = SockRef::from(&stream);
    let _gone = socket.shutdown(Shutdown::Write);
    while matches!((&*socket).read(&mut [0; 64]), Ok(1..)) {}
}

#[test]
fn with_something_unread_ends_without_a_reset() {
    each_exit(async |exit, cancel| {
        let mut peer = Peer::start(b"chatter");
        let resource = chatty(&peer, exit, cancel).await.close_within(TIMER, exit.limit());
        if !exit.is_in_close() {
            peer.read();
        }
        send_and_leave(resource, exit, cancel).await;
        assert_eq!(peer.heard().await.expect("no reset"), HELLO, "{exit:?}");
    });
}

#[test]
fn with_something_unread_ends_without_a_reset_in_a_task() {
    each_exit(async |exit, cancel| {
        let mut peer = Peer::start(b"chatter");
        let resource = chatty(&peer, exit, cancel)
            .await
            .spawn_on_drop(spawner())
            .close_within(TIMER, exit.limit());
        if !exit.is_in_close() {
            peer.read();
        }
        send_and_leave(resource, exit, cancel).await;
        assert_eq!(peer.heard().await.expect("no reset"), HELLO, "{exit:?}");
    });
}

/// What the tests above would see if the abort were a mere drop.
#[test]
#[cfg(target_os = "linux")]
fn with_something_unread_is_reset_by_a_mere_drop() {
    within_limit(|| {
        block_on(async {
            let peer = Peer::start(b"chatter");
            let mut stream = peer.connect().await;
            stream.read_exact(&mut [0]).await.expect("the peer speaks first");
            let resource = closing_poll(stream, POLL_CLOSE, drop).close_within(TIMER, LONG);
            send_and_leave(resource, Exit::Cancelled, &Flag::default()).await;
            let reset = peer.heard().await.expect_err("a reset");
            assert_eq!(reset.kind(), io::ErrorKind::ConnectionReset);
        });
    });
}

/// What still has to be sent before the end, which is far more than the buffers of the system take.
struct Outbox {
    stream: TcpStream,
    unsent: Vec<u8>,
    sent: Arc<AtomicUsize>,
}

impl Outbox {
    fn new(stream: TcpStream, sent: &Arc<AtomicUsize>) -> Outbox {
        Outbox { stream, unsent: bytes(), sent: sent.clone() }
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Outbox { stream, unsent, sent } = &mut *self;
        loop {
            match &unsent[sent.load(Ordering::Relaxed)..] {
                [] => return POLL_CLOSE(Pin::new(stream), cx),
                rest => {
                    let count = ready!(Pin::new(&mut *stream).poll_write(cx, rest))?;
                    sent.fetch_add(count, Ordering::Relaxed);
                }
            }
        }
    }
}

/// 64 MiB, each part of which is unlike the next.
fn bytes() -> Vec<u8> {
    let mut bytes = vec![0; 64 << 20];
    for (number, part) in (0_u32..).zip(bytes.chunks_exact_mut(1 << 10)) {
        part[..4].copy_from_slice(&number.to_le_bytes());
    }
    bytes
}

/// Gives the close of an outbox a limit that it reaches, as the peer does not read, or cancels the scope in its midst. Gives what
/// the peer then reads, and how much was sent by then.
async fn not_read_in_time<R>(
    open: impl FnOnce(TcpStream, &Arc<AtomicUsize>) -> R,
    cancelled: bool,
) -> (Vec<u8>, usize)
where
    R: Close<Target = Outbox, Error = io::Error>,
{
    let peer = Peer::start(b"");
    let sent = Arc::default();
    let resource = open(peer.connect().await, &sent);
    let start = Instant::now();
    let body = async |outbox: Lent<'_, Outbox>| Ok::<_, io::Error>(outbox.unsent.len());
    if cancelled {
        let scope = try_close_on_exit(resource, body);
        assert!(TIMER.timeout(SHORT, scope).await.is_err());
    } else {
        let scope = try_close_on_exit(resource.close_within(TIMER, SHORT), body);
        let Err(ScopeError::Close { value, error, .. }) = scope.await else {
            panic!("the limit is not seen")
        };
        assert_eq!(value, 64 << 20);
        assert!(matches!(error, CloseWithinError::Elapsed(_)));
    }
    assert!(start.elapsed() >= SHORT);
    let sent_in_time = sent.load(Ordering::Relaxed);
    assert!(sent_in_time < 64 << 20, "the system takes it all, and nothing is tested");
    (peer.heard().await.expect("no reset"), sent_in_time)
}

#[test]
fn to_a_peer_that_does_not_read_ends_after_what_was_sent_when_the_limit_is_reached() {
    within_limit(|| {
        for cancelled in [false, true] {
            let (heard, sent) = block_on(not_read_in_time(
                |stream, sent| {
                    let outbox = Outbox::new(stream, sent);
                    closing_poll(outbox, Outbox::poll_close, |outbox| end_at_once(outbox.stream))
                },
                cancelled,
            ));
            assert!(sent > 0);
            assert!(heard == bytes()[..sent], "{} of {sent}", heard.len());
        }
    });
}

#[test]
fn to_a_peer_that_does_not_read_is_left_to_a_task_when_the_limit_is_reached() {
    within_limit(|| {
        for cancelled in [false, true] {
            let (heard, _) = block_on(not_read_in_time(
                |stream, sent| {
                    let outbox = Outbox::new(stream, sent);
                    closing_poll(outbox, Outbox::poll_close, |outbox| end_at_once(outbox.stream))
                        .spawn_on_drop(spawner())
                },
                cancelled,
            ));
            assert!(heard == bytes(), "{}", heard.len());
        }
    });
}
