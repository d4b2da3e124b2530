//! The configuration file: what it holds, and how it is read.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use serde::Deserialize;

use super::trust::digest;
use crate::error::{Error, Result, utf8};

/// Name of a configuration file, in the project and in the user's folder.
pub(crate) const CONFIG: &str = "hookctl.toml";

/// What a configuration file holds.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub(super) struct Config {
    #[serde(default)]
    pub(super) providers: BTreeMap<String, ProviderConfig>,
    #[serde(default)]
    pub(super) history: HistoryConfig,
}

/// What is configured for the history.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a table with `file`, `keep` or `max_size`"
)]
pub(super) struct HistoryConfig {
    /// Relative to the folder of the configuration.
    pub(super) file: Option<PathBuf>,
    /// How long things stay, as in `30d`.
    pub(super) keep: Option<String>,
    /// Most that is kept, as in `2GB`.
    pub(super) max_size: Option<String>,
}

impl HistoryConfig {
    /// What is said of how long things stay.
    pub(super) fn retention(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let keys = [("keep", &self.keep), ("max_size", &self.max_size)];
        keys.into_iter()
            .filter_map(|(key, value)| Some((key, value.as_deref()?)))
    }
}

/// How long things stay in the history, as the configuration says it.
pub(crate) const KEEP: &str = "30d";
/// Most that is kept in the history, as the configuration says it.
pub(crate) const MAX_SIZE: &str = "2GB";

/// What is configured for one provider.
#[derive(Clone, Default, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a table with `secret`, `secret_env` or `to`"
)]
pub(crate) struct ProviderConfig {
    pub(super) secret: Option<String>,
    /// Name of the variable that holds the secret.
    pub(super) secret_env: Option<String>,
    /// Where `send` delivers to.
    pub(crate) to: Option<String>,
}

impl std::fmt::Debug for ProviderConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProviderConfig")
            .field("secret_env", &self.secret_env)
            .field("to", &self.to)
            .finish_non_exhaustive()
    }
}

/// A configuration file.
pub(super) struct Layer {
    pub(super) config: Config,
    pub(super) file: PathBuf,
    pub(super) origin: ConfigOrigin,
    pub(super) digest: String,
}

/// How a configuration file was found, which says whose word it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ConfigOrigin {
    /// In the user's own folder.
    User,
    /// With `--config`: the user's word for commands and destinations.
    CommandLine,
    /// From the working directory upward: input.
    Project,
}

impl Layer {
    pub(super) fn folder(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new(""))
    }
}

/// Reads a file; `None` if there is none.
pub(super) fn read(file: &Path, origin: ConfigOrigin) -> Result<Option<Layer>> {
    let bytes = match fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            return Err(Error::machine(format!("cannot read `{}`", file.display())).because(error));
        }
    };
    let digest = digest(&bytes);
    let text = utf8(bytes, &file.display().to_string())?;
    Ok(Some(Layer {
        config: parse(&text, file)?,
        file: file.to_owned(),
        origin,
        digest,
    }))
}

/// Reads the text of a file.
pub(super) fn parse(text: &str, file: &Path) -> Result<Config> {
    let mut config: Config = toml::from_str(text).map_err(|error| {
        // The error shows the line it is about; a line with a secret stays out of the message.
        let place = error
            .span()
            .map_or(0, |span| text[..span.start].matches('\n').count() + 1);
        Error::usage(format!(
            "`{}` line {place}: {}",
            file.display(),
            without_value(error.message())
        ))
    })?;
    if let (Some(history), Some(folder)) = (&mut config.history.file, file.parent()) {
        *history = folder.join(&*history);
    }
    Ok(config)
}

/// A message of serde's without the value that it quotes, which may be a secret in the wrong place.
fn without_value(message: &str) -> String {
    let quotes = ["invalid type: ", "invalid value: "]
        .iter()
        .any(|start| message.starts_with(start));
    match message.rsplit_once(", expected ") {
        Some((found, expected)) if quotes => {
            let found = found.split(['"', '`']).next().unwrap_or_default();
            format!("{}, expected {expected}", found.trim_end())
        }
        _ => message.to_owned(),
    }
}

/// Whether a text may be the name of a variable, and not a secret that stands in its place.
pub(super) fn names_a_variable(text: &str) -> bool {
    let is_secret = text.starts_with("whsec_") || text.starts_with("hookctl_") || text.len() > 48;
    !is_secret
        && !text.starts_with(|first: char| first.is_ascii_digit())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
