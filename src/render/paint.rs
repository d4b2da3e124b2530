//! Colour as a value that is passed in: whether a stream is painted is decided once, per stream.

use colored::{ColoredString, Colorize as _};

/// Paints, or does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Paint {
    on: bool,
}

impl Paint {
    pub(crate) fn new(on: bool) -> Self {
        if on {
            // `colored` would decide by stdout alone; here each stream decides for itself.
            colored::control::set_override(true);
        }
        Self { on }
    }

    pub(crate) fn is_on(self) -> bool {
        self.on
    }

    fn apply(self, text: &str, paint: impl FnOnce(&str) -> ColoredString) -> String {
        if self.on && !text.is_empty() {
            paint(text).to_string()
        } else {
            text.to_owned()
        }
    }

    pub(crate) fn good(self, text: &str) -> String {
        self.apply(text, |text| text.green())
    }

    pub(crate) fn bad(self, text: &str) -> String {
        self.apply(text, |text| text.red())
    }

    pub(crate) fn warn(self, text: &str) -> String {
        self.apply(text, |text| text.yellow())
    }

    pub(crate) fn name(self, text: &str) -> String {
        self.apply(text, |text| text.cyan())
    }

    pub(crate) fn strong(self, text: &str) -> String {
        self.apply(text, |text| text.bold())
    }

    pub(crate) fn faint(self, text: &str) -> String {
        self.apply(text, |text| text.dimmed())
    }

    /// A word that heads a message.
    pub(crate) fn error(self, text: &str) -> String {
        self.apply(text, |text| text.red().bold())
    }

    /// A status by its class.
    pub(crate) fn status(self, status: u16) -> String {
        let text = status.to_string();
        match status {
            200..=299 => self.good(&text),
            300..=399 => self.warn(&text),
            _ => self.bad(&text),
        }
    }
}
