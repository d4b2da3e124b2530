//! Writes a JSON text in a style.

use std::borrow::Cow;
use std::ops::Range;

use super::reader::string_at;
use super::{Empty, Html, Node, Numbers, Order, Slash, Space, Style, Unicode};
use crate::request::json;

pub(super) struct Writer<'a> {
    text: &'a str,
    style: Style,
    out: String,
    /// Numbers written so far.
    numbers: usize,
}

impl<'a> Writer<'a> {
    pub(super) fn new(text: &'a str, style: Style) -> Self {
        Self {
            text,
            style,
            out: String::with_capacity(text.len() + text.len() / 4),
            numbers: 0,
        }
    }

    pub(super) fn into_text(self) -> String {
        self.out
    }

    /// Changes tokens and leaves all between them.
    pub(super) fn in_place(&mut self) {
        let text = self.text;
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            let start = at;
            if byte == b'"' {
                let range = string_at(text, at).unwrap_or(at..bytes.len());
                at = range.end;
                self.string(range);
            } else if byte == b'-' || byte.is_ascii_digit() {
                while bytes
                    .get(at)
                    .is_some_and(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte))
                {
                    at += 1;
                }
                self.number(start..at);
            } else {
                at += 1;
                while bytes
                    .get(at)
                    .is_some_and(|byte| !(byte.is_ascii_digit() || matches!(byte, b'"' | b'-')))
                {
                    at += 1;
                }
                self.out
                    .push_str(&empties(&text[start..at], self.style.empty));
            }
        }
    }

    pub(super) fn node(&mut self, node: &Node, space: Space, depth: usize) {
        match node {
            Node::Object(members) if members.is_empty() => self.empty("{}"),
            Node::Array(items) if items.is_empty() => self.empty("[]"),
            Node::Object(members) => {
                let members = ordered(self.text, members, self.style.order);
                self.members(&members, space, depth);
            }
            Node::Array(items) => {
                self.out.push('[');
                for (index, item) in items.iter().enumerate() {
                    self.separate(index, space, depth + 1);
                    self.node(item, space, depth + 1);
                }
                self.end(space, depth);
                self.out.push(']');
            }
            Node::String(range) => self.string(range.clone()),
            Node::Number(range) => self.number(range.clone()),
            Node::Word(range) => self.out.push_str(&self.text[range.clone()]),
        }
    }

    pub(super) fn members(
        &mut self,
        members: &[&(Range<usize>, Node)],
        space: Space,
        depth: usize,
    ) {
        self.out.push('{');
        for (index, (key, value)) in members.iter().enumerate() {
            self.separate(index, space, depth + 1);
            self.string(key.clone());
            self.out.push_str(match space {
                Space::Compact | Space::Comma => ":",
                Space::WideIndent(_) => " : ",
                _ => ": ",
            });
            self.node(value, space, depth + 1);
        }
        self.end(space, depth);
        self.out.push('}');
    }

    fn empty(&mut self, text: &str) {
        self.out.push_str(match self.style.empty {
            Empty::Keep => text,
            Empty::Objects => "{}",
            Empty::Lists => "[]",
        });
    }

    fn separate(&mut self, index: usize, space: Space, depth: usize) {
        if index > 0 {
            self.out.push(',');
        }
        match space {
            Space::OneLine | Space::Comma if index > 0 => self.out.push(' '),
            Space::Indent(_) | Space::WideIndent(_) | Space::Tabs => self.line(space, depth),
            _ => {}
        }
    }

    fn end(&mut self, space: Space, depth: usize) {
        if matches!(space, Space::Indent(_) | Space::WideIndent(_) | Space::Tabs) {
            self.line(space, depth);
        }
    }

    fn line(&mut self, space: Space, depth: usize) {
        self.out.push('\n');
        let (unit, count) = match space {
            Space::Indent(width) | Space::WideIndent(width) => (' ', usize::from(width)),
            _ => ('\t', 1),
        };
        self.out.extend(std::iter::repeat_n(unit, count * depth));
    }

    fn number(&mut self, range: Range<usize>) {
        let text = &self.text[range];
        let index = self.numbers;
        self.numbers += 1;
        self.out.push_str(&number(text, self.style.numbers, index));
    }

    fn string(&mut self, range: Range<usize>) {
        let style = self.style;
        let text = &self.text[range];
        if style.unicode == Unicode::Keep && style.slash == Slash::Keep && style.html == Html::Keep
        {
            self.out.push_str(text);
            return;
        }
        let mut rest = text;
        loop {
            let plain = rest.bytes().take_while(|byte| is_plain(*byte)).count();
            let (run, after) = rest.split_at(plain);
            self.out.push_str(run);
            rest = after;
            let Some(char) = rest.chars().next() else {
                return;
            };
            let length = if char == '\\' {
                escape_length(rest)
            } else {
                char.len_utf8()
            };
            let (unit, after) = rest.split_at(length);
            // The quotes around the string are no content.
            let is_quote = rest.len() == text.len() || after.is_empty();
            if is_quote {
                self.out.push_str(unit);
            } else {
                write_unit(unit, style, &mut self.out);
            }
            rest = after;
        }
    }
}

/// Whether every style writes a character of a string as it is.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'_' | b'-' | b'.' | b',' | b':' | b'@')
}

/// Bytes of the escape that a text starts with, both halves of a surrogate pair together.
fn escape_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    if bytes.get(1) != Some(&b'u') {
        return 2.min(text.len());
    }
    let is_high = matches!(hex_at(bytes, 2), Some(0xd800..=0xdbff));
    let has_low =
        bytes.get(6..8) == Some(b"\\u") && matches!(hex_at(bytes, 8), Some(0xdc00..=0xdfff));
    if is_high && has_low {
        12
    } else {
        6.min(text.len())
    }
}

