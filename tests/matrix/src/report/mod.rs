//! One HTML page of what the other commands have measured.
//!
//! [`Source::read`] reads a file of theirs, and [`page`] makes the page of several. The page needs no network and no other file.
//! Its plots are drawn here, so it shows all it has without a script; the script in it only filters.

mod bench;
mod costs;
mod firmware;
mod marbles;
mod matrix;
mod numbers;
mod page;
mod plot;
mod source;

pub use page::page;
pub use source::{NotASource, Source};
