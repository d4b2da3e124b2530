//! `listen --filter`: which captures matter.

use std::str::FromStr;

use crate::error::Result;
use crate::provider::Catalogue;
use crate::provider::catalogue::did_you_mean;
use crate::receiver::{Judgement, Verdict};
use crate::request::Request;

/// Conditions that all hold for what is wanted: `provider=ken event=lead_* verdict!=valid path~/webhooks`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Filter(Vec<Condition>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Condition {
    field: Field,
    /// Whether it is turned round, as with `!=` and `!~`.
    is_not: bool,
    /// Whether a part of the value is enough, as with `~`.
    is_part: bool,
    /// One of these is enough.
    values: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Provider,
    Event,
    Path,
    Verdict,
}

const FIELDS: [(&str, Field); 4] = [
    ("provider", Field::Provider),
    ("event", Field::Event),
    ("path", Field::Path),
    ("verdict", Field::Verdict),
];

const VERDICTS: [Verdict; 5] = [
    Verdict::Valid,
    Verdict::Invalid,
    Verdict::Missing,
    Verdict::Unsigned,
    Verdict::NoSecret,
];

impl Filter {
    pub(super) fn matches(&self, request: &Request, judgement: &Judgement) -> bool {
        self.0
            .iter()
            .all(|condition| condition.holds(request, judgement))
    }

    /// A provider that there is not would be waited for in vain.
    pub(super) fn check(&self, catalogue: &Catalogue) -> Result<()> {
        let named = self
            .0
            .iter()
            .filter(|condition| condition.field == Field::Provider && !condition.is_part);
        let mut names = named.flat_map(|condition| &condition.values);
        names.try_for_each(|name| {
            if name.contains('*') {
                Ok(())
            } else {
                catalogue.provider(name).map(drop)
            }
        })
    }
}

impl Condition {
    fn holds(&self, request: &Request, judgement: &Judgement) -> bool {
        let provider = judgement.provider.as_ref();
        let provider = provider.map_or("", |provider| &*provider.profile.name);
        let event = judgement.event.as_deref().unwrap_or_default();
        let is_one = |value: &String| match self.field {
            Field::Provider => self.fits(provider, value),
            Field::Event if value.contains('/') => self.fits(&format!("{provider}/{event}"), value),
            Field::Event => self.fits(event, value),
            Field::Path => self.fits(request.path(), value),
            Field::Verdict => self.fits(judgement.verdict.word(), value),
        };
        self.values.iter().any(is_one) != self.is_not
    }

    fn fits(&self, text: &str, value: &str) -> bool {
        if self.is_part {
            text.contains(value)
        } else {
            is_like(text, value)
        }
    }
}

/// Whether a text is like a pattern, in which `*` stands for any text.
fn is_like(text: &str, pattern: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return text == pattern;
    };
    let Some(mut text) = text.strip_prefix(start) else {
        return false;
    };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let end = parts.pop().unwrap_or_default();
    for part in parts {
        match text.find(part) {
            Some(found) => text = &text[found + part.len()..],
            None => return false,
        }
    }
    text.ends_with(end)
}

impl FromStr for Filter {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let conditions: Vec<_> = text
            .split_whitespace()
            .map(str::parse)
            .collect::<std::result::Result<_, String>>()?;
        if conditions.is_empty() {
            return Err("it holds no condition such as `event=lead_*`".to_owned());
        }
        Ok(Self(conditions))
    }
}

