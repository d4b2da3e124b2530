//! Many deliveries at once must all be taken, or put off in words.

use super::super::bench::Bench;
use super::super::line::{Reply, took};
use super::super::subject::{Signer, cannot_sign};
use super::super::{Check, Stage, Verdict};
use super::never;
use crate::error::Result;

pub(super) const CHECK: Check = Check {
    id: "survives-burst",
    asks: "Does it outlive 20 deliveries at once?",
    sends: "20 deliveries at once",
    expected: |_| "2xx, or 429 and 503 at worst, for each of 20 deliveries at once".to_owned(),
    why: |_| {
        "Deliveries come in bursts: an import, a campaign, the backlog after your own downtime."
            .to_owned()
    },
    stage: Stage::Stress,
    after: &["accepts-valid"],
    always: false,
    requests: |_| COUNT + 1,
    cannot: never,
    run: |bench| Box::pin(run(bench)),
};

const COUNT: usize = 20;

async fn run(bench: &mut Bench<'_>) -> Result<Verdict> {
    let mut requests = Vec::new();
    for _ in 0..COUNT {
        let draft = bench.draft()?;
        requests.push(
            bench
                .request(&draft, Signer::Right)
                .map_err(|why| cannot_sign(&why))?,
        );
    }
    let limit = bench.subject.limit;
    let replies = bench.send_all(requests, limit).await;
    if bench.down.is_some() {
        return Ok(Verdict::skip("down"));
    }
    let is_put_off = |reply: &&Reply| matches!(reply.status(), Some(429 | 503));
    let bad: Vec<&Reply> = replies
        .iter()
        .filter(|reply| !reply.took() && !is_put_off(reply))
        .collect();
    if let Some(first) = bad.first() {
        return Ok(Verdict::fail(
            format!("{} of {COUNT} were not taken: {}", bad.len(), first.words()),
            "Acknowledge first and put the work into a queue; share nothing between requests that only one of them can use.",
        ));
    }
    let after = bench.draft()?;
    let after = bench
        .request(&after, Signer::Right)
        .map_err(|why| cannot_sign(&why))?;
    // Whoever limits the rate may do so still.
    let after = bench.send_all(vec![after], limit).await.remove(0);
    if !after.took() && !after.is_limited() {
        return Ok(Verdict::fail(
            format!("{} for a valid delivery after the burst", after.words()),
            "Give back what a request took (connections, locks) however it ends.",
        ));
    }
    let slowest = replies
        .iter()
        .map(|reply| reply.attempt.duration)
        .max()
        .unwrap_or_default();
    let put_off = replies.iter().filter(is_put_off).count();
    Ok(Verdict::pass(match put_off {
        0 => format!("2xx for all {COUNT}, the slowest in {}", took(slowest)),
        _ => format!("2xx for {}, put off {put_off}", COUNT - put_off),
    }))
}
