//! The line to the handler: every request goes over it, is counted, and has a time limit; what comes back is kept.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use url::Url;

use crate::error::Result;
use crate::request::Request;
use crate::request::redact::Hidden;
use crate::secret::Secret;
use crate::sender::{Answer, Attempt, Client, Failure, FailureKind, Limits};
use crate::value::Span;

/// Largest part of an answer that is read, in bytes. Senders read less.
pub(crate) const MAX_ANSWER: usize = 1024 * 1024;
/// Largest part of an answer that is searched for what should not be in it, in bytes.
const MAX_KEPT: usize = 64 * 1024;
/// Longest time that is spent in all on waiting as a handler with a rate limit asks for.
const MAX_WAIT: Duration = Duration::from_secs(20);
/// Longest time that one request waits so.
const MAX_REST: Duration = Duration::from_secs(5);

/// An answer, or why there is none.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) attempt: Attempt,
    /// The start of its body on one line, without secrets.
    excerpt: String,
}

/// What is said of markup, whose first words tell nothing.
const PAGE: &str = "a page of markup";

/// What is kept of an answer.
pub(crate) struct Heard {
    pub(crate) status: u16,
    pub(crate) text: String,
}

/// The line to one handler.
pub(crate) struct Line<'a> {
    client: Arc<Client>,
    /// Texts that must not be shown.
    secrets: Hidden,
    sent: usize,
    waited: Duration,
    pub(crate) heard: Vec<Heard>,
    watch: Watch<'a>,
}

/// Hears of each request and what came of it.
pub(crate) type Watch<'a> = Box<dyn FnMut(&Request, &Attempt) + 'a>;

impl<'a> Line<'a> {
    /// Prepares a line.
    pub(crate) fn new(
        url: &Url,
        limits: Limits,
        secrets: &[Secret],
        watch: Watch<'a>,
    ) -> Result<Self> {
        let limits = Limits {
            // Each request has its own.
            timeout: None,
            max_answer: MAX_ANSWER,
            ..limits
        };
        let spelled = |secret: &Secret| {
            let text = secret.trimmed();
            let bare = text.strip_prefix("whsec_").map(str::to_owned);
            let hex = secret.whsec_bytes().map(hex::encode);
            [Some(text.to_owned()), bare, hex]
        };
        Ok(Self {
            client: Arc::new(Client::new(url, limits)?),
            secrets: Hidden::new(secrets.iter().flat_map(spelled).flatten()),
            sent: 0,
            waited: Duration::ZERO,
            heard: Vec::new(),
            watch,
        })
    }

    /// Requests that were sent so far.
    pub(crate) fn sent(&self) -> usize {
        self.sent
    }

    /// Whether a text holds a secret.
    pub(crate) fn holds_secret(&self, text: &str) -> bool {
        self.secrets.is_in(text)
    }

    /// Sends a request. A handler that limits the rate is waited for, within bounds.
    pub(crate) async fn send(&mut self, request: &Request, url: &Url, patience: Duration) -> Reply {
        let attempt = exchange(&self.client, request, url, patience).await;
        let mut reply = self.took_down(request, attempt);
        let mut rested = Duration::ZERO;
        while let Some(rest) = reply.asks_to_wait() {
            rested += rest;
            if rested > MAX_REST || self.waited + rest > MAX_WAIT {
                break;
            }
            self.waited += rest;
            tokio::time::sleep(rest).await;
            let attempt = exchange(&self.client, request, url, patience).await;
            reply = self.took_down(request, attempt);
        }
        reply
    }

    /// Sends requests at once.
    pub(crate) async fn send_all(
        &mut self,
        requests: Vec<Request>,
        url: &Url,
        patience: Duration,
    ) -> Vec<Reply> {
        let mut running = JoinSet::new();
        for request in requests {
            let (client, url) = (Arc::clone(&self.client), url.clone());
            running.spawn(async move {
                let attempt = exchange(&client, &request, &url, patience).await;
                (request, attempt)
            });
        }
        let all = running.join_all().await.into_iter();
        all.map(|(request, attempt)| self.took_down(&request, attempt))
            .collect()
    }

