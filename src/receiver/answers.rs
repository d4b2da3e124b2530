//! What to answer: a pure function of the policy, of what was found out about the request, and of whose turn it is.
//! Whatever is drawn is drawn from the policy's seed.

use std::fmt;
use std::io;
use std::str::FromStr;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CONTENT_LENGTH, HeaderName, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use hyper::http::Extensions;
use hyper::{Response, StatusCode};

use super::judge::{Judgement, Verdict};
use crate::provider::fresh::Seed;
use crate::request::{Header, Headers};

/// What to answer.
#[derive(Clone, Debug)]
pub(crate) struct AnswerPolicy {
    /// In turn.
    pub(crate) sequence: Sequence,
    pub(crate) body: Bytes,
    pub(crate) headers: Vec<Header>,
    pub(crate) faults: Faults,
    pub(crate) delay: Delay,
    /// Delays and faults are drawn with it.
    pub(crate) seed: Seed,
    /// Answer 401 to what does not verify.
    pub(crate) require_valid: bool,
    /// Answer handshakes as their senders want it, whatever else is answered.
    pub(crate) handshakes: bool,
}

/// One kind of answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Status(StatusCode),
    /// The connection is closed without an answer.
    Drop,
}

/// Kinds of answers, each with how often it is given; the last one repeats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sequence(Vec<(u64, Part)>);

/// Failures on purpose, in place of the answer that it would be otherwise.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Faults {
    /// So many at the start.
    pub(crate) first: u64,
    /// The share that fails afterwards, from 0 to 1.
    pub(crate) rate: f64,
    /// How they fail.
    pub(crate) part: Part,
    /// After so many answers it is 410 for ever.
    pub(crate) gone_after: Option<u64>,
    /// Seconds after which to try again, told with answers that are worth another try.
    pub(crate) retry_after: Option<u64>,
}

/// How long an answer waits: within these, both included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Delay {
    pub(crate) shortest: Duration,
    pub(crate) longest: Duration,
}

/// What one request is answered.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// `None`: the connection is closed without an answer.
    pub(crate) status: Option<StatusCode>,
    pub(crate) headers: Headers,
    pub(crate) body: Bytes,
    /// Waited for before.
    pub(crate) delay: Duration,
    /// Whether it is the usual answer, in whose place that of another server may go.
    pub(crate) is_usual: bool,
    /// Whether it is of this program, and not one that is passed back.
    pub(crate) is_ours: bool,
    /// How another server spelled the head, for hyper.
    pub(crate) extensions: Extensions,
}

impl AnswerPolicy {
    /// The answer to a request that was captured. `turn` counts, from 1, the requests that it is asked for, which
    /// are those that nothing refuses. `is_wanted` is false for what a filter leaves out: faults are not for it.
    pub(super) fn answer(
        &self,
        number: u64,
        judgement: &Judgement,
        is_wanted: bool,
        turn: impl FnOnce() -> u64,
    ) -> Answer {
        let delay = self.delay.of(number, &self.seed);
        if self.require_valid && judgement.verdict != Verdict::Valid {
            let reason = judgement.detail.as_deref().unwrap_or("not signed");
            let refused = Answer::text(StatusCode::UNAUTHORIZED, format!("{reason}\n"));
            return Answer { delay, ..refused };
        }
        if !is_wanted {
            let usual = self.usual(self.sequence.success(), Duration::ZERO);
            return Answer {
                is_usual: false,
                ..usual
            };
        }
        let turn = turn();
        match self.fault(turn) {
            Some(part) => self.failed(part, delay),
            None => self.usual(self.sequence.at(turn), delay),
        }
    }

    /// The fault of a turn, if it has one.
    fn fault(&self, turn: u64) -> Option<Part> {
        let faults = &self.faults;
        if faults.gone_after.is_some_and(|count| turn > count) {
            return Some(Part::Status(StatusCode::GONE));
        }
        let fails = turn <= faults.first || (faults.rate > 0.0 && self.drawn(turn) < faults.rate);
        fails.then_some(faults.part)
    }

