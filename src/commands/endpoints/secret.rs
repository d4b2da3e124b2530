//! The signing secret of one endpoint.

use clap::Args;
use jiff::Timestamp;
use serde_json::json;

use super::super::Context;
use super::super::secret::public_key;
use super::open;
use crate::delivery::rules;
use crate::error::{Error, Outcome, Result};
use crate::request::redact::REDACTED;

/// Print the signing secret of an endpoint, or make a new one
#[derive(Args)]
pub(super) struct SecretArgs {
    /// Name or id
    #[arg(value_name = "NAME")]
    endpoint: String,
    /// Print it in clear
    #[arg(long)]
    reveal: bool,
    /// Make a new one in place of the old
    #[arg(long)]
    rotate: bool,
}

pub(super) fn run(args: &SecretArgs, context: &mut Context) -> Result<Outcome> {
    let (mut store, mut endpoint) = open(&args.endpoint, &context.settings)?;
    let provider = context.settings.catalogue()?.provider(&endpoint.provider)?;
    let profile = &provider.profile;
    if args.rotate {
        let secret = rules::new_secret(profile)?.ok_or_else(|| {
            Error::usage(format!(
                "{} does not sign its webhooks, so it has no secret",
                profile.label
            ))
        })?;
        endpoint.secret = Some(secret);
        endpoint.changed_at = Timestamp::now();
        store.keep_endpoint(&endpoint)?;
    }
    let Some(secret) = &endpoint.secret else {
        return Err(Error::usage(format!(
            "`{}` has no secret; its deliveries are not signed",
            endpoint.name
        ))
        .hint("`--rotate` makes one."));
    };
    let shown = if args.reveal {
        secret.reveal()
    } else {
        REDACTED
    };
    let public = public_key(profile, secret);
    let ui = &mut context.ui;
    if ui.json {
        let mut object = json!({
            "type": "secret", "endpoint": endpoint.name, "provider": endpoint.provider, "secret": shown,
        });
        if let Some(public) = &public {
            object["public_key"] = public.as_str().into();
        }
        ui.json_line(&object)?;
        return Ok(Outcome::Good);
    }
    ui.data(format!("{shown}\n"))?;
    if let Some(public) = public {
        ui.note(&format!(
            "A receiver verifies with the public key: {public}"
        ))?;
    }
    if args.rotate {
        ui.note("It is new: attempts from now on are signed with it.")?;
    }
    if !args.reveal {
        ui.hint("`--reveal` prints it in clear.")?;
    }
    Ok(Outcome::Good)
}