fn hex_at(bytes: &[u8], at: usize) -> Option<u32> {
    let digits = std::str::from_utf8(bytes.get(at..at + 4)?).ok()?;
    u32::from_str_radix(digits, 16).ok()
}

/// The character that a `\u` escape stands for; `None` for other escapes and lone surrogates.
fn escaped_char(unit: &str) -> Option<char> {
    let bytes = unit.as_bytes();
    let first = unit
        .starts_with("\\u")
        .then(|| hex_at(bytes, 2))
        .flatten()?;
    match hex_at(bytes, 8) {
        Some(second) if bytes.len() == 12 => {
            char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00))
        }
        _ => char::from_u32(first),
    }
}

/// Writes one character or escape of a string in a style.
fn write_unit(unit: &str, style: Style, out: &mut String) {
    let plain = (!unit.starts_with('\\'))
        .then(|| unit.chars().next())
        .flatten();
    if unit == "\\/" && style.slash == Slash::Plain {
        return out.push('/');
    }
    if plain == Some('/') && style.slash == Slash::Escape {
        return out.push_str("\\/");
    }
    let Some(char) = plain.or_else(|| escaped_char(unit)) else {
        // `\"` is an escape of its own that some libraries write as `\u0022`.
        return match (unit, style.html) {
            ("\\\"", Html::EscapeMore) => out.push_str("\\u0022"),
            _ => out.push_str(unit),
        };
    };
    let upper = match (char.is_ascii(), style.unicode, style.html) {
        (false, Unicode::EscapeLower, _) => Some(false),
        (false, Unicode::EscapeUpper, _) => Some(true),
        // Go and Gson escape these two as HTML.
        (false, Unicode::Keep, Html::EscapeLower | Html::EscapeGson)
            if matches!(char, '\u{2028}' | '\u{2029}') =>
        {
            Some(false)
        }
        (true, _, html) if is_html(char, html) => {
            Some(matches!(html, Html::EscapeUpper | Html::EscapeMore))
        }
        _ => None,
    };
    let unescape = plain.is_none()
        && ((!char.is_ascii() && style.unicode == Unicode::Plain)
            || (is_html(char, Html::EscapeGson) || is_html(char, Html::EscapeMore))
                && char != '"'
                && style.html == Html::Plain);
    match upper {
        Some(upper) => {
            for code in char.encode_utf16(&mut [0; 2]) {
                let text = if upper {
                    format!("\\u{code:04X}")
                } else {
                    format!("\\u{code:04x}")
                };
                out.push_str(&text);
            }
        }
        None if unescape => out.push(char),
        None => out.push_str(unit),
    }
}

fn is_html(char: char, html: Html) -> bool {
    match html {
        Html::Keep | Html::Plain => false,
        Html::EscapeLower | Html::EscapeUpper => matches!(char, '<' | '>' | '&'),
        Html::EscapeMore => matches!(char, '<' | '>' | '&' | '\'' | '+' | '`' | '"'),
        Html::EscapeGson => matches!(char, '<' | '>' | '&' | '\'' | '='),
    }
}

fn number(text: &str, numbers: Numbers, index: usize) -> String {
    let is_whole = text
        .bytes()
        .all(|byte| byte == b'-' || byte.is_ascii_digit());
    let with_point = || format!("{text}.0");
    match numbers {
        Numbers::WithPoint if is_whole => with_point(),
        Numbers::WithExponent if is_whole => format!("{text}e0"),
        Numbers::OneWithPoint(one) if one == index && is_whole => with_point(),
        Numbers::WithoutPoint => match text.split_once('.') {
            Some((whole, decimals)) if decimals.bytes().all(|byte| byte == b'0') => {
                whole.to_owned()
            }
            _ => text.to_owned(),
        },
        Numbers::Script => text
            .parse()
            .ok()
            .and_then(serde_json::Number::from_f64)
            .map_or_else(|| text.to_owned(), |number| json::number_text(&number)),
        Numbers::TwoDecimals if !is_whole => text
            .parse::<f64>()
            .map_or_else(|_| text.to_owned(), |number| format!("{number:.2}")),
        Numbers::SeventeenDigits if !is_whole => seventeen_digits(text),
        _ => text.to_owned(),
    }
}

fn seventeen_digits(text: &str) -> String {
    let Ok(number) = text.parse::<f64>() else {
        return text.to_owned();
    };
    let whole = format!("{:.0}", number.trunc().abs()).len();
    let digits = format!("{number:.*}", 17usize.saturating_sub(whole));
    digits
        .trim_end_matches('0')
        .trim_end_matches('.')
        .to_owned()
}

fn empties(text: &str, empty: Empty) -> Cow<'_, str> {
    match empty {
        Empty::Objects if text.contains("[]") => text.replace("[]", "{}").into(),
        Empty::Lists if text.contains("{}") => text.replace("{}", "[]").into(),
        _ => text.into(),
    }
}

fn ordered<'n>(
    text: &str,
    members: &'n [(Range<usize>, Node)],
    order: Order,
) -> Vec<&'n (Range<usize>, Node)> {
    let mut ordered: Vec<_> = members.iter().collect();
    let key = |member: &(Range<usize>, Node)| &text[member.0.start + 1..member.0.end - 1];
    match order {
        Order::Keep => {}
        Order::Reversed => ordered.reverse(),
        Order::Sorted => ordered.sort_by(|a, b| key(a).cmp(key(b))),
        Order::Script => {
            ordered
                .sort_by_key(|member| json::array_index(key(member)).map_or(u64::MAX, u64::from));
        }
    }
    ordered
}
