//! What a listener answers, as it is typed.

use std::time::Duration;

use clap::Args;
use hyper::StatusCode;

use super::message::random_seed;
use super::options::{seed, span};
use crate::error::{Error, Result};
use crate::provider::fresh::Seed;
use crate::receiver::{AnswerPolicy, Delay, Faults, Part, Sequence, answer_status};
use crate::request::{Header, depth, parse_header};
use crate::settings::Settings;

/// What to answer.
#[derive(Args)]
#[command(next_help_heading = "Answer")]
pub(crate) struct AnswerArgs {
    /// Status to answer with [default: 200]
    #[arg(long, value_name = "STATUS", value_parser = answer_status)]
    status: Option<StatusCode>,
    /// Body to answer with; @FILE reads it from a file
    #[arg(long, value_name = "TEXT|@FILE")]
    body: Option<String>,
    /// Header to answer with (can be repeated)
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE", value_parser = parse_header)]
    headers: Vec<Header>,
    /// Statuses in turn, the last one repeats, as in `2x503,200` or `drop,200`
    #[arg(long, value_name = "SEQUENCE", value_parser = str::parse::<Sequence>)]
    respond: Option<Sequence>,
    /// Answer the first N requests with 503
    #[arg(long, value_name = "N")]
    fail_first: Option<u64>,
    /// Answer this share of the requests with 503, as in `0.2`
    #[arg(long, value_name = "SHARE", value_parser = share)]
    fail_rate: Option<f64>,
    /// Tell the sender with each 429 and 5xx when to try again
    #[arg(long, value_name = "DURATION", value_parser = whole_seconds)]
    retry_after: Option<u64>,
    /// Answer with 410 after N requests
    #[arg(long, value_name = "N")]
    gone_after: Option<u64>,
    /// Close the connection without an answer: to all, or to those that fail
    #[arg(long)]
    drop: bool,
    /// Wait before answering; `50ms..800ms` draws a time for each
    #[arg(long, value_name = "DURATION", value_parser = delay)]
    delay: Option<Delay>,
    /// Draw the same times and failures in every run
    #[arg(long, value_name = "N", value_parser = seed)]
    seed: Option<u64>,
    /// Answer 401 to what does not verify
    #[arg(long)]
    require_valid: bool,
    /// Answer handshakes, by which senders check an endpoint, like any other request
    #[arg(long)]
    no_handshake: bool,
}

fn delay(text: &str) -> std::result::Result<Delay, String> {
    let (shortest, longest) = match text.split_once("..") {
        Some((shortest, longest)) => (span(shortest)?, span(longest)?),
        None => (span(text)?, span(text)?),
    };
    if shortest > longest {
        return Err("the shortest time comes first, as in `50ms..800ms`".to_owned());
    }
    Ok(Delay { shortest, longest })
}

fn share(text: &str) -> std::result::Result<f64, String> {
    let share = text
        .parse()
        .ok()
        .filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| format!("`{text}` is no share from 0 to 1, such as `0.2`"))
}

fn whole_seconds(text: &str) -> std::result::Result<u64, String> {
    let span = span(text)?;
    if span == Duration::from_secs(span.as_secs()) {
        Ok(span.as_secs())
    } else {
        Err("the header holds whole seconds".to_owned())
    }
}

impl AnswerArgs {
    pub(super) fn policy(&self, settings: &Settings, forwards: bool) -> Result<AnswerPolicy> {
        self.check_conflicts(forwards)?;
        let body = match self
            .body
            .as_deref()
            .map(|body| body.strip_prefix('@').ok_or(body))
        {
            Some(Ok(file)) => settings.read(file)?,
            Some(Err(text)) => text.as_bytes().to_vec(),
            None => Vec::new(),
        };
        self.policy_with(body, forwards)
    }

    /// The policy with this body.
    pub(crate) fn policy_with(&self, body: Vec<u8>, forwards: bool) -> Result<AnswerPolicy> {
        self.check_conflicts(forwards)?;
        let sequence = self.sequence();
        self.check_framing(&body, &sequence)?;
        let policy = AnswerPolicy {
            sequence,
            headers: self.headers_with(&body),
            body: body.into(),
            faults: self.faults(),
            delay: self.delay.unwrap_or_default(),
            seed: match self.seed {
                Some(number) => Seed::chosen(number),
                None => random_seed()?,
            },
            require_valid: self.require_valid,
            handshakes: !self.no_handshake,
        };
        if self.retry_after.is_some() && !policy.invites_retry() {
            return Err(
                Error::usage("no answer is a 429 or 5xx, so `--retry-after` has no use")
                    .hint("Add `--fail-first N`, `--fail-rate SHARE` or `--respond '2x503,200'`."),
            );
        }
        Ok(policy)
    }

