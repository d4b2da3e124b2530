//! Options as a curl configuration file, for values that a Windows shell cannot pass as arguments.

use super::Choice;

/// Returns the file, one option a line. curl interprets only backslash escapes in a quoted value.
pub(super) fn print(options: &[Choice<'_>]) -> Vec<u8> {
    let mut file = Vec::new();
    for Choice { key, value, .. } in options {
        file.extend_from_slice(key.as_bytes());
        if let Some(value) = value {
            file.extend_from_slice(b" = \"");
            for &byte in value.iter() {
                match byte {
                    b'\t' => file.extend_from_slice(b"\\t"),
                    b'"' | b'\\' => file.extend_from_slice(&[b'\\', byte]),
                    byte => file.push(byte),
                }
            }
            file.push(b'"');
        }
        file.push(b'\n');
    }
    file
}
