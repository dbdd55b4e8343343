//! What time costs: the same work on every runtime, with the combinators and by hand.
//!
//! Each measurement has a process of its own, so that its CPU time and its memory are of that work alone: whoever runs
//! [`Settings::run`] is a program that does [`be_child`] when it is told [`CHILD`].

mod book;
mod child;
mod ground;
mod interrupt;
mod job;
mod lines;
mod load;
mod plan;
mod process;
mod row;
mod sample;
mod spread;

pub use child::{CHILD, be_child};
pub(crate) use ground::Ground;
pub use interrupt::Interrupt;
pub use job::{Form, Job, Work};
pub use lines::{LinesRow, Times};
pub(crate) use load::measure;
pub use plan::{Failure, Interrupted, Measured, Part, Settings, Watch};
pub use row::{CrowdRow, MemoryRow, Pair, PeriodRow};
pub use sample::{Crowd, Lateness, Memory, Period, Sample};
pub use spread::Spread;
