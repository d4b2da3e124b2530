//! `replay --new-id`: other ids in a stored request, and where they are.

use std::sync::Arc;

use serde_json::Value;

use crate::provider::fields::{Part, Slot};
use crate::provider::fresh::{Seed, renewed};
use crate::provider::{FreshText, Profile};
use crate::request::Request;
use crate::request::json::{Document, Outline};
use crate::signature::Scheme;

/// The ids that are new in a stored request.
pub(super) struct NewIds {
    /// Those of the body, then that of the delivery.
    ids: Vec<FreshText>,
    body: FreshText,
}

impl NewIds {
    /// Gives the body new keys where receivers tell duplicates by these; all other bytes stay. Returns the paths of the
    /// keys that stay, too.
    pub(super) fn put_into<'a>(
        request: &mut Request,
        paths: &'a [String],
        id: FreshText,
        seed: &Seed,
    ) -> (Self, Vec<&'a str>) {
        let outline = Outline::of_container(&request.body);
        let fields = outline
            .as_ref()
            .map(|outline| Document::new(&request.body, outline));
        let mut keys: Vec<(String, bool, &str)> = paths
            .iter()
            .filter_map(|path| {
                let node = fields?.lookup(path)?;
                Some((node.text()?, node.is_string(), &**path))
            })
            .collect();
        keys.dedup_by(|one, other| (&one.0, one.1) == (&other.0, other.1));
        let body = std::str::from_utf8(&request.body).unwrap_or_default();
        let (mut new, mut kept) = (Vec::new(), Vec::new());
        for (old, is_text, path) in keys {
            let quoted = Value::from(&*old).to_string();
            // Of a number, the same digits may stand anywhere.
            if is_text && body.contains(&quoted) {
                new.push((quoted, renewed(&old, seed)));
            } else {
                kept.push(path);
            }
        }
        let body = with_keys(body, &new);
        if !body.runs.is_empty() {
            request.body = body.text.clone().into();
        }
        let ids = new.into_iter().map(|(_, new)| new).chain([id]).collect();
        (Self { ids, body }, kept)
    }

    /// Whether the body holds none.
    pub(super) fn are_unseen(&self) -> bool {
        self.body.runs.is_empty()
    }

    /// Those of the body and of the delivery's id, which the header of this name repeats.
    pub(super) fn slots(&self, id: &str, header: Option<&str>) -> Vec<Slot> {
        let id = self.found_in(id);
        let header = header.map(|name| Part::Header(name.to_owned()));
        let parts = [Part::Id].into_iter().chain(header);
        let of_id = parts.flat_map(|part| Slot::all_in(&id, part));
        Slot::all_in(&self.body, Part::Body).chain(of_id).collect()
    }

    /// The new ids in one that was put together of them.
    fn found_in(&self, id: &str) -> FreshText {
        let runs = self.ids.iter().filter_map(|new| {
            let start = id.find(&new.text)?;
            let runs = new.runs.iter();
            Some(runs.map(move |(at, run)| (start + at, Arc::clone(run))))
        });
        FreshText {
            text: id.to_owned(),
            runs: runs.flatten().collect(),
        }
    }
}

/// JSON with new texts in the place of others, which are given with their quotes.
fn with_keys(json: &str, keys: &[(String, FreshText)]) -> FreshText {
    let mut made = FreshText::default();
    let mut rest = json;
    while let Some(quote) = rest.find('"') {
        made.text.push_str(&rest[..quote]);
        rest = &rest[quote..];
        let found = keys
            .iter()
            .find_map(|(old, new)| Some((rest.strip_prefix(&**old)?, new)));
        if let Some((behind, new)) = found {
            let quoted = Value::from(&*new.text).to_string();
            made.text.push_str(&quoted);
            // From its runs on, nothing of an id is escaped.
            let start = made.text.len() - 1 - new.text.len();
            let runs = new.runs.iter();
            made.runs
                .extend(runs.map(|(at, run)| (start + at, Arc::clone(run))));
            rest = behind;
        } else {
            made.text.push('"');
            rest = &rest[1..];
        }
    }
    made.text.push_str(rest);
    made
}

/// The header that carries the delivery id.
pub(super) fn id_header<'a>(
    profile: Option<&'a Profile>,
    scheme: Option<&'a Scheme>,
) -> Option<&'a str> {
    let of_profile = profile.and_then(|profile| profile.envelope.delivery.as_ref());
    scheme
        .and_then(|scheme| scheme.id_header.as_deref())
        .or_else(|| {
            let place = of_profile?.value.split('|').next()?;
            place.strip_prefix("header:")
        })
}

/// Paths of the keys in the body by which receivers tell duplicates: the delivery id, and those of the profile.
pub(super) fn keys_in_body(profile: Option<&Profile>, scheme: Option<&Scheme>) -> Vec<String> {
    let of_profile = profile.and_then(|profile| profile.envelope.delivery.as_ref());
    let id = of_profile
        .map(|delivery| &delivery.value)
        .or_else(|| scheme?.delivery.as_ref());
    let id = id
        .and_then(|place| place.strip_prefix("body:"))
        .filter(|path| !path.contains(['|', '+']));
    let dedup = profile.and_then(|profile| profile.envelope.dedup.as_ref());
    let dedup = dedup
        .into_iter()
        .flat_map(|dedup| dedup.value.iter().cloned());
    let mut paths: Vec<String> = id.map(str::to_owned).into_iter().chain(dedup).collect();
    // One path may be both.
    paths.sort();
    paths.dedup();
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_keys_are_recorded_where_they_are() {
        let seed = Seed::chosen(1);
        let key = |old: &str| (Value::from(old).to_string(), renewed(old, &seed));
        let keys = [key("é\"_a1"), key("b-\\22")];
        let json = "{\"x\":\"é\\\"_a1\",\"é\\\"_a1\":[\"b-\\\\22\",\"b\",\"a1\"]}";
        let made = with_keys(json, &keys);
        let at: Vec<&str> = made
            .runs
            .iter()
            .map(|(at, run)| &made.text[*at..at + run.text.len()])
            .collect();
        let [one, two] = keys.map(|(_, new)| new.runs[0].1.text.clone());
        assert_eq!(at, [&*one, &*one, &*two]);
        let wanted = json.replace("_a1", &format!("_{one}")).replace("22", &two);
        assert_eq!(made.text, wanted);
    }
}
