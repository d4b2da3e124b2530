//! What differs between two JSON texts, found by walking both at once.
//!
//! No tree is made of either: objects whose members come in the same order take no memory at all, others eight bytes a
//! member.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::ops::Range;

use serde_json::Number;

use super::document::unquoted;
use super::scan::{space_end, string_end, value_end};

/// A step from a value to one that it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step<'t> {
    /// A key as it is written between its quotes.
    Key(&'t str),
    Index(usize),
}

/// What is told of each difference: where it is, and what each of the two has there, as it is written.
pub(crate) type Visit<'v, 't> = dyn FnMut(&[Step<'t>], Option<&'t str>, Option<&'t str>) + 'v;

/// Visits the values that differ between two texts, which are valid JSON. Of a key that is repeated, all values are
/// compared as long as the members come in the same order, then the last ones.
pub(crate) fn compare<'t>(a: &'t str, b: &'t str, visit: &mut Visit<'_, 't>) {
    let mut comparison = Comparison {
        a: Text(a),
        b: Text(b),
        path: Vec::new(),
        visit,
        hashes: RandomState::new(),
        budget: MOST_WALKS.saturating_mul(a.len() + b.len()),
    };
    let start = |text: Text<'_>| space_end(text.bytes(), 0);
    comparison.values(start(comparison.a), start(comparison.b));
}

/// How often all bytes may be walked through for objects with members in another order. In order to nest such objects
/// deep and still fill them, one has to mean it; what is left then is told as a whole.
const MOST_WALKS: usize = 12;

#[derive(Clone, Copy)]
struct Text<'t>(&'t str);

impl<'t> Text<'t> {
    fn bytes(self) -> &'t [u8] {
        self.0.as_bytes()
    }

    fn first(self, at: usize) -> u8 {
        self.bytes().get(at).copied().unwrap_or_default()
    }

    fn end(self, at: usize) -> usize {
        value_end(self.bytes(), at)
    }

    fn value(self, at: usize) -> &'t str {
        self.part(at..self.end(at))
    }

    fn part(self, part: Range<usize>) -> &'t str {
        self.0.get(part).unwrap_or_default()
    }

    /// Where the first member or item of a container stands; `None` for an empty one.
    fn first_child(self, at: usize) -> Option<usize> {
        self.unless_closed(space_end(self.bytes(), at + 1))
    }

    /// Where the next one stands after one that ended; `None` at the end of the container.
    fn next_child(self, end: usize) -> Option<usize> {
        let comma = self.unless_closed(space_end(self.bytes(), end))?;
        Some(space_end(self.bytes(), comma + 1))
    }

    fn unless_closed(self, at: usize) -> Option<usize> {
        (!matches!(self.first(at), 0 | b'}' | b']')).then_some(at)
    }

    /// The key of a member, as it is written, and where its value stands.
    fn member(self, at: usize) -> (&'t str, usize) {
        let end = string_end(self.bytes(), at);
        let colon = space_end(self.bytes(), end);
        let key = self.part(at + 1..end.saturating_sub(1));
        (key, space_end(self.bytes(), colon + 1))
    }

    /// Where the container ends that is closed at a place, or after it.
    fn after_close(self, at: usize) -> usize {
        (space_end(self.bytes(), at) + 1).min(self.0.len())
    }
}

struct Comparison<'v, 't> {
    a: Text<'t>,
    b: Text<'t>,
    path: Vec<Step<'t>>,
    visit: &'v mut Visit<'v, 't>,
    hashes: RandomState,
    /// Bytes that may be walked through more than once.
    budget: usize,
}

