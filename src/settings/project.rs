//! A project: the files of it that count, and what they ask for.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use url::Url;

use super::config::{self, CONFIG, Config};
use super::permission::{self, Permission};
use super::trust::{Digests, digest};
use crate::audit::suite::Suite;
use crate::error::{Error, Result};
use crate::private;
use crate::sender::{Reach, authority};

/// A folder with a `hookctl.toml` or with providers.
pub(crate) struct Project {
    pub(super) folder: PathBuf,
    /// Its configuration, if there is one that counts.
    pub(super) config: Option<PathBuf>,
}

/// Name of the folder of providers.
pub(super) const PROVIDERS: &str = "providers";
/// How deep providers lie at most: an event's name may have slashes.
const DEPTH: usize = 8;

impl Project {
    pub(super) fn providers(&self) -> PathBuf {
        self.folder.join(PROVIDERS)
    }

    /// The digests of its configuration and of all files that describe its providers; empty for one that cannot be
    /// read.
    pub(super) fn digests(&self) -> Digests {
        let mut found = Vec::new();
        if self.config.is_some() {
            found.push(CONFIG.to_owned());
        }
        walk(&self.folder, PROVIDERS, DEPTH, &mut found);
        let digests = found.into_iter().map(|path| {
            let bytes = fs::read(self.folder.join(&path));
            (path, bytes.map(|bytes| digest(&bytes)).unwrap_or_default())
        });
        digests.collect()
    }
}

/// Finds the files below a folder that providers are read from, and the folders that lie too deep to be looked into.
fn walk(root: &Path, folder: &str, depth: usize, found: &mut Vec<String>) {
    let entries = fs::read_dir(root.join(folder)).into_iter().flatten();
    for entry in entries.flatten() {
        // Names that are no text are the names of no provider and no event.
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        let path = format!("{folder}/{name}");
        let Ok(metadata) = fs::metadata(entry.path()) else {
            continue;
        };
        let counts = [".toml", ".json"].iter().any(|end| name.ends_with(end));
        match (metadata.is_dir(), depth.checked_sub(1)) {
            (true, Some(depth)) => walk(root, &path, depth, found),
            (true, None) => found.push(path),
            (false, _) if metadata.is_file() && counts => found.push(path),
            (false, _) => {}
        }
    }
}

/// What a user may trust at once: the files of a project, or one file.
pub(crate) struct Scope {
    /// As the file system has it, so that it has one name.
    pub(crate) folder: PathBuf,
    pub(crate) files: Vec<Covered>,
    pub(crate) rows: Vec<Row>,
}

/// A file that is trusted as it is now.
pub(crate) struct Covered {
    /// From the folder.
    pub(crate) path: String,
    pub(crate) digest: String,
    /// The user id of who owns it, if it is not the user.
    pub(crate) other_owner: Option<u32>,
}

/// One thing that a file asks for.
pub(crate) struct Row {
    /// From the folder.
    pub(crate) file: String,
    pub(crate) key: String,
    /// None for a secret.
    pub(crate) value: Option<String>,
    /// What it takes, if a project may not do so on its own.
    pub(crate) permission: Option<Permission>,
}

impl Scope {
    pub(super) fn of_project(project: &Project, known: &dyn Fn(&str) -> bool) -> Result<Self> {
        let mut scope = Self::empty(&project.folder)?;
        for (path, digest) in project.digests() {
            scope.cover(path, digest);
        }
        if project.config.is_some() {
            scope.read(CONFIG, false)?;
        }
        scope.add_providers(known);
        scope.add_cases()?;
        Ok(scope)
    }

