// The examples need the other crates, so they run elsewhere: in `tests/peers`.
#![cfg_attr(not(doctest), doc = include_str!("../../USE_WITH.md"))]