impl FromStr for Condition {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let operators = [
            ("!=", true, false),
            ("!~", true, true),
            ("=", false, false),
            ("~", false, true),
        ];
        let end = text.find(['!', '=', '~']).unwrap_or(text.len());
        let (name, rest) = text.split_at(end);
        let found = operators
            .into_iter()
            .find_map(|(operator, is_not, is_part)| {
                Some((rest.strip_prefix(operator)?, is_not, is_part))
            });
        let Some((values, is_not, is_part)) = found else {
            return Err(format!("`{text}` is no condition such as `event=lead_*`"));
        };
        let known = FIELDS.iter().find(|(field, _)| *field == name);
        let Some((_, field)) = known else {
            let near = did_you_mean(name, FIELDS.iter().map(|(field, _)| *field));
            let near =
                near.unwrap_or_else(|| "There are provider, event, path and verdict.".to_owned());
            return Err(format!("there is no field `{name}`. {near}"));
        };
        let values: Vec<String> = values.split(',').map(str::to_owned).collect();
        if values.iter().any(String::is_empty) {
            return Err(format!("`{text}` lacks a value"));
        }
        if *field == Field::Verdict && !is_part {
            check_verdicts(&values)?;
        }
        Ok(Self {
            field: *field,
            is_not,
            is_part,
            values,
        })
    }
}

fn check_verdicts(values: &[String]) -> std::result::Result<(), String> {
    let words = VERDICTS.map(Verdict::word);
    let is_unknown = |value: &&String| !words.iter().any(|word| is_like(word, value));
    match values.iter().find(is_unknown) {
        Some(value) => Err(format!(
            "there is no verdict `{value}`; there are {}",
            words.join(", ")
        )),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::raw;

    fn holds(filter: &str, event: Option<&str>, verdict: Verdict) -> bool {
        let request = raw::parse(b"POST /webhooks/a?event=x HTTP/1.1\n\n").unwrap();
        let mut judgement = Judgement::of(verdict);
        judgement.event = event.map(str::to_owned);
        filter
            .parse::<Filter>()
            .unwrap()
            .matches(&request, &judgement)
    }

    #[test]
    fn all_conditions_and_one_of_their_values_must_hold() {
        let lead = Some("lead_replied");
        for (filter, wanted) in [
            ("event=lead_replied", true),
            ("event=lead_*", true),
            ("event=*_replied", true),
            ("event=l*_*ed", true),
            ("event=*", true),
            ("event=lead", false),
            ("event~lead", true),
            ("event!=lead_*", false),
            ("event!~x", true),
            ("event=a,lead_*", true),
            ("event=/lead_*", true),
            ("event=lead_* verdict!=valid", false),
            ("event=lead_* verdict=valid,unsigned", true),
            ("verdict=in*", false),
            ("path~/webhooks path=/webhooks/a path!~event", true),
            ("path=/webhooks", false),
            ("provider!=acme", true),
            ("provider=*", true),
        ] {
            assert_eq!(holds(filter, lead, Verdict::Valid), wanted, "{filter}");
        }
        assert!(!holds("event=lead_*", None, Verdict::Unsigned));
        assert!(holds("event!=lead_*", None, Verdict::Unsigned));
    }

    #[test]
    fn a_star_stands_for_any_text() {
        for (text, pattern, wanted) in [
            ("abc", "a*c", true),
            ("ac", "a*c", true),
            ("a", "a*a", false),
            ("aXbXc", "a*b*c", true),
            ("", "*", true),
            ("abab", "*ab", true),
        ] {
            assert_eq!(is_like(text, pattern), wanted, "{text} {pattern}");
        }
    }

    #[test]
    fn mistakes_are_named() {
        for (filter, problem) in [
            (" ", "it holds no condition such as `event=lead_*`"),
            ("lead", "`lead` is no condition such as `event=lead_*`"),
            (
                "event!lead",
                "`event!lead` is no condition such as `event=lead_*`",
            ),
            (
                "events=x",
                "there is no field `events`. Did you mean `event`?",
            ),
            (
                "body=x",
                "there is no field `body`. There are provider, event, path and verdict.",
            ),
            ("event=", "`event=` lacks a value"),
            ("event=a,", "`event=a,` lacks a value"),
            (
                "verdict=good",
                "there is no verdict `good`; there are valid, invalid, missing, unsigned, no_secret",
            ),
        ] {
            assert_eq!(
                filter.parse::<Filter>(),
                Err(problem.to_owned()),
                "{filter}"
            );
        }
    }
}