    /// Of one file that is named: a file of cases, or a configuration.
    pub(super) fn of_file(file: &Path) -> Result<Self> {
        let folder = file.parent().filter(|parent| *parent != Path::new(""));
        let mut scope = Self::empty(folder.unwrap_or(Path::new(".")))?;
        let name = file.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| Error::usage("the name of the file is not text"))?;
        scope.read(name, true)?;
        Ok(scope)
    }

    fn empty(folder: &Path) -> Result<Self> {
        let folder = fs::canonicalize(folder).map_err(|error| {
            Error::machine(format!("cannot read the folder `{}`", folder.display())).because(error)
        })?;
        Ok(Self {
            folder,
            files: Vec::new(),
            rows: Vec::new(),
        })
    }

    pub(super) fn digests(&self) -> Digests {
        self.digests_with(None)
    }

    /// Those of all files, or of one and those that are trusted along with it: a project's configuration and its
    /// providers go together.
    pub(super) fn digests_with(&self, file: Option<&str>) -> Digests {
        let is_of_project = |path: &str| path == CONFIG || path.starts_with("providers/");
        let counts = |path: &str| match file {
            None => true,
            Some(file) => path == file || (is_of_project(path) && is_of_project(file)),
        };
        let files = self.files.iter().filter(|file| counts(&file.path));
        files
            .map(|file| (file.path.clone(), file.digest.clone()))
            .collect()
    }

    fn cover(&mut self, path: String, digest: String) {
        if self.files.iter().any(|file| file.path == path) {
            return;
        }
        let metadata = fs::metadata(self.folder.join(&path)).ok();
        self.files.push(Covered {
            path,
            digest,
            other_owner: metadata.as_ref().and_then(private::other_owner),
        });
    }

    /// Covers a file and lists what it asks for.
    fn read(&mut self, name: &str, is_named: bool) -> Result<()> {
        let file = self.folder.join(name);
        let cannot = |error: io::Error| {
            Error::machine(format!("cannot read `{}`", file.display())).because(error)
        };
        let bytes = fs::read(&file).map_err(cannot)?;
        let text = std::str::from_utf8(&bytes)
            .map_err(|_| Error::usage(format!("`{}` is not UTF-8", file.display())))?;
        let asked = if has_cases(text) {
            let suite = Suite::parse(text)
                .map_err(|problem| Error::usage(format!("`{}`: {problem}", file.display())))?;
            of_cases(&suite, &self.folder)
        } else {
            of_config(&config::parse(text, &file)?, &self.folder, is_named)
        };
        self.cover(name.to_owned(), digest(&bytes));
        self.rows
            .extend(asked.into_iter().map(|(key, value, permission)| Row {
                file: name.to_owned(),
                key,
                value,
                permission,
            }));
        Ok(())
    }

    fn add_providers(&mut self, known: &dyn Fn(&str) -> bool) {
        let is_entry = |path: &str| {
            let rest = path.strip_prefix(PROVIDERS)?.strip_prefix('/')?;
            match rest.split_once('/') {
                None => rest.strip_suffix(".toml").map(str::to_owned),
                Some((name, "provider.toml")) => Some(name.to_owned()),
                Some(_) => None,
            }
        };
        for file in &self.files {
            let Some(name) = is_entry(&file.path) else {
                continue;
            };
            self.rows.push(Row {
                file: file.path.clone(),
                key: "provider".to_owned(),
                permission: known(&name).then(|| Permission::Provider { name: name.clone() }),
                value: Some(name),
            });
        }
    }

    /// Adds files of cases in the folder. Those in other folders are trusted by name.
    fn add_cases(&mut self) -> Result<()> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let mut names: Vec<String> = names
            .filter(|name| name.strip_suffix(".toml").is_some() && name != CONFIG)
            .collect();
        names.sort();
        for name in names {
            let text = fs::read_to_string(self.folder.join(&name));
            // Other programs keep TOML files, too, and one that is broken is not run.
            if text.is_ok_and(|text| has_cases(&text) && Suite::parse(&text).is_ok()) {
                self.read(&name, true)?;
            }
        }
        Ok(())
    }
}

fn has_cases(text: &str) -> bool {
    toml::from_str::<toml::Table>(text)
        .is_ok_and(|table| table.get("case").is_some_and(toml::Value::is_array))
}

/// Key, value if it may be shown, and what it takes.
type Asked = (String, Option<String>, Option<Permission>);

