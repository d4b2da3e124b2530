//! New ids for each of many deliveries, without building each anew.
//!
//! Deliveries of the same event that were made of different seeds differ in their ids and nowhere else. Where they
//! differ, ids stand; what is the same word in all of them is the same id. So a further delivery is a copy with new words
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
    /// The places in it that are new each time, with what can stand there.
    places: Vec<(usize, &'static [u8])>,
}

/// Most values of a word that are gone through one after the other, before any comes again.
const MOST: u64 = 1 << 62;
/// The step from one value to the next. It has no factor in common with the size of any alphabet, so all values come.
const STEP: u128 = 2_685_821_657_736_338_717;

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
    /// What differs among deliveries of one event, each an id and a request. Parts of different lengths stay as they are
    /// in the first one.
    pub(crate) fn among(all: &[(&str, &Request)]) -> Self {
        let mut renewal = Self::default();
        let mut known = HashMap::new();
        let fields = all.first().map_or(0, |(_, one)| one.headers.iter().count());
        let headers = (0..fields).map(Part::Header);
        for part in [Part::Id, Part::Target, Part::Body]
            .into_iter()
            .chain(headers)
        {
            let texts: Option<Vec<&[u8]>> = all.iter().map(|(id, one)| part.of(id, one)).collect();
            let texts = texts.unwrap_or_default();
            if texts.windows(2).all(|pair| pair[0].len() == pair[1].len()) {
                renewal.find(part, &texts, &mut known);
            }
        }
        renewal
    }

    /// Finds the words of a part that differ.
    fn find(&mut self, part: Part, texts: &[&[u8]], known: &mut HashMap<Vec<Vec<u8>>, usize>) {
        let Some(first) = texts.first() else {
            return;
        };
        let in_word = |at: usize| texts.iter().all(|text| text[at].is_ascii_alphanumeric());
        let mut at = 0;
        while at < first.len() {
            let end = (at..first.len())
                .find(|at| !in_word(*at))
                .unwrap_or(first.len());
            let words: Vec<&[u8]> = texts.iter().map(|text| &text[at..end]).collect();
            if words.windows(2).any(|pair| pair[0] != pair[1]) {
                let key = words.iter().map(|word| word.to_vec()).collect();
                let word = *known.entry(key).or_insert_with(|| {
                    let mut word = Word::new(&words);
                    if is_uuid_variant(first, at) {
                        word.restrict_first(UUID_VARIANTS);
                    }
                    self.words.push(word);
                    self.words.len() - 1
                });
                self.spots.push(Spot { part, at, word });
            }
            at = end.max(at + 1);
        }
    }

    /// Whether each delivery is like the one before.
    pub(crate) fn is_empty(&self) -> bool {
        self.spots.is_empty()
    }

    /// Gives a copy of the first delivery new ids: the same ones for the same seed and number, and others for another
    /// number as long as an id can have another value.
    pub(crate) fn renew(&self, id: &mut String, request: &mut Request, seed: u64, number: u64) {
        if self.is_empty() {
            return;
        }
        let starts = &mut Chance::of(seed, 0);
        let chance = &mut Chance::of(seed, number);
        let words = self.words.iter();
        let words: Vec<Vec<u8>> = words
            .map(|word| word.renewed(starts.next(), number, chance))
            .collect();
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

impl Part {
    /// The bytes of this part; `None` for a header that is not there.
    fn of<'a>(self, id: &'a str, request: &'a Request) -> Option<&'a [u8]> {
        Some(match self {
            Self::Id => id.as_bytes(),
            Self::Target => request.target.as_bytes(),
            Self::Header(place) => &*request.headers.iter().nth(place)?.value,
            Self::Body => &*request.body,
        })
    }
}

impl Word {
    fn new(words: &[&[u8]]) -> Self {
        let fits = |alphabet: &&&[u8]| {
            let mut bytes = words.iter().copied().flatten();
            bytes.all(|byte| alphabet.contains(byte))
        };
        let alphabet: &'static [u8] = ALPHABETS.iter().find(fits).copied().unwrap_or(BASE62);
        let text = words[0].to_vec();
        let differs = |place: &usize| words.iter().any(|word| word[*place] != text[*place]);
        let places = (0..text.len()).filter(differs).map(|place| {
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
        let places = places.collect();
        Self { text, places }
    }

    /// Lets nothing else stand first.
    fn restrict_first(&mut self, alphabet: &'static [u8]) {
        if let Some((0, first)) = self.places.first_mut() {
            *first = alphabet;
        }
    }

    /// The value of a delivery with this number, counted from a start. What cannot be counted is by chance.
    fn renewed(&self, start: u64, number: u64, chance: &mut Chance) -> Vec<u8> {
        let mut text = self.text.clone();
        let size = |(_, alphabet): &(usize, &[u8])| u64::try_from(alphabet.len()).unwrap_or(1);
        let mut values: u64 = 1;
        let mut by_chance = self.places.len();
        while by_chance > 0 && values.saturating_mul(size(&self.places[by_chance - 1])) <= MOST {
            by_chance -= 1;
            values *= size(&self.places[by_chance]);
        }
        for (place, alphabet) in &self.places[..by_chance] {
            text[*place] = alphabet[chance.below(alphabet.len())];
        }
        let value = (u128::from(start) + u128::from(number) * STEP) % u128::from(values);
        let mut value = u64::try_from(value).unwrap_or(0);
        for place in self.places[by_chance..].iter().rev() {
            let digit = usize::try_from(value % size(place)).unwrap_or(0);
            text[place.0] = place.1[digit];
            value /= size(place);
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

    fn among(all: &[&Pair]) -> Renewal {
        let all: Vec<(&str, &Request)> = all.iter().map(|(id, one)| (&**id, one)).collect();
        Renewal::among(&all)
    }

    fn renewed(renewal: &Renewal, one: &Pair, number: u64) -> [String; 4] {
        let (mut id, mut request) = one.clone();
        renewal.renew(&mut id, &mut request, 7, number);
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
        let renewal = among(&[&one, &other]);
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
        let renewal = among(&[&one, &other]);
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
        assert!(among(&[&one, &other]).is_empty());
    }

    #[test]
    fn short_ids_do_not_come_again_before_all_have_come() {
        let one = delivery("a1", "/", "x", "{}");
        let others = ["b4", "c7", "d9"].map(|id| delivery(id, "/", "x", "{}"));
        let renewal = among(&[&one, &others[0], &others[1], &others[2]]);
        let ids: HashSet<String> = (0..256)
            .map(|number| renewed(&renewal, &one, number)[0].clone())
            .collect();
        assert_eq!(ids.len(), 256);
        for alphabet in ALPHABETS {
            for size in [alphabet.len(), alphabet.len() - 1, 4] {
                let (mut a, mut b) = (STEP, u128::try_from(size).unwrap());
                while b > 0 {
                    (a, b) = (b, a % b);
                }
                // Of the alphabets, digits alone are ever without their first character.
                assert!(
                    a == 1 || (size + 1 == alphabet.len() && alphabet != DIGITS),
                    "{size}"
                );
            }
        }
    }

    proptest! {
        #[test]
        fn any_two_deliveries_make_others_of_the_same_shape(one in prop::array::uniform4("[a-z0-9A-Zé \"-]{0,20}"), other in prop::array::uniform4("[a-z0-9A-Zé \"-]{0,20}"), number: u64) {
            let make = |[id, target, header, body]: &[String; 4]| delivery(id, target, header, body);
            let (one, other) = (make(&one), make(&other));
            let new = renewed(&among(&[&one, &other]), &one, number);
            for (old, new) in seen(&one).iter().zip(new) {
                prop_assert_eq!(old.len(), new.len());
                for (old, new) in old.bytes().zip(new.bytes()) {
                    prop_assert_eq!(old.is_ascii_alphanumeric(), new.is_ascii_alphanumeric());
                }
            }
        }
    }
}
