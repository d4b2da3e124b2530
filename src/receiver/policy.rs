//! The answer policy of a receiver, which may change while requests come.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use super::AnswerPolicy;

/// The policy of now.
#[derive(Debug)]
pub(crate) struct Policy {
    now: RwLock<Arc<AnswerPolicy>>,
    /// Counts the requests that it had a turn for.
    turns: AtomicU64,
}

impl Policy {
    pub(crate) fn new(policy: AnswerPolicy) -> Self {
        Self {
            now: RwLock::new(Arc::new(policy)),
            turns: AtomicU64::new(0),
        }
    }

    pub(crate) fn now(&self) -> Arc<AnswerPolicy> {
        let now = self.now.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&now)
    }

    /// Puts another in its place, whose turns are counted from the start.
    pub(crate) fn set(&self, policy: AnswerPolicy) {
        let mut now = self.now.write().unwrap_or_else(PoisonError::into_inner);
        *now = Arc::new(policy);
        self.turns.store(0, Ordering::Relaxed);
    }

    /// The next turn, counted from 1.
    pub(super) fn turn(&self) -> u64 {
        self.turns.fetch_add(1, Ordering::Relaxed) + 1
    }
}
