//! The causes of a failed verification, in words.

/// Why a signature does not fit. The names are those of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Code {
    BodyReserialised,
    BodyNumberFormat,
    BodyKeyOrder,
    BodyUnicodeEscape,
    BodySlashEscape,
    BodyHtmlEscape,
    BodyCharset,
    BodyDoubleStringified,
    BodyFinalNewline,
    BodyLineEndings,
    BodyBom,
    BodyEmpty,
    BodyFormEncoding,
    BodyBase64,
    BodyGzip,
    BodyTruncated,
    SecretWhitespace,
    SecretPrefix,
    SecretEncoding,
    SecretOther,
    SecretEmpty,
    SignatureEncoding,
    SignaturePrefix,
    SignatureDigest,
    SignatureList,
    SchemeOther,
    MessageTemplate,
    UrlScheme,
    UrlHost,
    UrlPath,
    TimestampUnit,
    TimestampSignedDiffers,
    NoCauseFound,
}

impl Code {
    /// The word for it in machine output.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::BodyReserialised => "body_reserialised",
            Self::BodyNumberFormat => "body_number_format",
            Self::BodyKeyOrder => "body_key_order",
            Self::BodyUnicodeEscape => "body_unicode_escape",
            Self::BodySlashEscape => "body_slash_escape",
            Self::BodyHtmlEscape => "body_html_escape",
            Self::BodyCharset => "body_charset",
            Self::BodyDoubleStringified => "body_double_stringified",
            Self::BodyFinalNewline => "body_final_newline",
            Self::BodyLineEndings => "body_line_endings",
            Self::BodyBom => "body_bom",
            Self::BodyEmpty => "body_empty",
            Self::BodyFormEncoding => "body_form_encoding",
            Self::BodyBase64 => "body_base64",
            Self::BodyGzip => "body_gzip",
            Self::BodyTruncated => "body_truncated",
            Self::SecretWhitespace => "secret_whitespace",
            Self::SecretPrefix => "secret_prefix",
            Self::SecretEncoding => "secret_encoding",
            Self::SecretOther => "secret_other",
            Self::SecretEmpty => "secret_empty",
            Self::SignatureEncoding => "signature_encoding",
            Self::SignaturePrefix => "signature_prefix",
            Self::SignatureDigest => "signature_digest",
            Self::SignatureList => "signature_list",
            Self::SchemeOther => "scheme_other",
            Self::MessageTemplate => "message_template",
            Self::UrlScheme => "url_scheme",
            Self::UrlHost => "url_host",
            Self::UrlPath => "url_path",
            Self::TimestampUnit => "timestamp_unit",
            Self::TimestampSignedDiffers => "timestamp_signed_differs",
            Self::NoCauseFound => "no_cause_found",
        }
    }
}

/// One cause: what was done and how to mend it, a sentence each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cause {
    pub(crate) code: Code,
    pub(crate) explanation: String,
    pub(crate) fix: String,
}

/// One way in which the hypothesis that fits departs from the request at hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Deviation {
    pub(super) code: Code,
    /// What was signed, as the end of "the signature fits ...".
    pub(super) what: String,
}

impl Deviation {
    pub(super) fn new(code: Code, what: impl Into<String>) -> Self {
        Self {
            code,
            what: what.into(),
        }
    }
}

/// Puts deviations into words. `body` is the body at hand, which shows the framework that wrote it.
pub(super) fn causes(deviations: &[Deviation], body: &[u8]) -> Vec<Cause> {
    let together = deviations.len() > 1;
    let cause = |deviation: &Deviation| {
        let explanation = if together {
            format!(
                "Together with the other causes, the signature fits {}.",
                deviation.what
            )
        } else {
            format!("The signature fits {}.", deviation.what)
        };
        Cause {
            code: deviation.code,
            explanation,
            fix: fix(deviation.code, body),
        }
    };
    deviations.iter().map(cause).collect()
}

