//! A network in memory: two sockets, a delay, and a cable that can be pulled.

use core::fmt;
use core::net::SocketAddr;
use core::pin::Pin;
use core::sync::atomic::{AtomicBool, Ordering};
use core::task::{Context, Poll, Waker, ready};
use core::time::Duration;
use std::collections::VecDeque;
use std::io::{self, IoSliceMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anytempo::{Deadline, RawSleep, Timer};
use quinn::udp::{RecvMeta, Transmit};
use quinn::{AsyncUdpSocket, UdpPoller};

/// A timer that a socket can take.
pub trait SocketTimer: Timer<Sleep: Send + 'static> + Send + Sync + 'static {}

impl<T: Timer<Sleep: Send + 'static> + Send + Sync + 'static> SocketTimer for T {}

/// What both sockets share: pull it, and each datagram is lost from then on.
#[derive(Clone, Debug, Default)]
pub struct Cable(Arc<AtomicBool>);

impl Cable {
    /// Loses all datagrams that are sent from now on.
    pub fn pull(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Two sockets that hear each other after `delay`.
#[must_use]
pub fn network<T: SocketTimer>(timer: &T, delay: Duration) -> ([Arc<Socket<T>>; 2], Cable) {
    let cable = Cable::default();
    let inboxes = [Inbox::new(timer), Inbox::new(timer)];
    let socket = |own: usize| {
        Arc::new(Socket {
            timer: timer.clone(),
            delay,
            cable: cable.clone(),
            own: Arc::clone(&inboxes[own]),
            peer: Arc::clone(&inboxes[1 - own]),
            addresses: [address(own), address(1 - own)],
        })
    };
    ([socket(0), socket(1)], cable)
}

fn address(number: usize) -> SocketAddr {
    SocketAddr::from(([10, 0, 0, 1], if number == 0 { 1000 } else { 1001 }))
}

/// One end of the network.
pub struct Socket<T: Timer> {
    timer: T,
    delay: Duration,
    cable: Cable,
    own: Arc<Mutex<Inbox<T>>>,
    peer: Arc<Mutex<Inbox<T>>>,
    // Its own, and the other one's.
    addresses: [SocketAddr; 2],
}

struct Inbox<T: Timer> {
    datagrams: VecDeque<(Deadline<T>, Vec<u8>)>,
    sleep: Pin<Box<T::Sleep>>,
    reader: Option<Waker>,
    last_heard: Option<T::Instant>,
}

impl<T: Timer> Inbox<T> {
    fn new(timer: &T) -> Arc<Mutex<Self>> {
        let sleep = Box::pin(timer.raw_sleep(None::<T::Instant>.into()));
        Arc::new(Mutex::new(Self {
            datagrams: VecDeque::new(),
            sleep,
            reader: None,
            last_heard: None,
        }))
    }

    /// The datagram that is due first, if it is.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Vec<u8>> {
        // `None` is never: then the next datagram wakes the reader.
        let due = self.datagrams.front().map_or(None::<T::Instant>.into(), |it| it.0);
        self.sleep.as_mut().reset(due);
        self.reader = Some(cx.waker().clone());
        ready!(self.sleep.as_mut().poll(cx));
        self.datagrams.pop_front().map_or(Poll::Pending, |it| Poll::Ready(it.1))
    }
}

fn lock<T: Timer>(inbox: &Mutex<Inbox<T>>) -> MutexGuard<'_, Inbox<T>> {
    inbox.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<T: SocketTimer> Socket<T> {
    /// When the last datagram was read.
    #[must_use]
    pub fn last_heard(&self) -> Option<T::Instant> {
        lock(&self.own).last_heard
    }
}

impl<T: SocketTimer> AsyncUdpSocket for Socket<T> {
    fn create_io_poller(self: Arc<Self>) -> Pin<Box<dyn UdpPoller>> {
        Box::pin(AlwaysWritable)
    }

    fn try_send(&self, transmit: &Transmit<'_>) -> io::Result<()> {
        if self.cable.0.load(Ordering::Relaxed) {
            return Ok(());
        }
        let due = self.timer.after(self.delay);
        let mut peer = lock(&self.peer);
        peer.datagrams.push_back((due, transmit.contents.to_vec()));
        let reader = peer.reader.take();
        drop(peer);
        if let Some(reader) = reader {
            reader.wake();
        }
        Ok(())
    }

    fn poll_recv(
        &self,
        cx: &mut Context<'_>,
        buffers: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        let mut own = lock(&self.own);
        let datagram = ready!(own.poll(cx));
        own.last_heard = Some(self.timer.now());
        buffers[0][..datagram.len()].copy_from_slice(&datagram);
        meta[0] = RecvMeta::default();
        meta[0].addr = self.addresses[1];
        meta[0].len = datagram.len();
        meta[0].stride = datagram.len();
        Poll::Ready(Ok(1))
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.addresses[0])
    }
}

impl<T: Timer> fmt::Debug for Socket<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Socket").field("address", &self.addresses[0]).finish_non_exhaustive()
    }
}

#[derive(Debug)]
struct AlwaysWritable;

impl UdpPoller for AlwaysWritable {
    fn poll_writable(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
