//! A correctly signed event must be taken. If none is, the mistakes that are known to be made are tried the other way
//! round, so that the one at hand is named.

use super::super::bench::{Bench, Model};
use super::super::line::{Reply, took};
use super::super::styles::SERIALISERS;
use super::super::subject::{Draft, Signer};
use super::super::{Check, Stage, Subject, Verdict};
use super::answers_in_time::FIX as LATE;
use super::{code, never};
use crate::error::{Error, Result};
use crate::sender::{FailureKind, advice};
use crate::signature::mistakes;

pub(super) const CHECK: Check = Check {
    id: "accepts-valid",
    asks: "Is a correctly signed event taken?",
    sends: "a correctly signed event",
    expected: |subject| format!("{} for a correctly signed event", success(subject)),
    why: |subject| {
        format!(
            "Nothing else counts while real deliveries are turned away: {} tries them again, and then they are lost.",
            subject.label()
        )
    },
    stage: Stage::Basics,
    after: &[],
    always: true,
    requests: |_| 1,
    cannot: never,
    run: |bench| Box::pin(run(bench)),
};

fn success(subject: &Subject) -> &str {
    subject.profile().policy.success.value.text()
}

async fn run(bench: &mut Bench<'_>) -> Result<Verdict> {
    let mut first = None;
    for event in bench.subject.events.clone() {
        let reply = survey(bench, &event).await?;
        if reply.took() {
            return Ok(taken(bench, &event, reply));
        }
        let goes_on = depends_on_event(&reply);
        first.get_or_insert((event, reply));
        if !goes_on {
            break;
        }
    }
    let (event, reply) = first.expect("there is an event");
    if let Some(failure) = reply.failure() {
        return silence(bench, &reply, failure);
    }
    if let Some(to) = bench.redirect.clone() {
        let reason =
            format!("every delivery is redirected to `{to}`, see answers-without-redirect");
        bench.nothing = Some(reason.clone());
        return Ok(Verdict::skip(reason));
    }
    if reply.is_limited() {
        let reason = "the handler limits the rate (429) from the first delivery on";
        bench.nothing = Some(reason.to_owned());
        return Ok(Verdict::fail(
            reason,
            "Let deliveries through the rate limit, or wait until it forgets earlier ones.",
        ));
    }
    if depends_on_event(&reply) && bench.subject.is_unsigned().is_none() {
        if let Some(verdict) = other_spelling(bench, &event).await? {
            return Ok(verdict);
        }
        if let Some(verdict) = mistake(bench, &event, &reply).await? {
            return Ok(verdict);
        }
    }
    bench.nothing = Some("no valid delivery is taken, see accepts-valid".to_owned());
    Ok(Verdict::fail(
        format!("{} for a correctly signed `{event}`", reply.words()),
        advice_on(bench, &reply),
    ))
}

/// Sends an event. A redirect that changes no more than the form of the path is followed once, to be blamed where it
/// belongs, so that the rest can still be asked.
async fn survey(bench: &mut Bench<'_>, event: &str) -> Result<Reply> {
    let reply = bench.deliver_event(event).await?;
    let location = reply
        .answer()
        .filter(|answer| (300..400).contains(&answer.status))
        .and_then(|answer| answer.headers.text("location"));
    let Some(location) = location else {
        bench.surveyed.push((event.to_owned(), reply.clone()));
        return Ok(reply);
    };
    let first_time = bench.redirect.is_none();
    bench.redirect = Some(location.to_string());
    let target = bench.subject.url.join(&location);
    let form = |url: &url::Url| {
        let path = url.path().trim_end_matches('/').to_ascii_lowercase();
        (url.origin(), path, url.query().map(str::to_owned))
    };
    match target {
        Ok(target) if first_time && form(&target) == form(&bench.subject.url) => {
            bench.subject.url = target;
            let reply = bench.deliver_event(event).await?;
            bench.surveyed.push((event.to_owned(), reply.clone()));
            Ok(reply)
        }
        _ => Ok(reply),
    }
}

fn taken(bench: &mut Bench<'_>, event: &str, reply: Reply) -> Verdict {
    let status = reply.status().unwrap_or_default();
    let words = format!("{} in {}", reply.short(), took(reply.attempt.duration));
    bench.model = Some(Model {
        event: event.to_owned(),
        style: None,
        reply,
    });
    let policy = &bench.subject.profile().policy;
    let label = bench.subject.label();
    if !policy.success.value.contains(status) {
        let wanted = success(&bench.subject);
        return Verdict::fail(
            format!("{words}, and {label} takes {wanted} alone for a success"),
            format!("Answer {wanted} to a delivery that was taken."),
        );
    }
    let asked = policy
        .asked
        .as_ref()
        .filter(|asked| !asked.value.contains(status));
    match asked {
        Some(asked) => Verdict::pass(format!(
            "{words}; {label} asks for {}, and takes this too",
            asked.value.text()
        )),
        None => Verdict::pass(words),
    }
}

