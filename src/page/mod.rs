//! The live page of `listen`: what arrives, as it arrives, and what can be done with it. A server of its own on
//! loopback, so that a tunnel to the receiver never shows it. It never slows the receiver: a page that lags reads from
//! the history what it missed.
//!
//! The page is plain HTML, CSS and ES modules under `web`, embedded as they are. It lives on this API (JSON, but where
//! it says otherwise):
//!
//! ```text
//! GET    /                          the page, with the token of this run
//! GET    /api/session               addresses, history, filter, policy, what can be done here
//! GET    /api/events?q=             event stream: hello, rows, behind, removed, pinned, policy, bye
//! GET    /api/captures?q=&before=&limit=   rows, the newest first, and where to go on
//! GET    /api/captures/ID           one capture: what is known of it, headers, answer, forwards
//! GET    /api/captures/ID/body      the bytes of its body
//! GET    /api/captures/ID/signature the verification of `verify`, and what was signed
//! GET    /api/captures/ID/attempts  captures of the same delivery, and replays
//! GET    /api/captures/ID/as?form=curl|powershell|cmd|http   the request in another form (text)
//! GET    /api/compare?a=&b=         what differs between two captures
//! GET    /api/export?format=&ids=|q=   a file: ndjson, har, http, curl
//! GET    /api/catalogue             providers and events
//! GET    /api/snippet?scheme=&lang= code that verifies (text)
//! GET    /api/policy                what is answered
//! PUT    /api/policy                answers that from now on
//! PUT    /api/captures/ID/pin       pins, or with `{"pinned": false}` lets go
//! DELETE /api/captures/ID           deletes
//! POST   /api/replay                sends a capture again, with edits; lines of `replay --json`
//! POST   /api/send                  sends an event; lines of `send --json`
//! POST   /api/check                 checks a handler; lines of `check --json`
//! ```
//!
//! `reveal=1` shows credentials. It needs the token of the page (`x-hookctl-token`), as does all but GET. Requests
//! whose `Host` or `Origin` is not that of the page are refused. An error is `{"error", "hints"}`.

mod act;
mod args;
mod assets;
mod board;
mod check;
mod detail;
mod guard;
mod list;
mod listen;
mod policy;
mod reply;
mod row;
mod server;
mod shelf;
mod signature;
mod state;
mod stream;
mod words;

pub(crate) use args::{PageArgs, open};
pub(crate) use board::{Board, Tap};
pub(crate) use listen::bind;
pub(crate) use server::serve;
pub(crate) use state::{Facts, Page};
