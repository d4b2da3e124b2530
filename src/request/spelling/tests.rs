//! Each style against what `serde_json` writes, and against the promises that a search relies on.

use std::io;

use proptest::prelude::*;
use proptest::strategy::Union;
use serde::Serialize as _;
use serde_json::Value;
use serde_json::ser::{Formatter, Serializer};

use super::*;

const TEXT: &str = r#"{"b": 1.50, "a":[1, {}], "é":"<\/\u00e9 / \"", "2":null}"#;

fn written(text: &str, style: Style) -> String {
    let spelled = Spelled::new(text.as_bytes()).unwrap();
    String::from_utf8(spelled.write(style)).unwrap()
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
        assert_eq!(written(TEXT, style), wanted, "{style:?}");
    }
}

#[test]
fn surrogate_pairs_stay_together_and_lone_ones_stay_as_they_are() {
    let text = r#"["😀\ud83d\ude00\ud83d"]"#;
    let style = |unicode| Style {
        unicode,
        ..Style::KEEP
    };
    assert_eq!(written(text, style(Unicode::Plain)), r#"["😀😀\ud83d"]"#);
    assert_eq!(
        written(text, style(Unicode::EscapeLower)),
        r#"["\ud83d\ude00\ud83d\ude00\ud83d"]"#
    );
}

#[test]
fn separators_are_no_markup_where_every_character_is_written_as_itself() {
    let text = "[\"\u{2028}\"]";
    for (unicode, html, wanted) in [
        (Unicode::Keep, Html::EscapeLower, r#"["\u2028"]"#),
        (Unicode::Plain, Html::EscapeLower, text),
        (Unicode::Plain, Html::EscapeGson, text),
    ] {
        let style = Style {
            unicode,
            html,
            ..Style::KEEP
        };
        assert_eq!(written(text, style), wanted);
        let spelled = Spelled::new(text.as_bytes()).unwrap();
        assert_eq!(spelled.write(spelled.reduce(style)), wanted.as_bytes());
    }
}

#[test]
fn numbers_are_written_as_each_language_does() {
    let text = "[1.0,-0,1e2,49.90,1.005,12345678901234567890,1.5e300]";
    let cases = [
        (
            Numbers::Script,
            "[1,0,100,49.9,1.005,12345678901234567000,1.5e+300]",
        ),
        (
            Numbers::WithoutPoint,
            "[1,-0,1e2,49.90,1.005,12345678901234567890,1.5e300]",
        ),
        (
            Numbers::WithPoint,
            "[1.0,-0.0,1e2,49.90,1.005,12345678901234567890.0,1.5e300]",
        ),
    ];
    for (numbers, wanted) in cases {
        let style = Style {
            numbers,
            ..Style::KEEP
        };
        assert_eq!(written(text, style), wanted, "{numbers:?}");
    }
    let two = Style {
        numbers: Numbers::TwoDecimals,
        ..Style::KEEP
    };
    assert_eq!(
        written("[7,49.9,1.005e2,-0.125]", two),
        "[7,49.90,100.50,-0.12]"
    );
    let digits = Style {
        numbers: Numbers::SeventeenDigits,
        ..Style::KEEP
    };
    assert_eq!(
        written("[7,0.1,49.9,2.50]", digits),
        "[7,0.1,49.899999999999999,2.5]"
    );
}

#[test]
fn nested_objects_are_sorted_each_for_itself() {
    let text = r#"[{"b":{"d":[{"z":1,"y":{}}],"c":2},"a":3},{"f":4,"e":[]}]"#;
    let style = |order| Style {
        space: Some(Space::Compact),
        order,
        ..Style::KEEP
    };
    assert_eq!(
        written(text, style(Order::Sorted)),
        r#"[{"a":3,"b":{"c":2,"d":[{"y":{},"z":1}]}},{"e":[],"f":4}]"#
    );
    assert_eq!(
        written(text, style(Order::Reversed)),
        r#"[{"a":3,"b":{"c":2,"d":[{"y":{},"z":1}]}},{"e":[],"f":4}]"#
    );
    assert_eq!(written(text, style(Order::Keep)), text);
}

#[test]
fn the_deepest_text_that_is_read_is_written_in_every_order() {
    let depth = crate::request::depth::MAX_DEPTH;
    let text = format!("{}1{}", r#"{"b":0,"a":"#.repeat(depth), "}".repeat(depth));
    let sorted = format!(
        "{}1{}",
        r#"{"a":"#.repeat(depth),
        r#","b":0}"#.repeat(depth)
    );
    let style = Style {
        space: Some(Space::Compact),
        order: Order::Sorted,
        ..Style::KEEP
    };
    assert_eq!(written(&text, style), sorted);
    assert!(Spelled::new(format!("[{text}]").as_bytes()).is_none());
}

/// White space as a style writes it, in the words of `serde_json`.
struct Spaced {
    space: Space,
    level: usize,
    has_members: bool,
}

impl Spaced {
    fn line(&self, out: &mut (impl io::Write + ?Sized)) -> io::Result<()> {
        let unit = match self.space {
            Space::Indent(width) | Space::WideIndent(width) => " ".repeat(usize::from(width)),
            Space::Tabs => "\t".to_owned(),
            Space::Compact | Space::OneLine | Space::Colon | Space::Comma => return Ok(()),
        };
        write!(out, "\n{}", unit.repeat(self.level))
    }

    fn open<W: io::Write + ?Sized>(&mut self, out: &mut W, bracket: &str) -> io::Result<()> {
        self.level += 1;
        self.has_members = false;
        out.write_all(bracket.as_bytes())
    }

    fn close<W: io::Write + ?Sized>(&mut self, out: &mut W, bracket: &str) -> io::Result<()> {
        self.level -= 1;
        if self.has_members {
            self.line(out)?;
        }
        self.has_members = true;
        out.write_all(bracket.as_bytes())
    }

    fn member<W: io::Write + ?Sized>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        let comma = match self.space {
            _ if first => "",
            Space::OneLine | Space::Comma => ", ",
            _ => ",",
        };
        self.has_members = true;
        out.write_all(comma.as_bytes())?;
        self.line(out)
    }
}

impl Formatter for Spaced {
    fn begin_array<W: io::Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.open(out, "[")
    }

    fn end_array<W: io::Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.close(out, "]")
    }

    fn begin_array_value<W: io::Write + ?Sized>(
        &mut self,
        out: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.member(out, first)
    }

    fn begin_object<W: io::Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.open(out, "{")
    }

    fn end_object<W: io::Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.close(out, "}")
    }

    fn begin_object_key<W: io::Write + ?Sized>(
        &mut self,
        out: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.member(out, first)
    }

    fn begin_object_value<W: io::Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(match self.space {
            Space::Compact | Space::Comma => b":",
            Space::WideIndent(_) => b" : ",
            _ => b": ",
        })
    }
}

