//! Each documented event must be taken.

use super::super::bench::Bench;
use super::super::line::Reply;
use super::super::{Check, Verdict};
use super::never;
use crate::error::Result;

pub(super) const CHECK: Check = Check {
    id: "accepts-every-event",
    asks: "Is each documented event taken?",
    sends: "each documented event",
    expected: |subject| match subject.events.len() {
        1 => format!("2xx for `{}`", subject.events[0]),
        count => format!("2xx for each of the {count} events"),
    },
    why: |subject| {
        format!(
            "An event that the handler refuses, or falls over, is lost once {} gives it up.",
            subject.label()
        )
    },
    after: &["accepts-valid", "accepts-unknown-event"],
    always: false,
    requests: |subject| subject.events.len() - 1,
    cannot: never,
    run: |bench| Box::pin(run(bench)),
};

async fn run(bench: &mut Bench<'_>) -> Result<Verdict> {
    let mut replies: Vec<(String, Reply)> = Vec::new();
    for event in bench.subject.events.clone() {
        let before = bench
            .surveyed
            .iter()
            .find(|(name, _)| *name == event)
            .cloned();
        let reply = match before {
            // What was refused because of its spelling is asked again.
            Some((_, reply))
                if reply.took()
                    || bench
                        .model
                        .as_ref()
                        .is_none_or(|model| model.style.is_none()) =>
            {
                reply
            }
            _ => bench.deliver_event(&event).await?,
        };
        replies.push((event, reply));
        if bench.down.is_some() {
            break;
        }
    }
    let names = |refused: &[&(String, Reply)]| {
        let each = refused
            .iter()
            .map(|(event, reply)| format!("{} for `{event}`", reply.short()));
        each.collect::<Vec<_>>().join(", ")
    };
    let refused: Vec<_> = replies.iter().filter(|(_, reply)| !reply.took()).collect();
    let broken: Vec<_> = refused
        .iter()
        .copied()
        .filter(|(_, reply)| !reply.turned_away())
        .collect();
    if refused.is_empty() {
        let count = replies.len();
        return Ok(Verdict::pass(if count == 1 {
            "2xx".to_owned()
        } else {
            format!("2xx for all {count}")
        }));
    }
    let subscribed = "If the endpoint is not subscribed to it, name those it gets with `--event`.";
    if !broken.is_empty() {
        let first = &broken[0].0;
        return Ok(Verdict::fail(
            names(&broken),
            format!(
                "Look at what the handler reads of `{first}`: `hookctl events show {}/{first}` prints it. {subscribed}",
                bench.subject.profile().name
            ),
        ));
    }
    let observed = names(&refused);
    // One that refuses all types but its own does so on purpose; that is asked about elsewhere.
    let by_type = bench.unknown.as_ref().is_some_and(Reply::turned_away);
    if by_type {
        return Ok(Verdict::warn(
            observed,
            "If the endpoint is subscribed to these events, acknowledge them with 2xx; else name those it gets with `--event`.",
        ));
    }
    let first = &refused[0].0;
    Ok(Verdict::fail(
        observed,
        format!(
            "The handler takes types it does not know, and refuses this payload: `hookctl events show {}/{first}` prints it. Which field does its schema ask for? {subscribed}",
            bench.subject.profile().name
        ),
    ))
}
