//! The files of the page, embedded as they are.

use axum::http::StatusCode;
use axum::response::Response;

use super::reply::{Refusal, Reply, typed};

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

macro_rules! files {
    ($($name:literal: $kind:expr,)*) => {
        [$(($name, $kind, include_str!(concat!("web/", $name)))),*]
    };
}

const INDEX: &str = include_str!("web/index.html");

/// Name, type and text of each, the page itself left out.
const FILES: &[(&str, &str, &str)] = &files![
    "icon.svg": SVG,
];

/// What stands in the page for its token.
const TOKEN: &str = "{token}";

/// The page, which carries the token of this run.
pub(super) fn index(token: &str) -> Response {
    typed(HTML, INDEX.replace(TOKEN, token))
}

/// A file of the page. Names are looked up, not opened.
pub(super) fn file(name: &str) -> Reply {
    let found = FILES.iter().find(|(known, _, _)| *known == name);
    match found {
        Some((_, kind, text)) => Ok(typed(kind, *text)),
        None => Err(Refusal::new(StatusCode::NOT_FOUND, "there is no such file")),
    }
}
