//! How a command ends: an [`Outcome`] if it worked, an [`Error`] if it did not, and the one table of exit codes.

use std::error::Error as StdError;
use std::fmt;

/// What a fallible step comes to; of parsers, with a message as its error.
pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

/// What a command found out, once it worked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The answer is good: delivered, valid, as expected.
    Good,
    /// The answer is bad: refused, invalid, not as expected.
    Bad,
    /// As a command ended that was run for the user, and that did not end well.
    Exit(u8),
}

impl Outcome {
    /// Exit code of a command that worked.
    pub(crate) fn exit_code(self) -> u8 {
        match self {
            Self::Good => 0,
            Self::Bad => 1,
            Self::Exit(code) => code,
        }
    }

    /// `Good` if the condition holds.
    pub(crate) fn good_if(condition: bool) -> Self {
        if condition { Self::Good } else { Self::Bad }
    }
}

/// Whose fault an error is; it decides the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The command was wrong: flags, names, malformed input.
    Usage,
    /// The machine was in the way: a port, a file, the disk.
    Machine,
}

/// Why a command did not work, what to do next, and what lies beneath.
#[derive(Debug)]
pub(crate) struct Error {
    kind: Kind,
    message: String,
    hints: Vec<String>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// The command was wrong. `message` says what and carries the value: lower case, no full stop.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message.into())
    }

    /// The machine was in the way. `message` says what was being done, with the value.
    pub(crate) fn machine(message: impl Into<String>) -> Self {
        Self::new(Kind::Machine, message.into())
    }

    fn new(kind: Kind, message: String) -> Self {
        Self {
            kind,
            message,
            hints: Vec::new(),
            source: None,
        }
    }

    /// Adds what to do next: a sentence without a full stop if it ends in something to copy.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds a hint if there is one.
    pub(crate) fn maybe_hint(self, hint: Option<String>) -> Self {
        match hint {
            Some(hint) => self.hint(hint),
            None => self,
        }
    }

    /// Says of what it is, in front of what is wrong.
    pub(crate) fn of(mut self, what: &str) -> Self {
        self.message = format!("{what}: {}", self.message);
        self
    }

    /// Adds the error beneath.
    pub(crate) fn because(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    pub(crate) fn hints(&self) -> &[String] {
        &self.hints
    }

    /// Exit code of a command that did not work.
    pub(crate) fn exit_code(&self) -> u8 {
        match self.kind {
            Kind::Usage => 2,
            Kind::Machine => 3,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some(source) = &self.source {
            write!(f, ": {}", chain(source.as_ref()))?;
        }
        Ok(())
    }
}

impl StdError for Error {}

/// The text of a file, `-` for stdin. Malformed input is a usage error, whatever kind of file it is.
///
/// # Errors
/// The bytes are not UTF-8; the error names the file and the offset, and quotes none of its bytes, which may be a secret.
pub(crate) fn utf8(bytes: Vec<u8>, file: &str) -> Result<String> {
    String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        let hint = match error.as_bytes() {
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
                "It looks like UTF-16, as `>` writes it in Windows PowerShell; save it as UTF-8."
            }
            _ => "Save it as UTF-8.",
        };
        let file = if file == "-" { "stdin" } else { file };
        Error::usage(format!(
            "`{file}` is not UTF-8: invalid byte at offset {offset}"
        ))
        .hint(hint)
    })
}

/// The messages of an error and of all that lie beneath it, without repetitions.
pub(crate) fn chain(error: &(dyn StdError + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        let message = source.to_string();
        if !text.contains(&message) {
            text.push_str(": ");
            text.push_str(&message);
        }
        next = source.source();
    }
    text
}
