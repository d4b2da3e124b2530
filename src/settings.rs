//! Flag, environment, project file, user file, default: the only reader of the environment.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{env, fs};

use etcetera::BaseStrategy as _;
use serde::Deserialize;

use crate::error::{Error, Result};
use crate::provider::Catalogue;
use crate::provider::catalogue::{Notices, did_you_mean};
use crate::provider::local::LocalSecrets;
use crate::provider::profile::Span;
use crate::secret::Secret;
use crate::store::Place;
use crate::ui::{ColorWorld, Terminals};

/// Name of a configuration file, in the project and in the user's folder.
pub(crate) const CONFIG: &str = "hookctl.toml";

/// Bytes that are read from a file at once.
const READ_AT_ONCE: usize = 256 * 1024;

/// The world as it was when the program started.
#[derive(Clone, Debug)]
pub(crate) struct Environment {
    vars: BTreeMap<OsString, OsString>,
    pub(crate) directory: PathBuf,
    pub(crate) terminals: Terminals,
    /// The user's folders for configuration and state; none without a home directory.
    folders: Option<(PathBuf, PathBuf)>,
}

impl Environment {
    pub(crate) fn capture() -> Self {
        let terminals = Terminals {
            stdin: io::stdin().is_terminal(),
            stdout: io::stdout().is_terminal(),
            stderr: io::stderr().is_terminal(),
            width: terminal_size::terminal_size_of(io::stdout())
                .map(|(terminal_size::Width(width), _)| usize::from(width)),
        };
        // A working directory that was deleted leaves relative paths to fail by themselves.
        let directory = env::current_dir().unwrap_or_default();
        let folders = etcetera::choose_base_strategy().ok().map(|strategy| {
            let state = strategy.state_dir().unwrap_or_else(|| strategy.data_dir());
            (strategy.config_dir().join("hookctl"), state.join("hookctl"))
        });
        Self {
            vars: env::vars_os().collect(),
            directory,
            terminals,
            folders,
        }
    }

    /// A variable that is set and not empty.
    fn var(&self, name: &str) -> Option<&str> {
        self.vars
            .get(&OsString::from(name))?
            .to_str()
            .filter(|value| !value.is_empty())
    }

    pub(crate) fn colors(&self) -> ColorWorld {
        ColorWorld {
            no_color: self.var("NO_COLOR").is_some(),
            force: self.var("CLICOLOR_FORCE").is_some_and(|value| value != "0"),
            dumb: self.var("TERM") == Some("dumb"),
        }
    }
}

/// What a configuration file holds.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
struct Config {
    #[serde(default)]
    providers: BTreeMap<String, ProviderConfig>,
    #[serde(default)]
    history: HistoryConfig,
}

/// What is configured for the history.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a table with `file`, `keep` or `max_size`"
)]
struct HistoryConfig {
    /// Relative to the folder of the configuration.
    file: Option<PathBuf>,
    /// How long things stay, as in `30d`.
    keep: Option<String>,
    /// Most that is kept, as in `2GB`.
    max_size: Option<String>,
}

/// What the command line says of the history.
#[derive(Clone, Debug, Default)]
pub(crate) enum HistoryWish {
    #[default]
    Usual,
    File(PathBuf),
    None,
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
    secret: Option<String>,
    /// Name of the variable that holds the secret.
    secret_env: Option<String>,
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

/// All that is not on the command line. Files are read when something of them is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    environment: Environment,
    /// The file that `--config` names.
    config_file: Option<PathBuf>,
    history: HistoryWish,
    /// What a user should know and what stops nothing.
    pub(crate) notices: Notices,
}

impl Settings {
    pub(crate) fn new(environment: Environment, config_file: Option<PathBuf>) -> Self {
        Self {
            environment,
            config_file,
            history: HistoryWish::default(),
            notices: Notices::default(),
        }
    }

    /// The same with what the command line says of the history.
    pub(crate) fn with_history(mut self, history: HistoryWish) -> Self {
        self.history = history;
        self
    }

    /// The same for another reader, who gets notices of their own.
    pub(crate) fn apart(&self) -> Self {
        Self {
            notices: Notices::default(),
            ..self.clone()
        }
    }