fn of_config(config: &Config, folder: &Path, is_named: bool) -> Vec<Asked> {
    let mut asked = Vec::new();
    let history = &config.history;
    if let Some(file) = &history.file {
        let value = file.display().to_string();
        asked.push((
            "history.file".to_owned(),
            Some(value),
            of_history(file, folder),
        ));
    }
    for (key, value) in history.retention() {
        let permission = of_retention(config, key, value);
        asked.push((format!("history.{key}"), Some(value.to_owned()), permission));
    }
    for (name, provider) in &config.providers {
        let key = |key: &str| format!("providers.{name}.{key}");
        if provider.secret.is_some() {
            asked.push((key("secret"), None, None));
        }
        if let Some(variable) = &provider.secret_env {
            asked.push(of_secret_env(key("secret_env"), variable));
        }
        if let Some(to) = &provider.to {
            let permission = of_destination(&key("to"), to).filter(|_| !is_named);
            asked.push((key("to"), Some(shown_url(to)), permission));
        }
    }
    asked
}

fn of_cases(suite: &Suite, folder: &Path) -> Vec<Asked> {
    let mut asked = Vec::new();
    let cases = suite.cases.iter().map(|case| &case.secret_env);
    for variable in std::iter::once(&suite.secret_env).chain(cases).flatten() {
        asked.push(of_secret_env("secret_env".to_owned(), variable));
    }
    for case in &suite.cases {
        let file = case.data.as_deref().and_then(|data| data.strip_prefix('@'));
        if let Some(file) = file {
            let permission = of_file("data", file, &folder.join(file), &[folder.to_owned()]);
            asked.push(("data".to_owned(), Some(format!("@{file}")), permission));
        }
    }
    // Several cases may ask for the same.
    asked.sort();
    asked.dedup();
    asked
}

fn of_secret_env(key: String, variable: &str) -> Asked {
    // The value may be a secret by mistake.
    let value = config::names_a_variable(variable).then(|| variable.to_owned());
    let permission = value.as_ref().and_then(|name| of_variable(&key, name));
    (key, value, permission)
}

/// What it takes to keep the history in a file.
pub(super) fn of_history(file: &Path, folder: &Path) -> Option<Permission> {
    let file_name = || file.display().to_string();
    (!permission::is_inside(folder, file)).then(|| Permission::History { file: file_name() })
}

/// What it takes to limit a history.
pub(super) fn of_retention(config: &Config, key: &'static str, value: &str) -> Option<Permission> {
    let value = value.to_owned();
    (config.history.file.is_none()).then_some(Permission::Retention { key, value })
}

/// What it takes to read a variable.
pub(super) fn of_variable(key: &str, name: &str) -> Option<Permission> {
    (!permission::is_open_variable(name)).then(|| Permission::Variable {
        key: key.to_owned(),
        name: name.to_owned(),
    })
}

/// What it takes to read a file that a file of cases names, which may be in one of these folders.
pub(super) fn of_file(
    key: &str,
    file: &str,
    path: &Path,
    folders: &[PathBuf],
) -> Option<Permission> {
    let is_inside = |folder: &PathBuf| permission::is_inside(folder, path);
    (!folders.iter().any(is_inside)).then(|| Permission::File {
        key: key.to_owned(),
        file: file.to_owned(),
    })
}

/// What it takes to send to a URL, as far as that can be told without resolving its host.
fn of_destination(key: &str, to: &str) -> Option<Permission> {
    let url = Url::parse(to).ok()?;
    let host = match url.domain() {
        Some(name) if name == "localhost" || name.ends_with(".localhost") => return None,
        Some(name) => format!("`{name}`, unless that resolves to loopback when it is sent to"),
        None => Reach::Loopback.check_literal(&url).err()?.place(),
    };
    let key = key.to_owned();
    Some(Permission::Destination { key, host })
}

/// A URL without credentials and query.
fn shown_url(to: &str) -> String {
    match Url::parse(to) {
        Ok(url) => format!("{}://{}{}", url.scheme(), authority(&url), url.path()),
        Err(_) => "not a URL".to_owned(),
    }
}
