//! `hookctl verify`: valid or not, and what is wrong.

use std::sync::Arc;

use clap::Args;
use jiff::Timestamp;

use super::Context;
use super::options::{SecretArgs, Time, span, unfit_secret};
use super::sources::{Sourced, load};
use crate::error::{Error, Outcome, Result};
use crate::provider::{Catalogue, Detector, Provider};
use crate::render::verification::{self, Found};
use crate::request::stored::Stored;
use crate::request::{Header, Headers, Request, parse_header};
use crate::secret::Secret;
use crate::signature::{self, Clock, Key, Scheme, Source, Status, Verification, verify};

/// Say whether a request is signed right, and if not, what is wrong
#[derive(Args)]
#[command(after_help = "Examples:
  hookctl verify --secret whsec_... delivery.json
  hookctl verify --secret whsec_... --body body.json -H 'svix-id: msg_1' -H 'svix-timestamp: 1614265330' -H 'svix-signature: v1,...'
  hookctl verify --secret whsec_... --at 1614265330 < request.http")]
pub(crate) struct VerifyArgs {
    /// Saved captures, raw HTTP files, or - for stdin, which is read if it is piped
    #[arg(value_name = "SOURCE", conflicts_with_all = ["body", "header_args", "headers"])]
    sources: Vec<String>,
    /// File with the body
    #[arg(long, value_name = "FILE")]
    body: Option<String>,
    /// Header of the request (can be repeated)
    #[arg(short = 'H', long = "header", id = "header_args", value_name = "NAME: VALUE", value_parser = parse_header)]
    header_args: Vec<Header>,
    /// File with headers, one a line
    #[arg(long, value_name = "FILE")]
    headers: Option<String>,
    /// Provider; found from the request by default
    #[arg(long, value_name = "NAME", conflicts_with = "scheme")]
    provider: Option<String>,
    /// Signature scheme; found from the headers by default
    #[arg(long, value_name = "NAME")]
    scheme: Option<String>,
    /// Time to verify at: RFC 3339, unix seconds, or from now as in `-10m`
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    at: Option<Time>,
    /// How far the signed time may be off; the scheme's own by default
    #[arg(long, value_name = "DURATION", value_parser = span)]
    tolerance: Option<std::time::Duration>,
    #[command(flatten)]
    secret: SecretArgs,
}

pub(crate) fn run(args: &VerifyArgs, context: &mut Context) -> Result<Outcome> {
    let sourced = args.requests(context)?;
    let catalogue = context.settings.catalogue()?;
    let now = Timestamp::now();
    let clock = Clock {
        now: args.at.map_or(now, |time| time.resolve(now)).as_second(),
        tolerance: args
            .tolerance
            .map(|tolerance| i64::try_from(tolerance.as_secs()).unwrap_or(i64::MAX)),
    };
    let verifier = Verifier {
        args,
        provider: args.provider(&catalogue)?,
        detector: Detector::new(catalogue.all()?),
        clock,
    };
    let (mut good, several) = (true, sourced.len() > 1);
    for sourced in &sourced {
        let found = verifier.verify(sourced, context)?;
        good &= matches!(found.verification.status, Status::Valid | Status::Unsigned);
        let found = Found {
            provider: found
                .provider
                .as_ref()
                .map(|provider| &*provider.profile.name),
            delivery_id: found.delivery_id.as_deref(),
            warnings: warnings(&found.verification, found.provider.as_deref()),
            verification: &found.verification,
        };
        if context.ui.json {
            context.ui.json_line(&verification::json(&found))?;
        } else {
            if several {
                context
                    .ui
                    .data(format!("{}: ", crate::render::text::safe(&sourced.from)))?;
            }
            context
                .ui
                .data(verification::human(&found, context.ui.out_paint))?;
        }
    }
    Ok(Outcome::good_if(good))
}

/// What is known about one request.
struct Verified {
    provider: Option<Arc<Provider>>,
    delivery_id: Option<String>,
    verification: Verification,
}

struct Verifier<'a> {
    args: &'a VerifyArgs,
    provider: Option<Arc<Provider>>,
    detector: Detector,
    clock: Clock,
}

