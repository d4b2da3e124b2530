//! What happened last, for the pages that are open. Bounded: whoever lags is told so, and reads from the history.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::sync::watch;

use crate::lock::lock;
use crate::receiver::{Capture, Rejected, Sink, Taken, Told, Trouble};
use crate::store::Id;

/// Something that a page shows at once.
#[derive(Clone, Debug)]
pub(super) enum Happening {
    Captured(Arc<Capture>),
    Removed(Id),
    Pinned(Id, bool),
    /// Another answer policy holds.
    Policy,
    /// It was taken back.
    Gone,
}

impl Happening {
    fn capture(&self) -> Option<&Arc<Capture>> {
        match self {
            Self::Captured(capture) => Some(capture),
            _ => None,
        }
    }
}

/// How much is remembered.
#[derive(Clone, Copy, Debug)]
struct Limits {
    count: usize,
    /// Of bodies and what goes with them.
    bytes: usize,
    /// Of captures that come faster than anybody reads: under load, memory that stays in the caches of the processor
    /// costs the receiver a fraction of memory that does not.
    burst: usize,
}

/// Enough for a page to go on after a glitch of its connection.
const BESIDE_A_HISTORY: Limits = Limits {
    count: 2_048,
    bytes: 8 * 1024 * 1024,
    burst: 64,
};
/// All that there is.
const ALONE: Limits = Limits {
    count: 5_000,
    bytes: 64 * 1024 * 1024,
    burst: 5_000,
};
/// Within what time captures are a burst.
const BURST: Duration = Duration::from_millis(250);
/// What a capture takes beside its bodies, roughly.
const OVERHEAD: usize = 1_024;

/// The last happenings in their order.
pub(crate) struct Board {
    ring: Mutex<Ring>,
    /// Number of the happening that comes next.
    next: watch::Sender<u64>,
    limits: Limits,
}

#[derive(Debug, Default)]
struct Ring {
    happenings: VecDeque<Happening>,
    /// Number of the first of them.
    first: u64,
    bytes: usize,
    /// Captures that were pinned and are kept nowhere else.
    pinned: HashMap<Id, Arc<Capture>>,
}

/// What happened since a page looked last.
pub(super) struct News {
    pub(super) happenings: Vec<Happening>,
    /// So many are left out: they are gone already, or too many to be shown one by one.
    pub(super) missed: u64,
    /// Where to look next.
    pub(super) next: u64,
}

impl Board {
    /// A board beside a history, or one that has to do without.
    pub(crate) fn new(has_history: bool) -> Self {
        Self {
            ring: Mutex::default(),
            next: watch::channel(0).0,
            limits: if has_history { BESIDE_A_HISTORY } else { ALONE },
        }
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        lock(&self.ring)
    }

    /// Puts something on the board.
    pub(super) fn tell(&self, happening: Happening) {
        let (end, mut gone) = {
            let mut ring = self.ring();
            ring.push(happening);
            (ring.end(), ring.pop_beyond(self.limits))
        };
        // What goes is dropped while nobody waits for it.
        while gone.is_some() {
            gone = self.ring().pop_beyond(self.limits);
        }
        if self.next.receiver_count() == 0 {
            // Whoever begins to watch now reads the ring afterwards.
            return;
        }
        // Two may come here at once, and the later one first.
        self.next.send_if_modified(|next| {
            let is_later = end > *next;
            *next = end.max(*next);
            is_later
        });
    }

    /// Tells when something happens.
    pub(super) fn watch(&self) -> watch::Receiver<u64> {
        self.next.subscribe()
    }

    /// Where those look who want what comes from now on.
    pub(super) fn end(&self) -> u64 {
        self.ring().end()
    }

    /// Where to go on after a capture; `None` if it is not remembered.
    pub(super) fn after(&self, id: Id) -> Option<u64> {
        let ring = self.ring();
        let is_it = |happening: &Happening| matches!(happening, Happening::Captured(capture) if capture.id == id);
        let index = ring.happenings.iter().rposition(is_it)?;
        Some(ring.first + u64::try_from(index).ok()? + 1)
    }

    /// What happened from a number on. If it is more than `most`, it is only counted.
    pub(super) fn since(&self, from: u64, most: usize) -> News {
        let ring = self.ring();
        let next = ring.end();
        let start = usize::try_from(from.saturating_sub(ring.first)).unwrap_or(usize::MAX);
        let count = next.saturating_sub(from);
        if from < ring.first || count > u64::try_from(most).unwrap_or(u64::MAX) {
            return News {
                happenings: Vec::new(),
                missed: count,
                next,
            };
        }
        News {
            happenings: ring.happenings.iter().skip(start).cloned().collect(),
            missed: 0,
            next,
        }
    }

