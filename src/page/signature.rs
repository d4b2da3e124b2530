//! The signature of a capture: verified again as `verify` does it, at the time when it came, with the listener's
//! secrets, and shown step by step.

use std::borrow::Cow;

use axum::http::Uri;
use serde_json::{Value, json};

use super::detail;
use super::reply::{Refusal, Reply, json, typed};
use super::server::parameter;
use super::state::Page;
use crate::commands::judged::Verifier;
use crate::commands::options::SecretArgs;
use crate::commands::sources;
use crate::error::Error;
use crate::provider::Detector;
use crate::render::verification::{self, Found};
use crate::request::{redact, stored};
use crate::secret::Secret;
use crate::signature::{self, Clock, Evidence, Language, Source};
use crate::store::{Entry, Id};

/// The verification of a capture, and what was signed.
pub(super) fn shown(page: &Page, id: Id, reveal: bool) -> Reply {
    let entry = detail::entry(page, id)?;
    let secrets = secrets(page, &entry);
    let clock = Clock {
        now: entry.at.as_second(),
        tolerance: None,
    };
    let found = match verify(page, &entry, &secrets, clock) {
        Ok(found) => found,
        Err(error) => {
            let problem =
                json!({"error": redact::text(&error.to_string()), "hints": error.hints()});
            return Ok(json(
                &json!({"problem": problem, "at": entry.at.as_second()}),
            ));
        }
    };
    let source = Source::new(&entry.request);
    let evidence = found
        .scheme
        .and_then(|scheme| signature::evidence(scheme, &secrets, &source, clock.into()));
    let difference = found.diagnosis.difference.as_ref();
    let difference = difference.map(|difference| {
        json!({"at": difference.at, "here": difference.here, "signed": difference.signed})
    });
    Ok(json(&json!({
        "at": entry.at.as_second(),
        "verification": verification::json(&found),
        "scheme": scheme(&found),
        "evidence": evidence.map(|evidence| told(&evidence, reveal)),
        "difference": difference,
        "facts": found.facts,
    })))
}

/// The secrets that the listener has for a capture.
fn secrets<'a>(page: &'a Page, entry: &Entry) -> Cow<'a, [Secret]> {
    let facts = &entry.facts;
    let scheme = facts.scheme.as_deref().unwrap_or_default();
    page.judge.secrets_of(facts.provider.as_deref(), scheme)
}

fn verify(page: &Page, entry: &Entry, secrets: &[Secret], clock: Clock) -> Result<Found, Error> {
    let catalogue = page.settings.catalogue()?;
    let name = entry.facts.provider.as_deref();
    // A provider may have been taken away since then.
    let provider = name.and_then(|name| catalogue.provider(name).ok());
    let detector = Detector::new(catalogue.all()?);
    let given = SecretArgs::of(secrets);
    let sourced = sources::of_entry(entry.clone())?;
    Verifier::new(&given, provider, None, detector, clock).verify(&sourced, false, &page.settings)
}

/// How the sender signs.
fn scheme(found: &Found) -> Value {
    let Some(scheme) = found.scheme else {
        return Value::Null;
    };
    let languages = Language::ALL.map(|language| json!([language.word(), language.name()]));
    let languages = if scheme.signs() { &languages[..] } else { &[] };
    json!({
        "id": scheme.id,
        "label": scheme.label,
        "facts": signature::scheme_facts(scheme),
        "languages": languages,
    })
}

/// What was signed, what came and what was computed. The last is for nobody who does not ask for it, since it is the
/// signature of whatever body came.
fn told(evidence: &Evidence, reveal: bool) -> Value {
    let mut value = json!({
        "size": evidence.length,
        "received": evidence.received,
        "computed": evidence.expected.as_deref().filter(|_| reveal),
        "can_compute": evidence.expected.is_some(),
        "is_secret": evidence.message_is_secret && !reveal,
    });
    if !evidence.message_is_secret || reveal {
        let cut = &*evidence.start;
        // A cut may fall into the middle of a character; that character is left out.
        let end = match std::str::from_utf8(cut) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => cut.len(),
        };
        let (key, text) = stored::body_to_json(&cut[..end]);
        value[key.replace("body", "signed")] = text;
        value["is_cut"] = json!(end < evidence.length);
    }
    value
}

/// Code that verifies requests of a scheme.
pub(super) fn snippet_of(uri: &Uri) -> Reply {
    let text = |name: &str| parameter(uri, name).unwrap_or_default();
    let scheme = signature::named(&text("scheme"));
    let language = Language::ALL
        .into_iter()
        .find(|language| language.word() == text("lang"));
    match scheme.zip(language) {
        Some((scheme, language)) => Ok(typed(
            "text/plain; charset=utf-8",
            signature::snippet(scheme, language),
        )),
        None => Err(Refusal::bad("there is no such scheme or language")),
    }
}
