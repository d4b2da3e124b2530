//! Sending: reqwest for what we compose, the exact writer for what is replayed byte for byte.

use std::error::Error as StdError;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::BytesMut;
use url::Url;

use super::reach::{OutOfReach, Reach};
use super::tls::{self, Roots, Trust};
use super::wire::{ExactLine, ExactLines};
use super::{Answer, Attempt, Failure, FailureKind};
use crate::error::{Error, Result, chain};
use crate::request::{Headers, Request};

/// How to send.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    /// For the whole attempt; none waits for ever.
    pub(crate) timeout: Option<Duration>,
    /// Accept any certificate.
    pub(crate) insecure: bool,
    /// Accept certificates that these stand for, in place of the system's.
    pub(crate) roots: Option<Roots>,
    /// Most bytes of an answer's body that are kept.
    pub(crate) max_answer: usize,
    /// Where the requests may go.
    pub(crate) reach: Reach,
    /// Whether a request may be sent whose framing is not that of its body.
    pub(crate) any_framing: bool,
}

/// Sends requests to one URL.
pub(crate) struct Client {
    reqwest: reqwest::Client,
    tls: rustls::ClientConfig,
    limits: Limits,
    lines: ExactLines,
}

impl Client {
    /// Prepares to send to a URL. The system's certificates are loaded for https alone.
    pub(crate) fn new(url: &Url, limits: Limits) -> Result<Self> {
        let cannot = || Error::machine("cannot prepare to send");
        let tls = tls::config(trust(url, &limits)).map_err(|error| cannot().because(error))?;
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls.clone())
            .http1_only()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            // A connection that was used before may be closed by now, and an attempt must not fail for that.
            .pool_max_idle_per_host(0)
            .no_proxy();
        if let Some(host) = url.host_str().filter(|host| host.ends_with(".localhost")) {
            // Browsers take such names for this machine (RFC 6761, 6.3); many system resolvers do not know them.
            let here = [
                SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
                SocketAddr::from((Ipv6Addr::LOCALHOST, 0)),
            ];
            builder = builder.resolve_to_addrs(host, &here);
        }
        if limits.reach != Reach::Anywhere {
            builder = builder.dns_resolver(Arc::new(limits.reach));
        }
        let reqwest = builder.build().map_err(|error| cannot().because(error))?;
        Ok(Self {
            reqwest,
            tls,
            limits,
            lines: ExactLines::default(),
        })
    }

    /// Sends a request, with its header names in lower case as HTTP/2 has them.
    pub(crate) async fn send(&self, request: &Request, url: &Url, number: u32) -> Attempt {
        self.timed(number, self.compose(request, url)).await
    }

    /// Sends a request as it is written: request line, order and spelling of the headers, body. Connections are
    /// kept for the requests that follow.
    pub(crate) async fn send_exactly(&self, request: &Request, url: &Url, number: u32) -> Attempt {
        self.timed(number, self.exchange(request, url)).await
    }

    async fn exchange(&self, request: &Request, url: &Url) -> std::result::Result<Answer, Failure> {
        if !self.limits.any_framing {
            check_framing(request)?;
        }
        if let Some(line) = self.lines.take() {
            match self.over(line, request).await {
                // Not a word came back, so the server had closed it while it was idle: it has not seen the request.
                Err((_, false)) => {}
                result => return result.map_err(|(failure, _)| failure),
            }
        }
        let line = ExactLine::connect(url, &self.tls, self.limits.reach).await?;
        self.over(line, request)
            .await
            .map_err(|(failure, _)| failure)
    }

    /// Sends a request over a connection, and keeps that if it can be used again. A failure comes with whether
    /// anything was answered.
    async fn over(
        &self,
        mut line: ExactLine,
        request: &Request,
    ) -> std::result::Result<Answer, (Failure, bool)> {
        match line.converse(request, self.limits.max_answer).await {
            Ok(answer) => {
                if line.is_free_after(request, &answer) {
                    self.lines.keep(line);
                }
                Ok(answer)
            }
            Err(failure) => Err((failure, line.is_answered())),
        }
    }

    async fn timed(
        &self,
        number: u32,
        exchange: impl Future<Output = std::result::Result<Answer, Failure>>,
    ) -> Attempt {
        let start = Instant::now();
        let result = match self.limits.timeout {
            Some(limit) => tokio::time::timeout(limit, exchange)
                .await
                .unwrap_or_else(|_| Err(Failure::timeout(limit))),
            None => exchange.await,
        };
        Attempt {
            number,
            result,
            duration: start.elapsed(),
        }
    }

    async fn compose(&self, request: &Request, url: &Url) -> std::result::Result<Answer, Failure> {
        let url = with_target(url, &request.target);
        let reach = self.limits.reach;
        reach
            .check_literal(&url)
            .map_err(|error| classify(&error))?;
        let method = reqwest::Method::from_bytes(request.method.as_bytes())
            .map_err(|error| classify(&error))?;
        let mut builder = self.reqwest.request(method, url).body(request.body.clone());
        for header in request.headers.iter() {
            builder = builder.header(&header.name, &*header.value);
        }
        let mut response = builder.send().await.map_err(|error| classify(&error))?;
        let status = response.status().as_u16();
        let headers: Headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()))
            .collect();
        let (mut body, mut truncated) = (BytesMut::new(), false);
        while let Some(chunk) = response.chunk().await.map_err(|error| classify(&error))? {
            if body.len() + chunk.len() > self.limits.max_answer {
                body.extend_from_slice(&chunk[..self.limits.max_answer - body.len()]);
                truncated = true;
                break;
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer {
            status,
            headers,
            body: body.freeze(),
            truncated,
            extensions: hyper::http::Extensions::new(),
        })
    }
}

