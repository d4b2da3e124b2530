//! What is refused must be refused in words that the provider understands: 4xx.

use super::super::bench::Bench;
use super::super::{Check, Stage, Subject, Verdict};
use super::none;
use crate::error::Result;

pub(super) const CHECK: Check = Check {
    id: "rejects-with-4xx",
    asks: "Is what is refused refused with 4xx?",
    sends: "deliveries to be refused",
    expected: |_| "4xx for everything that is refused".to_owned(),
    why: |_| {
        "5xx and silence ask for another attempt: senders repeat them, alarms go off, and a forged delivery looks like a fault of your own.".to_owned()
    },
    stage: Stage::Review,
    after: &[
        "rejects-missing-signature",
        "rejects-wrong-secret",
        "rejects-tampered-body",
        "rejects-changed-id",
        "rejects-stale-timestamp",
        "rejects-future-timestamp",
    ],
    always: false,
    requests: none,
    cannot: Subject::is_unsigned,
    run: |bench| Box::pin(run(bench)),
};

#[allow(clippy::unused_async, reason = "all checks run alike")]
async fn run(bench: &mut Bench<'_>) -> Result<Verdict> {
    if bench.refusals.is_empty() {
        return Ok(Verdict::skip(
            bench
                .is_blind()
                .unwrap_or_else(|| "nothing was refused".to_owned()),
        ));
    }
    let bad: Vec<_> = bench
        .refusals
        .iter()
        .filter(|(_, reply)| !reply.turned_away())
        .collect();
    let Some((what, reply)) = bad.first() else {
        return Ok(Verdict::pass(format!(
            "4xx for all {}",
            bench.refusals.len()
        )));
    };
    let others = match bad.len() {
        1 => String::new(),
        count => format!(", and in {} more cases", count - 1),
    };
    let fix = if reply.is_silent() {
        "End the answer in every branch: 401, and no body is needed."
    } else if reply.failed() {
        "Catch what the verification throws, and answer 401. A signature of another length makes `crypto.timingSafeEqual` throw: compare the lengths first."
    } else {
        "Answer 401, not a redirect: the route needs no login, its signature is the login."
    };
    Ok(Verdict::fail(
        format!("{} to {what}{others}", reply.words()),
        fix,
    ))
}
