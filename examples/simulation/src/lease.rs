//! The code under test: a node that asks its peers for a lease, and leads while it holds one.
//!
//! - A node promises one node at a time that it will support no other node for [`LEASE`]. A promise is a vote.
//! - A node with the promises of a majority, its own among them, leads. It asks again every [`HEARTBEAT`].
//! - Every node counts by its own clock. Clocks have any offset, and may be fast or slow by [`DRIFT_PERCENT`].

use core::cell::Cell;
use core::fmt;
use core::time::Duration;
use std::collections::BTreeSet;
use std::rc::Rc;

use anytempo::{Deadline, Instant, Timer};
use async_channel::Receiver;

/// How long a promise lasts, by the clock of the node that gives it.
pub const LEASE: Duration = Duration::from_millis(300);

/// How long a leader waits before it asks again.
pub const HEARTBEAT: Duration = Duration::from_millis(150);

/// How fast or slow a clock may be, in percent.
pub const DRIFT_PERCENT: u32 = 1;

/// The name of a node: `a`, `b` or `c`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Name(pub char);

/// What nodes send to one another.
#[derive(Clone, Copy, Debug)]
pub enum Message {
    /// Asks for a promise.
    Ask {
        /// The number of this attempt of the sender.
        round: u32,
    },
    /// Gives a promise.
    Grant {
        /// The attempt that it answers.
        round: u32,
    },
}

/// How a leader counts its lease. One of the two is a mistake.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Count {
    /// From the moment at which it asked, which is before its peers start to count. Clock drift is subtracted.
    FromAsking,
    /// The mistake: from the moment at which the grant arrived. By then its peers have counted for some time.
    FromArrival,
}

/// The means of a node to reach its peers. Messages may be late, and may be lost.
pub trait Transport {
    /// Sends a message without waiting for it to arrive.
    fn send(&self, from: Name, to: Name, message: Message);
}

/// Until when a node leads, by its own clock.
#[derive(Debug)]
pub struct Lease<T: Timer> {
    timer: T,
    until: Cell<Deadline<T>>,
}

impl<T: Timer> Lease<T> {
    /// A lease that is not held.
    pub fn new(timer: T) -> Rc<Lease<T>> {
        let until = Cell::new(timer.now().into());
        Rc::new(Lease { timer, until })
    }

    /// Whether the node leads now. It may act as the leader only while this is true.
    pub fn is_held(&self) -> bool {
        !self.timer.now().has_reached(self.until.get())
    }
}

/// A node. It ends when the sender of its inbox is dropped.
#[derive(Debug)]
pub struct Node<T: Timer, N, L> {
    name: Name,
    peers: Vec<Name>,
    timer: T,
    transport: N,
    count: Count,
    lease: Rc<Lease<T>>,
    /// Called after each extension of the lease.
    led: L,
    /// For whom this node votes, and until when.
    promise: Option<(Name, Deadline<T>)>,
    /// How long it lets others go first where several could ask for the lease.
    patience: Duration,
    /// When it may ask for the lease, as it heard nothing from a leader.
    candidate_at: Deadline<T>,
    round: u32,
    asked_at: T::Instant,
    granted_by: BTreeSet<Name>,
}

impl<T: Timer, N: Transport, L: Fn(Name)> Node<T, N, L> {
    /// A node that has promised nothing.
    ///
    /// - It waits for `patience` before it asks for the lease where others may ask too. That should differ between nodes.
    /// - It calls `led` after each extension of its lease.
    pub fn new(
        name: Name,
        peers: Vec<Name>,
        lease: &Rc<Lease<T>>,
        transport: N,
        count: Count,
        patience: Duration,
        led: L,
    ) -> Self {
        let timer = lease.timer.clone();
        Node {
            name,
            peers,
            asked_at: timer.now(),
            transport,
            count,
            lease: Rc::clone(lease),
            led,
            promise: None,
            patience,
            candidate_at: timer.now().into(),
            round: 0,
            granted_by: BTreeSet::new(),
            timer,
        }
    }

    /// Takes part until the inbox is closed.
    pub async fn run(mut self, inbox: Receiver<(Name, Message)>) {
        let mut next = self.timer.after(self.patience);
        loop {
            let timer = self.timer.clone();
            match timer.timeout_at(next, inbox.recv()).await {
                Ok(Ok((from, Message::Ask { round }))) => self.answer(from, round),
                Ok(Ok((from, Message::Grant { round }))) => self.count(from, round),
                Ok(Err(_closed)) => return,
                Err(_elapsed) => next = self.tick(),
            }
        }
    }

    /// Asks for the lease where that makes sense. Returns when to look again.
    fn tick(&mut self) -> Deadline<T> {
        match self.promise {
            // Another node leads, or may.
            Some((to, _))
                if to != self.name && !self.timer.now().has_reached(self.candidate_at) =>
            {
                self.candidate_at
            }
            // The last attempt failed. It leaves time for another candidate.
            Some((to, _)) if to == self.name && !self.lease.is_held() => {
                self.promise = None;
                self.granted_by.clear();
                self.round += 1;
                self.timer.after(self.patience)
            }
            _ => {
                self.promise = Some((self.name, self.timer.after(LEASE)));
                self.granted_by = BTreeSet::from([self.name]);
                self.round += 1;
                self.asked_at = self.timer.now();
                for &peer in &self.peers {
                    self.transport.send(self.name, peer, Message::Ask { round: self.round });
                }
                self.timer.after(HEARTBEAT)
            }
        }
    }

    /// Grants the lease to a peer, unless another node has the promise.
    fn answer(&mut self, from: Name, round: u32) {
        let is_free = match self.promise {
            Some((to, until)) => to == from || self.timer.now().has_reached(until),
            None => true,
        };
        if is_free {
            self.promise = Some((from, self.timer.after(LEASE)));
            self.candidate_at = self.timer.after(LEASE + self.patience);
            self.transport.send(self.name, from, Message::Grant { round });
        }
    }

    /// Counts a grant, and leads once a majority has given one.
    fn count(&mut self, from: Name, round: u32) {
        if round != self.round || !self.granted_by.contains(&self.name) {
            return;
        }
        self.granted_by.insert(from);
        let nodes = self.peers.len() + 1;
        if self.granted_by.len() <= nodes / 2 {
            return;
        }
        let until = match self.count {
            Count::FromAsking => {
                // A slow leader and a fast peer differ by twice the drift.
                let span = LEASE * (100 - 2 * DRIFT_PERCENT) / 100;
                self.asked_at.checked_add(T::Instant::delta_ceil(span))
            }
            Count::FromArrival => self.timer.after(LEASE),
        };
        self.lease.until.set(until);
        (self.led)(self.name);
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Message::Ask { round } => write!(f, "ask {round}"),
            Message::Grant { round } => write!(f, "grant {round}"),
        }
    }
}
