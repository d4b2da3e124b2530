//! JSON that a stranger sent, looked into where it stands: no tree of it is made, so a body of 24 MB takes little more
//! memory than its bytes, whatever it holds.

use std::borrow::Cow;
use std::ops::Range;

use memchr::memmem;
use serde_json::{Number, Value};

use super::reader::{Entry, Outline, UNKNOWN};
use super::scan::{Children, value_end};
use super::{number_text, split_path};

/// JSON whose grammar and depth are checked, and where its values stand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Document<'d> {
    text: &'d [u8],
    outline: &'d Outline,
}

/// A value of a document.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node<'d> {
    document: Document<'d>,
    start: usize,
    /// Its entry in the outline, or [`UNKNOWN`].
    entry: u32,
}

impl<'d> Document<'d> {
    /// A text with the outline that was made of it.
    pub(crate) fn new(text: &'d [u8], outline: &'d Outline) -> Self {
        Self { text, outline }
    }

    /// The whole.
    pub(crate) fn root(self) -> Node<'d> {
        let first = self.outline.entries.first();
        Node {
            document: self,
            start: first.map_or(0, |entry| size(entry.span.0)),
            entry: 0,
        }
    }

    /// The value at a dot path.
    pub(crate) fn lookup(self, path: &str) -> Option<Node<'d>> {
        let may_be_escaped = self.outline.has_escaped_keys;
        let child = |node: Node<'d>, key: &str, may_be_plain: bool| {
            node.child(&Key {
                text: key,
                may_be_plain,
                may_be_escaped,
            })
        };
        if !path.bytes().any(|byte| byte == b'\\') {
            let mut keys = path.split('.');
            return keys.try_fold(self.root(), |node, key| child(node, key, true));
        }
        let keys = split_path(path);
        keys.iter().try_fold(self.root(), |node, key| {
            child(node, key, !key.contains('\\'))
        })
    }

    /// Whether it is small enough that no look-up walks through it.
    pub(crate) fn is_noted(self) -> bool {
        self.outline.noted(0).is_some()
    }

    /// The keys of an object, repeated ones too, `None` if they are too many to be noted; an array has none.
    pub(crate) fn keys(self) -> Option<impl Iterator<Item = Cow<'d, str>>> {
        let is_object = self.root().is_object();
        let entries = self.outline.noted(0)?.filter(move |_| is_object);
        Some(entries.filter_map(move |(_, entry)| unquoted(text(self.key(entry)))))
    }

    /// An entry's key as it is written between its quotes.
    fn key(self, entry: &Entry) -> &'d [u8] {
        &self.text[size(entry.key.0)..size(entry.key.1)]
    }
}

/// A part of a document, which is UTF-8, from one token to another.
fn text(part: &[u8]) -> &str {
    std::str::from_utf8(part).unwrap_or_default()
}

impl Outline {
    /// The number of the entry after a value and all that it holds; [`UNKNOWN`] if not all of that is noted.
    fn end_of(&self, entry: u32) -> u32 {
        self.entries
            .get(size(entry))
            .map_or(UNKNOWN, |entry| entry.next)
    }

    /// The entries of the values that a container holds, with their numbers; `None` if not all of them are noted.
    fn noted(&self, entry: u32) -> Option<impl Iterator<Item = (u32, &Entry)>> {
        let end = self.end_of(entry);
        let mut next = (end != UNKNOWN).then(|| entry + 1)?;
        Some(std::iter::from_fn(move || {
            let number = next;
            let entry = self.entries.get(size(number)).filter(|_| number < end)?;
            next = entry.next;
            Some((number, entry))
        }))
    }
}

impl<'d> Node<'d> {
    /// The byte that it starts with.
    fn first(&self) -> u8 {
        let first = self.document.text.get(self.start);
        first.copied().unwrap_or_default()
    }

    pub(crate) fn is_object(&self) -> bool {
        self.first() == b'{'
    }

    pub(crate) fn is_string(&self) -> bool {
        self.first() == b'"'
    }

    pub(crate) fn is_null(&self) -> bool {
        self.first() == b'n'
    }

    pub(crate) fn is_number(&self) -> bool {
        matches!(self.first(), b'-' | b'0'..=b'9')
    }

    /// Where it stands in the text.
    pub(crate) fn span(&self) -> Range<usize> {
        let entry = self.document.outline.entries.get(size(self.entry));
        let end = entry.map_or(UNKNOWN, |entry| entry.span.1);
        if end == UNKNOWN {
            self.start..value_end(self.document.text, self.start)
        } else {
            self.start..size(end)
        }
    }

