//! What a project may do. Its files (`hookctl.toml`, `providers/`, files of cases) are input, not the user's word: a
//! user who clones a project has not read them. Each variant of [`Permission`] is a row of the rule: something that a
//! project gets only by a flag or by trust. On its own it may set the rest: providers under new names, literal secrets,
//! a history inside its folder and the retention of that, destinations on loopback. A new key needs its row here.

use std::path::Path;
use std::{fs, io};

use crate::error::Error;
use crate::request::curl;

/// Something that a project may not do on its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Permission {
    /// To keep the history in what is not a file inside the project.
    History { file: String },
    /// To say how long things stay in a history that it does not name.
    Retention { key: &'static str, value: String },
    /// To read a variable of the environment.
    Variable { key: String, name: String },
    /// To send to a host that is not loopback.
    Destination { key: String, host: String },
    /// The same, as a history says it that the project brings.
    Delivery { history: String, host: String },
    /// To replace a provider that is built in or the user's own.
    Provider { name: String },
    /// To read a file outside of its folder.
    File { key: String, file: String },
}

impl Permission {
    /// What the project does, as the rest of a sentence about its file.
    pub(crate) fn what(&self) -> String {
        match self {
            Self::History { file } => {
                format!("sets `history.file` to `{file}`, which is not a file inside the project")
            }
            Self::Retention { key, .. } => {
                format!("sets `history.{key}` for a history that it does not name")
            }
            Self::Variable { key, name } => {
                format!("sets `{key}` to `{name}`, a variable other than `HOOKCTL_*` and `PORT`")
            }
            Self::Destination { key, host } => {
                format!("sets `{key}` to a host that is not loopback ({host})")
            }
            Self::Delivery { history, host } => {
                format!(
                    "brings the history `{history}`, which leads to a host that is not loopback ({host})"
                )
            }
            Self::Provider { name } => format!("replaces the provider `{name}`"),
            Self::File { key, file } => {
                format!("sets `{key}` to the file `{file}`, which is not inside its folder")
            }
        }
    }

    /// How a user allows it for one run, as the start of a sentence.
    fn flag(&self) -> String {
        match self {
            Self::History { file } => format!("pass `--store {}`", curl::quote(file)),
            Self::Retention { key, value } => {
                let flag = key.replace('_', "-");
                format!("pass `--{flag} {}` to `listen`", curl::quote(value))
            }
            Self::Variable { name, .. } => format!("pass `--secret \"${name}\"`"),
            Self::Destination { .. } => "pass `--to URL`".to_owned(),
            Self::Delivery { history, .. } => format!("pass `--store {}`", curl::quote(history)),
            Self::Provider { .. } => "set `HOOKCTL_TRUST=1`".to_owned(),
            Self::File { file, .. } => {
                let folder = Path::new(file)
                    .parent()
                    .filter(|folder| *folder != Path::new(""));
                let folder = folder.unwrap_or(Path::new("."));
                format!(
                    "pass `--allow-files {}`",
                    curl::quote(&folder.to_string_lossy())
                )
            }
        }
    }

    /// The ways out.
    pub(crate) fn hint(&self, trust: &str) -> String {
        format!("{} for this run, or run `{trust}`", self.flag())
    }

    /// Refuses it. `trust` is the command that allows it from now on.
    pub(super) fn refuse(&self, file: &str, trust: &str) -> Error {
        Error::usage(format!("`{file}` {}", self.what())).hint(self.hint(trust))
    }
}

/// Whether any project may read a variable.
pub(super) fn is_open_variable(name: &str) -> bool {
    name.starts_with("HOOKCTL_") || name == "PORT"
}

/// Whether a path leads to a regular file inside of a folder, or to none where one can be made. Links are followed.
pub(super) fn is_inside(folder: &Path, path: &Path) -> bool {
    let Ok(folder) = fs::canonicalize(folder) else {
        return false;
    };
    let (mut there, mut is_made) = (path, true);
    loop {
        match fs::canonicalize(there) {
            Ok(real) if is_made => return real.starts_with(&folder) && real.is_file(),
            Ok(real) => return real.starts_with(&folder) && real.is_dir(),
            Err(error) if error.kind() != io::ErrorKind::NotFound => return false,
            // A link to what is not there.
            Err(_) if fs::symlink_metadata(there).is_ok() => return false,
            Err(_) => {}
        }
        is_made = false;
        // What does not exist cannot be left by `..` either.
        match (there.file_name(), there.parent()) {
            (Some(_), Some(parent)) => there = parent,
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_of_hookctl_and_the_port_are_open_to_projects() {
        for name in ["HOOKCTL_SECRET", "HOOKCTL_KEN_SECRET", "PORT"] {
            assert!(is_open_variable(name), "{name}");
        }
        for name in [
            "AWS_SECRET_ACCESS_KEY",
            "hookctl_x",
            "PORT2",
            "MY_PORT",
            "XHOOKCTL_A",
            "",
        ] {
            assert!(!is_open_variable(name), "{name}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn only_regular_files_inside_are_inside() {
        let outer = tempfile::tempdir().unwrap();
        let folder = outer.path().join("project");
        fs::create_dir_all(folder.join("sub")).unwrap();
        fs::write(folder.join("file"), "").unwrap();
        fs::write(outer.path().join("secret"), "").unwrap();
        let link = |from: &str, to: &str| {
            std::os::unix::fs::symlink(folder.join(to), folder.join(from)).unwrap();
        };
        link("out", "../secret");
        link("up", "..");
        link("in", "file");
        link("dangling", "../nothing");
        link("dangling-in", "nothing");
        for inside in [
            "file",
            "in",
            "sub/new",
            "new/deep/er",
            "sub/../file",
            "up/project/file",
        ] {
            assert!(is_inside(&folder, &folder.join(inside)), "{inside}");
        }
        for outside in [
            "../secret",
            "out",
            "up/secret",
            "up/new",
            "../new",
            "dangling",
            "dangling-in",
            "new/../../secret",
            "sub",
            ".",
            "..",
            "/dev/null",
            "/etc/passwd",
        ] {
            assert!(!is_inside(&folder, &folder.join(outside)), "{outside}");
        }
    }
}
