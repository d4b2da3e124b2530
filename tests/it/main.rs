//! Integration tests: they run the program as a user would, and need nothing but Rust. Those that need other tools are in
//! `tests/tools`.
//!
//! They send signals, run `sh` and compare file modes and the messages of Unix; `tests/all_platforms.rs` is for all platforms.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test may panic; that is how it fails")]

mod api;
mod backend;
mod harness;

mod cases;
mod catalogue;
mod check;
mod check_axum;
mod check_reports;
mod check_silence;
mod delivery;
mod delivery_resume;
mod dialects;
mod emulate;
mod emulate_calls;
mod emulate_ends;
mod emulate_guard;
mod emulate_refusals;
mod endpoints;
mod endpoints_sent;
mod errors_files;
mod errors_input;
mod errors_network;
mod errors_streams;
mod explain;
mod explain_cases;
mod framing;
mod generated;
mod handshakes;
mod history;
mod history_import;
mod layers;
mod listen;
mod listen_answers;
mod listen_ends;
mod listen_exec;
mod listen_forward;
mod listen_output;
mod listen_passed;
mod listen_tls;
#[cfg(target_os = "linux")]
mod memory;
mod one_head;
mod own_profiles;
mod page_guard;
mod private_files;
mod profiles;
mod receiver;
mod redaction;
mod replay;
mod send;
mod send_answers;
mod send_requests;
mod sign;
mod sources_large;
mod store;
mod store_trouble;
mod streams_closed;
mod terminal;
mod trust;
mod upstream;
mod vectors;
mod verify;
mod verify_limits;
mod volume;
mod workflows;
