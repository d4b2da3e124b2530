//! What a request carries, however it is held, looked into by dot path.

use serde_json::Value;

use super::{Document, lookup, scalar_text};

/// The fields of a request: its JSON where it stands, or a small tree.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fields<'f> {
    Document(Document<'f>),
    Tree(&'f Value),
}

impl Fields<'_> {
    /// Whether there is anything at a path.
    pub(crate) fn has(self, path: &str) -> bool {
        match self {
            Self::Document(document) => document.lookup(path).is_some(),
            Self::Tree(tree) => lookup(tree, path).is_some(),
        }
    }

    /// The scalar at a path, as plain text.
    pub(crate) fn text(self, path: &str) -> Option<String> {
        match self {
            Self::Document(document) => document.lookup(path)?.text(),
            Self::Tree(tree) => lookup(tree, path).and_then(scalar_text),
        }
    }
}
