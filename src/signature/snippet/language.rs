//! The languages that code is written in, and how each writes a message.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::message::Part;

/// A language that code is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Language {
    Js,
    Python,
    Go,
    Ruby,
    Php,
    Java,
    Rust,
    Csharp,
}

impl Language {
    pub(crate) const ALL: [Self; 8] = [
        Self::Js,
        Self::Python,
        Self::Go,
        Self::Ruby,
        Self::Php,
        Self::Java,
        Self::Rust,
        Self::Csharp,
    ];

    /// The word for it in flags and machine output.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Js => "js",
            Self::Python => "python",
            Self::Go => "go",
            Self::Ruby => "ruby",
            Self::Php => "php",
            Self::Java => "java",
            Self::Rust => "rust",
            Self::Csharp => "csharp",
        }
    }

    /// The name for people.
    pub(crate) fn name(self) -> String {
        self.syntax().name
    }

    pub(super) fn syntax(self) -> Syntax {
        let file = match self {
            Self::Js => include_str!("../../../snippets/js.toml"),
            Self::Python => include_str!("../../../snippets/python.toml"),
            Self::Go => include_str!("../../../snippets/go.toml"),
            Self::Ruby => include_str!("../../../snippets/ruby.toml"),
            Self::Php => include_str!("../../../snippets/php.toml"),
            Self::Java => include_str!("../../../snippets/java.toml"),
            Self::Rust => include_str!("../../../snippets/rust.toml"),
            Self::Csharp => include_str!("../../../snippets/csharp.toml"),
        };
        toml::from_str(file).expect("the templates are read by a test")
    }
}

/// How a language writes what depends on the scheme. `@` stands for what is put in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Syntax {
    name: String,
    /// A text.
    text: String,
    /// A value within a text, or between texts if there are `pieces`.
    value: String,
    /// Before, between and after texts and values, where values cannot stand within a text.
    pieces: Option<[String; 3]>,
    /// What stands before the name of a variable.
    #[serde(default)]
    sigil: String,
    /// A text as bytes.
    bytes: String,
    /// A text as bytes that are kept, if that differs.
    alone: Option<String>,
    /// The body.
    body: String,
    /// Before, between and after the parts of the message.
    concat: [String; 3],
    /// Takes a value of the body: `@name` and `@path`.
    pub(super) field: String,
    /// Further parameters by what they hold.
    pub(super) params: BTreeMap<String, String>,
    pub(super) template: String,
}

impl Syntax {
    fn text_of(&self, words: &[Result<String, String>]) -> String {
        if let [Err(name)] = words {
            return format!("{}{name}", self.sigil);
        }
        let value = |name: &str| self.value.replace('@', name);
        let Some([open, between, close]) = &self.pieces else {
            let inner: String = words
                .iter()
                .map(|word| match word {
                    Ok(text) => text.clone(),
                    Err(name) => value(name),
                })
                .collect();
            return self.text.replace('@', &inner);
        };
        let words = words.iter().map(|word| match word {
            Ok(text) => self.text.replace('@', text),
            Err(name) => value(name),
        });
        let words: Vec<String> = words.collect();
        format!("{open}{}{close}", words.join(between))
    }

    pub(super) fn message(&self, parts: &[Part]) -> String {
        let write = |part: &Part, bytes: &str| match part {
            Part::Body => self.body.clone(),
            Part::Text(words) => bytes.replace('@', &self.text_of(words)),
        };
        if let [part] = parts {
            return write(part, self.alone.as_ref().unwrap_or(&self.bytes));
        }
        let [open, between, close] = &self.concat;
        let parts: Vec<String> = parts.iter().map(|part| write(part, &self.bytes)).collect();
        format!("{open}{}{close}", parts.join(between))
    }
}