fn fix(code: Code, body: &[u8]) -> String {
    let text = match code {
        Code::BodyTruncated => {
            "Read the whole body before you verify: its length is in Content-Length, in bytes and not in characters."
        }
        Code::BodyGzip => {
            "Verify the bytes before or after Content-Encoding is undone as this sender does: here it signed the decompressed ones."
        }
        Code::BodyBase64 => {
            "Decode the body first: behind AWS API Gateway, `isBase64Encoded` says when `event.body` is base64."
        }
        Code::BodyFormEncoding => {
            "Verify the form as it arrived, before it is parsed; do not build it again from its fields."
        }
        Code::BodyEmpty => {
            "Something read the body before you did: verify first, or keep the raw bytes for the parser behind."
        }
        Code::BodyReserialised
        | Code::BodyNumberFormat
        | Code::BodyKeyOrder
        | Code::BodyUnicodeEscape
        | Code::BodySlashEscape
        | Code::BodyHtmlEscape
        | Code::BodyCharset
        | Code::BodyDoubleStringified
        | Code::BodyFinalNewline
        | Code::BodyLineEndings
        | Code::BodyBom => return raw_body(body),
        Code::SecretWhitespace => {
            "Store the secret without spaces, quotes and line ends; `printf %s` writes none where `echo` does."
        }
        Code::SecretPrefix => {
            "Use the secret exactly as the sender shows it, and take off only the prefix that its documentation says."
        }
        Code::SecretEncoding => {
            "Make the key bytes of the secret as the sender does: see the worked example of `hookctl explain`."
        }
        Code::SecretOther => "Configure the secret of the endpoint that this delivery was sent to.",
        Code::SecretEmpty => {
            "Set the secret: an environment variable that is not set reads as an empty text."
        }
        Code::SignatureEncoding => {
            "Write the digest in the scheme's own encoding, letter for letter: hex in lower case, base64 with its padding."
        }
        Code::SignaturePrefix => {
            "Write what stands before the digest exactly as the scheme does, and compare with it in place."
        }
        Code::SignatureDigest => {
            "Use the scheme's algorithm; the length of the digest tells it (hex: 40 SHA-1, 64 SHA-256, 128 SHA-512)."
        }
        Code::SignatureList => {
            "Take the list apart as the scheme does, and accept the request if any of its signatures fits."
        }
        Code::SchemeOther => {
            "Verify with that scheme: name it with `--scheme`, or take its library."
        }
        Code::MessageTemplate => {
            "Put the message together as the scheme does, part by part, before you hash it."
        }
        Code::UrlScheme => {
            "Use the URL that the sender called: behind a proxy that ends TLS it starts with https, so trust X-Forwarded-Proto."
        }
        Code::UrlHost => {
            "Use the host and port that the sender called: behind a proxy take X-Forwarded-Host, or configure the public URL."
        }
        Code::UrlPath => {
            "Use the URL exactly as it is registered with the sender: path, slash at the end and query included."
        }
        Code::TimestampUnit => {
            "Keep the unit of the timestamp: sign and compare it in the unit that the scheme names."
        }
        Code::TimestampSignedDiffers => {
            "Sign and send one and the same timestamp: the text of the header is what goes into the message."
        }
        Code::NoCauseFound => {
            "Compare the secret with the one that the sender shows for this endpoint, then the raw bytes on both sides."
        }
    };
    text.to_owned()
}

/// How to get at the raw body in the framework that the spelling of a body shows.
fn raw_body(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let how = if text.contains("\\/") {
        "in PHP `file_get_contents('php://input')`, in Laravel `$request->getContent()`"
    } else if text.contains("\": ") && !text.contains('\n') {
        "in Flask `request.get_data()`, in Django `request.body`, in FastAPI `await request.body()`"
    } else if text.contains("\\u0026") || text.contains("\\u003c") {
        "in Rails `request.raw_post`, in Go `io.ReadAll(r.Body)`"
    } else {
        "in Express `express.raw({ type: '*/*' })` on this route, in Next.js `await request.text()`"
    };
    format!("Verify the bytes as they arrived, before anything parses or prints them: {how}.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::ValueEnum as _;

    #[test]
    fn every_cause_has_a_fix_and_a_word_of_its_own() {
        let mut words = Vec::new();
        for code in Code::value_variants() {
            let fix = fix(*code, b"{}");
            assert!(fix.ends_with('.') && fix.len() > 20, "{code:?}: {fix}");
            words.push(code.word());
        }
        let count = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), count);
    }
}
