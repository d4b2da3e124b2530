//! From text to a filter. Mistakes are named with their place, their value and what to write instead.

use std::fmt;
use std::str::FromStr;

use super::field::{Row, Type, recorded};
use super::text::{Pattern, Word, is_like};
use super::{Filter, Operand, Operator, Term, Wanted, What};
use crate::suggest::did_you_mean;
use crate::value::{Span, size};

/// Longest filter, in bytes.
const MAX_LENGTH: usize = 4_096;
/// Most values of a filter.
const MAX_VALUES: usize = 256;

/// What is wrong with a filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    message: String,
    /// Byte at which it is.
    at: usize,
    /// The same counted in characters, from 1.
    character: usize,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (at character {})", self.message, self.character)
    }
}

impl std::error::Error for Problem {}

impl FromStr for Filter {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let mut parser = Parser {
            text,
            at: 0,
            values: 0,
        };
        parser.filter().map_err(|mut problem| {
            let before = text.get(..problem.at).unwrap_or_default();
            problem.character = before.chars().count() + 1;
            problem
        })
    }
}

type Parsed<T> = Result<T, Problem>;

/// A value as it is written.
struct Written {
    text: String,
    is_quoted: bool,
    at: usize,
}

struct Parser<'a> {
    text: &'a str,
    /// How far it is read, in bytes.
    at: usize,
    /// Values that were read.
    values: usize,
}

/// Operators, the longer ones first; the second part says whether it is turned round.
const OPERATORS: [(&str, bool, Operator); 9] = [
    ("!=", true, Operator::Is),
    ("!~", true, Operator::Holds),
    ("<=", false, Operator::AtMost),
    (">=", false, Operator::AtLeast),
    ("=", false, Operator::Is),
    ("~", false, Operator::Holds),
    ("<", false, Operator::Below),
    (">", false, Operator::Above),
    (":", false, Operator::Is),
];

/// Whether a character may stand in the name of a field, with a header's name or a path behind it.
fn is_of_name(char: char) -> bool {
    !char.is_whitespace() && !"!=~<>:,\"".contains(char)
}

fn problem(at: usize, message: impl Into<String>) -> Problem {
    Problem {
        message: message.into(),
        at,
        character: 0,
    }
}

