//! While a secret is changed for another, a delivery has two signatures, of which one fits.

use super::super::bench::Bench;
use super::super::subject::{Signer, cannot_sign};
use super::super::{Check, Stage, Subject, Verdict};
use crate::error::Result;
use crate::signature::beside;

pub(super) const CHECK: Check = Check {
    id: "accepts-rotated-secret",
    asks: "Is one right signature of two enough?",
    sends: "a delivery with two signatures, of which one fits",
    expected: |subject| {
        if subject.scheme.rotates() {
            "2xx for a delivery with two signatures, of which one fits".to_owned()
        } else {
            "2xx for each of the secrets".to_owned()
        }
    },
    why: |subject| {
        format!(
            "While a secret is changed, {} signs with the old and the new one; a handler that reads one signature loses deliveries then.",
            subject.label()
        )
    },
    stage: Stage::Signature,
    after: &[
        "accepts-valid",
        "rejects-missing-signature",
        "rejects-wrong-secret",
    ],
    always: false,
    requests: |subject| {
        let orders = if subject.scheme.has_hasty_library() {
            1
        } else {
            2
        };
        let orders = if subject.scheme.rotates() { orders } else { 0 };
        orders + subject.keys.len() - 1
    },
    cannot: |subject: &Subject| {
        subject.is_unsigned().or_else(|| {
            let none = !subject.scheme.rotates() && subject.keys.len() < 2;
            none.then(|| {
                "a delivery carries one signature; a second `--secret` asks for both".to_owned()
            })
        })
    },
    run: |bench| Box::pin(run(bench)),
};

async fn run(bench: &mut Bench<'_>) -> Result<Verdict> {
    if let Some(blind) = bench.is_blind() {
        return Ok(Verdict::skip(blind));
    }
    for (number, key) in bench.subject.keys.clone().iter().enumerate().skip(1) {
        let draft = bench.draft()?;
        let reply = bench.deliver(&draft, Signer::Key(key)).await?;
        if !reply.took() {
            return Ok(Verdict::fail(
                format!(
                    "{} for the signature of secret {} of those given",
                    reply.words(),
                    number + 1
                ),
                "Try each of the secrets that are valid now, and take what fits one of them.",
            ));
        }
    }
    let Some(another) = bench
        .subject
        .another_key()
        .filter(|_| bench.subject.scheme.rotates())
    else {
        return Ok(Verdict::pass("2xx for each of the secrets"));
    };
    // The right one comes second first: what reads the first alone is more frequent than what reads the last.
    let orders: &[bool] = if bench.subject.scheme.has_hasty_library() {
        &[false]
    } else {
        &[false, true]
    };
    for &right_first in orders {
        let draft = bench.draft()?;
        let mut request = bench
            .request(&draft, Signer::Right)
            .map_err(|why| cannot_sign(&why))?;
        let other = bench
            .request(&draft, Signer::Key(&another))
            .map_err(|why| cannot_sign(&why))?;
        if let Err(why) = beside(bench.subject.scheme, &mut request, &other, right_first) {
            return Ok(Verdict::skip(why));
        }
        let reply = bench.send(&request).await;
        if !reply.took() {
            let (place, only) = if right_first {
                ("first", "last")
            } else {
                ("second", "first")
            };
            let header = bench
                .subject
                .scheme
                .header_names()
                .last()
                .copied()
                .unwrap_or_default();
            return Ok(Verdict::fail(
                format!(
                    "{} for a delivery whose right signature comes {place}: only the {only} one is read",
                    reply.words()
                ),
                format!(
                    "Take `{header}` apart into its entries, and accept the delivery if one of them fits."
                ),
            ));
        }
    }
    Ok(Verdict::pass("2xx in either order"))
}
