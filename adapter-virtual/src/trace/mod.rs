//! What happened in a run.

mod chart;
mod json;

use core::fmt;
use core::panic::Location;

use crate::Instant;
use crate::current::Owner;

/// What happened on one clock and its executor, step by step. Recorded between [`VirtualClock::start_trace`](crate::VirtualClock::start_trace) and
/// [`VirtualClock::take_trace`](crate::VirtualClock::take_trace).
///
/// A full trace, of [`VirtualClock::start_full_trace`](crate::VirtualClock::start_full_trace), also has each operation on the clock and on its
/// waits, which it numbers.
///
/// [`Display`](fmt::Display) writes a line for each event. [`to_json`](Trace::to_json) and [`to_svg`](Trace::to_svg) write the same for
/// programs and as a picture. Two traces are equal if their events are, with the names and places of the tasks; [`difference`](Trace::difference) says where they part.
///
/// # Examples
///
/// ```
/// use anytempo::Timer;
/// use anytempo_virtual::{Executor, VirtualClock};
/// use core::time::Duration;
///
/// let clock = VirtualClock::new();
/// let executor = Executor::new(&clock);
/// clock.start_trace();
/// executor.spawn_named("hour", clock.sleep(Duration::from_secs(3600)));
/// executor.run().unwrap();
///
/// let text = clock.take_trace().text();
/// let (spawned, rest) = text.split_once('\n').unwrap();
/// assert!(spawned.starts_with("0ns: task 1 \"hour\" is spawned at "));
/// assert_eq!(
///     rest,
///     "0ns: task 1 \"hour\" is woken\n\
///      0ns: task 1 \"hour\" is polled\n\
///      0ns: task 1 \"hour\" waits for 3600s\n\
///      3600s: a wait of task 1 \"hour\" for 3600s is over\n\
///      3600s: task 1 \"hour\" is woken\n\
///      3600s: task 1 \"hour\" is polled\n\
///      3600s: task 1 \"hour\" is over\n"
/// );
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Trace {
    events: Vec<Event>,
    /// The tasks that were spawned since it began, by number.
    names: Vec<Name>,
}

/// What is known of a task.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Name {
    number: u32,
    name: Option<String>,
    location: String,
}

/// One step of a [`Trace`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Event {
    pub(crate) at: Instant,
    pub(crate) owner: Owner,
    pub(crate) what: EventKind,
    /// The number of the wait, from 1.
    pub(crate) wait: u32,
}

/// What happened in an [`Event`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum EventKind {
    /// The task was spawned.
    Spawned,
    /// A poll of the task began.
    Polled,
    /// The task was woken, and was not in the queue already.
    Woken,
    /// The task is over: done, aborted, or dropped in a panic.
    Over,
    /// A wait was registered for this deadline.
    Armed(Instant),
    /// A wait was moved to this deadline, or disarmed. It is not registered before its next poll.
    Reset(Option<Instant>),
    /// A wait for this deadline was over, and its waker called.
    Fired(Instant),
    /// The clock was read. Only a full trace has this, and what follows.
    Read,
    /// A wait was made for this deadline. It is not registered before its first poll.
    Made(Option<Instant>),
    /// A wait was polled, was pending, and was registered already or had no deadline.
    Pending,
    /// A wait was polled, and its deadline is reached.
    Ready,
    /// A wait was dropped.
    Dropped,
}

impl Event {
    /// The time.
    #[must_use]
    pub fn at(&self) -> Instant {
        self.at
    }

    /// What happened.
    #[must_use]
    pub fn kind(&self) -> EventKind {
        self.what
    }

    /// The number of the task that it happened to, or whose wait it was. `None` for the main future, and for what is no task.
    #[must_use]
    pub fn task(&self) -> Option<u64> {
        let is_task = self.owner != Owner::NONE && self.owner != Owner::MAIN;
        is_task.then(|| self.owner.number().into())
    }

    /// The number of the wait, from 1, in the order in which they came first. Only a full trace has it, in events of waits.
    #[must_use]
    pub fn wait(&self) -> Option<u64> {
        (self.wait > 0).then(|| self.wait.into())
    }
}

