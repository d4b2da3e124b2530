//! Forms that were parsed and written again, or put around a body or taken off it.

use std::ops::ControlFlow;

use serde_json::Value;

use super::body::One;
use super::cause::Code;
use crate::request::form;

/// Visits the body as a form that is written in other ways.
pub(super) fn visit(body: &[u8], one: &mut One<'_>) -> ControlFlow<()> {
    let code = Code::BodyFormEncoding;
    let Ok(text) = std::str::from_utf8(body) else {
        return ControlFlow::Continue(());
    };
    let value: Option<Value> = serde_json::from_str(text).ok();
    if let Some(value) = &value {
        for style in STYLES {
            for field in ["payload", "data", "body"] {
                let wrapped = format!("{field}={}", escape(text, style));
                one(
                    wrapped.as_bytes(),
                    code,
                    &format!("the body as the form field `{field}`"),
                )?;
            }
        }
        if value.is_object() {
            one(
                form::from_value(value).as_bytes(),
                code,
                "the body as a form, where it came as JSON",
            )?;
        }
        return ControlFlow::Continue(());
    }
    if !text.contains('=') || text.contains(['{', '\n']) {
        return ControlFlow::Continue(());
    }
    let pairs = form::pairs(body);
    for (name, value) in &pairs {
        if value.starts_with(['{', '[']) {
            one(
                value.as_bytes(),
                code,
                &format!("the text of the form field `{}`", name.escape_default()),
            )?;
        }
    }
    let mut sorted = pairs.clone();
    sorted.sort();
    for style in STYLES {
        for (pairs, order) in [(&pairs, ""), (&sorted, ", its fields sorted")] {
            let written = write(pairs, style);
            one(
                written.as_bytes(),
                code,
                &format!("the form written again with {}{order}", style.words()),
            )?;
        }
    }
    one(
        text.replace("%20", "+").as_bytes(),
        code,
        "the form with `+` for spaces",
    )?;
    one(
        text.replace('+', "%20").as_bytes(),
        code,
        "the form with `%20` for spaces",
    )?;
    let decoded: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    one(
        decoded.join("&").as_bytes(),
        code,
        "the form with its escapes undone",
    )?;
    let object: serde_json::Map<String, Value> = pairs
        .into_iter()
        .map(|(name, value)| (name, value.into()))
        .collect();
    let json = crate::request::json::stringify(&Value::Object(object));
    one(json.as_bytes(), code, "the form's fields as JSON")
}

/// How a form is escaped.
#[derive(Clone, Copy)]
enum Escapes {
    /// Browsers: `+` for a space; `*-._` stay.
    Browser,
    /// Python's `quote_plus`: `+` for a space; `-._~` stay.
    QuotePlus,
    /// RFC 3986: `%20` for a space; `-._~` stay.
    Rfc3986,
    /// JavaScript's `encodeURIComponent`: `%20`; `-._~!'()*` stay.
    Component,
    /// Python's `quote`: `%20`; `-._~/` stay.
    Quote,
    /// As [`Self::QuotePlus`], with hex digits in lower case.
    LowerCase,
}

const STYLES: [Escapes; 6] = [
    Escapes::Browser,
    Escapes::QuotePlus,
    Escapes::Rfc3986,
    Escapes::Component,
    Escapes::Quote,
    Escapes::LowerCase,
];

impl Escapes {
    fn words(self) -> &'static str {
        match self {
            Self::Browser => "the escapes of a browser",
            Self::QuotePlus => "`+` for spaces and `~` as it is",
            Self::Rfc3986 => "`%20` for spaces, as RFC 3986 has it",
            Self::Component => "the escapes of encodeURIComponent",
            Self::Quote => "`%20` for spaces and `/` as it is",
            Self::LowerCase => "hex digits in lower case",
        }
    }

    fn keeps(self) -> &'static [u8] {
        match self {
            Self::Browser => b"*-._",
            Self::QuotePlus | Self::Rfc3986 | Self::LowerCase => b"-._~",
            Self::Component => b"-._~!'()*",
            Self::Quote => b"-._~/",
        }
    }
}

fn escape(text: &str, style: Escapes) -> String {
    let mut out = String::with_capacity(text.len() * 3 / 2);
    for byte in text.bytes() {
        match (byte, style) {
            (byte, _) if byte.is_ascii_alphanumeric() || style.keeps().contains(&byte) => {
                out.push(char::from(byte));
            }
            (b' ', Escapes::Browser | Escapes::QuotePlus | Escapes::LowerCase) => out.push('+'),
            (byte, Escapes::LowerCase) => out.push_str(&format!("%{byte:02x}")),
            (byte, _) => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

fn write(pairs: &[(String, String)], style: Escapes) -> String {
    let written: Vec<_> = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", escape(name, style), escape(value, style)))
        .collect();
    written.join("&")
}
