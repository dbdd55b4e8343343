#![doc = include_str!("../../OPERATORS.md")]
