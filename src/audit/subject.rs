//! What is audited, and the deliveries that are made for it.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::Value;
use url::Url;

use crate::error::{Error, Result};
use crate::provider::Provider;
use crate::provider::compose::{Content, Shape, compose};
use crate::provider::fresh::Seed;
use crate::provider::payload::{self, Freshness, Step};
use crate::provider::profile::Profile;
use crate::request::spelling::{Spelled, Style};
use crate::request::{Header, Request};
use crate::secret::Secret;
use crate::sender::{Reach, authority};
use crate::signature::{self, Attempt, Key, Mistake, Scheme};
use crate::value::ContentType;

/// A handler, and all that is known of what it should do.
pub(crate) struct Subject {
    pub(crate) provider: Arc<Provider>,
    /// Without credentials.
    pub(crate) url: Url,
    /// Where the requests may go.
    pub(crate) reach: Reach,
    pub(crate) scheme: &'static Scheme,
    /// The key to sign with, then those that the handler takes as well; none leaves deliveries unsigned.
    pub(crate) keys: Vec<Key>,
    pub(crate) secrets: Vec<Secret>,
    /// Whether the secret was made here, so that the handler may not know it.
    pub(crate) is_local: bool,
    /// Headers of the user's, credentials included.
    pub(crate) headers: Vec<Header>,
    /// Events that the handler has to accept; never empty.
    pub(crate) events: Vec<String>,
    /// Time limit of an answer.
    pub(crate) limit: Duration,
    pub(crate) seed: Seed,
    pub(crate) now: fn() -> Timestamp,
}

/// Header with the name of the check that a request belongs to, for the handler's log.
const MARK: &str = "hookctl-check";

/// A delivery before it is signed.
#[derive(Clone)]
pub(crate) struct Draft {
    pub(crate) event: String,
    pub(crate) id: String,
    pub(crate) payload: Value,
    /// How the JSON is written, if not as JavaScript does.
    pub(crate) style: Option<Style>,
    /// Text behind the JSON.
    pub(crate) end: &'static str,
    /// A body in place of the payload.
    pub(crate) body: Option<Bytes>,
    pub(crate) method: Option<&'static str>,
    /// The signed time, in seconds from now.
    pub(crate) offset: i64,
}

