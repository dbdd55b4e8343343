//! Turns what callgrind counted into one table, one JSON file and one verdict.

mod allocations;
mod figure;
mod json;
mod measured;
mod sizes;
mod table;

pub use allocations::Counting;
pub use figure::{Figure, Verdict, figures};
pub use json::write as write_json;
pub use measured::Measured;
pub use sizes::{Size, sizes};
pub use table::{print_figures, print_missed_goals, print_sizes};
