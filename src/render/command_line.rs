//! Messages of clap, without the credentials and control characters of the arguments that they quote.

use std::error::Error as _;

use clap::error::{ContextKind, ContextValue};

use super::Paint;
use super::text::{is_dangerous, safe, safe_lines};
use crate::request::is_token_byte;
use crate::request::redact::{self, REDACTED};

/// Flags that take a credential.
const CREDENTIALS: [&str; 3] = ["--basic", "--secret", "--token"];
/// Flags that take a header.
const HEADERS: [&str; 2] = ["--header", "--forward-header"];
/// Prefixes of signing secrets.
const SECRETS: [&str; 2] = ["whsec_", "whsk_"];

/// Returns help or the version.
pub(crate) fn help(error: &clap::Error, paint: Paint) -> String {
    let text = error.render();
    if paint.is_on() {
        text.ansi().to_string()
    } else {
        text.to_string()
    }
}

/// Returns an error with usage and hints.
pub(crate) fn problem(mut error: clap::Error, paint: Paint) -> String {
    hide(&mut error);
    let is_safe = make_safe(&mut error);
    let text = error.render();
    // Escapes of an argument could not be told from the styles.
    let text = if paint.is_on() && is_safe {
        text.ansi().to_string()
    } else {
        safe_lines(&text.to_string())
    };
    without_secrets(redact::text(&text).into_owned())
}

/// Returns the first paragraph of an error on one line.
pub(crate) fn in_short(error: clap::Error) -> String {
    let text = problem(error, Paint::new(false));
    let first = text.split("\n\n").next().unwrap_or_default();
    let first = first.strip_prefix("error: ").unwrap_or(first);
    first.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn context(error: &clap::Error, kind: ContextKind) -> Option<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        _ => None,
    }
}

/// Redacts the value that clap quotes.
fn hide(error: &mut clap::Error) {
    let arg = context(error, ContextKind::InvalidArg).unwrap_or_default();
    let flag = arg.split([' ', '=']).next().unwrap_or_default();
    let value = context(error, ContextKind::InvalidValue).filter(|value| !value.is_empty());
    if let Some(value) = value {
        let shown = if CREDENTIALS.contains(&flag) {
            REDACTED.to_owned()
        } else if HEADERS.contains(&flag) {
            shown_header(&value)
        } else {
            value
        };
        error.insert(ContextKind::InvalidValue, ContextValue::String(shown));
    }
}

/// Redacts secrets that have a known prefix.
fn without_secrets(mut text: String) -> String {
    for prefix in SECRETS {
        let mut from = 0;
        while let Some(found) = text[from..].find(prefix) {
            let start = from + found;
            let is_part = |char: char| char.is_ascii_alphanumeric() || "_-+/=".contains(char);
            let rest = &text[start + prefix.len()..];
            let size = rest.find(|char| !is_part(char)).unwrap_or(rest.len());
            from = start + prefix.len();
            if size > 0 {
                text.replace_range(start..from + size, REDACTED);
                from = start + REDACTED.len();
            }
        }
    }
    text
}

/// Redacts a malformed header, which may hold a credential anywhere.
fn shown_header(text: &str) -> String {
    if let Some((name, value)) = text.split_once(':') {
        let is_name = !name.trim().is_empty() && name.trim().bytes().all(is_token_byte);
        return match redact::holds_credential_name(name) {
            false => text.to_owned(),
            true if is_name => format!("{name}: {}", redact::header(name, value.trim())),
            true => REDACTED.to_owned(),
        };
    }
    let end = text.find(|char: char| char.is_whitespace() || char == '=');
    let (first, rest) = text.split_at(end.unwrap_or(text.len()));
    match (is_like_a_name(first), rest.chars().next()) {
        (true, None) => text.to_owned(),
        (true, Some(between)) => format!("{first}{between}{REDACTED}"),
        (false, _) => REDACTED.to_owned(),
    }
}

/// Returns whether a word looks like a header name rather than a token: short parts of only letters or only digits.
fn is_like_a_name(word: &str) -> bool {
    let is_part = |part: &str| {
        part.len() <= 16
            && (part.bytes().all(|byte| byte.is_ascii_alphabetic())
                || part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    word.split('-').all(is_part)
}

/// Escapes control characters in what clap quotes. Returns whether there were none.
fn make_safe(error: &mut clap::Error) -> bool {
    let is_safe = |text: &str| !text.chars().any(|char| is_dangerous(char) && char != '\n');
    let mut was_safe = error
        .source()
        .is_none_or(|source| is_safe(&source.to_string()));
    let texts: Vec<(ContextKind, String)> = error
        .context()
        .filter_map(|(kind, value)| match value {
            ContextValue::String(text) => Some((kind, text.clone())),
            _ => None,
        })
        .collect();
    for (kind, text) in texts.into_iter().filter(|(_, text)| !is_safe(text)) {
        was_safe = false;
        error.insert(kind, ContextValue::String(safe(&text)));
    }
    was_safe
}
