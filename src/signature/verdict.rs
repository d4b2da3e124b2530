//! What a verification says.

use super::scheme::Scheme;
use crate::request::Request;

/// What a verification found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Valid,
    Invalid,
    /// The scheme has no signature: nothing was proven.
    Unsigned,
    /// There was nothing to verify with.
    NoSecret,
}

/// What is wrong on the face of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Reason {
    MissingHeader,
    MalformedHeader,
    UnsupportedVersion,
    /// The signature fits, and its time is too old.
    Stale,
    /// The signature fits, and its time has not come yet.
    Future,
    Mismatch,
}

impl Reason {
    /// The word for it in machine output.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::MissingHeader => "missing_header",
            Self::MalformedHeader => "malformed_header",
            Self::UnsupportedVersion => "unsupported_version",
            Self::Stale => "stale",
            Self::Future => "future",
            Self::Mismatch => "mismatch",
        }
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Check {
    pub(crate) name: &'static str,
    pub(crate) ok: bool,
    /// One sentence without a full stop.
    pub(crate) detail: String,
}

/// The clock to verify by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    /// Unix seconds.
    pub(crate) now: i64,
    /// Tolerance in seconds, in place of the scheme's own.
    pub(crate) tolerance: Option<i64>,
}

/// A verdict and how it came about.
#[derive(Clone, Debug)]
pub(crate) struct Verification {
    pub(crate) status: Status,
    /// Name of the scheme; empty if none is known.
    pub(crate) scheme: String,
    /// What is wrong, if the status is [`Status::Invalid`].
    pub(crate) reason: Option<Reason>,
    pub(crate) delivery_id: Option<String>,
    /// Signed time, unix seconds.
    pub(crate) timestamp: Option<i64>,
    pub(crate) checks: Vec<Check>,
    /// Which of the keys fits, counted from 0.
    pub(crate) key: Option<usize>,
}

impl Verification {
    /// A request without a signature that any scheme knows.
    pub(crate) fn without_scheme(request: &Request) -> Self {
        let alike = super::verify::like_signatures(request);
        let detail = if alike.is_empty() {
            "the request carries no signature that is known here".to_owned()
        } else {
            format!(
                "none that is known here; the request has {alike}, so name the sender with `--scheme`"
            )
        };
        Self::refused(
            String::new(),
            Reason::MissingHeader,
            super::verify::SIGNATURE,
            detail,
        )
    }

    /// A request that cannot be verified with the secrets at hand.
    pub(crate) fn unfit(scheme: &Scheme, problem: &str) -> Self {
        Self::refused(
            scheme.id.clone(),
            Reason::Mismatch,
            super::verify::SECRET,
            problem.to_owned(),
        )
    }

    fn refused(scheme: String, reason: Reason, name: &'static str, detail: String) -> Self {
        Self {
            status: Status::Invalid,
            scheme,
            reason: Some(reason),
            delivery_id: None,
            timestamp: None,
            checks: vec![Check {
                name,
                ok: false,
                detail,
            }],
            key: None,
        }
    }

    /// Whether the signature itself is absent, rather than wrong.
    pub(crate) fn signature_is_missing(&self) -> bool {
        self.reason == Some(Reason::MissingHeader)
            && self
                .checks
                .iter()
                .any(|check| check.name == super::verify::SIGNATURE && !check.ok)
    }

    /// The detail of the check that failed.
    pub(crate) fn failure(&self) -> Option<&str> {
        self.checks
            .iter()
            .find(|check| !check.ok)
            .map(|check| &*check.detail)
    }
}
