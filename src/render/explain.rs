//! A scheme explained, for people and as machine output.

use serde_json::{Map, Value, json};

use super::table::{cell, columns, plain};
use super::verification::visible;
use super::{Paint, indent};
use crate::provider::Provider;
use crate::request::latin1;
use crate::signature::{Language, Parameter, Scheme, Worked, parameters, scheme_facts, snippet};

/// What is explained.
pub(crate) struct Explained<'a> {
    pub(crate) provider: Option<&'a Provider>,
    pub(crate) scheme: &'static Scheme,
    /// `None` for a sender that does not sign.
    pub(crate) worked: Option<Worked>,
    /// Other schemes of the same provider.
    pub(crate) others: Vec<&'static str>,
}

impl Explained<'_> {
    fn who(&self) -> &str {
        self.provider
            .map_or(&*self.scheme.label, |provider| &*provider.profile.label)
    }
}

/// Headers of the example that belong to the signature, in their order.
fn signed_headers(worked: &Worked) -> impl Iterator<Item = (&str, String)> {
    worked
        .request
        .headers
        .iter()
        .filter(|header| &*header.name != "content-type")
        .map(|header| (&*header.name, latin1(&header.value).into_owned()))
}

/// The explanation, the example, and the code.
pub(crate) fn human(explained: &Explained<'_>, languages: &[Language], paint: Paint) -> String {
    let (who, scheme) = (explained.who(), explained.scheme);
    let Some(worked) = &explained.worked else {
        return format!(
            "{}\nThere is nothing to verify: anybody who knows the URL can send. Keep the URL secret, and ask the sender's API before you act on what came.\n",
            paint.strong(&format!("{who} does not sign its webhooks"))
        );
    };
    let mut text = format!(
        "{}  {}\n\n",
        paint.strong(&format!("How {who} signs")),
        paint.faint(&format!("scheme {}", scheme.id))
    );
    let facts = scheme_facts(scheme);
    let rows = facts
        .iter()
        .map(|(name, fact)| [cell(*name, |name| paint.faint(name)), plain(&**fact)]);
    text.push_str(&columns(&rows.collect::<Vec<_>>(), "  "));
    text.push_str(&format!(
        "\n{}  {}\n\n",
        paint.strong("Example"),
        paint.faint("the secret was made up for it")
    ));
    text.push_str(&example(worked, scheme, paint));
    for language in languages {
        let code = snippet(scheme, *language);
        let name = paint.strong(&language.name());
        text.push_str(&format!("\n{name}\n\n{}", indent(&code, "    ")));
    }
    text
}

fn example(worked: &Worked, scheme: &Scheme, paint: Paint) -> String {
    let mut rows = vec![("secret", worked.secret.clone())];
    rows.extend(worked.public.clone().map(|key| ("public key", key)));
    let bytes = worked.key.len();
    if worked.message.is_some() {
        rows.push((
            "key",
            format!("{} ({bytes} bytes)", hex::encode(&worked.key)),
        ));
    }
    rows.push((
        "body",
        String::from_utf8_lossy(&worked.request.body).into_owned(),
    ));
    if scheme.signs_url() {
        rows.push(("url", format!("{} {}", worked.request.method, worked.url)));
    }
    if let Some(message) = &worked.message {
        rows.push(("signed", visible(message)));
        rows.push(("digest", hex::encode(&worked.digest)));
    }
    let headers =
        signed_headers(worked).map(|(name, value)| ("header", format!("{name}: {value}")));
    rows.extend(headers);
    let rows = rows
        .into_iter()
        .map(|(name, value)| [cell(name, |name| paint.faint(name)), plain(value)]);
    columns(&rows.collect::<Vec<_>>(), "  ")
}

/// The explanation as one JSON object, with the code in these languages.
pub(crate) fn json(explained: &Explained<'_>, languages: &[Language]) -> Value {
    let scheme = explained.scheme;
    let facts: Vec<Value> = scheme_facts(scheme)
        .into_iter()
        .map(|(name, text)| json!({"name": name, "text": text}))
        .collect();
    let code: Map<String, Value> = languages
        .iter()
        .filter(|_| explained.worked.is_some())
        .map(|language| {
            (
                language.word().to_owned(),
                json!(snippet(scheme, *language)),
            )
        })
        .collect();
    json!({
        "type": "explanation",
        "provider": explained.provider.map(|provider| &provider.profile.name),
        "scheme": scheme.id,
        "label": scheme.label,
        "other_schemes": explained.others,
        "algorithm": scheme.algorithm(),
        "template": scheme.template(),
        "facts": facts,
        "example": explained.worked.as_ref().map(example_json),
        "parameters": parameters(scheme).into_iter().map(Parameter::word).collect::<Vec<_>>(),
        "snippets": code,
    })
}

fn example_json(worked: &Worked) -> Value {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let headers: Vec<Value> = worked
        .request
        .headers
        .iter()
        .map(|header| json!([header.name, latin1(&header.value)]))
        .collect();
    json!({
        "secret": worked.secret,
        "public_key": worked.public,
        "key_hex": hex::encode(&worked.key),
        "method": worked.request.method,
        "url": worked.url,
        "timestamp": worked.timestamp,
        "body": text(&worked.request.body),
        "signed": worked.message.as_deref().map(text),
        "digest_hex": hex::encode(&worked.digest),
        "headers": headers,
    })
}
