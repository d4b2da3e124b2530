//! Who may ask the page's server: the page itself, in a browser on this machine. A name that leads here from elsewhere
//! (DNS rebinding) and pages of other origins are refused, and whatever changes something needs the page's token.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use subtle::ConstantTimeEq as _;

use super::reply::Refusal;

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
    /// Names of this server, as `Host` has them.
    hosts: Vec<String>,
    token: String,
}

impl Guard {
    pub(super) fn new(hosts: Vec<String>, token: String) -> Self {
        Self { hosts, token }
    }

    fn check(&self, request: &Request) -> Result<(), Refusal> {
        let headers = request.headers();
        let refuse = |why: &str| Err(Refusal::new(StatusCode::FORBIDDEN, why));
        if !text(headers, HOST.as_str()).is_some_and(|host| self.is_own(host)) {
            return refuse("this page is not there under that name: ask for localhost");
        }
        if let Some(origin) = headers.get(ORIGIN) {
            let host = origin
                .to_str()
                .ok()
                .and_then(|it| it.strip_prefix("http://"));
            if !host.is_some_and(|host| self.is_own(host)) {
                return refuse("this is not for pages of other origins");
            }
        }
        // A link may lead to the page, but nobody else's page gets at what it shows.
        let site = text(headers, "sec-fetch-site").unwrap_or("none");
        let is_document = !request.uri().path().starts_with("/api/");
        if !is_document && !matches!(site, "same-origin" | "none") {
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

    fn is_own(&self, host: &str) -> bool {
        self.hosts.iter().any(|own| own.eq_ignore_ascii_case(host))
    }

    fn has_token(&self, headers: &HeaderMap) -> bool {
        let given = text(headers, TOKEN).unwrap_or_default();
        given.as_bytes().ct_eq(self.token.as_bytes()).into()
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
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
