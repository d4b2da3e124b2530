//! What must hold for a profile beyond its form. All problems are found at once, so that a new profile is mended at
//! once.

use std::collections::BTreeMap;

use toml::{Table, Value};

use super::profile::{Profile, Variant};
use crate::signature;

/// The facts that a profile must have: tables, their keys, and what their values are.
const NEEDED: [(&str, &[(&str, &str)]); 4] = [
    (
        "request",
        &[
            ("method", "a list such as `[\"POST\"]`"),
            ("content_type", "a list of `json` and `form`"),
            ("auth", "a list of `none` and `basic`"),
            ("https", "`true` or `false`"),
            ("user_agent", "a text"),
        ],
    ),
    (
        "signature",
        &[
            ("scheme", "the name of a scheme"),
            ("optional", "`true` or `false`"),
        ],
    ),
    (
        "envelope",
        &[("event", "a path such as `type`, or `header:NAME`")],
    ),
    (
        "policy",
        &[
            ("success", "statuses such as `2xx`"),
            ("timeout", "a duration such as `10s`"),
            ("retry", "a list of durations such as `[\"1m\"]`"),
            ("disable", "a text"),
            ("delivery", "a text"),
        ],
    ),
];

/// What `from` can be.
const ORIGINS: &str = "`documented`, `public` or `assumed`";

/// Keys whose texts are the provider's, and not for people.
const FOREIGN: [&str; 3] = ["sample", "set", "fresh"];

/// The path of a text that may be line ends.
const BODY_END: &str = "request.body_end.value";

/// Several problems as one text.
pub(super) fn list(problems: &[String]) -> String {
    match problems {
        [one] => one.clone(),
        several => several
            .iter()
            .fold(format!("{} problems", several.len()), |list, problem| {
                format!("{list}\n  - {problem}")
            }),
    }
}

/// What a profile that cannot be read lacks; empty if it is something else, or no TOML.
pub(super) fn missing(text: &str) -> Vec<String> {
    let Ok(table) = toml::from_str::<Table>(text) else {
        return Vec::new();
    };
    let texts = ["name", "label", "about", "docs"];
    let mut problems: Vec<String> = texts
        .iter()
        .filter(|key| !table.contains_key(**key))
        .map(|key| format!("`{key}` is missing: a text"))
        .collect();
    for (name, facts) in NEEDED {
        match table.get(name) {
            Some(Value::Table(found)) => problems.extend(missing_facts(name, facts, found)),
            Some(_) => problems.push(format!("`{name}` is no table")),
            None => {
                let keys: Vec<_> = facts.iter().map(|(key, _)| format!("`{key}`")).collect();
                problems.push(format!(
                    "`[{name}]` is missing: a table with {}",
                    keys.join(", ")
                ));
            }
        }
    }
    match table.get("events") {
        Some(Value::Table(events)) => {
            for (name, event) in events {
                for (key, what) in [("about", "a text"), ("from", ORIGINS)] {
                    if event.get(key).is_none() {
                        problems.push(format!("`events.\"{name}\".{key}` is missing: {what}"));
                    }
                }
            }
        }
        _ => problems.push("`[events.\"NAME\"]` is missing: one table for each event".to_owned()),
    }
    problems
}

fn missing_facts(name: &str, facts: &[(&str, &str)], found: &Table) -> Vec<String> {
    let problem = |(key, what): &(&str, &str)| match found.get(*key) {
        None => Some(format!(
            "`{name}.{key}` is missing: `{{ value = ..., from = ... }}` with {what}"
        )),
        Some(Value::Table(fact)) if !fact.contains_key("value") => {
            Some(format!("`{name}.{key}.value` is missing: {what}"))
        }
        Some(Value::Table(fact)) if !fact.contains_key("from") => {
            Some(format!("`{name}.{key}.from` is missing: {ORIGINS}"))
        }
        Some(Value::Table(_)) => None,
        Some(_) => Some(format!(
            "`{name}.{key}` does not say where it comes from: write `{{ value = ..., from = \"documented\" }}`"
        )),
    };
    facts.iter().filter_map(problem).collect()
}

/// Texts that would steer a terminal.
pub(super) fn unfit_texts(text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    if let Ok(table) = toml::from_str::<Table>(text) {
        unfit_texts_in(&Value::Table(table), "", &mut problems);
    }
    problems
}

