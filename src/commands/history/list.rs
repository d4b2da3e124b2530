//! What is in the history, a line each, or one of it in full.

use std::str::FromStr;
use std::sync::Arc;

use clap::Args;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::super::Context;
use super::{named, open};
use crate::capture::filter::{self, Filter as Expression, Kept};
use crate::delivery::rules;
use crate::error::{Error, Outcome, Result};
use crate::render::capture::{Show, View};
use crate::render::history::{self, Listing};
use crate::store::{Direction, Filter, Matches, Outcome as Outstanding, Search, Store};
use crate::value::{StatusSet, Time};

#[derive(Args)]
pub(super) struct ListArgs {
    #[command(flatten)]
    filter: FilterArgs,
    /// Most that are listed, 50 by default
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Show credentials in headers and URLs, with `--json`
    #[arg(long)]
    reveal: bool,
}

/// So many are listed by default.
const LIMIT: usize = 50;

impl ListArgs {
    /// A flag that was given.
    pub(super) fn given(&self) -> Option<&'static str> {
        let of_list = [(self.limit.is_some(), "--limit"), (self.reveal, "--reveal")];
        let mut all = self.filter.given().into_iter().chain(of_list);
        all.find_map(|(is_given, flag)| is_given.then_some(flag))
    }
}

/// Which entries.
#[derive(Args)]
#[command(next_help_heading = "Which")]
pub(super) struct FilterArgs {
    /// What was received alone: captures, and requests that were rejected
    #[arg(id = "received", long = "in", conflicts_with = "sent")]
    received: bool,
    /// Deliveries alone: what was sent
    #[arg(id = "sent", long = "out")]
    sent: bool,
    /// Of this event, as `provider/event` or `event`; `*` stands for anything
    #[arg(long, value_name = "EVENT")]
    event: Option<String>,
    /// Answered with such a status, as in `2xx` or `200,404`; of deliveries also `pending`, `success`, `fail`
    #[arg(long, value_name = "STATUSES")]
    status: Option<Standing>,
    /// Deliveries to this endpoint alone, by name or id
    #[arg(long, value_name = "NAME", conflicts_with = "received")]
    endpoint: Option<String>,
    /// From this time on: RFC 3339, unix seconds, or from now as in `-1h`
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    since: Option<Time>,
    /// With this text in path, headers or body, letter by letter
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// What matches all conditions, as in `status>=500 took>1s`
    #[arg(long = "filter", id = "expression", value_name = "EXPR", value_parser = str::parse::<Expression>, long_help = filter::help(EXPRESSION, false))]
    expression: Option<Expression>,
}

/// What `--filter` does.
const EXPRESSION: &str = "Entries that match all conditions, as in `status>=500 took>1s`";

impl FilterArgs {
    fn given(&self) -> [(bool, &'static str); 8] {
        [
            (self.received, "--in"),
            (self.sent, "--out"),
            (self.event.is_some(), "--event"),
            (self.status.is_some(), "--status"),
            (self.endpoint.is_some(), "--endpoint"),
            (self.since.is_some(), "--since"),
            (self.search.is_some(), "--search"),
            (self.expression.is_some(), "--filter"),
        ]
    }

    pub(super) fn filter(&self, store: Option<&Store>) -> Result<Filter> {
        if self.search.as_deref() == Some("") {
            return Err(Error::usage(
                "`--search` looks for a text, and this one is empty",
            ));
        }
        let now = Timestamp::now();
        let matches = self.expression.clone().map(|expression| Matches {
            reads_pins: expression.reads_pins(),
            test: Arc::new(move |entry, pinned| expression.fits(&Kept { entry, pinned }, now)),
        });
        Ok(Filter {
            directions: match (self.received, self.sent) {
                (true, _) => vec![Direction::In, Direction::Rejected],
                (_, true) => vec![Direction::Out],
                _ => Vec::new(),
            },
            event: self.event.clone(),
            statuses: self.status.as_ref().and_then(Standing::ranges),
            outcomes: self
                .status
                .as_ref()
                .map_or_else(Vec::new, |status| status.outcomes.clone()),
            endpoint: self
                .endpoint
                .as_deref()
                .map(|name| endpoint_id(name, store))
                .transpose()?,
            since: self.since.map(|time| time.resolve(now)),
            search: self.search.as_deref().map(Search::new),
            matches,
            ..Filter::default()
        })
    }
}

/// How deliveries stand, and statuses of answers.
#[derive(Clone)]
struct Standing {
    outcomes: Vec<Outstanding>,
    statuses: Option<StatusSet>,
}

impl Standing {
    fn ranges(&self) -> Option<Vec<(u16, u16)>> {
        self.statuses.as_ref().map(|set| set.ranges().to_vec())
    }
}

impl FromStr for Standing {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let all = [
            Outstanding::Pending,
            Outstanding::Success,
            Outstanding::Fail,
        ];
        let (mut outcomes, mut codes) = (Vec::new(), Vec::new());
        for part in text.split(',').map(str::trim) {
            match all.iter().find(|outcome| outcome.word() == part) {
                Some(outcome) => outcomes.push(*outcome),
                None => codes.push(part),
            }
        }
        let wrong = |_| {
            format!(
                "`{text}` is no list of statuses such as `2xx`, `200,404` or `pending`, `success`, `fail`"
            )
        };
        let statuses = match codes.as_slice() {
            [] => None,
            codes => Some(codes.join(",").parse().map_err(wrong)?),
        };
        Ok(Self { outcomes, statuses })
    }
}

