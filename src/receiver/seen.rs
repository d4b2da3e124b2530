//! The deliveries that came before: what comes again is a duplicate.

use std::collections::{HashSet, VecDeque};
use std::hash::{BuildHasherDefault, Hasher};

/// The hash of a key of a delivery: long enough that no two of those remembered meet by chance, and made with a
/// secret of the process, so that nobody makes two meet.
pub(super) type Mark = u64;

/// The keys of the deliveries that came last.
#[derive(Debug, Default)]
pub(super) struct Seen {
    marks: HashSet<Mark, BuildHasherDefault<AsItIs>>,
    order: VecDeque<Mark>,
}

/// How many keys are remembered.
const REMEMBERED: usize = 100_000;

impl Seen {
    /// Remembers a mark; false if it was there.
    pub(super) fn insert(&mut self, mark: Mark) -> bool {
        if !self.marks.insert(mark) {
            return false;
        }
        self.order.push_back(mark);
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.marks.remove(&oldest);
        }
        true
    }

    pub(super) fn forget(&mut self, marks: &[Mark]) {
        for mark in marks {
            self.marks.remove(mark);
        }
        self.order.retain(|mark| !marks.contains(mark));
    }
}

/// Takes a mark as its own hash.
#[derive(Debug, Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, mark: u64) {
        self.0 = mark;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
