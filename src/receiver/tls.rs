//! TLS for the receiver: who it is, and the handshake before the first request.

use std::io;
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{AlertDescription, InvalidMessage, ServerConfig};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// A certificate with its key.
#[derive(Clone)]
pub(crate) struct Identity(TlsAcceptor);

impl Identity {
    /// Reads certificate chain and key from PEM.
    ///
    /// # Errors
    /// What is wrong with which of them.
    pub(crate) fn from_pem(chain: &[u8], key: &[u8]) -> Result<Self, Unfit> {
        let chain: Vec<_> = CertificateDer::pem_slice_iter(chain)
            .collect::<Result<_, _>>()
            .map_err(|error| Unfit::Certificate(error.to_string()))?;
        if chain.is_empty() {
            let why = "it holds no certificate in PEM form";
            return Err(Unfit::Certificate(why.to_owned()));
        }
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| {
            Unfit::Key("it holds no private key in PEM form, without a password".to_owned())
        })?;
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key));
        let mut config = config.map_err(|error| match error {
            rustls::Error::InconsistentKeys(_) => {
                Unfit::Key("it is not the key of the certificate".to_owned())
            }
            error => Unfit::Certificate(error.to_string()),
        })?;
        // Header names keep their spelling in HTTP/1 alone.
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self(TlsAcceptor::from(Arc::new(config))))
    }

    pub(super) async fn accept(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        self.0.accept(stream).await
    }
}

/// Which file is of no use, and why, as the end of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unfit {
    Certificate(String),
    Key(String),
}

/// What a failed handshake means; nothing if somebody only looked whether the port is open.
pub(super) fn meaning(error: &io::Error) -> Option<String> {
    let tls = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match tls {
        Some(rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType)) => {
            Some("what came is no TLS; is it sent to `http://` instead of `https://`?".to_owned())
        }
        Some(rustls::Error::AlertReceived(
            AlertDescription::UnknownCA
            | AlertDescription::BadCertificate
            | AlertDescription::CertificateUnknown,
        )) => Some("the sender does not trust the certificate".to_owned()),
        Some(tls) => Some(format!("the TLS handshake failed: {tls}")),
        None if error.kind() == io::ErrorKind::UnexpectedEof => None,
        None => Some(format!("the TLS handshake failed: {error}")),
    }
}
