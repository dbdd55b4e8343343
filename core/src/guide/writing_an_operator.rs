#![doc = include_str!("writing_an_operator.md")]
