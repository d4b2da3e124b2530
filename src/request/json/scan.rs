//! Walking JSON that is known to be valid, byte by byte. Of other bytes these functions make nonsense, but no panic.

/// The bytes that end white space.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// Where the white space at a place ends.
pub(super) fn space_end(text: &[u8], mut at: usize) -> usize {
    while text.get(at).is_some_and(|byte| is_space(*byte)) {
        at += 1;
    }
    at
}

/// Where the string ends whose opening quote is at a place: after its closing one.
pub(super) fn string_end(text: &[u8], at: usize) -> usize {
    let mut from = at + 1;
    while let Some(found) = text
        .get(from..)
        .and_then(|rest| memchr::memchr2(b'"', b'\\', rest))
    {
        if text[from + found] == b'"' {
            return from + found + 1;
        }
        from += found + 2;
    }
    text.len()
}

/// Where the value ends that starts at a place.
pub(super) fn value_end(text: &[u8], at: usize) -> usize {
    match text.get(at) {
        Some(b'"') => string_end(text, at),
        Some(b'{' | b'[') => container_end(text, at),
        _ => {
            let rest = text.get(at..).unwrap_or_default();
            let is_end = |byte: &u8| is_space(*byte) || matches!(byte, b',' | b']' | b'}');
            at + rest.iter().position(is_end).unwrap_or(rest.len())
        }
    }
}

fn container_end(text: &[u8], mut at: usize) -> usize {
    let mut depth = 0_usize;
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => {
                at = string_end(text, at);
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 1 => return at + 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        at += 1;
    }
    text.len()
}

/// A value of an object or an array.
#[derive(Clone, Copy, Debug)]
pub(super) struct Child {
    /// Where its key stands, quotes included; empty for an item.
    pub(super) key: (usize, usize),
    /// Where its value starts.
    pub(super) start: usize,
}

/// The values of an object or an array, in their order.
pub(super) struct Children<'a> {
    text: &'a [u8],
    /// The bracket, or where the last value starts.
    at: usize,
    has_keys: bool,
    is_first: bool,
}

impl<'a> Children<'a> {
    /// Those of the container whose bracket is at a place; none of a scalar.
    pub(super) fn of(text: &'a [u8], at: usize) -> Self {
        let first = text.get(at);
        let is_container = matches!(first, Some(b'{' | b'['));
        Self {
            text,
            at: if is_container { at } else { text.len() },
            has_keys: first == Some(&b'{'),
            is_first: true,
        }
    }
}

impl Iterator for Children<'_> {
    type Item = Child;

    fn next(&mut self) -> Option<Child> {
        let end = if std::mem::take(&mut self.is_first) {
            self.at
        } else {
            let end = space_end(self.text, value_end(self.text, self.at));
            if self.text.get(end) != Some(&b',') {
                self.at = self.text.len();
                return None;
            }
            end
        };
        let mut start = space_end(self.text, end + 1);
        let mut key = (start, start);
        if matches!(self.text.get(start), None | Some(b'}' | b']')) {
            self.at = self.text.len();
            return None;
        }
        if self.has_keys {
            key.1 = string_end(self.text, start);
            let colon = space_end(self.text, key.1);
            start = space_end(self.text, colon + 1);
        }
        self.at = start;
        Some(Child { key, start })
    }
}

/// The tokens of a text: brackets, commas, colons, strings with their quotes, numbers and words.
pub(crate) fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = space_end(bytes, at);
        let end = match bytes.get(start)? {
            b'{' | b'}' | b'[' | b']' | b',' | b':' => start + 1,
            b'"' => string_end(bytes, start),
            _ => value_end(bytes, start),
        };
        at = end;
        text.get(start..end)
    })
}
