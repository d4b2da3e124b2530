//! New ids for each of many deliveries, without building each from its sample: a further delivery is a copy with other
//! characters in the slots that were recorded when the first one was built.

use std::sync::Arc;

use bytes::Bytes;

use crate::provider::Run;
use crate::provider::fields::{Part, Slot};
use crate::request::Request;

/// Where the ids of a delivery are, and what they are made of.
#[derive(Clone, Debug, Default)]
pub(crate) struct Renewal {
    ids: Vec<Id>,
    /// Each with the number of its id.
    slots: Vec<(Slot, usize)>,
}

/// An id, or the random part of one.
#[derive(Clone, Debug)]
struct Id {
    run: Arc<Run>,
    /// Where the counting starts.
    start: u64,
    /// How many of the places, from the first, are chosen at random for each delivery. The others are counted.
    uncounted: usize,
    /// How many values the counted places have.
    values: u64,
}

/// Most values that are counted through.
const MOST: u64 = 1 << 62;
/// The step from one value to the next. It has no factor in common with the size of any alphabet, so that all values
/// are used before one is used again.
const STEP: u128 = 2_685_821_657_736_338_717;

impl Renewal {
    /// New ids for these slots, the same ones for the same seed.
    pub(crate) fn new(slots: &[Slot], seed: u64) -> Self {
        let mut ids: Vec<Id> = Vec::new();
        let mut number = |run: &Arc<Run>| {
            let known = ids.iter().position(|id| id.run.text == run.text);
            known.unwrap_or_else(|| {
                ids.push(Id::new(run, seed));
                ids.len() - 1
            })
        };
        let slots = slots
            .iter()
            .map(|slot| (slot.clone(), number(&slot.run)))
            .collect();
        Self { ids, slots }
    }

    /// Gives a copy of the first delivery, and its id if it has one, the ids of the delivery with this number. Another
    /// number gives others as long as an id can have another value.
    pub(crate) fn renew(&self, mut id: Option<&mut String>, request: &mut Request, number: u64) {
        if self.slots.is_empty() {
            return;
        }
        let new: Vec<String> = self.ids.iter().map(|id| id.nth(number)).collect();
        let mut body = None;
        for (slot, number) in &self.slots {
            let (at, text) = (slot.at, &*new[*number]);
            match &slot.part {
                Part::Id => {
                    if let Some(id) = &mut id {
                        overwrite_text(id, at, text);
                    }
                }
                Part::Target => overwrite_text(&mut request.target, at, text),
                Part::Header(name) => {
                    let mut headers = request.headers.iter_mut();
                    let is_it = |name_of: &str| name_of.eq_ignore_ascii_case(name);
                    if let Some(header) = headers.find(|header| is_it(&header.name)) {
                        let mut value = header.value.to_vec();
                        overwrite(&mut value, at, text);
                        header.value = value.into();
                    }
                }
                Part::Body => {
                    let body = body.get_or_insert_with(|| request.body.to_vec());
                    overwrite(body, at, text);
                }
            }
        }
        if let Some(body) = body {
            request.body = Bytes::from(body);
        }
    }
}

/// Puts a text in the place of another one of its length.
fn overwrite(bytes: &mut [u8], at: usize, text: &str) {
    if let Some(place) = bytes.get_mut(at..at + text.len()) {
        place.copy_from_slice(text.as_bytes());
    }
}

fn overwrite_text(whole: &mut String, at: usize, text: &str) {
    let place = at..at + text.len();
    if whole.get(place.clone()).is_some() {
        whole.replace_range(place, text);
    }
}

/// How many characters can be at a place.
fn size((_, alphabet): &(usize, &[u8])) -> u64 {
    u64::try_from(alphabet.len()).unwrap_or(1)
}

impl Id {
    fn new(run: &Arc<Run>, seed: u64) -> Self {
        let (mut values, mut uncounted) = (1_u64, run.places.len());
        while let Some(place) = run.places[..uncounted].last()
            && values.saturating_mul(size(place)) <= MOST
        {
            values *= size(place);
            uncounted -= 1;
        }
        // The same id has the same values, in whichever of the deliveries it is.
        let start = run
            .text
            .bytes()
            .fold(seed, |state, byte| Chance(state ^ u64::from(byte)).next());
        Self {
            run: Arc::clone(run),
            start,
            uncounted,
            values,
        }
    }

    /// Its text in the delivery with this number.
    fn nth(&self, number: u64) -> String {
        let mut text = self.run.text.clone().into_bytes();
        let (uncounted, counted) = self.run.places.split_at(self.uncounted);
        let mut chance = Chance(self.start ^ number.wrapping_mul(GOLDEN));
        for (at, alphabet) in uncounted {
            text[*at] = alphabet[chance.below(alphabet.len())];
        }
        let value = u128::from(self.start) + u128::from(number) * STEP;
        let mut value = u64::try_from(value % u128::from(self.values)).unwrap_or(0);
        for place in counted.iter().rev() {
            let digit = usize::try_from(value % size(place)).unwrap_or(0);
            text[place.0] = place.1[digit];
            value /= size(place);
        }
        String::from_utf8(text).unwrap_or_default()
    }
}