impl Trace {
    pub(crate) fn push(&mut self, at: Instant, owner: Owner, what: EventKind) {
        self.push_wait(at, owner, what, 0);
    }

    pub(crate) fn push_wait(&mut self, at: Instant, owner: Owner, what: EventKind, wait: u32) {
        self.events.push(Event { at, owner, what, wait });
    }

    pub(crate) fn spawned(
        &mut self,
        at: Instant,
        owner: Owner,
        name: Option<&String>,
        location: &Location<'_>,
    ) {
        self.push(at, owner, EventKind::Spawned);
        let (name, location) = (name.cloned(), location.to_string());
        self.names.push(Name { number: owner.number(), name, location });
    }

    /// The name of a task, and where it was spawned.
    pub(crate) fn whole_name(&self, owner: Owner) -> String {
        match (owner, self.name(owner)) {
            (Owner::MAIN, _) => "the body".into(),
            (owner, Some(name)) => format!("{} (spawned at {})", self.label(owner), name.location),
            (owner, None) => self.label(owner),
        }
    }

    /// What happened, in its order.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The whole as text, a line for each event.
    #[must_use]
    pub fn text(&self) -> String {
        self.to_string()
    }

    /// Where another trace parts from this one: the number of the event from zero, and what is said of it in both.
    ///
    /// `None` if they are equal. A trace that ends earlier has an empty text.
    #[must_use]
    pub fn difference(&self, other: &Trace) -> Option<(usize, String, String)> {
        let is_same = |(one, it): &(&Event, &Event)| {
            one == it
                && (one.what != EventKind::Spawned || self.name(one.owner) == other.name(it.owner))
        };
        let same = self.events.iter().zip(&other.events).take_while(is_same).count();
        let is_same = same == self.events.len() && same == other.events.len();
        let say = |trace: &Trace| {
            trace.events.get(same).map_or_else(String::new, |event| trace.line(event))
        };
        (!is_same).then(|| (same, say(self), say(other)))
    }

    fn name(&self, owner: Owner) -> Option<&Name> {
        // Tasks have their numbers in the order of spawning.
        let place = self.names.binary_search_by_key(&owner.number(), |name| name.number).ok()?;
        self.names.get(place)
    }

    /// As in `task 1 "reader"`.
    fn label(&self, owner: Owner) -> String {
        match owner {
            Owner::NONE => "no task".into(),
            Owner::MAIN => "the main future".into(),
            owner => match self.name(owner).and_then(|name| name.name.as_deref()) {
                Some(name) => format!("task {} {name:?}", owner.number()),
                None => format!("task {}", owner.number()),
            },
        }
    }

    fn line(&self, event: &Event) -> String {
        let who = self.label(event.owner);
        let wait = match event.wait {
            0 => format!("a wait of {who}"),
            number => format!("wait {number} of {who}"),
        };
        let what = match event.what {
            EventKind::Spawned => {
                let place = self.name(event.owner).map_or("", |name| &name.location);
                format!("{who} is spawned at {place}")
            }
            EventKind::Polled => format!("{who} is polled"),
            EventKind::Woken => format!("{who} is woken"),
            EventKind::Over => format!("{who} is over"),
            EventKind::Armed(deadline) if event.wait > 0 => {
                format!("{wait} is armed for {deadline}")
            }
            EventKind::Armed(deadline) => format!("{who} waits for {deadline}"),
            EventKind::Reset(Some(deadline)) => format!("{wait} is reset to {deadline}"),
            EventKind::Reset(None) => format!("{wait} is disarmed"),
            EventKind::Fired(deadline) => format!("{wait} for {deadline} is over"),
            EventKind::Read => format!("{who} reads the clock"),
            EventKind::Made(Some(deadline)) => format!("{wait} is made for {deadline}"),
            EventKind::Made(None) => format!("{wait} is made without a deadline"),
            EventKind::Pending => format!("{wait} is pending"),
            EventKind::Ready => format!("{wait} is ready"),
            EventKind::Dropped => format!("{wait} is dropped"),
        };
        format!("{}: {what}", event.at)
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.events.iter().try_for_each(|event| writeln!(f, "{}", self.line(event)))
    }
}
