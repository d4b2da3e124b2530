//! Other ways to write one JSON text: what is signed is the bytes, so all of them must be taken.

use serde_json::Value;

use crate::request::spelling::{Numbers, Order, Slash, Space, Style, Unicode};

/// A way to write JSON.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spelling {
    /// In words that follow `written` or stand alone.
    pub(super) words: &'static str,
    pub(super) style: Style,
    /// Text behind it.
    pub(super) end: &'static str,
}

const fn spelling(words: &'static str, style: Style) -> Spelling {
    Spelling {
        words,
        style,
        end: "",
    }
}

/// All at once, but for numbers.
pub(super) const TOGETHER: Spelling = Spelling {
    words: "in another spelling",
    style: Style {
        space: Some(Space::Indent(2)),
        unicode: Unicode::EscapeLower,
        slash: Slash::Escape,
        order: Order::Reversed,
        ..Style::KEEP
    },
    end: "\n",
};

/// One by one.
pub(super) const EACH: [Spelling; 6] = [
    spelling(
        "with spaces (`{\"a\": 1, \"b\": 2}`)",
        Style {
            space: Some(Space::OneLine),
            ..Style::KEEP
        },
    ),
    spelling(
        "indented over several lines",
        Style {
            space: Some(Space::Indent(2)),
            ..Style::KEEP
        },
    ),
    spelling(
        "with its keys in another order",
        Style {
            space: Some(Space::Compact),
            order: Order::Reversed,
            ..Style::KEEP
        },
    ),
    spelling(
        "with `/` as `\\/`",
        Style {
            slash: Slash::Escape,
            ..Style::KEEP
        },
    ),
    spelling(
        "with `é` as `\\u00e9`",
        Style {
            unicode: Unicode::EscapeLower,
            ..Style::KEEP
        },
    ),
    Spelling {
        words: "with a line end behind it",
        style: Style::KEEP,
        end: "\n",
    },
];

/// Numbers, one form after the other.
pub(super) const NUMBERS: [Spelling; 2] = [
    spelling(
        "with whole numbers as `1.0`",
        Style {
            numbers: Numbers::WithPoint,
            ..Style::KEEP
        },
    ),
    spelling(
        "with whole numbers as `1e0`",
        Style {
            numbers: Numbers::WithExponent,
            ..Style::KEEP
        },
    ),
];

/// The ways in which serialisers write JSON: what a handler takes that writes the body anew before it verifies it.
pub(super) const SERIALISERS: [Spelling; 5] = [
    spelling(
        "as Python's `json.dumps` writes it",
        Style {
            space: Some(Space::OneLine),
            unicode: Unicode::EscapeLower,
            ..Style::KEEP
        },
    ),
    spelling(
        "indented by two spaces",
        Style {
            space: Some(Space::Indent(2)),
            ..Style::KEEP
        },
    ),
    spelling(
        "with its keys sorted",
        Style {
            space: Some(Space::Compact),
            order: Order::Sorted,
            ..Style::KEEP
        },
    ),
    spelling(
        "with spaces and its keys sorted",
        Style {
            space: Some(Space::OneLine),
            unicode: Unicode::EscapeLower,
            order: Order::Sorted,
            ..Style::KEEP
        },
    ),
    spelling(
        "with `/` as `\\/`, as PHP writes it",
        Style {
            slash: Slash::Escape,
            unicode: Unicode::EscapeLower,
            ..Style::KEEP
        },
    ),
];

/// Puts a character beyond ASCII into the first text for people: one with a space between letters. Says whether there
/// is one.
pub(super) fn accent(value: &mut Value) -> bool {
    match value {
        Value::String(text) => {
            let is_letter =
                |char: char| char.is_alphabetic() || matches!(char, ' ' | ',' | '.' | '\'');
            let fits = text.trim().contains(' ') && text.chars().all(is_letter);
            if fits {
                text.push_str(" é");
            }
            fits
        }
        Value::Array(items) => items.iter_mut().any(accent),
        Value::Object(map) => map.values_mut().any(accent),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
