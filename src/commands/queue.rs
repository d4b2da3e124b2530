//! Deliveries that go through the queue of the history: to endpoints, and with retries. What is not decided when the
//! program ends stays pending, and `--resume` goes on with it.

use std::time::Duration;

use clap::Args;
use indicatif::ProgressBar;
use jiff::{SignedDuration, Zoned};
use tokio::sync::watch;

use super::draft::{Draft, Drafting};
use super::ends::Signals;
use super::message::random_seed;
use super::options::{RequestArgs, roots, span};
use super::outgoing::{Planned, Run, Writing};
use super::report::{Report, Sent, Settings};
use super::volume::VolumeArgs;
use super::{Context, block_on};
use crate::delivery::{
    Course, Engine, Happened, News, Outgoing, Plan, Policy, SigningTime, Speed, Stop,
};
use crate::error::{Error, Outcome, Result};
use crate::provider::Catalogue;
use crate::provider::fields::Slot;
use crate::provider::fresh::Seed;
use crate::render::deliveries;
use crate::render::text::safe;
use crate::request::curl;
use crate::store::Count;
use crate::ui::Ui;
use crate::value::Span;

/// Whether and when failed deliveries are attempted again.
#[derive(Args, Default)]
#[command(next_help_heading = "Retries")]
pub(crate) struct RetryArgs {
    /// Attempt it again after a failure, as the provider would
    #[arg(long)]
    retry: bool,
    /// How fast the time between attempts passes, as in `60x`; `max` leaves it out
    #[arg(long, value_name = "SPEED")]
    speed: Option<Speed>,
    /// Delays in place of the provider's, as in `1s,5s,30s`
    #[arg(long, value_name = "DELAYS", value_delimiter = ',', value_parser = span)]
    schedule: Vec<Duration>,
    /// Go on with deliveries that are pending since a run was ended
    #[arg(long, conflicts_with_all = [
        "events", "to", "retry", "schedule", "count", "dry_run", "form", "provider", "variant", "data", "set", "unset", "map", "seed", "id",
        "timestamp", "headers", "timeout", "insecure", "cacert", "method", "content_type", "basic", "secret", "secret_file", "tamper",
        "duplicate", "reorder", "expect", "expect_body", "max_time",
    ])]
    pub(super) resume: bool,
}

impl RetryArgs {
    /// Whether failed deliveries are attempted again.
    pub(super) fn wanted(&self) -> bool {
        self.retry || self.speed.is_some() || !self.schedule.is_empty()
    }

    fn policy(&self, draft: &Draft) -> Policy {
        let speed = self.speed.unwrap_or(Speed::REAL);
        if !self.schedule.is_empty() {
            return Policy {
                delays: self.schedule.iter().copied().map(Span).collect(),
                jitter: 0,
                speed,
            };
        }
        if self.wanted() {
            Policy::of_provider(draft.profile(), speed)
        } else {
            Policy::once()
        }
    }
}

/// Deliveries on their way into the queue and out of it.
pub(super) struct Queue<'a> {
    pub(super) run: &'a Run<'a>,
    pub(super) retry: &'a RetryArgs,
    pub(super) volume: &'a VolumeArgs,
    pub(super) drafting: &'a Drafting<'a>,
    pub(super) seed: Seed,
}

