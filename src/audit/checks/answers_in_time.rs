//! A delivery must be answered before the provider gives up, and the answer must end.

use super::super::bench::Bench;
use super::super::line::{MAX_ANSWER, took};
use super::super::{Check, Stage, Verdict};
use super::{never, none};
use crate::error::Result;
use crate::sender::FailureKind;
use crate::value::Span;

pub(super) const CHECK: Check = Check {
    id: "answers-in-time",
    asks: "Does the whole answer come in the provider's time?",
    sends: "a correctly signed event",
    expected: |subject| format!("a whole answer within {}", Span(subject.limit)),
    why: |subject| {
        let timeout = &subject.profile().policy.timeout;
        format!(
            "{} waits {} ({}); what comes later counts as failed, and is sent again although it was processed.",
            subject.label(),
            timeout.value,
            timeout.from.word()
        )
    },
    stage: Stage::Review,
    after: &["accepts-valid", "accepts-every-event"],
    always: true,
    requests: none,
    cannot: never,
    run: |bench| Box::pin(run(bench)),
};

pub(super) const FIX: &str = "Acknowledge first, work afterwards: put the event into a queue or a table, and answer 2xx at once.";

#[allow(clippy::unused_async, reason = "all checks run alike")]
async fn run(bench: &mut Bench<'_>) -> Result<Verdict> {
    let limit = bench.subject.limit;
    let mut replies = bench.surveyed.iter().map(|(_, reply)| reply);
    let long = replies.any(|reply| reply.answer().is_some_and(|answer| answer.truncated));
    if long {
        return Ok(Verdict::fail(
            format!(
                "an answer of more than {} MB, which was not read to its end",
                MAX_ANSWER / (1024 * 1024)
            ),
            "Answer with a status and a word or two: senders read little of an answer, and wait for its end.",
        ));
    }
    let late = bench
        .surveyed
        .iter()
        .find(|(_, reply)| reply.failure() == Some(FailureKind::Timeout));
    if let Some((event, reply)) = late {
        return Ok(Verdict::fail(
            format!("{} to `{event}`", reply.short()),
            FIX,
        ));
    }
    let Some((slowest, event)) = bench.slowest.clone().filter(|_| bench.model.is_some()) else {
        let reason = bench
            .nothing
            .clone()
            .unwrap_or_else(|| "nothing was answered".to_owned());
        return Ok(Verdict::skip(reason));
    };
    let observed = format!("the slowest answer took {}", took(slowest));
    let policy = &bench.subject.profile().policy;
    let asked = policy.slow.as_ref().filter(|slow| slowest > slow.value.0);
    if let Some(slow) = asked {
        return Ok(Verdict::warn(
            format!(
                "{observed}, to `{event}`, over the {} of another page",
                slow.value
            ),
            FIX,
        ));
    }
    if slowest > limit.mul_f64(0.8) {
        return Ok(Verdict::warn(
            format!("{observed}, to `{event}`, close to the limit"),
            FIX,
        ));
    }
    Ok(Verdict::pass(observed))
}
