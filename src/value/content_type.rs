//! How the fields of a payload are written in a body.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ContentType {
    /// `application/json`
    Json,
    /// `application/x-www-form-urlencoded`
    Form,
}

impl ContentType {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Form => "form",
        }
    }

    /// The type of this word.
    pub(crate) fn named(word: &str) -> Option<Self> {
        let all = [Self::Json, Self::Form];
        all.into_iter().find(|own| own.word() == word)
    }
}