    /// A number from 0 to 1, without 1; the same one for the same turn and seed.
    fn drawn(&self, turn: u64) -> f64 {
        let digits = self.seed.value("{hex:8}", &format!("fault {turn}"));
        f64::from(u32::from_str_radix(&digits, 16).unwrap_or(0)) / (f64::from(u32::MAX) + 1.0)
    }

    fn failed(&self, part: Part, delay: Duration) -> Answer {
        let mut answer = match part {
            Part::Status(status) => Answer::plain(status),
            Part::Drop => Answer::none(),
        };
        self.add_retry_after(&mut answer);
        Answer { delay, ..answer }
    }

    fn usual(&self, part: Part, delay: Duration) -> Answer {
        let mut answer = match part {
            Part::Status(status) => Answer {
                status: Some(status),
                body: self.body.clone(),
                ..Answer::none()
            },
            Part::Drop => Answer::none(),
        };
        for header in &self.headers {
            answer.headers.push(&*header.name, &*header.value);
        }
        self.add_retry_after(&mut answer);
        Answer {
            delay,
            is_usual: true,
            ..answer
        }
    }

    fn add_retry_after(&self, answer: &mut Answer) {
        if let Some(seconds) = self.faults.retry_after
            && answer.status.is_some_and(invites_retry)
        {
            answer.headers.push("retry-after", seconds.to_string());
        }
    }

    /// Whether any answer carries a `Retry-After`, if one is wanted.
    pub(crate) fn invites_retry(&self) -> bool {
        let invites = |part: Part| matches!(part, Part::Status(status) if invites_retry(status));
        let faults = &self.faults;
        self.sequence.parts().any(invites)
            || ((faults.first > 0 || faults.rate > 0.0) && invites(faults.part))
    }
}

/// Whether a status says that another try may do better.
fn invites_retry(status: StatusCode) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error()
}

impl Sequence {
    /// One kind of answer for all.
    pub(crate) fn of(part: Part) -> Self {
        Self(vec![(1, part)])
    }

    pub(crate) fn parts(&self) -> impl Iterator<Item = Part> {
        self.0.iter().map(|(_, part)| *part)
    }

    /// The part of a turn, counted from 1.
    fn at(&self, turn: u64) -> Part {
        let mut end: u64 = 0;
        let found = self.0.iter().find(|(count, _)| {
            end = end.saturating_add(*count);
            turn <= end
        });
        found
            .or(self.0.last())
            .map_or(Part::Drop, |(_, part)| *part)
    }

    /// What it comes to, if that is a success; 200 else.
    fn success(&self) -> Part {
        let last = self.parts().last();
        last.filter(|part| matches!(part, Part::Status(status) if status.is_success()))
            .unwrap_or(Part::Status(StatusCode::OK))
    }
}

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (count, part)) in self.0.iter().enumerate() {
            let comma = if index > 0 { "," } else { "" };
            match count {
                1 => write!(f, "{comma}{part}")?,
                count => write!(f, "{comma}{count}x{part}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "{}", status.as_u16()),
            Self::Drop => f.write_str("drop"),
        }
    }
}

impl FromStr for Sequence {
    type Err = String;

