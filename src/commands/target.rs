//! The URL that requests go to, as a user writes it.

use std::ffi::OsStr;
use std::str::FromStr;

use clap::builder::TypedValueParser;
use clap::error::ErrorKind;
use clap::{Arg, Command};
use url::Url;

use crate::render::text::safe;
use crate::request::redact::REDACTED;
use crate::sender::Reach;

/// A target as the user wrote it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// Without the credentials.
    pub(crate) url: Url,
    /// Whether a path was written; without one, a replayed request keeps its own.
    pub(crate) has_path: bool,
    /// `USER:PASS`, as it stood before the host.
    pub(crate) credentials: Option<String>,
    /// Where requests to it may go: anywhere, if a user wrote it.
    pub(crate) reach: Reach,
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Target({})", self.url)
    }
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        if text.trim().is_empty() {
            return Err("it is empty".to_owned());
        }
        let Some((scheme, rest)) = text.split_once("://") else {
            let is_port = text.parse::<u16>().is_ok();
            let rest = match text.strip_prefix(':') {
                Some(port) => format!("localhost:{port}"),
                None if is_port => format!("localhost:{text}"),
                None => text.to_owned(),
            };
            return Err(format!(
                "the URL needs a scheme; did you mean `http://{rest}`?"
            ));
        };
        if !matches!(scheme, "http" | "https") {
            return Err(format!(
                "`{scheme}` is not spoken here; use http:// or https://"
            ));
        }
        let mut url = Url::parse(text).map_err(|error| error.to_string())?;
        let credentials = take_credentials(&mut url);
        Ok(Self {
            url,
            has_path: rest.contains('/'),
            credentials,
            reach: Reach::Anywhere,
        })
    }
}

/// Takes user and password out of a URL.
fn take_credentials(url: &mut Url) -> Option<String> {
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let decoded = |text: &str| {
        percent_encoding::percent_decode_str(text)
            .decode_utf8_lossy()
            .into_owned()
    };
    let user = decoded(url.username());
    let password = decoded(url.password().unwrap_or_default());
    // An http URL has a host, so it takes both.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    Some(format!("{user}:{password}"))
}

/// Reads a target from the command line, and keeps a password out of what is said about it.
#[derive(Clone)]
pub(crate) struct TargetParser;

impl TypedValueParser for TargetParser {
    type Value = Target;

    fn parse_ref(
        &self,
        command: &Command,
        arg: Option<&Arg>,
        value: &OsStr,
    ) -> Result<Target, clap::Error> {
        let plain = |text: &str| text.parse::<Target>();
        let text = value.to_string_lossy();
        let Some((start, host)) = text.rsplit_once('@') else {
            return plain.parse_ref(command, arg, value);
        };
        text.parse().map_err(|problem: String| {
            let scheme = start.find("://").map_or("", |end| &start[..end + 3]);
            let problem = match &start[scheme.len()..] {
                "" => problem,
                credentials => problem.replace(credentials, REDACTED),
            };
            let flag = arg.map(ToString::to_string).unwrap_or_default();
            let said = format!("invalid value '{scheme}{REDACTED}@{host}' for '{flag}': {problem}");
            let said = format!("{}\n\nFor more information, try '--help'.\n", safe(&said));
            clap::Error::raw(ErrorKind::ValueValidation, said).with_cmd(command)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_need_a_scheme_that_is_spoken() {
        let problem = |text: &str| text.parse::<Target>().unwrap_err();
        assert_eq!(
            problem("localhost:3000/x"),
            "the URL needs a scheme; did you mean `http://localhost:3000/x`?"
        );
        assert_eq!(
            problem(":3000"),
            "the URL needs a scheme; did you mean `http://localhost:3000`?"
        );
        assert_eq!(
            problem("ftp://x"),
            "`ftp` is not spoken here; use http:// or https://"
        );
        assert_eq!(
            problem("8080"),
            "the URL needs a scheme; did you mean `http://localhost:8080`?"
        );
        assert_eq!(problem(""), "it is empty");
        let target: Target = "http://us%40er:p%3Aw@localhost:3000/x".parse().unwrap();
        assert_eq!(target.url.as_str(), "http://localhost:3000/x");
        assert_eq!(target.credentials.as_deref(), Some("us@er:p:w"));
        assert!(!"http://localhost:3000".parse::<Target>().unwrap().has_path);
        assert!("http://localhost:3000/".parse::<Target>().unwrap().has_path);
    }
}
