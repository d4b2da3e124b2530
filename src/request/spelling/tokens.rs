//! The tokens of a JSON text, one after the other, without a tree.

use std::ops::Range;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// `{` or `[`.
    Open,
    /// `}` or `]`.
    Close,
    Comma,
    Colon,
    /// A string with its quotes.
    String,
    Number,
    /// `true`, `false` or `null`.
    Word,
}

/// Walks over a text that is known to be JSON, or over a part of one between two tokens.
#[derive(Clone)]
pub(super) struct Tokens<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Tokens<'a> {
    /// Walks from an offset to the end of a text.
    pub(super) fn from(text: &'a str, at: usize) -> Self {
        Self {
            text: text.as_bytes(),
            at,
        }
    }

    /// Goes on from an offset.
    pub(super) fn go_to(&mut self, at: usize) {
        self.at = at;
    }

    /// Whether the next token closes an object or array.
    pub(super) fn closes(&self) -> bool {
        let next = self.clone().next();
        next.is_some_and(|(token, _)| token == Token::Close)
    }
}

impl Iterator for Tokens<'_> {
    type Item = (Token, Range<usize>);

    fn next(&mut self) -> Option<Self::Item> {
        while self.text.get(self.at)?.is_ascii_whitespace() {
            self.at += 1;
        }
        let start = self.at;
        let (token, end) = match self.text[start] {
            b'{' | b'[' => (Token::Open, start + 1),
            b'}' | b']' => (Token::Close, start + 1),
            b',' => (Token::Comma, start + 1),
            b':' => (Token::Colon, start + 1),
            b'"' => (Token::String, string_end(self.text, start)),
            byte => {
                let is_word = byte.is_ascii_alphabetic();
                let token = if is_word { Token::Word } else { Token::Number };
                (token, scalar_end(self.text, start))
            }
        };
        self.at = end;
        Some((token, start..end))
    }
}

/// Where the string ends that starts at a quote: after its other quote.
pub(super) fn string_end(text: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(found) = text
        .get(at..)
        .and_then(|rest| memchr::memchr2(b'"', b'\\', rest))
    {
        at += found;
        if text[at] == b'"' {
            return at + 1;
        }
        at += 2;
    }
    text.len()
}

/// Where a number or word ends, which takes at least one byte.
pub(super) fn scalar_end(text: &[u8], start: usize) -> usize {
    let belongs = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    let rest = text[start + 1..].iter();
    start + 1 + rest.take_while(|byte| belongs(byte)).count()
}