/// Numbers that nobody needs to be unable to guess, and many of them: SplitMix64 (Steele, Lea and Flood, 2014).
struct Chance(u64);

/// 2^64 by the golden ratio.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below a small limit.
    fn below(&mut self, limit: usize) -> usize {
        let limit = u128::try_from(limit).unwrap_or(1);
        usize::try_from((u128::from(self.next()) * limit) >> 64).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::FreshText;
    use crate::provider::fresh::Seed;
    use crate::request::Headers;
    use proptest::prelude::*;
    use std::collections::HashSet;

    fn fresh(pattern: &str, label: &str) -> FreshText {
        Seed::chosen(1).fresh(pattern, label)
    }

    /// A delivery with these ids in each of its parts, and its slots.
    fn delivery(ids: &[FreshText]) -> (String, Request, Vec<Slot>) {
        let mut all = FreshText::default();
        for id in ids {
            all.text.push('é');
            all.append(id);
        }
        let mut slots: Vec<Slot> = Vec::new();
        for part in [
            Part::Id,
            Part::Target,
            Part::Body,
            Part::Header("x-id".into()),
        ] {
            slots.extend(Slot::all_in(&all, part));
        }
        let mut headers = Headers::default();
        headers.push("X-Other", "é");
        headers.push("X-Id", all.text.clone());
        let request = Request {
            method: "POST".to_owned(),
            target: all.text.clone(),
            headers,
            body: all.text.clone().into(),
        };
        (all.text, request, slots)
    }

    /// The ids of the delivery with this number, which are the same in all its parts.
    fn renewed(ids: &[FreshText], seed: u64, number: u64) -> String {
        let (mut id, mut request, slots) = delivery(ids);
        Renewal::new(&slots, seed).renew(Some(&mut id), &mut request, number);
        assert_eq!(request.target, id);
        assert_eq!(request.body, id.as_bytes());
        assert_eq!(
            &*request.headers.iter().nth(1).unwrap().value,
            id.as_bytes()
        );
        id
    }

    #[test]
    fn ids_are_new_each_time_and_agree_in_all_parts() {
        let ids = [fresh("msg_{base62:20}", "a"), fresh("{digits:3}", "b")];
        let all: HashSet<String> = (0..50).map(|number| renewed(&ids, 7, number)).collect();
        assert_eq!(all.len(), 50);
        assert_eq!(renewed(&ids, 7, 3), renewed(&ids, 7, 3));
        assert_ne!(renewed(&ids, 7, 3), renewed(&ids, 8, 3));
        let twice = renewed(&[ids[0].clone(), ids[0].clone()], 7, 3);
        let (one, other) = twice.split_at(twice.len() / 2);
        assert_eq!(one, other);
        // What is the same in two deliveries stays the same.
        assert!(renewed(&ids, 7, 3).starts_with(one));
    }

    #[test]
    fn a_delivery_without_slots_stays_as_it_is() {
        let (mut id, mut request, _) = delivery(&[fresh("{hex:4}", "a")]);
        let before = (id.clone(), request.clone());
        Renewal::new(&[], 7).renew(Some(&mut id), &mut request, 1);
        assert_eq!((id, request), before);
    }

    #[test]
    fn short_ids_are_all_used_before_one_is_used_again() {
        for (pattern, values) in [
            ("{hex:2}", 256),
            ("{digits:2}", 90),
            ("{upper:2}", 36 * 36),
            ("{base36:1}", 36),
            ("{base62:2}", 62 * 62),
        ] {
            let id = fresh(pattern, "a");
            let id = Id::new(&id.runs[0].1, 7);
            let all: HashSet<String> = (0..values).map(|number| id.nth(number)).collect();
            assert_eq!(all.len(), usize::try_from(values).unwrap(), "{pattern}");
        }
    }

    proptest! {
        #[test]
        fn each_place_keeps_to_its_alphabet(number: u64, seed: u64, kind in 0_usize..6) {
            let pattern = ["{uuid}", "{hex:40}", "{digits:12}", "{upper:9}", "{base36:23}", "{base62:3}"][kind];
            let id = fresh(pattern, "a");
            let run = &id.runs[0].1;
            let new = Id::new(run, seed).nth(number);
            prop_assert_eq!(new.len(), run.text.len());
            for (at, (old, new)) in run.text.bytes().zip(new.bytes()).enumerate() {
                let place = run.places.iter().rev().find(|(place, _)| *place == at);
                prop_assert!(place.map_or(old == new, |(_, alphabet)| alphabet.contains(&new)));
            }
        }
    }
}
