//! From an event's name to a payload: the sample, its variant, fresh ids and times, the user's edits.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use url::Url;

use super::catalogue::Provider;
use super::compose::{Content, Shape, compose};
use super::edits::{Done, Edit, Set, unset};
use super::fields::Fields;
use super::fresh::{Cast, Seed, move_times, sample_time};
use super::pattern::FreshText;
use super::profile::{Origin, Profile, Variant};
use crate::error::{Error, Result};
use crate::request::json;
use crate::signature::Source;
use crate::suggest::did_you_mean;

/// One event to be built.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) provider: Arc<Provider>,
    /// Name of the event, which need not be in the catalogue.
    pub(crate) event: String,
    /// Variants to apply, in this order.
    pub(crate) variants: Vec<String>,
}

/// How samples are made fresh.
#[derive(Clone, Debug)]
pub(crate) struct Freshness {
    pub(crate) seed: Seed,
    /// The time of the last event; the samples' own times stay if there is none.
    pub(crate) at: Option<Timestamp>,
}

/// A payload and what to tell about it.
#[derive(Clone, Debug)]
pub(crate) struct Payload {
    pub(crate) fields: Fields,
    pub(crate) notes: Vec<String>,
}

/// Builds the payloads of steps that belong together: they share their ids and names, and their times keep their
/// distances.
pub(crate) fn build(steps: &[Step], freshness: &Freshness) -> Result<Vec<Payload>> {
    let mut payloads = steps.iter().map(Step::sample).collect::<Result<Vec<_>>>()?;
    let Some(provider) = steps.first().map(|step| &step.provider) else {
        return Ok(payloads);
    };
    let cast = Cast::new(&provider.profile, &freshness.seed);
    let last = payloads
        .iter()
        .filter_map(|payload| sample_time(&provider.profile, &payload.fields.value))
        .max();
    let by = match (freshness.at, last) {
        (Some(at), Some(last)) => at.duration_since(last),
        _ => SignedDuration::ZERO,
    };
    for (number, payload) in payloads.iter_mut().enumerate() {
        let fields = &mut payload.fields;
        let own = own_ids(&provider.profile, &fields.value);
        let seed = freshness.seed.nth(number);
        cast.renewed(&provider.profile, &own, &seed).apply(fields);
        move_times(&mut fields.value, &provider.profile.times, by).map_err(|time| {
            Error::usage(format!(
                "cannot move the times of the payload: `{time}` would be past the year 9999"
            ))
            .hint("Take an earlier `--timestamp`.")
        })?;
    }
    Ok(payloads)
}

impl Step {
    /// The sample with the variants applied.
    fn sample(&self) -> Result<Payload> {
        let profile = &self.provider.profile;
        let mut payload = match profile.events.get(&self.event) {
            Some(_) => Payload {
                fields: self.provider.sample(&self.event).into(),
                notes: Vec::new(),
            },
            None => self.borrowed(),
        };
        for name in &self.variants {
            self.variant(name)?
                .edit(&mut payload.fields.value)
                .map_err(|problem| {
                    Error::usage(format!(
                        "variant `{name}` does not fit `{}`: {problem}",
                        self.event
                    ))
                })?;
        }
        Ok(payload)
    }

    /// The payload of an event that is not in the catalogue: that of the event whose name starts most alike.
    fn borrowed(&self) -> Payload {
        let profile = &self.provider.profile;
        let alike = |name: &str| {
            name.bytes()
                .zip(self.event.bytes())
                .take_while(|(one, other)| one == other)
                .count()
        };
        let model = profile
            .events
            .keys()
            .rev()
            .max_by_key(|name| alike(name))
            .expect("a provider has events");
        let mut value = self.provider.sample(model);
        rename(&mut value, profile, model, &self.event);
        let note = format!(
            "{} the payload is that of `{model}` with another name.",
            self.unlisted()
        );
        Payload {
            fields: value.into(),
            notes: vec![note],
        }
    }

    /// That the event is not in the catalogue: the first half of a sentence.
    fn unlisted(&self) -> String {
        let name = &self.provider.profile.name;
        format!("`{}` is not in the catalogue of {name};", self.event)
    }

    /// What to tell of an event whose body is the user's own.
    pub(crate) fn note_with_own_body(&self) -> Option<String> {
        let is_listed = self.provider.profile.events.contains_key(&self.event);
        (!is_listed).then(|| format!("{} the body is sent as it is.", self.unlisted()))
    }

