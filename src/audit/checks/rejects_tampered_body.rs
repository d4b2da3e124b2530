//! A body that was changed after it was signed must be refused.

use super::super::bench::Bench;
use super::super::subject::Signer;
use super::super::{Check, Stage, Subject, Verdict};
use super::{code, one};
use crate::error::Result;
use crate::signature::{Tamper, tamper};

pub(super) const CHECK: Check = Check {
    id: "rejects-tampered-body",
    asks: "Is a body refused that was changed after it was signed?",
    sends: "a delivery whose body was changed after it was signed",
    expected: |_| "4xx for a body that was changed after it was signed".to_owned(),
    why: |_| {
        "A signature that does not cover what the handler acts on lets others write what it acts on.".to_owned()
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
            let reason = format!("{}'s signature does not cover the body", subject.label());
            (!subject.scheme.covers_body()).then_some(reason)
        })
    },
    run: |bench| Box::pin(run(bench)),
};

async fn run(bench: &mut Bench<'_>) -> Result<Verdict> {
    if let Some(blind) = bench.is_blind() {
        return Ok(Verdict::skip(blind));
    }
    let draft = bench.draft()?;
    let request = bench.request(&draft, Signer::Right);
    let tampered = request.and_then(|mut request| {
        tamper(bench.subject.scheme, &mut request, Tamper::Body)?;
        bench.subject.finish(&mut request, bench.check);
        Ok(request)
    });
    let request = match tampered {
        Ok(request) => request,
        Err(why) => return Ok(Verdict::skip(why)),
    };
    let reply = bench.send(&request).await;
    if reply.took() {
        return Ok(Verdict::fail(
            format!(
                "{} for a body of which one character was changed",
                reply.words()
            ),
            format!(
                "Make the raw body part of what you compute the signature from: `{}`. {}",
                bench.subject.scheme.template(),
                code(&bench.subject)
            ),
        ));
    }
    let words = reply.words();
    bench.refused("a body that was changed", reply);
    Ok(Verdict::pass(words))
}
