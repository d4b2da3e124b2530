//! A certificate for this machine that nobody signed but itself: made once per host name, kept in a folder that its
//! owner alone can read, and made anew before it expires. It can vouch for nothing but itself.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use jiff::{Timestamp, ToSpan as _};
use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair};

use crate::error::{Error, Result};
use crate::private;

/// Where a certificate and its key are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CertificateFiles {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

/// Days that a certificate is good for; some systems take no more than 825.
const DAYS: i64 = 800;
/// Age at which a new one is made.
const RENEWAL: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The certificate for a host name or address, made now if there is none that is good for a while.
pub(crate) fn local_certificate(
    folder: &Path,
    host: &str,
    now: Timestamp,
) -> Result<CertificateFiles> {
    let own = folder.join(host.replace(':', "_"));
    let files = CertificateFiles {
        certificate: own.join("certificate.pem"),
        key: own.join("key.pem"),
    };
    if is_fresh(&files, now) {
        return Ok(files);
    }
    let cannot = |error| Error::machine(format!("cannot write `{}`", own.display())).because(error);
    private::own_folder(folder).map_err(cannot)?;
    let _turn = private::exclusive(&folder.join(".lock")).map_err(cannot)?;
    // Another program may have made it meanwhile.
    if is_fresh(&files, now) {
        return Ok(files);
    }
    let (certificate, key) = make(host, now).map_err(|why| {
        Error::machine(format!("cannot make a certificate for `{host}`")).because(why)
    })?;
    private::own_folder(&own).map_err(cannot)?;
    // The certificate last, since its age says whether both are good.
    private::write(&files.key, key.as_bytes()).map_err(cannot)?;
    private::write(&files.certificate, certificate.as_bytes()).map_err(cannot)?;
    Ok(files)
}

fn is_fresh(files: &CertificateFiles, now: Timestamp) -> bool {
    let made = fs::metadata(&files.certificate).and_then(|file| file.modified());
    let age = |made: SystemTime| {
        SystemTime::from(now)
            .duration_since(made)
            .unwrap_or_default()
    };
    files.key.is_file() && made.is_ok_and(|made| age(made) < RENEWAL)
}

/// Certificate and key in PEM form.
fn make(host: &str, now: Timestamp) -> std::result::Result<(String, String), String> {
    let mut names = vec!["localhost", "127.0.0.1", "::1"];
    if !names.contains(&host) {
        names.push(host);
    }
    let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
    let mut params = CertificateParams::new(names).map_err(|error| error.to_string())?;
    params
        .distinguished_name
        .push(DnType::CommonName, format!("hookctl on {host}"));
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let day = |days: i64| {
        let time = now.checked_add((days * 24).hours());
        let date = time.unwrap_or(now).to_zoned(jiff::tz::TimeZone::UTC).date();
        let part = |number: i8| u8::try_from(number).unwrap_or(1);
        rcgen::date_time_ymd(i32::from(date.year()), part(date.month()), part(date.day()))
    };
    params.not_before = day(-1);
    params.not_after = day(DAYS);
    let key = KeyPair::generate().map_err(|error| error.to_string())?;
    let certificate = params
        .self_signed(&key)
        .map_err(|error| error.to_string())?;
    Ok((certificate.pem(), key.serialize_pem()))
}

#[cfg(test)]
mod tests {
    use super::super::tls::{Identity, Unfit};
    use super::*;

    #[test]
    fn it_is_made_once_and_anew_before_it_expires() {
        let folder = tempfile::tempdir().unwrap();
        let now = Timestamp::now();
        let local = |host: &str, now| local_certificate(folder.path(), host, now).unwrap();
        let read = |file: &Path| fs::read(file).unwrap();
        let files = local("localhost", now);
        let first = read(&files.certificate);
        assert_eq!(local("localhost", now), files);
        assert_eq!(read(&files.certificate), first);
        let later = now.checked_add((366 * 24).hours()).unwrap();
        local("localhost", later);
        assert_ne!(read(&files.certificate), first);
        assert!(Identity::from_pem(&read(&files.certificate), &read(&files.key)).is_ok());
        let other = local("192.0.2.7", now);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
        let mixed = Identity::from_pem(&read(&files.certificate), &read(&other.key));
        let why = "it is not the key of the certificate".to_owned();
        assert_eq!(mixed.err(), Some(Unfit::Key(why)));
    }

    #[test]
    fn programs_that_make_it_at_once_agree() {
        let folder = tempfile::tempdir().unwrap();
        let now = Timestamp::now();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| local_certificate(folder.path(), "::1", now).unwrap());
            }
        });
        let files = local_certificate(folder.path(), "::1", now).unwrap();
        let read = |file: &Path| fs::read(file).unwrap();
        assert!(Identity::from_pem(&read(&files.certificate), &read(&files.key)).is_ok());
    }
}
