//! Providers as data: profiles, the catalogue of their events, payloads, and which provider a request is from.

pub(crate) mod api;
mod api_check;
pub(crate) mod catalogue;
mod check;
pub(crate) mod compose;
mod detect;
pub(crate) mod edits;
pub(crate) mod fields;
pub(crate) mod fresh;
pub(crate) mod local;
mod pattern;
pub(crate) mod payload;
pub(crate) mod profile;
pub(crate) mod template;

pub(crate) use catalogue::{Catalogue, Provider};
pub(crate) use detect::Detector;
pub(crate) use pattern::{FreshText, Run};
pub(crate) use profile::{Event, Fact, Origin, Profile};
