//! Deliveries on their way: printed instead of sent, or sent and judged. Shared by all commands that send.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use super::options::{ExpectArgs, FaultArgs, PrintArgs, RequestArgs, unfit_secret};
use super::recorder::Recorder;
use super::report::{Report, Sent, Settings};
use super::{Context, block_on};
use crate::delivery::{Verdict, is_success};
use crate::error::{Error, Outcome, Result};
use crate::provider::fields::Slot;
use crate::provider::{Profile, Provider};
use crate::render::outgoing::{self, Form, Printing};
use crate::request::{Request, raw};
use crate::secret::Secret;
use crate::sender::{Attempt, Client, Delivery, authority};
use crate::signature::{Key, Scheme, Tamper};
use crate::store::Id;
use crate::value::Time;
use indicatif::ProgressBar;
use jiff::Timestamp;
use tokio::time::Instant;

/// A delivery with what is needed to judge its answer.
#[derive(Clone)]
pub(crate) struct Planned {
    pub(crate) delivery: Delivery,
    pub(crate) provider: Option<Arc<Provider>>,
    pub(crate) writing: Writing,
    /// The status that the stored request was answered with.
    pub(crate) stored_status: Option<u16>,
    /// What of the history it is a replay of.
    pub(crate) origin: Option<Id>,
    /// The delivery that this is another attempt of.
    pub(crate) again: Option<Again>,
    /// How long after the one before it this one starts.
    pub(crate) gap: Option<Duration>,
    /// The fresh ids in it, which are other ones in each of many.
    pub(crate) slots: Vec<Slot>,
}

/// How a request is written to the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Writing {
    /// As an HTTP library writes it.
    Library,
    /// Byte for byte.
    Exact,
    /// Byte for byte, even if its framing is not that of its body.
    AsStored,
}

/// A delivery that is attempted once more.
#[derive(Clone, Debug)]
pub(crate) struct Again {
    pub(crate) id: Id,
    /// Number of this attempt.
    pub(crate) number: u32,
    /// Whether the log keeps the body of the answer.
    pub(crate) keeps_body: bool,
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
    pub(crate) faults: &'a FaultArgs,
    pub(crate) print: &'a PrintArgs,
    /// Time of the attempts; now if there is none.
    pub(crate) timestamp: Option<Time>,
}

impl<'a> Run<'a> {
    /// Prints or sends deliveries, one after the other, in the order and as often as the faults say.
    pub(crate) fn all(&self, planned: Vec<Planned>, context: &mut Context) -> Result<Outcome> {
        let mut going = self.start(&planned, context)?;
        going.go_on(planned, context)?;
        going.end(context)
    }

    /// Prepares to print or send deliveries, of which these are the first.
    pub(super) fn start(&'a self, first: &[Planned], context: &mut Context) -> Result<Going<'a>> {
        let how = match self.print.form(context.ui.json) {
            Some(form) => How::Print(Printed {
                form: Printing {
                    form,
                    insecure: self.request.insecure,
                    cacert: self.request.cacert.as_deref(),
                    reveal: self.print.reveal,
                },
                is_first: true,
                redacted: false,
            }),
            None => {
                let settings = Settings {
                    insecure: self.request.insecure,
                    reveal: self.print.reveal,
                };
                let recorder = Recorder::new(&context.settings, &mut context.ui)?;
                How::Send(Box::new(Sending {
                    report: Report::new(settings, first),
                    recorder,
                    due: Instant::now(),
                }))
            }
        };
        Ok(Going { run: self, how })
    }

    /// The time to sign now, in unix seconds.
    pub(super) fn timestamp(&self) -> i64 {
        let now = Timestamp::now();
        self.timestamp
            .map_or(now, |time| time.resolve(now))
            .as_second()
    }

    async fn attempt(
        &self,
        planned: &Planned,
        request: &Request,
        context: &Context,
    ) -> Result<Attempt> {
        let url = &planned.delivery.url;
        let limits = self.limits(planned, context)?;
        let client = Client::new(url, limits)?;
        let number = planned.again.as_ref().map_or(1, |again| again.number);
        let sending = Box::pin(async {
            match planned.writing {
                Writing::Library => client.send(request, url, number).await,
                Writing::Exact | Writing::AsStored => {
                    client.send_exactly(request, url, number).await
                }
            }
        });
        Ok(with_spinner(sending, &planned.delivery, context).await)
    }
}

/// Deliveries that are printed or sent some at a time, so that there may be more than the memory holds.
pub(super) struct Going<'a> {
    run: &'a Run<'a>,
    how: How<'a>,
}

enum How<'a> {
    Print(Printed<'a>),
    Send(Box<Sending>),
}

/// What was printed so far.
struct Printed<'a> {
    form: Printing<'a>,
    is_first: bool,
    /// Whether credentials were left out.
    redacted: bool,
}

/// What was sent so far.
struct Sending {
    report: Report,
    recorder: Recorder,
    /// When the next one starts, as far as gaps are kept.
    due: Instant,
}

