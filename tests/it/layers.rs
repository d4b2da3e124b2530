//! The house keeps its floors: a module uses those on its own line or above, never below.

use std::fs;
use std::path::{Path, PathBuf};

use crate::harness::project;

/// From the top of the map in `src/lib.rs` to its foot.
const LINES: [&[&str]; 11] = [
    &[
        "value", "error", "secret", "private", "random", "suggest", "lock",
    ],
    &["request"],
    &["signature"],
    &["provider"],
    &["store"],
    &["sender", "receiver"],
    &["delivery", "capture"],
    &["emulator", "audit"],
    &["render"],
    &["ui", "settings"],
    &["commands", "page"],
];

fn line_of(module: &str) -> Option<usize> {
    LINES.iter().position(|line| line.contains(&module))
}

fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}

/// Every source file with its path from `src` and its text without its tests.
fn program() -> Vec<(String, String)> {
    let root = project("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    assert!(files.len() > 30);
    files
        .into_iter()
        .filter(|file| !file.ends_with("tests.rs") && !file.iter().any(|part| part == "tests"))
        .map(|file| {
            let text = fs::read_to_string(&file).unwrap();
            let text = text
                .split("#[cfg(test)]\nmod tests")
                .next()
                .unwrap()
                .to_owned();
            (
                file.strip_prefix(&root)
                    .unwrap()
                    .to_string_lossy()
                    .into_owned(),
                text,
            )
        })
        .collect()
}

#[test]
fn no_module_uses_one_below_it() {
    let mut wrong = Vec::new();
    for (file, text) in program() {
        let module = file.split(['/', '.']).next().unwrap();
        let Some(own) = line_of(module) else { continue };
        for used in text.split("crate::").skip(1) {
            let used: String = used
                .chars()
                .take_while(|char| char.is_alphanumeric() || *char == '_')
                .collect();
            match line_of(&used) {
                Some(line) if line > own => wrong.push(format!("{file} uses {used}")),
                Some(line)
                    if line == own
                        && used != module
                        && ["sender", "receiver"].contains(&module) =>
                {
                    wrong.push(format!("{file} uses its neighbour {used}"));
                }
                _ => {}
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn every_module_is_on_the_map() {
    for (file, _) in program() {
        let module = file.split(['/', '.']).next().unwrap();
        let is_frame = ["lib", "main", "cli", "fuzzing"].contains(&module);
        assert!(
            is_frame || line_of(module).is_some(),
            "{module} is on no line"
        );
    }
}

#[test]
fn no_provider_is_named_in_the_program() {
    let providers: Vec<String> = fs::read_dir(project("fixtures"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    assert!(providers.len() >= 5);
    for (file, text) in program() {
        // Help texts and comments may give examples; code may not.
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap();
            for name in &providers {
                assert!(
                    !code.contains(&format!("\"{name}\"")),
                    "src/{file}:{} names {name}",
                    number + 1
                );
            }
        }
    }
}

#[test]
fn only_the_settings_read_the_environment_and_only_the_ui_writes_to_the_streams() {
    for (file, text) in program() {
        let reads = text.contains("env::var") || text.contains("env::vars");
        assert!(
            !reads || file == "settings/mod.rs",
            "src/{file} reads the environment"
        );
        let writes = text.contains("io::stdout()") || text.contains("io::stderr()");
        assert!(
            !writes || ["ui.rs", "settings/mod.rs"].contains(&&*file),
            "src/{file} writes to a stream"
        );
    }
}

#[test]
fn only_one_place_writes_json_and_one_says_what_is_redacted() {
    for (file, text) in program() {
        let writes = [
            "serde_json::to_string",
            "serde_json::to_vec",
            "serde_json::to_writer",
        ];
        // Other layers write JSON to hash it or to keep it, and print none.
        let prints = ["audit/", "commands/", "page/", "render/", "ui.rs"];
        let prints = prints.iter().any(|part| file.starts_with(part));
        let writes = writes.iter().any(|write| text.contains(write));
        assert!(!(prints && writes), "src/{file} writes JSON of its own");
        let redacts = text.contains("\"[redacted]\"") && file != "request/redact.rs";
        assert!(!redacts, "src/{file} redacts on its own");
    }
}