/// A value as `serde_json` writes it with this white space.
fn reference(value: &Value, space: Space) -> String {
    let mut out = Vec::new();
    let spaced = Spaced {
        space,
        level: 0,
        has_members: false,
    };
    let mut serializer = Serializer::with_formatter(&mut out, spaced);
    value.serialize(&mut serializer).unwrap();
    String::from_utf8(out).unwrap()
}

/// Keys in order, at every level.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let map: std::collections::BTreeMap<_, _> = map
                .iter()
                .map(|(key, value)| (key.clone(), sorted(value)))
                .collect();
            map.into_iter().collect()
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

fn values() -> impl Strategy<Value = Value> {
    let scalars = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f32>()
            .prop_filter("JSON has no infinity", |double| double.is_finite())
            .prop_map(|double| Value::from(f64::from(double))),
        "[a-z<&/é\u{2028}😀\"\\\\\n]{0,6}".prop_map(Value::from),
    ];
    scalars.prop_recursive(5, 48, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec(("[a-c0-2]{0,2}", inner), 0..6)
                .prop_map(|members| members.into_iter().collect()),
        ]
    })
}

/// JSON texts as no serializer writes them: any white space, escapes and numbers, and keys more than once.
fn texts() -> impl Strategy<Value = String> {
    let space = || prop::sample::select(vec!["", "", "", " ", "\n", "\n  ", "\r\n\t"]);
    let units = prop::sample::select(vec![
        "a",
        "-",
        "1",
        "{}",
        "[]",
        "é",
        "😀",
        "\u{2028}",
        "/",
        "<",
        ">",
        "&",
        "'",
        "+",
        "=",
        "`",
        r"\/",
        r"\\",
        r#"\""#,
        r"\n",
        r"\u00e9",
        r"\u00C9",
        r"\ud83d\ude00",
        r"\ud83d",
        r"\u003c",
        r"\u003E",
        r"\u0026",
        r"\u0041",
        r"\u2029",
        r"\u002f",
    ]);
    let string =
        prop::collection::vec(units, 0..6).prop_map(|units| format!("\"{}\"", units.concat()));
    let key = prop_oneof![string.clone(), "\"[0-2a]{1,2}\""];
    let scalars = Union::new([
        string.boxed(),
        prop::sample::select(vec![
            "0",
            "-0",
            "7",
            "-12",
            "1.0",
            "1.50",
            "-0.125",
            "1e2",
            "1E+2",
            "12345678901234567890",
            "1.5e300",
            "1e-7",
            "999999999999999",
            "9007199254740993",
            "true",
            "false",
            "null",
        ])
        .prop_map(str::to_owned)
        .boxed(),
    ]);
    let value = scalars.prop_recursive(5, 40, 5, move |inner| {
        let spaced = (space(), inner, space())
            .prop_map(|(before, value, after)| before.to_owned() + &value + after);
        let member = (space(), key.clone(), space(), spaced.clone())
            .prop_map(|(before, key, after, value)| format!("{before}{key}{after}:{value}"));
        prop_oneof![
            (space(), prop::collection::vec(spaced, 0..5)).prop_map(
                |(empty, items)| match &items[..] {
                    [] => format!("[{empty}]"),
                    items => format!("[{}]", items.join(",")),
                }
            ),
            (space(), prop::collection::vec(member, 0..5)).prop_map(|(empty, members)| {
                match &members[..] {
                    [] => format!("{{{empty}}}"),
                    members => format!("{{{}}}", members.join(",")),
                }
            }),
        ]
    });
    let space = prop::sample::select(vec!["", "", " ", "\n"]);
    (space.clone(), value, space)
        .prop_map(|(before, value, after)| before.to_owned() + &value + after)
}

