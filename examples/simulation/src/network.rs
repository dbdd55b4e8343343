//! A network that delays and loses messages, as the seed chooses.

use core::cell::RefCell;
use core::time::Duration;
use std::collections::BTreeMap;
use std::rc::Rc;

use anytempo::Timer;
use anytempo_virtual::{JoinHandle, Sim};
use async_channel::Sender;

use crate::lease::{Message, Name, Transport};

/// What may happen to a message. The first is what happens in a run without a seed.
const FATES: [(&str, Option<Duration>); 3] = [
    ("arrives", Some(Duration::from_millis(1))),
    ("arrives late", Some(Duration::from_millis(80))),
    ("is lost", None),
];

/// Takes messages and the names of their senders.
type Inbox = Sender<(Name, Message)>;

/// A simulated network. Clones are the same network.
///
/// Each message has one task for each of its possible fates. The task that has its turn first decides. So the schedule
/// chooses the fate, a seed repeats it, and a failure is shrunk to the messages that had to be late or lost.
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
        let fates: Rc<RefCell<Vec<JoinHandle<()>>>> = Rc::default();
        for (place, (fate, delay)) in FATES.into_iter().enumerate() {
            let (others, network) = (Rc::clone(&fates), self.clone());
            let name = format!("{message} from {from} to {to} {fate}");
            let task = self.sim.spawn_background(name, async move {
                // This one is first, so the others do not happen.
                for (_, other) in others.take().iter().enumerate().filter(|it| it.0 != place) {
                    other.abort();
                }
                if let Some(delay) = delay {
                    network.sim.sleep(delay).await;
                    network.deliver(from, to, message);
                }
            });
            fates.borrow_mut().push(task);
        }
    }
}