impl<'t> Comparison<'_, 't> {
    /// Compares the values at two places, and returns where they end.
    fn values(&mut self, a: usize, b: usize) -> (usize, usize) {
        match (self.a.first(a), self.b.first(b)) {
            (b'{', b'{') => self.objects(a, b),
            (b'[', b'[') => self.arrays(a, b),
            _ => {
                let (one, other) = (self.a.value(a), self.b.value(b));
                if !are_same(one, other) {
                    self.tell(Some(one), Some(other));
                }
                (a + one.len(), b + other.len())
            }
        }
    }

    fn tell(&mut self, a: Option<&'t str>, b: Option<&'t str>) {
        (self.visit)(&self.path, a, b);
    }

    fn arrays(&mut self, a: usize, b: usize) -> (usize, usize) {
        let mut ends = (a + 1, b + 1);
        let mut next = (self.a.first_child(a), self.b.first_child(b));
        let mut index = 0;
        while next != (None, None) {
            self.path.push(Step::Index(index));
            match next {
                (Some(one), Some(other)) => ends = self.values(one, other),
                (Some(one), None) => ends.0 = self.tell_ours(one),
                (None, Some(other)) => ends.1 = self.tell_theirs(other),
                (None, None) => {}
            }
            self.path.pop();
            index += 1;
            next = (
                next.0.and_then(|_| self.a.next_child(ends.0)),
                next.1.and_then(|_| self.b.next_child(ends.1)),
            );
        }
        (self.a.after_close(ends.0), self.b.after_close(ends.1))
    }

    /// Tells of a value that only the first text has, and returns where it ends.
    fn tell_ours(&mut self, at: usize) -> usize {
        let value = self.a.value(at);
        self.tell(Some(value), None);
        at + value.len()
    }

    fn tell_theirs(&mut self, at: usize) -> usize {
        let value = self.b.value(at);
        self.tell(None, Some(value));
        at + value.len()
    }

    fn objects(&mut self, a: usize, b: usize) -> (usize, usize) {
        let mut ends = (a + 1, b + 1);
        let mut next = (self.a.first_child(a), self.b.first_child(b));
        // As long as the members come in the same order, nothing need be looked for.
        while let (Some(one), Some(other)) = next {
            let ((key, one), (other_key, other)) = (self.a.member(one), self.b.member(other));
            if key != other_key {
                break;
            }
            self.path.push(Step::Key(key));
            ends = self.values(one, other);
            self.path.pop();
            next = (self.a.next_child(ends.0), self.b.next_child(ends.1));
        }
        if next != (None, None) {
            ends = self.members_in_any_order(next, ends);
        }
        (self.a.after_close(ends.0), self.b.after_close(ends.1))
    }

    /// Compares the members from two places on, and returns where the last ones end.
    fn members_in_any_order(
        &mut self,
        from: (Option<usize>, Option<usize>),
        ends: (usize, usize),
    ) -> (usize, usize) {
        let (mut ours, our_end) = self.members(self.a, from.0, ends.0);
        let (theirs, their_end) = self.members(self.b, from.1, ends.1);
        let walked = (our_end - ends.0) + (their_end - ends.1);
        let ends = (our_end, their_end);
        let Some(left) = self.budget.checked_sub(walked) else {
            let rest = |text: Text<'t>, from: Option<usize>, end| Some(text.part(from?..end));
            self.tell(
                rest(self.a, from.0, our_end),
                rest(self.b, from.1, their_end),
            );
            return ends;
        };
        self.budget = left;
        ours.sort_unstable_by_key(|(_, at)| *at);
        let mut is_known = vec![false; theirs.len()];
        for (hash, at) in ours {
            let (key, value) = self.a.member(size(at));
            let start = theirs.partition_point(|(other, _)| *other < hash);
            let alike = theirs[start..].iter().zip(start..);
            let mut alike = alike.take_while(|((other, _), _)| *other == hash);
            let found = alike.find_map(|((_, other), index)| {
                let (other_key, other) = self.b.member(size(*other));
                are_same_keys(key, other_key).then_some((index, other))
            });
            self.path.push(Step::Key(key));
            if let Some((index, other)) = found {
                is_known[index] = true;
                self.values(value, other);
            } else {
                self.tell_ours(value);
            }
            self.path.pop();
        }
        let mut unknown: Vec<u32> = theirs
            .iter()
            .zip(is_known)
            .filter_map(|((_, at), is_known)| (!is_known).then_some(*at))
            .collect();
        unknown.sort_unstable();
        for at in unknown {
            let (key, value) = self.b.member(size(at));
            self.path.push(Step::Key(key));
            self.tell_theirs(value);
            self.path.pop();
        }
        ends
    }

    /// The members from a place on, each with a hash of its key, sorted by these, and where the last one ends. Of
    /// those that are repeated, the last one.
    fn members(&self, text: Text<'t>, from: Option<usize>, end: usize) -> (Vec<(u32, u32)>, usize) {
        let (mut members, mut next, mut end) = (Vec::new(), from, end);
        while let Some(at) = next {
            let (key, value) = text.member(at);
            members.extend(u32::try_from(at).map(|at| (self.hash(key), at)));
            end = text.end(value);
            next = text.next_child(end);
        }
        members.sort_unstable();
        let key = |at: u32| text.member(size(at)).0;
        members.dedup_by(|later, kept| {
            let is_repeated = later.0 == kept.0 && are_same_keys(key(later.1), key(kept.1));
            if is_repeated {
                kept.1 = later.1;
            }
            is_repeated
        });
        (members, end)
    }

    #[allow(
        clippy::cast_possible_truncation,
        reason = "any half of a hash is as good"
    )]
    fn hash(&self, key: &str) -> u32 {
        let hash = match unquoted(key) {
            Some(key) => self.hashes.hash_one(&*key),
            None => self.hashes.hash_one(key),
        };
        hash as u32
    }
}

fn size(place: u32) -> usize {
    usize::try_from(place).unwrap_or(usize::MAX)
}

fn are_same_keys(one: &str, other: &str) -> bool {
    one == other
        || matches!((unquoted(one), unquoted(other)), (Some(one), Some(other)) if one == other)
}

/// Whether two scalars stand for the same value, however they are written.
fn are_same(one: &str, other: &str) -> bool {
    if one == other {
        return true;
    }
    match (in_quotes(one), in_quotes(other)) {
        (Some(one), Some(other)) => are_same_keys(one, other),
        (None, None) => {
            let number = |value| serde_json::from_str::<Number>(value).ok();
            matches!((number(one), number(other)), (Some(one), Some(other)) if one == other)
        }
        _ => false,
    }
}

