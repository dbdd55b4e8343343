#![doc = include_str!("missed_ticks.md")]