    /// Where the history is; `None` if none is wanted.
    pub(crate) fn history(&self) -> Result<Option<Place>> {
        let config = self.config()?.history;
        let file = match &self.history {
            HistoryWish::None => return Ok(None),
            HistoryWish::File(file) => Some(file.clone()),
            HistoryWish::Usual => self
                .environment
                .var("HOOKCTL_STORE")
                .map(PathBuf::from)
                .or(config.file),
        };
        let path = match file {
            Some(file) => self.environment.directory.join(file),
            None => self.folders()?.1.join("history.db"),
        };
        let wrong = |key: &str, problem| {
            Error::usage(format!("`history.{key}` in the configuration: {problem}"))
        };
        let keep = age(config.keep.as_deref().unwrap_or(KEEP));
        let max_size = size(config.max_size.as_deref().unwrap_or(MAX_SIZE));
        Ok(Some(Place {
            path,
            keep: keep.map_err(|problem| wrong("keep", problem))?,
            max_size: max_size.map_err(|problem| wrong("max_size", problem))?,
        }))
    }

    /// The secrets of a provider's endpoints. What cannot be read is left out: it is only a help.
    pub(crate) fn endpoint_secrets(&self, provider: &str) -> Vec<Secret> {
        let place = self.history().ok().flatten();
        let store = place.and_then(|place| place.open_to_read().ok().flatten());
        let secrets = store.map(|store| store.endpoint_secrets(provider));
        secrets.and_then(Result::ok).unwrap_or_default()
    }

    /// The file that the command line names for the history.
    pub(crate) fn store_flag(&self) -> Option<PathBuf> {
        match &self.history {
            HistoryWish::File(file) => Some(self.environment.directory.join(file)),
            _ => None,
        }
    }

    /// The folder that relative paths start from.
    pub(crate) fn directory(&self) -> &Path {
        &self.environment.directory
    }

    /// The project's configuration file, from the working directory upward.
    fn project_file(&self) -> Option<PathBuf> {
        self.environment
            .directory
            .ancestors()
            .map(|folder| folder.join(CONFIG))
            .find(|file| file.is_file())
    }

    fn folders(&self) -> Result<&(PathBuf, PathBuf)> {
        self.environment.folders.as_ref().ok_or_else(|| {
            Error::machine("cannot find your home directory")
                .hint("Set HOME, or XDG_STATE_HOME and XDG_CONFIG_HOME.")
        })
    }

    /// The user's configuration folder.
    pub(crate) fn user_folder(&self) -> Result<&Path> {
        Ok(&self.folders()?.0)
    }

    /// The folder for what is made here and kept.
    pub(crate) fn state_folder(&self) -> Result<&Path> {
        Ok(&self.folders()?.1)
    }

    /// Local secrets.
    pub(crate) fn local_secrets(&self) -> Result<LocalSecrets> {
        Ok(LocalSecrets::new(self.state_folder()?.join("secrets")))
    }

    /// Says whether the file that `--config` names can be read, also for commands that ask for nothing in it.
    pub(crate) fn check(&self) -> Result<()> {
        self.named_config().map(drop)
    }

    /// The file that `--config` names.
    fn named_config(&self) -> Result<Option<Config>> {
        let Some(file) = &self.config_file else {
            return Ok(None);
        };
        let file = self.environment.directory.join(file);
        let missing = || {
            Error::machine(format!(
                "cannot read `{}`: there is no such file",
                file.display()
            ))
        };
        self.read_config(&file)?.ok_or_else(missing).map(Some)
    }

    /// Reads a configuration file, and takes note of names in it that no provider has.
    fn read_config(&self, file: &Path) -> Result<Option<Config>> {
        let config = read_config(file)?;
        let names = self.catalogue().map(|catalogue| catalogue.names());
        if let (Some(config), Ok(names)) = (&config, names) {
            for name in config.providers.keys().filter(|name| !names.contains(name)) {
                let near = did_you_mean(name, names.iter().map(String::as_str));
                let near = near.unwrap_or_else(|| "`hookctl providers` lists them.".to_owned());
                self.notices.add(format!(
                    "`{}` has settings of `{name}`, and no provider is called that. {near}",
                    file.display()
                ));
            }
        }
        Ok(config)
    }

