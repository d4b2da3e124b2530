//! Spellings of one JSON text: the same values, written with other spaces, escapes, number forms or key order.
//!
//! Works on the bytes: what a spelling does not change stays as it came, down to the digits of a number.

mod reader;
mod writer;

use std::ops::Range;

use reader::Reader;
use writer::Writer;

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
        super::depth::check(bytes).ok()?;
        let mut reader = Reader::new(text);
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
        writer.into_text()
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
        writer.into_text()
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
