//! Guides: pages of documentation, and no code.
//!
//! | if you | read |
//! |---|---|
//! | begin | [How do I start?](quick_start) |
//! | come from another crate | [`tokio::time`](from_tokio), [futures-time](from_futures_time), [`embassy_time`](from_embassy_time) |
//! | write a library | [Which timer do I take?](choosing_a_timer) |
//! | tick | [What happens to missed ticks?](missed_ticks) |
//! | use `select!`, timeouts or aborts | [What is lost when a future is dropped?](cancel_safety) |
//! | end a program or a connection | [How do I shut down?](graceful_shutdown) |
//! | test | [How do I test code with timers?](testing) |
//! | count bytes | [What does time cost in a firmware?](firmware_sizes) |
//! | miss an operator | [Which operator?](operators), [How do I write an operator?](writing_an_operator) |
//! | have a runtime of your own | [How do I write an adapter?](writing_an_adapter) |
//! | use other crates | [Use it with](use_with) backon, governor, `CancellationToken`, `select!`, opentelemetry and others |

pub mod cancel_safety;
pub mod choosing_a_timer;
pub mod firmware_sizes;
pub mod from_embassy_time;
pub mod from_futures_time;
pub mod from_tokio;
pub mod graceful_shutdown;
pub mod missed_ticks;
pub mod operators;
pub mod quick_start;
pub mod testing;
pub mod use_with;
pub mod writing_an_adapter;
pub mod writing_an_operator;
