//! `listen --forward`: joins the receiver to the sender. Each target gets the requests one after the other, in the
//! order in which they came; the sender of a request gets the first target's answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use clap::Args;
use hyper::StatusCode;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;
use url::Url;

use super::desk::Desk;
use super::options::{header, roots, span};
use super::outgoing::add_basic;
use super::target::{Target, TargetParser};
use crate::delivery::rules::is_loopback;
use crate::error::{Error, Result};
use crate::receiver::{Answer, Forward, Forwarded, Later, Pass};
use crate::request::{Header, Headers, Request, redact};
use crate::sender::{Attempt, Client, Failure, FailureKind, Limits, authority};
use crate::settings::Settings;
use crate::signature;

/// Where requests are passed on to.
#[derive(Args)]
#[command(next_help_heading = "Forward")]
pub(super) struct ForwardArgs {
    /// Pass each request on, and answer what this URL answers; more of them get copies (can be repeated)
    ///
    /// A URL with a path is used as it is, one without gets the path of the request. Body, header order and
    /// spelling stay as they came; redirects are not followed.
    #[arg(long, value_name = "URL", value_parser = TargetParser)]
    forward: Vec<Target>,
    /// Time limit of each forward, 0s for none
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = span)]
    forward_timeout: Duration,
    /// Add a header when forwarding, or put it in place of one that came, such as Host (can be repeated)
    #[arg(long, value_name = "NAME: VALUE", requires = "forward", value_parser = header)]
    forward_header: Vec<Header>,
    /// Forward to any TLS certificate
    #[arg(long, requires = "forward")]
    insecure: bool,
    /// Trust the certificates in this PEM file when forwarding, in place of the system's
    #[arg(
        long,
        value_name = "FILE",
        requires = "forward",
        conflicts_with = "insecure"
    )]
    cacert: Option<String>,
}

/// Requests that wait for one target; more are not passed on.
const QUEUE: usize = 1_024;
/// Largest answer that is passed back, in bytes.
const MAX_ANSWER: usize = 64 * 1024 * 1024;
/// How much of it is shown and kept, in bytes: many captures may wait to be shown.
const MAX_KEPT: usize = 32 * 1024;
/// How long the answer of the first target waits for the others, so that all are shown together.
const PATIENCE: Duration = Duration::from_millis(250);

/// One target and how to reach it.
pub(super) struct Lane {
    target: Target,
    /// Added to each request.
    headers: Vec<Header>,
    client: Client,
    insecure: bool,
    /// Whether it was said what is wrong with it.
    is_told: AtomicBool,
}

impl ForwardArgs {
    pub(super) fn is_on(&self) -> bool {
        !self.forward.is_empty()
    }

    /// The targets, ready to be sent to.
    pub(super) fn lanes(&self, settings: &Settings) -> Result<Vec<Lane>> {
        let roots = roots(self.cacert.as_deref(), settings)?;
        let timeout = Some(self.forward_timeout).filter(|timeout| !timeout.is_zero());
        let lane = |target: &Target| {
            let limits = Limits {
                timeout,
                insecure: self.insecure,
                roots: roots.clone(),
                max_answer: MAX_ANSWER,
                reach: target.reach,
                any_framing: false,
            };
            Ok(Lane {
                target: target.clone(),
                headers: self.forward_header.clone(),
                client: Client::new(&target.url, limits)?,
                insecure: self.insecure,
                is_told: AtomicBool::new(false),
            })
        };
        self.forward.iter().map(lane).collect()
    }

    /// Where requests go, without credentials.
    pub(super) fn urls(&self) -> Vec<String> {
        self.forward.iter().map(shown).collect()
    }

    /// Where requests go, for the first lines.
    pub(super) fn shown(&self) -> Option<String> {
        let urls = self.urls();
        let urls: Vec<_> = urls.iter().map(|url| redact::url(url)).collect();
        (!urls.is_empty()).then(|| urls.join(", "))
    }
}

