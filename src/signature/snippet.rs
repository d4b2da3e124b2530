//! Verification code for a scheme, in several languages: a template for each, filled in from the scheme's declaration.
//!
//! A template is a file of `snippets/`. `@if a|b`, `@if !a`, `@else` and `@end` choose lines by the scheme's traits,
//! `{{name}}` is a value, `{{trait?text}}` a text if the trait holds, and `@comment //` stands for the notes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;

use super::message::Piece;
use super::scheme::{Algorithm, KeyForm, Scheme, Sides, SignatureAt, TimestampAt, Unit};

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

    fn syntax(self) -> Syntax {
        let file = match self {
            Self::Js => include_str!("../../snippets/js.toml"),
            Self::Python => include_str!("../../snippets/python.toml"),
            Self::Go => include_str!("../../snippets/go.toml"),
            Self::Ruby => include_str!("../../snippets/ruby.toml"),
            Self::Php => include_str!("../../snippets/php.toml"),
            Self::Java => include_str!("../../snippets/java.toml"),
            Self::Rust => include_str!("../../snippets/rust.toml"),
            Self::Csharp => include_str!("../../snippets/csharp.toml"),
        };
        toml::from_str(file).expect("the templates are read by a test")
    }
}

/// What a caller gives beside headers, body and secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parameter {
    Url,
    Method,
    Now,
}

impl Parameter {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Url => "url",
            Self::Method => "method",
            Self::Now => "now",
        }
    }
}

/// What verification of a scheme takes beside headers, body and secret, in this order.
pub(crate) fn parameters(scheme: &Scheme) -> Vec<Parameter> {
    let has_tolerance = scheme.ts.as_ref().is_some_and(|ts| ts.tol.is_some());
    let wanted = [
        (scheme.msg.has_url(), Parameter::Url),
        (scheme.msg.0.contains(&Piece::Method), Parameter::Method),
        (has_tolerance, Parameter::Now),
    ];
    let wanted = wanted.into_iter().filter(|(wanted, _)| *wanted);
    wanted.map(|(_, parameter)| parameter).collect()
}

/// How a language writes what depends on the scheme. `@` stands for what is put in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Syntax {
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
    field: String,
    /// Further parameters by what they hold.
    params: BTreeMap<String, String>,
    template: String,
}

/// Code that verifies requests of a scheme; empty for one that does not sign.
pub(crate) fn snippet(scheme: &Scheme, language: Language) -> String {
    let Some(sig) = &scheme.sig else {
        return String::new();
    };
    let syntax = language.syntax();
    let traits = traits(scheme, sig);
    let values = values(scheme, sig, &syntax);
    fill(&syntax.template, &traits, &values, &notes(scheme))
}

/// What the templates may ask for.
fn traits(scheme: &Scheme, sig: &SignatureAt) -> BTreeSet<&'static str> {
    let holding = algorithm_traits(scheme)
        .into_iter()
        .chain(place_traits(sig))
        .chain(message_traits(scheme, sig))
        .chain(scheme.ts.iter().flat_map(time_traits));
    let mut traits: BTreeSet<&str> = holding
        .filter_map(|(name, holds)| holds.then_some(name))
        .collect();
    traits.extend(scheme.enc.0.iter().map(|encoding| encoding.word()));
    traits
}

