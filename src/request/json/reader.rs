//! The one reading of a document: its grammar is checked, and where its values stand is noted.

use super::scan::space_end;
use crate::request::depth::MAX_DEPTH;

/// Where a value stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    /// Its key between the quotes; both are 0 for an item or the whole.
    pub(super) key: (u32, u32),
    /// Its first byte, and the one after its last.
    pub(super) span: (u32, u32),
    /// The entry after it and all that it holds; [`UNKNOWN`] if not all of that is noted.
    pub(super) next: u32,
}

/// In place of the number of an entry that is not noted.
pub(super) const UNKNOWN: u32 = u32::MAX;

/// So many values are noted. What lies behind is found by walking the bytes: memory is bounded, whatever is sent.
const MAX_ENTRIES: usize = 4_096;

/// Bytes a value, roughly: so that the entries of an ordinary body are allocated once.
const BYTES_EACH: usize = 24;

/// Where the values of a document stand, as far as that is noted.
#[derive(Debug)]
pub(crate) struct Outline {
    /// In the order of the text.
    pub(super) entries: Vec<Entry>,
    /// Whether some key is written with escapes.
    pub(super) has_escaped_keys: bool,
    /// How many values there are, containers included.
    pub(super) values: usize,
}

impl Outline {
    /// Reads a document. `None` if it is no JSON, nests too deep, or is larger than 4 GB.
    pub(crate) fn read(text: &[u8]) -> Option<Self> {
        Self::read_noting(text, MAX_ENTRIES)
    }

    /// As [`Self::read`], with so many entries at most.
    pub(crate) fn read_noting(text: &[u8], most: usize) -> Option<Self> {
        u32::try_from(text.len()).ok()?;
        std::str::from_utf8(text).ok()?;
        let room = (text.len() / BYTES_EACH + 8).min(most);
        let mut reader = Reader {
            text,
            at: 0,
            most,
            outline: Self {
                entries: Vec::with_capacity(room),
                has_escaped_keys: false,
                values: 0,
            },
        };
        reader.document()?;
        Some(reader.outline)
    }

    /// As [`Self::read`], of an object or an array alone.
    pub(crate) fn of_container(text: &[u8]) -> Option<Self> {
        match text.iter().find(|byte| !byte.is_ascii_whitespace()) {
            Some(b'{' | b'[') => Self::read(text),
            _ => None,
        }
    }
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    /// Most entries.
    most: usize,
    outline: Outline,
}

