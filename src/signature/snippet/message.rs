//! The signed message as a language will write it: its parts, and the names of the values in it.

use crate::signature::message::Piece;
use crate::signature::scheme::Scheme;

/// A part of the message.
pub(super) enum Part {
    Body,
    /// Texts and variables, one after the other.
    Text(Vec<Result<String, String>>),
}

/// The message: the body, and texts with the names of values.
pub(super) fn parts(scheme: &Scheme) -> Vec<Part> {
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
pub(super) fn fields<'a>(scheme: &'a Scheme) -> Vec<(String, &'a str)> {
    let of = |piece: &'a Piece| match piece {
        Piece::Field(path) => Some((field_name(scheme, path), &**path)),
        _ => None,
    };
    let fields = scheme.msg.0.iter().filter_map(of);
    fields.filter(|(name, _)| name != "timestamp").collect()
}
