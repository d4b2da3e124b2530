//! A delivery without signature headers must be refused.

use super::super::bench::{Bench, Trust};
use super::super::subject::Signer;
use super::super::{Check, Stage, Subject, Verdict};
use super::{code, one};
use crate::error::Result;

pub(super) const CHECK: Check = Check {
    id: "rejects-missing-signature",
    asks: "Is a delivery without a signature refused?",
    sends: "a delivery without signature headers",
    expected: |subject| format!("4xx for a delivery without {}", subject.signature_headers()),
    why: |subject| {
        format!(
            "Whoever learns the URL can send events, and they are taken for {}'s.",
            subject.label()
        )
    },
    stage: Stage::Signature,
    after: &["accepts-valid"],
    always: false,
    requests: one,
    cannot: Subject::is_unsigned,
    run: |bench| Box::pin(run(bench)),
};

async fn run(bench: &mut Bench<'_>) -> Result<Verdict> {
    let draft = bench.draft()?;
    let reply = bench.deliver(&draft, Signer::None).await?;
    if !reply.took() {
        let words = reply.words();
        bench.refused("a delivery without signature", reply);
        return Ok(Verdict::pass(words));
    }
    let draft = bench.draft()?;
    let another = bench.subject.another_key();
    let signer = another.as_ref().map_or(Signer::None, Signer::Key);
    let forged = bench.deliver(&draft, signer).await?;
    let subject = &bench.subject;
    let headers = subject.signature_headers();
    if forged.took() {
        bench.trust = Trust::Blind;
        let says_otherwise = forged.is_like(&reply)
            && bench
                .model
                .as_ref()
                .is_some_and(|model| !model.reply.is_like(&reply));
        let meaning = if says_otherwise {
            "whatever the body says, 2xx tells the sender that it was taken"
        } else {
            "signatures are not verified at all"
        };
        return Ok(Verdict::fail(
            format!(
                "{} without {headers}, and {} with the signature of another secret: {meaning}",
                reply.words(),
                forged.words()
            ),
            format!(
                "Verify {headers} before anything else, and answer 401 to what does not verify. {}",
                code(subject)
            ),
        ));
    }
    let fix = format!(
        "Refuse what lacks {headers} with 401, in every environment; no header is no reason to trust. {}",
        code(subject)
    );
    let observed = format!(
        "{} without {headers}, though a wrong signature is refused",
        reply.words()
    );
    bench.forged = Some(forged);
    Ok(Verdict::fail(observed, fix))
}
