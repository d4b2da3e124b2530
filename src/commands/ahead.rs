//! Captures of a long file, looked at by several threads and visited in their order.

use std::io::BufRead;
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
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
/// Bytes of lines that are held at a time. One batch may be larger, and is then alone.
const HELD: usize = 32 * 1024 * 1024;
/// Most workers; beyond these, reading lines is what takes its time.
const MOST_WORKERS: usize = 8;

/// Counts the bytes of lines that are held.
#[derive(Default)]
struct Room {
    held: Mutex<Held>,
    /// Told when there is more room.
    freed: Condvar,
}

#[derive(Default)]
struct Held {
    bytes: usize,
    /// Whether nobody reads what comes any more.
    is_closed: bool,
}

impl Room {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until there is room for so many bytes; says whether somebody still wants them.
    fn take(&self, bytes: usize) -> bool {
        let is_full =
            |held: &mut Held| !held.is_closed && held.bytes > 0 && held.bytes + bytes > HELD;
        let held = self.freed.wait_while(self.held(), is_full);
        let mut held = held.unwrap_or_else(PoisonError::into_inner);
        held.bytes += bytes;
        !held.is_closed
    }

    fn free(&self, bytes: usize) {
        self.held().bytes -= bytes;
        self.freed.notify_all();
    }

    fn close(&self) {
        self.held().is_closed = true;
        self.freed.notify_all();
    }
}

/// What became of a batch.
type Looked<T> = Vec<Result<Seen<T>, Problem>>;

enum Job<T> {
    /// A batch, and where to say what became of it.
    Look(Batch, Sender<Looked<T>>),
    Stop,
}

/// A batch that was handed out: its size, and where to hear what became of it.
type HandedOut<T> = (usize, Receiver<Looked<T>>);

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
            Err(problem) => return visit(Err(problem)),
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
    let (hands_out, room) = (to_workers.clone(), Arc::new(Room::default()));
    let room_out = Arc::clone(&room);
    // Nobody waits for this thread: it may wait for a pipe when the visitor has had enough.
    thread::spawn(move || hand_out(first, lines, &room_out, &hands_out, &to_visitor));
    let jobs = Mutex::new(jobs);
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let workers = workers.min(MOST_WORKERS);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| work(&jobs, name, new_worker()));
        }
        let visited = looked_at.into_iter().try_for_each(|batch| match batch {
            Ok((size, looked)) => {
                let looked = looked.recv().into_iter().flatten();
                looked.into_iter().try_for_each(&mut *visit)?;
                room.free(size);
                Ok(())
            }
            Err(problem) => visit(Err(problem)),
        });
        room.close();
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
    room: &Room,
    to_workers: &SyncSender<Job<T>>,
    to_visitor: &SyncSender<Result<HandedOut<T>, Problem>>,
) {
    let mut batch = first;
    loop {
        let size = batch.size();
        if !room.take(size) {
            return;
        }
        let (to, from) = mpsc::channel();
        if to_visitor.send(Ok((size, from))).is_err()
            || to_workers.send(Job::Look(batch, to)).is_err()
        {
            return;
        }
        batch = match lines.batch() {
            Ok(Some(batch)) => batch,
            Ok(None) => return,
            Err(problem) => {
                // Nobody is left to tell if this fails.
                let _ = to_visitor.send(Err(problem));
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
