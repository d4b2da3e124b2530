//! A scheme in words, and a worked example of it, signed and verified by the same code as everything else.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::message::{self, Parts, Piece};
use super::scheme::{Algorithm, Encoding, KeyForm, Scheme, Sides, SignatureAt, TimestampAt, Unit};
use super::{Attempt, Clock, Key, Source, Status, read, sign, verify};
use crate::request::{Headers, Request, form, json as body_json};
use crate::secret::Secret;

/// What the example keys are made of: 32 bytes.
const SEED: &[u8; 32] = b"an example secret, not your own!";
/// A P-256 key made of the same bytes, as a PKCS #8 document.
const P256: &str = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgYW4gZXhhbXBsZSBzZWNyZXQsIG5vdCB5b3VyIG93biGhRANCAASpLw1gWP4rStS5JQHAAAdlu+hvvgMxNf7Da1O0uygxMrLSUhwBNhmcT0AruiVU1697bZlXS1O5OykwZbjKwr1v";
const RAW: &str = "an_example_secret_not_your_own";
const CREDENTIALS: &str = "user:an_example_password";
/// Time of the example: 2023-11-14T22:13:20Z.
const TIMESTAMP: i64 = 1_700_000_000;
const ID: &str = "msg_example";
const URL: &str = "https://example.com/webhooks";
/// A number and a space that a parser would not print again as they are.
const BODY: &str = r#"{"event": "order.paid", "amount": 8.0}"#;
const FORM: &str = "event=order.paid&amount=8.0";

/// A worked example.
pub(crate) struct Worked {
    /// The secret, made up for the example.
    pub(crate) secret: String,
    /// What a receiver verifies with, if it is not the secret.
    pub(crate) public: Option<String>,
    /// The bytes of the key that verifies.
    pub(crate) key: Vec<u8>,
    /// The signed request.
    pub(crate) request: Request,
    pub(crate) url: &'static str,
    pub(crate) timestamp: i64,
    /// The signed bytes; `None` if the header holds the secret itself.
    pub(crate) message: Option<Vec<u8>>,
    /// The signature as bytes.
    pub(crate) digest: Vec<u8>,
}

/// The example of a scheme, `prefix` as the sender writes it before the digest; `None` for one that does not sign.
///
/// # Errors
/// Why the scheme's own example does not verify, which would be a defect.
pub(crate) fn worked(
    scheme: &'static Scheme,
    prefix: Option<&str>,
) -> Option<Result<Worked, String>> {
    let sig = scheme.sig.as_ref()?;
    Some(work(scheme, sig, prefix))
}

fn work(
    scheme: &'static Scheme,
    sig: &SignatureAt,
    prefix: Option<&str>,
) -> Result<Worked, String> {
    let secret = secret(scheme);
    let key = Key::new(scheme, &secret)?;
    let mut request = request(scheme);
    let attempt = Attempt {
        id: ID,
        timestamp: TIMESTAMP,
        url: URL,
        prefix,
    };
    sign(scheme, &key, &mut request, attempt)?;
    let source = Source::new(&request);
    let clock = Clock {
        now: TIMESTAMP,
        tolerance: None,
    };
    let setting = super::Setting {
        clock,
        url: Some(URL),
        brief: false,
    };
    let verification = verify(scheme, std::slice::from_ref(&key), &source, setting);
    if verification.status != Status::Valid {
        return Err(format!("the example of {} is not valid", scheme.label));
    }
    let values = read::signature_values(sig, &source);
    let digest = read::digests(scheme, sig, &values).map_err(|finding| finding.2)?;
    let timestamp = read::timestamp_text(scheme, &source, &values).map_err(|finding| finding.2)?;
    let parts = Parts {
        id: ID,
        timestamp: &timestamp,
        body: message::body(scheme, &request),
        url: URL,
        key: key.bytes(),
        source: &source,
    };
    let message =
        (scheme.alg != Algorithm::Equal).then(|| message::of_scheme(scheme, parts).concat());
    Ok(Worked {
        public: key.public(scheme),
        key: key.bytes().to_vec(),
        digest: digest.into_iter().next().unwrap_or_default(),
        message,
        secret: secret.reveal().to_owned(),
        url: URL,
        timestamp: TIMESTAMP,
        request,
    })
}