    /// As it stands in the text.
    pub(crate) fn raw(&self) -> &'d str {
        text(&self.document.text[self.span()])
    }

    /// The value under a key of an object, the last one if it is repeated, or at an index of an array.
    fn child(self, key: &Key<'_>) -> Option<Self> {
        match self.first() {
            b'{' => self.member(key),
            b'[' => self.item(key.text.parse().ok()?),
            _ => None,
        }
    }

    /// The value under a key of an object, or at an index of an array.
    pub(crate) fn at(self, key: &str) -> Option<Self> {
        self.child(&Key {
            text: key,
            may_be_plain: !key.contains('\\'),
            may_be_escaped: self.document.outline.has_escaped_keys,
        })
    }

    fn member(self, key: &Key<'_>) -> Option<Self> {
        let Document { text, outline } = self.document;
        let end = outline.end_of(self.entry);
        if end == UNKNOWN {
            return self.member_by_walking(key);
        }
        let (mut found, mut next) = (None, self.entry + 1);
        while let Some(entry) = outline.entries.get(size(next)).filter(|_| next < end) {
            if key.is(&text[size(entry.key.0)..size(entry.key.1)]) {
                found = Some(self.noted(next, entry));
            }
            next = entry.next;
        }
        found
    }

    fn item(self, index: usize) -> Option<Self> {
        match self.document.outline.noted(self.entry) {
            Some(mut entries) => {
                let (number, entry) = entries.nth(index)?;
                Some(self.noted(number, entry))
            }
            None => self.children().nth(index).map(|(_, node)| node),
        }
    }

    fn noted(&self, number: u32, entry: &Entry) -> Self {
        Self {
            document: self.document,
            start: size(entry.span.0),
            entry: number,
        }
    }

    fn member_by_walking(self, key: &Key<'_>) -> Option<Self> {
        if !key.may_be_escaped {
            // To see that a text is nowhere is much quicker than to walk.
            memmem::find(self.document.text.get(self.start..)?, key.text.as_bytes())?;
        }
        let members = self.children();
        let of_key = members.filter(|(written, _)| key.is(written));
        of_key.last().map(|(_, node)| node)
    }

    /// The values that an object or an array holds, with their keys as they are written between the quotes.
    pub(crate) fn children(&self) -> impl Iterator<Item = (&'d [u8], Self)> + use<'d> {
        let document = self.document;
        Children::of(document.text, self.start).map(move |child| {
            let (start, end) = child.key;
            let node = Self {
                document,
                start: child.start,
                entry: UNKNOWN,
            };
            (
                document
                    .text
                    .get(start + 1..end.saturating_sub(1))
                    .unwrap_or_default(),
                node,
            )
        })
    }

    /// A scalar as plain text: strings without quotes, numbers as JavaScript prints them. `None` for null, objects,
    /// arrays, and what no text or number can hold.
    pub(crate) fn text(&self) -> Option<String> {
        let raw = self.raw();
        match self.first() {
            b'"' => unquoted(&raw[1..raw.len() - 1]).map(Cow::into_owned),
            b't' | b'f' => Some(raw.to_owned()),
            b'-' | b'0'..=b'9' => {
                let number: Number = serde_json::from_str(raw).ok()?;
                Some(number_text(&number))
            }
            _ => None,
        }
    }

    /// As a tree, if it is written in so many bytes at most.
    pub(crate) fn value(&self, most: usize) -> Option<Value> {
        let raw = Some(self.raw()).filter(|raw| raw.len() <= most)?;
        serde_json::from_str(raw).ok()
    }
}

/// A key that is looked for.
struct Key<'k> {
    text: &'k str,
    /// Whether it may be written as it is: a backslash may not.
    may_be_plain: bool,
    may_be_escaped: bool,
}

impl Key<'_> {
    /// Whether it is the one that is written like this between its quotes.
    fn is(&self, written: &[u8]) -> bool {
        (self.may_be_plain && written == self.text.as_bytes())
            || (self.may_be_escaped && self.is_escaped(written))
    }

    fn is_escaped(&self, written: &[u8]) -> bool {
        let length = self.text.len();
        // An escape takes more bytes than what it stands for, and not more than six times as many.
        (length + 1..=length.saturating_mul(6)).contains(&written.len())
            && memchr::memchr(b'\\', written).is_some()
            && unquoted(text(written)).is_some_and(|written| written == self.text)
    }
}

/// What a string stands for that is written like this between its quotes; `None` for half of a surrogate pair.
pub(crate) fn unquoted(written: &str) -> Option<Cow<'_, str>> {
    if memchr::memchr(b'\\', written.as_bytes()).is_none() {
        return Some(Cow::Borrowed(written));
    }
    let quoted = format!("\"{written}\"");
    serde_json::from_str(&quoted).ok().map(Cow::Owned)
}

fn size(place: u32) -> usize {
    usize::try_from(place).unwrap_or(usize::MAX)
}

#[cfg(test)]
pub(super) mod tests;
