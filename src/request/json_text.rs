//! The one writer of JSON that is printed, exported or served. Characters that control a terminal or change the reading
//! order are written as `\uXXXX`, which parses back to the same text.

use std::io;

use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};

use super::steering::steers;

/// Writes a value on one line.
///
/// # Errors
/// The writer fails, or a map has a key that is not a string.
pub(crate) fn to_writer(writer: impl io::Write, value: &impl Serialize) -> io::Result<()> {
    let mut serializer = Serializer::with_formatter(writer, Escaping);
    value.serialize(&mut serializer).map_err(io::Error::from)
}

/// Returns a value on one line, as text.
pub(crate) fn to_string(value: &serde_json::Value) -> String {
    let mut bytes = Vec::new();
    to_writer(&mut bytes, value).expect("memory takes all, and keys are texts");
    String::from_utf8(bytes).expect("JSON is text")
}

/// Writes a value over several lines.
///
/// # Errors
/// The writer fails.
pub(crate) fn to_writer_pretty(
    writer: impl io::Write,
    value: &serde_json::Value,
) -> io::Result<()> {
    let formatter = Pretty(PrettyFormatter::new());
    let mut serializer = Serializer::with_formatter(writer, formatter);
    value.serialize(&mut serializer).map_err(io::Error::from)
}

/// A value over several lines, as text.
pub(crate) fn to_string_pretty(value: &serde_json::Value) -> String {
    let mut bytes = Vec::new();
    to_writer_pretty(&mut bytes, value).expect("memory takes all");
    String::from_utf8(bytes).expect("JSON is text")
}

/// Compact JSON with escaped strings.
struct Escaping;

impl Formatter for Escaping {
    fn write_string_fragment<W: io::Write + ?Sized>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        write_escaped(writer, fragment)
    }
}

/// JSON over several lines whose strings hold nothing that steers.
struct Pretty(PrettyFormatter<'static>);

/// Leaves a part of the layout to the formatter within.
macro_rules! leave {
    ($($name:ident($($argument:ident: $kind:ty),*);)*) => {$(
        fn $name<W: io::Write + ?Sized>(&mut self, writer: &mut W $(, $argument: $kind)*) -> io::Result<()> {
            self.0.$name(writer $(, $argument)*)
        }
    )*};
}

impl Formatter for Pretty {
    leave! {
        begin_array();
        end_array();
        begin_array_value(first: bool);
        end_array_value();
        begin_object();
        end_object();
        begin_object_key(first: bool);
        begin_object_value();
        end_object_value();
    }

    fn write_string_fragment<W: io::Write + ?Sized>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        write_escaped(writer, fragment)
    }
}

fn write_escaped<W: io::Write + ?Sized>(writer: &mut W, text: &str) -> io::Result<()> {
    // serde_json escapes everything below DEL already, and most text has nothing else.
    if text.bytes().all(|byte| byte < 0x7f) {
        return writer.write_all(text.as_bytes());
    }
    let mut start = 0;
    for (at, char) in text.char_indices().filter(|(_, char)| steers(*char)) {
        writer.write_all(&text.as_bytes()[start..at])?;
        write!(writer, "\\u{:04x}", u32::from(char))?;
        start = at + char.len_utf8();
    }
    writer.write_all(&text.as_bytes()[start..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    #[test]
    fn what_steers_is_escaped_in_keys_and_values() {
        let value = json!({"a\u{9b}": "\u{7f}\u{80}\u{9f}\u{61c}\u{200e}\u{200f}\u{2028}\u{2029}\u{202a}\u{202e}\u{2066}\u{2069}é\u{200d}\n"});
        let wanted = "{\"a\\u009b\":\"\\u007f\\u0080\\u009f\\u061c\\u200e\\u200f\\u2028\\u2029\\u202a\\u202e\\u2066\\u2069é\u{200d}\\n\"}";
        assert_eq!(to_string(&value), wanted);
        let pretty = wanted.replace('{', "{\n  ").replace('}', "\n}");
        assert_eq!(to_string_pretty(&value), pretty.replace("\":\"", "\": \""));
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back_as_the_same(key: String, text: String, steering in "[\u{7f}-\u{9f}\u{61c}\u{200b}-\u{200f}\u{2028}-\u{202e}\u{2060}-\u{2069}]{0,4}") {
            let value = json!({key: [text, steering, 1.5, null]});
            for written in [to_string(&value), to_string_pretty(&value)] {
                prop_assert!(!written.chars().any(|char| char != '\n' && steers(char)), "{written}");
                prop_assert_eq!(&serde_json::from_str::<Value>(&written).unwrap(), &value);
            }
        }
    }
}
