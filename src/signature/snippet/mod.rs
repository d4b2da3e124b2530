//! Verification code for a scheme, in several languages: a template for each, filled in from the scheme's declaration.
//!
//! A template is a file of `snippets/`. `@if a|b`, `@if !a`, `@else` and `@end` choose lines by the scheme's traits,
//! `{{name}}` is a value, `{{trait?text}}` a text if the trait holds, and `@comment //` stands for the notes.

mod fill;
mod language;
mod message;
mod traits;

pub(crate) use language::Language;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::message::Piece;
use super::scheme::{Algorithm, KeyForm, Scheme, SignatureAt};
use fill::fill;
use language::Syntax;
use message::{fields, parts};
use traits::traits;

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
    let sign = |sign: Option<char>| sign.map(String::from).unwrap_or_default();
    let ts = scheme.ts.as_ref();
    let kv = sign(sig.kv);
    let prefix = sig.prefix.as_ref().or(sig.prefix_opt.as_ref());
    let ts_field = text(ts.and_then(|ts| ts.sigfield.as_ref()));
    let tolerance = ts.and_then(|ts| ts.tol).unwrap_or_default();
    let values = [
        ("header", text(sig.header.as_ref())),
        ("headers", quoted(&sig.headers)),
        ("numbered", text(sig.more.as_ref()).replace("{n}", "")),
        ("signature_path", text(sig.body.as_ref())),
        ("split", sign(sig.split)),
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
pub(in crate::signature) fn library(scheme: &Scheme) -> Option<&'static str> {
    static LIBRARIES: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
        toml::from_str(include_str!("../../../snippets/libraries.toml"))
            .expect("the table is read by a test")
    });
    LIBRARIES.get(&scheme.id).map(|library| &**library)
}

/// What somebody who uses the code should know.
pub(in crate::signature) fn notes(scheme: &Scheme) -> Vec<String> {
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

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
