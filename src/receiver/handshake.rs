//! Requests by which senders check an endpoint, and the answers that they wait for. Which there are is data: see
//! `fixtures/handshakes.toml`, where the parts are explained.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use hyper::StatusCode;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use subtle::ConstantTimeEq as _;

use super::{Answer, Judge, Judgement, Verdict};
use crate::request::Request;
use crate::secret::Secret;
use crate::signature::{self, Source};

/// One kind of handshake.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Handshake {
    name: String,
    /// Where it is documented.
    #[serde(rename = "docs")]
    _docs: IgnoredAny,
    method: String,
    #[serde(default)]
    query: BTreeMap<String, Value>,
    #[serde(default)]
    header: BTreeMap<String, Value>,
    #[serde(default)]
    body: BTreeMap<String, Value>,
    scheme: String,
    #[serde(default)]
    signed: bool,
    token: Option<String>,
    refuse: Option<u16>,
    #[serde(default = "ok")]
    status: u16,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    text: Option<String>,
    json: Option<Value>,
    keep: Option<String>,
    show: Option<String>,
}

fn ok() -> u16 {
    200
}

#[derive(Deserialize)]
struct Table {
    handshake: Vec<Handshake>,
}

static HANDSHAKES: LazyLock<Vec<Handshake>> = LazyLock::new(|| {
    let table: Table = toml::from_str(include_str!("../../fixtures/handshakes.toml"))
        .expect("the table is read by a test");
    table.handshake
});

/// A handshake that was recognised, and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Handshaken {
    /// The kind of handshake.
    pub(crate) name: &'static str,
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
    /// What the user should know: lower case, no full stop.
    pub(crate) note: Option<String>,
}

impl Handshaken {
    /// The answer, which nothing takes the place of.
    pub(super) fn answer(&self) -> Answer {
        let headers = self.headers.iter();
        Answer {
            status: Some(StatusCode::from_u16(self.status).unwrap_or_default()),
            headers: headers
                .map(|(name, value)| (name.clone(), value.clone().into_bytes()))
                .collect(),
            body: self.body.clone().into(),
            ..Answer::none()
        }
    }
}

/// Answers a request that is a handshake. What the judgement says of the signature of one that carries none is put
/// right: nothing is missing. `None` for any other request, and for one that `require_valid` is to refuse.
pub(super) fn answer(
    source: &Source<'_>,
    judge: &Judge,
    judgement: &mut Judgement,
    require_valid: bool,
) -> Option<Handshaken> {
    let shake = HANDSHAKES.iter().find(|shake| shake.fits(source))?;
    let is_bad = matches!(judgement.verdict, Verdict::Invalid | Verdict::Missing);
    if shake.signed
        && require_valid
        && judgement.verdict != Verdict::Valid
        && shake.refuse.is_none()
    {
        return None;
    }
    if !shake.signed && judgement.verdict == Verdict::Missing {
        (judgement.verdict, judgement.reason, judgement.detail) = (Verdict::Unsigned, None, None);
    }
    let secrets = judge.secrets_of(Some(&shake.name), &shake.scheme);
    let values = Values {
        source,
        secret: secrets.first(),
    };
    let mut note = None;
    if let Some(refuse) = shake.refuse {
        let is_unknown = judgement.verdict == Verdict::NoSecret;
        if shake.signed && (is_bad || (require_valid && is_unknown)) {
            return Some(shake.refused(refuse));
        }
        if shake.token.is_some() && secrets.is_empty() {
            note = Some("no secret is given, so its token was not checked".to_owned());
        } else if shake
            .token
            .as_ref()
            .is_some_and(|token| !values.is_one_of(token, &secrets))
        {
            let mut refused = shake.refused(refuse);
            refused.note = Some("its token is none of the secrets given".to_owned());
            return Some(refused);
        }
    }
    let mut answered = shake.answered(&values).unwrap_or_else(|| {
        // Without a secret there is nothing to answer with.
        let mut refused = shake.refused(401);
        refused.note =
            Some("the answer is made with the secret; give it with `--secret`".to_owned());
        refused
    });
    answered.note = answered.note.or(note);
    if let Some(secret) = shake.keep.as_ref().and_then(|keep| values.fill(keep)) {
        judge.learn(&shake.scheme, Secret::new(&secret));
    }
    Some(answered)
}

impl Handshake {
    /// Whether a request is of this kind.
    fn fits(&self, source: &Source<'_>) -> bool {
        let request = source.request;
        request.method == self.method
            && self.header.iter().all(|(name, wanted)| {
                let value = request.headers.text(name);
                value.is_some_and(|value| is_wanted(&Value::from(&*value), wanted))
            })
            && self.query.iter().all(|(name, wanted)| {
                let value = query(request, name);
                value.is_some_and(|value| is_wanted(&Value::from(value), wanted))
            })
            && self.body.iter().all(|(path, wanted)| {
                let node = source.json().and_then(|fields| fields.lookup(path));
                let value = node.and_then(|node| node.value(MAX_VALUE));
                value.is_some_and(|value| is_wanted(&value, wanted))
            })
    }

