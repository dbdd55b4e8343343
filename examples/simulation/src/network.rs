//! A network that delays and loses messages, as the seed chooses.

use core::cell::RefCell;
use core::time::Duration;
use std::collections::BTreeMap;
use std::rc::Rc;

use anytempo::Timer;
use anytempo_virtual::Sim;
use async_channel::Sender;

use crate::lease::{Message, Name, Transport};

/// What may happen to a message. The first is what happens in a run without a seed.
const FATES: [&str; 4] = ["takes 1 ms", "takes 2 ms", "takes 80 ms", "is lost"];

/// How long a message takes that meets the fate of the same place.
const DELAYS: [Option<Duration>; 4] = [
    Some(Duration::from_millis(1)),
    Some(Duration::from_millis(2)),
    Some(Duration::from_millis(80)),
    None,
];

/// Takes messages and the names of their senders.
type Inbox = Sender<(Name, Message)>;

/// A simulated network. Clones are the same network.
///
/// The schedule chooses the fate of each message. So a seed repeats it, and a failure is shrunk to the messages that had to be
/// late or lost.
#[derive(Clone, Debug)]
pub struct Network {
    sim: Sim,
    inboxes: Rc<RefCell<BTreeMap<Name, Inbox>>>,
}

impl Network {
    /// A network of no nodes.
    pub fn new(sim: &Sim) -> Network {
        Network { sim: sim.clone(), inboxes: Rc::default() }
    }

    /// Delivers what is sent to `name` to this inbox.
    pub fn connect(&self, name: Name, inbox: Inbox) {
        self.inboxes.borrow_mut().insert(name, inbox);
    }

    fn deliver(&self, from: Name, to: Name, message: Message) {
        if let Some(inbox) = self.inboxes.borrow().get(&to) {
            // A node that is gone receives nothing.
            let _ = inbox.try_send((from, message));
        }
    }
}

impl Transport for Network {
    fn send(&self, from: Name, to: Name, message: Message) {
        let name = format!("{message} from {from} to {to}");
        if let Some(delay) = DELAYS[self.sim.choose(&name, &FATES)] {
            let network = self.clone();
            self.sim.spawn_named(name, async move {
                network.sim.sleep(delay).await;
                network.deliver(from, to, message);
            });
        }
    }
}
