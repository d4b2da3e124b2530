//! `listen --filter`, and the filter of its page: which captures matter.

use std::fmt;
use std::str::FromStr;

use crate::error::Result;
use crate::provider::Catalogue;
use crate::receiver::{Judgement, Verdict};
use crate::request::Request;
use crate::suggest::did_you_mean;

/// Conditions that all hold for what is wanted: `provider=ken event=lead_* verdict!=valid path~/webhooks`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Filter(Vec<Condition>);

/// What conditions are about: the facts of one capture.
pub(crate) struct Subject<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) provider: &'a str,
    pub(crate) event: &'a str,
    pub(crate) delivery_id: &'a str,
    pub(crate) verdict: &'a str,
    pub(crate) duplicate: bool,
    /// Whether a text stands in target, headers or body, letter by letter.
    pub(crate) holds_text: &'a dyn Fn(&str) -> bool,
}

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
    Method,
    Id,
    Duplicate,
    Text,
}

const FIELDS: [(&str, Field); 8] = [
    ("provider", Field::Provider),
    ("event", Field::Event),
    ("path", Field::Path),
    ("verdict", Field::Verdict),
    ("method", Field::Method),
    ("id", Field::Id),
    ("duplicate", Field::Duplicate),
    ("text", Field::Text),
];

const VERDICTS: [Verdict; 5] = [
    Verdict::Valid,
    Verdict::Invalid,
    Verdict::Missing,
    Verdict::Unsigned,
    Verdict::NoSecret,
];

impl Filter {
    pub(crate) fn matches(&self, request: &Request, judgement: &Judgement) -> bool {
        let provider = judgement.provider.as_ref();
        self.fits(&Subject {
            method: &request.method,
            path: request.path(),
            provider: provider.map_or("", |provider| &*provider.profile.name),
            event: judgement.event.as_deref().unwrap_or_default(),
            delivery_id: judgement.delivery_id.as_deref().unwrap_or_default(),
            verdict: judgement.verdict.word(),
            duplicate: judgement.duplicate,
            holds_text: &|text| holds_text(request, text),
        })
    }

    pub(crate) fn fits(&self, subject: &Subject<'_>) -> bool {
        self.0.iter().all(|condition| condition.holds(subject))
    }

    /// Whether a condition is about the bytes of the request.
    pub(crate) fn reads_text(&self) -> bool {
        let mut conditions = self.0.iter();
        conditions.any(|condition| condition.field == Field::Text)
    }

    /// A provider that there is not would be waited for in vain.
    pub(crate) fn check(&self, catalogue: &Catalogue) -> Result<()> {
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
    fn holds(&self, subject: &Subject<'_>) -> bool {
        let (provider, event) = (subject.provider, subject.event);
        let is_one = |value: &String| match self.field {
            Field::Provider => self.fits(provider, value),
            Field::Event if value.contains('/') => self.fits(&format!("{provider}/{event}"), value),
            Field::Event => self.fits(event, value),
            Field::Path => self.fits(subject.path, value),
            Field::Verdict => self.fits(subject.verdict, value),
            Field::Method => self.fits(subject.method, value),
            Field::Id => self.fits(subject.delivery_id, value),
            Field::Duplicate => self.fits(yes_or_no(subject.duplicate), value),
            Field::Text => (subject.holds_text)(value),
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

fn yes_or_no(holds: bool) -> &'static str {
    if holds { "yes" } else { "no" }
}

/// Whether a text stands in target, headers or body.
fn holds_text(request: &Request, text: &str) -> bool {
    let finder = memchr::memmem::Finder::new(text.as_bytes());
    let is_in = |part: &[u8]| finder.find(part).is_some();
    let mut headers = request.headers.iter();
    is_in(request.target.as_bytes())
        || is_in(&request.body)
        || headers.any(|header| is_in(header.name.as_bytes()) || is_in(&header.value))
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

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, condition) in self.0.iter().enumerate() {
            let space = if index > 0 { " " } else { "" };
            let name = FIELDS.iter().find(|(_, field)| *field == condition.field);
            let name = name.map_or("", |(name, _)| *name);
            let not = if condition.is_not { "!" } else { "" };
            let operator = if condition.is_part { "~" } else { "=" };
            write!(
                f,
                "{space}{name}{not}{operator}{}",
                condition.values.join(",")
            )?;
        }
        Ok(())
    }
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
            let near = near.unwrap_or_else(|| {
                let names = FIELDS.map(|(field, _)| field);
                format!("There are {}.", names.join(", "))
            });
            return Err(format!("there is no field `{name}`. {near}"));
        };
        let values: Vec<String> = values.split(',').map(str::to_owned).collect();
        if values.iter().any(String::is_empty) {
            return Err(format!("`{text}` lacks a value"));
        }
        match field {
            Field::Verdict if !is_part => check_verdicts(&values)?,
            Field::Duplicate
                if values
                    .iter()
                    .any(|value| !["yes", "no"].contains(&&**value)) =>
            {
                return Err("`duplicate` is `yes` or `no`".to_owned());
            }
            Field::Text if !is_part => {
                return Err(format!(
                    "`text` is looked for in the request: `text~{}`",
                    values.join(",")
                ));
            }
            _ => {}
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
        let text = "POST /webhooks/a?event=x HTTP/1.1\nx-one: two\n\n{\"name\":\"Zoë\"}";
        let request = raw::parse(text.as_bytes()).unwrap();
        let mut judgement = Judgement::of(verdict);
        judgement.delivery_id = Some("msg_1".to_owned());
        judgement.duplicate = true;
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
            ("method=POST", true),
            ("method=GET,PUT", false),
            ("id=msg_*", true),
            ("duplicate=yes", true),
            ("duplicate!=yes", false),
            ("text~Zoë", true),
            ("text~x-one text~two", true),
            ("text!~/webhooks/a", false),
        ] {
            assert_eq!(holds(filter, lead, Verdict::Valid), wanted, "{filter}");
            assert_eq!(filter.parse::<Filter>().unwrap().to_string(), filter);
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
                "there is no field `body`. There are provider, event, path, verdict, method, id, duplicate, text.",
            ),
            ("duplicate=maybe", "`duplicate` is `yes` or `no`"),
            (
                "text=a,b",
                "`text` is looked for in the request: `text~a,b`",
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
