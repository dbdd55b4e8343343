// The examples need embassy, so they run elsewhere: in `tests/matrix`.
#![cfg_attr(not(doctest), doc = include_str!("from_embassy_time.md"))]
