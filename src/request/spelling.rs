//! Spellings of one JSON text: the same values, written with other spaces, escapes, number forms or key order.
//!
//! Works on the bytes: what a spelling does not change stays as it came, down to the digits of a number.

use std::ops::Range;

/// A JSON text taken apart, for writing it in other ways.
pub(crate) struct Spelled<'a> {
    text: &'a str,
    root: Node,
}

enum Node {
    Object(Vec<(Range<usize>, Node)>),
    Array(Vec<Node>),
    /// A string with its quotes.
    String(Range<usize>),
    Number(Range<usize>),
    /// `true`, `false` or `null`.
    Word(Range<usize>),
}

/// White space between the tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Space {
    /// None.
    Compact,
    /// `", "` and `": "` on one line.
    OneLine,
    /// `": "` after keys, and nothing after commas.
    Colon,
    /// `", "` after commas, and nothing after colons.
    Comma,
    /// One member a line, indented by this many spaces.
    Indent(u8),
    /// One member a line, indented by tabs.
    Tabs,
    /// Indented like this, with a space before the colon too.
    WideIndent(u8),
}

/// How characters beyond ASCII are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unicode {
    Keep,
    /// As `\u00e9`.
    EscapeLower,
    /// As `\u00E9`.
    EscapeUpper,
    /// As themselves.
    Plain,
}

/// How `/` is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slash {
    Keep,
    Escape,
    Plain,
}

/// How the characters that mean something in HTML are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Html {
    Keep,
    /// `<`, `>` and `&` as `\u003c` (Go, Rails).
    EscapeLower,
    /// As `\u003C` (PHP).
    EscapeUpper,
    /// `'`, `"`, `+` and the backtick too, with upper-case digits (System.Text.Json).
    EscapeMore,
    /// `'` and `=` too, with lower-case digits (Gson).
    EscapeGson,
    Plain,
}

/// How numbers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Numbers {
    Keep,
    /// Whole numbers with `.0`.
    WithPoint,
    /// Whole numbers with an exponent, as in `12e0`.
    WithExponent,
    /// Only this one, counted from 0.
    OneWithPoint(usize),
    /// `1.0` as `1`.
    WithoutPoint,
    /// As ECMAScript prints them.
    Script,
    /// With two decimals where there are any.
    TwoDecimals,
    /// With 17 significant digits where there are decimals (PHP 7.0).
    SeventeenDigits,
}

/// The order of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Keep,
    Sorted,
    /// Those that are array indices first (ECMAScript).
    Script,
    Reversed,
}

/// Empty lists and objects, which PHP does not tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Empty {
    Keep,
    /// `[]` as `{}`.
    Objects,
    /// `{}` as `[]`.
    Lists,
}

/// A way of writing JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Style {
    /// `None` keeps the white space as it is, which only works if key order and nesting stay.
    pub(crate) space: Option<Space>,
    pub(crate) unicode: Unicode,
    pub(crate) slash: Slash,
    pub(crate) html: Html,
    pub(crate) numbers: Numbers,
    pub(crate) order: Order,
    pub(crate) empty: Empty,
}

impl Style {
    /// Everything as it is.
    pub(crate) const KEEP: Self = Self {
        space: None,
        unicode: Unicode::Keep,
        slash: Slash::Keep,
        html: Html::Keep,
        numbers: Numbers::Keep,
        order: Order::Keep,
        empty: Empty::Keep,
    };
}

impl<'a> Spelled<'a> {
    /// Takes a JSON text apart; `None` if it is none, or nested deeper than 128 levels.
    pub(crate) fn new(bytes: &'a [u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        // Checks the grammar and the depth, so that what follows need not.
        serde_json::from_str::<serde::de::IgnoredAny>(text).ok()?;
        let mut reader = Reader { text, at: 0 };
        let root = reader.node()?;
        Some(Self { text, root })
    }

    /// Members of the object at the top; 0 if it is none.
    pub(crate) fn top_members(&self) -> usize {
        match &self.root {
            Node::Object(members) => members.len(),
            _ => 0,
        }
    }

    /// How many numbers it holds.
    pub(crate) fn numbers(&self) -> usize {
        self.root.numbers()
    }

    /// Writes it in a style.
    pub(crate) fn write(&self, style: Style) -> String {
        let mut writer = Writer::new(self.text, style);
        match style.space {
            Some(space) => writer.node(&self.root, space, 0),
            None => writer.in_place(),
        }
        writer.out
    }

    /// Writes it in a style with the members of the top object in the given order.
    pub(crate) fn write_permuted(&self, style: Style, order: &[usize]) -> String {
        let Node::Object(members) = &self.root else {
            return self.write(style);
        };
        let space = style.space.unwrap_or(Space::Compact);
        let mut writer = Writer::new(self.text, style);
        let permuted: Vec<&(Range<usize>, Node)> = order
            .iter()
            .filter_map(|index| members.get(*index))
            .collect();
        writer.members(&permuted, space, 0);
        writer.out
    }
}

impl Node {
    fn numbers(&self) -> usize {
        match self {
            Self::Object(members) => members.iter().map(|(_, node)| node.numbers()).sum(),
            Self::Array(items) => items.iter().map(Self::numbers).sum(),
            Self::Number(_) => 1,
            Self::String(_) | Self::Word(_) => 0,
        }
    }
}

