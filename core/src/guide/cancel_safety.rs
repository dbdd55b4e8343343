#![doc = include_str!("cancel_safety.md")]