/// A trait by its name, and whether it holds.
type Trait = (&'static str, bool);

fn algorithm_traits(scheme: &Scheme) -> Vec<Trait> {
    let (alg, key) = (scheme.alg, scheme.key);
    let is_hmac = matches!(
        alg,
        Algorithm::HmacSha1 | Algorithm::HmacSha256 | Algorithm::HmacSha512
    );
    let is_sha256 = matches!(alg, Algorithm::HmacSha256 | Algorithm::Sha256);
    let is_base64 = matches!(key, Some(KeyForm::Base64 | KeyForm::SpkiBase64));
    vec![
        ("hmac", is_hmac),
        ("plain", alg == Algorithm::Sha256),
        ("digest", is_hmac || alg == Algorithm::Sha256),
        ("equal", alg == Algorithm::Equal),
        ("asymmetric", alg.is_asymmetric()),
        ("ed25519", alg == Algorithm::Ed25519),
        ("ecdsa", alg == Algorithm::EcdsaP256),
        ("sha1", alg == Algorithm::HmacSha1),
        ("sha256", is_sha256),
        ("sha512", alg == Algorithm::HmacSha512),
        ("key-raw", matches!(key, Some(KeyForm::Raw) | None)),
        ("key-whsec", key == Some(KeyForm::Whsec)),
        ("key-whpk", key == Some(KeyForm::Whpk)),
        ("key-hex", key == Some(KeyForm::Hex)),
        ("key-base64", is_base64),
        ("either", scheme.enc.0.len() > 1),
    ]
}

fn place_traits(sig: &SignatureAt) -> Vec<Trait> {
    let is_list = sig.split.is_some();
    let is_single = sig.header.is_some() && !is_list && sig.more.is_none();
    let is_one = is_single || sig.body.is_some();
    vec![
        ("list", is_list),
        ("numbered", sig.more.is_some()),
        ("several", !sig.headers.is_empty()),
        ("single", is_single),
        ("in-body", sig.body.is_some()),
        ("one", is_one),
        ("many", !is_one),
        ("prefix", sig.prefix.is_some()),
        ("prefix-maybe", sig.prefix_opt.is_some()),
        ("bare", sig.prefix.is_none() && sig.prefix_opt.is_none()),
        ("trim", sig.trim),
    ]
}

fn message_traits(scheme: &Scheme, sig: &SignatureAt) -> Vec<Trait> {
    let (parts, template) = (parts(scheme), &scheme.msg.0);
    let is_computed = scheme.alg != Algorithm::Equal && scheme.join.is_none();
    let ts = scheme.ts.as_ref().and_then(|ts| ts.body.as_ref());
    let reads_body = sig.body.is_some() || scheme.join.is_some() || ts.is_some();
    vec![
        ("id", scheme.id_header.is_some()),
        ("url", scheme.msg.has_url()),
        ("form", template.contains(&Piece::Form)),
        ("join", scheme.join.is_some()),
        ("message", is_computed && !template.is_empty()),
        ("body-alone", matches!(&*parts, [Part::Body])),
        ("concat", parts.len() > 1),
        ("json", reads_body || !fields(scheme).is_empty()),
    ]
}

fn time_traits(ts: &TimestampAt) -> Vec<Trait> {
    vec![
        ("ts-header", ts.header.is_some()),
        ("ts-field", ts.sigfield.is_some()),
        ("ts-body", ts.body.is_some()),
        ("tolerance", ts.tol.is_some()),
        ("now", ts.tol.is_some()),
        ("seconds", ts.unit == Unit::Seconds),
        ("ms", ts.unit == Unit::Milliseconds),
        ("iso", ts.unit == Unit::Iso8601),
        ("past", ts.sides == Sides::Past),
    ]
}

/// A part of the message.
enum Part {
    Body,
    /// Texts and variables, one after the other.
    Text(Vec<Result<String, String>>),
}

/// The message: the body, and texts with the names of values.
fn parts(scheme: &Scheme) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for piece in &scheme.msg.0 {
        let word = match piece {
            Piece::Body => {
                parts.push(Part::Body);
                continue;
            }
            Piece::Text(text) => Ok(text.clone()),
            Piece::Id => Err("id".to_owned()),
            Piece::Timestamp => Err("timestamp".to_owned()),
            Piece::Url => Err("url".to_owned()),
            Piece::Method => Err("method".to_owned()),
            Piece::Secret => Err("secret".to_owned()),
            Piece::Form => Err("form".to_owned()),
            Piece::Header(name) => Err(variable(name)),
            Piece::Field(path) => Err(field_name(scheme, path)),
        };
        match parts.last_mut() {
            Some(Part::Text(words)) => words.push(word),
            _ => parts.push(Part::Text(vec![word])),
        }
    }
    parts
}

/// The variable for a value of the body. The signed time has its own.
fn field_name(scheme: &Scheme, path: &str) -> String {
    match &scheme.ts {
        Some(ts) if ts.body.as_deref() == Some(path) => "timestamp".to_owned(),
        _ => variable(path.rsplit('.').next().unwrap_or(path)),
    }
}

