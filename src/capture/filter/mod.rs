//! The filter language: which captures and deliveries matter. `listen --filter`, `history --filter` and the page share
//! it.
//!
//! ```text
//! filter     = term { " " term }                      all of them hold
//! term       = [ "!" ] ( condition | words )
//! condition  = field operator value { "," value }     one of the values is enough
//! operator   = "=" | "!=" | "~" | "!~" | "<" | "<=" | ">" | ">=" | ":"
//! words      = value { "," value }                    searched for in everything
//! value      = text without spaces and commas | '"' text '"'
//! ```

mod field;
mod parse;
mod subject;
mod text;

pub(crate) use field::{help, recorded};
pub(crate) use parse::Problem;
pub(crate) use subject::{Arrival, Kept, Listed, Received, Subject};

use std::borrow::Cow;
use std::cell::OnceCell;
use std::cmp::Ordering;
use std::fmt;

use jiff::Timestamp;
use serde_json::Value as Json;

use self::field::{Field, Known};
use self::subject::{Meta, Value};
use self::text::{Pattern, Word};
use crate::error::Result;
use crate::provider::Catalogue;
use crate::request::json::{self, Document, Node, Outline};
use crate::request::{Request, form, latin1};
use crate::value::{Span, StatusSet, Time};

/// Terms that all hold for what is wanted: `provider=ken event=lead_* verdict!=valid path~/webhooks`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Filter(Vec<Term>);

#[derive(Clone, Debug, PartialEq)]
struct Term {
    /// Whether it is turned round.
    is_not: bool,
    what: What,
}

#[derive(Clone, Debug, PartialEq)]
enum What {
    Condition {
        field: Field,
        /// Name of a header or query parameter, path in the body.
        key: Option<String>,
        operator: Operator,
        /// One of these is enough.
        values: Vec<Operand>,
    },
    /// Words of which one is somewhere.
    Words(Vec<Operand>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Is,
    /// A part is enough.
    Holds,
    Below,
    AtMost,
    Above,
    AtLeast,
}

/// What stands behind an operator.
#[derive(Clone, Debug)]
struct Operand {
    text: String,
    /// Whether `*` is no wildcard in it.
    is_literal: bool,
    value: Wanted,
}

impl PartialEq for Operand {
    fn eq(&self, other: &Self) -> bool {
        (&self.text, self.is_literal) == (&other.text, other.is_literal)
    }
}

/// What an operand means for its field.
#[derive(Clone, Debug)]
enum Wanted {
    Text(Pattern),
    Word(Word),
    Flag(bool),
    Statuses(StatusSet),
    Number(u64),
    Decimal(f64),
    Duration(Span),
    Time(Time),
}

impl Filter {
    /// Whether it holds for a request.
    pub(crate) fn fits(&self, subject: &dyn Subject, now: Timestamp) -> bool {
        let looked = Looked {
            subject,
            meta: subject.meta(),
            now,
            request: OnceCell::new(),
            outline: OnceCell::new(),
            form: OnceCell::new(),
        };
        let of_facts = self.0.iter().filter(|term| !term.reads_content());
        let of_content = self.0.iter().filter(|term| term.reads_content());
        // What is known is cheaper than what has to be looked for.
        let mut all = of_facts.chain(of_content);
        all.all(|term| term.what.holds(&looked) != term.is_not)
    }

    /// Whether headers and body are needed.
    pub(crate) fn reads_content(&self) -> bool {
        self.0.iter().any(Term::reads_content)
    }

    /// Whether it matters what is pinned.
    pub(crate) fn reads_pins(&self) -> bool {
        let is_of_pins = |term: &Term| matches!(&term.what, What::Condition { field, .. } if *field == Field::Pinned);
        self.0.iter().any(is_of_pins)
    }

    /// Refuses a provider that there is not, which would be waited for in vain.
    pub(crate) fn check(&self, catalogue: &Catalogue) -> Result<()> {
        let of_providers = self.0.iter().filter_map(|term| match &term.what {
            What::Condition {
                field: Field::Provider,
                operator: Operator::Is,
                values,
                ..
            } => Some(values),
            _ => None,
        });
        let mut names = of_providers
            .flatten()
            .filter(|name| !name.text.contains('*'));
        names.try_for_each(|name| catalogue.provider(&name.text).map(drop))
    }

