//! What to do about a bad answer.

use std::time::Duration;

use url::Url;

use super::{Answer, Attempt, FailureKind};
use crate::provider::Profile;
use crate::signature::Scheme;
use crate::value::Span;

/// What to tell of a signed time that receivers refuse for its age, whatever else they look at.
pub(crate) fn on_age(scheme: &Scheme, signed_at: i64, now: i64) -> Option<String> {
    let tolerance = scheme.ts.as_ref()?.tol?;
    let age = now.saturating_sub(signed_at);
    if age.saturating_abs() <= tolerance {
        return None;
    }
    let span = |seconds: i64| Span(Duration::from_secs(seconds.unsigned_abs()));
    let side = if age < 0 { "from now" } else { "ago" };
    Some(format!(
        "The signed time is {} {side}, and receivers of this scheme take {} at most: refusing it is right.",
        span(age),
        span(tolerance)
    ))
}

/// What to tell of a success that the provider does not ask for, or of one that came late.
pub(crate) fn on_success(attempt: &Attempt, profile: &Profile) -> Vec<String> {
    let policy = &profile.policy;
    let asked = policy.asked.as_ref().zip(attempt.status());
    let other = asked.filter(|(asked, status)| !asked.value.contains(*status));
    let status = other.map(|(asked, status)| {
        format!(
            "{} asks for {} ({}); {status} counts as a success, too ({}).",
            profile.label,
            asked.value.text(),
            asked.from.word(),
            policy.success.from.word()
        )
    });
    let late = policy
        .slow
        .as_ref()
        .filter(|slow| attempt.duration > slow.value.0);
    let late = late.map(|slow| {
        let note = slow
            .note
            .as_deref()
            .map_or_else(String::new, |note| format!(", {note}"));
        format!(
            "It took longer than {} ({}{note}). Acknowledge first, work afterwards.",
            slow.value,
            slow.from.word()
        )
    });
    status.into_iter().chain(late).collect()
}

/// Sentences for a developer whose handler answered badly, or not at all. The profile's own facts are quoted where
/// there is one.
pub(crate) fn advice(
    attempt: &Attempt,
    url: &Url,
    profile: Option<&Profile>,
    insecure: bool,
) -> Vec<String> {
    match &attempt.result {
        Ok(answer) => on_status(answer, url),
        Err(failure) => on_failure(failure.kind, url, profile, insecure),
    }
}

fn on_status(answer: &Answer, url: &Url) -> Vec<String> {
    let location = answer.headers.text("location");
    let hint = match answer.status {
        400 => "A 400 is what most signature checks answer. Verify the raw body, before any JSON parser; a \
                re-serialised body no longer fits. Is the handler's secret the one this was signed with?"
            .to_owned(),
        401 | 403 => "The handler refused it: another secret, or a guard in front (login, CSRF, IP filter) that \
                      webhooks must pass by."
            .to_owned(),
        404 => format!("Nothing is routed at `{}`. Check the path, a trailing slash and the router's prefix.", url.path()),
        405 => "The path exists, but not for this method. Register the handler for it.".to_owned(),
        408 | 504 => "The server gave up waiting for the handler. Acknowledge first, work afterwards.".to_owned(),
        413 => "The body is over the server's limit. Raise the limit of its body parser.".to_owned(),
        415 => "The server does not take this content type. Does the route read JSON or forms only?".to_owned(),
        429 => "The handler limits the rate. Webhooks come in bursts; let it take them and queue the work.".to_owned(),
        431 => "The headers are over the server's limit.".to_owned(),
        300..=399 => match location {
            Some(location) => format!("It redirects to `{location}`. Senders do not follow redirects: use that URL."),
            None => "It redirects. Senders do not follow redirects.".to_owned(),
        },
        500..=599 if answer.body.trim_ascii().is_empty() => "The handler failed. Its log says why.".to_owned(),
        500..=599 => "The handler failed. Its log says why; the start of its answer is above.".to_owned(),
        _ => return Vec::new(),
    };
    vec![hint]
}

fn on_failure(
    kind: FailureKind,
    url: &Url,
    profile: Option<&Profile>,
    insecure: bool,
) -> Vec<String> {
    let host = url.host_str().unwrap_or_default();
    match kind {
        FailureKind::Refused => on_refused(url),
        FailureKind::Unknown => vec![format!("Check the spelling of `{host}`.")],
        FailureKind::Timeout => {
            match profile.map(|profile| (profile, profile.policy.timeout.value.0)) {
                Some((profile, limit)) => vec![format!(
                    "{} waits {} ({}). Acknowledge first, work afterwards; `--timeout` changes the limit here.",
                    profile.label,
                    Span(limit),
                    profile.policy.timeout.from.word()
                )],
                None => vec![
                    "Acknowledge first, work afterwards; `--timeout` changes the limit.".to_owned(),
                ],
            }
        }
        FailureKind::Tls if !insecure => {
            vec![
                "A self-signed certificate is accepted with `--cacert FILE` or `--insecure`."
                    .to_owned(),
                tls_port(url),
            ]
        }
        FailureKind::Tls => vec![tls_port(url)],
        FailureKind::Closed if url.scheme() == "https" => vec![
            "The server closed the connection: a crash, or plain HTTP where TLS was spoken."
                .to_owned(),
            tls_port(url),
        ],
        FailureKind::Closed => vec![
            "The server closed the connection: a crash, or TLS where plain HTTP was spoken."
                .to_owned(),
        ],
        FailureKind::NotHttp if url.scheme() == "https" => Vec::new(),
        FailureKind::NotHttp => vec![format!(
            "Does `{}` speak TLS? Then use `https://`.",
            super::delivery::authority(url)
        )],
        FailureKind::OutOfReach => vec![
            "A project that is not trusted sends to loopback addresses only: name the URL with `--to URL` or the \
             history with `--store FILE` for this run, or run `hookctl trust`."
                .to_owned(),
        ],
        FailureKind::SpokeFirst => vec![format!(
            "Is `{}` an HTTP server? Those of mail, SSH and databases speak first.",
            super::delivery::authority(url)
        )],
        FailureKind::Other => Vec::new(),
    }
}

fn on_refused(url: &Url) -> Vec<String> {
    let mut hints = vec![format!(
        "Nobody listens at `{}`. Is the server running, and on this port?",
        super::delivery::authority(url)
    )];
    let other = match url.host_str() {
        Some("127.0.0.1") => Some("[::1]"),
        Some("[::1]") => Some("127.0.0.1"),
        _ => None,
    };
    hints.extend(other.map(|other| {
        format!("It may listen on the other loopback address: try `{other}` or `localhost`.")
    }));
    hints.push("`hookctl listen` receives it if you have no handler yet.".to_owned());
    hints
}

fn tls_port(url: &Url) -> String {
    format!(
        "Does `{}` speak TLS at all? If not, use `http://`.",
        super::delivery::authority(url)
    )
}

/// The time limit of an attempt: the user's, else the provider's.
pub(crate) fn time_limit(wanted: Option<Duration>, profile: Option<&Profile>) -> Duration {
    const DEFAULT: Duration = Duration::from_secs(30);
    wanted
        .or_else(|| profile.map(|profile| profile.policy.timeout.value.0))
        .unwrap_or(DEFAULT)
}
