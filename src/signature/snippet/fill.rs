//! Templates filled in.

use std::collections::{BTreeMap, BTreeSet};

/// Fills a template in.
pub(super) fn fill(
    template: &str,
    traits: &BTreeSet<&'static str>,
    values: &BTreeMap<&'static str, String>,
    notes: &[String],
) -> String {
    let mut code: Vec<String> = Vec::new();
    // Whether the lines of each open choice are written.
    let mut open: Vec<bool> = Vec::new();
    for line in template.lines() {
        let word = line.trim();
        if let Some(condition) = word.strip_prefix("@if ") {
            open.push(holds(condition, traits));
        } else if word == "@else" {
            let last = open.last_mut().expect("a test fills in all templates");
            *last = !*last;
        } else if word == "@end" {
            open.pop();
        } else if open.contains(&false) {
        } else if let Some(before) = line.strip_prefix("@comment ") {
            code.extend(notes.iter().map(|note| format!("{before} {note}")));
        } else {
            put(line, traits, values, &mut code);
        }
    }
    let mut code = code.join("\n");
    while code.contains("\n\n\n\n") {
        code = code.replace("\n\n\n\n", "\n\n\n");
    }
    format!("{}\n", code.trim())
}

fn holds(condition: &str, traits: &BTreeSet<&'static str>) -> bool {
    match condition.strip_prefix('!') {
        Some(name) => !traits.contains(name),
        None => condition.split('|').any(|name| traits.contains(name)),
    }
}

/// Writes a line with its values. One that is a value alone has as many lines as the value.
fn put(
    line: &str,
    traits: &BTreeSet<&'static str>,
    values: &BTreeMap<&'static str, String>,
    code: &mut Vec<String>,
) {
    let mut written = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) = after
            .split_once("}}")
            .expect("a test fills in all templates");
        written.push_str(before);
        // A brace of the language's own may stand before it.
        let own = name.strip_prefix('{');
        written.push_str(if own.is_some() { "{" } else { "" });
        let name = own.unwrap_or(name);
        match name.split_once('?') {
            Some((name, text)) if traits.contains(name) => written.push_str(text),
            Some(_) => {}
            None => written.push_str(values.get(name).map_or("?", |value| value)),
        }
        rest = after;
    }
    written.push_str(rest);
    let is_value = line.trim().starts_with("{{") && line.trim().ends_with("}}");
    if is_value && written.trim().is_empty() {
        return;
    }
    let indent = &line[..line.len() - line.trim_start().len()];
    let mut lines = written.split('\n');
    code.extend(lines.next().map(str::to_owned));
    code.extend(lines.map(|line| format!("{indent}{line}")));
}