    /// Whether the event, or all events of the provider, have a variant of this name.
    pub(crate) fn has_variant(&self, name: &str) -> bool {
        self.variant(name).is_ok()
    }

    /// The variant of this name: the event's own, else the provider's.
    pub(crate) fn variant(&self, name: &str) -> Result<&Variant> {
        let profile = &self.provider.profile;
        let own = profile.events.get(&self.event).map(|event| &event.variants);
        let found = own
            .and_then(|own| own.get(name))
            .or_else(|| profile.variants.get(name));
        found.ok_or_else(|| {
            let of = match &*self.event {
                "" => format!("a body of {}", profile.name),
                event => format!("{}/{event}", profile.name),
            };
            Error::usage(format!("{of} has no variant `{name}`"))
                .hint(near_variants(name, self.variant_names()))
        })
    }

    /// The variants that there are.
    pub(crate) fn variant_names(&self) -> impl Iterator<Item = &str> {
        let profile = &self.provider.profile;
        let own = profile.events.get(&self.event).into_iter();
        let own = own.flat_map(|event| event.variants.keys());
        own.chain(profile.variants.keys()).map(String::as_str)
    }
}

/// The variants that may be meant by a name, else all.
pub(crate) fn near_variants<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.collect();
    match known.as_slice() {
        [] => "It has no variants.".to_owned(),
        known => did_you_mean(name, known.iter().copied())
            .unwrap_or_else(|| format!("There are: {}", known.join(", "))),
    }
}

/// Gives the payload of an event the name of another one: where the name stands alone, and where it is a part of an id
/// or an address. A name that stands in a header, or is put together of several values, stays.
fn rename(value: &mut Value, profile: &Profile, event: &str, new: &str) {
    let called = profile.called(event);
    let alternatives = profile.envelope.event.value.split('|');
    let path = alternatives
        .map(|place| place.strip_prefix("body:").unwrap_or(place))
        .find(|path| {
            let found = json::lookup(value, path).and_then(json::scalar_text);
            found.as_deref() == Some(called)
        });
    if let Some(path) = path {
        let _ = put(value, path, new);
        replace_word(value, called, new);
    }
}

