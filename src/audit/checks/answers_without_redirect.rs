//! A delivery must be answered where it is sent to.

use super::super::bench::Bench;
use super::super::{Check, Stage, Verdict};
use super::{never, none};
use crate::error::Result;

pub(super) const CHECK: Check = Check {
    id: "answers-without-redirect",
    asks: "Does the answer come from the URL itself?",
    sends: "a correctly signed event",
    expected: |_| "an answer of its own, and no 3xx".to_owned(),
    why: |subject| {
        format!(
            "{} does not follow redirects: each one is a failed delivery.",
            subject.label()
        )
    },
    stage: Stage::Basics,
    after: &["accepts-valid"],
    always: true,
    requests: none,
    cannot: never,
    run: |bench| Box::pin(run(bench)),
};

#[allow(clippy::unused_async, reason = "all checks run alike")]
async fn run(bench: &mut Bench<'_>) -> Result<Verdict> {
    let Some(to) = &bench.redirect else {
        return Ok(match &bench.nothing {
            Some(nothing) => Verdict::skip(nothing.clone()),
            None => Verdict::pass("no redirects"),
        });
    };
    let observed = format!("a redirect to `{to}`");
    let leads_on = bench.model.is_some();
    let fix = if leads_on {
        format!(
            "Register `{}` with {}, or route both forms of the path to the handler.",
            bench.subject.url,
            bench.subject.label()
        )
    } else {
        "Let deliveries past what redirects them: a login, a change to https or to another host. Register the URL that answers.".to_owned()
    };
    let observed = if leads_on {
        format!("{observed}; the rest was asked there")
    } else {
        observed
    };
    Ok(Verdict::fail(observed, fix))
}
