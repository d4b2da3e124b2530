//! Files of cases: what a team wants to hold of its handlers, sent and asked in order.

use std::collections::BTreeMap;

use clap::ValueEnum as _;
use serde::Deserialize;
use serde_json::Value;
use toml::Table;

use super::Selection;
use crate::signature::Tamper;
use crate::suggest::did_you_mean;
use crate::value::{ContentType, Span, StatusSet};

/// A file of cases. What stands at its top holds for each case that does not say otherwise.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Suite {
    pub(crate) provider: Option<String>,
    /// URL of the handler.
    pub(crate) to: Option<String>,
    /// Name of the variable that holds the secret.
    pub(crate) secret_env: Option<String>,
    pub(crate) timeout: Option<Span>,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    #[serde(rename = "case", default)]
    pub(crate) cases: Vec<Case>,
}

/// One case: something to send and what to expect, or checks to ask.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) name: String,
    /// Why it matters, for who reads the report.
    #[serde(default)]
    pub(crate) why: String,
    pub(crate) provider: Option<String>,
    pub(crate) to: Option<String>,
    pub(crate) secret_env: Option<String>,
    pub(crate) timeout: Option<Span>,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    /// Events and scenarios.
    #[serde(default)]
    pub(crate) send: OneOrMany,
    #[serde(default)]
    pub(crate) variant: OneOrMany,
    /// Values of fields, by path.
    #[serde(default)]
    pub(crate) set: BTreeMap<String, Value>,
    #[serde(default)]
    pub(crate) unset: OneOrMany,
    /// Whole body: text or @FILE.
    pub(crate) data: Option<String>,
    pub(crate) id: Option<String>,
    pub(crate) timestamp: Option<String>,
    pub(crate) seed: Option<u64>,
    pub(crate) method: Option<String>,
    pub(crate) content_type: Option<ContentType>,
    tamper: Option<String>,
    /// How often each delivery is sent again.
    #[serde(default)]
    pub(crate) duplicate: u32,
    pub(crate) expect: Option<StatusSet>,
    pub(crate) expect_body: Option<String>,
    pub(crate) max_time: Option<Span>,
    check: Option<Asked>,
    #[serde(default)]
    skip: OneOrMany,
    /// Events that the handler has to accept, for checks.
    #[serde(default)]
    pub(crate) events: OneOrMany,
}

/// A text, or several.
#[derive(Debug, Default, Deserialize)]
#[serde(untagged, expecting = "a text or a list of texts")]
pub(crate) enum OneOrMany {
    One(String),
    Many(Vec<String>),
    #[default]
    #[serde(skip)]
    None,
}

impl OneOrMany {
    pub(crate) fn all(&self) -> Vec<String> {
        match self {
            Self::One(one) => vec![one.clone()],
            Self::Many(many) => many.clone(),
            Self::None => Vec::new(),
        }
    }

    fn is_empty(&self) -> bool {
        self.all().is_empty()
    }
}

/// `true` for all checks, or their names.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "true, or a list of checks")]
enum Asked {
    All(bool),
    These(OneOrMany),
}

/// Keys of the file and of a case, and those of the latter that go with one kind of case alone.
const TOP: [&str; 6] = ["provider", "to", "secret_env", "timeout", "headers", "case"];
const EVERY: [&str; 7] = [
    "name",
    "why",
    "provider",
    "to",
    "secret_env",
    "timeout",
    "headers",
];
const SENDING: [&str; 15] = [
    "send",
    "variant",
    "set",
    "unset",
    "data",
    "id",
    "timestamp",
    "seed",
    "method",
    "content_type",
    "tamper",
    "duplicate",
    "expect",
    "expect_body",
    "max_time",
];
const ASKING: [&str; 3] = ["check", "skip", "events"];