/// The id of an endpoint, also of one that was removed since.
fn endpoint_id(name: &str, store: Option<&Store>) -> Result<String> {
    let endpoints = store.map_or_else(|| Ok(Vec::new()), Store::endpoints)?;
    let found = rules::find(&endpoints, name).map(|endpoint| endpoint.id.clone());
    let Some(store) = store.filter(|_| found.is_err()) else {
        return found;
    };
    let of_old = Filter {
        endpoint: Some(name.to_owned()),
        limit: Some(1),
        ..Filter::default()
    };
    if store.newest(&of_old)?.is_empty() {
        found
    } else {
        Ok(name.to_owned())
    }
}

/// Show one request in full: what is known of it, headers, body, answers
#[derive(Args)]
pub(super) struct ShowArgs {
    /// Id; the newest by default
    #[arg(value_name = "ID", default_value = "last", hide_default_value = true)]
    id: String,
    /// Show credentials in headers and URLs
    #[arg(long)]
    reveal: bool,
}

pub(super) fn list(args: &ListArgs, context: &mut Context) -> Result<Outcome> {
    let limit = args.limit.unwrap_or(LIMIT);
    let store = open(&context.settings)?;
    let filter = Filter {
        limit: Some(limit),
        ..args.filter.filter(store.as_ref())?
    };
    let ui = &mut context.ui;
    let entries = match &store {
        Some(store) => store.newest(&filter)?,
        None => Vec::new(),
    };
    if ui.json {
        for entry in &entries {
            ui.json_line(&history::json(entry, args.reveal))?;
        }
        return Ok(Outcome::Good);
    }
    if entries.is_empty() {
        ui.note("Nothing like that is in the history.")?;
        return Ok(Outcome::Good);
    }
    let listing = Listing {
        paint: ui.out_paint,
        zone: TimeZone::system(),
        now: Timestamp::now(),
        reveal: args.reveal,
    };
    ui.data(history::list(&entries, &listing))?;
    if entries.len() == limit {
        ui.note("There may be more; `--limit N` lists them.")?;
    }
    Ok(Outcome::Good)
}

pub(super) fn show(args: &ShowArgs, context: &mut Context) -> Result<Outcome> {
    let store = open(&context.settings)?;
    let entry = named(&args.id, store.as_ref())?;
    let endpoint = match (&store, &entry.facts.endpoint) {
        (Some(store), Some(id)) => store.endpoint(id)?.map(|endpoint| endpoint.name),
        _ => None,
    };
    let ui = &mut context.ui;
    if ui.json {
        ui.json_line(&history::json(&entry, args.reveal))?;
        return Ok(Outcome::Good);
    }
    let view = View {
        paint: ui.out_paint,
        show: Show::Full,
        zone: TimeZone::system(),
        reveal: args.reveal,
        max_body: 25_000_000,
    };
    ui.data(history::show(&entry, endpoint.as_deref(), &view))?;
    Ok(Outcome::Good)
}
