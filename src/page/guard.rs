//! Who may ask the page's server: the page itself, in a browser on this machine. A name that leads here from elsewhere
//! (DNS rebinding) and pages of other origins are refused, and whatever changes something needs the page's token.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use subtle::ConstantTimeEq as _;

use super::reply::Refusal;
use crate::receiver::{OwnNames, Stranger, is_same_site};

/// The header that carries the token.
const TOKEN: &str = "x-hookctl-token";

/// Headers of every answer. Nothing but the page's own files runs or is loaded, and no text becomes markup.
const HEADERS: [(&str, &str); 8] = [
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cache-control", "no-store"),
    (
        "permissions-policy",
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];

/// What a request must have to be answered.
pub(super) struct Guard {
    names: OwnNames,
    token: String,
}

impl Guard {
    pub(super) fn new(names: OwnNames, token: String) -> Self {
        Self { names, token }
    }

    fn check(&self, request: &Request) -> Result<(), Refusal> {
        let headers = request.headers();
        let refuse = |why: &str| Err(Refusal::new(StatusCode::FORBIDDEN, why));
        match self.names.check(headers) {
            Ok(()) => {}
            Err(Stranger::Host) => {
                return refuse("this page is not there under that name: ask for localhost");
            }
            Err(Stranger::Page) => return refuse("this is not for pages of other origins"),
        }
        // A link may lead to the page, but nobody else's page gets at what it shows.
        let is_document = !request.uri().path().starts_with("/api/");
        if !is_document && !is_same_site(headers) {
            return refuse("this is not for pages of other origins");
        }
        let is_safe = matches!(*request.method(), Method::GET | Method::HEAD);
        let reveals = super::server::parameter(request.uri(), "reveal").is_some();
        if (!is_safe || reveals) && !self.has_token(headers) {
            return refuse(
                "the token of the page is missing or of another run: load the page again",
            );
        }
        Ok(())
    }

    fn has_token(&self, headers: &HeaderMap) -> bool {
        let given = headers.get(TOKEN).map_or(&b""[..], HeaderValue::as_bytes);
        given.ct_eq(self.token.as_bytes()).into()
    }
}

/// Lets a request pass, or answers it.
pub(super) async fn guard(
    State(guard): State<Arc<Guard>>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = match guard.check(&request) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    };
    for (name, value) in HEADERS {
        let value = HeaderValue::from_static(value);
        response
            .headers_mut()
            .insert(HeaderName::from_static(name), value);
    }
    response
}