fn styles() -> impl Strategy<Value = Style> {
    let spaces = Space::KNOWN.into_iter().map(Some).chain([None]);
    (
        prop::sample::select(spaces.collect::<Vec<_>>()),
        prop::sample::select(vec![
            Unicode::Keep,
            Unicode::EscapeLower,
            Unicode::EscapeUpper,
            Unicode::Plain,
        ]),
        prop::sample::select(vec![Slash::Keep, Slash::Escape, Slash::Plain]),
        prop::sample::select(vec![
            Html::Keep,
            Html::EscapeLower,
            Html::EscapeUpper,
            Html::EscapeMore,
            Html::EscapeGson,
            Html::Plain,
        ]),
        prop::sample::select(vec![
            Numbers::Keep,
            Numbers::WithPoint,
            Numbers::WithExponent,
            Numbers::OneWithPoint(0),
            Numbers::OneWithPoint(2),
            Numbers::WithoutPoint,
            Numbers::Script,
            Numbers::TwoDecimals,
            Numbers::SeventeenDigits,
        ]),
        prop::sample::select(vec![
            Order::Keep,
            Order::Sorted,
            Order::Script,
            Order::Reversed,
        ]),
        prop::sample::select(vec![Empty::Keep, Empty::Objects, Empty::Lists]),
    )
        .prop_map(
            |(space, unicode, slash, html, numbers, order, empty)| Style {
                space,
                unicode,
                slash,
                html,
                numbers,
                // Only what gets new white space can get another order.
                order: if space.is_some() { order } else { Order::Keep },
                empty,
            },
        )
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_a_panic(bytes: Vec<u8>, style in styles()) {
        let _ = Spelled::new(&bytes).map(|spelled| spelled.write(style));
    }

    #[test]
    fn white_space_and_order_are_those_of_serde_json(value in values(), from in prop::sample::select(Space::KNOWN.to_vec())) {
        let text = reference(&value, from);
        let sorted = sorted(&value);
        for space in Space::KNOWN {
            let style = Style { space: Some(space), ..Style::KEEP };
            prop_assert_eq!(written(&text, style), reference(&value, space));
            let style = Style { order: Order::Sorted, ..style };
            prop_assert_eq!(written(&text, style), reference(&sorted, space));
        }
        // What JavaScript writes, by the printer that has its own tests.
        let script = Style {
            space: Some(Space::Compact),
            numbers: Numbers::Script,
            order: Order::Script,
            ..Style::KEEP
        };
        prop_assert_eq!(written(&text, script), crate::request::json::stringify(&value));
    }

    #[test]
    fn every_spelling_means_the_same(text in texts(), style in styles()) {
        let style = Style { empty: Empty::Keep, ..style };
        let loses_digits = matches!(style.numbers, Numbers::TwoDecimals | Numbers::SeventeenDigits);
        let style = if loses_digits { Style { numbers: Numbers::Keep, ..style } } else { style };
        let again = written(&text, style);
        // Lone surrogates are no text for `serde_json`, and of keys more than once it keeps one.
        if serde_json::from_str::<Value>(&text).is_ok() && style.order == Order::Keep {
            let doubles = |text: &str| crate::request::json::stringify(&sorted(&serde_json::from_str(text).unwrap()));
            prop_assert_eq!(doubles(&again), doubles(&text));
        }
        if style.unicode == Unicode::EscapeLower {
            prop_assert!(again.is_ascii());
        }
        if style.slash == Slash::Escape {
            prop_assert!(!again.replace(r"\\", "").replace(r"\/", "").contains('/'));
        }
        if matches!(style.html, Html::EscapeLower | Html::EscapeUpper | Html::EscapeGson | Html::EscapeMore) {
            prop_assert!(!again.contains(['<', '>', '&']));
        }
    }

    #[test]
    fn a_reduced_style_writes_the_same(text in texts(), style in styles()) {
        let spelled = Spelled::new(text.as_bytes()).unwrap();
        let reduced = spelled.reduce(style);
        prop_assert_eq!(spelled.reduce(reduced), reduced);
        let whole = written(&text, style);
        prop_assert_eq!(&written(&text, reduced), &whole);
        if reduced == Style::KEEP {
            prop_assert_eq!(&whole, &text);
        }
        prop_assert!(u64::try_from(whole.len()).unwrap() <= spelled.length(style));
        prop_assert!(u64::try_from(whole.len()).unwrap() <= spelled.length(reduced));
    }

    #[test]
    fn its_own_white_space_is_the_first_that_writes_it(text in texts(), value in values(), from in prop::sample::select(Space::KNOWN.to_vec())) {
        for text in [text, reference(&value, from)] {
            let spelled = Spelled::new(text.as_bytes()).unwrap();
            let writes = |space: &Space| written(&text, Style { space: Some(*space), ..Style::KEEP }) == text.trim();
            prop_assert_eq!(spelled.space(), Space::KNOWN.into_iter().find(writes));
            for space in Space::KNOWN {
                prop_assert_eq!(spelled.has_space(space), writes(&space));
            }
        }
    }

    #[test]
    fn members_in_another_order_are_the_same_members(members in prop::collection::vec(("[a-z]{1,3}", values()), 1..5), shift in 0usize..5) {
        let value: Value = members.into_iter().collect();
        let text = reference(&value, Space::OneLine);
        let spelled = Spelled::new(text.as_bytes()).unwrap();
        let count = spelled.top_members();
        let order: Vec<usize> = (0..count).map(|index| (index + shift) % count).collect();
        let entries: Vec<_> = value.as_object().unwrap().iter().collect();
        let wanted: Value = order.iter().map(|index| entries[*index]).map(|(key, value)| (key.clone(), value.clone())).collect();
        let mut permuted = Vec::new();
        let mut sink = |chunk: &[u8]| {
            permuted.extend_from_slice(chunk);
            ControlFlow::Continue(())
        };
        let mut out = Stream::new(&mut sink);
        let style = Style { space: Some(Space::Indent(2)), ..Style::KEEP };
        spelled.write_permuted_to(style, &order, &mut out);
        out.finish();
        prop_assert_eq!(String::from_utf8(permuted).unwrap(), reference(&wanted, Space::Indent(2)));
    }
}
