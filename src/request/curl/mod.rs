//! A request as a curl command that sends the same bytes. The sender chose those bytes, so they must stay an argument
//! in every shell, also when the command is pasted at a prompt.

mod cmd;
mod config;
mod posix;
mod powershell;

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Header, Request};

pub(crate) use posix::quote;

/// Where a command sends a request to, and how.
pub(crate) struct Destination<'a> {
    /// The absolute URL.
    pub(crate) url: &'a str,
    /// Host and port of the URL, as curl will name them in the Host header.
    pub(crate) authority: &'a str,
    /// The request target, if it is not path and query of the URL.
    pub(crate) target: Option<&'a str>,
    /// Accept any certificate.
    pub(crate) insecure: bool,
    /// File with the certificates to trust.
    pub(crate) cacert: Option<&'a str>,
}

/// The URL of a target at an origin, and the target if it cannot be written as a part of the URL: `*`, one with a
/// fragment, which curl drops, and a whole URL, which may name a file or another protocol.
pub(crate) fn at<'a>(origin: &str, target: &'a str) -> (String, Option<&'a str>) {
    if target.starts_with('/') && !target.contains('#') {
        (format!("{origin}{target}"), None)
    } else {
        (format!("{origin}/"), Some(target))
    }
}

/// Shells that commands are written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shell {
    /// sh, bash, dash, zsh and fish
    Posix,
    /// Windows PowerShell and PowerShell 7
    Powershell,
    /// The command prompt of Windows
    Cmd,
}

/// Body from which on curl asks the server for permission first.
const MAX_WITHOUT_EXPECT: usize = 1_000_000;

/// The command, one option a line.
pub(crate) fn print(request: &Request, to: &Destination<'_>, shell: Shell) -> String {
    let command = Command::new(request, to);
    match shell {
        Shell::Posix => posix::print(&command),
        Shell::Powershell => powershell::print(&command),
        Shell::Cmd => cmd::print(&command),
    }
}

/// A command, independent of the shell.
struct Command<'a> {
    /// Method and URL come first; they share the first line.
    options: Vec<Choice<'a>>,
    /// `None` sends no body; an empty body sends a Content-Length.
    body: Option<&'a [u8]>,
}

/// An option with its value.
struct Choice<'a> {
    /// The flag on the command line; empty for the URL.
    flag: &'static str,
    /// The name in a configuration file.
    key: &'static str,
    value: Option<Cow<'a, [u8]>>,
}

impl<'a> Choice<'a> {
    fn new(flag: &'static str, key: &'static str, value: impl Into<Cow<'a, [u8]>>) -> Self {
        Self {
            flag,
            key,
            value: Some(value.into()),
        }
    }

    fn switch(flag: &'static str, key: &'static str) -> Self {
        Self {
            flag,
            key,
            value: None,
        }
    }
}

impl<'a> Command<'a> {
    fn new(request: &'a Request, to: &'a Destination<'_>) -> Self {
        let is_bare_head = request.method == "HEAD" && request.body.is_empty();
        let mut options = vec![
            if is_bare_head {
                // With -X, curl would wait for a body that never comes.
                Choice::switch("-I", "head")
            } else {
                Choice::new("-X", "request", request.method.as_bytes())
            },
            Choice::new("", "url", to.url.as_bytes()),
            // curl would resolve dots in the path.
            Choice::switch("--path-as-is", "path-as-is"),
        ];
        if to.url.contains(['[', ']', '{', '}']) {
            options.push(Choice::switch("--globoff", "globoff"));
        }
        let target = to.target.map(str::as_bytes);
        options
            .extend(target.map(|target| Choice::new("--request-target", "request-target", target)));
        if to.insecure {
            options.push(Choice::switch("-k", "insecure"));
        }
        let file = to.cacert.map(str::as_bytes);
        options.extend(file.map(|file| Choice::new("--cacert", "cacert", file)));
        options.extend(headers(request, to));
        let has_body = !request.body.is_empty() || request.headers.contains("content-length");
        Self {
            options,
            body: (has_body && !is_bare_head).then_some(&*request.body),
        }
    }
}

fn headers<'a>(request: &'a Request, to: &'a Destination<'_>) -> impl Iterator<Item = Choice<'a>> {
    let own = request.headers.iter().filter(move |header| {
        let is = |name| header.name.eq_ignore_ascii_case(name);
        // curl makes these itself.
        !(is("content-length") || is("host") && header.value == to.authority.as_bytes())
    });
    let own = own.map(|Header { name, value }| {
        // An empty value is written with a semicolon; with a colon curl would drop the header.
        if value.is_empty() {
            format!("{name};").into_bytes()
        } else {
            [name.as_bytes(), b": ", value].concat()
        }
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
    let unwanted = unwanted.map(|(name, _)| format!("{name}:").into_bytes());
    own.chain(unwanted)
        .map(|header| Choice::new("-H", "header", header))
}

fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

// Its commands are run by the shells of Unix.
#[cfg(all(test, unix))]
mod tests;
