//! Takes a JSON text apart.

use std::ops::Range;

use super::Node;

/// Reads a text that is known to be JSON.
pub(super) struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    pub(super) fn node(&mut self) -> Option<Node> {
        self.skip_space();
        let start = self.at;
        match self.peek()? {
            b'{' => self.object(),
            b'[' => self.array(),
            b'"' => Some(Node::String(self.string()?)),
            byte => {
                while self
                    .peek()
                    .is_some_and(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
                {
                    self.at += 1;
                }
                let range = start..self.at;
                Some(if byte.is_ascii_alphabetic() {
                    Node::Word(range)
                } else {
                    Node::Number(range)
                })
            }
        }
    }

    fn string(&mut self) -> Option<Range<usize>> {
        self.skip_space();
        let range = string_at(self.text, self.at)?;
        self.at = range.end;
        Some(range)
    }

    /// The end of a list or object, or the comma before its next member.
    fn ends(&mut self, end: u8) -> Option<bool> {
        self.skip_space();
        let byte = self.peek()?;
        if byte == end || byte == b',' {
            self.at += 1;
        }
        Some(byte == end)
    }

    fn object(&mut self) -> Option<Node> {
        self.at += 1;
        let mut members = Vec::new();
        while !self.ends(b'}')? {
            let key = self.string()?;
            self.skip_space();
            self.at += 1;
            members.push((key, self.node()?));
        }
        Some(Node::Object(members))
    }

    fn array(&mut self) -> Option<Node> {
        self.at += 1;
        let mut items = Vec::new();
        while !self.ends(b']')? {
            items.push(self.node()?);
        }
        Some(Node::Array(items))
    }
}

/// The string that starts at a quote, with its quotes.
pub(super) fn string_at(text: &str, start: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let mut at = start + 1;
    loop {
        match bytes.get(at)? {
            b'"' => return Some(start..at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}
