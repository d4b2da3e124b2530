//! A request as a curl command that sends the same bytes.

use super::{Header, Request, latin1};

/// Where a command sends a request to, and how.
pub(crate) struct Destination<'a> {
    /// The absolute URL.
    pub(crate) url: &'a str,
    /// Host and port of the URL, as curl will name them in the Host header.
    pub(crate) authority: &'a str,
    /// Accept any certificate.
    pub(crate) insecure: bool,
    /// File with the certificates to trust.
    pub(crate) cacert: Option<&'a str>,
}

/// Longest body that is an argument; Linux takes 128 KiB in one, and other systems less in all.
const MAX_ARGUMENT: usize = 100_000;
/// Body from which on curl asks the server for permission first.
const MAX_WITHOUT_EXPECT: usize = 1_000_000;

/// The command, one option a line.
///
/// A body that is too long for an argument goes through `printf`, which a shell has built in; one that is no text
/// goes through `base64 --decode`, since a shell argument cannot hold every byte.
pub(crate) fn print(request: &Request, to: &Destination<'_>) -> String {
    let is_bare_head = request.method == "HEAD" && request.body.is_empty();
    let method = if is_bare_head {
        // With -X, curl would wait for a body that never comes.
        "-I".to_owned()
    } else {
        format!("-X {}", quote(&request.method))
    };
    let mut lines = vec![format!("curl {method} {}", quote(to.url))];
    // curl would resolve dots in the path.
    lines.push("--path-as-is".to_owned());
    if to.url.contains(['[', ']', '{', '}']) {
        lines.push("--globoff".to_owned());
    }
    if to.insecure {
        lines.push("-k".to_owned());
    }
    lines.extend(to.cacert.map(|file| format!("--cacert {}", quote(file))));
    lines.extend(headers(request, to));
    let (before, body) = body(request);
    lines.extend(body.filter(|_| !is_bare_head));
    format!("{before}{}\n", lines.join(" \\\n  "))
}

fn headers<'a>(request: &'a Request, to: &Destination<'_>) -> impl Iterator<Item = String> + 'a {
    let authority = to.authority.to_owned();
    let own = request.headers.iter().filter(move |header| {
        let is = |name| header.name.eq_ignore_ascii_case(name);
        // curl makes these itself.
        !(is("content-length") || is("host") && header.value == authority.as_bytes())
    });
    let own = own.map(|Header { name, value }| {
        // An empty value is written with a semicolon; with a colon curl would drop the header.
        let header = if value.is_empty() {
            format!("{name};")
        } else {
            format!("{name}: {}", latin1(value))
        };
        format!("-H {}", quote(&header))
    });
    // Headers that curl adds by itself unless they are there, or are taken out like this.
    let has_data = !request.body.is_empty() || request.headers.contains("content-length");
    let added = [
        ("User-Agent", true),
        ("Accept", true),
        ("Content-Type", has_data),
        ("Expect", request.body.len() > MAX_WITHOUT_EXPECT),
    ];
    let unwanted = added
        .into_iter()
        .filter(|(name, adds)| *adds && !request.headers.contains(name));
    own.chain(unwanted.map(|(name, _)| format!("-H {name}:")))
}

/// What stands before the command, and the option that holds the body.
fn body(request: &Request) -> (String, Option<String>) {
    let from_stdin = Some("--data-binary @-".to_owned());
    match std::str::from_utf8(&request.body) {
        Ok("") if !request.headers.contains("content-length") => (String::new(), None),
        Ok(text) if !text.contains('\0') && text.len() > MAX_ARGUMENT => {
            (format!("printf %s {} | ", quote(text)), from_stdin)
        }
        Ok(text) if !text.contains('\0') => {
            (String::new(), Some(format!("--data-raw {}", quote(text))))
        }
        _ => {
            use base64::Engine as _;
            let encoded = base64::engine::general_purpose::STANDARD.encode(&request.body);
            (
                format!("printf %s {encoded} | base64 --decode | "),
                from_stdin,
            )
        }
    }
}

/// Quotes text for a POSIX shell.
pub(crate) fn quote(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:=@%+,".contains(&byte);
    if !text.is_empty() && text.bytes().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}