    /// The configuration: `--config` alone, or the project's file over the user's.
    fn config(&self) -> Result<Config> {
        if let Some(config) = self.named_config()? {
            return Ok(config);
        }
        let user = match self.user_folder() {
            Ok(folder) => self.read_config(&folder.join(CONFIG))?.unwrap_or_default(),
            Err(_) => Config::default(),
        };
        let project = match self.project_file() {
            Some(file) => self.read_config(&file)?.unwrap_or_default(),
            None => Config::default(),
        };
        let mut merged = user;
        let (over, under) = (project.history, merged.history);
        merged.history = HistoryConfig {
            file: over.file.or(under.file),
            keep: over.keep.or(under.keep),
            max_size: over.max_size.or(under.max_size),
        };
        for (name, over) in project.providers {
            let under = merged.providers.remove(&name).unwrap_or_default();
            // A secret is one setting, whichever way it is given.
            let has_secret = over.secret.is_some() || over.secret_env.is_some();
            let (secret, secret_env) = if has_secret {
                (over.secret, over.secret_env)
            } else {
                (under.secret, under.secret_env)
            };
            merged.providers.insert(
                name,
                ProviderConfig {
                    secret,
                    secret_env,
                    to: over.to.or(under.to),
                },
            );
        }
        Ok(merged)
    }

    /// What is configured for a provider.
    pub(crate) fn provider(&self, name: &str) -> Result<ProviderConfig> {
        Ok(self.config()?.providers.remove(name).unwrap_or_default())
    }

    /// Configured secrets, by provider.
    pub(crate) fn configured_secrets(&self) -> Result<BTreeMap<String, Vec<Secret>>> {
        let mut secrets = BTreeMap::new();
        for (name, config) in self.config()?.providers {
            if let Some(secret) = self.secret_of(&config, &name)? {
                secrets.insert(name, vec![secret]);
            }
        }
        Ok(secrets)
    }

    /// The configured secret of a provider.
    pub(crate) fn configured_secret(&self, name: &str) -> Result<Option<Secret>> {
        self.secret_of(&self.provider(name)?, name)
    }

    fn secret_of(&self, config: &ProviderConfig, name: &str) -> Result<Option<Secret>> {
        if let Some(variable) = &config.secret_env {
            if !names_a_variable(variable) {
                return Err(Error::usage(format!(
                    "`secret_env` of {name} in the configuration is no name of a variable"
                ))
                .hint("It names the variable that holds the secret; the secret itself is `secret = \"...\"`."));
            }
            return match self.environment.var(variable) {
                Some(secret) => Ok(Some(Secret::new(secret))),
                None => Err(Error::usage(format!(
                    "`{variable}` is not set; the configuration of {name} names it"
                ))
                .hint(format!(
                    "Set it to the secret, or take `secret_env` out of `{CONFIG}`."
                ))),
            };
        }
        Ok(config.secret.as_deref().map(Secret::new))
    }

    /// The secret in a variable that a file names.
    pub(crate) fn secret_named(&self, variable: &str, file: &str) -> Result<Secret> {
        if !names_a_variable(variable) {
            return Err(
                Error::usage(format!("`secret_env` of {file} is no name of a variable"))
                    .hint("It names the variable that holds the secret."),
            );
        }
        self.environment
            .var(variable)
            .map(Secret::new)
            .ok_or_else(|| {
                Error::usage(format!("`{variable}` is not set; {file} names it"))
                    .hint("Set it to the secret, or say `--secret`.")
            })
    }

    /// The secret in the environment.
    pub(crate) fn secret_in_environment(&self) -> Option<Secret> {
        self.environment.var("HOOKCTL_SECRET").map(Secret::new)
    }

    /// The project's and the user's folders of providers.
    fn provider_folders(&self) -> Vec<PathBuf> {
        let project = match (&self.config_file, self.project_file()) {
            (None, Some(file)) => file.parent().map(Path::to_path_buf),
            _ => None,
        };
        let project = project.unwrap_or_else(|| self.environment.directory.clone());
        let user = self.user_folder().ok().map(Path::to_path_buf);
        std::iter::once(project)
            .chain(user)
            .map(|folder| folder.join("providers"))
            .collect()
    }

