//! Mistakes of receivers, the other way round from the diagnosis: what would a receiver accept that makes one?

use super::message::{Piece, Template};
use super::scheme::{Algorithm, Encoding, Encodings, KeyForm, Scheme, Unit};
use super::sign::sign_as_it_stands;
use super::tamper::{change, digest_start};
use super::{Attempt, Key};
use crate::request::Request;
use crate::secret::{Secret, decode_base64};

/// A way to get a signature wrong. Whoever makes the mistake refuses right signatures and accepts this one.
pub(crate) struct Mistake {
    /// What the receiver does: the rest of a sentence that starts with it.
    pub(crate) does: String,
    /// What it should do: a sentence.
    pub(crate) fix: String,
    scheme: Scheme,
    secret: Secret,
    /// Text before the digest, if it is another.
    prefix: Option<String>,
    upper_case: bool,
}

impl Mistake {
    /// Signs a request the wrong way.
    ///
    /// # Errors
    /// Why it cannot be signed like this.
    pub(crate) fn sign(&self, request: &mut Request, attempt: Attempt<'_>) -> Result<(), String> {
        let key = Key::new(&self.scheme, &self.secret)?;
        let attempt = Attempt {
            prefix: self.prefix.as_deref().or(attempt.prefix),
            ..attempt
        };
        sign_as_it_stands(&self.scheme, &key, request, attempt)?;
        let header = self.scheme.sig.as_ref().and_then(|sig| sig.header());
        if !self.upper_case {
            return Ok(());
        }
        change(request, header, None, |value| {
            let (before, digest) = value.split_at(digest_start(value));
            format!("{before}{}", digest.to_ascii_uppercase())
        })
    }
}

/// The mistakes that are known to be made with a scheme, the usual ones first.
pub(crate) fn mistakes(scheme: &Scheme, secret: &Secret, prefix: Option<&str>) -> Vec<Mistake> {
    let is_hmac = matches!(
        scheme.alg,
        Algorithm::HmacSha1 | Algorithm::HmacSha256 | Algorithm::HmacSha512
    );
    let has_header = scheme
        .sig
        .as_ref()
        .is_some_and(|sig| sig.header().is_some());
    if !is_hmac || !has_header || scheme.join.is_some() {
        return Vec::new();
    }
    let mut list = List {
        scheme,
        secret,
        found: Vec::new(),
    };
    list.keys();
    list.digests(prefix.unwrap_or(scheme.written_prefix()));
    list.messages();
    list.names();
    list.found
}

struct List<'a> {
    scheme: &'a Scheme,
    secret: &'a Secret,
    found: Vec<Mistake>,
}

