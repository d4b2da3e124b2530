//! New ids for each of many deliveries, without building each anew.
//!
//! Two deliveries of the same event that were made of different seeds differ in their ids and nowhere else. Where they
//! differ, ids stand; what is the same word in both pairs is the same id. So a further delivery is a copy with new words
//! in these places.

use std::collections::HashMap;

use bytes::Bytes;

use crate::request::Request;

/// Where the ids of a delivery stand, and what they are made of.
#[derive(Clone, Debug, Default)]
pub(crate) struct Renewal {
    words: Vec<Word>,
    spots: Vec<Spot>,
}

/// An id, or a part of one.
#[derive(Clone, Debug)]
struct Word {
    /// As in the first delivery.
    text: Vec<u8>,
    /// The places in it that are new each time, with what stands there.
    places: Vec<(usize, &'static [u8])>,
}

/// An occurrence of a word.
#[derive(Clone, Copy, Debug)]
struct Spot {
    part: Part,
    at: usize,
    word: usize,
}

/// A part of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Id,
    Target,
    /// A header by its place.
    Header(usize),
    Body,
}

const DIGITS: &[u8] = b"0123456789";
const LOWER_HEX: &[u8] = b"0123456789abcdef";
const UPPER_HEX: &[u8] = b"0123456789ABCDEF";
const BASE36: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";
const UPPER36: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Sets of characters, the smaller ones first.
const ALPHABETS: [&[u8]; 6] = [DIGITS, LOWER_HEX, UPPER_HEX, BASE36, UPPER36, BASE62];

impl Renewal {
    /// What differs between two deliveries of one event. Parts of different lengths stay as they are in the first one.
    pub(crate) fn between(one: (&str, &Request), other: (&str, &Request)) -> Self {
        let mut renewal = Self::default();
        let mut known = HashMap::new();
        let ((id, a), (other_id, b)) = (one, other);
        let headers = a.headers.iter().zip(b.headers.iter());
        let headers = headers
            .enumerate()
            .map(|(place, (one, other))| (Part::Header(place), &*one.value, &*other.value));
        let parts = [
            (Part::Id, id.as_bytes(), other_id.as_bytes()),
            (Part::Target, a.target.as_bytes(), b.target.as_bytes()),
            (Part::Body, &*a.body, &*b.body),
        ];
        for (part, one, other) in parts.into_iter().chain(headers) {
            if one.len() == other.len() {
                renewal.find(part, one, other, &mut known);
            }
        }
        renewal
    }

    /// Finds the words of a part that differ.
    fn find(
        &mut self,
        part: Part,
        one: &[u8],
        other: &[u8],
        known: &mut HashMap<(Vec<u8>, Vec<u8>), usize>,
    ) {
        let mut at = 0;
        while at < one.len() {
            let length = one[at..]
                .iter()
                .zip(&other[at..])
                .take_while(|(a, b)| a.is_ascii_alphanumeric() && b.is_ascii_alphanumeric())
                .count();
            let (a, b) = (&one[at..at + length], &other[at..at + length]);
            if a != b {
                let word = *known.entry((a.to_vec(), b.to_vec())).or_insert_with(|| {
                    let mut word = Word::new(a, b);
                    if is_uuid_variant(one, at) {
                        word.restrict_first(UUID_VARIANTS);
                    }
                    self.words.push(word);
                    self.words.len() - 1
                });
                self.spots.push(Spot { part, at, word });
            }
            at += length.max(1);
        }
    }

    /// Whether each delivery is like the one before.
    pub(crate) fn is_empty(&self) -> bool {
        self.spots.is_empty()
    }

    /// Gives a copy of the first delivery new ids: the same ones for the same number.
    pub(crate) fn renew(&self, id: &mut String, request: &mut Request, chance: &mut Chance) {
        if self.is_empty() {
            return;
        }
        let words: Vec<Vec<u8>> = self.words.iter().map(|word| word.renewed(chance)).collect();
        let mut body = None;
        for Spot { part, at, word } in &self.spots {
            let (word, at) = (&words[*word], *at);
            match part {
                Part::Id => overwrite_text(id, at, word),
                Part::Target => overwrite_text(&mut request.target, at, word),
                Part::Header(place) => {
                    if let Some(header) = request.headers.iter_mut().nth(*place) {
                        let mut value = header.value.to_vec();
                        value[at..at + word.len()].copy_from_slice(word);
                        header.value = value.into();
                    }
                }
                Part::Body => {
                    let body = body.get_or_insert_with(|| request.body.to_vec());
                    body[at..at + word.len()].copy_from_slice(word);
                }
            }
        }
        if let Some(body) = body {
            request.body = Bytes::from(body);
        }
    }
}

/// The first digits that the fourth group of a UUID can have (RFC 9562, 4.1).
const UUID_VARIANTS: &[u8] = b"89ab";

/// Whether the fourth group of a UUID begins here.
fn is_uuid_variant(text: &[u8], at: usize) -> bool {
    let uuid = at
        .checked_sub(19)
        .and_then(|start| text.get(start..start + 36));
    uuid.is_some_and(|uuid| {
        let is_right = |(place, byte): (usize, &u8)| match place {
            8 | 13 | 18 | 23 => *byte == b'-',
            19 => UUID_VARIANTS.contains(byte),
            _ => byte.is_ascii_hexdigit(),
        };
        uuid.iter().enumerate().all(is_right)
    })
}

/// Puts a word of ASCII in the place of another.
fn overwrite_text(text: &mut String, at: usize, word: &[u8]) {
    let word = String::from_utf8_lossy(word);
    text.replace_range(at..at + word.len(), &word);
}

