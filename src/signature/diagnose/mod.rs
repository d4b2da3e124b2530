//! Why a signature does not fit, found by computation: bodies, keys, messages, URLs and digests are varied until the
//! signature fits one of them. A fit is proof; where there is none, nothing is guessed.

mod body;
mod cause;
mod charset;
mod facts;
mod form;
mod key;
mod place;
mod search;
mod spelling;
#[cfg(test)]
mod tests;
mod token;

use std::cell::RefCell;

pub(crate) use cause::{Cause, Code};
pub(crate) use facts::facts;

use self::cause::{Deviation, causes};
use self::search::Search;
use super::scheme::{self, Algorithm, Scheme, SignatureAt, Unit};
use super::verdict::{Reason, Status};
use super::verify::{self, Setting};
use super::{Source, message, read};
use crate::request::depth;
use crate::secret::Secret;

/// A secret that is configured elsewhere, and whose it is.
pub(crate) struct OtherSecret {
    pub(crate) of: String,
    pub(crate) secret: Secret,
}

/// What there is to find a cause with.
pub(crate) struct Case<'a> {
    pub(crate) scheme: &'a Scheme,
    pub(crate) secrets: &'a [Secret],
    /// Secrets of other providers and endpoints.
    pub(crate) others: &'a [OtherSecret],
    pub(crate) source: &'a Source<'a>,
    pub(crate) setting: Setting<'a>,
    pub(crate) reason: Reason,
}

/// What was found out about a failure.
#[derive(Clone, Debug, Default)]
pub(crate) struct Diagnosis {
    /// Best first; none if nothing fits.
    pub(crate) causes: Vec<Cause>,
    /// Where the body at hand and the one that was signed part ways.
    pub(crate) difference: Option<Difference>,
}

/// The first place where two bodies differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    /// Offset in bytes.
    pub(crate) at: usize,
    /// What stands there in the body at hand, from a little before it.
    pub(crate) here: String,
    /// What was signed.
    pub(crate) signed: String,
}

impl Difference {
    /// Bytes shown before and after the place.
    const AROUND: usize = 12;

    fn between(here: &[u8], signed: &[u8]) -> Self {
        let at = here
            .iter()
            .zip(signed)
            .take_while(|(here, signed)| here == signed)
            .count();
        let around = |body: &[u8]| {
            let from = at.saturating_sub(Self::AROUND);
            let to = body.len().min(at + Self::AROUND);
            String::from_utf8_lossy(&body[from..to]).into_owned()
        };
        Self {
            at,
            here: around(here),
            signed: around(signed),
        }
    }
}

/// Finds the causes of a failure.
pub(crate) fn diagnose(case: &Case<'_>) -> Diagnosis {
    let body = message::body(case.scheme, case.source.request);
    let difference = RefCell::new(None);
    let causes = find_causes(case, body, &difference);
    Diagnosis {
        causes,
        difference: difference.into_inner(),
    }
}

fn find_causes(
    case: &Case<'_>,
    body: &[u8],
    difference: &RefCell<Option<Difference>>,
) -> Vec<Cause> {
    if matches!(case.reason, Reason::Stale | Reason::Future) {
        return causes(&wrong_unit(case).into_iter().collect::<Vec<_>>(), body);
    }
    let Some(sig) = &case.scheme.sig else {
        return Vec::new();
    };
    let usable = case.secrets.iter().any(|secret| !secret.is_empty());
    if !usable && !case.secrets.is_empty() {
        let empty = Deviation::new(Code::SecretEmpty, "nothing: the secret is empty");
        let mut found = causes(&[empty], body);
        "The secret is empty, so there is no key to verify with."
            .clone_into(&mut found[0].explanation);
        return found;
    }
    let found = match case.scheme.alg {
        Algorithm::Equal => compared(case, sig),
        _ => Search::new(case, sig, difference).and_then(|search| search.run()),
    };
    let found = found
        .or_else(|| other_scheme(case))
        .or_else(|| cut_off(case, body));
    causes(&found.unwrap_or_default(), body)
}

