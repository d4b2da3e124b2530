//! Many deliveries at once: each signed as it is sent, over connections that are used again, counted and not kept.

mod renewal;
mod tally;

pub(crate) use renewal::Renewal;
pub(crate) use tally::Tally;

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::mpsc;

use super::{Expectation, SigningTime, Verdict};
use crate::error::{Error, Result};
use crate::provider::Provider;
use crate::request::Request;
use crate::sender::{Attempt, Delivery, Dialer, Failure, FailureKind, Limits, Line};

/// A delivery that is sent many times.
pub(crate) struct Template {
    pub(crate) delivery: Delivery,
    pub(crate) provider: Option<Arc<Provider>>,
    pub(crate) renewal: Renewal,
    pub(crate) limits: Limits,
}

/// Many deliveries, and how they are sent.
pub(crate) struct Load {
    pub(crate) templates: Vec<Template>,
    /// How often each is sent.
    pub(crate) count: u64,
    /// How many of these, one after the other, are the same delivery.
    pub(crate) copies: u64,
    pub(crate) concurrency: usize,
    /// Most of them a second.
    pub(crate) rate: Option<f64>,
    pub(crate) expect: Expectation,
    pub(crate) time: SigningTime,
    /// Report all attempts, and not some that failed alone.
    pub(crate) reports_all: bool,
}

/// One attempt of many.
pub(crate) struct Sample {
    /// Number of its template.
    pub(crate) template: usize,
    /// With its own ids.
    pub(crate) delivery: Delivery,
    pub(crate) request: Request,
    pub(crate) attempt: Attempt,
    pub(crate) signed_at: i64,
    pub(crate) verdict: Verdict,
}

/// Failed attempts that are reported, if not all are.
pub(crate) const SAMPLES: u64 = 100;
/// Attempts that wait for whoever reads the reports.
const WAITING: usize = 1_024;

/// Deliveries on their way.
pub(crate) struct Running {
    shared: Arc<Shared>,
    threads: Vec<std::thread::JoinHandle<Result<Tally>>>,
    /// Reports, until the last one has come.
    pub(crate) samples: mpsc::Receiver<Sample>,
}

struct Shared {
    load: Load,
    dialers: Vec<Arc<Dialer>>,
    methods: Vec<hyper::Method>,
    start: Instant,
    taken: AtomicU64,
    done: AtomicU64,
    failed: AtomicU64,
    sampled: AtomicU64,
    stops: AtomicBool,
}

impl Load {
    /// How many deliveries there are in all.
    pub(crate) fn total(&self) -> u64 {
        let templates = u64::try_from(self.templates.len()).unwrap_or(u64::MAX);
        self.count
            .saturating_mul(self.copies)
            .saturating_mul(templates)
    }

    /// Starts to send, on as many threads as there are processors. Each has its own share of the connections, so that
    /// none waits for another.
    pub(crate) fn start(self) -> Result<Running> {
        let mut dialers = Vec::new();
        let mut methods = Vec::new();
        for template in &self.templates {
            let delivery = &template.delivery;
            dialers.push(Arc::new(Dialer::new(&delivery.url, &template.limits)?));
            let method = hyper::Method::from_bytes(delivery.request.method.as_bytes());
            methods.push(method.map_err(|error| {
                Error::usage(format!("`{}` is no method", delivery.request.method)).because(error)
            })?);
        }
        let concurrency = usize::try_from(self.total())
            .unwrap_or(usize::MAX)
            .min(self.concurrency);
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = processors.min(concurrency);
        let (report, samples) = mpsc::channel(WAITING);
        let shared = Arc::new(Shared {
            load: self,
            dialers,
            methods,
            start: Instant::now(),
            taken: AtomicU64::new(0),
            done: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            sampled: AtomicU64::new(0),
            stops: AtomicBool::new(false),
        });
        let threads = (0..threads).map(|number| {
            let share = concurrency / threads + usize::from(number < concurrency % threads);
            let (shared, report) = (Arc::clone(&shared), report.clone());
            std::thread::Builder::new()
                .name("volume".to_owned())
                .spawn(move || work(&shared, share, &report))
                .map_err(|error| Error::machine("cannot start").because(error))
        });
        Ok(Running {
            threads: threads.collect::<Result<_>>()?,
            shared,
            samples,
        })
    }
}

impl Running {
    /// Lets those under way end, and starts no other.
    pub(crate) fn stop(&self) {
        self.shared.stops.store(true, Ordering::Relaxed);
    }

    /// How many were sent so far, and how many of them failed.
    pub(crate) fn progress(&self) -> (u64, u64) {
        let shared = &self.shared;
        (
            shared.done.load(Ordering::Relaxed),
            shared.failed.load(Ordering::Relaxed),
        )
    }

    /// What came of them, once the reports have ended, and how long that took.
    pub(crate) fn finish(self) -> Result<(Tally, Duration)> {
        let mut tally = Tally::new();
        for thread in self.threads {
            let part = thread
                .join()
                .map_err(|_| Error::machine("a thread broke off"))??;
            tally.merge(&part);
        }
        Ok((tally, self.shared.start.elapsed()))
    }
}