impl Reader<'_> {
    fn document(&mut self) -> Option<()> {
        // Of each open container its entry, and whether it is an object.
        let mut open = [(UNKNOWN, false); MAX_DEPTH];
        let mut depth = 0;
        let mut key = (0, 0);
        loop {
            self.space();
            let entry = self.note(key);
            let first = *self.text.get(self.at)?;
            match first {
                b'{' | b'[' => {
                    let is_object = first == b'{';
                    *open.get_mut(depth)? = (entry, is_object);
                    depth += 1;
                    self.at += 1;
                    self.space();
                    let close = if is_object { b'}' } else { b']' };
                    if *self.text.get(self.at)? != close {
                        key = if is_object { self.key()? } else { (0, 0) };
                        continue;
                    }
                }
                b'"' => {
                    self.string()?;
                    self.end(entry);
                }
                b'-' | b'0'..=b'9' => {
                    self.number()?;
                    self.end(entry);
                }
                _ => {
                    self.word()?;
                    self.end(entry);
                }
            }
            loop {
                self.space();
                let Some((entry, is_object)) = depth.checked_sub(1).map(|top| open[top]) else {
                    return (self.at == self.text.len()).then_some(());
                };
                match (*self.text.get(self.at)?, is_object) {
                    (b',', true) => {
                        self.at += 1;
                        self.space();
                        key = self.key()?;
                        break;
                    }
                    (b',', false) => {
                        self.at += 1;
                        key = (0, 0);
                        break;
                    }
                    (b'}', true) | (b']', false) => {
                        self.at += 1;
                        depth -= 1;
                        self.end(entry);
                    }
                    _ => return None,
                }
            }
        }
    }

    fn space(&mut self) {
        self.at = space_end(self.text, self.at);
    }

    /// Notes the value that starts here.
    fn note(&mut self, key: (u32, u32)) -> u32 {
        self.outline.values += 1;
        let entries = &mut self.outline.entries;
        if entries.len() == self.most {
            return UNKNOWN;
        }
        let number = place(entries.len());
        entries.push(Entry {
            key,
            span: (place(self.at), UNKNOWN),
            next: UNKNOWN,
        });
        number
    }

    /// Notes that a value ends here.
    fn end(&mut self, entry: u32) {
        let entries = &mut self.outline.entries;
        let next = entries.len();
        if let Some(entry) = usize::try_from(entry)
            .ok()
            .and_then(|at| entries.get_mut(at))
        {
            entry.span.1 = place(self.at);
            if next < self.most {
                entry.next = place(next);
            }
        }
    }

    /// A key with its colon.
    fn key(&mut self) -> Option<(u32, u32)> {
        if *self.text.get(self.at)? != b'"' {
            return None;
        }
        let start = self.at + 1;
        self.outline.has_escaped_keys |= self.string()?;
        let end = self.at - 1;
        self.space();
        if *self.text.get(self.at)? != b':' {
            return None;
        }
        self.at += 1;
        Some((place(start), place(end)))
    }

    /// A string from its opening quote on; says whether it has escapes.
    fn string(&mut self) -> Option<bool> {
        let mut has_escapes = false;
        self.at += 1;
        loop {
            self.at += plain_length(&self.text[self.at..])?;
            match self.text[self.at] {
                b'"' => {
                    self.at += 1;
                    return Some(has_escapes);
                }
                b'\\' => {
                    has_escapes = true;
                    let after = match self.text.get(self.at + 1)? {
                        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => self.at + 2,
                        b'u' => self.at + 6,
                        _ => return None,
                    };
                    let digits = self.text.get(self.at + 2..after)?;
                    if !digits.iter().all(u8::is_ascii_hexdigit) {
                        return None;
                    }
                    self.at = after;
                }
                _ => return None,
            }
        }
    }

    fn number(&mut self) -> Option<()> {
        if self.text[self.at] == b'-' {
            self.at += 1;
        }
        let first = *self.text.get(self.at)?;
        let digits = self.digits()?;
        if first == b'0' && digits > 1 {
            return None;
        }
        if self.text.get(self.at) == Some(&b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.text.get(self.at) {
            self.at += 1;
            if let Some(b'+' | b'-') = self.text.get(self.at) {
                self.at += 1;
            }
            self.digits()?;
        }
        Some(())
    }

    /// At least one digit.
    fn digits(&mut self) -> Option<usize> {
        let rest = self.text.get(self.at..)?;
        let count = rest
            .iter()
            .position(|byte| !byte.is_ascii_digit())
            .unwrap_or(rest.len());
        self.at += count;
        (count > 0).then_some(count)
    }

    fn word(&mut self) -> Option<()> {
        let rest = self.text.get(self.at..)?;
        let words: [&[u8]; 3] = [b"true", b"false", b"null"];
        let word = words.into_iter().find(|word| rest.starts_with(word))?;
        self.at += word.len();
        Some(())
    }
}

/// So many bytes of a string are looked at one by one.
const SHORT: usize = 32;

/// How long the plain part of a string is: up to its end, an escape, or what must not stand in it.
fn plain_length(text: &[u8]) -> Option<usize> {
    let is_stop = |byte: &u8| STOPS[usize::from(*byte)];
    let (start, rest) = text.split_at(text.len().min(SHORT));
    if let Some(found) = start.iter().position(is_stop) {
        return Some(found);
    }
    // In a long one, the search for two bytes and the check of all others are much quicker apart.
    let length = memchr::memchr2(b'"', b'\\', rest)?;
    let has_control = rest[..length]
        .iter()
        .fold(0, |found, byte| found | u8::from(*byte < b' '))
        != 0;
    if has_control {
        return rest.iter().position(is_stop).map(|found| SHORT + found);
    }
    Some(SHORT + length)
}

/// The bytes that end the plain part of a string.
static STOPS: [bool; 256] = {
    let mut stops = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        stops[byte] = true;
        byte += 1;
    }
    stops[b'"' as usize] = true;
    stops[b'\\' as usize] = true;
    stops
};

/// A place or a number in a document of less than 4 GB.
fn place(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(UNKNOWN)
}