impl List<'_> {
    fn add(&mut self, does: &str, fix: &str, change: impl FnOnce(&mut Mistake)) {
        let mut mistake = Mistake {
            does: does.to_owned(),
            fix: fix.to_owned(),
            scheme: self.scheme.clone(),
            secret: self.secret.clone(),
            prefix: None,
            upper_case: false,
        };
        change(&mut mistake);
        self.found.push(mistake);
    }

    fn keys(&mut self) {
        let text = self.secret.trimmed().to_owned();
        let bare = text.strip_prefix("whsec_").map(str::to_owned);
        let raw = |secret: &str| {
            let secret = Secret::new(secret);
            move |mistake: &mut Mistake| {
                mistake.scheme.key = Some(KeyForm::Raw);
                mistake.secret = secret;
            }
        };
        match self.scheme.key {
            Some(KeyForm::Whsec) => {
                let fix = "Take `whsec_` off the secret and decode the rest from base64: these bytes are the key.";
                self.add("uses the whole secret as text for its key", fix, raw(&text));
                if let Some(bare) = &bare {
                    let does = "uses the text behind `whsec_` as it is for its key";
                    self.add(does, fix, raw(bare));
                }
            }
            Some(KeyForm::Raw) | None => {
                let fix = "Use the secret as it is written, every character of it, as the key.";
                if let Some(bare) = &bare {
                    self.add("takes `whsec_` off the secret", fix, raw(bare));
                }
                let rest = bare.as_deref().unwrap_or(&text);
                if hex::decode(rest).is_ok_and(|bytes| !bytes.is_empty()) {
                    self.add("decodes the secret from hex", fix, |mistake| {
                        mistake.scheme.key = Some(KeyForm::Hex);
                    });
                } else if decode_base64(rest).is_some_and(|bytes| !bytes.is_empty()) {
                    self.add("decodes the secret from base64", fix, |mistake| {
                        mistake.scheme.key = Some(KeyForm::Whsec);
                    });
                }
            }
            Some(form) => {
                let word = if form == KeyForm::Hex {
                    "hex"
                } else {
                    "base64"
                };
                let fix = format!("Decode the secret from {word}: these bytes are the key.");
                self.add("uses the secret as text for its key", &fix, raw(&text));
            }
        }
    }

    fn digests(&mut self, prefix: &str) {
        let encodings =
            |encoding| move |mistake: &mut Mistake| mistake.scheme.enc = Encodings(vec![encoding]);
        match self.scheme.enc.first() {
            Encoding::Hex => {
                let fix = "Compare with the digest in lower-case hex.";
                self.add(
                    "expects the digest in base64",
                    fix,
                    encodings(Encoding::Base64),
                );
                self.add("expects the digest in upper case", fix, |mistake| {
                    mistake.upper_case = true;
                });
            }
            Encoding::Base64 => {
                let fix = "Compare with the digest in base64.";
                self.add("expects the digest in hex", fix, encodings(Encoding::Hex));
            }
            Encoding::Text => {}
        }
        let has_versions = self.scheme.sig.as_ref().is_some_and(|sig| sig.kv.is_some());
        if has_versions {
            return;
        }
        let (other, does, fix) = if prefix.is_empty() {
            let does = "expects `sha256=` before the digest".to_owned();
            let fix = "The header holds the digest alone; compare all of it.".to_owned();
            ("sha256=", does, fix)
        } else {
            let does = format!("does not expect `{prefix}` before the digest");
            let fix =
                format!("Take `{prefix}` off the header's value, or put it before your digest.");
            ("", does, fix)
        };
        self.add(&does, &fix, |mistake| {
            mistake.prefix = Some(other.to_owned());
        });
    }

    fn messages(&mut self) {
        let template = self.scheme.template();
        let fix = format!("The signed text is `{template}`.");
        let message =
            |pieces: Vec<Piece>| move |mistake: &mut Mistake| mistake.scheme.msg = Template(pieces);
        if self.scheme.msg.has_bytes() && self.scheme.msg.0.len() > 1 {
            self.add("signs the body alone", &fix, message(vec![Piece::Body]));
        }
        if self.scheme.signs_id() {
            let pieces = vec![Piece::Timestamp, Piece::Text(".".to_owned()), Piece::Body];
            self.add(
                "leaves the delivery id out of what it signs",
                &fix,
                message(pieces),
            );
        }
        let unit = self.scheme.ts.as_ref().map(|ts| ts.unit);
        if unit == Some(Unit::Seconds) {
            let fix = "The timestamp counts seconds; `Date.now()` and its like count milliseconds.";
            self.add("takes the timestamp for milliseconds", fix, |mistake| {
                if let Some(ts) = &mut mistake.scheme.ts {
                    ts.unit = Unit::Milliseconds;
                }
            });
        }
        let algorithm = |alg| move |mistake: &mut Mistake| mistake.scheme.alg = alg;
        let fix = format!("The algorithm is {}.", self.scheme.algorithm());
        let all = [
            Algorithm::HmacSha256,
            Algorithm::HmacSha1,
            Algorithm::HmacSha512,
        ];
        for alg in all.into_iter().filter(|alg| *alg != self.scheme.alg) {
            self.add(&format!("uses {}", alg.name()), &fix, algorithm(alg));
        }
    }

    fn names(&mut self) {
        let Some(sibling) = self.scheme.sibling() else {
            return;
        };
        let names = |scheme: &Scheme| {
            let names = scheme.header_names();
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            names.join(", ")
        };
        let does = format!("reads {} alone", names(sibling));
        let fix = format!("Read {}.", names(self.scheme));
        self.add(&does, &fix, |mistake| mistake.scheme = sibling.clone());
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::{named, sign};
    use super::*;
    use crate::request::Headers;

    /// The headers of a request that is signed like this.
    fn headers(sign: impl FnOnce(&mut Request, Attempt<'_>)) -> Vec<(String, Vec<u8>)> {
        let mut request = Request {
            method: "POST".into(),
            target: "/".into(),
            headers: Headers::default(),
            body: "{\"a\":1}".into(),
        };
        let attempt = Attempt {
            id: "msg_1",
            timestamp: 1_795_262_602,
            url: "http://localhost/",
            prefix: None,
        };
        sign(&mut request, attempt);
        let headers = request.headers.iter();
        headers
            .map(|header| (header.name.clone(), header.value.to_vec()))
            .collect()
    }

    #[test]
    fn every_mistake_is_made_in_its_own_way_and_none_is_right() {
        let secret = Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        for (name, count) in [
            ("svix", 9),
            ("stripe", 8),
            ("github", 7),
            ("klen", 7),
            ("gitlab", 0),
        ] {
            let scheme = named(name).unwrap();
            let key = Key::new(scheme, &secret).unwrap();
            let right = headers(|request, attempt| sign(scheme, &key, request, attempt).unwrap());
            let mut seen = BTreeSet::from([right]);
            let mistakes = mistakes(scheme, &secret, None);
            for mistake in &mistakes {
                let wrong = headers(|request, attempt| mistake.sign(request, attempt).unwrap());
                assert!(seen.insert(wrong), "{name} {}", mistake.does);
            }
            assert_eq!(mistakes.len(), count, "{name}");
        }
    }

    #[test]
    fn the_receiver_that_makes_a_mistake_takes_what_is_made_for_it() {
        let scheme = named("svix").unwrap();
        let secret = Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let mistakes = mistakes(scheme, &secret, None);
        let whole = &mistakes[0];
        assert_eq!(whole.does, "uses the whole secret as text for its key");
        // What a receiver computes that calls createHmac('sha256', secret).
        let key = Key::new(named("github").unwrap(), &secret).unwrap();
        let content = b"msg_1.1795262602.{\"a\":1}";
        let digest = key.sign(named("github").unwrap(), &[&content[..]]).unwrap();
        let signed = headers(|request, attempt| whole.sign(request, attempt).unwrap());
        let value = format!("v1,{}", Encoding::Base64.write(&digest)).into_bytes();
        assert!(signed.contains(&("svix-signature".to_owned(), value)));
    }
}
