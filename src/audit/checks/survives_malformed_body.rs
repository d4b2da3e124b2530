//! A body that is no JSON must be refused in words, not fallen over.

use bytes::Bytes;

use super::super::bench::Bench;
use super::super::line::Reply;
use super::super::subject::Signer;
use super::super::{Check, Stage, Verdict};
use super::never;
use crate::error::Result;
use crate::request::json;

pub(super) const CHECK: Check = Check {
    id: "survives-malformed-body",
    asks: "Does it outlive a body that breaks off in the middle?",
    sends: "a body that breaks off in the middle",
    expected: |_| {
        "4xx for a body that breaks off in the middle, and the next delivery taken".to_owned()
    },
    why: |subject| {
        format!(
            "What ends in 5xx is sent again for as long as {} tries, and what ends the process takes all others with it.",
            subject.label()
        )
    },
    stage: Stage::Stress,
    after: &[
        "accepts-valid",
        "rejects-missing-signature",
        "rejects-wrong-secret",
    ],
    always: false,
    requests: |_| 3,
    cannot: never,
    run: |bench| Box::pin(run(bench)),
};

async fn run(bench: &mut Bench<'_>) -> Result<Verdict> {
    let mut seen = Vec::new();
    let another = bench.subject.another_key();
    // Strangers can send one that does not verify; the provider's own would.
    let signers = [another.as_ref().map(Signer::Key), Some(Signer::Right)];
    for (signer, what) in signers
        .into_iter()
        .zip(["wrongly signed", "correctly signed"])
    {
        let Some(signer) = signer else { continue };
        let mut draft = bench.draft()?;
        let whole = json::stringify(&draft.payload);
        let half = whole.char_indices().nth(whole.chars().count() * 2 / 3);
        draft.body = Some(Bytes::from(
            whole[..half.map_or(0, |(at, _)| at)].to_owned(),
        ));
        draft.style = None;
        // A time that is signed inside the body has no place in this one.
        let Ok(request) = bench.request(&draft, signer) else {
            continue;
        };
        let reply = bench.send(&request).await;
        // One that refuses all forgeries like this is blamed for that elsewhere.
        let is_usual = bench
            .forged
            .as_ref()
            .is_some_and(|forged| !forged.turned_away());
        let is_bad = (reply.failed() || reply.is_silent())
            && !(is_usual && matches!(signer, Signer::Key(_)));
        seen.push(reply.short());
        if bench.down.is_some() {
            return Ok(Verdict::skip("down"));
        }
        if is_bad {
            return Ok(broken(&reply, what, matches!(signer, Signer::Right)));
        }
    }
    let after = bench.draft()?;
    let after = bench.deliver_valid(&after).await?;
    if !after.took() && !after.is_limited() {
        return Ok(Verdict::fail(
            format!("{} for a valid delivery after it", after.words()),
            "Keep nothing of a body that cannot be read; each request starts afresh.",
        ));
    }
    Ok(Verdict::pass(format!(
        "{}, and a valid one after it was taken",
        seen.join(" and ")
    )))
}

fn broken(reply: &Reply, what: &str, is_signed: bool) -> Verdict {
    let observed = format!("{} for a body that breaks off, {what}", reply.words());
    // Some official libraries throw at one, and only the provider could sign it.
    if is_signed && reply.failed() {
        return Verdict::warn(observed, "Catch what the parser throws, and answer 400.");
    }
    Verdict::fail(
        observed,
        "Verify before you parse, catch what the parser throws, and answer 400.",
    )
}
