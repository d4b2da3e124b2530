//! Puts what was sent into the history. A delivery never fails because it could not be written down.

use jiff::Timestamp;

use super::report::Sent;
use crate::error::Result;
use crate::sender::authority;
use crate::settings::Settings;
use crate::store::{Attempt, Direction, Facts, Ids, Row, Store, TAMPERED};
use crate::ui::Ui;

/// Keeps deliveries, until it cannot.
pub(super) struct Recorder {
    /// `None` if there is no history, or it cannot be written.
    open: Option<(Store, Ids)>,
}

impl Recorder {
    /// Opens the history. Says so if that does not work, and goes on without.
    pub(super) fn new(settings: &Settings, ui: &mut Ui) -> Result<Self> {
        let open = || -> Result<Option<(Store, Ids)>> {
            match settings.history()? {
                Some(place) => Ok(Some((place.open()?, Ids::new()?))),
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

    /// Keeps one delivery with its attempt.
    pub(super) fn add(
        &mut self,
        sent: &Sent<'_>,
        problem: Option<&str>,
        ui: &mut Ui,
    ) -> Result<()> {
        let Some((store, ids)) = &mut self.open else {
            return Ok(());
        };
        if let Err(error) = store.add(&row(sent, problem, ids)) {
            ui.warn(&format!("{error}; deliveries are not kept."))?;
            self.open = None;
        }
        Ok(())
    }
}

fn row(sent: &Sent<'_>, problem: Option<&str>, ids: &Ids) -> Row {
    let (planned, tried) = (sent.planned, sent.attempt);
    let delivery = &planned.delivery;
    let at = Timestamp::now()
        .saturating_sub(tried.duration)
        .unwrap_or_else(|_| Timestamp::now());
    let (headers, body, truncated) = match &tried.result {
        Ok(answer) => (
            answer.headers.clone(),
            answer.body.clone(),
            answer.truncated,
        ),
        Err(_) => Default::default(),
    };
    let failure = tried.result.as_ref().err();
    let attempt = Attempt {
        number: tried.number,
        url: None,
        at,
        status: tried.status(),
        duration: tried.duration,
        error: failure
            .map_or(problem, |failure| Some(&failure.message))
            .map(str::to_owned),
        sent: None,
        headers,
        body,
        truncated,
    };
    let facts = Facts {
        provider: delivery.provider.clone(),
        event: delivery.event.clone(),
        delivery_id: delivery.sent_id().map(str::to_owned),
        status: tried.status(),
        duration: tried.duration,
        good: problem.is_none(),
        verdict: delivery.broken().map(|_| TAMPERED.to_owned()),
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
