//! Which timer to take.
