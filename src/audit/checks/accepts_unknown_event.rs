//! An event of a type that the handler cannot know must be acknowledged.

use super::super::bench::Bench;
use super::super::subject::{Signer, cannot_sign};
use super::super::{Check, Stage, Verdict};
use super::{never, one};
use crate::error::Result;
use crate::signature::Source;

pub(super) const CHECK: Check = Check {
    id: "accepts-unknown-event",
    asks: "Is an event of an unknown type acknowledged?",
    sends: "an event of an unknown type",
    expected: |_| "2xx for an event of a type that is not known yet".to_owned(),
    why: |subject| {
        format!(
            "{} may add types of events on any day; what is refused is sent again and again, and may end in the endpoint being switched off.",
            subject.label()
        )
    },
    stage: Stage::Content,
    after: &["accepts-valid"],
    always: false,
    requests: one,
    cannot: never,
    run: |bench| Box::pin(run(bench)),
};

async fn run(bench: &mut Bench<'_>) -> Result<Verdict> {
    // Named like the event that the handler takes, it borrows its payload.
    let event = format!("{}_hookctl", bench.event());
    let draft = bench.draft_of(&event)?;
    let request = bench.request(&draft, Signer::Right);
    let request = request.map_err(|why| cannot_sign(&why))?;
    let said = bench.subject.provider.event_of(&Source::new(&request));
    if said.as_ref() != Some(&event) {
        let label = bench.subject.label();
        return Ok(Verdict::skip(format!(
            "the type of {label}'s events cannot be replaced by another in a sample"
        )));
    }
    let reply = bench.send(&request).await;
    bench.unknown = Some(reply.clone());
    if reply.took() {
        return Ok(Verdict::pass(reply.short()));
    }
    let place = &bench.subject.profile().envelope.event.value;
    Ok(Verdict::fail(
        format!("{} for the type `{event}`", reply.words()),
        format!(
            "Answer 2xx to events that need no work, in the `default` of the branch on `{place}`, and log their type."
        ),
    ))
}
