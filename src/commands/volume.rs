//! Many deliveries at once: `--count`, `--concurrency`, `--rate`.

use std::time::Duration;

use clap::Args;
use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use tokio::time::MissedTickBehavior;

use super::ends::Signals;
use super::options::roots;
use super::outgoing::{Planned, Run, Writing};
use super::recorder::Recorder;
use super::report::Sent;
use super::{Context, block_on};
use crate::delivery::volume::{Load, Renewal, Running, SAMPLES, Sample, Template};
use crate::delivery::{Course, SigningTime};
use crate::error::{Error, Outcome, Result};
use crate::provider::fields::Slot;
use crate::provider::fresh::Seed;
use crate::render::outgoing;
use crate::render::{grouped, volume};
use crate::sender::{Limits, MAX_ANSWER, advice, time_limit};
use crate::ui::Ui;

/// How many deliveries are sent, and how fast.
#[derive(Args, Default)]
#[command(next_help_heading = "Volume")]
pub(crate) struct VolumeArgs {
    /// Send each delivery N times, each signed afresh
    ///
    /// Those of `send`, and of `replay --new-id`, have ids of their own.
    /// The summary has the rate, the latencies and the statuses. Of so many deliveries, the history keeps the first
    /// 100 that failed, and none that went well; with retries, it keeps them all.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,
    /// Most deliveries under way at a time; 50 by default with `--count` and `--resume`
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=10_000))]
    concurrency: Option<u16>,
    /// Most deliveries in a time, as in `100/s`
    #[arg(long, value_name = "N/s", value_parser = rate)]
    rate: Option<f64>,
}

const USUAL: u16 = 50;

impl VolumeArgs {
    pub(super) fn wanted(&self) -> bool {
        self.count.is_some() || self.concurrency.is_some() || self.rate.is_some()
    }

    /// How often each delivery is sent.
    pub(super) fn count(&self) -> u64 {
        self.count.unwrap_or(1)
    }

    fn concurrency(&self, many: u64) -> usize {
        let usual = if many > 1 { USUAL } else { 1 };
        usize::from(self.concurrency.unwrap_or(usual))
    }

    /// How the engine goes through so many deliveries.
    pub(super) fn course(&self, many: u64) -> Course {
        Course {
            stays: false,
            concurrency: self.concurrency(many),
            rate: self.rate,
        }
    }

    /// What gives each of several deliveries ids of its own; one delivery keeps those that it was made with.
    pub(super) fn renewal(&self, slots: &[Slot], seed: &Seed) -> Renewal {
        let slots = if self.count() > 1 { slots } else { &[] };
        let digits = seed.value("{digits:18}", "volume");
        Renewal::new(slots, digits.parse().unwrap_or_default())
    }

    /// Sends deliveries so often.
    pub(super) fn send(
        &self,
        run: &Run<'_>,
        planned: &[Planned],
        seed: &Seed,
        context: &mut Context,
    ) -> Result<Outcome> {
        let mut templates = Vec::new();
        for one in planned {
            // What cannot be signed is said now, and not many times.
            let signed_at = run.timestamp();
            one.delivery.attempt(signed_at).map_err(Error::usage)?;
            templates.push(Template {
                delivery: one.delivery.clone(),
                provider: one.provider.clone(),
                renewal: self.renewal(&one.slots, seed),
                limits: run.limits(one, context)?,
            });
        }
        if run.faults.reorder {
            templates.reverse();
        }
        let load = Load {
            templates,
            count: self.count(),
            copies: u64::from(run.faults.duplicate) + 1,
            concurrency: self.concurrency(self.count()),
            rate: self.rate,
            expect: run.expect.expectation(),
            time: run.timestamp.map_or(SigningTime::Now, SigningTime::from),
            reports_all: context.ui.json,
        };
        let recorder = Recorder::new(&context.settings, &mut context.ui)?;
        let mut show = Show {
            planned,
            is_reversed: run.faults.reorder,
            recorder,
            kept: 0,
            first: None,
            insecure: run.request.insecure,
            reveal: run.print.reveal,
            total: load.total(),
            ui: &mut context.ui,
        };
        block_on(async {
            let signals = Signals::new()?;
            let running = load.start()?;
            show.follow(running, signals).await
        })
    }
}

impl Run<'_> {
    /// How a delivery is sent.
    pub(super) fn limits(&self, planned: &Planned, context: &Context) -> Result<Limits> {
        let limit = time_limit(self.request.timeout, planned.profile());
        Ok(Limits {
            timeout: (!limit.is_zero()).then_some(limit),
            insecure: self.request.insecure,
            roots: roots(self.request.cacert.as_deref(), &context.settings)?,
            max_answer: MAX_ANSWER,
            reach: planned.delivery.reach,
            any_framing: planned.writing == Writing::AsStored,
        })
    }
}