/// A target as it was written, without credentials.
fn shown(target: &Target) -> String {
    let url = target.url.as_str();
    let url = if target.has_path {
        url
    } else {
        url.trim_end_matches('/')
    };
    url.to_owned()
}

/// Requests must not come round in a circle.
pub(super) fn check_circle(lanes: &[Lane], own: &str) -> Result<()> {
    let port = Url::parse(own)
        .ok()
        .and_then(|url| url.port_or_known_default());
    let is_own = |lane: &&Lane| {
        is_loopback(&lane.target.url) && lane.target.url.port_or_known_default() == port
    };
    match lanes.iter().find(is_own) {
        Some(lane) => Err(Error::usage(format!(
            "`--forward {}` leads back to this listener",
            shown(&lane.target)
        ))
        .hint("Let it listen on another port than your app.")),
        None => Ok(()),
    }
}

/// One request on its way to one target.
struct Job {
    request: Request,
    url: String,
    done: oneshot::Sender<Attempt>,
}

/// The targets with their queues.
pub(super) struct Forwarder {
    queues: Vec<(Arc<Lane>, mpsc::Sender<Job>)>,
    desk: Arc<Desk>,
    cut: Cut,
}

/// Turns true when no answer is waited for any more.
pub(super) type Cut = watch::Receiver<bool>;

/// Those who work on the queues.
pub(super) struct Workers(JoinSet<()>);

impl Workers {
    /// Waits until the queues are empty, or cut; they take nothing more.
    pub(super) async fn finish(mut self) {
        while self.0.join_next().await.is_some() {}
    }
}

impl Forwarder {
    /// Begins to work on the queues; `None` without targets.
    pub(super) fn start(
        lanes: Vec<Lane>,
        desk: &Arc<Desk>,
        cut: Cut,
    ) -> (Option<Box<dyn Forward>>, Workers) {
        let mut workers = JoinSet::new();
        let start = |lane: Lane| {
            let (lane, mut cut) = (Arc::new(lane), cut.clone());
            let (queue, jobs) = mpsc::channel(QUEUE);
            let working = work(Arc::clone(&lane), jobs, Arc::clone(desk));
            workers.spawn(async move {
                tokio::select! {
                    () = working => {}
                    _ = cut.wait_for(|cut| *cut) => {}
                }
            });
            (lane, queue)
        };
        let queues: Vec<_> = lanes.into_iter().map(start).collect();
        let desk = Arc::clone(desk);
        let forward =
            (!queues.is_empty()).then(|| Box::new(Self { queues, desk, cut }) as Box<dyn Forward>);
        (forward, Workers(workers))
    }
}

/// Sends what is in a queue, one after the other.
async fn work(lane: Arc<Lane>, mut jobs: mpsc::Receiver<Job>, desk: Arc<Desk>) {
    while let Some(job) = jobs.recv().await {
        let attempt = lane
            .client
            .send_exactly(&job.request, &lane.target.url, 1)
            .await;
        let attempt = whole(attempt);
        lane.tell(&attempt, &job.url, &desk);
        // Nobody waits any more for what came late.
        let _ = job.done.send(attempt);
    }
}

/// An answer that was cut is none.
fn whole(attempt: Attempt) -> Attempt {
    match &attempt.result {
        Ok(answer) if answer.truncated => Attempt {
            result: Err(Failure {
                kind: FailureKind::Other,
                message: format!("its answer is over {MAX_ANSWER} bytes"),
            }),
            ..attempt
        },
        _ => attempt,
    }
}

impl Forward for Forwarder {
    fn forward(&self, request: &Request) -> Later<Forwarded> {
        let mut waiting = Vec::new();
        for (lane, queue) in &self.queues {
            let (request, url) = onward(request, &lane.target, &lane.headers);
            let (done, attempt) = oneshot::channel();
            let job = Job {
                request,
                url: url.clone(),
                done,
            };
            if queue.try_send(job).is_err() {
                let message = format!("`{url}` lags behind, so a request was not forwarded to it.");
                self.desk.say(message, Vec::new());
            }
            waiting.push((url, attempt));
        }
        Box::pin(collect(waiting, self.cut.clone()))
    }
}

