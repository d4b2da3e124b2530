//! The local secret: made once per provider and kept in the user's state directory, so that sending and receiving on
//! one machine agree without any set-up.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result, utf8};
use crate::private::{self, LockedFile};
use crate::random;
use crate::secret::{Secret, SecretForm};

/// The folder of local secrets, one file a provider, readable by its owner alone.
#[derive(Clone, Debug)]
pub(crate) struct LocalSecrets {
    folder: PathBuf,
}

impl LocalSecrets {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    fn path(&self, provider: &str) -> PathBuf {
        self.folder.join(provider)
    }

    /// The secret of a provider, if one was made.
    pub(crate) fn get(&self, provider: &str) -> Result<Option<Secret>> {
        let path = self.path(provider);
        match private::read(&path) {
            Ok(bytes) => {
                let text = utf8(bytes, &path.display().to_string())?;
                Ok(Some(Secret::from_file(&text)))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(cannot("read", &path, error)),
        }
    }

    /// All secrets that can be read, with the names of their providers.
    pub(crate) fn all(&self) -> Vec<(String, Secret)> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let names = names.filter(|name| !name.starts_with('.'));
        let mut all: Vec<_> = names
            .filter_map(|name| {
                let secret = self.get(&name).ok().flatten()?;
                Some((name, secret))
            })
            .collect();
        all.sort_by(|(a, _), (b, _)| a.cmp(b));
        all
    }

    /// The secret of a provider; made now if there is none. Two programs that make it at once agree on one.
    pub(crate) fn get_or_make(&self, provider: &str, form: SecretForm) -> Result<Secret> {
        if let Some(secret) = self.get(provider)? {
            return Ok(secret);
        }
        let new = make(form)?;
        let path = self.path(provider);
        let temporary = self.write(provider, &new)?;
        match fs::hard_link(temporary.path(), &path) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(cannot("write", &path, error)),
        }
        Ok(self.get(provider)?.unwrap_or(new))
    }

    /// Makes a new secret in place of the old one.
    pub(crate) fn rotate(&self, provider: &str, form: SecretForm) -> Result<Secret> {
        let new = make(form)?;
        let temporary = self.write(provider, &new)?;
        let path = self.path(provider);
        fs::rename(temporary.path(), &path).map_err(|error| cannot("write", &path, error))?;
        Ok(new)
    }

    /// Writes a secret to a file of its own: two threads or processes may be at this at once.
    fn write(&self, provider: &str, secret: &Secret) -> Result<LockedFile> {
        private::own_folder(&self.folder).map_err(|error| cannot("use", &self.folder, error))?;
        let path = self.path(provider);
        let line = format!("{}\n", secret.reveal());
        private::temporary(&path, line.as_bytes()).map_err(|error| cannot("write", &path, error))
    }
}

/// Makes a new secret.
pub(crate) fn make(form: SecretForm) -> Result<Secret> {
    let mut random = vec![0; form.entropy()];
    random::fill(&mut random)?;
    form.write(&random)
        .ok_or_else(|| Error::machine("cannot make a secret of random bytes"))
}

fn cannot(what: &str, path: &Path, error: io::Error) -> Error {
    Error::machine(format!("cannot {what} `{}`", path.display()))
        .because(error)
        .hint("Local secrets live in the state directory; give a secret with `--secret` to do without.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_made_once_and_stays_until_it_is_rotated() {
        let dir = tempfile::tempdir().unwrap();
        let secrets = LocalSecrets::new(dir.path().join("deep/secrets"));
        assert_eq!(secrets.get("acme").unwrap(), None);
        let made = secrets.get_or_make("acme", SecretForm::Whsec).unwrap();
        assert_eq!(
            secrets.get_or_make("acme", SecretForm::Whsec).unwrap(),
            made
        );
        let rotated = secrets.rotate("acme", SecretForm::Whsec).unwrap();
        assert_ne!(rotated, made);
        assert_eq!(secrets.get("acme").unwrap(), Some(rotated));
        assert_eq!(
            fs::read_dir(dir.path().join("deep/secrets"))
                .unwrap()
                .count(),
            1,
            "nothing else is left there"
        );
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_can_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        LocalSecrets::new(dir.path().into())
            .get_or_make("acme", SecretForm::Text)
            .unwrap();
        let mode = fs::metadata(dir.path().join("acme"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn programs_that_make_it_at_once_agree() {
        let dir = tempfile::tempdir().unwrap();
        let secrets = LocalSecrets::new(dir.path().into());
        let made: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| secrets.get_or_make("acme", SecretForm::Hex).unwrap()))
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect()
        });
        assert!(made.windows(2).all(|pair| pair[0] == pair[1]));
    }
}
