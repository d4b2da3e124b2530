//! The code of `explain` in JavaScript and Python.

use std::process::Command;

use serde_json::{Value, json};

use crate::clients::{node, python};
use crate::explain_cases::{Case, URL, cases, explained};
use crate::harness::Room;

/// What the code gets beside headers, body and secret.
fn rest(explained: &Value, case: &Case) -> Vec<Value> {
    let url = if case.what == "another URL" {
        "https://shop.example/"
    } else {
        URL
    };
    let value = |name: &Value| match name.as_str().unwrap() {
        "url" => json!(url),
        "method" => json!("POST"),
        "now" => json!(case.now),
        other => panic!("{other}"),
    };
    explained["parameters"]
        .as_array()
        .unwrap()
        .iter()
        .map(value)
        .collect()
}

/// Runs the code of all schemes in a language with a runner of its own.
#[track_caller]
fn code_is_right(language: &str, mut runner: Command) {
    let room = Room::new();
    let mut all = Vec::new();
    let mut input = Vec::new();
    for explained in explained(&room) {
        for case in cases(&room, &explained) {
            input.push(json!({
                "scheme": case.scheme, "code": explained["snippets"][language], "headers": case.headers,
                "body": case.body, "secret": case.secret, "rest": rest(&explained, &case),
            }));
            all.push(case);
        }
    }
    assert!(all.len() > 240);
    room.write("cases.json", serde_json::to_string(&input).unwrap());
    let output = runner.arg(room.path().join("cases.json")).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let said: Vec<bool> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(said.len(), all.len());
    let wrong = all
        .iter()
        .zip(said)
        .filter(|(case, said)| case.accepted != *said);
    let wrong: Vec<_> = wrong
        .map(|(case, _)| format!("{}: {}", case.scheme, case.what))
        .collect();
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn the_javascript_accepts_what_is_signed_right_and_nothing_else() {
    code_is_right("js", node("snippets.mjs"));
}

#[test]
fn the_python_accepts_what_is_signed_right_and_nothing_else() {
    code_is_right("python", python("snippets.py"));
}
