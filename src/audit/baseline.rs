//! Known failures: a file that lists them, or the machine output of an earlier run.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::request::json_text;

/// What such a file holds.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    known: Vec<String>,
}

/// Reads the ids of known failures.
///
/// # Errors
/// What is wrong with it, as the end of a sentence.
pub(crate) fn parse(text: &str) -> Result<Vec<String>, String> {
    if let Ok(file) = serde_json::from_str::<Known>(text) {
        return Ok(file.known);
    }
    let mut known = Vec::new();
    let mut is_output = false;
    for (number, line) in text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
    {
        let line: Value = serde_json::from_str(line).map_err(|_| {
            format!(
                "line {} is neither of `--write-baseline` nor of `--json`",
                number + 1
            )
        })?;
        is_output |= matches!(line["type"].as_str(), Some("check" | "case" | "summary"));
        if line["status"] == "fail" {
            known.extend(line["id"].as_str().map(str::to_owned));
        }
    }
    if is_output {
        Ok(known)
    } else {
        Err("it holds no findings of `check` or `run`".to_owned())
    }
}

/// Writes the ids of known failures down.
pub(crate) fn print(known: &[&str]) -> String {
    let mut known = known.to_vec();
    known.sort_unstable();
    format!(
        "{}\n",
        json_text::to_string_pretty(&json!({"known": known}))
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_failures_are_read_from_a_list_and_from_output() {
        let list = print(&["survives-burst", "accepts-valid"]);
        assert_eq!(
            list,
            "{\n  \"known\": [\n    \"accepts-valid\",\n    \"survives-burst\"\n  ]\n}\n"
        );
        assert_eq!(parse(&list).unwrap(), ["accepts-valid", "survives-burst"]);
        let output = "{\"type\":\"check\",\"id\":\"a\",\"status\":\"fail\"}\n{\"type\":\"check\",\"id\":\"b\",\"status\":\"warn\"}\n\n{\"type\":\"summary\"}\n";
        assert_eq!(parse(output).unwrap(), ["a"]);
        assert_eq!(
            parse("{\"type\":\"summary\"}").unwrap(),
            Vec::<String>::new()
        );
        for bad in [
            "",
            "{}",
            "[1]",
            "{\"known\":1}",
            "{\"known\":[],\"more\":1}",
            "x",
            "{\"type\":\"attempt\"}",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text: String) {
            let _ = parse(&text);
        }

        #[test]
        fn what_is_written_reads_back(known in prop::collection::btree_set("\\PC{1,8}", 0..5)) {
            let all: Vec<&str> = known.iter().map(String::as_str).collect();
            prop_assert_eq!(parse(&print(&all)).unwrap(), all);
        }
    }
}