/// Sends on one thread, over so many connections.
fn work(shared: &Arc<Shared>, connections: usize, report: &mpsc::Sender<Sample>) -> Result<Tally> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::machine("cannot start").because(error))?;
    let tally = Rc::new(RefCell::new(Tally::new()));
    let local = tokio::task::LocalSet::new();
    for _ in 0..connections {
        let worker = Worker {
            shared: Arc::clone(shared),
            tally: Rc::clone(&tally),
            report: report.clone(),
            lines: shared.dialers.iter().cloned().map(Line::new).collect(),
        };
        local.spawn_local(worker.run());
    }
    runtime.block_on(local);
    let tally = tally.borrow().clone();
    Ok(tally)
}

/// Sends one delivery after the other.
struct Worker {
    shared: Arc<Shared>,
    tally: Rc<RefCell<Tally>>,
    report: mpsc::Sender<Sample>,
    /// One for each template.
    lines: Vec<Line>,
}

impl Worker {
    async fn run(mut self) {
        let total = self.shared.load.total();
        loop {
            if self.shared.stops.load(Ordering::Relaxed) {
                return;
            }
            let number = self.shared.taken.fetch_add(1, Ordering::Relaxed);
            if number >= total {
                return;
            }
            if let Some(rate) = self.shared.load.rate {
                self.wait(number, rate).await;
                if self.shared.stops.load(Ordering::Relaxed) {
                    return;
                }
            }
            self.send(number).await;
        }
    }

    /// Waits until it is the turn of this delivery.
    async fn wait(&self, number: u64, rate: f64) {
        #[allow(clippy::cast_precision_loss, reason = "a time, not a count")]
        let after = Duration::try_from_secs_f64(number as f64 / rate).unwrap_or(Duration::MAX);
        let Some(at) = self.shared.start.checked_add(after) else {
            return std::future::pending().await;
        };
        while !self.shared.stops.load(Ordering::Relaxed) {
            let left = at.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            tokio::time::sleep(left.min(MOMENT)).await;
        }
    }

    async fn send(&mut self, number: u64) {
        let shared = Arc::clone(&self.shared);
        let load = &shared.load;
        let templates = u64::try_from(load.templates.len()).unwrap_or(1);
        let index = usize::try_from(number % templates).unwrap_or(0);
        let template = &load.templates[index];
        let round = number / templates / load.copies;
        let mut id = template.delivery.id.clone();
        let mut request = template.delivery.request.clone();
        template.renewal.renew(Some(&mut id), &mut request, round);
        let signed_at = load.time.at(Timestamp::now());
        // That it can be made was tried before.
        let Ok(request) = template.delivery.attempt_of(&id, request, signed_at) else {
            return;
        };
        let attempt = self.exchange(index, &request, template).await;
        let profile = template.provider.as_ref().map(|provider| &provider.profile);
        let verdict = Verdict::new(&template.delivery, &attempt, profile, &load.expect);
        let is_good = verdict.problem().is_none();
        let came = match &attempt.result {
            Ok(answer) => Ok(answer.status),
            Err(failure) => Err(&*failure.message),
        };
        self.tally.borrow_mut().add(attempt.duration, came, is_good);
        shared.done.fetch_add(1, Ordering::Relaxed);
        if !is_good {
            shared.failed.fetch_add(1, Ordering::Relaxed);
        }
        let is_sample = !is_good && shared.sampled.fetch_add(1, Ordering::Relaxed) < SAMPLES;
        if load.reports_all || is_sample {
            let sample = Sample {
                template: index,
                delivery: Delivery {
                    id,
                    ..template.delivery.clone()
                },
                request,
                attempt,
                signed_at,
                verdict,
            };
            // Whoever reads the reports may have gone.
            let _ = self.report.send(sample).await;
        }
    }

    async fn exchange(&mut self, index: usize, request: &Request, template: &Template) -> Attempt {
        let start = Instant::now();
        let line = &mut self.lines[index];
        let method = &self.shared.methods[index];
        let exchange = line.exchange(request, method, &template.limits);
        let result = match template.limits.timeout {
            Some(limit) => match tokio::time::timeout(limit, exchange).await {
                Ok(result) => result,
                Err(_) => {
                    line.hang_up();
                    Err(Failure::timeout(limit))
                }
            },
            None => exchange.await,
        };
        let duration = start.elapsed();
        let is_refused = |failure: &Failure| failure.kind == FailureKind::Refused;
        if result.as_ref().is_err_and(is_refused) {
            // Nobody is there: to ask again at once, over and over, helps nobody.
            tokio::time::sleep(REST).await;
        }
        Attempt {
            number: 1,
            result,
            duration,
        }
    }
}

/// Within this time a stop is seen, however slow the rate.
const MOMENT: Duration = Duration::from_millis(100);
/// How long a worker rests when nobody listens.
const REST: Duration = Duration::from_millis(10);
