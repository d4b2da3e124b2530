//! Deliveries that last: endpoints and their rules, what is sent to them, and the engine that attempts it again.
//!
//! Commands and the emulator use the same path: make an [`Endpoint`], ask `rules` what its provider says of it, compose
//! a delivery for it, put it into the queue, and let the engine go on until it is decided.

mod engine;
mod flight;
mod judge;
mod plan;
mod policy;
pub(crate) mod rules;

pub(crate) use crate::store::Endpoint;
pub(crate) use engine::{Course, Engine, Happened, News, Stop, Timeline, Until, submit};
pub(crate) use judge::{Expectation, Verdict, is_success};
pub(crate) use plan::{Outgoing, Plan, SigningTime, Style, basic_header};
pub(crate) use policy::{Policy, Speed};
