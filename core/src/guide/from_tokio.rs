// The examples need tokio, so they run elsewhere: in `tests/peers`.
#![cfg_attr(not(doctest), doc = include_str!("from_tokio.md"))]