fn secret(scheme: &Scheme) -> Secret {
    use crate::secret::SecretForm;
    let text = match (scheme.alg, scheme.key) {
        (Algorithm::Ed25519, _) => {
            return SecretForm::Ed25519
                .write(SEED)
                .unwrap_or_else(|| Secret::new(RAW));
        }
        (Algorithm::EcdsaP256, _) => P256.to_owned(),
        (Algorithm::Equal, _) if scheme.enc.first() == Encoding::Base64 => CREDENTIALS.to_owned(),
        (_, Some(KeyForm::Whsec)) => format!("whsec_{}", STANDARD.encode(SEED)),
        (_, Some(KeyForm::Base64)) => STANDARD.encode(SEED),
        (_, Some(KeyForm::Hex)) => hex::encode(SEED),
        _ => RAW.to_owned(),
    };
    Secret::new(&text)
}

/// The request before it is signed, with places in the body for what is written there.
fn request(scheme: &Scheme) -> Request {
    let is_form = scheme.msg.0.contains(&Piece::Form);
    let (media_type, body) = if is_form {
        (form::MEDIA_TYPE, FORM.to_owned())
    } else {
        ("application/json", body(scheme))
    };
    let mut headers = Headers::default();
    headers.push("content-type", media_type);
    Request {
        method: "POST".into(),
        target: "/webhooks".into(),
        headers,
        body: body.into(),
    }
}

fn body(scheme: &Scheme) -> String {
    let ts = scheme.ts.as_ref().and_then(|ts| ts.body.as_deref());
    let mut paths: Vec<(String, Value)> = Vec::new();
    if let Some(join) = &scheme.join {
        let full = |path: &String| format!("{}.{path}", join.base);
        let sample = |path: &String| {
            let last = path.rsplit('.').next().unwrap_or(path);
            match last {
                "value" => json!(1000),
                "success" => json!("true"),
                "originalReference" => json!(""),
                other => json!(other),
            }
        };
        paths.extend(join.paths.iter().map(|path| (full(path), sample(path))));
    }
    for piece in &scheme.msg.0 {
        if let Piece::Field(path) = piece
            && Some(&**path) != ts
        {
            paths.push((path.clone(), json!("an-example-value")));
        }
    }
    paths.extend(ts.map(|path| (path.to_owned(), json!(0))));
    let in_body = scheme.sig.as_ref().and_then(|sig| sig.body.as_ref());
    paths.extend(in_body.map(|path| (path.clone(), json!("-"))));
    if paths.is_empty() {
        return BODY.to_owned();
    }
    let mut body = Value::Null;
    for (path, value) in paths {
        put(&mut body, &body_json::split_path(&path), value);
    }
    body_json::stringify(&body)
}

/// Puts a value at a path, with the objects and lists on the way; a list gets one item.
fn put(place: &mut Value, path: &[impl AsRef<str>], value: Value) {
    let Some((first, rest)) = path.split_first() else {
        *place = value;
        return;
    };
    if first.as_ref() == "0" {
        if !place.is_array() {
            *place = json!([null]);
        }
        return put(&mut place[0], rest, value);
    }
    if !place.is_object() {
        *place = Value::Object(Map::new());
    }
    put(&mut place[first.as_ref()], rest, value);
}

/// A scheme in words: where the signature is, what is signed, with what, and how long it holds.
pub(crate) fn facts(scheme: &Scheme) -> Vec<(&'static str, String)> {
    let Some(sig) = &scheme.sig else {
        return Vec::new();
    };
    let mut facts = vec![("signature", place(scheme, sig))];
    if scheme.alg == Algorithm::Equal {
        facts.push(("compared", "with the secret; nothing is signed".to_owned()));
    } else {
        facts.push(("signed", signed(scheme)));
    }
    if let Some(name) = &scheme.id_header {
        facts.push(("id", format!("header `{name}`")));
    }
    if let Some(ts) = &scheme.ts {
        facts.push(("time", time(ts, sig)));
        facts.push(("tolerance", tolerance(ts)));
    } else if scheme.alg != Algorithm::Equal {
        let text = "no time is signed, so an old request can be sent again: remember the ids";
        facts.push(("tolerance", text.to_owned()));
    }
    facts.push(("key", key(scheme).to_owned()));
    if scheme.alg != Algorithm::Equal {
        let encodings: Vec<_> = scheme.enc.0.iter().map(|enc| enc.word()).collect();
        let text = format!("{}, in {}", scheme.algorithm(), encodings.join(" or "));
        facts.push(("algorithm", text));
    }
    if let Some(library) = super::snippet::library(scheme) {
        facts.push(("library", format!("`{library}` on npm verifies it, too")));
    }
    // The key has a line of its own.
    let notes = super::snippet::notes(scheme).into_iter();
    let notes = notes.filter(|note| !note.starts_with("secret:"));
    facts.extend(notes.map(|note| ("note", note)));
    facts
}