impl Word {
    fn new(one: &[u8], other: &[u8]) -> Self {
        let fits = |alphabet: &&&[u8]| {
            let mut bytes = one.iter().chain(other);
            bytes.all(|byte| alphabet.contains(byte))
        };
        let alphabet: &'static [u8] = ALPHABETS.iter().find(fits).copied().unwrap_or(BASE62);
        let differing = (0..one.len()).filter(|place| one[*place] != other[*place]);
        let places = differing.map(|place| {
            // A number does not begin with a zero.
            let is_first_digit = place == 0 && alphabet == DIGITS;
            (
                place,
                if is_first_digit {
                    &alphabet[1..]
                } else {
                    alphabet
                },
            )
        });
        Self {
            text: one.to_vec(),
            places: places.collect(),
        }
    }

    /// Lets nothing else stand first.
    fn restrict_first(&mut self, alphabet: &'static [u8]) {
        if let Some((0, first)) = self.places.first_mut() {
            *first = alphabet;
        }
    }

    fn renewed(&self, chance: &mut Chance) -> Vec<u8> {
        let mut text = self.text.clone();
        for (place, alphabet) in &self.places {
            text[*place] = alphabet[chance.below(alphabet.len())];
        }
        text
    }
}

/// Numbers that nobody needs to be unable to guess, and many of them: SplitMix64 (Steele, Lea and Flood, 2014).
#[derive(Clone, Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    /// Those of one delivery among many.
    pub(crate) fn of(seed: u64, number: u64) -> Self {
        let mut chance = Self(seed);
        Self(chance.next() ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
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
    use crate::request::Headers;
    use proptest::prelude::*;
    use std::collections::HashSet;

    type Pair = (String, Request);

    fn delivery(id: &str, target: &str, header: &str, body: &str) -> Pair {
        let mut headers = Headers::default();
        headers.push("x-id", header.to_owned());
        let request = Request {
            method: "POST".to_owned(),
            target: target.to_owned(),
            headers,
            body: Bytes::copy_from_slice(body.as_bytes()),
        };
        (id.to_owned(), request)
    }

    fn between(one: &Pair, other: &Pair) -> Renewal {
        Renewal::between((&one.0, &one.1), (&other.0, &other.1))
    }

    fn renewed(renewal: &Renewal, one: &Pair, number: u64) -> [String; 4] {
        let (mut id, mut request) = one.clone();
        renewal.renew(&mut id, &mut request, &mut Chance::of(7, number));
        seen(&(id, request))
    }

    fn seen((id, request): &Pair) -> [String; 4] {
        let header = request.headers.text("x-id").unwrap().into_owned();
        let body = String::from_utf8(request.body.to_vec()).unwrap();
        [id.clone(), request.target.clone(), header, body]
    }

    #[test]
    fn ids_are_new_each_time_and_agree_wherever_they_stand() {
        let one = delivery(
            "msg_aB3",
            "/x?id=7c1f",
            "evt-10",
            r#"{"id":10,"of":"7c1f","name":"Dana","uuid":"1a-4f"}"#,
        );
        let other = delivery(
            "msg_Zz9",
            "/x?id=90ab",
            "evt-25",
            r#"{"id":25,"of":"90ab","name":"Dana","uuid":"2b-4e"}"#,
        );
        let renewal = between(&one, &other);
        let mut all = HashSet::new();
        for number in 0..50 {
            let new = renewed(&renewal, &one, number);
            let [id, target, header, body] = new.clone();
            let body: serde_json::Value = serde_json::from_str(&body).unwrap();
            assert!(id.starts_with("msg_") && id.len() == 7);
            assert_eq!(target, format!("/x?id={}", body["of"].as_str().unwrap()));
            assert_eq!(header, format!("evt-{}", body["id"]));
            assert_eq!(body["name"], "Dana");
            assert_eq!(&body["uuid"].as_str().unwrap()[2..4], "-4");
            all.insert(id);
            assert_eq!(renewed(&renewal, &one, number), new);
        }
        assert!(all.len() > 40, "{}", all.len());
    }

    #[test]
    fn a_uuid_stays_one() {
        let one = delivery("8b1f4a52-70c9-4f3d-9a6b-2f5f8e1c7d04", "/", "x", "{}");
        let other = delivery("01c94e8a-1bd7-41e2-b3c0-90aa1c2d3e4f", "/", "x", "{}");
        let renewal = between(&one, &other);
        for number in 0..100 {
            let id = &renewed(&renewal, &one, number)[0];
            assert!(is_uuid_variant(id.as_bytes(), 19), "{id}");
            assert_eq!(&id[14..15], "4");
        }
    }

    #[test]
    fn what_differs_in_length_stays() {
        let one = delivery("a", "/", "x", r#"{"name":"Al"}"#);
        let other = delivery("a", "/", "x", r#"{"name":"Bob"}"#);
        assert!(between(&one, &other).is_empty());
    }

    proptest! {
        #[test]
        fn any_two_deliveries_make_others_of_the_same_shape(one in prop::array::uniform4("[a-z0-9A-Zé \"-]{0,20}"), other in prop::array::uniform4("[a-z0-9A-Zé \"-]{0,20}"), number: u64) {
            let make = |[id, target, header, body]: &[String; 4]| delivery(id, target, header, body);
            let (one, other) = (make(&one), make(&other));
            let new = renewed(&between(&one, &other), &one, number);
            for (old, new) in seen(&one).iter().zip(new) {
                prop_assert_eq!(old.len(), new.len());
                for (old, new) in old.bytes().zip(new.bytes()) {
                    prop_assert_eq!(old.is_ascii_alphanumeric(), new.is_ascii_alphanumeric());
                }
            }
        }
    }
}