impl Going<'_> {
    /// Prints or sends the next deliveries.
    pub(super) fn go_on(&mut self, mut planned: Vec<Planned>, context: &mut Context) -> Result<()> {
        let faults = self.run.faults;
        if faults.reorder {
            planned.reverse();
        }
        let times = usize::try_from(faults.duplicate).unwrap_or(0) + 1;
        let planned = planned
            .into_iter()
            .flat_map(|planned| std::iter::repeat_n(planned, times));
        match &mut self.how {
            How::Print(printed) => {
                for planned in planned {
                    printed.print(&planned, self.run.timestamp(), context)?;
                }
                Ok(())
            }
            How::Send(sending) => block_on(async {
                for planned in planned {
                    sending.send(&planned, self.run, context).await?;
                }
                Ok(())
            }),
        }
    }

    /// Says what came of all of them.
    pub(super) fn end(self, context: &mut Context) -> Result<Outcome> {
        match self.how {
            How::Print(printed) => {
                if printed.redacted {
                    context
                        .ui
                        .note("note: credentials are left out; `--reveal` prints them.")?;
                }
                Ok(Outcome::Good)
            }
            How::Send(sending) => sending.report.end(0, &mut context.ui),
        }
    }
}

impl Printed<'_> {
    fn print(&mut self, planned: &Planned, signed_at: i64, context: &mut Context) -> Result<()> {
        let form = self.form.form;
        let request = planned.delivery.attempt(signed_at).map_err(Error::usage)?;
        if !std::mem::take(&mut self.is_first) && form != Form::Json {
            context.ui.data("\n")?;
        }
        let (redacted, printing) = (&mut self.redacted, self.form);
        context.ui.foreign_by(|out| {
            *redacted |= outgoing::write_request(&request, &planned.delivery, printing, out)?;
            Ok(())
        })?;
        let ends_line = raw::is_chunked(&request.headers) || request.body.ends_with(b"\n");
        let ends_line = ends_line || request.body.is_empty();
        if form == Form::Http && context.ui.out_is_terminal() && !ends_line {
            context.ui.data("\n")?;
        }
        Ok(())
    }
}

impl Sending {
    async fn send(
        &mut self,
        planned: &Planned,
        run: &Run<'_>,
        context: &mut Context,
    ) -> Result<()> {
        self.due += planned.gap.unwrap_or_default();
        tokio::time::sleep_until(self.due).await;
        let signed_at = run.timestamp();
        let request = planned.delivery.attempt(signed_at).map_err(Error::usage)?;
        let attempt = run.attempt(planned, &request, context).await?;
        let expect = run.expect.expectation();
        let verdict = Verdict::new(&planned.delivery, &attempt, planned.profile(), &expect);
        let sent = Sent {
            planned,
            request: &request,
            attempt: &attempt,
            signed_at,
            verdict: &verdict,
            timeline: None,
            endpoint: None,
            id: planned.again.as_ref().map(|again| again.id),
        };
        self.report.add(&sent, &mut context.ui)?;
        self.recorder.add(&sent, &mut context.ui)
    }
}

/// What to tell of headers that the user puts in place of signed ones.
pub(super) fn replaced(delivery: &Delivery, set_id: Option<&str>) -> Vec<String> {
    let Some(signing) = delivery
        .signing
        .as_ref()
        .filter(|signing| signing.key.is_some())
    else {
        return Vec::new();
    };
    let names = signing.scheme.header_names();
    let is_one = |name: &&str| {
        delivery
            .headers
            .iter()
            .any(|header| header.name.eq_ignore_ascii_case(name))
    };
    let mut notes = Vec::new();
    for name in names.into_iter().filter(is_one) {
        let instead = match set_id {
            Some(flag) if signing.scheme.id_header.as_deref() == Some(name) => {
                format!("; `{flag}` sets it before")
            }
            _ => String::new(),
        };
        notes.push(format!(
            "`{name}` is replaced after signing, so the signature no longer fits{instead}."
        ));
    }
    notes
}

/// Two flags that both read stdin, of those that say `-`.
///
/// # Errors
/// That there are two.
pub(super) fn one_reads_stdin(flags: &[(&str, bool)]) -> Result<()> {
    let readers: Vec<String> = flags
        .iter()
        .filter(|(_, reads)| *reads)
        .map(|(flag, _)| format!("`{flag}`"))
        .collect();
    if readers.len() > 1 {
        return Err(Error::usage(format!(
            "stdin can be read once, and {} would both read it",
            readers.join(" and ")
        ))
        .hint("Put one of them into a file."));
    }
    Ok(())
}

/// Adds HTTP Basic credentials, `USER:PASS`.
pub(super) fn add_basic(credentials: &str, request: &mut Request) {
    let value = crate::request::basic(credentials);
    request.headers.set("authorization", value);
}

impl Planned {
    pub(super) fn profile(&self) -> Option<&Profile> {
        self.provider.as_ref().map(|provider| &provider.profile)
    }

    /// The answer against the stored one.
    pub(super) fn verdict(&self, good: bool) -> Option<&'static str> {
        let stored = self.stored_status?;
        let stored_was_good = is_success(self.profile(), stored);
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
