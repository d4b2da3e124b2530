//! Flag, environment, project file, user file, default: the only reader of the environment.

mod config;
mod granted;
mod permission;
mod project;
mod trust;

pub(crate) use config::{CONFIG, KEEP, MAX_SIZE};
pub(crate) use granted::{InputFile, Retention};
pub(crate) use project::{Covered, Row, Scope};
pub(crate) use trust::Standing;

use config::{Config, ConfigOrigin, HistoryConfig, Layer, ProviderConfig, names_a_variable};
use project::{PROVIDERS, Project};

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{env, fs};

use etcetera::BaseStrategy as _;

use crate::error::{Error, Result};
use crate::private;
use crate::provider::Catalogue;
use crate::provider::catalogue::{Folders, Notices};
use crate::provider::local::LocalSecrets;
use crate::request::curl;
use crate::secret::Secret;
use crate::sender::Reach;
use crate::store::Place;
use crate::suggest::did_you_mean;
use crate::ui::{ColorWorld, Terminals};
use crate::value::{age, size};

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

/// What the command line says of the history.
#[derive(Clone, Debug, Default)]
pub(crate) enum HistoryWish {
    #[default]
    Usual,
    File(PathBuf),
    None,
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
        let layers = self.layers()?;
        check_retention(&layers)?;
        let file = match &self.history {
            HistoryWish::None => return Ok(None),
            HistoryWish::File(file) => Some(file.clone()),
            HistoryWish::Usual => self.environment.var("HOOKCTL_STORE").map(PathBuf::from),
        };
        let mut is_input = false;
        let path = match file {
            Some(file) => self.environment.directory.join(file),
            None => match find(&layers, |config| config.history.file.as_ref()) {
                Some((file, layer)) => {
                    is_input = self.keeps_history(layer, file)?;
                    file.clone()
                }
                None => self.state_folder()?.join("history.db"),
            },
        };
        let applies = |layer: &&Layer| {
            let names_it = layer.config.history.file.as_ref() == Some(&path);
            layer.origin == ConfigOrigin::User || names_it || self.standing(layer).is_trusted()
        };
        let first = |key: &str| {
            let mut set = layers.iter().flat_map(|layer| {
                let own = layer.config.history.retention();
                own.filter(|(own, _)| *own == key)
                    .map(move |(_, value)| (value, layer))
            });
            let found = set.find(|(_, layer)| applies(layer));
            found.map(|(value, _)| value)
        };
        Ok(Some(Place {
            keep: kept(first("keep").unwrap_or(KEEP))?,
            max_size: most(first("max_size").unwrap_or(MAX_SIZE))?,
            path,
            is_input,
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

    /// The project: the folder of its configuration, else the working directory. `--config` takes the place of its
    /// configuration, and not of its providers.
    fn project(&self) -> Project {
        let config = self.project_file().filter(|_| self.config_file.is_none());
        let folder = config.as_deref().and_then(Path::parent);
        Project {
            folder: folder.unwrap_or(&self.environment.directory).to_owned(),
            config,
        }
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
        let folder = &self.folders()?.1;
        // Older versions left it open to others. If that cannot be changed, using a file in it says so.
        let _ = private::close_folder(folder);
        Ok(folder)
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
    fn named_config(&self) -> Result<Option<Layer>> {
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
        let layer = self.read_config(&file, ConfigOrigin::CommandLine)?;
        layer.ok_or_else(missing).map(Some)
    }

    /// Reads a configuration file, and takes note of names in it that no provider has.
    fn read_config(&self, file: &Path, origin: ConfigOrigin) -> Result<Option<Layer>> {
        let layer = config::read(file, origin)?;
        let names = self.catalogue().map(|catalogue| catalogue.names());
        if let (Some(layer), Ok(names)) = (&layer, names) {
            let configured = layer.config.providers.keys();
            for name in configured.filter(|name| !names.contains(name)) {
                let near = did_you_mean(name, names.iter().map(String::as_str));
                let near = near.unwrap_or_else(|| "`hookctl providers` lists them.".to_owned());
                self.notices.add(format!(
                    "`{}` has settings of `{name}`, and no provider is called that. {near}",
                    file.display()
                ));
            }
        }
        Ok(layer)
    }

    /// The configuration, what goes first before what goes last: `--config` alone, or the project's file and the
    /// user's.
    fn layers(&self) -> Result<Vec<Layer>> {
        if let Some(layer) = self.named_config()? {
            return Ok(vec![layer]);
        }
        let mut layers = Vec::new();
        if let Some(file) = self.project().config {
            layers.extend(self.read_config(&file, ConfigOrigin::Project)?);
        }
        if let Ok(folder) = self.user_folder() {
            layers.extend(self.read_config(&folder.join(CONFIG), ConfigOrigin::User)?);
        }
        Ok(layers)
    }

    /// Where a provider's deliveries go, as it is configured, and how far they may go.
    pub(crate) fn destination(&self, provider: &str) -> Result<Option<(String, Reach)>> {
        let layers = self.layers()?;
        let found = find(&layers, |config| {
            config.providers.get(provider)?.to.as_ref()
        });
        Ok(found.map(|(to, layer)| (to.clone(), self.reach(layer))))
    }

    /// Configured secrets, by provider.
    pub(crate) fn configured_secrets(&self) -> Result<BTreeMap<String, Vec<Secret>>> {
        let layers = self.layers()?;
        let mut secrets = BTreeMap::new();
        for name in layers
            .iter()
            .flat_map(|layer| layer.config.providers.keys())
        {
            if !secrets.contains_key(name)
                && let Some(secret) = self.secret_of(&layers, name)?
            {
                secrets.insert(name.clone(), vec![secret]);
            }
        }
        Ok(secrets)
    }

    /// The configured secret of a provider.
    pub(crate) fn configured_secret(&self, name: &str) -> Result<Option<Secret>> {
        self.secret_of(&self.layers()?, name)
    }

    fn secret_of(&self, layers: &[Layer], name: &str) -> Result<Option<Secret>> {
        // A secret is one setting, whichever way it is given.
        let has_secret =
            |config: &ProviderConfig| config.secret.is_some() || config.secret_env.is_some();
        let found = find(layers, |config| {
            config
                .providers
                .get(name)
                .filter(|config| has_secret(config))
        });
        let Some((config, layer)) = found else {
            return Ok(None);
        };
        if let Some(variable) = &config.secret_env {
            if !names_a_variable(variable) {
                return Err(Error::usage(format!(
                    "`secret_env` of {name} in the configuration is no name of a variable"
                ))
                .hint("It names the variable that holds the secret; the secret itself is `secret = \"...\"`."));
            }
            self.may_read(layer, &format!("providers.{name}.secret_env"), variable)?;
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

    /// The secret in a variable that a file of cases names.
    pub(crate) fn secret_named(&self, variable: &str, file: &InputFile) -> Result<Secret> {
        let name = &file.name;
        if !names_a_variable(variable) {
            return Err(
                Error::usage(format!("`secret_env` of {name} is no name of a variable"))
                    .hint("It names the variable that holds the secret."),
            );
        }
        self.may_read_for(file, variable)?;
        self.environment
            .var(variable)
            .map(Secret::new)
            .ok_or_else(|| {
                Error::usage(format!("`{variable}` is not set; {name} names it"))
                    .hint("Set it to the secret, or say `--secret`.")
            })
    }

    /// The secret in the environment.
    pub(crate) fn secret_in_environment(&self) -> Option<Secret> {
        self.environment.var("HOOKCTL_SECRET").map(Secret::new)
    }

    fn users_providers(&self) -> Option<PathBuf> {
        self.user_folder().ok().map(|folder| folder.join(PROVIDERS))
    }

    /// All providers: those of the project, the user's own, those built in.
    pub(crate) fn catalogue(&self) -> Result<Catalogue> {
        let project = self.project();
        let folders = Folders {
            project: project.providers(),
            confined_to: self.confines(&project).then(|| project.folder.clone()),
            user: self.users_providers(),
        };
        Catalogue::new(&folders, &granted::replacement, self.notices.clone())
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

    /// Warns of a file with a secret that other users may read. Not of a pipe.
    pub(crate) fn note_open_secret(&self, name: &str) {
        let path = self.environment.directory.join(name);
        let metadata = fs::metadata(&path).ok().filter(|_| name != "-");
        if metadata.is_some_and(|metadata| private::is_open_to_others(&metadata)) {
            self.notices.add(format!(
                "other users may read the secret in `{name}`; `chmod 600 {}` keeps it yours.",
                curl::quote(name)
            ));
        }
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
            // Windows says that access is denied.
            _ if self.environment.directory.join(name).is_dir() => {
                cannot.because("it is a folder").hint("Name a file in it.")
            }
            _ => cannot.because(error),
        }
    }

    /// Whether somebody may have put something into stdin: it is neither a terminal nor a device such as /dev/null
    /// or NUL.
    pub(crate) fn stdin_is_piped(&self) -> bool {
        !self.environment.terminals.stdin && !is_device()
    }
}

/// The first configuration that sets something.
fn find<'a, T>(
    layers: &'a [Layer],
    set: impl Fn(&'a Config) -> Option<T>,
) -> Option<(T, &'a Layer)> {
    let mut layers = layers.iter();
    layers.find_map(|layer| Some((set(&layer.config)?, layer)))
}

/// Checks the syntax of retention settings, also of those that do not apply.
fn check_retention(layers: &[Layer]) -> Result<()> {
    let history = layers.iter().map(|layer| &layer.config.history);
    for (key, value) in history.flat_map(HistoryConfig::retention) {
        match key {
            "keep" => _ = kept(value)?,
            _ => _ = most(value)?,
        }
    }
    Ok(())
}

fn kept(text: &str) -> Result<Duration> {
    age(text).map_err(|problem| wrong("keep", &problem))
}

fn most(text: &str) -> Result<u64> {
    size(text).map_err(|problem| wrong("max_size", &problem))
}

fn wrong(key: &str, problem: &str) -> Error {
    Error::usage(format!("`history.{key}` in the configuration: {problem}"))
}

#[cfg(unix)]
fn is_device() -> bool {
    use std::os::fd::AsFd as _;
    use std::os::unix::fs::FileTypeExt as _;
    let stdin = io::stdin().as_fd().try_clone_to_owned().map(fs::File::from);
    let metadata = stdin.and_then(|stdin| stdin.metadata());
    metadata.is_ok_and(|metadata| metadata.file_type().is_char_device())
}

/// NUL is an empty stdin. So an empty pipe counts as NUL too; bytes that are read here stay in the buffer of stdin.
#[cfg(windows)]
fn is_device() -> bool {
    let mut stdin = io::stdin().lock();
    stdin.fill_buf().is_ok_and(<[u8]>::is_empty)
}
