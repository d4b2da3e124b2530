//! Many digests of one body, which is written but once.

use std::ops::ControlFlow;

use super::body::Variant;
use super::budget::Budget;
use super::token::Token;

use crate::signature::key::{Running, public_key_fits};
use crate::signature::message::{Segment, sorted_form};
use crate::signature::scheme::Algorithm;
use crate::signature::{Key, Source};

/// A key and the message that it may have signed.
pub(super) struct Guess<'g> {
    pub(super) key: &'g Key,
    pub(super) message: &'g [Segment<'g>],
    /// Whether plain hashes without the secret are tried too, which are the same for every key.
    pub(super) keyless: bool,
}

/// What matches: the index of the guess, and how.
pub(super) struct Match<'t> {
    pub(super) guess: usize,
    /// With a line end after the body.
    pub(super) line_end: bool,
    pub(super) token: &'t Token,
    pub(super) algorithm: Algorithm,
}

/// Work for a digest beside its bytes, in bytes hashed.
const DIGEST: u64 = 384;
/// Work for a signature that a public key verifies, beside its bytes.
const PUBLIC_KEY: u64 = 192 << 10;
/// Work for a byte of a form that is decoded and sorted.
const FORM: u64 = 64;
/// Most bytes of a message that is held whole, as a public key needs it.
const MAX_MESSAGE: u64 = 64 << 20;

impl Guess<'_> {
    /// Whether a digest of this kind is worth a try.
    fn takes(&self, algorithm: Algorithm) -> bool {
        let mut segments = self.message.iter();
        algorithm != Algorithm::Sha256
            || self.keyless
            || segments.any(|segment| matches!(segment, Segment::Key))
    }

    /// Bytes of the message beside the body.
    fn length(&self) -> u64 {
        let lengths = self.message.iter().map(|segment| match segment {
            Segment::Bytes(bytes) => bytes.len(),
            Segment::Key => self.key.bytes().len(),
            Segment::Body | Segment::Form => 0,
        });
        u64::try_from(lengths.sum::<usize>()).unwrap_or(u64::MAX)
    }
}

/// Work for a byte under an algorithm: few processors have instructions for SHA-512.
fn weight(algorithm: Algorithm) -> u64 {
    match algorithm {
        Algorithm::HmacSha512 | Algorithm::Ed25519 => 4,
        _ => 1,
    }
}

/// A digest of one guess.
struct Run {
    guess: usize,
    algorithm: Algorithm,
    line_end: bool,
    running: Running,
}

/// What signatures are looked for, and with how much work.
#[derive(Clone, Copy)]
pub(super) struct Matcher<'m> {
    pub(super) tokens: &'m [Token],
    pub(super) source: &'m Source<'m>,
    pub(super) budget: &'m Budget<'m>,
}

impl<'m> Matcher<'m> {
    /// The first of the guesses that a token matches. All have messages of one template, with other texts in it.
    /// None is tried if the budget is too small for all of them.
    pub(super) fn first(
        &self,
        body: &Variant<'_>,
        guesses: &[Guess<'_>],
        algorithms: &[Algorithm],
    ) -> Option<Match<'m>> {
        let part = body.part;
        let template = guesses.first()?.message;
        let has_body = template
            .iter()
            .any(|segment| matches!(segment, Segment::Body));
        let has_form = template
            .iter()
            .any(|segment| matches!(segment, Segment::Form));
        let work = self.work(body, guesses, algorithms);
        let form = if has_form {
            FORM * body.length.min(u64::MAX / FORM)
        } else {
            0
        };
        if !self.budget.take(part, work.saturating_add(form))
            || (has_form && !self.budget.holds(part, body.length))
        {
            return None;
        }
        let form = if has_form {
            sorted_form(self.source, &body.collect()).into_owned()
        } else {
            Vec::new()
        };
        let line_ends = if body.with_line_end && has_body {
            &[false, true][..]
        } else {
            &[false]
        };
        if algorithms.iter().any(|algorithm| algorithm.is_asymmetric()) {
            if body.length > MAX_MESSAGE {
                self.budget.leave_out(part);
                return None;
            }
            return self.first_of_public_keys(body, guesses, algorithms, line_ends);
        }
        let mut runs = Vec::with_capacity(guesses.len() * algorithms.len() * line_ends.len());
        for (index, guess) in guesses.iter().enumerate() {
            for &algorithm in algorithms.iter().filter(|one| guess.takes(**one)) {
                runs.extend(guess.key.begin(algorithm).map(|running| Run {
                    guess: index,
                    algorithm,
                    line_end: false,
                    running,
                }));
            }
        }
        for (at, segment) in template.iter().enumerate() {
            if matches!(segment, Segment::Body) {
                write_body(body, line_ends, &mut runs);
                continue;
            }
            for run in &mut runs {
                let guess = &guesses[run.guess];
                match &guess.message[at] {
                    Segment::Bytes(bytes) => run.running.update(bytes),
                    Segment::Key => run.running.update(guess.key.bytes()),
                    Segment::Form => run.running.update(&form),
                    Segment::Body => {}
                }
            }
        }
        runs.into_iter().find_map(|run| {
            let digest = run.running.finish();
            let token = self.tokens.iter().find(|token| token.digest == digest)?;
            Some(Match {
                guess: run.guess,
                line_end: run.line_end,
                token,
                algorithm: run.algorithm,
            })
        })
    }

