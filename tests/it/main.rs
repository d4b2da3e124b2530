//! All integration tests, in one binary: they run the program as a user would.
#![allow(clippy::unwrap_used, reason = "a test may panic; that is how it fails")]

mod harness;

mod cases;
mod catalogue;
mod check;
mod check_reports;
mod ci;
mod clients;
mod dialects;
mod errors_files;
mod errors_input;
mod errors_network;
mod errors_streams;
mod explain;
mod generated;
mod handshakes;
mod history;
mod layers;
mod listen;
mod listen_answers;
mod listen_ends;
mod listen_exec;
mod listen_forward;
mod listen_output;
mod listen_tls;
mod own_profiles;
mod profiles;
mod receiver;
mod replay;
mod send;
mod send_answers;
mod send_requests;
mod sign;
mod store;
mod upstream;
mod vectors;
mod vendors;
mod verify;
mod zoo;
