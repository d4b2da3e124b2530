//! Deliveries that last: endpoints and their rules, what is sent to them, and the engine that attempts it again.
//!
//! Commands and the emulator use the same path: make an [`Endpoint`], ask `rules` what its provider says of it, compose
//! a delivery for it, put it into the queue, and let the engine go on until it is decided.

pub(crate) mod rules;

pub(crate) use crate::store::Endpoint;