fn unfit_texts_in(value: &Value, path: &str, problems: &mut Vec<String>) {
    let is_unfit = |text: &str| text.chars().any(char::is_control);
    match value {
        Value::String(text) if is_unfit(text) => {
            problems.push(format!("`{path}` holds control characters: {text:?}"));
        }
        Value::Array(items) => items
            .iter()
            .for_each(|item| unfit_texts_in(item, path, problems)),
        Value::Table(table) => {
            for (key, value) in table {
                let path = if path.is_empty() {
                    key.clone()
                } else {
                    format!("{path}.{key}")
                };
                if is_unfit(key) {
                    problems.push(format!("the key {key:?} holds control characters"));
                } else if !FOREIGN.contains(&&**key) && path != BODY_END {
                    unfit_texts_in(value, &path, problems);
                }
            }
        }
        _ => {}
    }
}

/// Whether a name of a variant or a scenario, or a part of that of an event, can be the name of a file, and nothing
/// but that.
fn can_be_a_file(name: &str) -> bool {
    let is_unfit = |char: char| matches!(char, '/' | '\\') || char.is_control();
    !(name.is_empty() || name.starts_with('.') || name.contains(is_unfit))
}

/// Whether all fields of a value over `{body:PATH}` have a path.
fn can_be_filled(value: &str) -> bool {
    value
        .split("{body:")
        .skip(1)
        .all(|rest| matches!(rest.split_once('}'), Some((path, _)) if !path.is_empty()))
}

impl Profile {
    /// What is wrong with it, all at once.
    pub(super) fn problems(&self) -> Vec<String> {
        let mut problems = self.wrong_names();
        problems.extend(self.wrong_schemes());
        problems.extend(self.wrong_facts());
        problems.extend(self.wrong_places());
        problems.extend(self.wrong_rows());
        problems.extend(self.wrong_called());
        problems.extend(self.wrong_steps());
        problems
    }

    fn wrong_names(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let is_plain =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if self.name.is_empty() || !self.name.bytes().all(is_plain) {
            problems.push(format!(
                "`name = \"{}\"`: use lower-case letters, digits and hyphens",
                self.name
            ));
        }
        let events = self.events.keys();
        problems.extend(
            events
                .filter(|name| !name.split('/').all(can_be_a_file))
                .map(|name| {
                    format!(
                        "event {name:?}: a name has no `\\` and no control characters; its parts between `/` are not \
                         empty and have no dot at their start"
                    )
                }),
        );
        let of_events = self.events.values();
        let of_events = of_events.flat_map(|event| event.variants.keys());
        let names = of_events
            .chain(self.variants.keys())
            .map(|name| ("variant", name))
            .chain(self.scenarios.keys().map(|name| ("scenario", name)));
        problems.extend(names.filter(|(_, name)| !can_be_a_file(name)).map(
            |(what, name)| {
                format!(
                    "{what} {name:?}: a name has no `/`, no `\\`, no control characters, and no dot at its start"
                )
            },
        ));
        problems
    }

    fn wrong_schemes(&self) -> Vec<String> {
        let signature = &self.signature;
        let of_variants = self
            .all_variants()
            .filter_map(|variant| variant.scheme.as_ref());
        let schemes = std::iter::once(&signature.scheme.value)
            .chain(&signature.also)
            .chain(of_variants);
        let mut problems: Vec<String> = schemes
            .filter(|scheme| signature::named(scheme).is_none())
            .map(|scheme| {
                let known: Vec<_> = signature::names().collect();
                format!(
                    "no scheme is called `{scheme}`; there are {}",
                    known.join(", ")
                )
            })
            .collect();
        let signs = signature::named(&signature.scheme.value).is_some_and(signature::Scheme::signs);
        if signs && signature.secret.is_none() {
            problems.push(
                "`signature.secret` is missing: say which form a secret has: `whsec`, `text` or `hex`"
                    .to_owned(),
            );
        }
        problems
    }