    fn refused(&'static self, status: u16) -> Handshaken {
        Handshaken {
            name: &self.name,
            status,
            headers: Vec::new(),
            body: String::new(),
            note: None,
        }
    }

    /// The answer; `None` if a value that it is made of is not there.
    fn answered(&'static self, values: &Values<'_>) -> Option<Handshaken> {
        let mut answered = self.refused(self.status);
        for (name, value) in &self.headers {
            answered.headers.push((name.clone(), values.fill(value)?));
        }
        let mut body = |media_type: &str, body: String| {
            let media_type = ("content-type".to_owned(), media_type.to_owned());
            answered.headers.push(media_type);
            answered.body = body;
        };
        if let Some(text) = &self.text {
            body("text/plain", values.fill(text)?);
        } else if let Some(json) = &self.json {
            body("application/json", values.fill_json(json)?.to_string());
        }
        answered.note = match &self.show {
            Some(show) => Some(values.fill(show)?),
            None => None,
        };
        Some(answered)
    }
}

/// Longest value of a body that a handshake is told by, in bytes: some are kept, and all are sent back or shown.
const MAX_VALUE: usize = 4_096;

/// Whether a value is the one that is wanted, or any text or number for `*`.
fn is_wanted(value: &Value, wanted: &Value) -> bool {
    if wanted == "*" {
        return match value {
            Value::String(text) => !text.is_empty(),
            other => other.is_number(),
        };
    }
    value == wanted
}

fn query(request: &Request, name: &str) -> Option<String> {
    form_urlencoded::parse(request.query().as_bytes())
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

/// What the templates of an answer are filled in with.
struct Values<'a> {
    source: &'a Source<'a>,
    secret: Option<&'a Secret>,
}

impl Values<'_> {
    fn value(&self, name: &str) -> Option<String> {
        let request = self.source.request;
        let field = |path: &str| self.source.fields().text(path);
        match name.split_once(':')? {
            ("query", name) => query(request, name),
            ("header", name) => request.headers.text(name).map(std::borrow::Cow::into_owned),
            ("body", path) => field(path),
            ("hmac", path) => {
                let key = self.secret?.raw_bytes();
                Some(signature::hmac_sha256_hex(key, field(path)?.as_bytes()))
            }
            _ => None,
        }
    }

    /// A text with its values in place; `None` if one is not there.
    fn fill(&self, template: &str) -> Option<String> {
        let mut filled = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}')?;
            filled.push_str(before);
            filled.push_str(&self.value(name)?);
            rest = after;
        }
        filled.push_str(rest);
        Some(filled)
    }

    fn fill_json(&self, template: &Value) -> Option<Value> {
        Some(match template {
            Value::String(text) => Value::String(self.fill(text)?),
            Value::Object(fields) => {
                let fill =
                    |(name, value): (&String, &Value)| Some((name.clone(), self.fill_json(value)?));
                Value::Object(fields.iter().map(fill).collect::<Option<_>>()?)
            }
            other => other.clone(),
        })
    }

    fn is_one_of(&self, token: &str, secrets: &[Secret]) -> bool {
        let token = self.fill(token).unwrap_or_default();
        let is = |secret: &Secret| bool::from(secret.raw_bytes().ct_eq(token.as_bytes()));
        secrets
            .iter()
            .fold(false, |found, secret| is(secret) | found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_names_what_there_is() {
        assert_eq!(HANDSHAKES.len(), 8);
        for shake in HANDSHAKES.iter() {
            let name = &shake.name;
            assert!(signature::named(&shake.scheme).is_some(), "{name}");
            assert!(StatusCode::from_u16(shake.status).is_ok(), "{name}");
            assert!(shake.text.is_none() || shake.json.is_none(), "{name}");
            assert!(shake.token.is_none() || shake.refuse.is_some(), "{name}");
            let conditions = [&shake.query, &shake.header, &shake.body];
            assert!(conditions.iter().any(|of| !of.is_empty()), "{name}");
            let json = shake.json.as_ref().map(ToString::to_string);
            let templates = [&shake.text, &shake.token, &shake.keep, &shake.show];
            let templates = templates
                .into_iter()
                .flatten()
                .chain(shake.headers.values());
            for template in templates {
                for place in template.split('{').skip(1) {
                    let (kind, _) = place.split_once(':').unwrap();
                    assert!(
                        ["query", "header", "body"].contains(&kind),
                        "{name}: {kind}"
                    );
                }
            }
            let hmacs = json.map_or(0, |json| json.matches("{hmac:").count());
            assert!(hmacs <= 1, "{name}");
        }
    }
}
