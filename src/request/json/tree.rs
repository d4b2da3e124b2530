//! JSON as a tree, for what is edited: the one way to make one of bytes that came from outside.

use serde_json::Value;

use super::Outline;
use crate::request::depth::{self, JsonProblem};

/// Most values of a tree. One takes up to 200 bytes of memory, and may take no more than two of the text.
pub(crate) const MAX_VALUES: usize = 500_000;

/// Reads JSON as a tree.
pub(crate) fn tree(text: &[u8]) -> Result<Value, JsonProblem> {
    match Outline::read(text) {
        Some(outline) if outline.values > MAX_VALUES => return Err(JsonProblem::TooMany),
        Some(_) => {}
        None => {
            depth::check(text)?;
        }
    }
    serde_json::from_slice(text).map_err(JsonProblem::Syntax)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_more_values_than_memory_holds() {
        let list = |count: usize| format!("[{}0]", "0,".repeat(count - 2));
        let read = |count| tree(list(count).as_bytes());
        assert!(read(MAX_VALUES).is_ok());
        let problem = read(MAX_VALUES + 1).unwrap_err();
        assert_eq!(problem.to_string(), "more than 500000 values");
        let deep = [vec![b'['; 200], vec![b']'; 200]].concat();
        assert!(matches!(tree(&deep), Err(JsonProblem::TooDeep)));
        let broken = tree(b"[0,").unwrap_err();
        assert_eq!(
            broken.to_string(),
            "EOF while parsing a value at line 1 column 3"
        );
    }
}
