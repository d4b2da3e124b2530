//! Writes a JSON text in a style, token by token.

use std::borrow::Cow;
use std::ops::Range;

use super::order::{self, Containers, Member};
use super::tokens::{Token, Tokens, scalar_end, string_end};
use super::{Empty, Html, Numbers, Slash, Space, Style, Unicode};
use crate::request::json;
use crate::request::stream::Stream;

pub(super) struct Writer<'a, 'o, 's> {
    text: &'a str,
    style: Style,
    out: &'o mut Stream<'s>,
    /// Numbers written so far.
    numbers: usize,
    /// Bytes in strings that this style may write in another way.
    special: [bool; 256],
}

impl<'a, 'o, 's> Writer<'a, 'o, 's> {
    pub(super) fn new(text: &'a str, style: Style, out: &'o mut Stream<'s>) -> Self {
        Self {
            text,
            style,
            out,
            numbers: 0,
            special: std::array::from_fn(|byte| {
                u8::try_from(byte).is_ok_and(|byte| is_special(byte, style))
            }),
        }
    }

    fn keeps_strings(&self) -> bool {
        let Style {
            unicode,
            slash,
            html,
            ..
        } = self.style;
        (unicode, slash, html) == (Unicode::Keep, Slash::Keep, Html::Keep)
    }

    /// Changes tokens and leaves all between them.
    pub(super) fn in_place(&mut self) {
        let bytes = self.text.as_bytes();
        let only_strings = self.style.numbers == Numbers::Keep && self.style.empty == Empty::Keep;
        let mut at = 0;
        while at < bytes.len() && !self.out.is_stopped() {
            let start = at;
            if only_strings {
                at += memchr::memchr(b'"', &bytes[at..]).unwrap_or(bytes.len() - at);
            } else {
                let is_other =
                    |byte: &&u8| !matches!(byte, b'"' | b'-' | b'[' | b'{' | b'0'..=b'9');
                at += bytes[at..].iter().take_while(is_other).count();
            }
            self.out.push(&bytes[start..at]);
            let start = at;
            match bytes.get(at) {
                None => return,
                Some(b'"') => {
                    at = string_end(bytes, at);
                    self.string(start..at);
                }
                Some(b'[' | b'{') => match &bytes[at..] {
                    [b'[', b']', ..] | [b'{', b'}', ..] => {
                        at += 2;
                        self.empty(start);
                    }
                    _ => {
                        at += 1;
                        self.out.push(&bytes[start..at]);
                    }
                },
                Some(_) => {
                    at = scalar_end(bytes, at);
                    self.number(start..at);
                }
            }
        }
    }

    /// The value that starts at an offset, at a level of nesting, with other white space.
    pub(super) fn value(
        &mut self,
        start: usize,
        space: Space,
        level: usize,
        containers: Option<&Containers>,
    ) {
        let text = self.text;
        let mut tokens = Tokens::from(text, start);
        let mut inside = level;
        while let Some((token, range)) = tokens.next() {
            match token {
                Token::Open if tokens.closes() => {
                    tokens.next();
                    self.empty(range.start);
                }
                Token::Open => match containers {
                    Some(containers) if text.as_bytes()[range.start] == b'{' => {
                        let mut members = containers.members(text, range.start);
                        order::sort(text, &mut members, self.style.order);
                        self.object(&members, space, inside, Some(containers));
                        tokens.go_to(containers.end(range.start));
                    }
                    _ => {
                        inside += 1;
                        self.out.push(&text.as_bytes()[range]);
                        self.line(space, inside);
                    }
                },
                Token::Close => {
                    inside -= 1;
                    self.line(space, inside);
                    self.out.push(&text.as_bytes()[range]);
                }
                Token::Comma => self.comma(space, inside),
                Token::Colon => self.colon(space),
                Token::String => self.string(range),
                Token::Number => self.number(range),
                Token::Word => self.out.push(&text.as_bytes()[range]),
            }
            if inside == level || self.out.is_stopped() {
                return;
            }
        }
    }

    /// An object of these members.
    pub(super) fn object(
        &mut self,
        members: &[Member],
        space: Space,
        level: usize,
        containers: Option<&Containers>,
    ) {
        self.out.push(b"{");
        for (index, member) in members.iter().enumerate() {
            if index > 0 {
                self.comma(space, level + 1);
            } else {
                self.line(space, level + 1);
            }
            self.string(member.key());
            self.colon(space);
            self.value(member.value(), space, level + 1, containers);
        }
        self.line(space, level);
        self.out.push(b"}");
    }

    /// The empty object or list at an offset.
    fn empty(&mut self, start: usize) {
        let is_object = match self.style.empty {
            Empty::Keep => self.text.as_bytes()[start] == b'{',
            Empty::Objects => true,
            Empty::Lists => false,
        };
        self.out.push(if is_object { b"{}" } else { b"[]" });
    }

    fn comma(&mut self, space: Space, level: usize) {
        self.out.push(match space {
            Space::OneLine | Space::Comma => b", ",
            _ => b",",
        });
        self.line(space, level);
    }

    fn colon(&mut self, space: Space) {
        self.out.push(match space {
            Space::Compact | Space::Comma => b":",
            Space::WideIndent(_) => b" : ",
            Space::OneLine | Space::Colon | Space::Indent(_) | Space::Tabs => b": ",
        });
    }