    /// Reads `2x503,200`.
    fn from_str(text: &str) -> Result<Self, String> {
        let part = |text: &str| {
            let text = text.trim();
            let (count, part) = match text.split_once(['x', '×']) {
                Some((count, part)) => (count.trim(), part.trim()),
                None => ("1", text),
            };
            let problem = || format!("`{text}` is no part such as `503`, `2x503` or `drop`");
            let count: u64 = count.parse().map_err(|_| problem())?;
            if count == 0 {
                return Err(format!("`{text}` would never be given"));
            }
            let part = match part {
                "drop" => Part::Drop,
                status if status.parse::<u16>().is_ok() => Part::Status(answer_status(status)?),
                _ => return Err(problem()),
            };
            Ok((count, part))
        };
        text.split(',')
            .map(part)
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

/// Reads the status of an answer.
pub(crate) fn answer_status(text: &str) -> Result<StatusCode, String> {
    let status: u16 = text.parse().map_err(|_| "it is no status".to_owned())?;
    if !(200..=599).contains(&status) {
        return Err("a status is 200 to 599".to_owned());
    }
    StatusCode::from_u16(status).map_err(|error| error.to_string())
}

impl Default for Faults {
    fn default() -> Self {
        Self {
            first: 0,
            rate: 0.0,
            part: Part::Status(StatusCode::SERVICE_UNAVAILABLE),
            gone_after: None,
            retry_after: None,
        }
    }
}

impl Delay {
    /// The delay of the capture with this number; the same one for the same seed.
    fn of(self, number: u64, seed: &Seed) -> Duration {
        let range = u64::try_from(self.longest.saturating_sub(self.shortest).as_nanos())
            .unwrap_or(u64::MAX);
        if range == 0 {
            return self.shortest;
        }
        let drawn = seed.value("{hex:15}", &format!("delay {number}"));
        let drawn = u64::from_str_radix(&drawn, 16).unwrap_or(0);
        self.shortest + Duration::from_nanos(drawn % range.saturating_add(1))
    }
}

impl Answer {
    pub(super) fn none() -> Self {
        Self {
            status: None,
            headers: Headers::default(),
            body: Bytes::new(),
            delay: Duration::ZERO,
            is_usual: false,
            is_ours: true,
            extensions: Extensions::new(),
        }
    }

    /// A status with its name as the body.
    pub(crate) fn plain(status: StatusCode) -> Self {
        let name = status.canonical_reason().unwrap_or_default();
        Self::text(status, format!("{name}\n"))
    }

    pub(super) fn text(status: StatusCode, text: String) -> Self {
        let mut answer = Self::none();
        answer.status = Some(status);
        answer
            .headers
            .push("content-type", "text/plain; charset=utf-8");
        answer.body = text.into();
        answer
    }

    /// As the server gives it.
    ///
    /// # Errors
    /// The connection is to be closed instead.
    pub(super) fn response(&self) -> io::Result<Response<Full<Bytes>>> {
        let status = self
            .status
            .ok_or_else(|| io::Error::other("dropped on purpose"))?;
        let mut response = Response::new(Full::new(self.body.clone()));
        *response.status_mut() = status;
        response.extensions_mut().clone_from(&self.extensions);
        for header in self.headers.iter() {
            let name = HeaderName::from_bytes(header.name.as_bytes());
            if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(&header.value)) {
                response.headers_mut().append(name, value);
            }
        }
        // Where hyper writes one it stands behind all others; an answer to HEAD needs it all the same.
        let headers = response.headers_mut();
        headers
            .entry(CONTENT_LENGTH)
            .or_insert(self.body.len().into());
        if self.is_ours {
            // It may hold what the sender wrote, such as the challenge of a handshake.
            headers
                .entry(X_CONTENT_TYPE_OPTIONS)
                .or_insert(HeaderValue::from_static("nosniff"));
        }
        Ok(response)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(sequence: &str) -> AnswerPolicy {
        AnswerPolicy {
            sequence: sequence.parse().unwrap(),
            body: Bytes::from_static(b"ok"),
            headers: Vec::new(),
            faults: Faults::default(),
            delay: Delay::default(),
            seed: Seed::chosen(7),
            require_valid: false,
            handshakes: true,
        }
    }

    fn judged(verdict: Verdict) -> Judgement {
        Judgement::of(verdict)
    }

    /// The statuses of the first so many turns; 0 for none.
    fn statuses(policy: &AnswerPolicy, count: u64) -> Vec<u16> {
        let valid = judged(Verdict::Valid);
        let answer = |turn| policy.answer(turn, &valid, true, || turn);
        let status = |turn| answer(turn).status.map_or(0, |status| status.as_u16());
        (1..=count).map(status).collect()
    }

    #[test]
    fn a_sequence_goes_on_with_its_last_part() {
        assert_eq!(statuses(&policy("2x503,200"), 5), [503, 503, 200, 200, 200]);
        assert_eq!(
            statuses(&policy("429, drop ,2x 204"), 5),
            [429, 0, 204, 204, 204]
        );
        let spelled = |text: &str| text.parse::<Sequence>().unwrap().to_string();
        assert_eq!(spelled("429, drop ,2x 204"), "429,drop,2x204");
        assert_eq!(
            statuses(&policy("18446744073709551615x500,200"), 2),
            [500, 500]
        );
        for (text, problem) in [
            ("", "`` is no part such as `503`, `2x503` or `drop`"),
            ("200,", "`` is no part such as `503`, `2x503` or `drop`"),
            ("x503", "`x503` is no part such as `503`, `2x503` or `drop`"),
            ("2x", "`2x` is no part such as `503`, `2x503` or `drop`"),
            ("0x503", "`0x503` would never be given"),
            ("2x99", "a status is 200 to 599"),
            (
                "-1x200",
                "`-1x200` is no part such as `503`, `2x503` or `drop`",
            ),
        ] {
            assert_eq!(text.parse::<Sequence>(), Err(problem.to_owned()), "{text}");
        }
    }

    #[test]
    fn the_first_fail_then_a_share_and_at_last_it_is_gone() {
        let mut policy = policy("200");
        policy.faults.first = 2;
        policy.faults.gone_after = Some(4);
        assert_eq!(statuses(&policy, 6), [503, 503, 200, 200, 410, 410]);
        policy.faults.part = Part::Drop;
        assert_eq!(statuses(&policy, 5), [0, 0, 200, 200, 410]);
        policy.faults = Faults {
            rate: 0.2,
            ..Faults::default()
        };
        let seen = statuses(&policy, 1000);
        let failed = seen.iter().filter(|status| **status == 503).count();
        assert!((160..240).contains(&failed), "{failed}");
        assert_eq!(seen, statuses(&policy, 1000));
        policy.seed = Seed::chosen(8);
        assert_ne!(seen, statuses(&policy, 1000));
        policy.faults.rate = 1.0;
        assert_eq!(statuses(&policy, 3), [503; 3]);
    }

    #[test]
    fn a_delay_is_within_its_range_and_the_same_for_the_same_seed() {
        let delay = Delay {
            shortest: Duration::from_millis(50),
            longest: Duration::from_millis(800),
        };
        let delays = |seed| (1..=100).map(move |number| delay.of(number, &Seed::chosen(seed)));
        assert!(delays(7).all(|one| (delay.shortest..=delay.longest).contains(&one)));
        assert!(delays(7).eq(delays(7)));
        assert!(!delays(7).eq(delays(8)));
        let (least, most) = (delays(7).min().unwrap(), delays(7).max().unwrap());
        assert!(
            most > least + Duration::from_millis(600),
            "{least:?} {most:?}"
        );
    }

    #[test]
    fn when_to_try_again_is_told_where_another_try_may_do_better() {
        let mut policy = policy("500,429,404,drop,200");
        policy.faults.retry_after = Some(2);
        policy.faults.gone_after = Some(5);
        let valid = judged(Verdict::Valid);
        let told: Vec<_> = (1..=6)
            .map(|turn| policy.answer(turn, &valid, true, || turn))
            .map(|answer| answer.headers.contains("retry-after"))
            .collect();
        assert_eq!(told, [true, true, false, false, false, false]);
    }

    #[test]
    fn what_is_refused_or_left_out_takes_no_turn_and_has_no_fault() {
        let mut policy = policy("503,204");
        policy.require_valid = true;
        let no_turn = || panic!("a turn was taken");
        let refused = policy.answer(1, &judged(Verdict::Missing), true, no_turn);
        assert_eq!(refused.status, Some(StatusCode::UNAUTHORIZED));
        assert!(!refused.is_usual);
        let left_out = policy.answer(2, &judged(Verdict::Valid), false, no_turn);
        assert_eq!(left_out.status, Some(StatusCode::NO_CONTENT));
    }
}