/// Shows deliveries on their way, and what came of them.
struct Show<'a> {
    planned: &'a [Planned],
    is_reversed: bool,
    recorder: Recorder,
    /// Failed ones that are in the history.
    kept: u64,
    /// What is said of the first that failed: the problem, and what to do.
    first: Option<(String, Vec<String>)>,
    insecure: bool,
    reveal: bool,
    total: u64,
    ui: &'a mut Ui,
}

/// How often the progress is shown anew.
const TICK: Duration = Duration::from_millis(100);

impl Show<'_> {
    async fn follow(&mut self, mut running: Running, mut signals: Signals) -> Result<Outcome> {
        let bar = self.bar();
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut stops = false;
        loop {
            tokio::select! {
                sample = running.samples.recv() => match sample {
                    Some(sample) => self.sample(sample)?,
                    None => break,
                },
                () = signals.ended() => {
                    // Whoever asks twice waits for no answer.
                    if stops {
                        bar.finish_and_clear();
                        return Ok(Outcome::Bad);
                    }
                    stops = true;
                    running.stop();
                }
                _ = ticks.tick() => {
                    let (done, failed) = running.progress();
                    bar.set_position(done);
                    if failed > 0 {
                        bar.set_message(format!("{} failed", grouped(failed)));
                    }
                }
            }
        }
        bar.finish_and_clear();
        let (tally, took) = running.finish()?;
        let sum = volume::Sum {
            tally: &tally,
            took,
            total: self.total,
        };
        if self.ui.json {
            self.ui.json_line(&volume::json(&sum))?;
        } else {
            self.ui.data(volume::human(&sum, self.ui.out_paint))?;
        }
        self.complain(tally.failed)?;
        Ok(Outcome::good_if(tally.succeeded == self.total))
    }

    fn bar(&self) -> ProgressBar {
        if !self.ui.err_is_terminal || self.ui.is_quiet() {
            return ProgressBar::hidden();
        }
        let style = ProgressStyle::with_template(
            "{bar:32} {human_pos} of {human_len}  {rate}  {eta} left  {msg}",
        );
        let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
        let rate = |state: &ProgressState, text: &mut dyn std::fmt::Write| {
            // What cannot be written into a text of its own is not shown.
            let _ = write!(text, "{:.0}/s", state.per_sec());
        };
        ProgressBar::new(self.total).with_style(style.with_key("rate", rate))
    }

    fn sample(&mut self, sample: Sample) -> Result<()> {
        let index = if self.is_reversed {
            self.planned.len() - 1 - sample.template
        } else {
            sample.template
        };
        let planned = Planned {
            delivery: sample.delivery,
            ..self.planned[index].clone()
        };
        let sent = Sent {
            planned: &planned,
            request: &sample.request,
            attempt: &sample.attempt,
            signed_at: sample.signed_at,
            verdict: &sample.verdict,
            timeline: None,
            endpoint: None,
            id: None,
        };
        let problem = sample.verdict.problem();
        if self.ui.json {
            self.ui
                .json_line(&outgoing::json(&sent.result(self.reveal)))?;
        }
        let Some(problem) = problem else {
            return Ok(());
        };
        if self.first.is_none() {
            let url = &planned.delivery.url;
            let hints = advice(&sample.attempt, url, planned.profile(), self.insecure);
            self.first = Some((problem.to_owned(), hints));
        }
        if self.kept < SAMPLES {
            self.kept += 1;
            self.recorder.add(&sent, self.ui)?;
        }
        Ok(())
    }

    /// What was wrong with the first that failed, and where the others are.
    fn complain(&mut self, failed: u64) -> Result<()> {
        let Some((problem, hints)) = self.first.take() else {
            return Ok(());
        };
        self.ui.problem(&problem)?;
        for hint in hints {
            self.ui.hint(&hint)?;
        }
        if self.recorder.is_open() {
            let which = if self.kept < failed {
                format!("The first {} of them are", self.kept)
            } else if failed == 1 {
                "It is".to_owned()
            } else {
                "They are".to_owned()
            };
            self.ui.hint(&format!(
                "{which} in the history: `hookctl history --status fail`."
            ))?;
        }
        Ok(())
    }
}

/// Reads a rate: so many a second, or a minute.
fn rate(text: &str) -> std::result::Result<f64, String> {
    let (number, unit) = text.split_once('/').unwrap_or((text, "s"));
    let seconds = match unit {
        "s" => 1.0,
        "m" | "min" => 60.0,
        _ => f64::NAN,
    };
    let number = number.trim().parse::<f64>().ok();
    number
        .map(|number| number / seconds)
        .filter(|rate| (1e-4..=1e7).contains(rate))
        .ok_or_else(|| format!("`{text}` is no rate such as `100/s`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_have_units() {
        assert_eq!(rate("100/s"), Ok(100.0));
        assert_eq!(rate("90/m"), Ok(1.5));
        assert_eq!(rate("0.5"), Ok(0.5));
        for bad in ["", "0", "-1/s", "10/h", "fast", "inf", "NaN"] {
            assert_eq!(
                rate(bad),
                Err(format!("`{bad}` is no rate such as `100/s`"))
            );
        }
    }
}