    fn line(&mut self, space: Space, level: usize) {
        if space.breaks_lines() {
            let (unit, width) = space.indentation();
            self.out.push(b"\n");
            self.out.repeat(unit, width * level);
        }
    }

    fn number(&mut self, range: Range<usize>) {
        let text = &self.text[range];
        let index = self.numbers;
        self.numbers += 1;
        let after: &[u8] = match self.style.numbers {
            Numbers::Keep => b"",
            Numbers::WithPoint if is_whole(text) => b".0",
            Numbers::WithExponent if is_whole(text) => b"e0",
            Numbers::OneWithPoint(one) if one == index && is_whole(text) => b".0",
            numbers => {
                let text = number(text, numbers);
                return self.out.push(text.as_bytes());
            }
        };
        self.out.push(text.as_bytes());
        self.out.push(after);
    }

    fn string(&mut self, range: Range<usize>) {
        let text = &self.text[range];
        if self.keeps_strings() {
            return self.out.push(text.as_bytes());
        }
        // The quotes around the string are no content.
        let mut rest = &text[1..text.len() - 1];
        self.out.push(b"\"");
        loop {
            let special = |byte: u8| self.special[usize::from(byte)];
            let plain = rest.bytes().position(special).unwrap_or(rest.len());
            let (run, after) = rest.split_at(plain);
            self.out.push(run.as_bytes());
            let Some(char) = after.chars().next() else {
                break;
            };
            let length = if char == '\\' {
                escape_length(after)
            } else {
                char.len_utf8()
            };
            let (unit, after) = after.split_at(length);
            write_unit(unit, self.style, self.out);
            rest = after;
        }
        self.out.push(b"\"");
    }
}

/// Whether a style may write this byte of a string in another way, or what starts with it.
fn is_special(byte: u8, style: Style) -> bool {
    let beyond_ascii =
        style.unicode != Unicode::Keep || !matches!(style.html, Html::Keep | Html::Plain);
    match byte {
        b'\\' => true,
        b'/' => style.slash == Slash::Escape,
        0x80.. => beyond_ascii,
        byte => is_html(char::from(byte), style.html),
    }
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
    let digits = bytes.get(at..at + 4)?.iter();
    let mut digits = digits.map(|byte| char::from(*byte).to_digit(16));
    digits.try_fold(0, |number, digit| Some(number << 4 | digit?))
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
fn write_unit(unit: &str, style: Style, out: &mut Stream<'_>) {
    let plain = (!unit.starts_with('\\'))
        .then(|| unit.chars().next())
        .flatten();
    if unit == "\\/" && style.slash == Slash::Plain {
        return out.push(b"/");
    }
    if plain == Some('/') && style.slash == Slash::Escape {
        return out.push(b"\\/");
    }
    let Some(char) = plain.or_else(|| escaped_char(unit)) else {
        // `\"` is an escape of its own that some libraries write as `\u0022`.
        return match (unit, style.html) {
            ("\\\"", Html::EscapeMore) => out.push(b"\\u0022"),
            _ => out.push(unit.as_bytes()),
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
                out.push(&escape(*code, upper));
            }
        }
        None if unescape => out.push_char(char),
        None => out.push(unit.as_bytes()),
    }
}

/// A UTF-16 unit as `\u` and four hex digits.
fn escape(code: u16, upper: bool) -> [u8; 6] {
    let digits = if upper {
        b"0123456789ABCDEF"
    } else {
        b"0123456789abcdef"
    };
    let digit = |shift: u32| digits[usize::from(code >> shift & 0xf)];
    [b'\\', b'u', digit(12), digit(8), digit(4), digit(0)]
}

fn is_html(char: char, html: Html) -> bool {
    match html {
        Html::Keep | Html::Plain => false,
        Html::EscapeLower | Html::EscapeUpper => matches!(char, '<' | '>' | '&'),
        Html::EscapeMore => matches!(char, '<' | '>' | '&' | '\'' | '+' | '`' | '"'),
        Html::EscapeGson => matches!(char, '<' | '>' | '&' | '\'' | '='),
    }
}

fn is_whole(number: &str) -> bool {
    let mut bytes = number.bytes();
    bytes.all(|byte| byte == b'-' || byte.is_ascii_digit())
}

fn number(text: &str, numbers: Numbers) -> Cow<'_, str> {
    match numbers {
        Numbers::WithoutPoint => match text.split_once('.') {
            Some((whole, decimals)) if decimals.bytes().all(|byte| byte == b'0') => whole.into(),
            _ => text.into(),
        },
        Numbers::Script => text
            .parse()
            .ok()
            .and_then(serde_json::Number::from_f64)
            .map_or(Cow::Borrowed(text), |number| {
                json::number_text(&number).into()
            }),
        Numbers::TwoDecimals if !is_whole(text) => text
            .parse::<f64>()
            .map_or(Cow::Borrowed(text), |number| format!("{number:.2}").into()),
        Numbers::SeventeenDigits if !is_whole(text) => seventeen_digits(text),
        _ => text.into(),
    }
}

fn seventeen_digits(text: &str) -> Cow<'_, str> {
    let Ok(number) = text.parse::<f64>() else {
        return text.into();
    };
    let whole = format!("{:.0}", number.trunc().abs()).len();
    let digits = format!("{number:.*}", 17usize.saturating_sub(whole));
    let digits = digits.trim_end_matches('0').trim_end_matches('.');
    digits.to_owned().into()
}
