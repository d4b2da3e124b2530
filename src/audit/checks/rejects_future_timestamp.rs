//! A delivery that was signed in time to come must be refused, unless the official library takes it.

use super::super::bench::Bench;
use super::super::subject::Signer;
use super::super::{Check, Stage, Verdict};
use super::{beyond, has_no_time, one, span, tolerance};
use crate::error::Result;

pub(super) const CHECK: Check = Check {
    id: "rejects-future-timestamp",
    asks: "Is a delivery refused that is signed for a time to come?",
    sends: "a delivery that is signed for a time to come",
    expected: |subject| {
        format!(
            "4xx for a delivery that is signed for {} from now",
            span(beyond(subject))
        )
    },
    why: |_| {
        "A time to come keeps a delivery fresh for as long as its maker likes, so it can be sent again until then.".to_owned()
    },
    stage: Stage::Signature,
    after: &[
        "accepts-valid",
        "rejects-missing-signature",
        "rejects-wrong-secret",
        "rejects-stale-timestamp",
    ],
    always: false,
    requests: one,
    cannot: has_no_time,
    run: |bench| Box::pin(run(bench)),
};

async fn run(bench: &mut Bench<'_>) -> Result<Verdict> {
    if let Some(blind) = bench.is_blind() {
        return Ok(Verdict::skip(blind));
    }
    if bench.ignores_time {
        return Ok(Verdict::skip(
            "the signed time is not looked at, see rejects-stale-timestamp",
        ));
    }
    let mut draft = bench.draft()?;
    draft.offset = beyond(&bench.subject);
    let reply = bench.deliver(&draft, Signer::Right).await?;
    if !reply.took() {
        let words = reply.words();
        bench.refused("a delivery that is signed for a time to come", reply);
        return Ok(Verdict::pass(words));
    }
    let subject = &bench.subject;
    let observed = format!(
        "{} for a delivery that is signed for {} from now",
        reply.words(),
        span(draft.offset)
    );
    let fix = format!(
        "Refuse a signed time that is more than {} away from the clock, to either side.",
        tolerance(subject)
    );
    Ok(match subject.scheme.future_taken_by() {
        Some(who) => Verdict::warn(format!("{observed}; {who} would take it, too"), fix),
        None => Verdict::fail(observed, fix),
    })
}
