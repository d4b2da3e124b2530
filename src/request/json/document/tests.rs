use super::super::{lookup, paths, scalar_text};
use super::*;
use crate::request::depth;
use proptest::prelude::*;
use serde_json::json;

/// What is found at a path: as text, and as a tree.
fn found(text: &str, most: usize, path: &str) -> Option<(Option<String>, Option<Value>)> {
    let outline = Outline::read_noting(text.as_bytes(), most).unwrap();
    let node = Document::new(text.as_bytes(), &outline).lookup(path)?;
    Some((node.text(), node.value(usize::MAX)))
}

/// The same in a tree.
fn found_in_tree(tree: &Value, path: &str) -> Option<(Option<String>, Option<Value>)> {
    let value = lookup(tree, path)?;
    Some((scalar_text(value), Some(value.clone())))
}

#[test]
fn finds_what_a_tree_holds() {
    let text = r#" { "type" : "lead.replied", "data": {"id":7,"rate":1.50,"big":12345678901234567890123,
        "list": [ "a", {"b": true}, [], null ], "a.b": "dotted", "": "empty" },
        "na\u006de": "Zo\u00eb \ud83d\ude00\n", "twice": 1, "twice": {"x": 2}, "none": null } "#;
    let tree: Value = serde_json::from_str(text).unwrap();
    for path in [
        "type",
        "data",
        "data.id",
        "data.rate",
        "data.big",
        "data.list",
        "data.list.0",
        "data.list.1.b",
        "data.list.2",
        "data.list.3",
        "data.list.4",
        "data.list.b",
        "data.list.+1.b",
        "data.list.-1",
        "data.a\\.b",
        "data.a.b",
        "data.",
        "",
        ".",
        "name",
        "na\\u006de",
        "twice",
        "twice.x",
        "none",
        "none.x",
        "type.x",
    ] {
        let wanted = found_in_tree(&tree, path);
        for most in [1, 2, 5, 4_096] {
            assert_eq!(found(text, most, path), wanted, "{path} of {most}");
        }
    }
    assert_eq!(found(text, 9, "name").unwrap().0.unwrap(), "Zoë 😀\n");
}

