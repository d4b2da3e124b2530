//! The bench on which all checks of one audit work: the handler, the line to it, and what was learned so far.

use std::time::Duration;

use url::Url;

use super::Verdict;
use super::line::{Line, Reply};
use super::subject::{Draft, Signer, Subject, cannot_sign};
use crate::error::Result;
use crate::request::Request;
use crate::request::spelling::Style;
use crate::sender::FailureKind;

/// What is known of how the handler looks at signatures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Trust {
    /// Nothing yet, or that it verifies them.
    #[default]
    Verifies,
    /// It takes deliveries without any, and with any.
    Blind,
    /// It takes any, as long as there is one.
    Presence,
}

/// A delivery that the handler takes: what all others are made after.
#[derive(Clone)]
pub(crate) struct Model {
    pub(crate) event: String,
    /// The one spelling of its JSON that the handler takes, and in what words it is described.
    pub(crate) style: Option<(Style, &'static str)>,
    pub(crate) reply: Reply,
}

/// The bench.
pub(crate) struct Bench<'a> {
    pub(crate) subject: Subject,
    pub(crate) line: Line<'a>,
    /// The check that runs.
    pub(super) check: &'static str,
    drafts: usize,
    pub(crate) model: Option<Model>,
    /// Why no valid delivery is taken, if so.
    pub(crate) nothing: Option<String>,
    /// Whether a valid delivery got a response.
    pub(super) answered: bool,
    /// Whether the check that blames late responses is selected.
    pub(super) asks_for_time: bool,
    /// Answers to valid deliveries of single events.
    pub(crate) surveyed: Vec<(String, Reply)>,
    pub(crate) trust: Trust,
    /// What was refused, in words that follow `to`, and with what answer.
    pub(crate) refusals: Vec<(String, Reply)>,
    /// The answer to a delivery of another secret.
    pub(crate) forged: Option<Reply>,
    /// The answer to an unknown event.
    pub(crate) unknown: Option<Reply>,
    /// Whether the signed time is not looked at.
    pub(crate) ignores_time: bool,
    /// Where deliveries are redirected to.
    pub(crate) redirect: Option<String>,
    /// The longest time that a valid delivery took, and its event.
    pub(crate) slowest: Option<(Duration, String)>,
    /// Whether the handler answers no more, and since what.
    pub(crate) down: Option<String>,
    /// Whether the handler wanted to be left alone for longer than it was.
    pub(crate) limited: bool,
    told_of_limit: bool,
    /// Whether a bad delivery was left without an answer before.
    hangs: bool,
    /// Whether an answer held the signature that would have been right.
    pub(crate) quotes_signature: bool,
}

/// Most time that an answer to a bad delivery is waited for.
const PATIENCE: Duration = Duration::from_secs(5);
/// The same once one was waited for in vain.
const IMPATIENCE: Duration = Duration::from_secs(1);
/// How often, and how far apart, a handler is asked for that seems to be gone: somebody may start it again.
const ASKED: u32 = 10;
const APART: Duration = Duration::from_millis(200);

impl<'a> Bench<'a> {
    pub(super) fn new(subject: Subject, line: Line<'a>) -> Self {
        Self {
            subject,
            line,
            check: "",
            drafts: 0,
            model: None,
            nothing: None,
            answered: false,
            asks_for_time: false,
            surveyed: Vec::new(),
            trust: Trust::default(),
            refusals: Vec::new(),
            forged: None,
            unknown: None,
            ignores_time: false,
            redirect: None,
            slowest: None,
            down: None,
            limited: false,
            told_of_limit: false,
            hangs: false,
            quotes_signature: false,
        }
    }

    /// How long a bad delivery is waited for: longer than the valid ones took, and no longer than the provider does.
    pub(crate) fn patience(&self) -> Duration {
        let slowest = self
            .slowest
            .as_ref()
            .map_or(Duration::ZERO, |(slowest, _)| *slowest);
        let least = if self.hangs { IMPATIENCE } else { PATIENCE };
        least.max(slowest * 4).min(self.subject.limit)
    }

    /// A new delivery of an event.
    pub(crate) fn draft_of(&mut self, event: &str) -> Result<Draft> {
        self.drafts += 1;
        let mut draft = self.subject.draft(event, self.drafts)?;
        let style = self.model.as_ref().and_then(|model| model.style);
        draft.style = style.map(|(style, _)| style);
        Ok(draft)
    }

    /// A new delivery of the event that the handler takes.
    pub(crate) fn draft(&mut self) -> Result<Draft> {
        let event = self.event().to_owned();
        self.draft_of(&event)
    }

    /// The event that the handler takes, or the first that it should.
    pub(crate) fn event(&self) -> &str {
        let first = &self.subject.events[0];
        self.model.as_ref().map_or(first, |model| &model.event)
    }