/// Replaces a word wherever it occurs in the values of a payload, but for texts for people.
fn replace_word(value: &mut Value, word: &str, by: &str) {
    match value {
        Value::String(text) if text.contains(char::is_whitespace) => {}
        Value::String(text) => {
            let is_mark = |char: Option<char>| {
                !char.is_some_and(|char| char.is_alphanumeric() || char == '_')
            };
            let mut from = 0;
            while let Some(at) = text[from..].find(word).map(|at| from + at) {
                let end = at + word.len();
                let stands_alone =
                    is_mark(text[..at].chars().next_back()) && is_mark(text[end..].chars().next());
                from = if stands_alone {
                    text.replace_range(at..end, by);
                    at + by.len()
                } else {
                    end
                };
            }
        }
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| replace_word(item, word, by)),
        Value::Object(map) => map
            .values_mut()
            .for_each(|value| replace_word(value, word, by)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

impl Variant {
    /// Whether it changes the payload, rather than the signature alone.
    pub(crate) fn edits(&self) -> bool {
        !(self.set.is_empty() && self.unset.is_empty())
    }

    fn edit(&self, value: &mut Value) -> std::result::Result<(), String> {
        for set in &self.set {
            set.parse::<Set>()?.apply(value)?;
        }
        self.unset.iter().try_for_each(|path| unset(path, value))
    }
}

/// Puts a text in the place of a scalar: a number in that of a number.
fn put(value: &mut Value, path: &str, text: &str) -> std::result::Result<(), String> {
    let is_number = json::lookup(value, path).is_some_and(Value::is_number);
    let new = match text.parse::<i64>() {
        Ok(number) if is_number => Value::from(number),
        _ => Value::from(text),
    };
    format!("{path}={new}")
        .parse::<Set>()?
        .apply(value)
        .map(drop)
}

/// The path of the delivery id in the body, for a provider whose payloads hold it.
fn id_path(profile: &Profile) -> Option<&str> {
    let delivery = profile
        .envelope
        .delivery
        .as_ref()?
        .value
        .strip_prefix("body:")?;
    (!delivery.contains(['+', '|'])).then_some(delivery)
}

/// The ids in a sample that no other delivery may have: its delivery id, and what duplicates are told by beside it.
fn own_ids(profile: &Profile, sample: &Value) -> Vec<String> {
    let dedup = profile.envelope.dedup.iter().flat_map(|dedup| &dedup.value);
    let paths = id_path(profile)
        .into_iter()
        .flat_map(|path| std::iter::once(path).chain(dedup.clone().map(String::as_str)));
    paths
        .filter_map(|path| json::lookup(sample, path).and_then(json::scalar_text))
        .collect()
}

/// The delivery id that a payload holds.
pub(crate) fn delivery_id(profile: &Profile, fields: &Fields) -> Option<FreshText> {
    let path = id_path(profile)?;
    let id = json::lookup(&fields.value, path).and_then(json::scalar_text)?;
    Some(fields.fresh(path, id))
}

/// Gives a payload that holds a delivery id this one.
pub(crate) fn set_delivery_id(profile: &Profile, payload: &mut Value, id: &str) {
    if let Some(path) = id_path(profile).filter(|path| json::lookup(payload, path).is_some()) {
        let _ = put(payload, path, id);
    }
}

/// Applies a user's edits, one after the other.
pub(crate) fn edit(payload: &mut Payload, edits: &[Edit], event: &str) -> Result<()> {
    for edit in edits {
        match edit {
            Edit::Set(set) => {
                let done = payload
                    .fields
                    .set(set)
                    .map_err(|problem| Error::usage(format!("cannot set {problem}")))?;
                payload.notes.extend(set.doubt());
                if done == Done::Added {
                    payload.notes.push(format!(
                        "`{}` is new: the payload of {event} has no such field.",
                        set.path()
                    ));
                }
            }
            Edit::Unset(path) => payload
                .fields
                .unset(path)
                .map_err(|problem| Error::usage(format!("cannot unset: {problem}")))?,
        }
    }
    Ok(())
}

/// Whether a provider's samples are what its profile says.
///
/// # Errors
/// The first thing that does not fit.
pub(crate) fn check(provider: &Provider) -> std::result::Result<(), String> {
    let profile = &provider.profile;
    if profile.events.is_empty() {
        return Err("it has no events".to_owned());
    }
    for (name, event) in provider.events() {
        let sample: Value = serde_json::from_str(provider.sample_text(name))
            .map_err(|error| format!("the payload of `{name}` is no JSON: {error}"))?;
        if !says_its_name(provider, name, &sample) {
            return Err(format!(
                "the payload of `{name}` does not say so at `{}`",
                profile.envelope.event.value
            ));
        }
        if let Some(time) = profile.envelope.time.as_ref().filter(|_| !event.timeless)
            && sample_time(profile, &sample).is_none()
        {
            return Err(format!(
                "the payload of `{name}` has no time at `{}`; keys of unix times stand under `times`",
                time.value
            ));
        }
        for path in event.documented.iter().chain(&event.public) {
            if json::lookup(&sample, path).is_none() {
                return Err(format!(
                    "the payload of `{name}` has no `{path}`, which is listed as {}",
                    event.origin_of(path).word()
                ));
            }
        }
        for (variant_name, variant) in &event.variants {
            variant
                .edit(&mut sample.clone())
                .map_err(|problem| format!("variant `{variant_name}` of `{name}`: {problem}"))?;
        }
    }
    Ok(())
}

/// Whether the request that a sample makes is told to be this event.
fn says_its_name(provider: &Provider, name: &str, sample: &Value) -> bool {
    let profile = &provider.profile;
    let shape = Shape::new(profile, Some("POST"), None);
    let url = Url::parse("http://localhost/").expect("a URL");
    let content = Content::Fields(sample.clone().into());
    let request = compose(profile, name, "id", &content, &shape, &url);
    provider.named_in(&Source::new(&request)).as_deref() == Some(name)
}

/// Where the fields of a payload come from, counted: documented, public, assumed.
pub(crate) fn origins(provider: &Provider, event: &str) -> [(Origin, usize); 3] {
    let mut counts = [
        (Origin::Documented, 0),
        (Origin::Public, 0),
        (Origin::Assumed, 0),
    ];
    if let Some(found) = provider.profile.events.get(event) {
        for path in json::paths(&provider.sample(event)) {
            let origin = found.origin_of(&path);
            counts
                .iter_mut()
                .filter(|(of, _)| *of == origin)
                .for_each(|(_, count)| *count += 1);
        }
    }
    counts
}
