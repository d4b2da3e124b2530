//! Signatures as mathematics: a declarative [`Scheme`], and pure functions over it: [`sign`], [`verify`].
//!
//! A scheme is a row of `fixtures/schemes.json`. No provider is known in here, and the time is an argument.

mod detect;
mod diagnose;
mod evidence;
mod extract;
mod forge;
mod key;
mod message;
mod mistake;
mod read;
mod scheme;
mod sign;
mod snippet;
mod tamper;
mod verdict;
mod verify;
mod warn;
mod worked;

pub(crate) use detect::{among, detect, is_read};
pub(crate) use diagnose::{
    Case, Cause, Code, Diagnosis, Effort, OtherSecret, Part, diagnose, facts,
};
pub(crate) use evidence::{Evidence, evidence};
pub(crate) use extract::{Source, extract, is_path, is_source, is_source_or_path, last_key};
pub(crate) use forge::{Forgery, beside, forge, is_quoted_in};
pub(crate) use key::{Key, hmac_sha256_hex};
pub(crate) use mistake::{Mistake, mistakes};
pub(crate) use scheme::{Scheme, all, named, names};
pub(crate) use sign::{Attempt, sign, sign_as_it_stands};
pub(crate) use snippet::{Language, Parameter, parameters, snippet};
pub(crate) use tamper::{Tamper, tamper};
pub(crate) use verdict::{Check, Clock, Reason, Status, Verification};
pub(crate) use verify::{KeysOf, Setting, keys, verify, verify_any};
pub(crate) use warn::{Warning, secret_warnings, warnings};
pub(crate) use worked::{Worked, facts as scheme_facts, worked};
