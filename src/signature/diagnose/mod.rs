//! Why a signature does not fit, found by computation: bodies, keys, messages, URLs and digests are varied until the
//! signature fits one of them. A fit is proof; where there is none, nothing is guessed.

mod body;
mod budget;
mod cause;
mod charset;
mod facts;
mod form;
mod hash;
mod key;
mod place;
mod search;
mod spelling;
#[cfg(test)]
mod tests;
mod token;

use std::cell::RefCell;
use std::ops::ControlFlow;

pub(crate) use budget::Part;
pub(crate) use cause::{Cause, Code};
pub(crate) use facts::facts;

use self::body::Variant;
use self::budget::Budget;
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
    pub(crate) effort: Effort<'a>,
}

/// How long a cause is searched.
#[derive(Clone, Copy, Default)]
pub(crate) struct Effort<'a> {
    /// Without a limit.
    pub(crate) thorough: bool,
    /// Is told how much was done, in bytes hashed or work of the same length.
    pub(crate) progress: Option<&'a dyn Fn(u64)>,
}

/// What was found out about a failure.
#[derive(Clone, Debug, Default)]
pub(crate) struct Diagnosis {
    /// Best first; none if nothing fits.
    pub(crate) causes: Vec<Cause>,
    /// Where the body at hand and the one that was signed part ways.
    pub(crate) difference: Option<Difference>,
    /// Parts of the search that were left out or cut short, so that no cause found proves nothing. None if there is a
    /// cause.
    pub(crate) left_out: Vec<Part>,
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

    fn between(here: &[u8], signed: &Variant<'_>, line_end: bool) -> Self {
        let mut at = 0;
        // The last bytes that are the same, and those after them.
        let (mut before, mut after) = (Vec::new(), Vec::new());
        let mut compare = |chunk: &[u8]| {
            let rest = here.get(at..).unwrap_or_default();
            let same = if after.is_empty() {
                let pairs = rest.iter().zip(chunk);
                pairs.take_while(|(here, signed)| here == signed).count()
            } else {
                0
            };
            at += same;
            before.extend_from_slice(&chunk[same.saturating_sub(Self::AROUND)..same]);
            before.drain(..before.len().saturating_sub(Self::AROUND));
            let wanted = Self::AROUND - after.len();
            after.extend(chunk[same..].iter().take(wanted));
            if after.len() == Self::AROUND {
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        };
        signed.stream(&mut compare);
        if line_end {
            let _ = compare(b"\n");
        }
        let end = here.len().min(at + Self::AROUND);
        let here = &here[at.saturating_sub(Self::AROUND)..end];
        Self {
            at,
            here: String::from_utf8_lossy(here).into_owned(),
            signed: String::from_utf8_lossy(&[before, after].concat()).into_owned(),
        }
    }
}

/// Finds the causes of a failure.
pub(crate) fn diagnose(case: &Case<'_>) -> Diagnosis {
    let body = message::body(case.scheme, case.source.request);
    let Effort { thorough, progress } = case.effort;
    let budget = Budget::new(body.len(), thorough, progress);
    let difference = RefCell::new(None);
    let causes = find_causes(case, body, &budget, &difference);
    let left_out = if causes.is_empty() {
        budget.left_out()
    } else {
        Vec::new()
    };
    Diagnosis {
        causes,
        difference: difference.into_inner(),
        left_out,
    }
}

fn find_causes(
    case: &Case<'_>,
    body: &[u8],
    budget: &Budget<'_>,
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
        _ => Search::new(case, sig, budget, difference).and_then(|search| search.run()),
    };
    let found = found
        .or_else(|| other_scheme(case, budget))
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
fn other_scheme(case: &Case<'_>, budget: &Budget<'_>) -> Option<Vec<Deviation>> {
    budget.release();
    let setting = Setting {
        brief: true,
        ..case.setting
    };
    let has_field = |path: &str| case.source.has_field(path);
    let carries = |sig: &SignatureAt| sig.body.as_deref().is_none_or(has_field);
    scheme::all()
        .iter()
        .filter(|scheme| {
            scheme.id != case.scheme.id
                && scheme.is_carried_by(case.source.request)
                && scheme.sig.as_ref().is_some_and(carries)
        })
        .find_map(|scheme| {
            let keys = verify::keys(scheme, case.secrets).ok()?;
            if !budget.take(Part::Schemes, work(scheme, keys.len(), case)) {
                return None;
            }
            let found = verify::verify(scheme, &keys, case.source, setting);
            let fits = found.status == Status::Valid
                || matches!(found.reason, Some(Reason::Stale | Reason::Future));
            let what = format!(
                "the scheme `{}` ({}), not `{}`",
                scheme.id, scheme.label, case.scheme.id
            );
            fits.then(|| vec![Deviation::new(Code::SchemeOther, what)])
        })
}

/// The work to verify a request under a scheme, in bytes hashed.
fn work(scheme: &Scheme, keys: usize, case: &Case<'_>) -> u64 {
    let request = case.source.request;
    let urls = verify::urls(scheme, request, case.setting.url).len();
    let signatures = match &scheme.sig {
        Some(sig) if scheme.is_asymmetric() => read::signature_values(sig, case.source)
            .iter()
            .map(|value| value.len() / 64 + 1)
            .sum(),
        _ => 1,
    };
    let bytes = message::body(scheme, request).len() + 1024;
    let all = [keys, urls, signatures, bytes];
    let sizes = all.map(|size| u64::try_from(size).unwrap_or(u64::MAX));
    sizes.into_iter().fold(1, u64::saturating_mul)
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