    fn took_down(&mut self, request: &Request, mut attempt: Attempt) -> Reply {
        self.sent += 1;
        (self.watch)(request, &attempt);
        let mut excerpt = String::new();
        if let Ok(answer) = &mut attempt.result {
            let kept = &answer.body[..answer.body.len().min(MAX_KEPT)];
            let text = String::from_utf8_lossy(kept).into_owned();
            excerpt = self.excerpt(&text);
            // What is kept of many answers is small.
            answer.body = bytes::Bytes::copy_from_slice(kept);
            self.heard.push(Heard {
                status: answer.status,
                text,
            });
        }
        Reply { attempt, excerpt }
    }

    /// The first words of a body, on one line.
    fn excerpt(&self, text: &str) -> String {
        const MAX: usize = 80;
        if text.trim_start().starts_with('<') {
            return String::from(PAGE);
        }
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let text = self.secrets.out_of(text);
        match text.char_indices().nth(MAX) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text,
        }
    }
}

async fn exchange(client: &Client, request: &Request, url: &Url, patience: Duration) -> Attempt {
    let start = Instant::now();
    let sending = client.send_exactly(request, url, 1);
    match tokio::time::timeout(patience, sending).await {
        Ok(attempt) => attempt,
        Err(_) => Attempt {
            number: 1,
            result: Err(Failure {
                kind: FailureKind::Timeout,
                message: format!("no whole answer within {}", Span(patience)),
            }),
            duration: start.elapsed(),
        },
    }
}

impl Reply {
    pub(crate) fn status(&self) -> Option<u16> {
        self.attempt.status()
    }

    pub(crate) fn answer(&self) -> Option<&Answer> {
        self.attempt.result.as_ref().ok()
    }

    /// Whether the handler took the delivery.
    pub(crate) fn took(&self) -> bool {
        self.status()
            .is_some_and(|status| (200..300).contains(&status))
    }

    /// Whether it refused it, and knew what it did.
    pub(crate) fn turned_away(&self) -> bool {
        self.status()
            .is_some_and(|status| (400..500).contains(&status))
    }

    /// Whether it failed at it.
    pub(crate) fn failed(&self) -> bool {
        self.status().is_some_and(|status| status >= 500)
    }

    /// Whether no answer came.
    pub(crate) fn is_silent(&self) -> bool {
        self.attempt.result.is_err()
    }

    /// Why no answer came, if none did.
    pub(crate) fn failure(&self) -> Option<FailureKind> {
        self.attempt
            .result
            .as_ref()
            .err()
            .map(|failure| failure.kind)
    }

    pub(crate) fn is_limited(&self) -> bool {
        self.status() == Some(429)
    }

    /// How long a handler with a rate limit wants to be left alone.
    fn asks_to_wait(&self) -> Option<Duration> {
        let answer = self.answer().filter(|answer| answer.status == 429)?;
        let after = answer.headers.text("retry-after");
        let seconds = after.and_then(|after| after.trim().parse().ok());
        Some(Duration::from_secs(seconds.unwrap_or(1).max(1)))
    }

    /// Whether two answers are the same to whoever reads them.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        let body = |reply: &Self| reply.answer().map(|answer| answer.body.clone());
        self.status() == other.status() && body(self) == body(other)
    }

    /// What came back, in few words: `401 "Invalid signature"`.
    pub(crate) fn words(&self) -> String {
        match &self.attempt.result {
            Ok(answer) if self.excerpt.is_empty() => answer.status.to_string(),
            Ok(answer) if self.excerpt == PAGE => format!("{} ({PAGE})", answer.status),
            Ok(answer) => format!("{} \"{}\"", answer.status, self.excerpt),
            Err(failure) => failure.message.clone(),
        }
    }

    /// The status, or why there is none.
    pub(crate) fn short(&self) -> String {
        match &self.attempt.result {
            Ok(answer) => answer.status.to_string(),
            Err(failure) => failure.message.clone(),
        }
    }
}

/// A measured time in few words.
pub(crate) fn took(duration: Duration) -> String {
    match duration.as_millis() {
        0..1_000 => format!("{} ms", duration.as_millis().max(1)),
        _ => format!("{:.1} s", duration.as_secs_f64()),
    }
}
