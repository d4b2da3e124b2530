//! The members of objects in another order. Where each object and array ends is noted once, so that a member is
//! stepped over without reading it again.

use std::ops::Range;

use super::tokens::{Token, Tokens};
use super::{Order, offset};
use crate::request::depth::MAX_DEPTH;
use crate::request::json;

/// Where the objects and arrays of a text are: first bracket and the byte after the last one, in order.
#[derive(Debug)]
pub(super) struct Containers(Vec<(u32, u32)>);

/// A key and its value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    /// With its quotes.
    key: (u32, u32),
    value: u32,
}

impl Member {
    pub(super) fn key(&self) -> Range<usize> {
        self.key.0 as usize..self.key.1 as usize
    }

    /// Where the value starts.
    pub(super) fn value(&self) -> usize {
        self.value as usize
    }

    fn name<'a>(&self, text: &'a str) -> &'a str {
        let key = self.key();
        &text[key.start + 1..key.end - 1]
    }
}

impl Containers {
    pub(super) fn of(text: &str, count: usize) -> Self {
        let mut found: Vec<(u32, u32)> = Vec::with_capacity(count);
        let mut open = Vec::with_capacity(MAX_DEPTH);
        for (token, range) in Tokens::from(text, 0) {
            match token {
                Token::Open => {
                    open.push(found.len());
                    found.push((offset(range.start), 0));
                }
                Token::Close => {
                    if let Some(index) = open.pop() {
                        found[index].1 = offset(range.end);
                    }
                }
                _ => {}
            }
        }
        Self(found)
    }

    /// The byte after the object or array that starts at an offset.
    pub(super) fn end(&self, start: usize) -> usize {
        let start = offset(start);
        let index = self.0.partition_point(|(from, _)| *from < start);
        self.0.get(index).map_or(0, |(_, end)| *end as usize)
    }

    /// The members of the object that starts at an offset, as they stand.
    pub(super) fn members(&self, text: &str, start: usize) -> Vec<Member> {
        let mut members = Vec::new();
        let mut tokens = Tokens::from(text, start + 1);
        while let Some((Token::String, key)) = tokens.next() {
            // The colon.
            tokens.next();
            let Some((token, value)) = tokens.next() else {
                break;
            };
            if token == Token::Open {
                tokens.go_to(self.end(value.start));
            }
            members.push(Member {
                key: (offset(key.start), offset(key.end)),
                value: offset(value.start),
            });
            // A comma, or the end.
            tokens.next();
        }
        members
    }
}

/// Puts members in an order.
pub(super) fn sort(text: &str, members: &mut [Member], order: Order) {
    match order {
        Order::Keep => {}
        Order::Reversed => members.reverse(),
        Order::Sorted => members.sort_by(|a, b| a.name(text).cmp(b.name(text))),
        Order::Script => {
            let index = |member: &Member| json::array_index(member.name(text));
            members.sort_by_key(|member| index(member).map_or(u64::MAX, u64::from));
        }
    }
}