/// A body that ends before its time: fewer bytes than Content-Length says, and the JSON is not at its end.
fn cut_off(case: &Case<'_>, body: &[u8]) -> Option<Vec<Deviation>> {
    let said = case.source.request.headers.text("content-length")?;
    let missing = said.trim().parse::<usize>().ok()?.checked_sub(body.len())?;
    let read = depth::check(body);
    let ends_early = missing > 0 && read.is_err_and(|error| error.is_eof());
    let what = format!(
        "no body of {} bytes: Content-Length says {}, and the JSON breaks off where the bytes end",
        body.len(),
        said.trim()
    );
    ends_early.then(|| vec![Deviation::new(Code::BodyTruncated, what)])
}

/// Whether the time is in tolerance if it is read in another unit.
fn wrong_unit(case: &Case<'_>) -> Option<Deviation> {
    let (ts, sig) = (case.scheme.ts.as_ref()?, case.scheme.sig.as_ref()?);
    let values = read::signature_values(sig, case.source);
    let text = read::timestamp_text(case.scheme, case.source, &values).ok()?;
    let number: i64 = text.trim().parse().ok()?;
    let (seconds, sent, wanted) = match ts.unit {
        Unit::Milliseconds => (number, "seconds", "milliseconds"),
        Unit::Seconds => (number.div_euclid(1000), "milliseconds", "seconds"),
        Unit::Iso8601 => return None,
    };
    let tolerance = case.setting.clock.tolerance.or(ts.tol).unwrap_or(i64::MAX);
    let age = case.setting.clock.now.saturating_sub(seconds);
    (age.saturating_abs() <= tolerance).then(|| {
        let what = format!("and its time is right in {sent}, where the scheme takes {wanted}");
        Deviation::new(Code::TimestampUnit, what)
    })
}

/// The request verified under every other scheme whose signature it carries.
fn other_scheme(case: &Case<'_>) -> Option<Vec<Deviation>> {
    scheme::all()
        .iter()
        .filter(|scheme| {
            scheme.id != case.scheme.id
                && scheme.signs()
                && scheme.is_carried_by(case.source.request)
        })
        .find_map(|scheme| {
            let keys = verify::keys(scheme, case.secrets).ok()?;
            let found = verify::verify(scheme, &keys, case.source, case.setting);
            let fits = found.status == Status::Valid
                || matches!(found.reason, Some(Reason::Stale | Reason::Future));
            let what = format!(
                "the scheme `{}` ({}), not `{}`",
                scheme.id, scheme.label, case.scheme.id
            );
            fits.then(|| vec![Deviation::new(Code::SchemeOther, what)])
        })
}

/// A header that holds the secret itself.
fn compared(case: &Case<'_>, sig: &SignatureAt) -> Option<Vec<Deviation>> {
    let values = read::signature_values(sig, case.source);
    let place = sig.place();
    for secret in case.secrets {
        let text = secret.reveal();
        for value in &values {
            let last = value.split_whitespace().last().unwrap_or_default();
            let decoded = crate::secret::decode_base64(last).unwrap_or_default();
            let trims = value.trim() == secret.trimmed()
                || last == secret.trimmed()
                || decoded == secret.trimmed().as_bytes();
            let found = if last == text || value == text {
                Deviation::new(
                    Code::SignaturePrefix,
                    format!(
                        "but `{place}` has other words before the secret than the scheme writes"
                    ),
                )
            } else if decoded == text.as_bytes() {
                Deviation::new(
                    Code::SignatureEncoding,
                    format!("once `{place}` is read as base64"),
                )
            } else if trims
                || value.trim_matches(['"', '\'']) == secret.trimmed().trim_matches(['"', '\''])
            {
                Deviation::new(
                    Code::SecretWhitespace,
                    "but for white space or quotes around the secret".to_owned(),
                )
            } else if value.eq_ignore_ascii_case(text) {
                Deviation::new(
                    Code::SecretEncoding,
                    "but for upper and lower case".to_owned(),
                )
            } else {
                continue;
            };
            return Some(vec![found]);
        }
    }
    let other = case
        .others
        .iter()
        .find(|other| values.iter().any(|value| value == other.secret.reveal()))?;
    Some(vec![Deviation::new(
        Code::SecretOther,
        format!("the secret of {}", other.of),
    )])
}
