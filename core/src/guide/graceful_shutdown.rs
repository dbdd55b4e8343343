// The examples need tokio-util, so they run elsewhere: in `tests/peers`.
#![cfg_attr(not(doctest), doc = include_str!("graceful_shutdown.md"))]
