//! A delivery that was signed long ago must be refused, however right its signature is.

use super::super::bench::Bench;
use super::super::subject::Signer;
use super::super::{Check, Stage, Verdict};
use super::{beyond, has_no_time, one, span, tolerance};
use crate::error::Result;

pub(super) const CHECK: Check = Check {
    id: "rejects-stale-timestamp",
    asks: "Is a delivery refused that was signed long ago?",
    sends: "a delivery that was signed long ago",
    expected: |subject| {
        format!(
            "4xx for a delivery that was signed {} ago",
            span(beyond(subject))
        )
    },
    why: |_| {
        "Whoever once got hold of a delivery, from a log or a proxy, can send it again for ever."
            .to_owned()
    },
    stage: Stage::Signature,
    after: &[
        "accepts-valid",
        "rejects-missing-signature",
        "rejects-wrong-secret",
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
    let mut draft = bench.draft()?;
    draft.offset = -beyond(&bench.subject);
    let reply = bench.deliver(&draft, Signer::Right).await?;
    if reply.took() {
        bench.ignores_time = true;
        let subject = &bench.subject;
        let observed = format!(
            "{} for a delivery that was signed {} ago",
            reply.words(),
            span(draft.offset)
        );
        let fix = format!(
            "Refuse a signed time that is more than {} away from the clock; mind whether both count seconds.",
            tolerance(subject)
        );
        let lax = subject.scheme.ts.as_ref();
        return Ok(match lax.and_then(|ts| ts.past_taken_by.as_deref()) {
            Some(who) => Verdict::warn(format!("{observed}; {who} would take it, too"), fix),
            None => Verdict::fail(observed, fix),
        });
    }
    let words = reply.words();
    bench.refused("a delivery that was signed long ago", reply);
    Ok(Verdict::pass(words))
}