/// Reads a text that is known to be JSON.
struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    fn node(&mut self) -> Option<Node> {
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
fn string_at(text: &str, start: usize) -> Option<Range<usize>> {
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

struct Writer<'a> {
    text: &'a str,
    style: Style,
    out: String,
    /// Numbers written so far.
    numbers: usize,
}

impl<'a> Writer<'a> {
    fn new(text: &'a str, style: Style) -> Self {
        Self {
            text,
            style,
            out: String::with_capacity(text.len() + text.len() / 4),
            numbers: 0,
        }
    }

    /// Changes tokens and leaves all between them.
    fn in_place(&mut self) {
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

    fn node(&mut self, node: &Node, space: Space, depth: usize) {
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

    fn members(&mut self, members: &[&(Range<usize>, Node)], space: Space, depth: usize) {
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
            .map_or_else(
                || text.to_owned(),
                |number| super::json::number_text(&number),
            ),
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

fn empties(text: &str, empty: Empty) -> std::borrow::Cow<'_, str> {
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
        Order::Script => ordered.sort_by_key(|member| {
            super::json::array_index(key(member)).map_or(u64::MAX, u64::from)
        }),
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TEXT: &str = r#"{"b": 1.50, "a":[1, {}], "é":"<\/\u00e9 / \"", "2":null}"#;

    fn written(style: Style) -> String {
        Spelled::new(TEXT.as_bytes()).unwrap().write(style)
    }

    #[test]
    fn each_part_of_a_style_changes_that_part_alone() {
        let keep = Style::KEEP;
        let cases = [
            (keep, TEXT.to_owned()),
            (
                Style { unicode: Unicode::EscapeUpper, ..keep },
                TEXT.replace('é', r"\u00E9").replace("\\u00e9", r"\u00E9"),
            ),
            (Style { unicode: Unicode::Plain, ..keep }, TEXT.replace(r"\u00e9", "é")),
            (Style { slash: Slash::Escape, ..keep }, TEXT.replace(" / ", r" \/ ")),
            (Style { slash: Slash::Plain, ..keep }, TEXT.replace(r"\/", "/")),
            (Style { html: Html::EscapeLower, ..keep }, TEXT.replace('<', r"\u003c")),
            (Style { numbers: Numbers::Script, ..keep }, TEXT.replace("1.50", "1.5")),
            (Style { numbers: Numbers::WithPoint, ..keep }, TEXT.replace("[1,", "[1.0,")),
            (Style { numbers: Numbers::WithExponent, ..keep }, TEXT.replace("[1,", "[1e0,")),
            (Style { numbers: Numbers::OneWithPoint(1), ..keep }, TEXT.replace("[1,", "[1.0,")),
            (Style { numbers: Numbers::OneWithPoint(0), ..keep }, TEXT.to_owned()),
            (Style { empty: Empty::Lists, ..keep }, TEXT.replace("{}", "[]")),
            (
                Style { space: Some(Space::Compact), ..keep },
                r#"{"b":1.50,"a":[1,{}],"é":"<\/\u00e9 / \"","2":null}"#.to_owned(),
            ),
            (
                Style { space: Some(Space::OneLine), order: Order::Sorted, ..keep },
                r#"{"2": null, "a": [1, {}], "b": 1.50, "é": "<\/\u00e9 / \""}"#.to_owned(),
            ),
            (
                Style { space: Some(Space::Compact), order: Order::Script, ..keep },
                r#"{"2":null,"b":1.50,"a":[1,{}],"é":"<\/\u00e9 / \""}"#.to_owned(),
            ),
            (
                Style { space: Some(Space::Indent(2)), html: Html::EscapeMore, ..keep },
                "{\n  \"b\": 1.50,\n  \"a\": [\n    1,\n    {}\n  ],\n  \"é\": \"\\u003C\\/\\u00e9 / \\u0022\",\n  \"2\": null\n}".to_owned(),
            ),
        ];
        for (style, wanted) in cases {
            assert_eq!(written(style), wanted, "{style:?}");
        }
    }

    #[test]
    fn surrogate_pairs_stay_together_and_lone_ones_stay_as_they_are() {
        let spelled = Spelled::new(r#"["😀\ud83d\ude00\ud83d"]"#.as_bytes()).unwrap();
        let style = |unicode| Style {
            unicode,
            ..Style::KEEP
        };
        assert_eq!(spelled.write(style(Unicode::Plain)), r#"["😀😀\ud83d"]"#);
        assert_eq!(
            spelled.write(style(Unicode::EscapeLower)),
            r#"["\ud83d\ude00\ud83d\ude00\ud83d"]"#
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic(bytes: Vec<u8>) {
            let _ = Spelled::new(&bytes).map(|spelled| spelled.write(Style::KEEP));
        }

        #[test]
        fn every_spelling_means_the_same(keys in prop::collection::btree_map("\\PC{0,4}", "[\\PC\n\"\\\\/<]{0,6}", 0..4), seven in 0usize..7) {
            let text = serde_json::to_string(&keys).unwrap();
            let spelled = Spelled::new(text.as_bytes()).unwrap();
            let spaces = [Space::Compact, Space::OneLine, Space::Colon, Space::Comma, Space::Indent(4), Space::Tabs, Space::WideIndent(2)];
            let htmls = [Html::Keep, Html::EscapeLower, Html::EscapeUpper, Html::EscapeMore, Html::EscapeGson, Html::Plain, Html::Keep];
            let style = Style { space: Some(spaces[seven]), html: htmls[seven], unicode: [Unicode::EscapeLower, Unicode::Plain][seven % 2], slash: Slash::Escape, ..Style::KEEP };
            let again: std::collections::BTreeMap<String, String> = serde_json::from_str(&spelled.write(style)).unwrap();
            prop_assert_eq!(again, keys);
            prop_assert_eq!(spelled.write(Style::KEEP), text);
        }
    }
}