    /// Refuses fields that are not known yet when a request arrives.
    ///
    /// # Errors
    /// Which field, as a message.
    pub(crate) fn check_for_arrival(&self) -> Result<(), String> {
        let fields = self.0.iter().filter_map(|term| match &term.what {
            What::Condition { field, .. } => Some(field.row()),
            What::Words(_) => None,
        });
        let late = fields.into_iter().find(|row| row.known != Known::Arrival);
        late.map_or(Ok(()), |row| {
            let when = if row.known == Known::Response {
                "once there is a response"
            } else {
                "afterwards"
            };
            Err(format!(
                "`{}` is known {when}, and this filter decides before; the page and `hookctl history --filter` take it",
                row.name
            ))
        })
    }
}

impl Term {
    fn reads_content(&self) -> bool {
        match &self.what {
            What::Condition { field, .. } => field.is_of_content(),
            What::Words(_) => true,
        }
    }
}

impl What {
    fn holds(&self, looked: &Looked<'_>) -> bool {
        match self {
            Self::Words(words) => words.iter().any(|word| looked.has_word(word)),
            Self::Condition {
                field,
                key,
                operator,
                values,
            } => values
                .iter()
                .any(|value| looked.is_so(*field, key.as_deref(), *operator, value)),
        }
    }
}

impl Operator {
    fn takes(self, order: Option<Ordering>) -> bool {
        order.is_some_and(|order| match self {
            Self::Is => order.is_eq(),
            Self::Below => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::Above => order.is_gt(),
            Self::AtLeast => order.is_ge(),
            Self::Holds => false,
        })
    }
}

impl Operand {
    fn takes(&self, operator: Operator, value: Value<'_>) -> bool {
        match (&self.value, value) {
            (Wanted::Text(wanted), Value::Text(text)) if operator == Operator::Holds => {
                wanted.is_in(text.as_bytes())
            }
            (Wanted::Text(wanted), Value::Text(text)) => wanted.is(text.as_bytes()),
            (Wanted::Word(word), Value::Text(text)) => word.is_in(text.as_bytes()),
            (Wanted::Word(_), Value::Number(number)) => self.text == number.to_string(),
            (Wanted::Flag(wanted), Value::Flag(flag)) => *wanted == flag,
            (Wanted::Statuses(set), Value::Number(number)) => {
                u16::try_from(number).is_ok_and(|status| set.contains(status))
            }
            (Wanted::Number(wanted), Value::Number(number)) => {
                operator.takes(number.partial_cmp(wanted))
            }
            (Wanted::Decimal(wanted), Value::Text(text)) => {
                let number = text.trim().parse::<f64>().ok();
                operator.takes(number.and_then(|number| number.partial_cmp(wanted)))
            }
            (Wanted::Duration(Span(wanted)), Value::Duration(duration)) => {
                operator.takes(duration.partial_cmp(wanted))
            }
            _ => false,
        }
    }
}

/// A request as one filter looks at it: what is parsed for one term serves the others.
struct Looked<'a> {
    subject: &'a dyn Subject,
    meta: Meta<'a>,
    now: Timestamp,
    request: OnceCell<Cow<'a, Request>>,
    outline: OnceCell<Option<Outline>>,
    form: OnceCell<Json>,
}

/// What a word alone is searched for in, beside the request itself.
const SEARCHED: [Field; 11] = [
    Field::Provider,
    Field::Event,
    Field::Id,
    Field::Verdict,
    Field::Reason,
    Field::Cause,
    Field::Scheme,
    Field::Status,
    Field::Url,
    Field::Tag,
    Field::Note,
];

