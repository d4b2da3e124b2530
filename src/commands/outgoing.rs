//! Deliveries on their way: printed instead of sent, or sent and judged. Shared by all commands that send.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use indicatif::ProgressBar;
use jiff::Timestamp;
use serde_json::json;

use super::options::{ExpectArgs, RequestArgs, Time, unfit_secret};
use super::{Context, block_on};
use crate::error::{Error, Outcome, Result};
use crate::provider::Provider;
use crate::render::outgoing::{self, Form};
use crate::render::{self, millis};
use crate::request::Request;
use crate::secret::Secret;
use crate::sender::{Attempt, Client, Delivery, Limits, advice, authority, time_limit};
use crate::signature::{Key, Scheme, Tamper};

/// A delivery with what is needed to judge its answer.
#[derive(Clone)]
pub(crate) struct Planned {
    pub(crate) delivery: Delivery,
    pub(crate) provider: Option<Arc<Provider>>,
    /// Send it byte for byte, rather than as an HTTP library would write it.
    pub(crate) exact: bool,
    /// The status that the stored request was answered with.
    pub(crate) stored_status: Option<u16>,
}

/// The key to sign with, and the scheme that a secret of its form asks for.
///
/// # Errors
/// The secret is not of the scheme's form.
pub(super) fn signing_key(
    scheme: &'static Scheme,
    secret: &Secret,
    tamper: Option<Tamper>,
    provider: Option<&str>,
) -> Result<(&'static Scheme, Key)> {
    let scheme = scheme.for_secret(secret);
    let key = Key::new(scheme, secret).map_err(|problem| match provider {
        Some(name) => Error::usage(format!("cannot sign with this secret: {problem}"))
            .hint(format!("`hookctl secret {name}` prints one that fits.")),
        None => unfit_secret("sign", &problem),
    })?;
    let key = match tamper {
        Some(Tamper::Secret) => key.another(scheme),
        _ => key,
    };
    Ok((scheme, key))
}

/// How deliveries are sent.
pub(crate) struct Run<'a> {
    pub(crate) request: &'a RequestArgs,
    pub(crate) expect: &'a ExpectArgs,
    /// Time of the attempts; now if there is none.
    pub(crate) timestamp: Option<Time>,
    /// Print requests in this form, and send nothing.
    pub(crate) print: Option<Form>,
}

