//! Not a test: lists, at the end of `cargo test`, the tests that were not run.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

fn main() -> io::Result<()> {
    // Runners such as nextest ask which tests there are: none.
    if std::env::args().any(|argument| argument == "--list") {
        return Ok(());
    }
    let mut out = String::from("\nnot run, since they need more than Rust:\n");
    let mut count = 0;
    for (module, source) in modules()? {
        for name in tests(&source) {
            out.push_str(&format!("    {module}::{name}\n"));
            count += 1;
        }
    }
    let end = "need Node.js, npm, Python, Chromium or curl; `tests/all` runs all tests";
    out.push_str(&format!("{count} tests {end}\n\n"));
    io::stdout().write_all(out.as_bytes())
}

/// The files of the suite that needs other tools, with their names.
fn modules() -> io::Result<Vec<(String, String)>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools");
    let mut modules = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        modules.push((name.into_owned(), fs::read_to_string(&path)?));
    }
    modules.sort();
    Ok(modules)
}

/// The names of the tests in a file.
fn tests(source: &str) -> impl Iterator<Item = &str> {
    let functions = source.split("#[test]\nfn ").skip(1);
    functions.filter_map(|rest| rest.split('(').next())
}