impl Suite {
    /// Reads a file of cases.
    ///
    /// # Errors
    /// What is wrong with it, with its place.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let table: Table = toml::from_str(text).map_err(|error| at_line(&error, text))?;
        check_keys(&table, &TOP, "")?;
        let none = Vec::new();
        let cases = table
            .get("case")
            .and_then(toml::Value::as_array)
            .unwrap_or(&none);
        for (number, case) in cases.iter().enumerate() {
            if let Some(case) = case.as_table() {
                check_case(case, number)?;
            }
        }
        let suite: Self = toml::from_str(text).map_err(|error| at_line(&error, text))?;
        if suite.cases.is_empty() {
            return Err("it has no cases; each begins with `[[case]]`".to_owned());
        }
        for (number, case) in suite.cases.iter().enumerate() {
            let twice = suite.cases[..number]
                .iter()
                .any(|other| other.name == case.name);
            if case.name.trim().is_empty() || twice {
                let problem = if twice {
                    "is there already"
                } else {
                    "is no name"
                };
                return Err(format!("case {}: `{}` {problem}", number + 1, case.name));
            }
            case.check()
                .map_err(|problem| format!("case `{}`: {problem}", case.name))?;
        }
        Ok(suite)
    }
}

impl Case {
    /// Whether it is about sending rather than about checks.
    pub(crate) fn sends(&self) -> bool {
        self.check.is_none()
    }

    /// What is broken on purpose.
    pub(crate) fn tamper(&self) -> Option<Tamper> {
        Tamper::from_str(self.tamper.as_deref()?, false).ok()
    }

    /// The checks that are asked.
    ///
    /// # Errors
    /// A name that no check has.
    pub(crate) fn selection(&self) -> Result<Selection, (String, String)> {
        let only = match &self.check {
            Some(Asked::These(names)) => names.all(),
            _ => Vec::new(),
        };
        Selection::new(&only, &self.skip.all())
    }

    fn check(&self) -> Result<(), String> {
        if self.sends() && self.send.is_empty() {
            return Err(
                "it neither sends nor checks anything; say `send = \"EVENT\"` or `check = true`"
                    .to_owned(),
            );
        }
        if matches!(self.check, Some(Asked::All(false))) {
            return Err("`check = false` asks nothing; leave the case out".to_owned());
        }
        if matches!(&self.check, Some(Asked::These(names)) if names.is_empty()) {
            return Err("`check` names no checks; `check = true` asks all".to_owned());
        }
        if let Some(tamper) = &self.tamper {
            let known = Tamper::value_variants()
                .iter()
                .filter_map(clap::ValueEnum::to_possible_value);
            let known: Vec<String> = known.map(|value| value.get_name().to_owned()).collect();
            if self.tamper().is_none() {
                return Err(format!(
                    "`tamper = \"{tamper}\"`: there are {}",
                    known.join(", ")
                ));
            }
        }
        self.selection()
            .map(drop)
            .map_err(|(problem, hint)| format!("{problem}. {hint}"))
    }
}

