//! The one check of JSON that a stranger sent, before anything prints, walks, compares or respells it.
//!
//! `serde_json` limits the depth of values that it builds, but skips `IgnoredAny` without recursion and without a
//! limit, so a syntax check alone says nothing of the depth.

use std::fmt;
use std::str::Utf8Error;

use serde::de::IgnoredAny;

use super::json;

/// Deepest nesting of objects and arrays that is read.
pub(crate) const MAX_DEPTH: usize = 128;

/// Why bytes are not JSON that is read here.
#[derive(Debug)]
pub(crate) enum JsonProblem {
    TooDeep,
    /// A tree of it would take too much memory.
    TooMany,
    Syntax(serde_json::Error),
    Encoding(Utf8Error),
}

impl JsonProblem {
    /// Whether the text ends before its value does.
    pub(crate) fn is_eof(&self) -> bool {
        matches!(self, Self::Syntax(error) if error.is_eof())
    }
}

impl fmt::Display for JsonProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooDeep => write!(formatter, "nested deeper than {MAX_DEPTH} levels"),
            Self::TooMany => write!(formatter, "more than {} values", json::MAX_VALUES),
            Self::Syntax(error) => error.fmt(formatter),
            Self::Encoding(error) => error.fmt(formatter),
        }
    }
}

impl std::error::Error for JsonProblem {}

/// Checks that bytes are one JSON value, nested at most [`MAX_DEPTH`] levels deep. Returns its text.
pub(crate) fn check(bytes: &[u8]) -> Result<&str, JsonProblem> {
    if !is_within_depth(bytes) {
        return Err(JsonProblem::TooDeep);
    }
    serde_json::from_slice::<IgnoredAny>(bytes).map_err(JsonProblem::Syntax)?;
    // Strings are passed over without a look at their bytes.
    std::str::from_utf8(bytes).map_err(JsonProblem::Encoding)
}

/// Whether brackets outside of strings nest at most [`MAX_DEPTH`] deep, whatever else the bytes are.
pub(crate) fn is_within_depth(bytes: &[u8]) -> bool {
    let mut depth = 0_usize;
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match first {
            b'{' | b'[' => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return false;
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => rest = after_string(rest),
            _ => {}
        }
    }
    true
}

/// What follows the string whose opening quote was read; nothing if it does not end.
fn after_string(text: &[u8]) -> &[u8] {
    let mut from = 0;
    while let Some(found) = memchr::memchr2(b'"', b'\\', &text[from..]) {
        let at = from + found;
        if text[at] == b'"' {
            return &text[at + 1..];
        }
        from = (at + 2).min(text.len());
    }
    &[]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn nested(depth: usize) -> Vec<u8> {
        [vec![b'['; depth], vec![b']'; depth]].concat()
    }

    #[test]
    fn the_limit_is_exact() {
        assert!(check(&nested(MAX_DEPTH)).is_ok());
        let problem = check(&nested(MAX_DEPTH + 1)).unwrap_err();
        assert_eq!(problem.to_string(), "nested deeper than 128 levels");
        assert!(matches!(
            check(&nested(1_000_000)),
            Err(JsonProblem::TooDeep)
        ));
    }

    #[test]
    fn objects_count_and_siblings_do_not() {
        let objects = format!("{}1{}", "{\"a\":".repeat(129), "}".repeat(129));
        assert!(matches!(
            check(objects.as_bytes()),
            Err(JsonProblem::TooDeep)
        ));
        let siblings = format!("[{}[]]", "[[]],".repeat(10_000));
        assert!(check(siblings.as_bytes()).is_ok());
    }

    #[test]
    fn brackets_in_strings_are_text() {
        let text = format!(r#"["{}", "\"{}\\", "é"]"#, "[".repeat(500), "{".repeat(500));
        assert!(check(text.as_bytes()).is_ok());
    }

    #[test]
    fn broken_json_says_where() {
        let problem = check(b"{\"a\":}").unwrap_err();
        assert_eq!(problem.to_string(), "expected value at line 1 column 6");
        assert!(check(b"{\"a\":").unwrap_err().is_eof());
        assert!(!check(&nested(200)).unwrap_err().is_eof());
    }

    proptest! {
        #[test]
        fn any_bytes_are_checked_without_a_panic(bytes: Vec<u8>) {
            let _ = check(&bytes);
        }

        #[test]
        fn the_depth_is_that_of_the_value(value in "[\\[\\]{}\",:\\\\a1]{0,40}") {
            fn depth(value: &serde_json::Value) -> usize {
                match value {
                    serde_json::Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
                    serde_json::Value::Object(map) => 1 + map.values().map(depth).max().unwrap_or(0),
                    _ => 0,
                }
            }
            let wrapped = format!("{}{value}{}", "[".repeat(120), "]".repeat(120));
            if let Ok(value) = serde_json::from_str(&value) {
                prop_assert_eq!(is_within_depth(wrapped.as_bytes()), depth(&value) <= 8);
            }
        }
    }
}