fn in_quotes(value: &str) -> Option<&str> {
    value.strip_prefix('"')?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::super::document::tests::{adorned, any_json};
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    type Differing = (String, Option<Value>, Option<Value>);

    fn told(a: &str, b: &str) -> Vec<Differing> {
        let mut told = Vec::new();
        compare(a, b, &mut |path, a, b| {
            let steps = path.iter().map(|step| match step {
                Step::Key(key) => unquoted(key).unwrap().into_owned(),
                Step::Index(index) => index.to_string(),
            });
            let value = |text: Option<&str>| text.map(|text| serde_json::from_str(text).unwrap());
            told.push((steps.collect::<Vec<_>>().join("/"), value(a), value(b)));
        });
        told
    }

    /// The same of trees.
    fn told_of_trees(
        path: &[String],
        a: Option<&Value>,
        b: Option<&Value>,
        told: &mut Vec<Differing>,
    ) {
        let below = |key: &str| [path, &[key.to_owned()]].concat();
        match (a, b) {
            (Some(Value::Object(one)), Some(Value::Object(other))) => {
                for (key, value) in one {
                    told_of_trees(&below(key), Some(value), other.get(key), told);
                }
                for (key, value) in other.iter().filter(|(key, _)| !one.contains_key(*key)) {
                    told_of_trees(&below(key), None, Some(value), told);
                }
            }
            (Some(Value::Array(one)), Some(Value::Array(other))) => {
                for index in 0..one.len().max(other.len()) {
                    told_of_trees(
                        &below(&index.to_string()),
                        one.get(index),
                        other.get(index),
                        told,
                    );
                }
            }
            _ if a != b => told.push((path.join("/"), a.cloned(), b.cloned())),
            _ => {}
        }
    }

    #[test]
    fn values_are_compared_and_not_how_they_are_written() {
        let told = |a, b| {
            let told = told(a, b).into_iter();
            told.map(|(path, ..)| path).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(
            told(
                r#"{"a":1,"b":[2,{}]}"#,
                r#" { "b" : [ 2 , { } ] , "\u0061" : 1 } "#
            ),
            ""
        );
        assert_eq!(told(r#"["\u00e9",1e2,null]"#, r#"["é",100.0,null]"#), "");
        assert_eq!(told(r#"{"a":1,"b":1,"b":2}"#, r#"{"b":2,"a":1}"#), "");
        assert_eq!(
            told(r#"{"x":1,"a":[1,2,3],"y":1}"#, r#"{"x":2,"a":[1],"z":1}"#),
            "x a/1 a/2 y z"
        );
        assert_eq!(told("[1]", "{}"), "");
        assert_eq!(told("1", "\"1\""), "");
        assert_eq!(told("1", "1.0"), "");
    }

    #[test]
    fn members_in_another_order_are_walked_through_a_limited_number_of_times() {
        let nested = |swap: bool| {
            let (mut text, mut end) = (String::new(), String::new());
            for _ in 0..100 {
                text.push_str(if swap { r#"{"a":0,"b":"# } else { r#"{"b":"# });
                end.insert_str(0, if swap { "}" } else { r#","a":0}"# });
            }
            format!("{text}[{}0]{end}", "0,".repeat(1_000))
        };
        let (one, other) = (nested(true), nested(false));
        let mut count = 0;
        compare(&one, &other, &mut |path, _, _| {
            assert!(path.len() < 100);
            count += 1;
        });
        assert_eq!(count, 1);
    }

    #[test]
    fn many_keys_that_are_repeated_are_no_work() {
        let list = |key: &str, last: &str| {
            format!("{{\"{key}\":0,{}\"b\":{last}}}", "\"b\":1,".repeat(100_000))
        };
        let told = told(&list("x", "2"), &list("y", "3"));
        let paths: Vec<_> = told.iter().map(|(path, ..)| &**path).collect();
        assert_eq!(paths, ["x", "b", "y"]);
    }

    proptest! {
        #[test]
        fn tells_what_a_comparison_of_trees_tells(one in any_json(), other in any_json(), seed: u64, is_near: bool) {
            let other = if is_near { near(&one, seed) } else { other };
            let (a, b) = (adorned(&one, seed, false), adorned(&other, seed / 3, false));
            let mut wanted = Vec::new();
            told_of_trees(&[], Some(&one), Some(&other), &mut wanted);
            prop_assert_eq!(told(&a, &b), wanted, "{} {}", a, b);
        }
    }

    /// The value with its members in another order and something else here and there.
    fn near(value: &Value, seed: u64) -> Value {
        let next = seed / 2 + seed % 7;
        match value {
            Value::Object(members) => {
                let mut members: Vec<_> = members.iter().collect();
                let by = usize::try_from(seed).unwrap_or(1) % members.len().max(1);
                members.rotate_left(by);
                let members = members
                    .into_iter()
                    .map(|(key, value)| (key.clone(), near(value, next)));
                members.collect()
            }
            Value::Array(items) => items.iter().map(|item| near(item, next)).collect(),
            _ if seed.is_multiple_of(3) => Value::from("other"),
            same => same.clone(),
        }
    }
}