    /// The same for algorithms that need the message in one piece.
    fn first_of_public_keys(
        &self,
        body: &Variant<'_>,
        guesses: &[Guess<'_>],
        algorithms: &[Algorithm],
        line_ends: &[bool],
    ) -> Option<Match<'m>> {
        for &line_end in line_ends {
            for (guess, Guess { key, message, .. }) in guesses.iter().enumerate() {
                let message = whole(message, body, line_end, key);
                for &algorithm in algorithms {
                    let fits = |token: &&Token| {
                        public_key_fits(algorithm, key.bytes(), &message, &token.digest)
                    };
                    if let Some(token) = self.tokens.iter().find(fits) {
                        return Some(Match {
                            guess,
                            line_end,
                            token,
                            algorithm,
                        });
                    }
                }
            }
        }
        None
    }

    /// Work for all guesses about a body.
    fn work(&self, body: &Variant<'_>, guesses: &[Guess<'_>], algorithms: &[Algorithm]) -> u64 {
        let tokens = u64::try_from(self.tokens.len()).unwrap_or(u64::MAX);
        let ends = if body.with_line_end { 2 } else { 1 };
        let mut work = body.work;
        for guess in guesses {
            let length = guess.length().saturating_add(body.length);
            for algorithm in algorithms.iter().filter(|one| guess.takes(**one)) {
                let bytes = length.saturating_mul(weight(*algorithm));
                work = work.saturating_add(if algorithm.is_asymmetric() {
                    let each = bytes.saturating_add(PUBLIC_KEY);
                    each.saturating_mul(tokens).saturating_mul(ends)
                } else {
                    bytes.saturating_add(DIGEST * ends)
                });
            }
        }
        work
    }
}

/// Writes the body to all digests at once, and doubles those for which it also has a line end after it.
fn write_body(body: &Variant<'_>, line_ends: &[bool], runs: &mut Vec<Run>) {
    body.stream(&mut |chunk| {
        for run in &mut *runs {
            run.running.update(chunk);
        }
        ControlFlow::Continue(())
    });
    if line_ends.len() > 1 {
        let ended = |run: &Run| {
            let mut running = run.running.clone();
            running.update(b"\n");
            Run {
                line_end: true,
                running,
                ..*run
            }
        };
        let ended: Vec<_> = runs.iter().map(ended).collect();
        runs.extend(ended);
    }
}

/// A message in one piece.
fn whole(message: &[Segment<'_>], body: &Variant<'_>, line_end: bool, key: &Key) -> Vec<u8> {
    let mut whole = Vec::with_capacity(usize::try_from(body.length).unwrap_or(0));
    for segment in message {
        match segment {
            Segment::Bytes(bytes) => whole.extend_from_slice(bytes),
            Segment::Key => whole.extend_from_slice(key.bytes()),
            Segment::Body => {
                body.stream(&mut |chunk| {
                    whole.extend_from_slice(chunk);
                    ControlFlow::Continue(())
                });
                if line_end {
                    whole.push(b'\n');
                }
            }
            // No scheme has a public key and a form.
            Segment::Form => {}
        }
    }
    whole
}
