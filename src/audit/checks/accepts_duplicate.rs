//! The same delivery twice, one after the other and at once, must be acknowledged each time.

use super::super::bench::Bench;
use super::super::line::Reply;
use super::super::subject::{Signer, cannot_sign};
use super::super::{Check, Stage, Subject, Verdict};
use super::never;
use crate::error::Result;

pub(super) const CHECK: Check = Check {
    id: "accepts-duplicate",
    asks: "Is the second of two equal deliveries acknowledged, also at once?",
    sends: "the same delivery twice",
    expected: |_| {
        "2xx for the second of two equal deliveries, also if both come at once".to_owned()
    },
    why: |subject| {
        format!(
            "{} delivers {}: what is refused the second time is sent a third time, and counts as failed in the end.",
            subject.label(),
            subject.profile().policy.delivery.value
        )
    },
    stage: Stage::Content,
    after: &["accepts-valid"],
    always: false,
    requests: |_| 4,
    cannot: never,
    run: |bench| Box::pin(run(bench)),
};

async fn run(bench: &mut Bench<'_>) -> Result<Verdict> {
    // The second attempt of a delivery is signed anew, a second later.
    let mut draft = bench.draft()?;
    draft.offset = -1;
    let first = bench.deliver_valid(&draft).await?;
    draft.offset = 0;
    let second = bench.deliver_valid(&draft).await?;
    if !first.took() {
        return Ok(Verdict::skip(format!(
            "the first delivery was not taken: {}",
            first.words()
        )));
    }
    if !second.took() {
        let observed = format!("{} for the second of two equal deliveries", second.words());
        let fix = fix(&bench.subject);
        return Ok(if second.status() == Some(409) {
            Verdict::warn(observed, fix)
        } else {
            Verdict::fail(observed, fix)
        });
    }
    let draft = bench.draft()?;
    let request = bench
        .request(&draft, Signer::Right)
        .map_err(|why| cannot_sign(&why))?;
    let patience = bench.patience();
    let both = bench
        .send_all(vec![request.clone(), request], patience)
        .await;
    // While the first is worked on, a second may be told to come back.
    let is_put_off = |reply: &Reply| matches!(reply.status(), Some(409 | 423 | 425 | 429 | 503));
    let is_good =
        both.iter().any(Reply::took) && both.iter().all(|reply| reply.took() || is_put_off(reply));
    if is_good {
        return Ok(Verdict::pass("2xx each time"));
    }
    // If any two at once are too many, their being equal is not the reason.
    let mut two = Vec::new();
    for _ in 0..2 {
        let draft = bench.draft()?;
        two.extend(bench.request(&draft, Signer::Right));
    }
    let two = bench.send_all(two, patience).await;
    if !two.iter().all(Reply::took) {
        return Ok(Verdict::pass(
            "2xx one after the other; two at once fail whatever they are, see survives-burst",
        ));
    }
    let words: Vec<String> = both.iter().map(Reply::words).collect();
    Ok(Verdict::fail(
        format!("{} for two equal deliveries at once", words.join(" and ")),
        format!(
            "Let the database decide which of the two is first, as with `INSERT ... ON CONFLICT DO NOTHING`. {}",
            fix(&bench.subject)
        ),
    ))
}

fn fix(subject: &Subject) -> String {
    let profile = subject.profile();
    let id = profile
        .envelope
        .delivery
        .as_ref()
        .map(|delivery| delivery.value.clone());
    let dedup = profile
        .envelope
        .dedup
        .as_ref()
        .map(|dedup| dedup.value.join(", "));
    match dedup.or(id) {
        Some(key) => format!("Remember what was processed by `{key}`, and answer 2xx to what was seen before."),
        None => "Remember what was processed, by a hash of the event, its time and its ids, and answer 2xx to what was seen before.".to_owned(),
    }
}