fn variable(text: &str) -> String {
    let allowed = |char: char| {
        if char.is_ascii_alphanumeric() {
            char
        } else {
            '_'
        }
    };
    text.chars().map(allowed).collect()
}

/// Values of the body that are signed, without the time.
fn fields<'a>(scheme: &'a Scheme) -> Vec<(String, &'a str)> {
    let of = |piece: &'a Piece| match piece {
        Piece::Field(path) => Some((field_name(scheme, path), &**path)),
        _ => None,
    };
    let fields = scheme.msg.0.iter().filter_map(of);
    fields.filter(|(name, _)| name != "timestamp").collect()
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

    fn message(&self, parts: &[Part]) -> String {
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

fn quoted<'a>(texts: impl IntoIterator<Item = &'a String>) -> String {
    let quoted = texts.into_iter().map(|text| format!("\"{text}\""));
    quoted.collect::<Vec<_>>().join(", ")
}

/// The values of a template by their names.
fn values(scheme: &Scheme, sig: &SignatureAt, syntax: &Syntax) -> BTreeMap<&'static str, String> {
    let parameters = parameters(scheme);
    let params = parameters
        .iter()
        .filter_map(|parameter| syntax.params.get(parameter.word()));
    let fields = fields(scheme).into_iter().map(|(name, path)| {
        let code = syntax.field.replace("@name", &name);
        code.replace("@path", path)
    });
    let hash = match scheme.alg {
        Algorithm::HmacSha1 => "sha1",
        Algorithm::HmacSha512 => "sha512",
        _ => "sha256",
    };
    let mut values = place_values(scheme, sig);
    values.extend([
        ("about", about(scheme)),
        ("fields", fields.collect::<Vec<_>>().join("\n")),
        ("hash", hash.to_owned()),
        ("HASH", hash.to_ascii_uppercase()),
        ("Hash", hash.replacen('s', "S", 1)),
        ("encoding", scheme.enc.first().word().to_owned()),
        ("message", syntax.message(&parts(scheme))),
        ("params", params.map(String::as_str).collect()),
    ]);
    if let Some(join) = &scheme.join {
        values.insert("join_base", join.base.clone());
        values.insert("join_paths", quoted(&join.paths));
        values.insert("join_separator", join.sep.clone());
    }
    values
}

/// Where signature, id and time are.
fn place_values(scheme: &Scheme, sig: &SignatureAt) -> BTreeMap<&'static str, String> {
    let text = |text: Option<&String>| text.cloned().unwrap_or_default();
    let ts = scheme.ts.as_ref();
    let kv = text(sig.kv.as_ref());
    let prefix = sig.prefix.as_ref().or(sig.prefix_opt.as_ref());
    let ts_field = text(ts.and_then(|ts| ts.sigfield.as_ref()));
    let tolerance = ts.and_then(|ts| ts.tol).unwrap_or_default();
    let values = [
        ("header", text(sig.header.as_ref())),
        ("headers", quoted(&sig.headers)),
        ("numbered", text(sig.more.as_ref()).replace("{n}", "")),
        ("signature_path", text(sig.body.as_ref())),
        ("split", text(sig.split.as_ref())),
        ("version", format!("{}{kv}", text(sig.keys.first()))),
        ("prefix", text(prefix)),
        ("prefix_length", prefix.map_or(0, String::len).to_string()),
        ("id_header", text(scheme.id_header.as_ref())),
        ("ts_header", text(ts.and_then(|ts| ts.header.as_ref()))),
        ("ts_field", format!("{ts_field}{kv}")),
        ("ts_path", text(ts.and_then(|ts| ts.body.as_ref()))),
        ("tolerance", tolerance.to_string()),
    ];
    values.into_iter().collect()
}

/// The first line of the code.
fn about(scheme: &Scheme) -> String {
    if scheme.alg == Algorithm::Equal {
        return format!("{}: the header holds the secret itself.", scheme.label);
    }
    let encoding = scheme.enc.first();
    format!(
        "{}: {} over `{}`, in {}.",
        scheme.label,
        scheme.algorithm(),
        scheme.template(),
        encoding.word()
    )
}

