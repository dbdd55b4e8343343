//! Which types are `Send`, `Sync` and `Unpin`, pinned when this compiles: a type that loses one of them breaks its users,
//! and one that gains one can never lose it again.
//!
//! The types of `anytempo-virtual` that are all three are pinned there.
#![allow(
    dead_code,
    reason = "older compilers do not see what is used in a constant without a name"
)]

#[macro_use]
mod is;
mod nameless;
mod operators;
mod parts;
mod table;