    /// All providers.
    pub(crate) fn catalogue(&self) -> Result<Catalogue> {
        Catalogue::new(&self.provider_folders(), self.notices.clone())
    }

    /// Reads a file, or stdin for `-`.
    pub(crate) fn read(&self, name: &str) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.open(name)?
            .read_to_end(&mut bytes)
            .map_err(|error| self.cannot_read(name, error))?;
        Ok(bytes)
    }

    /// Opens a file, or stdin for `-`.
    pub(crate) fn open(&self, name: &str) -> Result<Box<dyn BufRead + Send>> {
        if name == "-" {
            return Ok(Box::new(BufReader::with_capacity(
                READ_AT_ONCE,
                io::stdin(),
            )));
        }
        let file = fs::File::open(self.environment.directory.join(name))
            .map_err(|error| self.cannot_read(name, error))?;
        Ok(Box::new(BufReader::with_capacity(READ_AT_ONCE, file)))
    }

    /// What to say of a file that cannot be read.
    pub(crate) fn cannot_read(&self, name: &str, error: io::Error) -> Error {
        if name == "-" {
            return Error::machine("cannot read stdin").because(error);
        }
        let cannot = Error::machine(format!("cannot read `{name}`"));
        match error.kind() {
            io::ErrorKind::NotFound => cannot.because("there is no such file").hint(format!(
                "Check the path; it starts from `{}`.",
                self.environment.directory.display()
            )),
            io::ErrorKind::IsADirectory => {
                cannot.because("it is a folder").hint("Name a file in it.")
            }
            _ => cannot.because(error),
        }
    }

    /// Whether somebody may have put something into stdin: it is neither a terminal nor a device such as /dev/null.
    pub(crate) fn stdin_is_piped(&self) -> bool {
        !self.environment.terminals.stdin && !is_device()
    }
}

#[cfg(unix)]
fn is_device() -> bool {
    use std::os::fd::AsFd as _;
    use std::os::unix::fs::FileTypeExt as _;
    let stdin = io::stdin().as_fd().try_clone_to_owned().map(fs::File::from);
    let metadata = stdin.and_then(|stdin| stdin.metadata());
    metadata.is_ok_and(|metadata| metadata.file_type().is_char_device())
}

#[cfg(not(unix))]
fn is_device() -> bool {
    false
}

/// Reads a length of time in days, or as durations are written.
pub(crate) fn age(text: &str) -> std::result::Result<Duration, String> {
    let days = text
        .trim()
        .strip_suffix('d')
        .map(|days| days.trim().parse());
    match days {
        Some(Ok(days)) => Ok(Duration::from_secs(
            <u64 as From<u32>>::from(days) * 24 * 60 * 60,
        )),
        _ => Span::try_from(text.to_owned())
            .map(|span| span.0)
            .map_err(|_| format!("`{text}` is no length of time such as `30d` or `12h`")),
    }
}

/// Reads a size: `512`, `64kB`, `10MB`.
pub(crate) fn size(text: &str) -> std::result::Result<u64, String> {
    let lower = text.trim().to_ascii_lowercase();
    let units = [
        ("kb", 1_000),
        ("mb", 1_000_000),
        ("gb", 1_000_000_000),
        ("b", 1),
    ];
    let (digits, factor) = units
        .iter()
        .find_map(|(unit, factor)| Some((lower.strip_suffix(unit)?, *factor)))
        .unwrap_or((&lower, 1));
    let number: u64 = digits
        .trim()
        .parse()
        .map_err(|_| format!("`{text}` is no size such as `10MB`"))?;
    number
        .checked_mul(factor)
        .ok_or_else(|| format!("`{text}` is too large"))
}

fn read_config(file: &Path) -> Result<Option<Config>> {
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            return Err(Error::machine(format!("cannot read `{}`", file.display())).because(error));
        }
    };
    let mut config: Config = toml::from_str(&text).map_err(|error| {
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
    Ok(Some(config))
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
fn names_a_variable(text: &str) -> bool {
    let is_secret = text.starts_with("whsec_") || text.starts_with("hookctl_") || text.len() > 48;
    !is_secret
        && !text.starts_with(|first: char| first.is_ascii_digit())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
