//! Grants what a project asks for, where it may do so on its own or the user trusts it, and refuses the rest.

use std::path::{Path, PathBuf};
use std::time::Duration;

use url::Url;

use super::config::{ConfigOrigin, Layer};
use super::permission::Permission;
use super::project::{self, Project, Scope};
use super::trust::{Digests, Records, Standing, digest};
use super::{CONFIG, Settings};
use crate::delivery;
use crate::error::{Error, Result};
use crate::provider::Catalogue;
use crate::provider::catalogue::Folders;
use crate::request::curl;
use crate::sender::Reach;
use crate::store::Place;

/// The command that trusts a project.
const TRUST: &str = "hookctl trust";

/// A file of cases as it was read. It is named on the command line, so it is the user's word as to destinations.
pub(crate) struct InputFile {
    /// As it was typed.
    pub(super) name: String,
    /// None for stdin.
    path: Option<PathBuf>,
    digest: String,
}

/// How long things stay in the history, as the command line says it.
pub(crate) struct Retention {
    pub(crate) keep: Option<Duration>,
    pub(crate) max_size: Option<u64>,
}

/// The problem with a provider of a project that replaces another, and a hint.
pub(super) fn replacement(name: &str) -> (String, String) {
    let name = name.to_owned();
    let permission = Permission::Provider { name };
    (permission.what(), permission.hint(TRUST))
}

impl Settings {
    /// Whether the user trusts all that projects ask for, as in CI and in containers.
    fn trusts_all(&self) -> bool {
        matches!(self.environment.var("HOOKCTL_TRUST"), Some("1" | "true"))
    }

    fn records(&self) -> Result<Records> {
        Ok(Records::new(self.state_folder()?.join("trust")))
    }

    /// What of a folder's files is trusted.
    pub(crate) fn trusted(&self, folder: &Path) -> Digests {
        let records = self.records().ok();
        records
            .map(|records| records.get(folder))
            .unwrap_or_default()
    }

    fn standing_of(&self, folder: &Path, files: impl FnOnce() -> Digests) -> Standing {
        if self.trusts_all() {
            return Standing::Trusted;
        }
        let Ok(folder) = std::fs::canonicalize(folder) else {
            return Standing::Unknown;
        };
        let trusted = self.trusted(&folder);
        if trusted.is_empty() {
            return Standing::Unknown;
        }
        Standing::of(&files(), &trusted)
    }

    fn standing_of_project(&self, project: &Project) -> Standing {
        self.standing_of(&project.folder, || project.digests())
    }

    fn standing_of_file(&self, path: &Path, digest: &str) -> Standing {
        let name = path.file_name().and_then(|name| name.to_str());
        let (Some(name), Some(folder)) = (name, path.parent()) else {
            return Standing::Unknown;
        };
        self.standing_of(folder, || {
            Digests::from([(name.to_owned(), digest.to_owned())])
        })
    }

    /// How far the user trusts a configuration, as it was read.
    pub(super) fn standing(&self, layer: &Layer) -> Standing {
        match layer.origin {
            ConfigOrigin::User => Standing::Trusted,
            ConfigOrigin::CommandLine => self.standing_of_file(&layer.file, &layer.digest),
            ConfigOrigin::Project => {
                let project = Project {
                    folder: layer.folder().to_owned(),
                    config: Some(layer.file.clone()),
                };
                let read = (CONFIG.to_owned(), layer.digest.clone());
                self.standing_of(layer.folder(), || {
                    let mut digests = project.digests();
                    digests.extend([read]);
                    digests
                })
            }
        }
    }

    /// Refuses what a configuration asks for, unless it may have it.
    fn grant(&self, layer: &Layer, wanted: Option<Permission>) -> Result<()> {
        let Some(permission) = wanted else {
            return Ok(());
        };
        let standing = self.standing(layer);
        if standing.is_trusted() {
            return Ok(());
        }
        let file = layer.file.display().to_string();
        let trust = match layer.origin {
            ConfigOrigin::Project | ConfigOrigin::User => TRUST.to_owned(),
            ConfigOrigin::CommandLine => format!("{TRUST} {}", curl::quote(&file)),
        };
        Err(refused(&permission, &file, &trust, standing))
    }