/// Waits for the first target, and not long for the others.
async fn collect(waiting: Vec<(String, oneshot::Receiver<Attempt>)>, mut cut: Cut) -> Forwarded {
    let start = Instant::now();
    let mut answer = Answer::plain(StatusCode::BAD_GATEWAY);
    let mut passes = Vec::with_capacity(waiting.len());
    let mut until = None;
    for (index, (url, attempt)) in waiting.into_iter().enumerate() {
        let attempt = match until {
            None => tokio::select! {
                attempt = attempt => attempt.ok(),
                _ = cut.wait_for(|cut| *cut) => None,
            },
            Some(until) => match tokio::time::timeout_at(until, attempt).await {
                Ok(attempt) => attempt.ok(),
                Err(_) => {
                    passes.push(pass(url, None));
                    continue;
                }
            },
        };
        // Those who work on it are cut too.
        let attempt = match attempt {
            Some(attempt) => attempt,
            None if *cut.borrow() => unanswered(start.elapsed()),
            None => lost(),
        };
        if index == 0 {
            answer = passed_back(&attempt);
            until = Some(tokio::time::Instant::now() + PATIENCE);
        }
        passes.push(pass(url, Some(&attempt)));
    }
    Forwarded { answer, passes }
}

/// The attempt of a job that nobody worked on.
fn lost() -> Attempt {
    failed(
        FailureKind::Other,
        "too many requests wait for it",
        Duration::ZERO,
    )
}

/// The attempt of a job that was cut: what the target makes of it will not be known.
fn unanswered(duration: Duration) -> Attempt {
    failed(
        FailureKind::Timeout,
        "no answer before listening ended",
        duration,
    )
}

fn failed(kind: FailureKind, message: &str, duration: Duration) -> Attempt {
    let message = message.to_owned();
    Attempt {
        number: 1,
        result: Err(Failure { kind, message }),
        duration,
    }
}

/// What is told and kept of an attempt; `None` is one that is still under way.
fn pass(url: String, attempt: Option<&Attempt>) -> Pass {
    let result = attempt.map(|attempt| attempt.result.as_ref());
    let failure = result.and_then(std::result::Result::err);
    let answer = result.and_then(std::result::Result::ok);
    let body = answer.map(|answer| answer.body.clone()).unwrap_or_default();
    let truncated = body.len() > MAX_KEPT;
    Pass {
        url,
        status: attempt.and_then(Attempt::status),
        duration: attempt.map(|attempt| attempt.duration),
        error: failure.map(|failure| failure.message.clone()),
        headers: answer
            .map(|answer| answer.headers.clone())
            .unwrap_or_default(),
        body: if truncated {
            Bytes::copy_from_slice(&body[..MAX_KEPT])
        } else {
            body
        },
        truncated,
    }
}

/// A target's answer as the sender gets it; what a gateway says if there is none.
fn passed_back(attempt: &Attempt) -> Answer {
    let answer = match &attempt.result {
        Ok(answer) => answer,
        Err(failure) if failure.kind == FailureKind::Timeout => {
            return Answer::plain(StatusCode::GATEWAY_TIMEOUT);
        }
        Err(_) => return Answer::plain(StatusCode::BAD_GATEWAY),
    };
    let mut headers = answer.headers.end_to_end(|_| false);
    if !answer.body.is_empty() {
        // The server makes it from the body; without one, as after HEAD, it says what the body would be.
        headers.remove("content-length");
    }
    Answer {
        headers,
        body: answer.body.clone(),
        is_ours: false,
        extensions: answer.extensions.clone(),
        ..Answer::plain(StatusCode::from_u16(answer.status).unwrap_or(StatusCode::BAD_GATEWAY))
    }
}

