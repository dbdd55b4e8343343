//! Guides: pages of documentation, and no code.

pub mod choosing_a_timer;
