//! Answers to what is refused must not tell about the program, its files or its secret.

use super::super::bench::Bench;
use super::super::leaks::{self, Leak};
use super::super::{Check, Stage, Verdict};
use super::{never, none};
use crate::error::Result;

pub(super) const CHECK: Check = Check {
    id: "keeps-quiet-on-errors",
    asks: "Do answers keep traces, paths and the secret to themselves?",
    sends: "deliveries to be refused",
    expected: |_| {
        "answers without stack traces, paths of files, or anything of the secret".to_owned()
    },
    why: |_| {
        "Whoever sends rubbish reads the answer: a trace shows where to look next, and a signature that was expected is one that can be sent.".to_owned()
    },
    stage: Stage::Review,
    after: &[
        "accepts-valid",
        "rejects-missing-signature",
        "rejects-wrong-secret",
        "survives-malformed-body",
    ],
    always: true,
    requests: none,
    cannot: never,
    run: |bench| Box::pin(run(bench)),
};

const FIX: &str = "Answer a status and a word or two, and write the rest to the log.";

#[allow(clippy::unused_async, reason = "all checks run alike")]
async fn run(bench: &mut Bench<'_>) -> Result<Verdict> {
    let secret = bench
        .line
        .heard
        .iter()
        .find(|heard| bench.line.holds_secret(&heard.text));
    if let Some(heard) = secret {
        return Ok(Verdict::fail(
            format!("the secret stands in an answer with {}", heard.status),
            "Take the secret out of every answer, and change it: it is in logs by now.",
        ));
    }
    if bench.quotes_signature {
        return Ok(Verdict::fail(
            "the answer to a forged delivery holds the signature that would have been right",
            "Do not say which signature was expected: whoever asks can send it then.",
        ));
    }
    let path = bench.subject.url.path();
    let errors = bench.line.heard.iter().filter(|heard| heard.status >= 400);
    let leaks: Vec<(u16, Leak)> = errors
        .clone()
        // How a framework says that a body is too large is not the handler's to choose.
        .filter(|heard| heard.status != 413)
        .filter_map(|heard| Some((heard.status, leaks::find(&heard.text, path)?)))
        .collect();
    let own = leaks.iter().find(|(_, leak)| *leak != Leak::DeveloperPage);
    if let Some((status, leak)) = own {
        return Ok(Verdict::fail(
            format!("{} in an answer with {status}", leak.words()),
            FIX,
        ));
    }
    let thrown = leaks.iter().find(|(status, _)| *status >= 500);
    if let Some((status, leak)) = thrown {
        return Ok(Verdict::warn(
            format!("{} in an answer with {status}", leak.words()),
            "Run it as in production (`NODE_ENV=production`, debug off) where others can reach it, or answer errors yourself.",
        ));
    }
    if let Some((status, leak)) = leaks.first() {
        // The framework refused it before the handler was asked, and in production it says less.
        return Ok(Verdict::pass(format!(
            "nothing but {} with {status}, which production should not show",
            leak.words()
        )));
    }
    Ok(match errors.count() {
        0 => Verdict::skip("nothing was refused"),
        count => Verdict::pass(format!("nothing of the kind in {count} answers")),
    })
}
