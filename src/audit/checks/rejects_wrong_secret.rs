//! A signature of another secret must be refused, and so must one that only begins like the right one.

use super::super::bench::{Bench, Trust};
use super::super::subject::Signer;
use super::super::{Check, Stage, Subject, Verdict};
use super::code;
use crate::error::Result;
use crate::signature::{Forgery, forge, is_quoted_in};

pub(super) const CHECK: Check = Check {
    id: "rejects-wrong-secret",
    asks: "Is the signature of another secret refused, and one that is almost right?",
    sends: "deliveries with the signature of another secret",
    expected: |_| {
        "4xx for the signature of another secret, and for one that only begins like the right one"
            .to_owned()
    },
    why: |_| {
        "A signature proves something only if every byte of it is compared with one made from your secret.".to_owned()
    },
    stage: Stage::Signature,
    after: &["accepts-valid", "rejects-missing-signature"],
    always: false,
    requests: |_| 5,
    cannot: Subject::is_unsigned,
    run: |bench| Box::pin(run(bench)),
};

async fn run(bench: &mut Bench<'_>) -> Result<Verdict> {
    if let Some(blind) = bench.is_blind() {
        return Ok(Verdict::skip(blind));
    }
    let Some(another) = bench.subject.another_key() else {
        return Ok(Verdict::skip("there is no key to change"));
    };
    let draft = bench.draft()?;
    let reply = bench.deliver(&draft, Signer::Key(&another)).await?;
    if reply.took() {
        bench.trust = Trust::Presence;
        let headers = bench.subject.signature_headers();
        return Ok(Verdict::fail(
            format!(
                "{} with the signature of another secret: the handler looks whether there is one, not what it says",
                reply.words()
            ),
            format!(
                "Compute the signature from {headers}, the raw body and your secret, and compare. {}",
                code(&bench.subject)
            ),
        ));
    }
    let words = reply.words();
    if let Ok(right) = bench.request(&draft, Signer::Right) {
        let scheme = bench.subject.scheme;
        let heard = bench.line.heard.last();
        bench.quotes_signature |=
            heard.is_some_and(|heard| is_quoted_in(scheme, &right, &heard.text));
    }
    bench.forged = Some(reply.clone());
    bench.refused("the signature of another secret", reply);
    if let Some(verdict) = weak_spot(bench).await? {
        return Ok(verdict);
    }
    // The real delivery follows the forged one.
    let real = bench.deliver_valid(&draft).await?;
    if real.took() || real.is_silent() {
        return Ok(Verdict::pass(words));
    }
    Ok(Verdict::fail(
        format!(
            "a forged delivery is refused, and then the real one of the same id is refused too: {}",
            real.words()
        ),
        "Verify first, and only then take note of the delivery id: else anybody can block deliveries.",
    ))
}

/// Signatures that weak comparisons take.
async fn weak_spot(bench: &mut Bench<'_>) -> Result<Option<Verdict>> {
    let forgeries = [
        (
            Forgery::WrongTail,
            "a signature of which only the first 8 characters are right",
        ),
        (
            Forgery::Cut,
            "the first 8 characters of the right signature alone",
        ),
        (Forgery::Empty, "an empty signature"),
    ];
    for (how, what) in forgeries {
        let draft = bench.draft()?;
        let Ok(mut request) = bench.request(&draft, Signer::Right) else {
            continue;
        };
        if forge(bench.subject.scheme, &mut request, how).is_err() {
            continue;
        }
        let check = bench.check;
        bench.subject.finish(&mut request, check);
        let reply = bench.send(&request).await;
        if reply.took() {
            return Ok(Some(Verdict::fail(
                format!("{} for {what}", reply.words()),
                "Compare the whole signature, length first, in constant time: `crypto.timingSafeEqual` in Node, `hmac.compare_digest` in Python.",
            )));
        }
        bench.refused(what, reply);
        if bench.down.is_some() {
            break;
        }
    }
    Ok(None)
}
