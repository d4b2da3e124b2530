//! JSON for people, straight from the bytes: numbers, escapes, repeated keys and their order stay as they came.

use super::Paint;
use super::text::{is_dangerous, write_escape};
use crate::request::depth;

/// Prints JSON over several lines, or says why it is none.
pub(crate) fn pretty(bytes: &[u8], paint: Paint) -> Result<String, String> {
    depth::check(bytes).map_err(|error| error.to_string())?;
    // JSON that serde_json takes is UTF-8.
    let text = std::str::from_utf8(bytes).map_err(|error| error.to_string())?;
    Ok(Printer {
        paint,
        out: String::with_capacity(text.len() * 2),
        depth: 0,
        after_open: false,
    }
    .print(text))
}

struct Printer {
    paint: Paint,
    out: String,
    depth: usize,
    /// Whether an object or list was opened and holds nothing yet.
    after_open: bool,
}

impl Printer {
    fn print(mut self, text: &str) -> String {
        let mut rest = text.trim_start_matches(is_space);
        while let Some(first) = rest.chars().next() {
            let token = token(rest, first);
            rest = rest[token.len()..].trim_start_matches(is_space);
            match first {
                '{' | '[' => {
                    self.before_value();
                    self.out.push(first);
                    self.depth += 1;
                    self.after_open = true;
                }
                '}' | ']' => {
                    self.depth -= 1;
                    if !self.after_open {
                        self.new_line();
                    }
                    self.after_open = false;
                    self.out.push(first);
                }
                ',' => {
                    self.out.push(',');
                    self.new_line();
                }
                ':' => self.out.push_str(": "),
                _ => {
                    self.before_value();
                    let is_key = first == '"' && rest.starts_with(':');
                    self.scalar(token, first, is_key);
                }
            }
        }
        self.out
    }

    fn before_value(&mut self) {
        if self.after_open {
            self.new_line();
            self.after_open = false;
        }
    }

    fn new_line(&mut self) {
        self.out.push('\n');
        for _ in 0..self.depth {
            self.out.push_str("  ");
        }
    }

    fn scalar(&mut self, token: &str, first: char, is_key: bool) {
        let mut safe = String::with_capacity(token.len());
        for char in token.chars() {
            if is_dangerous(char) {
                write_escape(char, &mut safe);
            } else {
                safe.push(char);
            }
        }
        let painted = match first {
            '"' if is_key => self.paint.name(&safe),
            '"' => self.paint.good(&safe),
            _ => self.paint.warn(&safe),
        };
        self.out.push_str(&painted);
    }
}

fn is_space(char: char) -> bool {
    matches!(char, ' ' | '\t' | '\n' | '\r')
}

/// The token at the start of valid JSON.
fn token(rest: &str, first: char) -> &str {
    match first {
        '{' | '}' | '[' | ']' | ',' | ':' => &rest[..1],
        '"' => {
            let mut escaped = false;
            let end = rest[1..].find(|char| {
                let ends = char == '"' && !escaped;
                escaped = char == '\\' && !escaped;
                ends
            });
            end.map_or(rest, |end| &rest[..end + 2])
        }
        _ => rest
            .find(|char| is_space(char) || matches!(char, ',' | ']' | '}' | ':'))
            .map_or(rest, |end| &rest[..end]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn plain(text: &str) -> String {
        pretty(text.as_bytes(), Paint::new(false)).unwrap()
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
        let problem = pretty(b"{\"a\":}", Paint::new(false)).unwrap_err();
        assert_eq!(problem, "expected value at line 1 column 6");
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
            let _ = pretty(&bytes, Paint::new(true));
        }
    }
}