impl Queue<'_> {
    /// Puts deliveries into the queue and attempts them until they are decided.
    pub(super) fn send(
        &self,
        drafts: &[Draft],
        catalogue: Catalogue,
        context: &mut Context,
    ) -> Result<Outcome> {
        let mut engine = self.engine(drafts, catalogue, context)?;
        let mut planned = Vec::new();
        for draft in self.ordered(drafts) {
            let policy = self.retry.policy(draft);
            if policy.delays.is_empty() && self.retry.wanted() {
                let label = &draft.profile().label;
                context.ui.note(&format!(
                    "note: {label} does not retry; `--schedule 1s,5s` does."
                ))?;
            }
            let (plan, outgoing) = draft.queued(self.drafting, policy);
            let plan = self.completed(plan, context)?;
            engine.submit(&plan, self.repeated(outgoing, &draft.slots))?;
            planned.push(draft.planned(self.drafting));
        }
        let report = Report::new(self.settings(), &planned);
        let course = self.volume.course(self.volume.count());
        attempt(&mut engine, course, report, context)
    }

    /// An engine over the history. What goes to a URL does not fail because it cannot be kept.
    fn engine(
        &self,
        drafts: &[Draft],
        catalogue: Catalogue,
        context: &mut Context,
    ) -> Result<Engine> {
        let place = context.settings.history()?;
        let engine = Engine::new(place.as_ref(), catalogue, self.seed.clone());
        match engine {
            Err(error) if drafts.iter().all(|draft| draft.endpoint().is_none()) => {
                context
                    .ui
                    .warn(&format!("{error}; deliveries are not kept."))?;
                Engine::new(None, context.settings.catalogue()?, self.seed.clone())
            }
            engine => engine,
        }
    }

    fn settings(&self) -> Settings {
        Settings {
            insecure: self.run.request.insecure,
            reveal: self.run.print.reveal,
        }
    }

    fn ordered<'a>(&self, drafts: &'a [Draft]) -> Vec<&'a Draft> {
        let mut drafts: Vec<_> = drafts.iter().collect();
        if self.run.faults.reorder {
            drafts.reverse();
        }
        drafts
    }

    /// The plan with what was typed of how it is sent and judged.
    fn completed(&self, mut plan: Plan, context: &Context) -> Result<Plan> {
        plan.time = self
            .run
            .timestamp
            .map_or(SigningTime::Now, SigningTime::from);
        plan.expect = self.run.expect.expectation();
        with_request(plan, self.run.request, &context.settings)
    }

    /// A delivery as often as the faults and the volume say, with ids of its own each time that it is another one.
    fn repeated(
        &self,
        outgoing: Outgoing,
        slots: &[Slot],
    ) -> impl Iterator<Item = Outgoing> + use<> {
        let copies = u64::from(self.run.faults.duplicate) + 1;
        let renewal = self.volume.renewal(slots, &self.seed);
        (0..self.volume.count().saturating_mul(copies)).map(move |number| {
            let mut one = outgoing.clone();
            let id = one.delivery_id.as_mut();
            renewal.renew(id, &mut one.request, number / copies);
            one
        })
    }
}

/// A plan with what was typed of how requests are sent.
pub(super) fn with_request(
    mut plan: Plan,
    request: &RequestArgs,
    settings: &crate::settings::Settings,
) -> Result<Plan> {
    plan.timeout = request.timeout.map(Span);
    plan.insecure = request.insecure;
    // A file that cannot be used is said now, and not once for each attempt.
    let cacert = request.cacert.as_deref();
    roots(cacert, settings)?;
    plan.cacert = cacert.map(|file| settings.directory().join(file));
    Ok(plan)
}

/// Attempts what was put into the queue of an engine, one after the other.
pub(super) fn finish(
    engine: &mut Engine,
    settings: Settings,
    context: &mut Context,
) -> Result<Outcome> {
    let course = VolumeArgs::default().course(1);
    attempt(engine, course, Report::new(settings, &[]), context)
}

fn attempt(
    engine: &mut Engine,
    course: Course,
    report: Report,
    context: &mut Context,
) -> Result<Outcome> {
    let is_kept = context.settings.history()?.is_some();
    block_on(async {
        let mut show = Show::new(report, &mut context.ui);
        let signals = watched()?;
        let count = engine
            .run(course, signals, &mut |news| show.tell(news))
            .await?;
        show.end(count, is_kept)
    })
}

/// Goes on with deliveries that are pending.
pub(super) fn resume(
    retry: &RetryArgs,
    volume: &VolumeArgs,
    reveal: bool,
    context: &mut Context,
) -> Result<Outcome> {
    let place = context.settings.history()?.ok_or_else(|| {
        Error::usage("`--resume` reads the history, and `--no-store` does without")
    })?;
    let pending = match place.open_to_read()? {
        Some(store) => store.all_pending()?,
        None => 0,
    };
    let settings = Settings {
        insecure: false,
        reveal,
    };
    let report = Report::new(settings, &[]);
    if pending == 0 {
        context.ui.note("Nothing is pending.")?;
        return report.end(0, &mut context.ui);
    }
    let catalogue = context.settings.catalogue()?;
    let mut engine = Engine::new(Some(&place), catalogue, random_seed()?)?;
    let course = volume.course(u64::try_from(pending).unwrap_or(u64::MAX));
    block_on(async {
        let mut show = Show::new(report, &mut context.ui);
        let signals = watched()?;
        let count = engine
            .resume(retry.speed, course, signals, &mut |news| show.tell(news))
            .await?;
        let outcome = show.end(count, true)?;
        let of_others = engine.pending()?.saturating_sub(count.all());
        if of_others > 0 {
            let of_others = deliveries(u64::try_from(of_others).unwrap_or(u64::MAX));
            context
                .ui
                .note(&format!("Left to another run that goes on: {of_others}."))?;
        }
        Ok(outcome)
    })
}

