//! A delivery by another method than the provider's must not be taken.

use super::super::bench::Bench;
use super::super::subject::Signer;
use super::super::{Check, Stage, Verdict};
use super::{never, one};
use crate::error::Result;

pub(super) const CHECK: Check = Check {
    id: "rejects-other-methods",
    asks: "Are deliveries by other methods turned away?",
    sends: "a delivery by PUT",
    expected: |subject| {
        let methods = subject.profile().request.method.value.join(" or ");
        format!("no delivery but by {methods}; 405 is the usual answer to PUT")
    },
    why: |_| {
        "Guards in front, logs and caches treat methods differently; a door that nobody uses should be shut.".to_owned()
    },
    stage: Stage::Content,
    after: &["accepts-valid", "rejects-missing-signature"],
    always: false,
    requests: one,
    cannot: never,
    run: |bench| Box::pin(run(bench)),
};

const METHOD: &str = "PUT";

async fn run(bench: &mut Bench<'_>) -> Result<Verdict> {
    if let Some(blind) = bench.is_blind() {
        return Ok(Verdict::skip(blind));
    }
    let mut draft = bench.draft()?;
    draft.method = Some(METHOD);
    let signed = bench.deliver(&draft, Signer::Right).await?;
    if !signed.took() {
        return Ok(Verdict::pass(signed.short()));
    }
    let mut draft = bench.draft()?;
    draft.method = Some(METHOD);
    let unsigned = bench.deliver(&draft, Signer::None).await?;
    let is_verified = bench.subject.is_unsigned().is_none() && !unsigned.took();
    let body = signed
        .answer()
        .is_some_and(|answer| !answer.body.is_empty());
    let is_like_post = bench
        .model
        .as_ref()
        .is_some_and(|model| model.reply.is_like(&signed));
    if is_verified || (body && is_like_post) {
        let methods = bench.subject.profile().request.method.value.join(" and ");
        return Ok(Verdict::warn(
            format!(
                "{} for a delivery by {METHOD}, as for any other",
                signed.words()
            ),
            format!("Route {methods} alone to the handler, and let the rest end in 405."),
        ));
    }
    Ok(Verdict::pass(format!(
        "{} to anybody, and not as to a delivery",
        signed.short()
    )))
}
