//! The fields of a payload, and where in them the fresh ids are: recorded as they are put there, and kept through the
//! user's edits, so that many deliveries can be made of one by new ids in these places.

use std::ops::Range;
use std::sync::Arc;

use serde_json::Value;

use super::edits::{Done, Set, map_fields, unset};
use super::pattern::{FreshText, Run};
use crate::request::{form, json};

/// A payload before it is written down.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields {
    pub(crate) value: Value,
    pub(super) slots: Vec<FieldSlot>,
}

/// Random characters in a scalar.
#[derive(Clone, Debug)]
pub(super) struct FieldSlot {
    keys: Vec<String>,
    /// Bytes from its start to the end of the scalar. From the start it would not do: where a time is moved, digits
    /// that are random are the fraction behind it.
    from_end: usize,
    run: Arc<Run>,
}

/// Random characters in a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    pub(crate) part: Part,
    /// The byte at which they start.
    pub(crate) at: usize,
    pub(crate) run: Arc<Run>,
}

/// A part of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Id,
    Target,
    /// The first header of this name.
    Header(String),
    Body,
}

impl From<Value> for Fields {
    fn from(value: Value) -> Self {
        let slots = Vec::new();
        Self { value, slots }
    }
}

impl FieldSlot {
    /// Those of a scalar.
    pub(super) fn all_in<'a>(
        text: &'a FreshText,
        keys: &'a [String],
    ) -> impl Iterator<Item = Self> + 'a {
        text.runs.iter().map(|(at, run)| Self {
            keys: keys.to_vec(),
            from_end: text.text.len() - at,
            run: Arc::clone(run),
        })
    }

    /// What is behind it in the scalar.
    fn rest<'a>(&self, scalar: &'a str) -> Option<&'a str> {
        let at = scalar.len().checked_sub(self.from_end)?;
        scalar.get(at..)?.strip_prefix(&*self.run.text)
    }
}

impl Slot {
    /// Those of a part of a delivery.
    pub(crate) fn all_in(text: &FreshText, part: Part) -> impl Iterator<Item = Self> + '_ {
        text.runs.iter().map(move |(at, run)| Self {
            part: part.clone(),
            at: *at,
            run: Arc::clone(run),
        })
    }
}

impl Fields {
    /// Puts a value into its place.
    ///
    /// # Errors
    /// Why that place cannot hold it, with near paths.
    pub(super) fn set(&mut self, set: &Set) -> Result<Done, String> {
        let done = set.apply(&mut self.value)?;
        let keys = json::split_path(set.path());
        self.slots.retain(|slot| !slot.keys.starts_with(&keys));
        Ok(done)
    }

    /// Takes a value out.
    ///
    /// # Errors
    /// That it is not there, with near paths.
    pub(super) fn unset(&mut self, path: &str) -> Result<(), String> {
        unset(path, &mut self.value)?;
        let keys = json::split_path(path);
        self.slots.retain(|slot| !slot.keys.starts_with(&keys));
        let Some((last, parents)) = keys.split_last() else {
            return Ok(());
        };
        if self.at(parents).is_some_and(Value::is_array) {
            let index = |key: &str| key.parse::<usize>().unwrap_or_default();
            let behind = self
                .slots
                .iter_mut()
                .filter(|slot| slot.keys.starts_with(parents));
            for key in behind.filter_map(|slot| slot.keys.get_mut(parents.len())) {
                if index(key) > index(last) {
                    *key = (index(key) - 1).to_string();
                }
            }
        }
        Ok(())
    }

    /// The fields of a custom payload: see [`map_fields`].
    ///
    /// # Errors
    /// Which field cannot be filled, with near paths.
    pub(crate) fn mapped(&self, map: &[String]) -> Result<Self, String> {
        let mut mapped = Self::from(map_fields(map, &self.value)?);
        for (name, from) in map.iter().filter_map(|field| field.split_once('=')) {
            // Of two fields of one name, the second one stays.
            mapped.slots.retain(|slot| slot.keys[0] != name);
            let Some(keys) = from.strip_prefix('@').map(json::split_path) else {
                continue;
            };
            mapped.slots.extend(self.slots.iter().filter_map(|slot| {
                let inner = slot.keys.strip_prefix(&*keys)?;
                let keys = std::iter::once(name.to_owned()).chain(inner.iter().cloned());
                Some(FieldSlot {
                    keys: keys.collect(),
                    ..slot.clone()
                })
            }));
        }
        Ok(mapped)
    }

