//! A delivery id that was changed after it was signed must be refused; all else stays signed.

use super::super::bench::Bench;
use super::super::subject::Signer;
use super::super::{Check, Stage, Subject, Verdict};
use super::one;
use crate::error::Result;
use crate::signature::{Tamper, tamper};

pub(super) const CHECK: Check = Check {
    id: "rejects-changed-id",
    asks: "Is a delivery id refused that was changed after it was signed?",
    sends: "a delivery whose id was changed after it was signed",
    expected: |subject| format!("4xx for a changed {}", name(subject)),
    why: |subject| {
        format!(
            "Whoever can change {} gets one delivery processed again and again, past every check for duplicates.",
            name(subject)
        )
    },
    stage: Stage::Signature,
    after: &[
        "accepts-valid",
        "rejects-missing-signature",
        "rejects-wrong-secret",
    ],
    always: false,
    requests: one,
    cannot: |subject: &Subject| {
        subject.is_unsigned().or_else(|| {
            let reason = format!("{} does not sign a delivery id", subject.label());
            (!subject.scheme.signs_id()).then_some(reason)
        })
    },
    run: |bench| Box::pin(run(bench)),
};

fn name(subject: &Subject) -> String {
    let name = subject.scheme.id_header.as_deref().unwrap_or("delivery id");
    format!("`{name}`")
}

async fn run(bench: &mut Bench<'_>) -> Result<Verdict> {
    if let Some(blind) = bench.is_blind() {
        return Ok(Verdict::skip(blind));
    }
    let draft = bench.draft()?;
    let request = bench.request(&draft, Signer::Right);
    let changed = request.and_then(|mut request| {
        tamper(bench.subject.scheme, &mut request, Tamper::Id)?;
        Ok(request)
    });
    let request = match changed {
        Ok(request) => request,
        Err(why) => return Ok(Verdict::skip(why)),
    };
    let reply = bench.send(&request).await;
    if reply.took() {
        return Ok(Verdict::fail(
            format!(
                "{} for another {} under the same signature",
                reply.words(),
                name(&bench.subject)
            ),
            format!(
                "Make the id part of what you compute the signature from: `{}`.",
                bench.subject.scheme.template()
            ),
        ));
    }
    let words = reply.words();
    bench.refused("a changed delivery id", reply);
    Ok(Verdict::pass(words))
}
