//! Who a listener is under TLS, as it is typed.

use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;

use crate::error::{Error, Result};
use crate::receiver::{Identity, Unfit, local_certificate};
use crate::settings::Settings;

/// TLS for what comes in.
#[derive(Args)]
#[command(next_help_heading = "TLS")]
pub(super) struct IdentityArgs {
    /// Take requests over TLS, with a certificate that is made for this machine
    #[arg(long, conflicts_with = "cert")]
    tls: bool,
    /// Take requests over TLS, with the certificate chain in this PEM file
    #[arg(long, value_name = "FILE", requires = "key")]
    cert: Option<String>,
    /// PEM file with the key of the certificate
    #[arg(long, value_name = "FILE", requires = "cert")]
    key: Option<String>,
}

/// A certificate that is ready for use.
pub(super) struct Certified {
    pub(super) identity: Identity,
    /// The file that senders can trust, if it was made here.
    pub(super) made: Option<PathBuf>,
}

impl IdentityArgs {
    /// The certificate for a host, if there is to be TLS.
    pub(super) fn certified(&self, settings: &Settings, host: &str) -> Result<Option<Certified>> {
        if let (Some(cert), Some(key)) = (&self.cert, &self.key) {
            let identity = Identity::from_pem(&settings.read(cert)?, &settings.read(key)?);
            let identity = identity.map_err(|unfit| {
                let (file, why) = match unfit {
                    Unfit::Certificate(why) => (cert, why),
                    Unfit::Key(why) => (key, why),
                };
                Error::usage(format!("cannot use `{file}`: {why}"))
            })?;
            let made = None;
            return Ok(Some(Certified { identity, made }));
        }
        if !self.tls {
            return Ok(None);
        }
        let folder = settings.state_folder()?.join("tls");
        let files = local_certificate(&folder, host, Timestamp::now())?;
        let read = |file: &PathBuf| settings.read(&file.to_string_lossy());
        let identity = Identity::from_pem(&read(&files.certificate)?, &read(&files.key)?);
        let identity = identity.map_err(|_| {
            let folder = files.key.parent().unwrap_or(&folder).display();
            Error::machine(format!("the certificate in `{folder}` is broken"))
                .hint("Delete the folder; it is made anew.")
        })?;
        let made = Some(files.certificate);
        Ok(Some(Certified { identity, made }))
    }
}