impl Run<'_> {
    /// Prints or sends deliveries, one after the other.
    pub(crate) fn all(&self, planned: &[Planned], context: &mut Context) -> Result<Outcome> {
        if let Some(form) = self.print {
            return self.print(planned, form, context);
        }
        block_on(self.send(planned, context))
    }

    fn timestamp(&self) -> i64 {
        let now = Timestamp::now();
        self.timestamp
            .map_or(now, |time| time.resolve(now))
            .as_second()
    }

    fn print(&self, planned: &[Planned], form: Form, context: &mut Context) -> Result<Outcome> {
        for (index, planned) in planned.iter().enumerate() {
            let request = planned
                .delivery
                .attempt(self.timestamp())
                .map_err(Error::usage)?;
            if index > 0 && form != Form::Json {
                context.ui.data("\n")?;
            }
            let bytes = outgoing::request(&request, &planned.delivery, form);
            context.ui.data(&bytes)?;
            if form == Form::Http && context.ui.out_is_terminal() && !bytes.ends_with(b"\n") {
                context.ui.data("\n")?;
            }
        }
        Ok(Outcome::Good)
    }

    async fn send(&self, planned: &[Planned], context: &mut Context) -> Result<Outcome> {
        let start = std::time::Instant::now();
        let mut succeeded = 0;
        for planned in planned {
            let request = planned
                .delivery
                .attempt(self.timestamp())
                .map_err(Error::usage)?;
            let limit = time_limit(
                self.request.timeout,
                planned.provider.as_ref().map(|provider| &provider.profile),
            );
            let limits = Limits {
                timeout: (!limit.is_zero()).then_some(limit),
                insecure: self.request.insecure,
            };
            let client = Client::new(&planned.delivery.url, limits)?;
            let sending = Box::pin(async {
                if planned.exact {
                    client
                        .send_exactly(&request, &planned.delivery.url, 1)
                        .await
                } else {
                    client.send(&request, &planned.delivery.url, 1).await
                }
            });
            let attempt = with_spinner(sending, &planned.delivery, context).await;
            if self.report(planned, &request, &attempt, context)? == Outcome::Good {
                succeeded += 1;
            }
        }
        if context.ui.json {
            context.ui.json_line(&json!({
                "type": "summary",
                "deliveries": planned.len(),
                "succeeded": succeeded,
                "failed": planned.len() - succeeded,
                "duration_ms": millis(start.elapsed()),
            }))?;
        }
        Ok(Outcome::good_if(succeeded == planned.len()))
    }

    fn report(
        &self,
        planned: &Planned,
        request: &Request,
        attempt: &Attempt,
        context: &mut Context,
    ) -> Result<Outcome> {
        let problem = self.problem(planned, attempt);
        let result = outgoing::Result {
            delivery: &planned.delivery,
            request,
            attempt,
            problem: problem.as_deref(),
            verdict: planned.verdict(problem.is_none()),
        };
        let ui = &mut context.ui;
        if ui.json {
            ui.json_line(&outgoing::json(&result))?;
        } else {
            ui.data(outgoing::human(&result, ui.out_paint))?;
        }
        if ui.verbose > 0 {
            let text = outgoing::exchange(request, attempt, ui.err_paint);
            ui.shown(text.trim_end())?;
        }
        ui.flush()?;
        let Some(problem) = problem else {
            return Ok(Outcome::Good);
        };
        ui.problem(&problem)?;
        if let Ok(answer) = &attempt.result
            && !answer.body.is_empty()
            && ui.verbose == 0
        {
            let text = outgoing::excerpt(answer, ui.err_paint);
            ui.shown(text.trim_end())?;
        }
        let profile = planned.provider.as_ref().map(|provider| &provider.profile);
        let status_is_expected = self
            .expect
            .expect
            .as_ref()
            .zip(attempt.status())
            .is_some_and(|(set, status)| set.contains(status));
        if planned.delivery.tamper.is_some()
            && attempt
                .status()
                .is_some_and(|status| (400..500).contains(&status))
        {
            ui.hint("This delivery was broken on purpose, and refusing it is right; `--expect 4xx` counts that as good.")?;
        } else if !status_is_expected {
            for hint in advice(
                attempt,
                &planned.delivery.url,
                profile,
                self.request.insecure,
            ) {
                ui.hint(&hint)?;
            }
        }
        Ok(Outcome::Bad)
    }

    /// Why an attempt is no success, if it is none.
    fn problem(&self, planned: &Planned, attempt: &Attempt) -> Option<String> {
        let answer = match &attempt.result {
            Ok(answer) => answer,
            Err(failure) => {
                let to = authority(&planned.delivery.url);
                return Some(format!("cannot deliver to `{to}`: {}", failure.message));
            }
        };
        let status = answer.status;
        match (&self.expect.expect, &planned.provider) {
            (Some(expected), _) if !expected.contains(status) => {
                return Some(format!("expected status {}, got {status}", expected.text()));
            }
            (None, Some(provider)) if !provider.profile.policy.success.value.contains(status) => {
                let (label, success) = (
                    &provider.profile.label,
                    provider.profile.policy.success.value.text(),
                );
                return Some(format!(
                    "{label} takes {success} for a success, got {status}"
                ));
            }
            (None, None) if !(200..300).contains(&status) => {
                return Some(format!("expected status 2xx, got {status}"));
            }
            _ => {}
        }
        if let Some(text) = &self.expect.expect_body
            && !String::from_utf8_lossy(&answer.body).contains(text)
        {
            return Some(format!("expected `{text}` in the answer's body"));
        }
        let limit = self
            .expect
            .max_time
            .filter(|limit| attempt.duration > *limit)?;
        let (took, limit) = (render::duration(attempt.duration), render::duration(limit));
        Some(format!("expected an answer within {limit}, it took {took}"))
    }
}

impl Planned {
    /// The answer against the stored one.
    fn verdict(&self, good: bool) -> Option<&'static str> {
        let stored = self.stored_status?;
        let stored_was_good = match &self.provider {
            Some(provider) => provider.profile.policy.success.value.contains(stored),
            None => (200..300).contains(&stored),
        };
        Some(match (stored_was_good, good) {
            (false, true) => "fixed",
            (true, false) => "regressed",
            _ => "same",
        })
    }
}

/// How long a wait goes unexplained.
const PATIENCE: Duration = Duration::from_millis(400);

/// Waits for an attempt; at a terminal, a wait that lasts says what it is for.
async fn with_spinner(
    mut sending: Pin<Box<impl Future<Output = Attempt>>>,
    delivery: &Delivery,
    context: &Context,
) -> Attempt {
    if !context.ui.err_is_terminal || context.ui.json {
        return sending.await;
    }
    tokio::select! {
        attempt = &mut sending => return attempt,
        () = tokio::time::sleep(PATIENCE) => {}
    }
    let spinner = ProgressBar::new_spinner()
        .with_message(format!("waiting for {}", authority(&delivery.url)));
    spinner.enable_steady_tick(Duration::from_millis(100));
    let attempt = sending.await;
    spinner.finish_and_clear();
    attempt
}
