//! What a `provider.toml` says. Every fact carries where it comes from.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::check;
use crate::secret::SecretForm;
use crate::signature;
use crate::value::{ContentType, Span, StatusSet};

/// Where a fact comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Origin {
    /// The provider's own webhook page.
    Documented,
    /// Another public source; the note names it.
    Public,
    /// Nobody says so; hookctl needs something.
    Assumed,
}

impl Origin {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Public => "public",
            Self::Assumed => "assumed",
        }
    }
}

/// A value, where it comes from, and a note.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fact<T> {
    pub(crate) value: T,
    pub(crate) from: Origin,
    #[serde(default)]
    pub(crate) note: Option<String>,
}

/// A provider: what its `provider.toml` holds.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Profile {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) about: String,
    /// The provider's webhook page.
    pub(crate) docs: String,
    /// What the documentation leaves open or contradicts, a sentence each.
    #[serde(default)]
    pub(crate) gaps: Vec<String>,
    pub(crate) request: RequestFacts,
    /// Headers beside the usual ones and the signature.
    #[serde(default)]
    pub(crate) headers: Vec<HeaderFact>,
    pub(crate) signature: SignatureFacts,
    pub(crate) envelope: Envelope,
    pub(crate) policy: Policy,
    #[serde(default)]
    pub(crate) detect: Vec<DetectRow>,
    /// Sample value to the pattern that it is made anew by.
    #[serde(default)]
    pub(crate) fresh: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) person: Vec<Person>,
    #[serde(default)]
    pub(crate) company: Vec<Company>,
    /// Fields that hold unix times.
    #[serde(default)]
    pub(crate) times: UnixTimes,
    pub(crate) events: BTreeMap<String, Event>,
    /// Variants of every event.
    #[serde(default)]
    pub(crate) variants: BTreeMap<String, Variant>,
    #[serde(default)]
    pub(crate) scenarios: BTreeMap<String, Scenario>,
    /// Documented custom payloads.
    #[serde(default)]
    pub(crate) mapping: BTreeMap<String, Mapping>,
    /// What single fields mean, by path.
    #[serde(default)]
    pub(crate) notes: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RequestFacts {
    /// Methods, the default first.
    pub(crate) method: Fact<Vec<String>>,
    /// Content types, the default first.
    pub(crate) content_type: Fact<Vec<ContentType>>,
    pub(crate) auth: Fact<Vec<Auth>>,
    /// Methods with which credentials are sent; all if it is not said.
    pub(crate) basic_methods: Option<Fact<Vec<String>>>,
    /// Whether endpoints must be HTTPS.
    pub(crate) https: Fact<bool>,
    /// Text behind a JSON body, such as a line end.
    pub(crate) body_end: Option<Fact<String>>,
    pub(crate) user_agent: Fact<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Auth {
    None,
    /// HTTP Basic.
    Basic,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HeaderFact {
    pub(crate) name: String,
    /// Value over `{event}`, `{delivery_id}` and `{body:PATH}`; left out where nothing is at that path.
    pub(crate) value: String,
    pub(crate) from: Origin,
    #[serde(default)]
    pub(crate) note: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignatureFacts {
    /// Name of the scheme.
    pub(crate) scheme: Fact<String>,
    /// Form of a secret; none for a provider that does not sign.
    pub(crate) secret: Option<Fact<SecretForm>>,
    /// Names of further schemes that deliveries may be signed with, beside the first.
    #[serde(default)]
    pub(crate) also: Vec<String>,
    /// Whether deliveries are unsigned if no secret is set.
    pub(crate) optional: Fact<bool>,
    /// Text before the digest, where the provider departs from the scheme's own.
    pub(crate) prefix: Option<Fact<String>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Envelope {
    /// Where the event's name is: a path, or an expression as `envelope.delivery` takes it.
    pub(crate) event: Fact<String>,
    /// Path of the event's time, with alternatives split by `|`; none for a provider that sends none.
    pub(crate) time: Option<Fact<String>>,
    /// Where the delivery id is; none for a provider that sends none. One in the body is the payload's own.
    pub(crate) delivery: Option<Fact<String>>,
    /// Pattern of delivery ids.
    pub(crate) delivery_form: Option<Fact<String>>,
    /// Paths of the keys by which receivers tell duplicates; any of them will do.
    pub(crate) dedup: Option<Fact<Vec<String>>>,
}

/// What the provider does with an answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Policy {
    pub(crate) success: Fact<StatusSet>,
    /// Statuses that endpoints are asked for, where more of them count as a success.
    pub(crate) asked: Option<Fact<StatusSet>>,
    pub(crate) timeout: Fact<Span>,
    /// A shorter time limit that another page names.
    pub(crate) slow: Option<Fact<Span>>,
    /// Delays of the retries, each counted from the failure before it.
    pub(crate) retry: Fact<Vec<Span>>,
    /// By how many percent a delay is longer or shorter at most; by none if it is not said.
    pub(crate) jitter: Option<Fact<u8>>,
    /// What it says of endpoints that fail.
    pub(crate) disable: Fact<String>,
    /// What of that can be counted; hookctl disables an endpoint by it, and none without it.
    pub(crate) disable_at: Option<Fact<DisableAt>>,
    pub(crate) delivery: Fact<String>,
}

/// What disables an endpoint: any of these.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DisableAt {
    /// Failed attempts in a row.
    pub(crate) failures: Option<u32>,
    /// How long all attempts failed.
    pub(crate) failing: Option<Span>,
    /// An answer with such a status.
    pub(crate) statuses: Option<StatusSet>,
}

impl fmt::Display for DisableAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let failures = self.failures.iter();
        let failures = failures.map(|number| format!("{number} failed attempts in a row"));
        let failing = self.failing.iter();
        let failing = failing.map(|span| format!("{span} of failures alone"));
        let statuses = self.statuses.iter();
        let statuses = statuses.map(|set| format!("an answer {}", set.text()));
        let all: Vec<String> = failures.chain(failing).chain(statuses).collect();
        f.write_str(&all.join(", "))
    }
}