impl<'a> Parser<'a> {
    fn filter(&mut self) -> Parsed<Filter> {
        if self.text.len() > MAX_LENGTH {
            let message = format!("a filter has at most {MAX_LENGTH} bytes");
            return Err(problem(0, message));
        }
        let mut terms = Vec::new();
        loop {
            self.skip(char::is_whitespace);
            if self.rest().is_empty() {
                break;
            }
            terms.push(self.term()?);
        }
        if terms.is_empty() {
            let message = "it holds no condition such as `event=lead_*`";
            return Err(problem(0, message));
        }
        Ok(Filter(terms))
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Reads on while characters are such.
    fn skip(&mut self, is_such: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|char| !is_such(char)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    fn eat(&mut self, text: &str) -> bool {
        let is_there = self.rest().starts_with(text);
        self.at += if is_there { text.len() } else { 0 };
        is_there
    }

    fn term(&mut self) -> Parsed<Term> {
        let start = self.at;
        let is_not = self.eat("!");
        let next = self.rest().chars().next();
        if is_not && next.is_none_or(|char| char.is_whitespace() || char == '!') {
            let message = "a `!` stands right before a condition or a word; to search for one, quote it: `\"!\"`";
            return Err(problem(start, message));
        }
        let condition = self.condition(start)?;
        let (is_turned, what) = match condition {
            Some(condition) => condition,
            None => (false, self.words()?),
        };
        Ok(Term {
            is_not: is_not != is_turned,
            what,
        })
    }

    /// A condition, and whether its operator turns it round; `None` for what is no condition but words.
    fn condition(&mut self, term: usize) -> Parsed<Option<(bool, What)>> {
        let start = self.at;
        let name = self.skip(is_of_name);
        let (first, key) = match name.split_once('.') {
            Some((first, key)) => (first, Some(key)),
            None => (name, None),
        };
        let row = Row::named(first);
        let rest = self.rest();
        let found = OPERATORS.iter().find(|(mark, ..)| rest.starts_with(mark));
        let is_known_or_looks_so = row.is_some()
            || (!rest.starts_with(':')
                && name.starts_with(|first: char| first.is_ascii_alphabetic())
                && name
                    .chars()
                    .all(|char| char.is_ascii_alphanumeric() || "_-.".contains(char)));
        let Some((mark, is_turned, operator)) = found.filter(|_| is_known_or_looks_so) else {
            if row.is_some() && rest.starts_with('!') {
                self.skip(|char| !char.is_whitespace());
                let term = &self.text[term..self.at];
                let message = format!("`{term}` is no condition such as `event=lead_*`");
                return Err(problem(start, message));
            }
            self.at = start;
            return Ok(None);
        };
        let operator = match (mark, row.map(|row| row.of)) {
            (&":", Some(Type::Contents)) => &Operator::Holds,
            _ => operator,
        };
        let row = row.ok_or_else(|| problem(start, unknown_field(name)))?;
        if let Some(why) = wrong_key(row, key) {
            return Err(problem(start, why));
        }
        self.at += mark.len();
        let operator_at = start + name.len();
        let values = self.values()?;
        if values.is_empty() {
            let term = &self.text[term..self.at];
            let message = format!("`{term}` lacks a value; an empty one is `\"\"`");
            return Err(problem(self.at, message));
        }
        let values = values.into_iter().map(|written| {
            operand(row, *operator, &written).map_err(|(is_of_operator, message)| {
                problem(
                    if is_of_operator {
                        operator_at
                    } else {
                        written.at
                    },
                    message,
                )
            })
        });
        let what = What::Condition {
            field: row.field,
            key: key.map(str::to_owned),
            operator: *operator,
            values: values.collect::<Parsed<_>>()?,
        };
        Ok(Some((*is_turned, what)))
    }

    fn words(&mut self) -> Parsed<What> {
        let start = self.at;
        let mut words = Vec::new();
        loop {
            let word = self.value(true)?;
            if word.is_quoted || !word.text.is_empty() {
                words.push(word);
            }
            if !self.eat(",") {
                break;
            }
        }
        if words.is_empty() {
            // Commas alone.
            words.push(Written {
                text: self.text[start..self.at].to_owned(),
                is_quoted: false,
                at: start,
            });
        }
        let words = words.into_iter().map(|word| Operand {
            value: Wanted::Word(Word::new(&word.text)),
            text: word.text,
            is_literal: true,
        });
        Ok(What::Words(words.collect()))
    }

    /// Values with commas between them; none if one of them is missing.
    fn values(&mut self) -> Parsed<Vec<Written>> {
        let mut values = Vec::new();
        loop {
            let value = self.value(false)?;
            if !value.is_quoted && value.text.is_empty() {
                self.skip(|char| !char.is_whitespace());
                return Ok(Vec::new());
            }
            values.push(value);
            if !self.eat(",") {
                return Ok(values);
            }
        }
    }

    fn value(&mut self, is_word: bool) -> Parsed<Written> {
        self.values += 1;
        if self.values > MAX_VALUES {
            let message = format!("a filter has at most {MAX_VALUES} values");
            return Err(problem(self.at, message));
        }
        let at = self.at;
        if let Some(quoted) = self.quoted()? {
            return Ok(Written {
                text: quoted,
                is_quoted: true,
                at,
            });
        }
        let text = self.skip(|char| !char.is_whitespace() && char != ',');
        Ok(Written {
            text: text.to_owned(),
            // A text that begins with a quote was meant as it stands, as a piece of JSON is.
            is_quoted: !is_word && text.starts_with('"'),
            at,
        })
    }

    /// A text in quotes. `None` where none begins, and for a piece of JSON such as `"a":1`, whose quotes are a part of it.
    fn quoted(&mut self) -> Parsed<Option<String>> {
        let start = self.at;
        let Some(inner) = self.rest().strip_prefix('"') else {
            return Ok(None);
        };
        let mut text = String::new();
        let mut chars = inner.char_indices();
        while let Some((place, char)) = chars.next() {
            match char {
                '"' => {
                    let end = place + 1;
                    let behind = inner[end..].chars().next();
                    if behind.is_none_or(|char| char.is_whitespace() || char == ',') {
                        self.at += 1 + end;
                        return Ok(Some(text));
                    }
                    if !inner[..end].contains(char::is_whitespace) {
                        return Ok(None);
                    }
                    let message = "a space or a comma is missing behind this quote";
                    return Err(problem(start + end, message));
                }
                '\\' if inner[place + 1..].starts_with(['"', '\\']) => {
                    text.extend(chars.next().map(|(_, char)| char));
                }
                char => text.push(char),
            }
        }
        let message = "this quote is not closed; a quote itself is written `\\\"` between quotes";
        Err(problem(start, message))
    }
}

fn unknown_field(name: &str) -> String {
    let names = || recorded().map(|row| row.name);
    let near = did_you_mean(name.split('.').next().unwrap_or(name), names());
    let near = near.unwrap_or_else(|| {
        let names: Vec<_> = names().collect();
        format!("There are {}.", names.join(", "))
    });
    format!("there is no field `{name}`. {near} To search for a text, quote it.")
}

/// What is wrong with the name behind a field's own, or with that there is none.
fn wrong_key(row: &Row, key: Option<&str>) -> Option<String> {
    let name = row.name;
    match (row.of, key) {
        (Type::Keyed, Some("")) => Some(format!("`{name}.` lacks a name, as in `{}`", row.example)),
        (Type::Keyed, _) | (_, None) => None,
        (_, Some(key)) => Some(format!(
            "`{name}` has no `{key}`; a field of the body is `body.{name}.{key}`"
        )),
    }
}

/// What a value means for a field; else what is wrong, and whether with the operator.
fn operand(row: &Row, operator: Operator, written: &Written) -> Result<Operand, (bool, String)> {
    let text = &*written.text;
    let is_literal = written.is_quoted && text.contains('*');
    let pattern = || Wanted::Text(Pattern::new(text, is_literal));
    let name = row.name;
    let is_order = !matches!(operator, Operator::Is | Operator::Holds);
    let wrong_operator = |how: &str| (true, format!("`{name}` {how}: `{}`", row.example));
    let wrong_value = |message: String| (false, message);
    let value = match row.of {
        Type::Contents if operator != Operator::Holds => {
            let message = format!("`{name}` is looked for in the request: `{name}~{text}`");
            return Err((true, message));
        }
        Type::Text | Type::Word(_) if is_order => {
            return Err(wrong_operator("is a text, which takes `=` and `~`"));
        }
        Type::Flag if operator != Operator::Is => return Err(wrong_operator("takes `=`")),
        Type::Time if operator != Operator::Is => return Err(wrong_operator("takes `:`")),
        Type::Status | Type::Size | Type::Duration if operator == Operator::Holds => {
            return Err(wrong_operator("is compared"));
        }
        Type::Keyed if is_order => {
            let number = text.parse().ok().filter(|number: &f64| number.is_finite());
            let message = || wrong_value(format!("`{text}` is no number to compare with"));
            Wanted::Decimal(number.ok_or_else(message)?)
        }
        Type::Word(words) if operator == Operator::Is => {
            known_word(name, &words(), text).map_err(wrong_value)?;
            pattern()
        }
        Type::Contents | Type::Text | Type::Word(_) | Type::Keyed => pattern(),
        Type::Flag => match text {
            "yes" => Wanted::Flag(true),
            "no" => Wanted::Flag(false),
            _ => return Err(wrong_value(format!("`{name}` is `yes` or `no`"))),
        },
        Type::Status if operator == Operator::Is => {
            Wanted::Statuses(text.parse().map_err(wrong_value)?)
        }
        Type::Status => {
            let number = text.parse::<u64>();
            let message = |_| {
                wrong_value(format!(
                    "`{text}` is no status to compare with, such as `400`"
                ))
            };
            Wanted::Number(number.map_err(message)?)
        }
        Type::Size => Wanted::Number(size(text).map_err(wrong_value)?),
        Type::Duration => Wanted::Duration(text.parse::<Span>().map_err(wrong_value)?),
        Type::Time => Wanted::Time(
            text.parse()
                .map_err(|problem| wrong_value(format!("`{text}` is no time: {problem}")))?,
        ),
    };
    Ok(Operand {
        text: text.to_owned(),
        is_literal,
        value,
    })
}

/// More words than these are not all listed.
const LISTED: usize = 10;

fn known_word(name: &str, words: &[&'static str], text: &str) -> Result<(), String> {
    if words
        .iter()
        .any(|word| is_like(word.as_bytes(), text.as_bytes()))
    {
        return Ok(());
    }
    let near = did_you_mean(text, words.iter().copied()).filter(|_| words.len() > LISTED);
    Err(match near {
        Some(near) => format!("there is no {name} `{text}`. {near}"),
        None => format!(
            "there is no {name} `{text}`; there are {}",
            words.join(", ")
        ),
    })
}

/// Values as they are read, with commas between them.
pub(super) fn joined(values: &[Operand], written: fn(&Operand) -> String) -> String {
    values.iter().map(written).collect::<Vec<_>>().join(",")
}

/// A value of a condition as it is read.
pub(super) fn written(value: &Operand) -> String {
    let text = &*value.text;
    let needs_quotes = value.is_literal
        || text.is_empty()
        || text.starts_with('"')
        || text.contains(|char: char| char.is_whitespace() || char == ',');
    if needs_quotes {
        quote(text)
    } else {
        text.to_owned()
    }
}

/// A word alone as it is read: without quotes only if it can be taken for nothing else.
pub(super) fn written_word(word: &Operand) -> String {
    let is_plain = |char: char| char.is_alphanumeric() || "-_./@*+#%&".contains(char);
    if !word.text.is_empty() && word.text.chars().all(is_plain) {
        word.text.clone()
    } else {
        quote(&word.text)
    }
}

fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
