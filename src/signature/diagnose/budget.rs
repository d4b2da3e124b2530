//! How much work a search may do. It is counted in bytes, not in seconds, so that the same request always gets the
//! same diagnosis.

use std::cell::{Cell, RefCell};

use super::cause::Code;

/// A part of the search that may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    Keys,
    Urls,
    Timestamps,
    LineEndings,
    Spellings,
    Numbers,
    KeyOrder,
    Wrappings,
    Charsets,
    Forms,
    Templates,
    Secrets,
    Schemes,
    CombinedSpellings,
    TwoMistakes,
    NearTimestamps,
}

impl Part {
    /// What it tries, for people.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Keys => "other forms of the secret",
            Self::Urls => "other URLs",
            Self::Timestamps => "other timestamps",
            Self::LineEndings => "other line endings",
            Self::Spellings => "other spellings of the JSON",
            Self::Numbers => "other number formats",
            Self::KeyOrder => "other key orders",
            Self::Wrappings => "the body encoded or decoded",
            Self::Charsets => "other character sets",
            Self::Forms => "other form encodings",
            Self::Templates => "other message templates",
            Self::Secrets => "other configured secrets",
            Self::Schemes => "other schemes",
            Self::CombinedSpellings => "several differences in the JSON at once",
            Self::TwoMistakes => "two mistakes at once",
            Self::NearTimestamps => "timestamps near the one received",
        }
    }

    /// The part that tries other bodies with such a cause.
    pub(super) fn of(code: Code) -> Self {
        match code {
            Code::BodyFinalNewline | Code::BodyLineEndings | Code::BodyBom => Self::LineEndings,
            Code::BodyCharset => Self::Charsets,
            Code::BodyFormEncoding => Self::Forms,
            Code::BodyNumberFormat => Self::Numbers,
            Code::BodyKeyOrder => Self::KeyOrder,
            Code::BodyDoubleStringified | Code::BodyBase64 | Code::BodyGzip => Self::Wrappings,
            _ => Self::Spellings,
        }
    }
}

/// Work by the size of the body, in bytes hashed: between two rows in proportion. SHA-256 is hashed at about 1.8 GB/s,
/// so that these are about 10 ms, 200 ms, 1 s and 3 s.
const LIMITS: [(usize, u64); 4] = [
    (1 << 10, 20 << 20),
    (50 << 10, 340 << 20),
    (1 << 20, 1700 << 20),
    (5 << 20, 5400 << 20),
];

fn limit(size: usize) -> u64 {
    let mut before = LIMITS[0];
    for row in LIMITS {
        if size <= row.0 {
            let [above, between] = [size.saturating_sub(before.0), row.0 - before.0]
                .map(|size| u64::try_from(size.max(1)).unwrap_or(u64::MAX));
            return before.1 + (row.1 - before.1) * above / between;
        }
        before = row;
    }
    before.1
}

/// The share of the last part is one of so many.
const RESERVED: u64 = 16;

/// Most bytes that are held in memory to try them as a tree or as one text.
pub(super) const MAX_HELD: u64 = 1 << 20;

/// The work that is left.
pub(super) struct Budget<'a> {
    left: Cell<u64>,
    /// What is kept for later parts.
    kept: Cell<u64>,
    /// The share of it that is for the last part.
    reserved: Cell<u64>,
    is_unlimited: bool,
    left_out: RefCell<Vec<Part>>,
    /// The part that a search belongs to, whatever it tries.
    whole: Cell<Option<Part>>,
    done: Cell<u64>,
    /// Is told how much was done.
    progress: Option<&'a dyn Fn(u64)>,
}

impl<'a> Budget<'a> {
    /// For a body of this size; without a limit if the search is to be thorough.
    pub(super) fn new(size: usize, thorough: bool, progress: Option<&'a dyn Fn(u64)>) -> Self {
        let left = if thorough { u64::MAX } else { limit(size) };
        let reserved = left / RESERVED;
        Self {
            left: Cell::new(left),
            kept: Cell::new(reserved),
            reserved: Cell::new(reserved),
            is_unlimited: thorough,
            left_out: RefCell::default(),
            whole: Cell::new(None),
            done: Cell::new(0),
            progress,
        }
    }

    /// Runs a part of the search that may use three quarters of what is left, so that those after it have a share, too.
    pub(super) fn share<T>(&self, search: impl FnOnce() -> T) -> T {
        let reserved = self.reserved.get();
        let others = self.left.get().saturating_sub(reserved) / 4;
        self.kept.set(reserved + others);
        let found = search();
        self.kept.set(reserved);
        found
    }

    /// Runs a search of which all that is left out is a part of this one.
    pub(super) fn within<T>(&self, part: Part, search: impl FnOnce() -> T) -> T {
        self.whole.set(Some(part));
        let found = search();
        self.whole.set(None);
        found
    }

    /// Lets the last part have all that is left.
    pub(super) fn release(&self) {
        self.reserved.set(0);
        self.kept.set(0);
    }

    /// Whether there is enough left for this work, which is then taken; if not, the part is noted as left out.
    pub(super) fn take(&self, part: Part, work: u64) -> bool {
        let left = self.left.get();
        if !self.is_unlimited && left.saturating_sub(self.kept.get()) < work {
            self.leave_out(part);
            return false;
        }
        self.spend(work);
        true
    }

    /// Takes work that is done in any case.
    pub(super) fn spend(&self, work: u64) {
        self.left.set(self.left.get().saturating_sub(work));
        self.done.set(self.done.get().saturating_add(work));
        if let Some(progress) = self.progress {
            progress(self.done.get());
        }
    }

    /// Whether so many bytes may be held in memory; if not, the part is noted as left out.
    pub(super) fn holds(&self, part: Part, bytes: u64) -> bool {
        let holds = self.is_unlimited || bytes <= MAX_HELD;
        if !holds {
            self.leave_out(part);
        }
        holds
    }

    /// How many of so many are tried: most of them, unless the search is thorough.
    pub(super) fn most(&self, part: Part, count: usize, most: usize) -> usize {
        if self.is_unlimited || count <= most {
            return count;
        }
        self.leave_out(part);
        most
    }

    pub(super) fn leave_out(&self, part: Part) {
        let part = self.whole.get().unwrap_or(part);
        let mut left_out = self.left_out.borrow_mut();
        if !left_out.contains(&part) {
            left_out.push(part);
        }
    }

    /// The parts that were left out, in the order of the search.
    pub(super) fn left_out(&self) -> Vec<Part> {
        let mut left_out = self.left_out.borrow().clone();
        left_out.sort();
        left_out
    }
}

#[cfg(test)]
mod tests;
