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
    "actions.js": JS,
    "answer.js": JS,
    "api.js": JS,
    "attempts.js": JS,
    "base.css": CSS,
    "body.js": JS,
    "check.js": JS,
    "code.js": JS,
    "commands.js": JS,
    "compare.js": JS,
    "detail.css": CSS,
    "detail.js": JS,
    "dom.js": JS,
    "format.js": JS,
    "forms.css": CSS,
    "headers.js": JS,
    "help.js": JS,
    "hex.js": JS,
    "icon.svg": SVG,
    "json.js": JS,
    "keys.js": JS,
    "lines.js": JS,
    "list.css": CSS,
    "list.js": JS,
    "main.js": JS,
    "model.js": JS,
    "policy.js": JS,
    "pretty.js": JS,
    "raw.js": JS,
    "replay.js": JS,
    "results.js": JS,
    "send.js": JS,
    "signature.js": JS,
    "targets.js": JS,
    "text.js": JS,
    "tree.js": JS,
    "virtual.js": JS,
    "welcome.js": JS,
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
