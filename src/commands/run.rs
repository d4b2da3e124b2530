//! `hookctl run`: the cases of a file, sent and asked in order.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Args;
use jiff::Timestamp;
use url::Url;

use super::case::{all, expected, fix, judge, observed, set};
use super::check::{Wish, ask, known_check};
use super::findings::FindingsArgs;
use super::options::{RequestArgs, SecretArgs, Target, roots};
use super::outgoing::Planned;
use super::recorder::Recorder;
use super::report::Sent;
use super::send::SendArgs;
use super::target::TargetParser;
use super::{Context, block_on};
use crate::audit::suite::{Case, Suite};
use crate::audit::{Finding, Selection, Silence, Status, Subject};
use crate::delivery::Verdict;
use crate::error::{Error, Kind, Outcome, Result, utf8};
use crate::render::audit::Audited;
use crate::sender::{Attempt, Client, Limits, MAX_ANSWER, Reach, time_limit};
use crate::settings::InputFile;
use crate::suggest::did_you_mean;

/// Run the cases of a file: send, break on purpose, expect and check, in order
#[derive(Args)]
#[command(after_help = "Examples:
  hookctl run webhooks.toml
  hookctl run webhooks.toml --to http://localhost:4000 --report junit=webhooks.xml

A file looks like this:
  provider = \"ken\"
  to = \"http://localhost:3000/webhooks/ken\"
  secret_env = \"HOOKCTL_KEN_SECRET\"

  [[case]]
  name = \"a reply is taken\"
  send = \"lead_replied\"
  set = { \"contact.email\" = \"a@example.com\" }
  max_time = \"1s\"

  [[case]]
  name = \"a changed reply is refused\"
  send = \"lead_replied\"
  tamper = \"body\"
  expect = \"401\"

  [[case]]
  name = \"the handler is sound\"
  check = true
  skip = [\"survives-burst\"]")]
pub(crate) struct RunArgs {
    /// File of cases
    #[arg(value_name = "FILE")]
    file: String,
    /// URL of the handler in place of the file's; one without a path keeps the paths of the file
    #[arg(long, value_name = "URL", value_parser = TargetParser)]
    to: Option<Target>,
    /// Run these cases alone (can be repeated)
    #[arg(long, value_name = "NAME")]
    case: Vec<String>,
    /// List the cases and run none
    #[arg(long)]
    list: bool,
    /// Allow checks of a handler that is neither on this machine nor in a private network
    #[arg(long)]
    allow_remote: bool,
    /// Let `data` name files in this folder, too, not only in the folder of FILE (can be repeated)
    #[arg(long, value_name = "DIR")]
    allow_files: Vec<PathBuf>,
    #[command(flatten)]
    findings: FindingsArgs,
    #[command(flatten)]
    request: RequestArgs,
    #[command(flatten)]
    secret: SecretArgs,
}

pub(crate) fn run(args: &RunArgs, context: &mut Context) -> Result<Outcome> {
    let (bytes, file) = context.settings.read_cases(&args.file)?;
    let wrong = |problem: &str| Error::usage(format!("`{}`: {problem}", args.file));
    let text = utf8(bytes, &args.file)?;
    let suite = Suite::parse(&text).map_err(|problem| wrong(&problem))?;
    let cases = args.chosen(&suite)?;
    if args.list {
        for case in cases {
            context
                .ui
                .data(format!("{}\n", crate::render::text::safe(&case.name)))?;
        }
        return Ok(Outcome::Good);
    }
    let known = args.findings.known(context)?;
    let running = Running {
        args,
        suite: &suite,
        file: &file,
    };
    let steps = running.prepare(&cases, context)?;
    for step in &steps {
        step.urls()
            .for_each(|(url, reach)| args.findings.wait_for(url, reach));
    }
    let start = Instant::now();
    let mut all = Ran::default();
    for step in steps {
        all.extend(match step {
            Step::Send(case, sending) => running.send(case, &sending, context)?,
            Step::Check(case, checking) => Running::check(case, *checking, context)?,
        });
    }
    let requests = all.requests;
    let findings = all.into_findings();
    let audited = Audited {
        title: args.file.clone(),
        url: None,
        known,
        findings,
        requests,
        duration: start.elapsed(),
        unit: "case",
    };
    args.findings.conclude(&audited, context)
}

