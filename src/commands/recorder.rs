//! Puts what was sent into the history. A delivery never fails because it could not be written down.

use jiff::Timestamp;

use super::report::Sent;
use crate::delivery::logged;
use crate::error::Result;
use crate::sender::authority;
use crate::settings::Settings;
use crate::store::{Attempt, Direction, Facts, Ids, LOOPBACK, Row, Store, TAMPERED};
use crate::ui::Ui;

/// Keeps deliveries, until it cannot.
pub(super) struct Recorder {
    /// `None` if there is no history, or it cannot be written.
    open: Option<(Store, Ids)>,
}

impl Recorder {
    /// Opens the history. Says so if that does not work, and goes on without.
    pub(super) fn new(settings: &Settings, ui: &mut Ui) -> Result<Self> {
        let place = settings.history()?;
        let open = || -> Result<Option<(Store, Ids)>> {
            match place {
                Some(place) => {
                    let store = place.open()?;
                    let ids = store.ids()?;
                    Ok(Some((store, ids)))
                }
                None => Ok(None),
            }
        };
        match open() {
            Ok(open) => Ok(Self { open }),
            Err(error) => {
                ui.warn(&format!("{error}; deliveries are not kept."))?;
                Ok(Self { open: None })
            }
        }
    }

    /// Whether deliveries are kept.
    pub(super) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Keeps one delivery with its attempt.
    pub(super) fn add(&mut self, sent: &Sent<'_>, ui: &mut Ui) -> Result<()> {
        let Some((store, ids)) = &mut self.open else {
            return Ok(());
        };
        let kept = match &sent.planned.again {
            Some(again) => {
                let attempt = attempt(sent, again.keeps_body);
                store.resent(again.id, &attempt, sent.verdict.problem().is_none())
            }
            None => store.add(&row(sent, ids)),
        };
        if let Err(error) = kept {
            ui.warn(&format!("{error}; deliveries are not kept."))?;
            self.open = None;
        }
        Ok(())
    }
}

fn attempt(sent: &Sent<'_>, keeps_body: bool) -> Attempt {
    let tried = sent.attempt;
    let at = Timestamp::now()
        .saturating_sub(tried.duration)
        .unwrap_or_else(|_| Timestamp::now());
    let problem = sent.verdict.problem();
    logged(tried, at, sent.request, problem, keeps_body)
}

fn row(sent: &Sent<'_>, ids: &Ids) -> Row {
    let (planned, tried) = (sent.planned, sent.attempt);
    let delivery = &planned.delivery;
    let attempt = attempt(sent, true);
    let at = attempt.at;
    let facts = Facts {
        provider: delivery.provider.clone(),
        event: delivery.event.clone(),
        delivery_id: delivery.sent_id().map(str::to_owned),
        status: tried.status(),
        duration: tried.duration,
        good: sent.verdict.problem().is_none(),
        verdict: delivery.broken().map(|_| TAMPERED.to_owned()),
        detail: delivery.reach.is_loopback().then(|| LOOPBACK.to_owned()),
        url: Some(format!(
            "{}://{}{}",
            delivery.url.scheme(),
            authority(&delivery.url),
            sent.request.target
        )),
        replay_of: planned.origin,
        ..Facts::default()
    };
    let id = ids.next(Direction::Out, at);
    Row::new(id, at, sent.request, facts).with_attempts(vec![attempt])
}
