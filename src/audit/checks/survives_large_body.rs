//! A body of a megabyte must be taken or refused, and leave the handler as it was.

use serde_json::{Value, json};

use super::super::bench::Bench;
use super::super::subject::Signer;
use super::super::{Check, Stage, Verdict};
use super::never;
use crate::error::Result;
use crate::sender::FailureKind;

pub(super) const CHECK: Check = Check {
    id: "survives-large-body",
    asks: "Does it outlive a body of 1 MB?",
    sends: "a correctly signed body of 1 MB",
    expected: |_| {
        "2xx or 413 for a correctly signed body of 1 MB, and the next delivery taken".to_owned()
    },
    why: |_| {
        "Payloads have no fixed size: one long text must not hold up or end what takes all the others.".to_owned()
    },
    stage: Stage::Stress,
    after: &["accepts-valid"],
    always: false,
    requests: |_| 2,
    cannot: never,
    run: |bench| Box::pin(run(bench)),
};

const FIX: &str = "Set a limit to the size of bodies, and answer 413 beyond it.";

const SIZE: usize = 1024 * 1024;

async fn run(bench: &mut Bench<'_>) -> Result<Verdict> {
    let mut draft = bench.draft()?;
    fill(&mut draft.payload);
    let reply = bench.deliver(&draft, Signer::Right).await?;
    if bench.down.is_some() {
        return Ok(Verdict::skip("down"));
    }
    if reply.failure() == Some(FailureKind::Timeout) {
        return Ok(Verdict::fail(
            format!("{} for a correctly signed body of 1 MB", reply.words()),
            FIX,
        ));
    }
    let after = bench.draft()?;
    let after = bench.deliver_valid(&after).await?;
    if !after.took() && !after.is_limited() {
        return Ok(Verdict::fail(
            format!("{} for a valid delivery after it", after.words()),
            "Read a body that is too large to its end, or close its connection; each request starts afresh.",
        ));
    }
    // Some official examples do so; it is no good answer, and no harm is done.
    if reply.failed() {
        return Ok(Verdict::warn(
            format!("{} for a correctly signed body of 1 MB", reply.words()),
            FIX,
        ));
    }
    Ok(Verdict::pass(format!(
        "{}, and a valid one after it was taken",
        reply.short()
    )))
}

/// Puts a long text into the payload.
fn fill(payload: &mut Value) {
    match payload {
        Value::Array(items) => items.iter_mut().take(1).for_each(fill),
        Value::Object(map) => {
            map.insert(
                "hookctl_field".to_owned(),
                json!("hookctl ".repeat(SIZE / 8)),
            );
        }
        _ => {}
    }
}