/// Asks to stop at the first signal, and more urgently at the second.
fn watched() -> Result<watch::Receiver<Stop>> {
    let mut signals = Signals::new()?;
    let (ask, stop) = watch::channel(Stop::No);
    tokio::spawn(async move {
        for level in [Stop::Soon, Stop::Now] {
            signals.ended().await;
            let _ = ask.send(level);
        }
    });
    Ok(stop)
}

/// Shows what a run of the engine tells.
pub(super) struct Show<'a> {
    report: Report,
    pub(super) ui: &'a mut Ui,
    waiting: Option<ProgressBar>,
    stuck: usize,
}

/// How long a wait goes unexplained.
const PATIENCE: Duration = Duration::from_millis(400);

impl<'a> Show<'a> {
    pub(super) fn new(report: Report, ui: &'a mut Ui) -> Self {
        Self {
            report,
            ui,
            waiting: None,
            stuck: 0,
        }
    }

    pub(super) fn tell(&mut self, news: News) -> Result<()> {
        if let News::Waiting(wait) = news {
            self.wait(wait);
            return Ok(());
        }
        if let Some(bar) = self.waiting.take() {
            bar.finish_and_clear();
        }
        match news {
            News::Attempt(happened) => self.attempt(*happened),
            News::Disabled(endpoint) => {
                let why = endpoint.health.disabled_because.unwrap_or_default();
                self.ui.warn(&format!(
                    "`{}` is disabled now: {why}.",
                    safe(&endpoint.name)
                ))?;
                self.ui.hint(&format!(
                    "`hookctl endpoints enable {}` resumes deliveries to it.",
                    curl::quote(&endpoint.name)
                ))
            }
            News::Stuck { id, why } => {
                self.stuck += 1;
                self.ui.warn(&format!(
                    "{id} stays pending, it cannot be attempted: {why}."
                ))
            }
            News::Waiting(_) => Ok(()),
        }
    }

    /// At a terminal, a wait that lasts says until when.
    fn wait(&mut self, wait: Duration) {
        if self.waiting.is_some()
            || wait < PATIENCE
            || !self.ui.err_is_terminal
            || self.ui.json
            || self.ui.is_quiet()
        {
            return;
        }
        let until = SignedDuration::try_from(wait)
            .ok()
            .and_then(|wait| Zoned::now().checked_add(wait).ok());
        let until = until.map_or_else(String::new, |until| {
            format!(" at {}", until.strftime("%H:%M:%S"))
        });
        let bar = ProgressBar::new_spinner()
            .with_message(format!("next attempt{until}; Ctrl-C leaves it pending"));
        bar.enable_steady_tick(Duration::from_millis(100));
        self.waiting = Some(bar);
    }

    fn attempt(&mut self, happened: Happened) -> Result<()> {
        let Happened {
            id,
            delivery,
            provider,
            endpoint,
            request,
            attempt,
            signed_at,
            verdict,
            timeline,
        } = happened;
        let planned = Planned {
            delivery,
            provider,
            writing: Writing::Library,
            stored_status: None,
            origin: None,
            again: None,
            gap: None,
            slots: Vec::new(),
        };
        let sent = Sent {
            planned: &planned,
            request: &request,
            attempt: &attempt,
            signed_at,
            verdict: &verdict,
            timeline: Some(&timeline),
            endpoint: endpoint.as_ref(),
            id: Some(id),
        };
        self.report.add(&sent, self.ui)
    }

    /// The sum, and what is left to be done.
    pub(super) fn end(mut self, left: Count, is_kept: bool) -> Result<Outcome> {
        if let Some(bar) = self.waiting.take() {
            bar.finish_and_clear();
        }
        let outcome = self.report.end(left.all(), self.ui)?;
        let going_on = left.waiting + left.sending;
        let going_on = going_on.saturating_sub(self.stuck);
        if going_on > 0 && is_kept {
            self.ui
                .hint("`hookctl send --resume` goes on with what is pending.")?;
        }
        if left.paused > 0 {
            let paused = deliveries(u64::try_from(left.paused).unwrap_or(u64::MAX));
            self.ui.note(&format!(
                "Pending until an endpoint is enabled again: {paused}."
            ))?;
        }
        Ok(outcome)
    }
}