    /// Whether a history that a configuration names is input: a project's that is not trusted.
    pub(super) fn keeps_history(&self, layer: &Layer, file: &Path) -> Result<bool> {
        if layer.origin == ConfigOrigin::User {
            return Ok(false);
        }
        self.grant(layer, project::of_history(file, layer.folder()))?;
        Ok(self.reach(layer) != Reach::Anywhere)
    }

    /// How far deliveries may go to what a configuration names.
    pub(super) fn reach(&self, layer: &Layer) -> Reach {
        match layer.origin {
            ConfigOrigin::User | ConfigOrigin::CommandLine => Reach::Anywhere,
            ConfigOrigin::Project if self.standing(layer).is_trusted() => Reach::Anywhere,
            ConfigOrigin::Project => Reach::Loopback,
        }
    }

    pub(super) fn may_read(&self, layer: &Layer, key: &str, variable: &str) -> Result<()> {
        if layer.origin == ConfigOrigin::User {
            return Ok(());
        }
        self.grant(layer, project::of_variable(key, variable))
    }

    /// Whether the providers of a project stay within bounds.
    pub(super) fn confines(&self, project: &Project) -> bool {
        project.providers().is_dir() && !self.standing_of_project(project).is_trusted()
    }

    /// The history for a listener, which deletes what is beyond its limits.
    ///
    /// # Errors
    /// A project that is not trusted limits a history that it does not name.
    pub(crate) fn history_to_limit(&self, wanted: &Retention) -> Result<Option<Place>> {
        let Some(mut place) = self.history()? else {
            return Ok(None);
        };
        for layer in &self.layers()? {
            for (key, value) in layer.config.history.retention() {
                let is_wanted = match key {
                    "keep" => wanted.keep.is_some(),
                    _ => wanted.max_size.is_some(),
                };
                if layer.origin != ConfigOrigin::User && !is_wanted {
                    self.grant(layer, project::of_retention(&layer.config, key, value))?;
                }
            }
        }
        place.keep = wanted.keep.unwrap_or(place.keep);
        place.max_size = wanted.max_size.unwrap_or(place.max_size);
        Ok(Some(place))
    }

    /// Says whether a provider's deliveries may go to the URL that is configured for it.
    pub(crate) fn check_destination(&self, provider: &str, url: &Url, reach: Reach) -> Result<()> {
        reach.check(url).map_err(|out| {
            let permission = Permission::Destination {
                key: format!("providers.{provider}.to"),
                host: out.place(),
            };
            self.refused_to_project(&permission)
        })
    }

    /// How far deliveries may go to a URL that the history holds.
    ///
    /// # Errors
    /// Its host is out of reach.
    pub(crate) fn reach_of_history(&self, url: &Url) -> Result<Reach> {
        let Some(place) = self.history()? else {
            return Ok(Reach::Anywhere);
        };
        let reach = delivery::reach(&place);
        match reach.check(url) {
            Ok(()) => Ok(reach),
            Err(out) => {
                let permission = Permission::Delivery {
                    history: place.path.display().to_string(),
                    host: out.place(),
                };
                Err(self.refused_to_project(&permission))
            }
        }
    }

    fn refused_to_project(&self, permission: &Permission) -> Error {
        let project = self.project();
        let standing = self.standing_of_project(&project);
        let file = project.config.unwrap_or(project.folder);
        refused(permission, &file.display().to_string(), TRUST, standing)
    }

    /// Reads a file of cases.
    pub(crate) fn read_cases(&self, name: &str) -> Result<(Vec<u8>, InputFile)> {
        let bytes = self.read(name)?;
        let path = (name != "-").then(|| self.directory().join(name));
        let file = InputFile {
            name: name.to_owned(),
            path,
            digest: digest(&bytes),
        };
        Ok((bytes, file))
    }

