//! Captures of a long file, looked at by several threads and visited in their order.

use std::io::{self, BufRead};
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::sources::Sourced;
use crate::request::stored::{Batch, Lines, Problem};

/// A request as a worker left it.
pub(crate) enum Seen<T> {
    /// Nothing is left to do but to say it.
    Done(T),
    /// It is still to be looked at.
    Left(Box<Sourced>),
}

impl<T> Seen<T> {
    pub(super) fn left(sourced: Sourced) -> Self {
        Self::Left(Box::new(sourced))
    }
}

/// What a thread does with each request.
pub(crate) type Worker<'a, T> = Box<dyn FnMut(Sourced) -> Seen<T> + 'a>;

/// Makes a worker for a thread.
pub(crate) type NewWorker<'a, T> = &'a (dyn Fn() -> Worker<'a, T> + Sync);

/// Batches from this size on are worth a thread, in bytes. A pipe in which captures come one by one stays below.
const MANY: usize = 48 * 1024;
/// Batches that wait for a worker or for their turn.
const WAITING: usize = 8;
/// Most workers; beyond these, reading lines is what takes its time.
const MOST_WORKERS: usize = 8;

/// What became of a batch.
type Looked<T> = Vec<Result<Seen<T>, Problem>>;

enum Job<T> {
    /// A batch, and where to say what became of it.
    Look(Batch, Sender<Looked<T>>),
    Stop,
}

/// Visits the captures on lines, in their order.
///
/// # Errors
/// What the visitor says.
pub(super) fn each<T: Send + 'static, E>(
    mut lines: Lines<Box<dyn BufRead + Send>>,
    name: &str,
    new_worker: NewWorker<'_, T>,
    visit: &mut dyn FnMut(Result<Seen<T>, Problem>) -> Result<(), E>,
) -> Result<(), E> {
    loop {
        let batch = match lines.batch() {
            Ok(Some(batch)) => batch,
            Ok(None) => return Ok(()),
            Err(error) => return visit(Err(Problem::Bytes(error))),
        };
        if batch.size() >= MANY {
            return with_workers(batch, lines, name, new_worker, visit);
        }
        for stored in batch.captures() {
            visit(stored.map(|stored| Seen::left(Sourced::of_file(name, stored))))?;
        }
    }
}

fn with_workers<T: Send + 'static, E>(
    first: Batch,
    lines: Lines<Box<dyn BufRead + Send>>,
    name: &str,
    new_worker: NewWorker<'_, T>,
    visit: &mut dyn FnMut(Result<Seen<T>, Problem>) -> Result<(), E>,
) -> Result<(), E> {
    let (to_workers, jobs) = mpsc::sync_channel(WAITING);
    let (to_visitor, looked_at) = mpsc::sync_channel(WAITING);
    let hands_out = to_workers.clone();
    // Nobody waits for this thread: it may wait for a pipe when the visitor has had enough.
    thread::spawn(move || hand_out(first, lines, &hands_out, &to_visitor));
    let jobs = Mutex::new(jobs);
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let workers = workers.min(MOST_WORKERS);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| work(&jobs, name, new_worker()));
        }
        let visited = looked_at.into_iter().try_for_each(|batch| match batch {
            Ok(looked) => looked
                .recv()
                .into_iter()
                .flatten()
                .try_for_each(&mut *visit),
            Err(error) => visit(Err(Problem::Bytes(error))),
        });
        for _ in 0..workers {
            // One that is gone needs no telling.
            let _ = to_workers.send(Job::Stop);
        }
        visited
    })
}

/// Gives each batch to the workers, and the visitor the place where it will come from, in the order of the file.
fn hand_out<T>(
    first: Batch,
    mut lines: Lines<Box<dyn BufRead + Send>>,
    to_workers: &SyncSender<Job<T>>,
    to_visitor: &SyncSender<io::Result<Receiver<Looked<T>>>>,
) {
    let mut batch = first;
    loop {
        let (to, from) = mpsc::channel();
        if to_visitor.send(Ok(from)).is_err() || to_workers.send(Job::Look(batch, to)).is_err() {
            return;
        }
        batch = match lines.batch() {
            Ok(Some(batch)) => batch,
            Ok(None) => return,
            Err(error) => {
                // Nobody is left to tell if this fails.
                let _ = to_visitor.send(Err(error));
                return;
            }
        };
    }
}

fn work<T>(jobs: &Mutex<Receiver<Job<T>>>, name: &str, mut worker: Worker<'_, T>) {
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Job::Look(batch, to)) = job else {
            return;
        };
        let captures = batch.captures();
        let seen = captures.map(|stored| Ok(worker(Sourced::of_file(name, stored?))));
        // The visitor may have had enough.
        let _ = to.send(seen.collect());
    }
}