/// Conditions that together tell that a request is this provider's.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DetectRow {
    /// Headers that are there.
    #[serde(default)]
    pub(crate) headers: Vec<String>,
    /// Headers that are not there.
    #[serde(default)]
    pub(crate) without: Vec<String>,
    /// Paths that are there.
    #[serde(default)]
    pub(crate) body: Vec<String>,
    /// Only if no other row fits, the URL names no provider and no secret tells one: for a format that many senders
    /// share.
    #[serde(default)]
    pub(crate) fallback: bool,
}

/// Keys whose values are unix times, wherever they stand in a payload: numbers, or texts with a fraction.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct UnixTimes {
    pub(crate) seconds: Vec<String>,
    pub(crate) milliseconds: Vec<String>,
}

/// A person in the samples. The name is made anew, in addresses and URLs too.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Person {
    pub(crate) first: String,
    pub(crate) last: String,
}

/// A company in the samples.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Company {
    pub(crate) name: String,
    /// The name in addresses and URLs.
    pub(crate) slug: String,
}

/// One type of event.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Event {
    pub(crate) about: String,
    /// Where the event's name comes from.
    pub(crate) from: Origin,
    /// Paths of the payload that are documented.
    #[serde(default)]
    pub(crate) documented: Vec<String>,
    /// Paths of the payload that another public source names. All others are assumed.
    #[serde(default)]
    pub(crate) public: Vec<String>,
    /// The sample payload as JSON, for a provider in one file; else it is in a file of the event's name.
    pub(super) sample: Option<String>,
    /// The name on the wire, where it is another.
    #[serde(default)]
    pub(crate) called: Option<String>,
    /// Whether the payload has no time, unlike those of other events.
    #[serde(default)]
    pub(crate) timeless: bool,
    #[serde(default)]
    pub(crate) variants: BTreeMap<String, Variant>,
}

impl Event {
    /// Where a field of the payload comes from.
    pub(crate) fn origin_of(&self, path: &str) -> Origin {
        let lists = |paths: &[String]| paths.iter().any(|listed| listed == path);
        if lists(&self.documented) {
            Origin::Documented
        } else if lists(&self.public) {
            Origin::Public
        } else {
            Origin::Assumed
        }
    }
}

/// Another shape of an event: edits of its payload, or another way of signing.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Variant {
    pub(crate) about: String,
    pub(crate) from: Origin,
    /// Edits as `--set` takes them.
    #[serde(default)]
    pub(crate) set: Vec<String>,
    /// Paths as `--unset` takes them.
    #[serde(default)]
    pub(crate) unset: Vec<String>,
    pub(crate) prefix: Option<String>,
    pub(crate) scheme: Option<String>,
}

/// Several events in their order, about the same things.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scenario {
    pub(crate) about: String,
    pub(crate) from: Origin,
    #[serde(default)]
    pub(crate) note: Option<String>,
    /// Events, each `event` or `event:variant`.
    pub(crate) steps: Vec<String>,
}

/// A custom payload, field by field, as `--map` takes them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mapping {
    pub(crate) about: String,
    pub(crate) from: Origin,
    pub(crate) fields: Vec<String>,
}

impl Profile {
    /// Reads a profile.
    ///
    /// # Errors
    /// All that is wrong; what cannot be read, with its line.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let profile: Self = toml::from_str(text).map_err(|error| {
            let missing = check::missing(text);
            if missing.is_empty() {
                error.to_string().trim_end().to_owned()
            } else {
                check::list(&missing)
            }
        })?;
        let mut problems = check::unfit_texts(text);
        problems.extend(profile.problems());
        if problems.is_empty() {
            Ok(profile)
        } else {
            Err(check::list(&problems))
        }
    }

    /// The scheme it signs with.
    pub(crate) fn scheme(&self) -> &'static signature::Scheme {
        signature::named(&self.signature.scheme.value).expect("checked when the profile was read")
    }

    /// All schemes that its deliveries may be signed with, the usual one first.
    pub(crate) fn schemes(&self) -> Vec<&'static signature::Scheme> {
        let others = self.signature.also.iter();
        let of_variants = self
            .all_variants()
            .filter_map(|variant| variant.scheme.as_ref());
        let others = others
            .chain(of_variants)
            .filter_map(|name| signature::named(name));
        std::iter::once(self.scheme()).chain(others).collect()
    }

    /// The pattern of its delivery ids. Where it sends none, hookctl still has one to speak of the delivery by.
    pub(crate) fn delivery_form(&self) -> &str {
        let form = self.envelope.delivery_form.as_ref();
        form.map_or("msg_{base62:27}", |form| &form.value)
    }

    /// The name of an event on the wire.
    pub(crate) fn called<'a>(&'a self, event: &'a str) -> &'a str {
        let called = self
            .events
            .get(event)
            .and_then(|event| event.called.as_deref());
        called.unwrap_or(event)
    }
}