/// The sender's own package that verifies the scheme, on npm.
pub(super) fn library(scheme: &Scheme) -> Option<&'static str> {
    static LIBRARIES: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
        toml::from_str(include_str!("../../snippets/libraries.toml"))
            .expect("the table is read by a test")
    });
    LIBRARIES.get(&scheme.id).map(|library| &**library)
}

/// What somebody who uses the code should know.
pub(super) fn notes(scheme: &Scheme) -> Vec<String> {
    let mut notes = Vec::new();
    let library = library(scheme).unwrap_or("the official library");
    let mut note = |when: bool, text: &str| {
        if when {
            notes.push(text.to_owned());
        }
    };
    note(
        scheme.get.is_some(),
        "For GET, which has no body, the query as it came takes its place.",
    );
    note(
        scheme.key == Some(KeyForm::Raw) && scheme.alg != Algorithm::Equal && scheme.sig.is_some(),
        "secret: used as it is written, prefix included.",
    );
    note(
        scheme.alg.is_asymmetric(),
        "secret: the sender's public key, which is no secret.",
    );
    note(
        scheme.msg.has_url(),
        "url: the public URL as the sender knows it, query included; behind a proxy, not the one that arrives.",
    );
    note(
        scheme.body_digest_query.is_some(),
        &format!(
            "This is for forms. A JSON body is covered by its hash in the URL: `{library}` checks that, and tries the URL with and without its port."
        ),
    );
    note(
        scheme.join.is_some(),
        "This is for the first item; each item of the list has a signature of its own.",
    );
    notes
}

/// Fills a template in.
fn fill(
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signature::scheme::Encoding;

    /// All names that templates may use, whatever the scheme.
    fn known_traits() -> BTreeSet<&'static str> {
        let all = super::super::all().iter();
        all.filter_map(|scheme| Some(traits(scheme, scheme.sig.as_ref()?)))
            .flatten()
            .collect()
    }

    #[test]
    fn templates_ask_for_what_is_known() {
        let known = known_traits();
        let joined = |scheme: &&Scheme| scheme.join.is_some();
        let scheme = super::super::all().iter().find(joined).unwrap();
        for language in Language::ALL {
            let syntax = language.syntax();
            let values = values(scheme, scheme.sig.as_ref().unwrap(), &syntax);
            let mut depth = 0;
            for line in syntax.template.lines().map(str::trim) {
                depth += i32::from(line.starts_with("@if ")) - i32::from(line == "@end");
                if let Some(condition) = line.strip_prefix("@if ") {
                    for name in condition.trim_start_matches('!').split('|') {
                        assert!(known.contains(name), "{language:?}: {name}");
                    }
                }
                for name in line.split("{{").skip(1) {
                    let name = name.trim_start_matches('{');
                    let (name, _) = name.split_once("}}").unwrap();
                    match name.split_once('?') {
                        Some((name, _)) => assert!(known.contains(name), "{language:?}: {name}"),
                        None => assert!(values.contains_key(name), "{language:?}: {name}"),
                    }
                }
            }
            assert_eq!(depth, 0, "{language:?}");
        }
    }

    #[test]
    fn the_table_has_nothing_that_the_templates_cannot_say() {
        for scheme in super::super::all() {
            let Some(sig) = &scheme.sig else { continue };
            assert!(sig.keys.len() <= 1, "{}: several versions", scheme.id);
            let traits = traits(scheme, sig);
            assert!(
                !traits.contains("either") || traits.contains("one"),
                "{}",
                scheme.id
            );
            assert!(scheme.enc.0.len() <= 2, "{}", scheme.id);
            let has_header = |piece: &Piece| matches!(piece, Piece::Header(_));
            assert!(!scheme.msg.0.iter().any(has_header), "{}", scheme.id);
            if scheme.alg == Algorithm::Equal {
                assert_ne!(scheme.enc.first(), Encoding::Hex, "{}", scheme.id);
            }
        }
    }
}
