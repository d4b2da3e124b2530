//! Each documented event must be taken.

use super::super::bench::Bench;
use super::super::line::Reply;
use super::super::{Check, Stage, Verdict};
use super::never;
use crate::error::Result;
use crate::sender::FailureKind;

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
    stage: Stage::Content,
    after: &["accepts-valid", "accepts-unknown-event"],
    always: false,
    requests: |subject| subject.events.len() - 1,
    cannot: never,
    run: |bench| Box::pin(run(bench)),
};

/// What to do about events that the endpoint does not get.
const SUBSCRIBED: &str =
    "If the endpoint is not subscribed to it, name those it gets with `--event`.";

async fn run(bench: &mut Bench<'_>) -> Result<Verdict> {
    let replies = ask(bench).await?;
    let refused: Vec<&(String, Reply)> = replies
        .iter()
        .filter(|(_, reply)| !reply.took() && reply.failure() != Some(FailureKind::Timeout))
        .collect();
    let Some((first, _)) = refused.first() else {
        return Ok(Verdict::pass(in_all(&replies)));
    };
    let show = format!(
        "`hookctl events show {}/{first}` prints it",
        bench.subject.profile().name
    );
    let broken: Vec<_> = refused
        .iter()
        .copied()
        .filter(|(_, reply)| !reply.turned_away())
        .collect();
    if !broken.is_empty() {
        let fix = format!("What does the handler read of its payload? {show}. {SUBSCRIBED}");
        return Ok(Verdict::fail(each(&broken), fix));
    }
    let by_type = bench.unknown.as_ref().map(Reply::turned_away);
    Ok(match by_type {
        // One that refuses all types but its own does so on purpose; that is asked about elsewhere.
        Some(true) => Verdict::warn(
            each(&refused),
            "If the endpoint is subscribed to these events, acknowledge them with 2xx; else name those it gets with `--event`.",
        ),
        _ => Verdict::fail(
            each(&refused),
            format!(
                "Which field does its schema ask for that this payload lacks? {show}. {SUBSCRIBED}"
            ),
        ),
    })
}

/// The answers to all events; those that are known already are not asked for again.
async fn ask(bench: &mut Bench<'_>) -> Result<Vec<(String, Reply)>> {
    let has_style = |bench: &Bench<'_>| {
        bench
            .model
            .as_ref()
            .is_some_and(|model| model.style.is_some())
    };
    let mut replies = Vec::new();
    for event in bench.subject.events.clone() {
        let mut before = bench.surveyed.iter();
        let before = before.find(|(name, _)| *name == event).cloned();
        // What was refused because of its spelling is asked again.
        let known = before.filter(|(_, reply)| reply.took() || !has_style(bench));
        if let Some(known) = known {
            replies.push(known);
            continue;
        }
        let reply = bench.deliver_event(&event).await?;
        bench.surveyed.push((event.clone(), reply.clone()));
        replies.push((event, reply));
        if bench.down.is_some() {
            break;
        }
    }
    Ok(replies)
}

/// What was answered to events, one by one.
fn each(replies: &[&(String, Reply)]) -> String {
    let all = replies.iter();
    let all = all.map(|(event, reply)| format!("{} for `{event}`", reply.short()));
    all.collect::<Vec<_>>().join(", ")
}

/// What was answered in all, where nothing was refused.
fn in_all(replies: &[(String, Reply)]) -> String {
    let taken = replies.iter().filter(|(_, reply)| reply.took()).count();
    match (replies.len(), replies.len() - taken) {
        (1, 0) => "2xx".to_owned(),
        (all, 0) => format!("2xx for all {all}"),
        (all, late) => {
            format!("2xx for {taken} of {all}; {late} came too late, see answers-in-time")
        }
    }
}
