//! Where captures are: in the history, or on the board if there is none.

use std::ops::ControlFlow;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::board::Board;
use super::row;
use crate::capture::Filter;
use crate::capture::filter::Listed;
use crate::commands::desk::facts;
use crate::error::Result;
use crate::receiver::Capture;
use crate::store::{Direction, Entry, Glance, Glances, Id, Place, Store};

/// Captures within reach.
pub(super) struct Shelf {
    /// Where the history is; `None` if nothing is kept.
    place: Option<Place>,
    board: Arc<Board>,
}

/// How much is looked at for one answer: rows, and pages of 4 kB of those whose bytes are read.
const MOST: usize = 100_000;
/// How far apart attempts of one delivery are at most.
const ATTEMPTS_WITHIN: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Most attempts of one delivery that are listed.
const MOST_ATTEMPTS: usize = 100;

impl Shelf {
    pub(super) fn new(place: Option<Place>, board: Arc<Board>) -> Self {
        Self { place, board }
    }

    /// Whether captures are kept beyond this run.
    pub(super) fn is_kept(&self) -> bool {
        self.place.is_some()
    }

    fn open(&self) -> Result<Option<Store>> {
        match &self.place {
            Some(place) => place.open_to_read(),
            None => Ok(None),
        }
    }

    /// Captures that are wanted, older than one, the newest first; and where to go on if there may be more.
    pub(super) fn list(
        &self,
        filter: Option<&Filter>,
        before: Option<Id>,
        limit: usize,
    ) -> Result<(Vec<Glance>, Option<Id>)> {
        if self.place.is_none() {
            return Ok(row::of_board(&self.board, filter, before, limit));
        }
        let (mut rows, mut next, mut seen) = (Vec::new(), None, 0);
        let Some(store) = self.open()? else {
            return Ok((rows, next));
        };
        let wanted = Glances {
            before,
            reads_text: filter.is_some_and(Filter::reads_content),
            ..Glances::default()
        };
        let now = Timestamp::now();
        store.glances(&wanted, |glance, text| {
            let listed = Listed {
                glance: &glance,
                text,
            };
            let is_wanted = filter.is_none_or(|filter| filter.fits(&listed, now));
            seen += 1 + (text[1].len() + text[2].len()) / 4_096;
            let id = glance.id;
            if is_wanted {
                rows.push(glance);
            }
            if rows.len() < limit && seen < MOST {
                return ControlFlow::Continue(());
            }
            next = Some(id);
            ControlFlow::Break(())
        })?;
        Ok((rows, next))
    }

    /// A capture or a delivery.
    pub(super) fn get(&self, id: Id) -> Result<Option<Entry>> {
        if self.place.is_none() {
            return Ok(self.board.capture(id).map(|capture| entry(&capture)));
        }
        match self.open()? {
            Some(store) if id.direction != Direction::Rejected => store.get(id),
            _ => Ok(None),
        }
    }

    /// Whether a capture is pinned.
    pub(super) fn is_pinned(&self, id: Id) -> Result<bool> {
        if self.place.is_none() {
            let captures = self.board.captures();
            return Ok(captures.iter().any(|(one, pinned)| one.id == id && *pinned));
        }
        self.open()?.map_or(Ok(false), |store| store.is_pinned(id))
    }

    /// All captures of the delivery of one, the oldest first, itself included.
    pub(super) fn same_delivery(&self, of: &Entry) -> Result<Vec<Glance>> {
        let Some(delivery_id) = of.facts.delivery_id.as_deref() else {
            return Ok(Vec::new());
        };
        let is_same = |glance: &Glance| {
            glance.delivery_id.as_deref() == Some(delivery_id)
                && glance.provider == of.facts.provider
        };
        let mut found = Vec::new();
        if self.place.is_none() {
            let (all, _) = row::of_board(&self.board, None, None, usize::MAX);
            found.extend(all.into_iter().filter(is_same).take(MOST_ATTEMPTS));
        } else if let Some(store) = self.open()? {
            let wanted = Glances {
                delivery_id: Some(delivery_id),
                since: of.at.checked_sub(ATTEMPTS_WITHIN).ok(),
                ..Glances::default()
            };
            store.glances(&wanted, |glance, _| {
                if is_same(&glance) {
                    found.push(glance);
                }
                if found.len() < MOST_ATTEMPTS {
                    ControlFlow::Continue(())
                } else {
                    ControlFlow::Break(())
                }
            })?;
        }
        found.reverse();
        Ok(found)
    }

    /// Deliveries that were replays of a capture, the oldest first.
    pub(super) fn replays(&self, id: Id) -> Result<Vec<Entry>> {
        let store = self.open()?;
        store.map_or(Ok(Vec::new()), |store| store.replays_of(id))
    }

    /// Pins a capture, or lets it go; says whether it is there.
    pub(super) fn pin(&self, id: Id, pinned: bool) -> Result<bool> {
        match self.open()? {
            Some(mut store) => store.pin(id, pinned),
            None => Ok(self.board.pin(id, pinned)),
        }
    }

    /// Deletes a capture; says whether it was there.
    pub(super) fn remove(&self, id: Id) -> Result<bool> {
        let was_on_board = self.board.remove(id);
        match self.open()? {
            Some(mut store) => store.remove(id),
            None => Ok(was_on_board),
        }
    }
}

/// A capture as the history would hold it.
fn entry(capture: &Capture) -> Entry {
    Entry {
        id: capture.id,
        // The history keeps milliseconds.
        at: Timestamp::from_millisecond(capture.received_at.as_millisecond())
            .unwrap_or(capture.received_at),
        request: capture.request.clone(),
        facts: facts(capture),
        attempts: Vec::new(),
    }
}
