//! `hookctl init`: a commented configuration file.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;

use clap::Args;
use dialoguer::{Input, MultiSelect};

use super::Context;
use super::options::Target;
use crate::delivery::rules::is_loopback;
use crate::error::{Error, Outcome, Result};
use crate::provider::{Catalogue, Profile};
use crate::settings::{CONFIG, KEEP, MAX_SIZE};

/// Write a commented hookctl.toml
#[derive(Args)]
pub(crate) struct InitArgs {
    /// Ask nothing
    #[arg(short, long)]
    yes: bool,
    /// Providers to write down; all, as comments, if none is named (can be repeated)
    #[arg(long = "provider", value_name = "NAME")]
    providers: Vec<String>,
    /// Base URL of your handlers
    #[arg(long, value_name = "URL", default_value = BASE)]
    to: Target,
    /// Replace a file that is there
    #[arg(long)]
    force: bool,
}

/// Where handlers are, unless the user says otherwise.
const BASE: &str = "http://localhost:3000";

pub(crate) fn run(args: &InitArgs, context: &mut Context) -> Result<Outcome> {
    let path = context.settings.directory().join(CONFIG);
    if path.exists() && !args.force {
        return Err(
            Error::usage(format!("`{CONFIG}` is there already")).hint("`--force` replaces it.")
        );
    }
    if args.to.credentials.is_some() {
        return Err(
            Error::usage("the URL holds credentials, and the file is no place for them")
                .hint("Give them to `hookctl send` with `--basic`."),
        );
    }
    let catalogue = context.settings.catalogue()?;
    let mut chosen = args.providers.clone();
    let mut base = args.to.url.to_string();
    if context.ui.interactive && !args.yes && chosen.is_empty() {
        (chosen, base) = ask(&catalogue, &base)?;
    }
    let profiles = chosen
        .iter()
        .map(|name| catalogue.provider(name))
        .collect::<Result<Vec<_>>>()?;
    let text = if profiles.is_empty() {
        let all = catalogue.all()?;
        config(all.iter().map(|provider| &provider.profile), &base, "# ")
    } else {
        config(profiles.iter().map(|provider| &provider.profile), &base, "")
    };
    let mut options = fs::OpenOptions::new();
    options.write(true);
    if args.force {
        options.create(true).truncate(true);
    } else {
        options.create_new(true);
    }
    let written = options
        .open(&path)
        .and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| {
        Error::machine(format!("cannot write `{}`", path.display())).because(error)
    })?;
    let next = match profiles.first() {
        Some(provider) => {
            let event = provider.profile.events.keys().next();
            let name = format!(
                "{}/{}",
                provider.profile.name,
                event.map_or("EVENT", String::as_str)
            );
            format!("hookctl send {name}")
        }
        None => format!("take the `#` off your providers in {CONFIG}, then `hookctl send EVENT`"),
    };
    context.ui.data(format!("Wrote {CONFIG}\nNext: {next}\n"))?;
    if base.parse().is_ok_and(|url| !is_loopback(&url)) {
        context
            .ui
            .hint("`hookctl trust` allows a host that is not loopback")?;
    }
    Ok(Outcome::Good)
}

/// Asks a person; only called at a terminal.
fn ask(catalogue: &Catalogue, base: &str) -> Result<(Vec<String>, String)> {
    let no_answer = |error: dialoguer::Error| {
        Error::machine("no answer")
            .because(error)
            .hint("`--yes` asks nothing.")
    };
    let names = catalogue.names();
    let picked = MultiSelect::new()
        .with_prompt("Providers (space picks, enter ends)")
        .items(&names)
        .interact()
        .map_err(no_answer)?;
    let base: String = Input::new()
        .with_prompt("Base URL of your handlers")
        .default(base.to_owned())
        .validate_with(|text: &String| text.parse::<Target>().map(drop))
        .interact_text()
        .map_err(no_answer)?;
    Ok((
        picked
            .into_iter()
            .map(|index| names[index].clone())
            .collect(),
        base,
    ))
}

fn config<'a>(profiles: impl Iterator<Item = &'a Profile>, base: &str, comment: &str) -> String {
    let base = base.trim_end_matches('/');
    let mut text = String::from(
        "# hookctl finds this file from the working directory upward.\n\
         # A flag goes before the environment, which goes before this file.\n\
         # Hosts that are not loopback, other variables than HOOKCTL_* and a history elsewhere need `hookctl trust`.\n",
    );
    write!(
        text,
        "\n# What `listen` received and `send` and `replay` delivered.\n\
         [history]\n\
         # file = \"history.db\"  # beside this file, in place of the one in your state directory\n\
         # keep = \"{KEEP}\"  # what is older goes; together with `file`\n\
         # max_size = \"{MAX_SIZE}\"  # when there is more, the oldest go; together with `file`\n"
    )
    .expect("a String takes all");
    for profile in profiles {
        let name = &profile.name;
        let variable = format!("HOOKCTL_{}_SECRET", name.to_uppercase().replace('-', "_"));
        let mut entry = format!("{comment}[providers.{name}]\n");
        entry.push_str(&format!("{comment}to = \"{base}/webhooks/{name}\"\n"));
        if profile.signature.secret.is_some() {
            // Asked for by name, so it stays a comment until the variable is there.
            writeln!(
                entry,
                "# secret_env = \"{variable}\"  # the local secret is used without it"
            )
            .expect("a String takes all");
        }
        writeln!(text, "\n# {}: {}\n{entry}", profile.label, profile.about)
            .expect("a String takes all");
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    text
}