    /// Whether some requests fail on purpose, and the others do not.
    fn fails_some(&self) -> bool {
        self.fail_first.is_some() || self.fail_rate.is_some()
    }

    fn sequence(&self) -> Sequence {
        let one = if self.drop && !self.fails_some() {
            Part::Drop
        } else {
            Part::Status(self.status.unwrap_or(StatusCode::OK))
        };
        self.respond.clone().unwrap_or_else(|| Sequence::of(one))
    }

    fn faults(&self) -> Faults {
        let usual = Faults::default();
        Faults {
            first: self.fail_first.unwrap_or(0),
            rate: self.fail_rate.unwrap_or(0.0),
            part: if self.drop { Part::Drop } else { usual.part },
            gone_after: self.gone_after,
            retry_after: self.retry_after,
        }
    }

    /// The flags that say what the usual answer is.
    fn usual(&self) -> impl Iterator<Item = &'static str> {
        let given = [
            ("--respond", self.respond.is_some()),
            ("--status", self.status.is_some()),
            ("--body", self.body.is_some()),
            ("--header", !self.headers.is_empty()),
        ];
        given
            .into_iter()
            .filter_map(|(flag, given)| given.then_some(flag))
    }

    /// Flags that contradict each other.
    fn check_conflicts(&self, forwards: bool) -> Result<()> {
        let all_dropped = (self.drop && !self.fails_some()).then_some("--drop");
        if forwards && let Some(flag) = self.usual().next().or(all_dropped) {
            let message =
                format!("`--forward` answers what the target answers, so `{flag}` has no use");
            return Err(Error::usage(message).hint(
                "With `--fail-first N` or `--fail-rate SHARE` some requests fail before they reach it.",
            ));
        }
        let beside_respond = [
            ("--status", self.status.is_some()),
            ("--fail-first", self.fail_first.is_some()),
            ("--fail-rate", self.fail_rate.is_some()),
            ("--drop", self.drop),
        ];
        if self.respond.is_some()
            && let Some((flag, _)) = beside_respond.iter().find(|(_, given)| *given)
        {
            let message = format!("`--respond` and `{flag}` both say what to answer");
            return Err(Error::usage(message)
                .hint("Write it all as one sequence, such as `--respond '2x503,drop,200'`."));
        }
        if self.drop
            && !self.fails_some()
            && let Some(flag) = self.usual().next()
        {
            let message = format!("`--drop` gives no answer, so `{flag}` has no use");
            return Err(Error::usage(message)
                .hint("With `--fail-first N` or `--fail-rate SHARE` it drops only those."));
        }
        Ok(())
    }

    /// The headers of the answer, with the type of its body.
    fn headers_with(&self, body: &[u8]) -> Vec<Header> {
        let mut headers = self.headers.clone();
        let is_typed = |header: &Header| header.name.eq_ignore_ascii_case("content-type");
        if !body.is_empty() && !headers.iter().any(is_typed) {
            let is_json = depth::check(body).is_ok();
            let value = if is_json {
                "application/json"
            } else {
                "text/plain; charset=utf-8"
            };
            headers.push(Header {
                name: "content-type".to_owned(),
                value: value.into(),
            });
        }
        headers
    }

    /// Where an answer ends is not for its headers to say; and some have no body at all.
    fn check_framing(&self, body: &[u8], sequence: &Sequence) -> Result<()> {
        let is_framing =
            |name: &str| matches!(name, "content-length" | "transfer-encoding" | "trailer");
        let framing = self
            .headers
            .iter()
            .find(|header| is_framing(&header.name.to_ascii_lowercase()));
        if let Some(header) = framing {
            let message = format!("the header `{}` follows from the body", header.name);
            return Err(Error::usage(message).hint("Leave it out."));
        }
        let bodiless = sequence.parts().find_map(|part| match part {
            Part::Status(status) if matches!(status.as_u16(), 204 | 205 | 304) => Some(status),
            _ => None,
        });
        if let Some(status) = bodiless.filter(|_| !body.is_empty()) {
            let message = format!("an answer with {} has no body", status.as_u16());
            return Err(Error::usage(message).hint("Leave out `--body`, or answer with 200."));
        }
        Ok(())
    }
}
