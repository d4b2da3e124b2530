//! `hookctl secret`: the local secrets.

use clap::Args;
use serde_json::json;

use super::Context;
use crate::error::{Error, Outcome, Result};
use crate::secret::SecretForm;

/// Print the local secret, made once per provider
#[derive(Args)]
#[command(
    after_help = "`send` signs with it and `listen` verifies with it, unless another secret is given.
  export KEN_WEBHOOK_SECRET=$(hookctl secret ken)"
)]
pub(crate) struct SecretArgs {
    /// Provider; all that sign, if none is named
    #[arg(value_name = "PROVIDER")]
    provider: Option<String>,
    /// Make a new one in place of the old
    #[arg(long, requires = "provider")]
    rotate: bool,
}

pub(crate) fn run(args: &SecretArgs, context: &mut Context) -> Result<Outcome> {
    let catalogue = context.settings.catalogue()?;
    let local = context.settings.local_secrets()?;
    let form = |profile: &crate::provider::Profile| -> Option<SecretForm> {
        profile.signature.secret.as_ref().map(|secret| secret.value)
    };
    if let Some(name) = &args.provider {
        let provider = catalogue.provider(name)?;
        let form = form(&provider.profile).ok_or_else(|| {
            Error::usage(format!(
                "{} does not sign its webhooks, so it has no secret",
                provider.profile.label
            ))
        })?;
        let secret = if args.rotate {
            local.rotate(name, form)?
        } else {
            local.get_or_make(name, form)?
        };
        if context.ui.json {
            context.ui.json_line(
                &json!({"type": "secret", "provider": name, "secret": secret.reveal()}),
            )?;
        } else {
            context.ui.data(format!("{}\n", secret.reveal()))?;
        }
        return Ok(Outcome::Good);
    }
    for provider in catalogue.all()? {
        let name = &provider.profile.name;
        let Some(form) = form(&provider.profile) else {
            continue;
        };
        let secret = local.get_or_make(name, form)?;
        if context.ui.json {
            context.ui.json_line(
                &json!({"type": "secret", "provider": name, "secret": secret.reveal()}),
            )?;
        } else {
            context.ui.data(format!("{name}\t{}\n", secret.reveal()))?;
        }
    }
    Ok(Outcome::Good)
}
