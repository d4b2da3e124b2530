//! What the workflows may do, and what they run.

use std::fs;

use serde_json::Value;

use crate::harness::project;

/// The workflows, by name.
fn workflows() -> Vec<(String, Value)> {
    let files = fs::read_dir(project(".github/workflows")).unwrap();
    let mut all: Vec<(String, Value)> = files
        .map(|file| {
            let path = file.unwrap().path();
            let text = fs::read_to_string(&path).unwrap();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, serde_saphyr::from_str(&text).unwrap())
        })
        .collect();
    all.sort_by(|(a, _), (b, _)| a.cmp(b));
    all
}

/// All that `uses` names in a YAML document, with the `with` beside it.
fn used(document: &Value, into: &mut Vec<(String, Value)>) {
    match document {
        Value::Object(fields) => {
            if let Some(name) = fields.get("uses").and_then(Value::as_str) {
                let with = fields.get("with").cloned().unwrap_or_default();
                into.push((name.to_owned(), with));
            }
            fields.values().for_each(|value| used(value, into));
        }
        Value::Array(items) => items.iter().for_each(|item| used(item, into)),
        _ => {}
    }
}

#[test]
fn workflows_pin_actions_and_keep_no_credentials() {
    let action = fs::read_to_string(project(".github/actions/hookctl/action.yml")).unwrap();
    let mut documents = workflows();
    documents.push((
        "action.yml".to_owned(),
        serde_saphyr::from_str(&action).unwrap(),
    ));
    let mut count = 0;
    for (file, document) in documents {
        let mut all = Vec::new();
        used(&document, &mut all);
        for (name, with) in all {
            count += 1;
            if name.starts_with("./") {
                continue;
            }
            let commit = name.split_once('@').unwrap().1;
            let is_commit =
                commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
            assert!(is_commit, "{file}: {name}");
            if name.starts_with("actions/checkout@") {
                assert_eq!(with["persist-credentials"], false, "{file}");
            }
        }
    }
    assert!(count > 10);
}

#[test]
fn workflows_may_only_read_unless_a_job_says_why() {
    let mut writers = Vec::new();
    for (file, workflow) in workflows() {
        assert_eq!(
            workflow["permissions"].to_string(),
            r#"{"contents":"read"}"#,
            "{file}"
        );
        for (name, job) in workflow["jobs"].as_object().unwrap() {
            let permissions = job["permissions"].as_object().into_iter().flatten();
            let writes = permissions.filter(|(_, access)| *access == "write");
            writers.extend(writes.map(|(what, _)| format!("{file} {name} {what}")));
        }
    }
    let wanted = [
        "release.yml publish contents",
        "release.yml publish id-token",
        "release.yml publish attestations",
        "release.yml npm id-token",
        "release.yml pypi id-token",
        "release.yml image packages",
    ];
    assert_eq!(writers, wanted);
}

#[test]
fn workflows_install_the_packages_that_the_gate_needs() {
    let (_, workflow) = workflows()
        .into_iter()
        .find(|(name, _)| name == "ci.yml")
        .unwrap();
    for (job, script) in [
        ("gate", ".ci/run"),
        ("full", ".ci/run"),
        ("full", ".ci/full"),
    ] {
        let steps = workflow["jobs"][job]["steps"].as_array().unwrap();
        let mut scripts = steps.iter().filter_map(|step| step["run"].as_str());
        let install = scripts
            .find_map(|script| script.split_once(" install -qq "))
            .unwrap()
            .1;
        let installed: Vec<&str> = install.split_whitespace().collect();
        let text = fs::read_to_string(project(script))
            .unwrap()
            .replace("\\\n", "");
        let lines = text.lines().filter(|line| line.contains("need "));
        let needs = lines.flat_map(|line| line.split("need ").nth(1).unwrap().split_whitespace());
        for package in needs.map(|need| need.split_once('=').unwrap().1) {
            // Those are on a hosted runner, or come by an action.
            let is_there = ["rustup", "nodejs", "npm", "chromium"].contains(&package);
            assert!(
                is_there || installed.contains(&package),
                "{job} lacks {package}"
            );
        }
        let last = steps.last().unwrap()["run"].as_str().unwrap();
        assert!(last.starts_with(".ci/"), "{last}");
    }
}
