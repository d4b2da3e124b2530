//! JSON for people, straight from the bytes: numbers, escapes, repeated keys and their order stay as they came.

use super::Paint;
use super::sheet::{Limits, Sheet, plain};
use crate::request::depth::{self, JsonProblem, MAX_DEPTH};
use crate::request::json::tokens;

/// Prints JSON over several lines, or says why it is none.
pub(crate) fn pretty(bytes: &[u8], limits: Limits, paint: Paint) -> Result<String, JsonProblem> {
    let mut sheet = Sheet::new(limits, paint);
    write(depth::check(bytes)?, &mut sheet);
    Ok(sheet.finish_line())
}

/// White space for each level of a document.
const INDENT: &str = match std::str::from_utf8(&[b' '; 2 * MAX_DEPTH]) {
    Ok(spaces) => spaces,
    Err(_) => "",
};

/// Prints text that is JSON over several lines, without the end of the last one.
pub(super) fn write(text: &str, sheet: &mut Sheet) {
    let mut depth = 0_usize;
    // Whether an object or list was opened and holds nothing yet.
    let mut after_open = false;
    let mut tokens = tokens(text).peekable();
    while let Some(token) = tokens.next() {
        let is_close = matches!(token, "}" | "]");
        if is_close {
            depth = depth.saturating_sub(1);
        }
        if after_open != is_close {
            new_line(depth, sheet);
        }
        after_open = matches!(token, "{" | "[");
        match token {
            "{" | "[" => {
                sheet.push(token, plain);
                depth += 1;
            }
            "}" | "]" => sheet.push(token, plain),
            "," => {
                sheet.push(",", plain);
                new_line(depth, sheet);
            }
            ":" => sheet.push(": ", plain),
            _ => {
                let is_key = tokens.peek() == Some(&":");
                let painted = match (token.starts_with('"'), is_key) {
                    (true, true) => Paint::name,
                    (true, false) => Paint::good,
                    (false, _) => Paint::warn,
                };
                sheet.push_token(token, painted);
            }
        }
    }
}

fn new_line(depth: usize, sheet: &mut Sheet) {
    sheet.end_line();
    sheet.push(INDENT.get(..2 * depth).unwrap_or(INDENT), plain);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn plain(text: &str) -> String {
        pretty(text.as_bytes(), Limits::NONE, Paint::new(false)).unwrap()
    }

    #[test]
    fn what_a_parser_would_change_stays() {
        let text = r#"{"a":1.10,"b":12345678901234567890123,"c":1e2,"d":"\u00e9\/","a":[],"e":{}, "f" : [ null ,"x\"y" ]}"#;
        let shown = "{\n  \"a\": 1.10,\n  \"b\": 12345678901234567890123,\n  \"c\": 1e2,\n  \"d\": \"\\u00e9\\/\",\n  \
                     \"a\": [],\n  \"e\": {},\n  \"f\": [\n    null,\n    \"x\\\"y\"\n  ]\n}";
        assert_eq!(plain(text), shown);
    }

    #[test]
    fn bidi_marks_in_texts_are_shown_as_escapes() {
        assert_eq!(plain("\"a\u{202e}b\""), "\"a\\u202eb\"");
    }

    #[test]
    fn what_is_no_json_is_refused_with_its_place() {
        let problem = pretty(b"{\"a\":}", Limits::NONE, Paint::new(false)).unwrap_err();
        assert_eq!(problem.to_string(), "expected value at line 1 column 6");
    }

    proptest! {
        #[test]
        fn nothing_but_white_space_changes(keys in prop::collection::btree_map("[a-z\"\\\\é]{0,4}", prop::collection::vec(any::<f64>().prop_filter("finite", |n| n.is_finite()), 0..3), 0..4)) {
            let text = serde_json::to_string(&keys).unwrap();
            let squeezed: String = plain(&text).split('\n').map(str::trim_start).collect::<String>().replace("\": ", "\":");
            prop_assert_eq!(squeezed.replace("\": ", "\":"), text);
        }

        #[test]
        fn any_bytes_are_read_without_a_panic(bytes: Vec<u8>) {
            let _ = pretty(&bytes, Limits::BODY, Paint::new(true));
        }
    }
}
