//! Integration tests that need what Rust does not bring: Node.js with npm, Python with venv and pip, Chromium, curl. They
//! are no part of `cargo test`; `tests/all` runs them, and so does `cargo test --test tools`. Like `tests/it`, they are for
//! Unix.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test may panic; that is how it fails")]

#[allow(dead_code, reason = "the other suite uses the rest")]
#[path = "../it/api.rs"]
mod api;
#[path = "../it/explain_cases.rs"]
mod explain_cases;
#[allow(dead_code, reason = "the other suite uses the rest")]
#[path = "../it/harness.rs"]
mod harness;

mod ci;
mod clients;
mod curl;
mod emulate;
mod explain;
mod page;
mod retries;
mod vendors;
mod zoo;
