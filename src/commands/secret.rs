//! `hookctl secret`: the local secrets.

use clap::Args;
use serde_json::json;

use super::Context;
use crate::error::{Error, Outcome, Result};
use crate::provider::Profile;
use crate::secret::{Secret, SecretForm};
use crate::signature::Key;

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
    /// Print the public key that receivers verify with, for a provider that signs with a private one
    #[arg(long, requires = "provider")]
    public: bool,
}

pub(crate) fn run(args: &SecretArgs, context: &mut Context) -> Result<Outcome> {
    let catalogue = context.settings.catalogue()?;
    let local = context.settings.local_secrets()?;
    if let Some(name) = &args.provider {
        let provider = catalogue.provider(name)?;
        let profile = &provider.profile;
        let form = form(profile).ok_or_else(|| {
            Error::usage(format!(
                "{} does not sign its webhooks, so it has no secret",
                profile.label
            ))
        })?;
        let secret = if args.rotate {
            local.rotate(name, form)?
        } else {
            local.get_or_make(name, form)?
        };
        let public = public_key(profile, &secret);
        if args.public && public.is_none() {
            return Err(Error::usage(format!(
                "{} signs with a shared secret, so there is no public key",
                profile.label
            ))
            .hint("Leave `--public` out: the secret itself verifies."));
        }
        let shown = public
            .as_deref()
            .filter(|_| args.public)
            .unwrap_or(secret.reveal());
        print(
            name,
            &secret,
            public.as_deref(),
            &format!("{shown}\n"),
            context,
        )?;
        if public.is_some() && !args.public {
            context.ui.note(&format!(
                "note: this is the private key; `hookctl secret {name} --public` prints what a receiver verifies with."
            ))?;
        }
        return Ok(Outcome::Good);
    }
    for provider in catalogue.all()? {
        let profile = &provider.profile;
        let Some(form) = form(profile) else {
            continue;
        };
        let secret = local.get_or_make(&profile.name, form)?;
        let public = public_key(profile, &secret);
        let line = format!("{}\t{}\n", profile.name, secret.reveal());
        print(&profile.name, &secret, public.as_deref(), &line, context)?;
    }
    Ok(Outcome::Good)
}

fn form(profile: &Profile) -> Option<SecretForm> {
    profile.signature.secret.as_ref().map(|secret| secret.value)
}

/// What a receiver verifies with, if it is not the secret itself.
pub(super) fn public_key(profile: &Profile, secret: &Secret) -> Option<String> {
    let scheme = profile.scheme().for_secret(secret);
    Key::new(scheme, secret).ok()?.public(scheme)
}

fn print(
    provider: &str,
    secret: &Secret,
    public: Option<&str>,
    line: &str,
    context: &mut Context,
) -> Result<()> {
    if !context.ui.json {
        return context.ui.data(line);
    }
    let mut object = json!({"type": "secret", "provider": provider, "secret": secret.reveal()});
    if let Some(public) = public {
        object["public_key"] = public.into();
    }
    context.ui.json_line(&object)
}