    fn wrong_facts(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if !self.docs.starts_with("https://") {
            problems.push(format!("`docs = \"{}\"`: give an https:// URL", self.docs));
        }
        if self.request.method.value.is_empty() || self.request.content_type.value.is_empty() {
            problems.push(
                "`request.method` and `request.content_type` need one value at least".to_owned(),
            );
        }
        if let Some(end) = &self.request.body_end
            && end
                .value
                .contains(|char| !matches!(char, ' ' | '\t' | '\r' | '\n'))
        {
            problems.push(format!(
                "`request.body_end`: {:?} is more than spaces and line ends",
                end.value
            ));
        }
        problems.extend(
            self.headers
                .iter()
                .filter(|header| !can_be_filled(&header.value))
                .map(|header| {
                    format!(
                        "header `{}`: in `{}`, a `{{body:PATH}}` has no path or no end",
                        header.name, header.value
                    )
                }),
        );
        if let Some(jitter) = self
            .policy
            .jitter
            .as_ref()
            .filter(|jitter| jitter.value > 100)
        {
            problems.push(format!(
                "`policy.jitter`: {} is more than 100 percent",
                jitter.value
            ));
        }
        if let Some(at) = &self.policy.disable_at
            && (at.value.to_string().is_empty() || at.value.failures == Some(0))
        {
            problems.push(
                "`policy.disable_at`: name `failures` above 0, a duration `failing`, or `statuses`"
                    .to_owned(),
            );
        }
        let form = self.envelope.delivery_form.iter().map(|form| &form.value);
        let patterns = self.fresh.values().chain(form);
        problems.extend(patterns.filter_map(|pattern| super::pattern::check(pattern).err()));
        problems
    }

    fn wrong_places(&self) -> Vec<String> {
        let envelope = &self.envelope;
        let mut problems = Vec::new();
        let event = &envelope.event.value;
        if !signature::is_source_or_path(event) {
            problems.push(format!(
                "`envelope.event`: `{event}` is no path, `header:NAME` or `form:NAME`, nor several with `|` or `+`"
            ));
        }
        if let Some(time) = &envelope.time
            && !signature::is_path(&time.value)
        {
            problems.push(format!(
                "`envelope.time`: `{}` is no path in the body, nor several with `|`",
                time.value
            ));
        }
        if let Some(delivery) = &envelope.delivery
            && !signature::is_source(&delivery.value)
        {
            problems.push(format!(
                "`envelope.delivery`: `{}` is neither `header:NAME` nor `body:PATH`",
                delivery.value
            ));
        }
        let times = &self.times;
        let twice = |key: &&String| times.milliseconds.contains(key);
        problems.extend(
            times
                .seconds
                .iter()
                .filter(twice)
                .map(|key| format!("`times`: `{key}` cannot be in seconds and in milliseconds")),
        );
        problems
    }

    /// Rows of `detect` that fit all requests, or none.
    fn wrong_rows(&self) -> Vec<String> {
        let mut problems = Vec::new();
        for row in &self.detect {
            if row.headers.is_empty() && row.body.is_empty() {
                problems.push("`detect`: a row needs `headers` or `body`".to_owned());
            }
            let is_there = |name: &&String| {
                let mut there = row.headers.iter();
                there.any(|header| header.eq_ignore_ascii_case(name))
            };
            problems.extend(
                row.without.iter().filter(is_there).map(|name| {
                    format!("`detect`: a row has `{name}` in `headers` and in `without`")
                }),
            );
        }
        problems
    }

    /// Names on the wire that name no event, or several.
    fn wrong_called(&self) -> Vec<String> {
        let mut owners = BTreeMap::new();
        let mut problems = Vec::new();
        for (name, event) in &self.events {
            let called = event.called.as_ref().unwrap_or(name);
            if called.is_empty() {
                problems.push(format!("`events.\"{name}\".called` is empty"));
            } else if let Some(other) = owners.insert(called, name) {
                problems.push(format!(
                    "events `{other}` and `{name}` are both called `{called}`"
                ));
            }
        }
        problems
    }

    fn wrong_steps(&self) -> Vec<String> {
        let steps = self
            .scenarios
            .iter()
            .flat_map(|(name, scenario)| scenario.steps.iter().map(move |step| (name, step)));
        let problem = |(name, step): (&String, &String)| {
            let (event, variant) = step
                .split_once(':')
                .map_or((&**step, None), |(event, variant)| (event, Some(variant)));
            let Some(event) = self.events.get(event) else {
                return Some(format!("`scenarios.{name}`: there is no event `{event}`"));
            };
            let variant = variant.filter(|variant| !event.variants.contains_key(*variant))?;
            Some(format!(
                "`scenarios.{name}`: there is no variant `{variant}` in `{step}`"
            ))
        };
        steps.filter_map(problem).collect()
    }

    pub(super) fn all_variants(&self) -> impl Iterator<Item = &Variant> {
        self.variants.values().chain(
            self.events
                .values()
                .flat_map(|event| event.variants.values()),
        )
    }
}