/// A case made ready: what is wrong with it is known before anything is sent.
enum Step<'a> {
    Send(&'a Case, Box<Sending>),
    Check(&'a Case, Box<Checking>),
}

impl Step<'_> {
    /// Where it sends to.
    fn urls(&self) -> impl Iterator<Item = (&Url, Reach)> {
        let (planned, checked) = match self {
            Self::Send(_, sending) => (&*sending.planned, None),
            Self::Check(_, checking) => (&[][..], Some(&checking.subject)),
        };
        planned
            .iter()
            .map(|planned| (&planned.delivery.url, planned.delivery.reach))
            .chain(checked.map(|subject| (&subject.url, subject.reach)))
    }
}

/// Deliveries, and how they are signed.
struct Sending {
    args: SendArgs,
    planned: Vec<Planned>,
}

/// Checks of a handler.
struct Checking {
    subject: Subject,
    selection: Selection,
    request: RequestArgs,
}

/// What cases came to.
#[derive(Default)]
struct Ran {
    findings: Vec<Finding>,
    requests: usize,
    /// Whether a handler responded to any of them.
    answered: bool,
}

impl Ran {
    fn extend(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.requests += other.requests;
        self.answered |= other.answered;
    }

    /// The findings. Where no handler responded at all, a baseline excuses none of the failures.
    fn into_findings(mut self) -> Vec<Finding> {
        for finding in &mut self.findings {
            if !self.answered && finding.status == Status::Fail {
                finding.silence.get_or_insert(Silence::NoResponse);
            }
        }
        self.findings
    }
}

impl RunArgs {
    fn chosen<'a>(&self, suite: &'a Suite) -> Result<Vec<&'a Case>> {
        if self.case.is_empty() {
            return Ok(suite.cases.iter().collect());
        }
        let names = || suite.cases.iter().map(|case| &*case.name);
        for name in &self.case {
            if !names().any(|known| known == name) {
                let near = did_you_mean(name, names());
                return Err(
                    Error::usage(format!("`{}` has no case `{name}`", self.file))
                        .hint(near.unwrap_or_else(|| "`--list` lists them.".to_owned())),
                );
            }
        }
        let is_chosen = |case: &&Case| self.case.contains(&case.name);
        Ok(suite.cases.iter().filter(is_chosen).collect())
    }
}

struct Running<'a> {
    args: &'a RunArgs,
    suite: &'a Suite,
    file: &'a InputFile,
}

