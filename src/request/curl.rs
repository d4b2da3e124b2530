//! A request as a curl command that sends the same bytes.

use super::{Header, Request, latin1};

/// The command, one option a line. `url` is the absolute URL.
///
/// A body that is no text goes through `base64 --decode`, since a shell argument cannot hold every byte.
pub(crate) fn print(request: &Request, url: &str) -> String {
    let mut lines = vec![format!("curl -X {} {}", request.method, quote(url))];
    // curl would add an Accept of its own and resolve dots in the path.
    lines.push("--path-as-is".to_owned());
    for Header { name, value } in request.headers.iter() {
        if name.eq_ignore_ascii_case("content-length") || name.eq_ignore_ascii_case("host") {
            continue;
        }
        // An empty value is written with a semicolon; with a colon curl would drop the header.
        let header = if value.is_empty() {
            format!("{name};")
        } else {
            format!("{name}: {}", latin1(value))
        };
        lines.push(format!("-H {}", quote(&header)));
    }
    let mut before = String::new();
    if !request.body.is_empty() {
        match std::str::from_utf8(&request.body) {
            Ok(text) if !text.contains('\0') => lines.push(format!("--data-raw {}", quote(text))),
            _ => {
                use base64::Engine as _;
                let encoded = base64::engine::general_purpose::STANDARD.encode(&request.body);
                before = format!("printf %s {encoded} | base64 --decode | ");
                lines.push("--data-binary @-".to_owned());
            }
        }
    }
    format!("{before}{}\n", lines.join(" \\\n  "))
}

/// Quotes text for a POSIX shell.
fn quote(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:=@%+,".contains(&byte);
    if !text.is_empty() && text.bytes().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}