    fn at(&self, keys: &[String]) -> Option<&Value> {
        keys.iter()
            .try_fold(&self.value, |value, key| json::child(value, key))
    }

    /// A text that was taken from a path.
    pub(super) fn fresh(&self, path: &str, text: String) -> FreshText {
        let keys = json::split_path(path);
        let slots = self.slots.iter().filter(|slot| slot.keys == keys);
        let runs = slots.filter_map(|slot| {
            let rest = slot.rest(&text)?;
            let at = text.len() - rest.len() - slot.run.text.len();
            Some((at, Arc::clone(&slot.run)))
        });
        let runs = runs.collect();
        FreshText { text, runs }
    }

    /// Written as JSON.
    pub(super) fn to_json(&self) -> FreshText {
        let escaped = |text: &str| json::stringify(&text.into()).len() - 2;
        let position = |keys: &[String]| json::position(&self.value, keys);
        self.written(json::stringify(&self.value), position, escaped)
    }

    /// Written as a form.
    pub(super) fn to_form(&self) -> FreshText {
        let form = form::from_value(&self.value);
        let position = |keys: &[String]| form::position(&form, keys);
        self.written(form.clone(), position, |text| form::encoded(text).len())
    }

    /// Finds the slots in what was written, by the position of each scalar and the length that a text is written in.
    fn written(
        &self,
        text: String,
        position: impl Fn(&[String]) -> Option<Range<usize>>,
        length: impl Fn(&str) -> usize,
    ) -> FreshText {
        let run = |slot: &FieldSlot| {
            let scalar = json::scalar_text(self.at(&slot.keys)?)?;
            let end = position(&slot.keys)?.end;
            let at = end.checked_sub(length(slot.rest(&scalar)?) + slot.run.text.len())?;
            // A number beyond 2^53 is rounded when it is written.
            let is_there = text.get(at..)?.starts_with(&slot.run.text);
            is_there.then(|| (at, Arc::clone(&slot.run)))
        };
        let runs = self.slots.iter().filter_map(run).collect();
        FreshText { text, runs }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::Catalogue;
    use crate::provider::compose::{Content, Shape, compose_with_slots};
    use crate::provider::fresh::Seed;
    use crate::provider::payload::{self, Freshness, Step};
    use crate::request::{Request, latin1};
    use crate::value::ContentType;
    use serde_json::json;

    /// A payload that holds an id in several places, each in a text of its own.
    fn fields() -> (Fields, FreshText) {
        let id = Seed::chosen(1).fresh("id_{hex:4}-{digits:2}", "id");
        let mut fields = Fields::default();
        let mut wrapped = |before: &str, behind: &str, keys: &[&str]| {
            let mut text = FreshText::from(before.to_owned());
            text.append(&id);
            text.text.push_str(behind);
            let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
            fields.slots.extend(FieldSlot::all_in(&text, &keys));
            text.text
        };
        let value = json!({
            "a": wrapped("", "", &["a"]),
            "list": ["x", {"b": wrapped("é\"", " \n", &["list", "1", "b"])}, wrapped("+", "&", &["list", "2"])],
            "7": wrapped("", "ü", &["7"]),
        });
        fields.value = value;
        (fields, id)
    }

    /// Whether all slots are recorded, and where they are.
    fn found(written: &FreshText, id: &FreshText) -> usize {
        for (at, run) in &written.runs {
            assert!(written.text[*at..].starts_with(&run.text));
        }
        assert_eq!(
            written.runs.len(),
            written.text.matches(&id.text).count() * id.runs.len(),
            "{}",
            written.text
        );
        written.runs.len()
    }

    #[test]
    fn slots_are_found_in_json_and_forms() {
        let (fields, id) = fields();
        assert_eq!(found(&fields.to_json(), &id), 8);
        assert_eq!(found(&fields.to_form(), &id), 8);
    }

    #[test]
    fn slots_follow_the_edits() {
        let (mut fields, id) = fields();
        fields.set(&"a=1".parse().unwrap()).unwrap();
        assert_eq!(found(&fields.to_json(), &id), 6);
        fields.unset("list.0").unwrap();
        assert_eq!(found(&fields.to_json(), &id), 6);
        fields.unset("list.0.b").unwrap();
        assert_eq!(found(&fields.to_form(), &id), 4);
        let map = ["x=@list", "x=@list.1", "y=@7", "z=t"].map(str::to_owned);
        let mapped = fields.mapped(&map).unwrap();
        assert_eq!(found(&mapped.to_json(), &id), 4);
        fields.set(&"list={}".parse().unwrap()).unwrap();
        assert_eq!(found(&fields.to_json(), &id), 2);
    }

    #[test]
    fn a_text_behind_which_another_is_longer_keeps_its_slots() {
        let (fields, id) = fields();
        let text = fields.fresh("list.1.b", format!("longer {} \n", id.text));
        assert_eq!(found(&text, &id), 2);
        assert_eq!(fields.fresh("list.1.b", "other".to_owned()).runs, []);
    }

    /// How often a text is in each part of a delivery.
    fn occurrences(id: &str, request: &Request, text: &str) -> usize {
        let body = String::from_utf8(request.body.to_vec()).unwrap();
        let headers = request.headers.iter();
        let headers: Vec<_> = headers.map(|header| latin1(&header.value)).collect();
        let parts = [id, &request.target, &body].into_iter();
        let parts = parts.chain(headers.iter().map(|value| &**value));
        parts.map(|part| part.matches(text).count()).sum()
    }

    #[test]
    fn every_id_of_the_catalogue_is_recorded_in_every_form() {
        let catalogue = Catalogue::default();
        let seed = Seed::chosen(5);
        let freshness = Freshness {
            seed: seed.clone(),
            at: Some("2026-11-28T10:00:00Z".parse().unwrap()),
        };
        let url = "http://localhost/x?y=1".parse().unwrap();
        let mut without = Vec::new();
        for (name, event) in catalogue.event_names().unwrap() {
            let step = Step {
                provider: catalogue.provider(&name).unwrap(),
                event: event.clone(),
                variants: Vec::new(),
            };
            let profile = &step.provider.profile;
            let payload = payload::build(std::slice::from_ref(&step), &freshness)
                .unwrap()
                .remove(0);
            let own = payload::delivery_id(profile, &payload.fields);
            let id = own.unwrap_or_else(|| seed.fresh("msg_{base62:27}", "delivery id"));
            let content = Content::Fields(payload.fields);
            for (method, content_type) in [
                ("POST", ContentType::Json),
                ("POST", ContentType::Form),
                ("GET", ContentType::Form),
            ] {
                let shape = Shape::new(profile, Some(method), Some(content_type));
                let (request, slots) =
                    compose_with_slots(profile, &event, &id, &content, &shape, &url);
                let runs: Vec<&str> = slots.iter().map(|slot| &*slot.run.text).collect();
                for text in runs.iter().filter(|text| text.len() > 4) {
                    let recorded = runs.iter().filter(|run| run == &text).count();
                    let found = occurrences(&id.text, &request, text);
                    assert_eq!(recorded, found, "{name}/{event} {method} {text}");
                }
                if slots.iter().all(|slot| slot.part == Part::Id) {
                    without.push(format!("{name}/{event}"));
                }
            }
        }
        without.dedup();
        let samples_without_ids = [
            "discord/ping",
            "kakiyo/agent.status_changed",
            "kakiyo/campaign.completed",
        ];
        assert_eq!(without, samples_without_ids);
    }
}