impl Running<'_> {
    fn prepare<'c>(&self, cases: &[&'c Case], context: &mut Context) -> Result<Vec<Step<'c>>> {
        let mut steps = Vec::new();
        for case in cases {
            let step = if case.sends() {
                let sending = self.sending(case, context);
                sending.map(|sending| Step::Send(case, Box::new(sending)))
            } else {
                let checking = self.checking(case, context);
                checking.map(|checking| Step::Check(case, Box::new(checking)))
            };
            steps.push(step.map_err(|error| error.of(&format!("case `{}`", case.name)))?);
        }
        Ok(steps)
    }

    /// The URL of a case: the file's, moved to where the command line says.
    fn target(&self, case: &Case) -> Result<Option<Target>> {
        let written = case.to.as_ref().or(self.suite.to.as_ref());
        let written = written.map(|to| {
            to.parse::<Target>()
                .map_err(|problem| Error::usage(format!("`to`: {problem}")))
        });
        let written = written.transpose()?;
        Ok(match (&self.args.to, written) {
            (Some(given), Some(written)) if !given.has_path => {
                let mut moved = given.clone();
                moved.url.set_path(written.url.path());
                moved.url.set_query(written.url.query());
                Some(moved)
            }
            (Some(given), _) => Some(given.clone()),
            (None, written) => written,
        })
    }

    fn secret(&self, case: &Case, context: &Context) -> Result<SecretArgs> {
        let named = case.secret_env.as_ref().or(self.suite.secret_env.as_ref());
        match named {
            Some(variable) if !self.args.secret.is_given() => {
                let secret = context.settings.secret_named(variable, self.file)?;
                Ok(SecretArgs::of(&[secret]))
            }
            _ => Ok(self.args.secret.clone()),
        }
    }

    fn provider<'c>(&'c self, case: &'c Case) -> Option<&'c str> {
        case.provider.as_deref().or(self.suite.provider.as_deref())
    }

    fn timeout(&self, case: &Case) -> Option<Duration> {
        let written = case.timeout.or(self.suite.timeout);
        self.args.request.timeout.or(written.map(|span| span.0))
    }

    /// Headers of the file, of the case, then of the command line.
    fn headers(&self, case: &Case) -> Vec<String> {
        let written = self.suite.headers.iter().chain(&case.headers);
        written
            .map(|(name, value)| format!("{name}: {value}"))
            .collect()
    }

    fn checking(&self, case: &Case, context: &mut Context) -> Result<Checking> {
        let selection = case.selection().map_err(known_check)?;
        let mut request = RequestArgs {
            timeout: self.timeout(case),
            ..self.args.request.clone()
        };
        let written = self.headers(case);
        let written = written.iter().map(|header| super::options::header(header));
        let written = written.collect::<std::result::Result<Vec<_>, _>>();
        let written = written.map_err(|problem| Error::usage(format!("`headers`: {problem}")))?;
        request.headers.splice(0..0, written);
        let wish = Wish {
            to: self.target(case)?,
            provider: self.provider(case),
            events: &case.events.all(),
            request: &request,
            secret: &self.secret(case, context)?,
            allow_remote: self.args.allow_remote,
        };
        Ok(Checking {
            subject: wish.subject(context)?,
            selection,
            request,
        })
    }

    fn check(case: &Case, checking: Checking, context: &mut Context) -> Result<Ran> {
        let start = Instant::now();
        let Checking {
            subject,
            selection,
            request,
        } = checking;
        let asked = ask(subject, &selection, &request, |_, _| {}, context);
        let error = match asked {
            Ok((report, _)) => {
                let is_silent = |finding: &Finding| finding.silence.is_some();
                let answered = !report.findings.iter().any(is_silent);
                let named = report.findings.into_iter().map(|finding| Finding {
                    id: format!("{} / {}", case.name, finding.id),
                    ..finding
                });
                return Ok(Ran {
                    findings: named.collect(),
                    requests: report.requests,
                    answered,
                });
            }
            Err(error) if error.kind() == Kind::Machine => error,
            Err(error) => return Err(error),
        };
        // A handler that is not there fails its case, and leaves the others alone.
        let finding = Finding {
            id: case.name.clone(),
            status: Status::Fail,
            expected: "a handler that can be asked".to_owned(),
            observed: error.to_string(),
            why: case.why.clone(),
            fix: Some(error.hints().join(" ")),
            duration: start.elapsed(),
            silence: Some(Silence::NoResponse),
        };
        Ok(Ran {
            findings: vec![finding.redacted()],
            requests: 1,
            answered: false,
        })
    }

    fn sending(&self, case: &Case, context: &mut Context) -> Result<Sending> {
        let catalogue = context.settings.catalogue()?;
        // A body of one's own may be of any event.
        for name in case.send.all().iter().filter(|_| case.data.is_none()) {
            catalogue.find(name, self.provider(case))?;
        }
        if let Some(named) = case.data.as_deref().and_then(|data| data.strip_prefix('@')) {
            let (settings, allowed) = (&context.settings, &self.args.allow_files);
            settings.check_named_file(self.file, named, allowed)?;
        }
        let secret = self.secret(case, context)?;
        let args = SendArgs::of_words(&self.words(case), self.target(case)?, secret)?;
        let planned = args.planned(context)?;
        let times = usize::try_from(case.duplicate).unwrap_or(0) + 1;
        let planned = planned
            .into_iter()
            .flat_map(|planned| std::iter::repeat_n(planned, times))
            .collect();
        Ok(Sending { args, planned })
    }

    fn send(&self, case: &Case, sending: &Sending, context: &mut Context) -> Result<Ran> {
        let start = Instant::now();
        let mut recorder = Recorder::new(&context.settings, &mut context.ui)?;
        let (mut attempts, mut problem) = (Vec::new(), None);
        for planned in &sending.planned {
            let signed_at = sending.args.signed_at(Timestamp::now());
            let request = planned.delivery.attempt(signed_at);
            let request = request.map_err(|why| Error::usage(why).of(&case.name))?;
            let attempt = block_on(self.attempt(case, planned, &request, context))?;
            let wrong = judge(case, planned, &attempt);
            let observed = wrong.as_ref().map(|_| observed(planned, &attempt));
            let verdict = Verdict {
                refused: observed.clone(),
                taken: None,
                is_named: true,
                is_expected: wrong.is_none(),
            };
            let sent = Sent {
                planned,
                request: &request,
                attempt: &attempt,
                signed_at,
                verdict: &verdict,
                timeline: None,
                endpoint: None,
                id: None,
            };
            recorder.add(&sent, &mut context.ui)?;
            if let Some((wrong, observed)) = wrong.zip(observed) {
                problem = Some((observed, fix(case, &wrong, planned, &attempt)));
            }
            attempts.push(attempt);
            if problem.is_some() {
                break;
            }
        }
        let (status, observed, fix) = match problem {
            Some((observed, fix)) => (Status::Fail, observed, Some(fix)),
            None => (Status::Pass, all(&attempts), None),
        };
        let finding = Finding {
            id: case.name.clone(),
            status,
            expected: expected(case),
            observed,
            why: case.why.clone(),
            fix,
            duration: start.elapsed(),
            silence: None,
        };
        Ok(Ran {
            findings: vec![finding.redacted()],
            requests: attempts.len(),
            answered: attempts.iter().any(|attempt| attempt.result.is_ok()),
        })
    }

    async fn attempt(
        &self,
        case: &Case,
        planned: &Planned,
        request: &crate::request::Request,
        context: &Context,
    ) -> Result<Attempt> {
        let profile = planned.provider.as_ref().map(|provider| &provider.profile);
        let limit = time_limit(self.timeout(case), profile);
        let limits = Limits {
            timeout: (!limit.is_zero()).then_some(limit),
            insecure: self.args.request.insecure,
            roots: roots(self.args.request.cacert.as_deref(), &context.settings)?,
            max_answer: MAX_ANSWER,
            reach: planned.delivery.reach,
            any_framing: false,
        };
        let url = &planned.delivery.url;
        Ok(Client::new(url, limits)?.send(request, url, 1).await)
    }

    /// The case as it would be typed after `send`.
    fn words(&self, case: &Case) -> Vec<String> {
        let mut words = Vec::new();
        let mut flag = |name: &str, value: Option<String>| {
            words.extend(value.map(|value| format!("--{name}={value}")));
        };
        flag("provider", self.provider(case).map(str::to_owned));
        for variant in case.variant.all() {
            flag("variant", Some(variant));
        }
        for (path, value) in &case.set {
            flag("set", Some(format!("{path}={}", set(value))));
        }
        for path in case.unset.all() {
            flag("unset", Some(path));
        }
        for header in self.headers(case) {
            flag("header", Some(header));
        }
        for header in &self.args.request.headers {
            let value = crate::request::latin1(&header.value);
            flag("header", Some(format!("{}: {value}", header.name)));
        }
        flag("data", case.data.clone());
        flag("id", case.id.clone());
        flag("timestamp", case.timestamp.clone());
        flag("seed", case.seed.map(|seed| seed.to_string()));
        flag("method", case.method.clone());
        flag(
            "content-type",
            case.content_type.map(|kind| kind.word().to_owned()),
        );
        flag(
            "tamper",
            case.tamper().and_then(|tamper| {
                clap::ValueEnum::to_possible_value(&tamper).map(|value| value.get_name().to_owned())
            }),
        );
        words.push("--".to_owned());
        words.extend(case.send.all());
        words
    }
}
