// The examples need the conformance suite, so they run elsewhere: in `tests/peers`.
#![cfg_attr(not(doctest), doc = include_str!("writing_an_adapter.md"))]
