//! hookctl.
mod error;
mod provider;
mod receiver;
mod request;
mod secret;
mod sender;
mod signature;
