//! `hookctl explain`: how a provider signs, worked through, with code that verifies it.

use std::sync::Arc;

use clap::Args;

use super::Context;
use super::verify::named_scheme;
use crate::error::{Error, Outcome, Result};
use crate::provider::Provider;
use crate::render::explain::{self, Explained};
use crate::signature::{self, Language, Scheme, snippet, worked};

/// Show how a provider signs, worked through, with code that verifies it
#[derive(Args)]
#[command(after_help = "Examples:
  hookctl explain ken
  hookctl explain --scheme stripe --lang all
  hookctl explain --scheme github --lang js > verify.mjs")]
pub(crate) struct ExplainArgs {
    /// Provider, or the name of a signature scheme
    #[arg(
        value_name = "PROVIDER",
        required_unless_present = "scheme",
        conflicts_with = "scheme"
    )]
    provider: Option<String>,
    /// Signature scheme
    #[arg(long, value_name = "NAME")]
    scheme: Option<String>,
    /// Language of the code, which is then all that is shown; `all` shows everything
    #[arg(long, value_name = "LANGUAGE")]
    lang: Option<Lang>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Lang {
    Js,
    Python,
    Go,
    Ruby,
    Php,
    Java,
    Rust,
    Csharp,
    All,
}

impl Lang {
    /// The one language that is asked for; `None` for all of them.
    fn one(self) -> Option<Language> {
        Some(match self {
            Self::Js => Language::Js,
            Self::Python => Language::Python,
            Self::Go => Language::Go,
            Self::Ruby => Language::Ruby,
            Self::Php => Language::Php,
            Self::Java => Language::Java,
            Self::Rust => Language::Rust,
            Self::Csharp => Language::Csharp,
            Self::All => return None,
        })
    }
}

/// Languages that are shown to people who name none.
const SHOWN: [Language; 2] = [Language::Js, Language::Python];

/// What is to be explained.
struct ExplainPlan {
    provider: Option<Arc<Provider>>,
    scheme: &'static Scheme,
}

pub(crate) fn run(args: &ExplainArgs, context: &mut Context) -> Result<Outcome> {
    let plan = args.resolve(context)?;
    let explained = plan.explained()?;
    let ui = &mut context.ui;
    let one = args.lang.and_then(Lang::one);
    if ui.json {
        let one = one.map(|language| vec![language]);
        let languages = one.unwrap_or_else(|| Language::ALL.to_vec());
        ui.json_line(&explain::json(&explained, &languages))?;
        return Ok(Outcome::Good);
    }
    if let Some(language) = one {
        if !plan.scheme.signs() {
            return Err(Error::usage(format!(
                "{} does not sign, so there is nothing to verify",
                args.what()
            )));
        }
        ui.data(snippet(plan.scheme, language))?;
        return Ok(Outcome::Good);
    }
    let languages = if args.lang.is_some() {
        &Language::ALL[..]
    } else {
        &SHOWN
    };
    let paint = ui.out_paint;
    ui.data(explain::human(&explained, languages, paint))?;
    if !explained.others.is_empty() {
        let others = explained.others.join("`, `--scheme ");
        ui.note(&format!(
            "It signs in other ways, too: `--scheme {others}`."
        ))?;
    }
    if args.lang.is_none() && plan.scheme.signs() {
        ui.note("More with `--lang go|ruby|php|java|rust|csharp`, or `--lang all`.")?;
    }
    Ok(Outcome::Good)
}

impl ExplainPlan {
    fn explained(&self) -> Result<Explained<'_>> {
        let provider = self.provider.as_deref();
        let prefix = provider
            .and_then(|provider| provider.profile.signature.prefix.as_ref())
            .map(|prefix| &*prefix.value);
        let worked = worked(self.scheme, prefix)
            .transpose()
            .map_err(Error::usage)?;
        let all = provider.map(|provider| provider.profile.schemes());
        let mut others: Vec<&str> = Vec::new();
        for scheme in all.unwrap_or_default() {
            if scheme.id != self.scheme.id && !others.contains(&&*scheme.id) {
                others.push(&scheme.id);
            }
        }
        Ok(Explained {
            provider,
            scheme: self.scheme,
            worked,
            others,
        })
    }
}

impl ExplainArgs {
    fn what(&self) -> &str {
        let named = self.provider.as_deref().or(self.scheme.as_deref());
        named.unwrap_or_default()
    }

    fn resolve(&self, context: &Context) -> Result<ExplainPlan> {
        let Some(name) = &self.provider else {
            let scheme = named_scheme(self.what())?;
            let provider = None;
            return Ok(ExplainPlan { provider, scheme });
        };
        match (
            context.settings.catalogue()?.provider(name),
            signature::named(name),
        ) {
            (Ok(provider), _) => Ok(ExplainPlan {
                scheme: provider.profile.scheme(),
                provider: Some(provider),
            }),
            // Schemes that no provider has a profile for yet have names that people know.
            (Err(_), Some(scheme)) => Ok(ExplainPlan {
                provider: None,
                scheme,
            }),
            (Err(error), None) => Err(error.hint(
                "`--scheme NAME` explains a signature scheme that no provider is known for.",
            )),
        }
    }
}
