//! A payload with more fields than are documented must be taken.

use serde_json::{Value, json};

use super::super::bench::Bench;
use super::super::subject::Signer;
use super::super::{Check, Stage, Verdict};
use super::{never, one};
use crate::error::Result;

pub(super) const CHECK: Check = Check {
    id: "accepts-unknown-fields",
    asks: "Is a payload with new fields taken?",
    sends: "a payload with new fields",
    expected: |_| "2xx for a payload with fields that are not documented".to_owned(),
    why: |subject| {
        format!(
            "{} may add a field on any day; a handler that refuses it stops on that day.",
            subject.label()
        )
    },
    stage: Stage::Content,
    after: &["accepts-valid"],
    always: false,
    requests: one,
    cannot: never,
    run: |bench| Box::pin(run(bench)),
};

async fn run(bench: &mut Bench<'_>) -> Result<Verdict> {
    let mut draft = bench.draft()?;
    let is_form = bench.subject.has_no_json().is_some();
    if !extend(&mut draft.payload, !is_form) {
        return Ok(Verdict::skip("the payload has no place for another field"));
    }
    let reply = bench.deliver(&draft, Signer::Right).await?;
    if reply.took() {
        return Ok(Verdict::pass(reply.short()));
    }
    Ok(Verdict::fail(
        format!(
            "{} for a payload with the new field `hookctl_field`",
            reply.words()
        ),
        "Let the schema pass over what it does not know: no `.strict()` in zod, no `extra=\"forbid\"` in pydantic, no `deny_unknown_fields` in serde.",
    ))
}

/// Adds a field at the top, and one in the first object below it.
fn extend(payload: &mut Value, nested: bool) -> bool {
    match payload {
        Value::Array(items) => items.first_mut().is_some_and(|first| extend(first, nested)),
        Value::Object(map) => {
            let below = map.values_mut().find_map(Value::as_object_mut);
            if let Some(below) = below.filter(|_| nested) {
                below.insert("hookctl_field".to_owned(), json!("new"));
            }
            let new = if nested {
                json!({"new": [true, null, 1.5]})
            } else {
                json!("new")
            };
            map.insert("hookctl_field".to_owned(), new);
            true
        }
        _ => false,
    }
}
