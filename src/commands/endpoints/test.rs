//! One sample event to one endpoint.

use clap::Args;
use jiff::Timestamp;

use super::super::message::random_seed;
use super::super::options::RequestArgs;
use super::super::report::Settings;
use super::super::{Context, queue};
use super::{all, place};
use crate::delivery::{Engine, Event, Policy, message_id, rules};
use crate::error::{Error, Outcome, Result};
use crate::provider::compose::Content;
use crate::provider::payload::{self, Freshness, Step};
use crate::store::ALL;

/// Send a sample event to an endpoint
#[derive(Args)]
pub(super) struct TestArgs {
    /// Name or id
    #[arg(value_name = "NAME")]
    endpoint: String,
    /// Event to send; by default the first that it gets
    #[arg(long, value_name = "EVENT")]
    event: Option<String>,
    /// Show credentials in what `-v` prints
    #[arg(long)]
    reveal: bool,
    #[command(flatten)]
    request: RequestArgs,
}

pub(super) fn run(args: &TestArgs, context: &mut Context) -> Result<Outcome> {
    let endpoints = all(&context.settings)?;
    let endpoint = rules::find(&endpoints, &args.endpoint)?;
    if !endpoint.enabled {
        return Err(
            Error::usage(format!("`{}` is disabled", endpoint.name)).hint(format!(
                "`hookctl endpoints enable {}` resumes deliveries to it.",
                crate::request::curl::quote(&endpoint.name)
            )),
        );
    }
    context.settings.reach_of_history(&endpoint.url)?;
    let catalogue = context.settings.catalogue()?;
    let provider = catalogue.provider(&endpoint.provider)?;
    let profile = &provider.profile;
    let first = || {
        let own = endpoint.events.iter().find(|event| *event != ALL);
        own.or_else(|| profile.events.keys().next())
            .cloned()
            .unwrap_or_default()
    };
    let name = args.event.clone().unwrap_or_else(first);
    if !endpoint.takes(&name) {
        return Err(
            Error::usage(format!("`{}` does not get `{name}`", endpoint.name))
                .hint(format!("It gets: {}", endpoint.events.join(", "))),
        );
    }
    let seed = random_seed()?;
    let step = Step {
        provider: std::sync::Arc::clone(&provider),
        event: name.clone(),
        variants: Vec::new(),
    };
    let freshness = Freshness {
        seed: seed.clone(),
        at: Some(Timestamp::now()),
    };
    let payload = payload::build(&[step], &freshness)?.remove(0).fields;
    let event = Event {
        provider: &provider,
        name: &name,
        id: &message_id(profile, &payload, &seed).text,
        content: Content::Fields(payload),
    };
    let (plan, outgoing) = event
        .to_endpoint(endpoint, Policy::once())
        .map_err(|problem| Error::usage(format!("cannot map `{name}`: {problem}")))?;
    let plan = plan.with_changes(&args.request.headers, None);
    let plan = queue::with_request(plan, &args.request, &context.settings)?;
    let mut engine = Engine::new(Some(&place(&context.settings)?), catalogue, seed)?;
    engine.submit(&plan, std::iter::once(outgoing))?;
    let settings = Settings {
        insecure: args.request.insecure,
        reveal: args.reveal,
    };
    queue::finish(&mut engine, settings, context)
}
