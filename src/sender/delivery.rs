//! A delivery: one message to one URL, which keeps its id over its attempts.

use url::Url;

use super::Reach;
use crate::request::{Header, Request};
use crate::signature::{self, Key, Scheme, Tamper};

/// How the attempts of a delivery are signed.
#[derive(Clone)]
pub(crate) struct Signing {
    pub(crate) scheme: &'static Scheme,
    /// `None` leaves the delivery unsigned.
    pub(crate) key: Option<Key>,
    /// Text before the digest, where the sender departs from the scheme's own.
    pub(crate) prefix: Option<String>,
}

/// One message to one URL.
#[derive(Clone)]
pub(crate) struct Delivery {
    pub(crate) provider: Option<String>,
    pub(crate) event: Option<String>,
    pub(crate) id: String,
    /// Whether the request carries the id; some providers send none.
    pub(crate) sends_id: bool,
    /// Without credentials.
    pub(crate) url: Url,
    /// Where the attempts may go.
    pub(crate) reach: Reach,
    /// The request but for signature, host and length; whole if it is to be sent as it is.
    pub(crate) request: Request,
    /// `None` for a request that is sent as it is.
    pub(crate) signing: Option<Signing>,
    /// Headers that the user adds or puts in place of others.
    pub(crate) headers: Vec<Header>,
    pub(crate) tamper: Option<Tamper>,
    /// Write header names in lower case, which is what an HTTP library makes of them.
    pub(crate) lower_case: bool,
}

impl Delivery {
    /// The id that the receiver sees.
    pub(crate) fn sent_id(&self) -> Option<&str> {
        Some(&*self.id).filter(|id| self.sends_id && !id.is_empty())
    }

    /// What was broken on purpose, if the signature lets a receiver see that.
    pub(crate) fn broken(&self) -> Option<&'static str> {
        let signing = self
            .signing
            .as_ref()
            .filter(|signing| signing.key.is_some());
        signing.and(self.tamper).map(word)
    }

    /// The request of one attempt, signed at a time in unix seconds.
    ///
    /// # Errors
    /// Why the wanted fault cannot be made.
    pub(crate) fn attempt(&self, timestamp: i64) -> Result<Request, String> {
        self.attempt_of(&self.id, self.request.clone(), timestamp)
    }

    /// As [`Self::attempt`], of a delivery that differs from this one in its id and its request.
    ///
    /// # Errors
    /// Why the wanted fault cannot be made.
    pub(crate) fn attempt_of(
        &self,
        id: &str,
        mut request: Request,
        timestamp: i64,
    ) -> Result<Request, String> {
        if let Some(signing) = &self.signing {
            self.sign(signing, id, &mut request, timestamp)?;
            if let Some(what) = self.tamper {
                let nothing =
                    what == Tamper::Secret && (signing.key.is_none() || !signing.scheme.signs());
                let problem = if nothing {
                    Err("it is not signed".to_owned())
                } else {
                    Ok(())
                };
                problem
                    .and_then(|()| signature::tamper(signing.scheme, &mut request, what))
                    .map_err(|why| {
                        format!(
                            "cannot tamper with the {} of this delivery: {why}",
                            word(what)
                        )
                    })?;
            }
            self.add_headers(&mut request);
        }
        if self.lower_case {
            request
                .headers
                .iter_mut()
                .for_each(|header| header.name.make_ascii_lowercase());
        }
        Ok(request)
    }

    fn sign(
        &self,
        signing: &Signing,
        id: &str,
        request: &mut Request,
        timestamp: i64,
    ) -> Result<(), String> {
        let Some(key) = &signing.key else {
            return Ok(());
        };
        let attempt = signature::Attempt {
            id,
            timestamp,
            url: self.url.as_str(),
            prefix: signing.prefix.as_deref(),
        };
        signature::sign(signing.scheme, key, request, attempt)
    }

    /// Adds the user's headers, the length and the host. A name that the user gives takes the place of ours.
    fn add_headers(&self, request: &mut Request) {
        for header in &self.headers {
            request.headers.remove(&header.name);
        }
        for header in &self.headers {
            request
                .headers
                .push(header.name.clone(), header.value.clone());
        }
        if !request.headers.contains("host") {
            request.headers.insert_first("host", authority(&self.url));
        }
        let expects_body = !matches!(&*request.method, "GET" | "HEAD" | "DELETE");
        let is_framed = |name| request.headers.contains(name);
        if !is_framed("content-length")
            && !is_framed("transfer-encoding")
            && (expects_body || !request.body.is_empty())
        {
            request
                .headers
                .push("content-length", request.body.len().to_string());
        }
        // A fault may have changed the body, and a stored request may say anything.
        request.reframe();
    }
}

fn word(what: Tamper) -> &'static str {
    match what {
        Tamper::Body => "body",
        Tamper::Signature => "signature",
        Tamper::Timestamp => "timestamp",
        Tamper::Id => "id",
        Tamper::Secret => "secret",
        Tamper::Headers => "signature headers",
    }
}

/// Host and port of a URL, as the Host header has them.
pub(crate) fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}