    fn grant_file(&self, file: &InputFile, wanted: Option<Permission>) -> Result<()> {
        let Some(permission) = wanted else {
            return Ok(());
        };
        let standing = match &file.path {
            Some(path) => self.standing_of_file(path, &file.digest),
            None if self.trusts_all() => Standing::Trusted,
            None => Standing::Unknown,
        };
        if standing.is_trusted() {
            return Ok(());
        }
        let trust = format!("{TRUST} {}", curl::quote(&file.name));
        Err(refused(&permission, &file.name, &trust, standing))
    }

    pub(super) fn may_read_for(&self, file: &InputFile, variable: &str) -> Result<()> {
        self.grant_file(file, project::of_variable("secret_env", variable))
    }

    /// Says whether a file of cases may name another file: one in its own folder, or in those that the user allows.
    pub(crate) fn check_named_file(
        &self,
        file: &InputFile,
        named: &str,
        allowed: &[PathBuf],
    ) -> Result<()> {
        let own = file.path.as_deref().and_then(Path::parent);
        let own = own.unwrap_or(self.directory()).to_owned();
        let allowed = allowed.iter().map(|folder| self.directory().join(folder));
        let folders: Vec<PathBuf> = std::iter::once(own).chain(allowed).collect();
        let path = self.directory().join(named);
        self.grant_file(file, project::of_file("data", named, &path, &folders))
    }

    /// What may be trusted: a folder's project, one file, or the project of the working directory.
    pub(crate) fn scope(&self, path: Option<&Path>) -> Result<Scope> {
        let named = path.or(self.config_file.as_deref());
        let Some(path) = named.map(|path| self.directory().join(path)) else {
            return self.scope_of(&self.project());
        };
        if !path.is_dir() {
            return Scope::of_file(&path);
        }
        let config = path.join(CONFIG);
        self.scope_of(&Project {
            folder: path,
            config: Some(config).filter(|config| config.is_file()),
        })
    }

    fn scope_of(&self, project: &Project) -> Result<Scope> {
        let known = Folders {
            user: self.users_providers(),
            ..Folders::default()
        };
        let known = Catalogue::new(&known, &replacement, self.notices.clone())?.names();
        Scope::of_project(project, &|name| known.iter().any(|known| known == name))
    }

    /// Trusts the files of a scope as they are.
    pub(crate) fn trust(&self, scope: &Scope) -> Result<()> {
        let records = self.records()?;
        let mut files = records.get(&scope.folder);
        files.extend(scope.digests());
        records.put(&scope.folder, &files).map_err(|error| {
            Error::machine(format!("cannot trust `{}`", scope.folder.display())).because(error)
        })
    }

    /// Trusts nothing in a folder any more. Says whether anything was.
    pub(crate) fn untrust(&self, folder: &Path) -> Result<bool> {
        self.records()?.remove(folder).map_err(|error| {
            Error::machine(format!("cannot change the trust in `{}`", folder.display()))
                .because(error)
        })
    }

    /// The folder that a path means to [`Self::untrust`]. It need not exist any more.
    pub(crate) fn trusted_folder(&self, path: Option<&Path>) -> PathBuf {
        let named = path.or(self.config_file.as_deref());
        let path = match named {
            Some(path) => self.directory().join(path),
            None => self.project().folder,
        };
        let folder = if path.is_file() {
            path.parent().map(Path::to_path_buf).unwrap_or(path)
        } else {
            path
        };
        std::fs::canonicalize(&folder).unwrap_or(folder)
    }

    /// How far the files of a scope are trusted, or one of them with those that are trusted along with it.
    pub(crate) fn standing_in(&self, scope: &Scope, file: Option<&str>) -> Standing {
        self.standing_of(&scope.folder, || scope.digests_with(file))
    }
}

fn refused(permission: &Permission, file: &str, trust: &str, standing: Standing) -> Error {
    let error = permission.refuse(file, trust);
    match standing {
        Standing::Changed => error.hint(format!(
            "it changed since it was trusted; `{TRUST} --show` lists what it asks for"
        )),
        Standing::Unknown | Standing::Trusted => error,
    }
}
