//! Every public function and method of the core, and of what hands it to drivers, in use.

mod delay;
mod futures;
mod generate;
mod instants;
mod operators;
mod protocol;
mod scope;
mod streams;

pub(crate) use delay::use_delay;
pub(crate) use futures::use_futures;
pub(crate) use generate::use_generate;
pub(crate) use instants::{use_instants, use_slack};
pub(crate) use operators::use_operators;
pub(crate) use protocol::use_protocol;
pub(crate) use scope::use_scope;
pub(crate) use streams::use_streams;