/// How a draft is signed.
#[derive(Clone, Copy)]
pub(crate) enum Signer<'a> {
    /// As the provider signs.
    Right,
    /// With another key.
    Key(&'a Key),
    Mistaken(&'a Mistake),
    /// Not at all.
    None,
}

impl Subject {
    pub(crate) fn profile(&self) -> &Profile {
        &self.provider.profile
    }

    pub(crate) fn label(&self) -> &str {
        &self.profile().label
    }

    /// Why nothing can be asked about signatures, if so.
    pub(crate) fn is_unsigned(&self) -> Option<String> {
        if !self.scheme.signs() {
            return Some(format!("{} does not sign its deliveries", self.label()));
        }
        let none = self.keys.is_empty();
        none.then(|| "without a secret, deliveries are not signed".to_owned())
    }

    /// Why nothing can be asked about the bytes of a JSON body, if so.
    pub(crate) fn has_no_json(&self) -> Option<String> {
        let shape = Shape::new(self.profile(), None, None);
        let is_json = shape.has_body() && shape.content_type == ContentType::Json;
        (!is_json).then(|| format!("{} does not send JSON", self.label()))
    }

    /// The headers of a signature, quoted, for people.
    pub(crate) fn signature_headers(&self) -> String {
        let names = self.scheme.header_names();
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        match names.as_slice() {
            [] => "its signature".to_owned(),
            [one] => one.clone(),
            [first @ .., last] => format!("{} and {last}", first.join(", ")),
        }
    }

    /// The key to sign with, changed into another one.
    pub(crate) fn another_key(&self) -> Option<Key> {
        self.keys.first().map(|key| key.another(self.scheme))
    }

    /// A delivery of an event, with ids of its own. An event that is not in the catalogue borrows its payload.
    pub(super) fn draft(&self, event: &str, number: usize) -> Result<Draft> {
        let step = Step {
            provider: Arc::clone(&self.provider),
            event: event.to_owned(),
            variants: Vec::new(),
        };
        let seed = self.seed.nth(number);
        let freshness = Freshness {
            seed: seed.clone(),
            at: Some((self.now)()),
        };
        let mut built = payload::build(&[step], &freshness)?;
        let fields = built
            .pop()
            .map(|payload| payload.fields)
            .unwrap_or_default();
        let profile = self.profile();
        let own = payload::delivery_id(profile, &fields);
        let id = match own {
            None => seed.value(&recognisable(profile.delivery_form()), "delivery id"),
            Some(own) => {
                let is_listed = profile.events.contains_key(event);
                let sample = is_listed.then(|| self.provider.sample(event));
                let sample =
                    sample.and_then(|sample| payload::delivery_id(profile, &sample.into()));
                let form = sample.and_then(|sample| profile.fresh.get(&sample.text));
                form.map_or(own.text, |form| {
                    seed.value(&recognisable(form), "delivery id")
                })
            }
        };
        let mut payload = fields.value;
        payload::set_delivery_id(profile, &mut payload, &id);
        Ok(Draft {
            event: event.to_owned(),
            id,
            payload,
            style: None,
            end: "",
            body: None,
            method: None,
            offset: 0,
        })
    }

    /// The request of a draft, whole.
    ///
    /// # Errors
    /// Why it cannot be signed like this.
    pub(super) fn request(
        &self,
        draft: &Draft,
        signer: Signer<'_>,
        check: &str,
    ) -> std::result::Result<Request, String> {
        let profile = self.profile();
        let shape = Shape::new(profile, draft.method, None);
        let content = match &draft.body {
            Some(body) => Content::Bytes(body.clone()),
            None => Content::Fields(draft.payload.clone().into()),
        };
        let url = &self.url;
        let mut request = compose(profile, &draft.event, &draft.id, &content, &shape, url);
        let timestamp = (self.now)().as_second().saturating_add(draft.offset);
        let prefix = profile.signature.prefix.as_ref();
        let attempt = Attempt {
            id: &draft.id,
            timestamp,
            url: url.as_str(),
            prefix: prefix.map(|prefix| &*prefix.value),
        };
        let sign = |request: &mut Request, spelled: bool| match (signer, self.keys.first()) {
            (Signer::Right, Some(key)) | (Signer::Key(key), _) if spelled => {
                signature::sign_as_it_stands(self.scheme, key, request, attempt)
            }
            (Signer::Right, Some(key)) | (Signer::Key(key), _) => {
                signature::sign(self.scheme, key, request, attempt)
            }
            (Signer::Mistaken(mistake), _) => mistake.sign(request, attempt),
            (Signer::Right, None) | (Signer::None, _) => Ok(()),
        };
        sign(&mut request, false)?;
        if draft.style.is_some() || !draft.end.is_empty() {
            request.body = respelled(&request.body, draft.style, draft.end);
            sign(&mut request, true)?;
        }
        self.finish(&mut request, check);
        Ok(request)
    }

    /// Adds the user's headers, the host and the length, and names the check.
    pub(super) fn finish(&self, request: &mut Request, check: &str) {
        let headers = &mut request.headers;
        headers.set(MARK, check);
        for header in &self.headers {
            headers.set(&header.name, header.value.clone());
        }
        if !headers.contains("host") {
            headers.insert_first("host", authority(&self.url));
        }
        if !request.body.is_empty() || !matches!(&*request.method, "GET" | "HEAD") {
            headers.set("content-length", request.body.len().to_string());
        }
        for header in headers.iter_mut() {
            header.name.make_ascii_lowercase();
        }
    }
}

/// JSON written in another style, with a text behind it. What is no JSON stays.
fn respelled(body: &Bytes, style: Option<Style>, end: &str) -> Bytes {
    let spelled = style.and_then(|style| Some(Spelled::new(body)?.write(style)));
    let mut text = spelled.unwrap_or_else(|| body.to_vec());
    text.extend_from_slice(end.as_bytes());
    text.into()
}

/// The pattern of ids by which a reader of logs sees that they are of an audit: with `hookctl` in them where letters
/// may stand, else with `c0ffee00` for their first hex digits.
fn recognisable(pattern: &str) -> String {
    if pattern.contains("{uuid}") {
        let uuid = "c0ffee00-{hex:4}-4{hex:3}-a{hex:3}-{hex:12}";
        return pattern.replacen("{uuid}", uuid, 1);
    }
    for (kind, mark) in [
        ("base62", "hookctl"),
        ("base36", "hookctl"),
        ("hex", "c0ffee00"),
    ] {
        let parts = pattern.split_once(&format!("{{{kind}:"));
        let parts = parts.and_then(|(before, rest)| Some((before, rest.split_once('}')?)));
        let Some((before, (count, after))) = parts else {
            continue;
        };
        // What is left must still be enough to tell deliveries apart.
        if let Some(left) = count
            .parse::<usize>()
            .ok()
            .and_then(|all| all.checked_sub(mark.len()))
            && left >= mark.len()
        {
            return format!("{before}{mark}{{{kind}:{left}}}{after}");
        }
    }
    pattern.to_owned()
}

/// What to say of a delivery that cannot be made.
pub(super) fn cannot_sign(why: &str) -> Error {
    Error::usage(format!("cannot sign a delivery: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_tell_that_they_are_of_an_audit() {
        let seed = Seed::chosen(1);
        let id = |pattern: &str| seed.value(&recognisable(pattern), "delivery id");
        assert!(id("msg_{base62:27}").starts_with("msg_hookctl"));
        assert_eq!(id("msg_{base62:27}").len(), 31);
        assert!(id("evt_1{base62:23}").starts_with("evt_1hookctl"));
        let uuid = id("{uuid}");
        let lengths: Vec<_> = uuid.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
        assert!(uuid.starts_with("c0ffee00-") && uuid.as_bytes()[14] == b'4');
        assert_eq!(recognisable("ev_{hex:8}"), "ev_{hex:8}");
        assert_eq!(recognisable("{digits:8}"), "{digits:8}");
    }
}
