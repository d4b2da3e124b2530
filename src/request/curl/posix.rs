//! Commands for sh, bash, dash, zsh and fish: one quoting that all five read alike, in a script and at a prompt.
//!
//! - A backslash is written outside of the quotes, as a quote is: fish interprets `\'` and `\\` within them.
//! - A word without quotes means the same to all: zsh expands a leading `=`, fish expands `%self`, all expand `~`.
//! - Control characters and invalid UTF-8 go through `base64` and `printf`: not every terminal filters what is pasted,
//!   and ESC would end a bracketed paste.
//! - In text of several lines, `!` and `^` are written outside of the quotes as well: bash before version 5 expands
//!   history line by line, without regard to quotes that an earlier line opened.

use super::{Choice, Command, base64};
use crate::request::steering::steers;

/// Longest body that is an argument; Linux takes 128 KiB in one, and other systems less in all.
const MAX_ARGUMENT: usize = 100_000;

/// Returns the command. A body that is too long for an argument goes through `printf`, which is a builtin of the shell
/// and has no limit; one that is not plain text goes through `base64`.
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
    before.push_str(&lines.join(" \\\n  "));
    before.push('\n');
    before
}

fn option(choice: &Choice<'_>) -> String {
    match (choice.flag, &choice.value) {
        (flag, None) => flag.to_owned(),
        ("", Some(value)) => word(value),
        (flag, Some(value)) => format!("{flag} {}", word(value)),
    }
}

/// Returns the pipe in front of the command, and the option for the body.
fn data(body: &[u8]) -> (String, String) {
    let from_stdin = || String::from("--data-binary @-");
    match plain(body) {
        Some(text) if text.len() <= MAX_ARGUMENT => {
            (String::new(), format!("--data-raw {}", quote(text)))
        }
        Some(text) if !grows(text) => (format!("printf %s {} | ", quote(text)), from_stdin()),
        _ => (
            format!("printf %s {} | base64 --decode | ", base64(body)),
            from_stdin(),
        ),
    }
}

/// Whether a long text would be much longer in quotes than in base64, since it is full of what stands outside of them.
fn grows(text: &str) -> bool {
    let outside = text.bytes().filter(|byte| b"'\\!^".contains(byte));
    outside.count() > text.len() / 8
}

/// Returns bytes as text if a terminal may see all of it.
fn plain(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    let may_stand = |char| matches!(char, '\n' | '\t') || !steers(char);
    text.chars().all(may_stand).then_some(text)
}

/// Returns one word of any bytes except NUL.
fn word(bytes: &[u8]) -> String {
    match plain(bytes) {
        Some(text) => quote(text),
        None => format!("\"$(printf '{}')\"", octal(bytes)),
    }
}

/// Returns a format string for `printf`, without anything that a shell interprets within nested quotes.
fn octal(bytes: &[u8]) -> String {
    let mut format = String::new();
    for (place, &byte) in bytes.iter().enumerate() {
        // A leading minus would start an option of `printf`.
        let stays = byte.is_ascii_alphanumeric() || b" :;,./_=+@-".contains(&byte);
        if stays && (place, byte) != (0, b'-') {
            format.push(char::from(byte));
        } else {
            format.push_str(&format!("\\{byte:03o}"));
        }
    }
    format
}

/// Quotes text as one word.
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
