// The examples need futures-time, so they run elsewhere: in `tests/peers`.
#![cfg_attr(not(doctest), doc = include_str!("from_futures_time.md"))]
