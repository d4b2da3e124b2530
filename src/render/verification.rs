//! A verdict, for people and as machine output.

use serde_json::{Value, json};

use super::Paint;
use super::text::safe;
use crate::signature::{Status, Verification};

/// What `verify` found about one request.
pub(crate) struct Found<'a> {
    pub(crate) provider: Option<&'a str>,
    pub(crate) delivery_id: Option<&'a str>,
    pub(crate) verification: &'a Verification,
    /// Things to know beside the verdict: code and explanation.
    pub(crate) warnings: Vec<(&'static str, String)>,
}

/// A verdict as one JSON object. An unsigned request counts as valid, with a warning that nothing was proven.
pub(crate) fn json(found: &Found<'_>) -> Value {
    let verification = found.verification;
    let good = matches!(verification.status, Status::Valid | Status::Unsigned);
    let checks: Vec<Value> = verification
        .checks
        .iter()
        .map(|check| json!({"name": check.name, "ok": check.ok, "detail": check.detail}))
        .collect();
    let warnings: Vec<Value> = found
        .warnings
        .iter()
        .map(|(code, text)| json!({"code": code, "explanation": text}))
        .collect();
    json!({
        "type": "verification",
        "status": if good { "valid" } else { "invalid" },
        "provider": found.provider,
        "scheme": verification.scheme,
        "delivery_id": found.delivery_id,
        "timestamp": verification.timestamp,
        "reason": verification.reason.map(crate::signature::Reason::code),
        "checks": checks,
        "causes": [],
        "warnings": warnings,
    })
}

/// A verdict for people: the answer first.
pub(crate) fn human(found: &Found<'_>, paint: Paint) -> String {
    let verification = found.verification;
    let of = match found.provider {
        Some(provider) => format!("{provider}, {}", verification.scheme),
        None => verification.scheme.clone(),
    };
    let reason = verification
        .reason
        .map(|reason| format!(" ({})", reason.code()))
        .unwrap_or_default();
    let mut text = match verification.status {
        Status::Valid => paint.good("✓ valid"),
        Status::Unsigned => paint.warn("unsigned"),
        Status::Invalid | Status::NoSecret => paint.bad(&format!("✗ invalid{reason}")),
    };
    text.push_str(&format!("  {}", paint.faint(&of)));
    if let Some(id) = found.delivery_id {
        text.push_str(&format!("  {}", safe(id)));
    }
    text.push('\n');
    for check in &verification.checks {
        let mark = if check.ok {
            paint.good("✓")
        } else {
            paint.bad("✗")
        };
        text.push_str(&format!(
            "  {mark} {}: {}\n",
            check.name,
            safe(&check.detail)
        ));
    }
    for (_, warning) in &found.warnings {
        text.push_str(&format!("  {} {}\n", paint.warn("!"), safe(warning)));
    }
    text
}