fn place(scheme: &Scheme, sig: &SignatureAt) -> String {
    let form = read::form(scheme, sig);
    if let Some(path) = &sig.body {
        return format!("body field `{path}`: {form}");
    }
    let mut names: Vec<String> = sig.header.iter().chain(&sig.headers).cloned().collect();
    names.extend(sig.more.clone());
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    let plural = if names.len() == 1 {
        "header"
    } else {
        "headers"
    };
    let mut text = format!("{plural} {}: {form}", names.join(", "));
    if let Some(field) = scheme.ts.as_ref().and_then(|ts| ts.sigfield.as_ref()) {
        let kv = sig.kv.map(String::from).unwrap_or_default();
        text.push_str(&format!(", with the time as {field}{kv}<time>"));
    }
    match sig.split {
        Some(' ') => text.push_str("; a list split by spaces, any one may fit"),
        Some(split) => text.push_str(&format!("; a list split by `{split}`, any one may fit")),
        None if names.len() > 1 => text.push_str("; any one may fit"),
        None => {}
    }
    if let Some(prefix) = &sig.prefix_opt {
        text.push_str(&format!("; `{prefix}` may be absent"));
    }
    text
}

fn signed(scheme: &Scheme) -> String {
    let mut text = scheme.template();
    if let Some(join) = &scheme.join {
        text = format!("values of `{}`: {text}", join.base);
    }
    if scheme.msg.0.contains(&Piece::Form) {
        text.push_str("; form: names and values in order, each pair once, without separators");
    }
    text
}

fn time(ts: &TimestampAt, sig: &SignatureAt) -> String {
    let unit = match ts.unit {
        Unit::Seconds => "unix seconds",
        Unit::Milliseconds => "unix milliseconds",
        Unit::Iso8601 => "ISO 8601",
    };
    match (&ts.header, &ts.sigfield, &ts.body) {
        (Some(name), _, _) => format!("header `{name}`, in {unit}"),
        (_, Some(field), _) => format!("`{field}` in `{}`, in {unit}", sig.place()),
        (_, _, Some(path)) => format!("body field `{path}`, in {unit}"),
        _ => unit.to_owned(),
    }
}

fn tolerance(ts: &TimestampAt) -> String {
    match (ts.tol, ts.sides) {
        (None, _) => "the sender's libraries enforce none".to_owned(),
        (Some(seconds), Sides::Both) => format!("{seconds} s, to either side"),
        (Some(seconds), Sides::Past) => format!("{seconds} s; times to come are accepted"),
    }
}

fn key(scheme: &Scheme) -> &'static str {
    match (scheme.alg, scheme.key) {
        (Algorithm::Ed25519, Some(KeyForm::Hex)) => "the sender's public key, in hex",
        (Algorithm::Ed25519, _) => "the sender's public key: `whpk_`, then base64",
        (Algorithm::EcdsaP256, _) => "the sender's public key: base64 of DER",
        (Algorithm::Equal, _) => "the bytes of the secret as it is written",
        (_, Some(KeyForm::Whsec)) => "base64 after `whsec_`, decoded",
        (_, Some(KeyForm::Hex)) => "hex, decoded",
        (_, Some(KeyForm::Base64)) => "base64, decoded",
        _ => "the bytes of the secret as it is written, not decoded",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scheme_that_signs_has_an_example_that_is_valid() {
        for scheme in super::super::all() {
            let worked = worked(scheme, None);
            assert_eq!(worked.is_some(), scheme.signs(), "{}", scheme.id);
            if let Some(Err(problem)) = worked {
                panic!("{}: {problem}", scheme.id);
            }
        }
    }
}