impl Looked<'_> {
    fn request(&self) -> &Request {
        self.request.get_or_init(|| self.subject.request())
    }

    /// Whether a value at a path of the body, which is JSON or a form, is wanted.
    fn any_field(&self, path: &str, takes: &mut dyn FnMut(Value<'_>) -> bool) -> bool {
        let request = self.request();
        let read = || Outline::of_container(&request.body);
        if let Some(outline) = self.outline.get_or_init(read) {
            let node = Document::new(&request.body, outline).lookup(path);
            return node.is_some_and(|node| any_in(&node, takes));
        }
        let form = self.form.get_or_init(|| {
            if request.media_type() == form::MEDIA_TYPE {
                form::to_value(&request.body)
            } else {
                Json::Null
            }
        });
        let text = json::lookup(form, path).and_then(json::scalar_text);
        text.is_some_and(|text| takes(Value::Text(&text)))
    }

    fn has_word(&self, word: &Operand) -> bool {
        let Wanted::Word(finder) = &word.value else {
            return false;
        };
        let is_in = |field: &Field| {
            let mut takes = |value: Value<'_>| word.takes(Operator::Holds, value);
            self.meta.any(*field, &mut takes)
        };
        SEARCHED.iter().any(is_in) || self.subject.any_part(&|part| finder.is_in(part))
    }

    fn is_so(&self, field: Field, key: Option<&str>, operator: Operator, wanted: &Operand) -> bool {
        let mut takes = |value: Value<'_>| wanted.takes(operator, value);
        match (field, &wanted.value) {
            (Field::Text, Wanted::Text(text)) => self.subject.any_part(&|part| text.is_in(part)),
            (Field::Since | Field::Until, Wanted::Time(time)) => {
                let (at, time) = (self.meta.at.unwrap_or(self.now), time.resolve(self.now));
                if field == Field::Since {
                    at >= time
                } else {
                    at <= time
                }
            }
            (Field::Event, Wanted::Text(text)) if text.has_slash() => {
                let (provider, event) = (self.meta.provider, self.meta.event);
                let full = [provider.unwrap_or_default(), event.unwrap_or_default()].join("/");
                takes(Value::Text(&full)) || self.meta.any(field, &mut takes)
            }
            (Field::Header, _) => self.any_header(key, &mut takes),
            (Field::Query, _) => match key {
                None => takes(Value::Text(self.request().query())),
                Some(key) => {
                    let pairs = form::pairs(self.request().query().as_bytes());
                    let mut values = pairs.iter().filter(|(name, _)| name == key);
                    values.any(|(_, value)| takes(Value::Text(value)))
                }
            },
            (Field::Body, _) => match key {
                None => takes(Value::Text(&String::from_utf8_lossy(&self.request().body))),
                Some(path) => self.any_field(path, &mut takes),
            },
            _ => self.meta.any(field, &mut takes),
        }
    }

    fn any_header(&self, key: Option<&str>, takes: &mut dyn FnMut(Value<'_>) -> bool) -> bool {
        let headers = self.request().headers.iter();
        let mut headers =
            headers.filter(|header| key.is_none_or(|key| key.eq_ignore_ascii_case(&header.name)));
        headers.any(|header| {
            let value = latin1(&header.value);
            match key {
                Some(_) => takes(Value::Text(&value)),
                None => takes(Value::Text(&format!("{}: {value}", header.name))),
            }
        })
    }
}

/// Whether a value, or an item of a list, is wanted; objects are compared as they are written.
fn any_in(node: &Node<'_>, takes: &mut dyn FnMut(Value<'_>) -> bool) -> bool {
    if let Some(text) = node.text() {
        return takes(Value::Text(&text));
    }
    if node.raw().starts_with('[') {
        return node.children().any(|(_, item)| any_in(&item, takes));
    }
    takes(Value::Text(node.raw()))
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, term) in self.0.iter().enumerate() {
            let space = if index > 0 { " " } else { "" };
            write!(f, "{space}{term}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (field, key, operator, values) = match &self.what {
            What::Words(words) => {
                let not = if self.is_not { "!" } else { "" };
                return write!(f, "{not}{}", parse::joined(words, parse::written_word));
            }
            What::Condition {
                field,
                key,
                operator,
                values,
            } => (field, key, operator, values),
        };
        let mark = match operator {
            Operator::Is if field.is_of_time() => ":",
            Operator::Is => "=",
            Operator::Holds => "~",
            Operator::Below => "<",
            Operator::AtMost => "<=",
            Operator::Above => ">",
            Operator::AtLeast => ">=",
        };
        let (before, within) = match (self.is_not, mark) {
            (false, _) => ("", ""),
            (true, "=" | "~") => ("", "!"),
            (true, _) => ("!", ""),
        };
        write!(f, "{before}{}", field.row().name)?;
        if let Some(key) = key {
            write!(f, ".{key}")?;
        }
        write!(f, "{within}{mark}{}", parse::joined(values, parse::written))
    }
}

#[cfg(test)]
mod tests;