/// Whether another event, or another signature, may be answered otherwise.
fn depends_on_event(reply: &Reply) -> bool {
    let is_about_path = [404, 405, 410, 411, 413, 414, 415, 429, 431];
    reply
        .status()
        .is_some_and(|status| status >= 400 && !is_about_path.contains(&status))
}

/// No answer at all: from nobody, too late, or none that can be read.
fn silence(bench: &mut Bench<'_>, reply: &Reply, failure: FailureKind) -> Result<Verdict> {
    let words = reply.short();
    let url = bench.subject.url.clone();
    match failure {
        // Late and silent handlers have one mistake, which is told once.
        FailureKind::Timeout if bench.asks_for_time => {
            let reason = format!("{words}, see answers-in-time");
            bench.nothing = Some(reason.clone());
            Ok(Verdict::skip(reason))
        }
        FailureKind::Timeout => {
            bench.nothing = Some("no valid delivery got a response, see accepts-valid".to_owned());
            Ok(Verdict::fail(words, LATE))
        }
        FailureKind::Closed | FailureKind::NotHttp | FailureKind::SpokeFirst => {
            bench.nothing = Some("no delivery is answered, see accepts-valid".to_owned());
            let fix = advice(&reply.attempt, &url, Some(bench.subject.profile()), false);
            Ok(Verdict::fail(words, fix.join(" ")))
        }
        FailureKind::Refused
        | FailureKind::Unknown
        | FailureKind::Tls
        | FailureKind::OutOfReach
        | FailureKind::Other => {
            let hints = advice(&reply.attempt, &url, Some(bench.subject.profile()), false);
            let error = Error::machine(format!("cannot check `{url}`: {words}"));
            Err(hints.into_iter().fold(error, Error::hint))
        }
    }
}

/// Tries the spellings of serialisers: a handler that writes the body anew takes that of its own.
async fn other_spelling(bench: &mut Bench<'_>, event: &str) -> Result<Option<Verdict>> {
    let no_bytes = !bench.subject.scheme.covers_bytes() || bench.subject.has_no_json().is_some();
    if no_bytes {
        return Ok(None);
    }
    for spelling in SERIALISERS {
        let mut draft = bench.draft_of(event)?;
        draft.style = Some(spelling.style);
        let reply = bench.deliver_valid(&draft).await?;
        if reply.took() {
            let words = reply.short();
            bench.model = Some(Model {
                event: event.to_owned(),
                style: Some((spelling.style, spelling.words)),
                reply,
            });
            return Ok(Some(Verdict::pass(format!(
                "{words}, but only {}, see verifies-raw-body",
                spelling.words
            ))));
        }
    }
    Ok(None)
}

/// Tries signatures that are made as wrongly as handlers are known to make them.
async fn mistake(bench: &mut Bench<'_>, event: &str, reply: &Reply) -> Result<Option<Verdict>> {
    let Some(secret) = bench.subject.secrets.first().cloned() else {
        return Ok(None);
    };
    let prefix = bench.subject.profile().signature.prefix.as_ref();
    let prefix = prefix.map(|prefix| prefix.value.clone());
    for mistake in mistakes(bench.subject.scheme, &secret, prefix.as_deref()) {
        let draft: Draft = bench.draft_of(event)?;
        let Ok(request) = bench.request(&draft, Signer::Mistaken(&mistake)) else {
            continue;
        };
        if bench.send(&request).await.took() {
            bench.nothing = Some("no valid delivery is taken, see accepts-valid".to_owned());
            return Ok(Some(Verdict::fail(
                format!(
                    "{} for a correctly signed `{event}`; proven by a delivery that it took: the handler {}",
                    reply.words(),
                    mistake.does
                ),
                format!("{} {}", mistake.fix, code(&bench.subject)),
            )));
        }
    }
    Ok(None)
}

fn advice_on(bench: &Bench<'_>, reply: &Reply) -> String {
    let subject = &bench.subject;
    let advice = advice(&reply.attempt, &subject.url, Some(subject.profile()), false);
    let is_about_secret =
        matches!(reply.status(), Some(400 | 401 | 403)) && !subject.keys.is_empty();
    let name = &subject.profile().name;
    let secret = is_about_secret.then(|| {
        if subject.is_local {
            format!("It was signed with the local secret, which `hookctl secret {name}` prints: does the handler know that one?")
        } else {
            code(subject)
        }
    });
    let parts: Vec<String> = advice.into_iter().chain(secret).collect();
    if parts.is_empty() {
        "The handler's log says why.".to_owned()
    } else {
        parts.join(" ")
    }
}