#[test]
fn what_no_tree_holds_is_there_without_a_value() {
    let text = r#"{"half":"\ud800","large":1e999,"id":"x"}"#;
    assert_eq!(found(text, 9, "half"), Some((None, None)));
    assert_eq!(found(text, 9, "large"), Some((None, None)));
    assert_eq!(found(text, 9, "id").unwrap().0.as_deref(), Some("x"));
    assert_eq!(found(r#"{"\ud800":1}"#, 9, "\u{fffd}"), None);
}

#[test]
fn the_grammar_is_that_of_the_check() {
    for text in [
        "",
        " ",
        "[",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[1 2]",
        "]",
        "{",
        "{}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{,}",
        "{1:2}",
        "{\"a\" 1}",
        "{\"a\":1]",
        "[1}",
        "[] []",
        "[]x",
        "01",
        "-",
        "-0",
        "-01",
        "1.",
        ".5",
        "1.5e",
        "1e+",
        "1E-7",
        "1e5",
        "+1",
        "0x1",
        "tru",
        "truE",
        "true",
        "nul",
        "\"",
        "\"\\\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u12g4\"",
        "\"\\uD800\"",
        "\"\t\"",
        "\"\u{7f}\"",
        "\"a\u{0}\"",
        "\u{feff}[]",
        "[\u{a0}]",
        "NaN",
        "[1,\n\t\r 2]",
        "\u{c}[]",
    ] {
        let wanted = depth::check(text.as_bytes()).is_ok();
        assert_eq!(Outline::read(text.as_bytes()).is_some(), wanted, "{text:?}");
    }
    assert!(Outline::read(b"[\"\xff\"]").is_none(), "not UTF-8");
    for place in [0, 31, 32, 33, 100] {
        for (odd, is_right) in [("\u{1}", false), ("\\n", true), ("\\", false), ("é", true)] {
            let text = format!("[\"{}{odd}{}\"]", "x".repeat(place), "y".repeat(50));
            assert_eq!(Outline::read(text.as_bytes()).is_some(), is_right, "{text}");
        }
    }
}

#[test]
fn the_depth_is_limited_and_the_number_of_values_is_not() {
    let nested = |depth| [vec![b'['; depth], vec![b']'; depth]].concat();
    assert!(Outline::read(&nested(depth::MAX_DEPTH)).is_some());
    assert!(Outline::read(&nested(depth::MAX_DEPTH + 1)).is_none());
    assert!(Outline::read(&nested(1_000_000)).is_none());
    let many: Vec<_> = (0..100_000)
        .map(|number| format!("\"k{number}\":[{number}]"))
        .collect();
    let many = format!("{{{},\"k7\":\"last\",\"type\":\"x\"}}", many.join(","));
    let outline = Outline::read(many.as_bytes()).unwrap();
    let document = Document::new(many.as_bytes(), &outline);
    assert!(!document.is_noted() && document.keys().is_none());
    assert!(outline.entries.len() <= 4_096 && outline.values == 200_003);
    let text = |path| document.lookup(path).and_then(|node| node.text());
    assert_eq!(text("k99999.0").as_deref(), Some("99999"));
    assert_eq!(text("k7").as_deref(), Some("last"));
    assert_eq!(text("type").as_deref(), Some("x"));
    assert_eq!(text("k100000"), None);
}

#[test]
fn the_keys_of_an_object_are_those_of_the_whole() {
    let keys = |text: &str| {
        let outline = Outline::read(text.as_bytes()).unwrap();
        let keys = Document::new(text.as_bytes(), &outline).keys().unwrap();
        keys.map(Cow::into_owned).collect::<Vec<_>>()
    };
    assert_eq!(
        keys(r#"{"a":{"b":1},"\u0063":[{"d":2}],"a":3}"#),
        ["a", "c", "a"]
    );
    assert_eq!(keys(r#"[{"a":1}]"#), [""; 0]);
    assert_eq!(keys("{}"), [""; 0]);
}

/// Any JSON, with keys that repeat, hold dots and quotes, or are indices.
pub(in super::super) fn any_json() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "([a-c.é\"\\\\]|\u{1F600}|\u{1}){0,40}".prop_map(Value::from),
    ];
    scalar.prop_recursive(5, 60, 6, |inner| {
        let key = "[ab.\"\\\\0é]{0,3}";
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((key, inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// The JSON with all that is not needed to read it: white space, escapes, and members that a later one replaces if
/// keys are `repeated`.
pub(in super::super) fn adorned(value: &Value, seed: u64, repeated: bool) -> String {
    let odd = seed.is_multiple_of(3);
    let space = [" ", "", "\n\t", "", "\r "][usize::try_from(seed % 5).unwrap()];
    let escaped = |text: &str| {
        let units = text.encode_utf16().map(|unit| format!("\\u{unit:04x}"));
        if odd {
            format!("\"{}\"", units.collect::<String>())
        } else {
            json!(text).to_string()
        }
    };
    let next = seed
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407)
        >> 7;
    let text = match value {
        Value::Object(members) => {
            let mut parts = Vec::new();
            for (key, value) in members {
                if odd && repeated {
                    parts.push(format!("{}:[{{}},\"]\"]", json!(key)));
                }
                parts.push(format!(
                    "{}{space}:{}",
                    escaped(key),
                    adorned(value, next, repeated)
                ));
            }
            format!("{{{space}{}}}", parts.join(","))
        }
        Value::Array(items) => {
            let items: Vec<_> = items
                .iter()
                .map(|item| adorned(item, next, repeated))
                .collect();
            format!("[{space}{}]", items.join(&format!("{space},")))
        }
        Value::String(text) => escaped(text),
        scalar => scalar.to_string(),
    };
    format!("{space}{text}{space}")
}

proptest! {
    #[test]
    fn every_path_leads_to_what_a_tree_has(value in any_json(), seed: u64, most in 1_usize..30) {
        let text = adorned(&value, seed, true);
        let tree: Value = serde_json::from_str(&text).unwrap();
        for path in paths(&tree).into_iter().chain(["a".into(), "0.a".into(), "b.0".into(), String::new()]) {
            prop_assert_eq!(found(&text, most, &path), found_in_tree(&tree, &path), "{} of {}", path, text);
        }
    }

    #[test]
    fn any_text_is_taken_that_the_check_takes(text in r#"([\[\]{}",:\\/ubn0-9aeE.+ \x01é-]|true|null|"a"|\\u00e9|\[1,|\{"k":){0,24}"#) {
        let outline = Outline::read(text.as_bytes());
        prop_assert_eq!(outline.is_some(), depth::check(text.as_bytes()).is_ok());
        if let Ok(tree) = serde_json::from_str::<Value>(&text) {
            for path in paths(&tree) {
                prop_assert_eq!(found(&text, 3, &path), found_in_tree(&tree, &path));
            }
        }
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes: Vec<u8>) {
        let _ = Outline::read(&bytes);
    }
}
