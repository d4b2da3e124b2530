//! What the receiver answers, seen and changed while it runs.

use serde::Deserialize;
use serde_json::{Value, json};

use super::board::Happening;
use super::reply::{Reply, json};
use super::state::Page;
use super::words::{self, Words};
use crate::commands::answer::AnswerArgs;
use crate::receiver::{AnswerPolicy, Delay, Part};
use crate::request::latin1;
use crate::value::Span;

/// The policy of now.
pub(super) fn shown(page: &Page) -> Value {
    let policy = page.policy.now();
    let faults = &policy.faults;
    let headers = policy.headers.iter();
    let headers: Vec<Value> = headers
        .map(|header| json!([header.name, latin1(&header.value)]))
        .collect();
    json!({
        "respond": policy.sequence.to_string(),
        "body": String::from_utf8_lossy(&policy.body),
        "headers": headers,
        "delay": delay(policy.delay),
        "fail_first": faults.first,
        "fail_rate": faults.rate,
        "drop": faults.part == Part::Drop,
        "retry_after": faults.retry_after,
        "gone_after": faults.gone_after,
        "require_valid": policy.require_valid,
        "handshakes": policy.handshakes,
        "forwards": page.forwards(),
    })
}

/// A delay as it is typed; nothing for none.
fn delay(delay: Delay) -> String {
    let Delay { shortest, longest } = delay;
    match (shortest.is_zero() && longest.is_zero(), shortest == longest) {
        (true, _) => String::new(),
        (_, true) => Span(shortest).to_string(),
        _ => format!("{}..{}", Span(shortest), Span(longest)),
    }
}

/// A policy as the page asks for it.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Wish {
    /// A sequence such as `2x503,200`; 200 if it is empty.
    respond: String,
    body: String,
    headers: Vec<(String, String)>,
    delay: String,
    fail_first: u64,
    fail_rate: f64,
    /// Failures close the connection.
    drop: bool,
    retry_after: Option<u64>,
    gone_after: Option<u64>,
    require_valid: bool,
    handshakes: bool,
}

/// What a listener answers that is told nothing else.
impl Default for Wish {
    fn default() -> Self {
        Self {
            respond: String::new(),
            body: String::new(),
            headers: Vec::new(),
            delay: String::new(),
            fail_first: 0,
            fail_rate: 0.0,
            drop: false,
            retry_after: None,
            gone_after: None,
            require_valid: false,
            handshakes: true,
        }
    }
}

impl Wish {
    /// The flags of `listen` that ask for this.
    fn words(&self, forwards: bool) -> Words {
        let mut words = Words::default();
        let fails = self.fail_first > 0 || self.fail_rate > 0.0;
        let respond = self.respond.trim();
        match respond {
            _ if forwards => {}
            "" => {}
            "drop" if !fails => words.switch("drop", true),
            one if one.parse::<u16>().is_ok() => words.flag("status", one),
            several => words.flag("respond", several),
        }
        if !forwards && respond != "drop" {
            for (name, value) in &self.headers {
                words.flag("header", format!("{name}: {value}"));
            }
        }
        let some = |number: u64| Some(number).filter(|number| *number > 0);
        words.maybe("fail-first", some(self.fail_first));
        words.maybe("fail-rate", Some(self.fail_rate).filter(|rate| *rate > 0.0));
        words.switch("drop", self.drop && fails);
        words.maybe(
            "retry-after",
            self.retry_after.map(|seconds| format!("{seconds}s")),
        );
        words.maybe("gone-after", self.gone_after);
        words.maybe(
            "delay",
            Some(self.delay.trim()).filter(|delay| !delay.is_empty()),
        );
        words.switch("require-valid", self.require_valid);
        words.switch("no-handshake", !self.handshakes);
        words
    }
}

/// Answers this from now on, drawing on with the same seed.
pub(super) fn set(page: &Page, wish: &Wish) -> Reply {
    let forwards = page.forwards();
    let args: AnswerArgs = words::read(&wish.words(forwards).0)?;
    let body = wish.body.clone().into_bytes();
    let has_body = !forwards && wish.respond.trim() != "drop";
    let policy = args.policy_with(if has_body { body } else { Vec::new() }, forwards)?;
    let seed = page.policy.now().seed.clone();
    page.policy.set(AnswerPolicy { seed, ..policy });
    page.board.tell(Happening::Policy);
    Ok(json(&shown(page)))
}