    /// The request of a draft.
    ///
    /// # Errors
    /// Why it cannot be signed like this.
    pub(crate) fn request(
        &self,
        draft: &Draft,
        signer: Signer<'_>,
    ) -> std::result::Result<Request, String> {
        self.subject.request(draft, signer, self.check)
    }

    /// Signs a draft and sends it.
    pub(crate) async fn deliver(&mut self, draft: &Draft, signer: Signer<'_>) -> Result<Reply> {
        let request = self
            .request(draft, signer)
            .map_err(|why| cannot_sign(&why))?;
        Ok(self.send(&request).await)
    }

    /// Sends a valid delivery of an event, and takes note of how long it took.
    pub(crate) async fn deliver_event(&mut self, event: &str) -> Result<Reply> {
        let draft = self.draft_of(event)?;
        self.deliver_valid(&draft).await
    }

    /// Sends a valid delivery, and takes note of how long it took.
    pub(crate) async fn deliver_valid(&mut self, draft: &Draft) -> Result<Reply> {
        let request = self
            .request(draft, Signer::Right)
            .map_err(|why| cannot_sign(&why))?;
        let limit = self.subject.limit;
        let reply = self.send_within(&request, limit).await;
        self.answered |= !reply.is_silent();
        let took = reply.attempt.duration;
        // What never came took no time that says anything about the next.
        if !reply.is_silent()
            && !reply.is_limited()
            && self
                .slowest
                .as_ref()
                .is_none_or(|(slowest, _)| *slowest < took)
        {
            self.slowest = Some((took, draft.event.clone()));
        }
        Ok(reply)
    }

    /// Sends a request.
    pub(crate) async fn send(&mut self, request: &Request) -> Reply {
        let patience = self.patience();
        self.send_within(request, patience).await
    }

    async fn send_within(&mut self, request: &Request, patience: Duration) -> Reply {
        let url = self.subject.url.clone();
        let reply = self.line.send(request, &url, patience).await;
        self.limited |= reply.is_limited();
        if reply.is_silent() {
            self.see_whether_it_lives().await;
            self.hangs |= reply.failure() == Some(FailureKind::Timeout);
        }
        reply
    }

    /// Sends requests at once.
    pub(crate) async fn send_all(
        &mut self,
        requests: Vec<Request>,
        patience: Duration,
    ) -> Vec<Reply> {
        let url: Url = self.subject.url.clone();
        let replies = self.line.send_all(requests, &url, patience).await;
        if replies.iter().any(Reply::is_silent) {
            self.see_whether_it_lives().await;
        }
        replies
    }

    /// After silence: does the handler still take a valid delivery? Before it ever took one, nothing can be told.
    pub(crate) async fn see_whether_it_lives(&mut self) {
        if self.model.is_none() || self.down.is_some() {
            return;
        }
        for _ in 0..ASKED {
            let Ok(draft) = self.draft() else { return };
            let Ok(request) = self.request(&draft, Signer::Right) else {
                return;
            };
            let (url, patience) = (self.subject.url.clone(), self.patience());
            let reply = self.line.send(&request, &url, patience).await;
            match reply.failure() {
                None => return,
                Some(FailureKind::Timeout) => {
                    self.down = Some("it answers no more, not even to valid deliveries".to_owned());
                    return;
                }
                Some(_) => tokio::time::sleep(APART).await,
            }
        }
        self.down = Some("the server is gone: it takes no connections any more".to_owned());
    }

    /// What to say of a check whose deliveries met a rate limit: it is told once.
    pub(super) fn too_fast(&mut self) -> Verdict {
        let observed =
            "the handler limits the rate (429), also after it was left alone for a while";
        if std::mem::replace(&mut self.told_of_limit, true) {
            return Verdict::skip(observed);
        }
        Verdict::warn(
            observed,
            "Raise the limit while it is audited, or ask fewer checks at a time with `--only`: what was not answered was not checked.",
        )
    }

    /// Takes note of a refusal, for the checks that judge how it was said. `what` follows `to`. What brought the
    /// handler down, or met a rate limit, is none.
    pub(crate) fn refused(&mut self, what: &str, reply: Reply) {
        if self.down.is_some() || reply.is_limited() {
            return;
        }
        self.refusals.push((what.to_owned(), reply));
    }

    /// Why a check of signatures tells nothing, if the handler does not verify them.
    pub(crate) fn is_blind(&self) -> Option<String> {
        match self.trust {
            Trust::Verifies => None,
            Trust::Blind => Some(
                "the signature is not verified at all, see rejects-missing-signature".to_owned(),
            ),
            Trust::Presence => {
                Some("the handler takes any signature, see rejects-wrong-secret".to_owned())
            }
        }
    }
}
