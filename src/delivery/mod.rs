//! Deliveries that last: endpoints and their rules, what is sent to them, and the engine that attempts it again.
//!
//! Commands and the emulator go the same way: make an [`Endpoint`] and ask [`rules`] what its provider says of it; make
//! an [`Event`] and address it with [`Event::to_endpoint`]; put it into the queue with [`outgoing::submit`], which anybody with an
//! open history may do; let an [`Engine`] go on with it. `Engine::run` attempts what was submitted to that engine,
//! `Engine::resume` what has no owner; with `stays` it does so until it is told to stop, and rings of
//! `Engine::bell` wake it.

mod engine;
mod flight;
mod judge;
pub(crate) mod outgoing;
mod plan;
mod policy;
pub(crate) mod rules;
pub(crate) mod volume;

pub(crate) use crate::store::Endpoint;
pub(crate) use engine::{Course, Engine, Happened, News, Stop, Timeline, reach};
pub(crate) use flight::logged;
pub(crate) use judge::{Expectation, Verdict, is_success};
pub(crate) use outgoing::{Event, Outgoing, mapped, message_id, sends_id};
pub(crate) use plan::{Plan, SigningTime, Style};
pub(crate) use policy::{Policy, Speed, retry_after};
