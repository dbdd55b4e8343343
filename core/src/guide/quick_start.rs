// The examples need the adapters, so they run elsewhere: in `tests/matrix`.
#![cfg_attr(not(doctest), doc = include_str!("quick_start.md"))]