/// A body without its length, or with another one, would be the next request to the server.
pub(super) fn check_framing(request: &Request) -> std::result::Result<(), Failure> {
    if request.is_framed() {
        return Ok(());
    }
    Err(Failure {
        kind: FailureKind::Other,
        message: "its headers do not say where its body ends".to_owned(),
    })
}

/// Whom to trust at a URL.
pub(super) fn trust(url: &Url, limits: &Limits) -> Trust {
    match (url.scheme(), &limits.roots) {
        ("https", _) if limits.insecure => Trust::Everybody,
        ("https", Some(roots)) => Trust::These(roots.clone()),
        ("https", None) => Trust::System,
        _ => Trust::Nobody,
    }
}

/// The URL with a request's own target. Of a target in absolute form, path and query count.
fn with_target(url: &Url, target: &str) -> Url {
    let absolute = Url::parse(target).ok().filter(|_| target.contains("://"));
    let target = absolute.map_or_else(
        || target.to_owned(),
        |absolute| crate::provider::compose::target(&absolute),
    );
    let (path, query) = target
        .split_once('?')
        .map_or((&*target, None), |(path, query)| (path, Some(query)));
    let mut url = url.clone();
    url.set_path(path);
    url.set_query(query);
    url
}

/// Says in one line why no answer came.
pub(super) fn classify(error: &(dyn StdError + 'static)) -> Failure {
    let mut next = Some(error);
    let (mut kind, mut message) = (FailureKind::Other, None);
    let mut spoke_first = false;
    while let Some(cause) = next {
        let text = cause.to_string();
        next = cause.source();
        if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
            return Failure {
                kind: FailureKind::Tls,
                message: format!("TLS failed: {tls}"),
            };
        }
        if let Some(out) = cause.downcast_ref::<OutOfReach>() {
            return Failure {
                kind: FailureKind::OutOfReach,
                message: out.to_string(),
            };
        }
        if let Some(io) = cause.downcast_ref::<io::Error>() {
            match io.kind() {
                io::ErrorKind::ConnectionRefused => kind = FailureKind::Refused,
                io::ErrorKind::ConnectionReset
                | io::ErrorKind::ConnectionAborted
                | io::ErrorKind::BrokenPipe
                | io::ErrorKind::UnexpectedEof => kind = FailureKind::Closed,
                _ => {}
            }
            // Its source is that of the error inside, which would be passed over.
            if let Some(inner) = io.get_ref() {
                next = Some(inner);
            }
        }
        if let Some(hyper) = cause.downcast_ref::<hyper::Error>() {
            if hyper.is_incomplete_message() || hyper.is_closed() || hyper.is_canceled() {
                kind = FailureKind::Closed;
            } else if hyper.is_parse() {
                kind = FailureKind::NotHttp;
            }
        }
        if text.contains("unexpected message") {
            spoke_first = true;
        }
        if text.contains("dns error") || text.contains("failed to lookup") {
            kind = FailureKind::Unknown;
        }
        message = Some(text);
    }
    if spoke_first {
        return Failure::spoke_first();
    }
    let message = match kind {
        FailureKind::Refused => "connection refused".to_owned(),
        FailureKind::Closed => "the connection was closed before an answer came".to_owned(),
        FailureKind::Unknown => "the host name has no address".to_owned(),
        FailureKind::NotHttp => "the answer is no HTTP".to_owned(),
        _ => message.unwrap_or_else(|| chain(error)),
    };
    Failure { kind, message }
}