impl Verifier<'_> {
    fn verify(&self, sourced: &Sourced, context: &Context) -> Result<Verified> {
        let request = &sourced.stored.request;
        let source = Source::new(request);
        let named = self.args.scheme.as_deref().map(named_scheme).transpose()?;
        let provider = match (&self.provider, named) {
            (Some(provider), _) => Some(Arc::clone(provider)),
            (None, Some(_)) => None,
            (None, None) => self.detector.provider(&source).cloned(),
        };
        let scheme = match (named, &provider) {
            (Some(scheme), _) => scheme,
            (None, Some(provider)) => provider.profile.scheme(),
            (None, None) => *signature::detect(&source).first().ok_or_else(|| no_scheme(sourced))?,
        };
        let name = provider.as_ref().map(|provider| &*provider.profile.name);
        let secrets = self.args.secret.for_verifying(&context.settings, name)?;
        let keys = keys(scheme, &secrets)?;
        if keys.is_empty() && scheme.signs() {
            return Err(no_secret(scheme, name));
        }
        let verification = verify(scheme, &keys, &source, self.clock.into());
        let delivery_id = verification.delivery_id.clone().or_else(|| {
            provider
                .as_ref()
                .and_then(|provider| provider.delivery_id_of(&source))
        });
        Ok(Verified {
            provider,
            delivery_id,
            verification,
        })
    }
}

/// The scheme of this name.
pub(super) fn named_scheme(name: &str) -> Result<&'static Scheme> {
    signature::named(name).ok_or_else(|| {
        let known: Vec<&str> = signature::names().collect();
        let near = crate::provider::catalogue::did_you_mean(name, known.iter().copied());
        Error::usage(format!("unknown scheme `{name}`"))
            .hint(near.unwrap_or_else(|| format!("There are: {}", known.join(", "))))
    })
}

/// Keys of the secrets; those of other forms are left out as long as one fits.
pub(super) fn keys(scheme: &Scheme, secrets: &[Secret]) -> Result<Vec<Key>> {
    let tried: Vec<_> = secrets
        .iter()
        .map(|secret| Key::new(scheme, secret))
        .collect();
    let mut problem = None;
    let mut keys = Vec::new();
    for result in tried {
        match result {
            Ok(key) => keys.push(key),
            Err(why) => problem = Some(why),
        }
    }
    match problem {
        Some(problem) if keys.is_empty() && scheme.signs() => Err(unfit_secret("verify", &problem)),
        _ => Ok(keys),
    }
}

fn no_scheme(sourced: &Sourced) -> Error {
    Error::usage(format!("`{}` carries no signature that is known here", sourced.from))
        .hint("Name the sender with `--provider` or `--scheme`; a header that a proxy dropped cannot be verified.")
}

fn no_secret(scheme: &Scheme, provider: Option<&str>) -> Error {
    let of = provider.map_or_else(|| scheme.label.clone(), str::to_owned);
    Error::usage(format!("no secret to verify with ({of})"))
        .hint("Give `--secret`, `--secret-file` or HOOKCTL_SECRET.")
}

fn warnings(
    verification: &Verification,
    provider: Option<&Provider>,
) -> Vec<(&'static str, String)> {
    if verification.status != Status::Unsigned {
        return Vec::new();
    }
    let who = provider.map_or("this sender", |provider| &*provider.profile.label);
    vec![(
        "signature_covers_less",
        format!(
            "{who} does not sign its webhooks: nothing is covered, anybody could have sent this"
        ),
    )]
}

impl VerifyArgs {
    fn provider(&self, catalogue: &Catalogue) -> Result<Option<Arc<Provider>>> {
        self.provider
            .as_deref()
            .map(|name| catalogue.provider(name))
            .transpose()
    }

    fn requests(&self, context: &Context) -> Result<Vec<Sourced>> {
        let settings = &context.settings;
        if self.body.is_some() || !self.header_args.is_empty() || self.headers.is_some() {
            return Ok(vec![self.put_together(context)?]);
        }
        if self.sources.is_empty() {
            if settings.stdin_is_terminal() {
                return Err(Error::usage("nothing to verify")
                    .hint("Name a saved capture or a raw HTTP file, pipe one in, or give `--body FILE` with `-H` for each header.")
                    .hint("`hookctl listen --save DIR` keeps what arrives as files that can be verified."));
            }
            return load(&["-".to_owned()], settings);
        }
        load(&self.sources, settings)
    }

    /// A request from its parts.
    fn put_together(&self, context: &Context) -> Result<Sourced> {
        let mut headers = Headers::default();
        if let Some(file) = &self.headers {
            let bytes = context.settings.read(file)?;
            for (index, line) in String::from_utf8_lossy(&bytes).lines().enumerate() {
                if line.trim().is_empty() || line.starts_with("HTTP/") {
                    continue;
                }
                let header = parse_header(line).map_err(|problem| {
                    Error::usage(format!("`{file}` line {}: {problem}", index + 1))
                })?;
                headers.push(header.name, header.value);
            }
        }
        for header in &self.header_args {
            headers.push(header.name.clone(), header.value.clone());
        }
        let body = match &self.body {
            Some(file) => context.settings.read(file)?,
            None => Vec::new(),
        };
        let request = Request {
            method: "POST".into(),
            target: "/".into(),
            headers,
            body: body.into(),
        };
        Ok(Sourced {
            from: "the request".to_owned(),
            stored: Stored::whole(request),
        })
    }
}