    /// A capture that is remembered.
    pub(super) fn capture(&self, id: Id) -> Option<Arc<Capture>> {
        let ring = self.ring();
        let mut remembered = ring.captures().rev();
        let found = remembered.find(|capture| capture.id == id);
        found.or_else(|| ring.pinned.get(&id)).cloned()
    }

    /// All captures that are remembered and whether they are pinned here, the newest first.
    pub(super) fn captures(&self) -> Vec<(Arc<Capture>, bool)> {
        let ring = self.ring();
        let mut all: HashMap<Id, &Arc<Capture>> =
            ring.captures().map(|one| (one.id, one)).collect();
        all.extend(ring.pinned.iter().map(|(id, one)| (*id, one)));
        let mut all: Vec<_> = all
            .into_iter()
            .map(|(id, one)| (Arc::clone(one), ring.pinned.contains_key(&id)))
            .collect();
        all.sort_by_key(|(one, _)| std::cmp::Reverse(one.id));
        all
    }

    /// Pins a capture here, or lets it go; says whether it is there.
    pub(super) fn pin(&self, id: Id, pinned: bool) -> bool {
        let Some(capture) = self.capture(id) else {
            return false;
        };
        let mut ring = self.ring();
        if pinned {
            ring.pinned.insert(id, capture);
        } else {
            ring.pinned.remove(&id);
        }
        true
    }

    /// Takes a capture back; says whether it was there.
    pub(super) fn remove(&self, id: Id) -> bool {
        let mut ring = self.ring();
        let was_pinned = ring.pinned.remove(&id).is_some();
        let mut happenings = ring.happenings.iter_mut();
        let found =
            happenings.find(|one| matches!(one, Happening::Captured(capture) if capture.id == id));
        let Some(found) = found else {
            return was_pinned;
        };
        let bytes = size(&std::mem::replace(found, Happening::Gone));
        ring.bytes = ring.bytes.saturating_sub(bytes) + size(&Happening::Gone);
        true
    }
}

impl Ring {
    fn end(&self) -> u64 {
        self.first + u64::try_from(self.happenings.len()).unwrap_or(0)
    }

    fn push(&mut self, happening: Happening) {
        self.bytes += size(&happening);
        self.happenings.push_back(happening);
    }

    /// Takes the oldest away if there is too much; the newest stays in any case.
    fn pop_beyond(&mut self, limits: Limits) -> Option<Happening> {
        let count = self.happenings.len();
        let is_too_much = count > limits.count
            || self.bytes > limits.bytes
            || (count > limits.burst && self.is_burst());
        if !is_too_much || count == 1 {
            return None;
        }
        let happening = self.happenings.pop_front()?;
        self.first += 1;
        self.bytes = self.bytes.saturating_sub(size(&happening));
        Some(happening)
    }

    /// Whether the first and the last came at nearly the same time.
    fn is_burst(&self) -> bool {
        let ends = [self.happenings.front(), self.happenings.back()];
        match ends.map(|happening| happening?.capture().map(|capture| capture.received_at)) {
            [Some(first), Some(last)] => last.duration_since(first).unsigned_abs() < BURST,
            _ => false,
        }
    }

    fn captures(&self) -> impl DoubleEndedIterator<Item = &Arc<Capture>> {
        self.happenings.iter().filter_map(Happening::capture)
    }
}

fn size(happening: &Happening) -> usize {
    match happening {
        Happening::Captured(capture) => {
            OVERHEAD + capture.request.body.len() + capture.answer.body.len()
        }
        _ => OVERHEAD,
    }
}

/// Puts captures on the board once they are kept.
pub(crate) struct Tap<S> {
    pub(crate) sink: S,
    pub(crate) board: Arc<Board>,
}

