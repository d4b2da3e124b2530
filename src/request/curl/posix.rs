//! Words for sh, bash, dash, zsh and fish: one spelling that all of them read as the same, in a script and at a
//! prompt.
//!
//! - Inside of quotes stands nothing that one of them takes for an escape: fish reads `\'` and `\\` there, so a
//!   backslash stands outside, as a quote does.
//! - What needs no quotes is a word to all of them: zsh expands a leading `=`, fish `%self`, all a leading `~`.
//! - Bytes that no terminal may see, and those that are no text, go through `base64` and `printf`: a terminal that
//!   does not filter what is pasted would let ESC end a bracketed paste.
//! - In a text of several lines, `!` and `^` stand outside as well: bash before version 5 looks for its history on each
//!   line by itself.

use super::{Choice, Command, base64};
use crate::request::steering::steers;

/// Longest body that is an argument; Linux takes 128 KiB in one, and other systems less in all.
const MAX_ARGUMENT: usize = 100_000;

/// The command. A body that is too long for an argument goes through `printf`, which a shell has built in; one that is
/// no plain text goes through `base64`.
pub(super) fn print(command: &Command<'_>) -> String {
    let mut lines: Vec<String> = command.options.iter().map(option).collect();
    let first = lines.drain(..2).collect::<Vec<_>>().join(" ");
    lines.insert(0, format!("curl {first}"));
    let mut before = String::new();
    if let Some(body) = command.body {
        let (pipe, option) = data(body);
        before = pipe;
        lines.push(option);
    }
    format!("{before}{}\n", lines.join(" \\\n  "))
}

fn option(choice: &Choice<'_>) -> String {
    match (choice.flag, &choice.value) {
        (flag, None) => flag.to_owned(),
        ("", Some(value)) => word(value),
        (flag, Some(value)) => format!("{flag} {}", word(value)),
    }
}

/// What stands before the command, and the option that holds the body.
fn data(body: &[u8]) -> (String, String) {
    let from_stdin = || String::from("--data-binary @-");
    match plain(body) {
        Some(text) if text.len() <= MAX_ARGUMENT => {
            (String::new(), format!("--data-raw {}", quote(text)))
        }
        Some(text) => (format!("printf %s {} | ", quote(text)), from_stdin()),
        None => (
            format!("printf %s {} | base64 --decode | ", base64(body)),
            from_stdin(),
        ),
    }
}

/// Text that may be shown as it is.
fn plain(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    let may_stand = |char| matches!(char, '\n' | '\t') || !steers(char);
    text.chars().all(may_stand).then_some(text)
}

/// One word of any bytes but NUL.
fn word(bytes: &[u8]) -> String {
    match plain(bytes) {
        Some(text) => quote(text),
        None => format!("\"$(printf '{}')\"", octal(bytes)),
    }
}

/// Bytes as `printf` reads them within quotes within quotes: nothing that means something there stays.
fn octal(bytes: &[u8]) -> String {
    let mut format = String::new();
    for (place, &byte) in bytes.iter().enumerate() {
        // A minus at the start would begin an option of `printf`.
        let stays = byte.is_ascii_alphanumeric() || b" :;,./_=+@-".contains(&byte);
        if stays && (place, byte) != (0, b'-') {
            format.push(char::from(byte));
        } else {
            format.push_str(&format!("\\{byte:03o}"));
        }
    }
    format
}

/// Quotes text of which each character may be shown as it is, or is the user's own.
pub(crate) fn quote(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:=@%+,".contains(&byte);
    let is_start = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte);
    if text.bytes().next().is_some_and(is_start) && text.bytes().all(is_plain) {
        return text.to_owned();
    }
    if text.is_empty() {
        return "''".to_owned();
    }
    let outside = if text.contains('\n') { "'\\!^" } else { "'\\" };
    let mut word = String::new();
    let mut is_open = false;
    for char in text.chars() {
        let stands_outside = outside.contains(char);
        if stands_outside == is_open {
            word.push('\'');
            is_open = !is_open;
        }
        if stands_outside {
            word.push('\\');
        }
        word.push(char);
    }
    if is_open {
        word.push('\'');
    }
    word
}