/// The request as a target gets it, and the URL that it goes to.
fn onward(request: &Request, target: &Target, headers: &[Header]) -> (Request, String) {
    let url = &target.url;
    let path = if target.has_path {
        url.path()
    } else {
        request.path()
    };
    let queries = [url.query().unwrap_or_default(), request.query()];
    let queries = queries.into_iter().filter(|query| !query.is_empty());
    let query = queries.collect::<Vec<_>>().join("&");
    let sent = if query.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{query}")
    };
    let mut onward = Request {
        method: request.method.clone(),
        target: sent,
        headers: request.headers.end_to_end(signature::is_read),
        body: request.body.clone(),
    };
    if onward.headers.contains("host") {
        onward.headers.set("host", authority(url));
    } else {
        onward.headers.insert_first("Host", authority(url));
    }
    // The end of the body is for whoever writes the request to say, not for its headers.
    let is_framed = |name| request.headers.contains(name);
    if is_framed("transfer-encoding") || is_framed("content-length") || !onward.body.is_empty() {
        onward
            .headers
            .set("Content-Length", onward.body.len().to_string());
    }
    if let Some(credentials) = &target.credentials {
        add_basic(credentials, &mut onward);
    }
    put(headers, &mut onward.headers);
    let shown = format!("{}://{}{}", url.scheme(), authority(url), onward.target);
    (onward, shown)
}

/// Puts headers in place of those that have their names, a Host where the other was.
fn put(headers: &[Header], into: &mut Headers) {
    let is_host = |header: &&Header| header.name.eq_ignore_ascii_case("host");
    for header in headers.iter().filter(|header| !is_host(header)) {
        into.remove(&header.name);
    }
    for header in headers {
        if is_host(&header) {
            into.set(&header.name, header.value.clone());
        } else {
            into.push(header.name.clone(), header.value.clone());
        }
    }
}

/// What to tell of an answer that redirects; the sender gets it as it is.
fn redirected(answer: &crate::sender::Answer, url: &str) -> Option<(String, Vec<String>)> {
    let location = answer.headers.text("location")?;
    (300..400).contains(&answer.status).then(|| {
        let message = format!("`{url}` redirects to `{location}`, and redirects are not followed.");
        let hint = "Forward to that URL if it is the right one.".to_owned();
        (message, vec![hint])
    })
}

impl Lane {
    /// Says what is wrong with a target once, until it is well again.
    fn tell(&self, attempt: &Attempt, url: &str, desk: &Desk) {
        let problem = match &attempt.result {
            Err(failure) => {
                let message = format!("cannot forward to `{url}`: {}", failure.message);
                Some((message, self.hints(failure.kind)))
            }
            Ok(answer) => redirected(answer, url),
        };
        let was_told = self.is_told.swap(problem.is_some(), Ordering::Relaxed);
        if let Some((message, hints)) = problem.filter(|_| !was_told) {
            desk.say(message, hints);
        }
    }

    fn hints(&self, kind: FailureKind) -> Vec<String> {
        let at = authority(&self.target.url);
        let hint = match kind {
            FailureKind::Refused => {
                format!("Is your app running at `{at}`? What comes meanwhile is shown all the same.")
            }
            FailureKind::Unknown => format!("Check the spelling of `{at}`."),
            FailureKind::Timeout => {
                "Acknowledge first, work afterwards; `--forward-timeout` changes the limit, 0s is none."
                    .to_owned()
            }
            FailureKind::Tls if !self.insecure => {
                "A self-signed certificate is accepted with `--cacert FILE` or `--insecure`."
                    .to_owned()
            }
            FailureKind::NotHttp if self.target.url.scheme() == "http" => {
                format!("Does `{at}` speak TLS? Then use `https://`.")
            }
            _ => return Vec::new(),
        };
        vec![hint]
    }
}

#[cfg(test)]
mod tests;