impl<S: Sink> Sink for Tap<S> {
    fn captured(&self, capture: Arc<Capture>) -> Taken<'_> {
        self.sink.captured(capture)
    }

    fn kept(&self, capture: &Arc<Capture>) {
        self.sink.kept(capture);
        self.board.tell(Happening::Captured(Arc::clone(capture)));
    }

    fn rejected(&self, rejected: Rejected) -> Told<'_> {
        self.sink.rejected(rejected)
    }

    fn trouble(&self, trouble: Trouble) {
        self.sink.trouble(trouble);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::receiver::{Answer, Judgement, Verdict};
    use crate::request::raw;
    use crate::store::{Direction, Ids};
    use jiff::Timestamp;
    use std::time::Duration;

    /// Captures with bodies of this size, one a second.
    fn captures(count: usize, body: usize) -> Vec<Arc<Capture>> {
        captures_each(Duration::from_secs(1), count, body)
    }

    /// Captures with this time between them.
    fn captures_each(pause: Duration, count: usize, body: usize) -> Vec<Arc<Capture>> {
        let ids = Ids::new().unwrap();
        let start = Timestamp::now();
        let capture = |number| {
            let now = start + pause * u32::try_from(number).unwrap();
            let mut request = raw::parse(b"POST / HTTP/1.1\n\n").unwrap();
            request.body = vec![b'x'; body].into();
            Arc::new(Capture {
                id: ids.next(Direction::In, now),
                number,
                received_at: now,
                request,
                over: None,
                judgement: Judgement::of(Verdict::Unsigned),
                handshake: None,
                answer: Answer::plain(axum::http::StatusCode::OK),
                duration: Duration::ZERO,
                is_left_out: false,
                forwarded: Vec::new(),
            })
        };
        (1..=u64::try_from(count).unwrap()).map(capture).collect()
    }

    fn put(board: &Board, captures: &[Arc<Capture>]) {
        for capture in captures {
            board.tell(Happening::Captured(Arc::clone(capture)));
        }
    }

    #[test]
    fn who_looks_in_time_sees_all_in_order_and_who_lags_is_told_how_far() {
        let board = Board::new(true);
        let some = captures(5_000, 10);
        put(&board, &some[..3]);
        let news = board.since(0, 200);
        assert_eq!((news.happenings.len(), news.missed, news.next), (3, 0, 3));
        let next = board.after(some[1].id).unwrap();
        let news = board.since(next, 200);
        assert!(
            matches!(&news.happenings[..], [Happening::Captured(last)] if last.id == some[2].id)
        );
        put(&board, &some[3..]);
        for (from, most) in [(3, 200), (3, 10_000)] {
            let news = board.since(from, most);
            assert_eq!(
                (news.happenings.len(), news.missed, news.next),
                (0, 4_997, 5_000)
            );
        }
        assert_eq!(board.after(some[0].id), None, "it is forgotten");
        assert_eq!(board.since(5_000, 200).happenings.len(), 0);
    }

    #[test]
    fn what_is_remembered_has_bounds_and_the_newest_is_always_there() {
        for (has_history, body, most) in [
            (true, 10, 2_048),
            (false, 10, 5_000),
            (true, 1 << 20, 7),
            (false, 1 << 20, 63),
        ] {
            let board = Board::new(has_history);
            put(&board, &captures(most + 10, body));
            let count = board.captures().len();
            assert!(
                count <= most && count + 1 >= most,
                "{count} of {body} bytes"
            );
        }
        let board = Board::new(true);
        let large = captures(2, 100 << 20);
        put(&board, &large);
        assert!(board.capture(large[0].id).is_none() && board.capture(large[1].id).is_some());
    }

    #[test]
    fn what_comes_faster_than_anybody_reads_is_not_kept_for_long() {
        let each = |millis| captures_each(Duration::from_millis(millis), 1_000, 10);
        let kept = |has_history, captures: &[_]| {
            let board = Board::new(has_history);
            put(&board, captures);
            board.captures().len()
        };
        assert_eq!(kept(true, &each(5)), 1_000, "200 a second");
        assert_eq!(kept(true, &each(1)), 64, "1,000 a second");
        assert_eq!(kept(false, &each(1)), 1_000, "it is nowhere else");
        let board = Board::new(true);
        put(&board, &each(1));
        put(&board, &captures(2_000, 10));
        assert_eq!(board.captures().len(), 2_048);
    }

    #[test]
    fn what_is_pinned_stays_and_what_is_removed_goes() {
        let board = Board::new(false);
        let some = captures(6_000, 10);
        put(&board, &some[..10]);
        assert!(board.pin(some[0].id, true) && board.remove(some[1].id));
        assert!(!board.remove(some[1].id) && !board.pin(some[1].id, true));
        put(&board, &some[10..]);
        let all = board.captures();
        assert!(all.is_sorted_by_key(|(one, _)| std::cmp::Reverse(one.id)));
        let (oldest, pinned) = all.last().unwrap();
        assert!(oldest.id == some[0].id && *pinned);
        assert!(board.pin(some[0].id, false) && board.capture(some[0].id).is_none());
    }
}
