//! Text for people that is bounded while it is written: of what is over the limits, only the size is counted.

use super::text::{is_dangerous, write_escape};
use super::{Paint, grouped, size};

/// How much is shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    lines: usize,
    /// Characters of a line.
    width: usize,
}

impl Limits {
    /// For a body: enough to see what it is.
    pub(crate) const BODY: Self = Self {
        lines: 400,
        width: 4_000,
    };
    /// For text of our own.
    pub(crate) const NONE: Self = Self {
        lines: usize::MAX,
        width: usize::MAX,
    };
}

/// How a piece of text is painted.
pub(super) type Painted = fn(Paint, &str) -> String;

/// What is shown of a text that may be longer.
pub(super) struct Sheet {
    pub(super) paint: Paint,
    limits: Limits,
    shown: String,
    /// What stands before each line that is not empty.
    margin: &'static str,
    /// Lines that are shown.
    lines: usize,
    /// Characters of the last line, which has no end yet.
    width: usize,
    /// Whether anything belongs to that line.
    is_begun: bool,
    /// Bytes that are left out at its end.
    left_out: usize,
    /// Lines that are left out at the end.
    more: usize,
}

impl Sheet {
    pub(super) fn new(limits: Limits, paint: Paint) -> Self {
        Self {
            paint,
            limits,
            shown: String::new(),
            margin: "",
            lines: 0,
            width: 0,
            is_begun: false,
            left_out: 0,
            more: 0,
        }
    }

    /// Sets what stands before each of the following lines.
    pub(super) fn set_margin(&mut self, margin: &'static str) {
        self.margin = margin;
    }

    /// Whether nothing more is shown.
    pub(super) fn is_full(&self) -> bool {
        self.lines == self.limits.lines
    }

    /// Adds text of ours to the line.
    pub(super) fn push(&mut self, text: &str, painted: Painted) {
        self.add(text, painted, |_| false);
    }

    /// Adds a part of a line from strangers, safe for a terminal. Tabs stay.
    pub(super) fn push_safe(&mut self, text: &str, painted: Painted) {
        self.add(text, painted, |char| is_dangerous(char) && char != '\t');
    }

    /// As [`Self::push_safe`], with tabs escaped.
    pub(super) fn push_token(&mut self, text: &str, painted: Painted) {
        self.add(text, painted, is_dangerous);
    }

    fn add(&mut self, text: &str, painted: Painted, is_escaped: impl Fn(char) -> bool) {
        if text.is_empty() {
            return;
        }
        if !std::mem::replace(&mut self.is_begun, true) && !self.is_full() {
            self.shown.push_str(self.margin);
            self.width = self.margin.len();
        }
        if self.is_full() || self.left_out > 0 {
            self.left_out += text.len();
            return;
        }
        let mut piece = String::new();
        let mut rest = text.chars();
        while self.width < self.limits.width {
            let Some(char) = rest.next() else { break };
            let start = piece.len();
            if is_escaped(char) {
                write_escape(char, &mut piece);
            } else {
                piece.push(char);
            }
            self.width += if piece.len() - start == char.len_utf8() {
                1
            } else {
                piece.len() - start
            };
        }
        self.left_out = rest.as_str().len();
        self.shown.push_str(&painted(self.paint, &piece));
    }

    /// Ends the line.
    pub(super) fn end_line(&mut self) {
        let left_out = std::mem::take(&mut self.left_out);
        (self.width, self.is_begun) = (0, false);
        if self.is_full() {
            self.more += 1;
            return;
        }
        if left_out > 0 {
            let note = format!(" … {} more", size(left_out));
            self.shown.push_str(&self.paint.faint(&note));
        }
        self.shown.push('\n');
        self.lines += 1;
    }

    /// Ends the line if anything belongs to it.
    pub(super) fn end_begun_line(&mut self) {
        if self.is_begun {
            self.end_line();
        }
    }

    /// What is shown, with a line end.
    pub(super) fn finish(mut self) -> String {
        self.end_begun_line();
        if self.more > 0 {
            let more = u64::try_from(self.more).unwrap_or(u64::MAX);
            let lines = if more == 1 { "line" } else { "lines" };
            let note = format!("… {} more {lines}", grouped(more));
            self.shown.push_str(&self.paint.faint(&note));
            self.shown.push('\n');
        }
        self.shown
    }

    /// What is shown, without the end of the last line.
    pub(super) fn finish_line(self) -> String {
        let mut shown = self.finish();
        shown.truncate(shown.trim_end_matches('\n').len());
        shown
    }
}

/// For text that is not painted.
pub(super) fn plain(_: Paint, text: &str) -> String {
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sheet(lines: usize, width: usize) -> Sheet {
        Sheet::new(Limits { lines, width }, Paint::new(false))
    }

    #[test]
    fn counts_what_it_leaves_out() {
        let mut some = sheet(2, 5);
        some.push("abc", plain);
        some.push("defgh", plain);
        some.push("ij", plain);
        some.end_line();
        some.set_margin("  ");
        some.push_safe("\u{202e}", plain);
        some.end_line();
        some.end_line();
        some.push("x", plain);
        assert_eq!(
            some.finish(),
            "abcde … 5 B more\n  \\u202e\n… 2 more lines\n"
        );
    }

    #[test]
    fn a_cut_is_painted_to_its_end() {
        let mut some = Sheet::new(Limits { lines: 1, width: 3 }, Paint::new(true));
        some.push("abcdef", Paint::good);
        let shown = some.finish();
        assert!(shown.starts_with("\u{1b}[32mabc\u{1b}[0m"), "{shown:?}");
    }

    proptest! {
        #[test]
        fn is_never_larger_than_its_limits(tokens in prop::collection::vec("\\PC{0,9}|\n|\u{1}{0,30}", 0..40), lines in 0_usize..5, width in 0_usize..9) {
            let mut some = sheet(lines, width);
            for token in &tokens {
                if token == "\n" { some.end_line() } else { some.push_token(token, plain) }
            }
            let shown = some.finish();
            prop_assert!(shown.lines().count() <= lines + 1);
            // An escape is never cut.
            prop_assert!(shown.lines().all(|line| line.chars().count() <= width + 5 + " … 100 B more lines".len()));
        }
    }
}
