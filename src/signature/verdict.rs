//! What a verification says.

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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// Name of the scheme.
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