/// Whether a case has known keys alone, and none of the other kind.
fn check_case(case: &Table, number: usize) -> Result<(), String> {
    let name = case.get("name").and_then(toml::Value::as_str);
    let place = match name {
        Some(name) => format!("case `{name}`: "),
        None => format!("case {}: ", number + 1),
    };
    if name.is_none() && !case.contains_key("name") {
        return Err(format!("{place}it has no `name`"));
    }
    let all: Vec<&str> = [&EVERY[..], &SENDING, &ASKING].concat();
    check_keys(case, &all, &place)?;
    let has = |keys: &[&'static str]| keys.iter().copied().find(|key| case.contains_key(*key));
    match (has(&SENDING), has(&ASKING)) {
        (Some(one), Some(other)) => Err(format!(
            "{place}`{one}` and `{other}` belong to different cases; one sends or checks"
        )),
        (None, Some(key)) if !case.contains_key("check") => {
            Err(format!("{place}`{key}` goes with `check`"))
        }
        (Some(key), None) if !case.contains_key("send") => {
            Err(format!("{place}`{key}` goes with `send`"))
        }
        _ => Ok(()),
    }
}

fn check_keys(table: &Table, known: &[&str], place: &str) -> Result<(), String> {
    match table.keys().find(|key| !known.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => {
            let near = did_you_mean(key, known.iter().copied());
            let near = near.unwrap_or_else(|| format!("There are {}.", known.join(", ")));
            Err(format!("{place}there is no key `{key}`. {near}"))
        }
    }
}

fn at_line(error: &toml::de::Error, text: &str) -> String {
    let line = error.span().and_then(|span| text.get(..span.start));
    let line = line.map_or(1, |before| before.matches('\n').count() + 1);
    format!("line {line}: {}", error.message())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SUITE: &str = r#"
provider = "ken"
to = "http://localhost:3000/webhooks/ken"
timeout = "5s"

[[case]]
name = "a reply is taken"
send = ["lead_replied", "lead_clicked"]
set = { "contact.email" = "a@example.com", "contact.age" = 7 }
expect = "200,204"
max_time = "1s"

[[case]]
name = "a changed reply is refused"
send = "lead_replied"
tamper = "body"

[[case]]
name = "it is sound"
check = true
skip = ["survives-burst"]
"#;

    #[test]
    fn cases_are_read_in_their_order() {
        let suite = Suite::parse(SUITE).unwrap();
        let names: Vec<&str> = suite.cases.iter().map(|case| &*case.name).collect();
        assert_eq!(
            names,
            [
                "a reply is taken",
                "a changed reply is refused",
                "it is sound"
            ]
        );
        assert_eq!(suite.cases[0].send.all(), ["lead_replied", "lead_clicked"]);
        assert_eq!(suite.cases[0].set["contact.age"], 7);
        assert!(suite.cases[0].sends() && !suite.cases[2].sends());
        assert_eq!(suite.cases[1].tamper(), Some(Tamper::Body));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let case = |text: &str| format!("[[case]]\nname = \"x\"\n{text}\n");
        let cases = [
            (
                String::new(),
                "it has no cases; each begins with `[[case]]`",
            ),
            (
                "prvider = 1".to_owned(),
                "there is no key `prvider`. Did you mean `provider`?",
            ),
            (
                case("send = \"a\"\nexpct = \"2xx\""),
                "case `x`: there is no key `expct`. Did you mean `expect` or `expect_body`?",
            ),
            (
                case("send = \"a\"\nexpect = \"9xx\""),
                "line 4: `9xx` is no list of statuses such as `2xx` or `200,204`",
            ),
            (
                case("send = \"a\"\ntamper = \"bdy\""),
                "case `x`: `tamper = \"bdy\"`: there are body, signature, timestamp, id, secret, headers",
            ),
            (
                case("expect = \"2xx\""),
                "case `x`: `expect` goes with `send`",
            ),
            (case("skip = \"a\""), "case `x`: `skip` goes with `check`"),
            (
                case("send = \"a\"\ncheck = true"),
                "case `x`: `send` and `check` belong to different cases; one sends or checks",
            ),
            (
                case("check = false"),
                "case `x`: `check = false` asks nothing; leave the case out",
            ),
            (
                case("check = []"),
                "case `x`: `check` names no checks; `check = true` asks all",
            ),
            (
                case("check = \"accepts-vald\""),
                "case `x`: there is no check `accepts-vald`. Did you mean `accepts-valid` or `accepts-duplicate` or `accepts-rotated-secret`?",
            ),
            (
                case(""),
                "case `x`: it neither sends nor checks anything; say `send = \"EVENT\"` or `check = true`",
            ),
            (
                "[[case]]\nsend = \"a\"".to_owned(),
                "case 1: it has no `name`",
            ),
            (
                case("send = \"a\"").repeat(2),
                "case 2: `x` is there already",
            ),
            (
                "[[case]".to_owned(),
                "line 1: unclosed array table, expected `]`",
            ),
        ];
        for (text, wanted) in cases {
            assert_eq!(Suite::parse(&text).unwrap_err(), wanted, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text: String) {
            let _ = Suite::parse(&text);
        }

        #[test]
        fn any_change_of_a_file_is_read_or_refused(at in 0usize..500, put in "[ -~\n]{0,4}") {
            let mut text = SUITE.to_owned();
            let at = at.min(text.len());
            text.insert_str(at, &put);
            let _ = Suite::parse(&text);
        }
    }
}
