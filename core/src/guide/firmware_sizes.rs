#![doc = include_str!("firmware_sizes.md")]
