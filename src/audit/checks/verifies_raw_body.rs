//! What is signed is bytes: a body must be taken in whatever spelling of its JSON it was signed.

use super::super::bench::Bench;
use super::super::line::Reply;
use super::super::styles::{self, Spelling};
use super::super::subject::{Draft, Signer};
use super::super::{Check, Stage, Subject, Verdict};
use super::code;
use crate::error::Result;
use crate::request::json;

pub(super) const CHECK: Check = Check {
    id: "verifies-raw-body",
    asks: "Is a body taken in every spelling of its JSON?",
    sends: "correctly signed bodies in other spellings of the same JSON",
    expected: |_| "2xx for every spelling of the JSON that is correctly signed".to_owned(),
    why: |_| {
        "A handler that parses the body and writes it anew before it verifies works until the sender writes one space, one escape or one number in another way.".to_owned()
    },
    stage: Stage::Signature,
    after: &[
        "accepts-valid",
        "rejects-missing-signature",
        "rejects-wrong-secret",
    ],
    always: false,
    requests: |_| 4,
    cannot: |subject: &Subject| {
        subject
            .is_unsigned()
            .or_else(|| subject.has_no_json())
            .or_else(|| {
                let reason = format!(
                    "{}'s signature does not cover the bytes of the body",
                    subject.label()
                );
                (!subject.scheme.covers_bytes()).then_some(reason)
            })
    },
    run: |bench| Box::pin(run(bench)),
};

async fn run(bench: &mut Bench<'_>) -> Result<Verdict> {
    if let Some(blind) = bench.is_blind() {
        return Ok(Verdict::skip(blind));
    }
    let own_style = bench.model.as_ref().and_then(|model| model.style);
    if let Some((_, words)) = own_style {
        return Ok(Verdict::fail(
            format!(
                "compact JSON is refused, and JSON {words} is taken: the handler writes the body anew"
            ),
            fix(&bench.subject),
        ));
    }
    let reply = spelled(bench, styles::TOGETHER).await?;
    if !reply.took() {
        return name(bench, &reply).await;
    }
    // What is refused from here on may be refused for its values: a schema may ask for whole numbers, or for plain
    // letters. So it counts only if a signature over the form that the handler makes of it is taken.
    let draft = accented(bench)?;
    if !bench.deliver(&draft, Signer::Right).await?.took() && takes(bench, &draft, misread).await? {
        return Ok(Verdict::fail(
            "a body with `é` in it is refused, and taken if it is signed as ISO 8859-1 would read it",
            format!(
                "Verify bytes, not text that was decoded in a character set other than UTF-8. {}",
                fix(&bench.subject)
            ),
        ));
    }
    for spelling in styles::NUMBERS {
        let mut draft = bench.draft()?;
        draft.style = Some(spelling.style);
        if !bench.deliver(&draft, Signer::Right).await?.took()
            && takes(bench, &draft, normal).await?
        {
            return Ok(Verdict::fail(
                format!(
                    "JSON {} is refused, and taken if it is signed as JavaScript writes it",
                    spelling.words
                ),
                fix(&bench.subject),
            ));
        }
    }
    Ok(Verdict::pass(
        "2xx for spaces, escapes, key order and number forms of every kind",
    ))
}

/// Whether the handler takes a body whose signature is over another form of it.
async fn takes(
    bench: &mut Bench<'_>,
    draft: &Draft,
    form: impl Fn(&[u8]) -> Vec<u8>,
) -> Result<bool> {
    let Ok(sent) = bench.request(draft, Signer::Right) else {
        return Ok(false);
    };
    let mut draft = bench.draft()?;
    draft.style = None;
    draft.body = Some(form(&sent.body).into());
    let Ok(mut request) = bench.request(&draft, Signer::Right) else {
        return Ok(false);
    };
    request.body = sent.body;
    bench.subject.finish(&mut request, bench.check);
    Ok(bench.send(&request).await.took())
}

/// UTF-8 as ISO 8859-1 reads it, in UTF-8 again.
fn misread(body: &[u8]) -> Vec<u8> {
    let text: String = body.iter().map(|&byte| char::from(byte)).collect();
    text.into_bytes()
}

/// JSON as JavaScript writes it anew.
fn normal(body: &[u8]) -> Vec<u8> {
    let value = serde_json::from_slice(body).unwrap_or_default();
    json::stringify(&value).into_bytes()
}

/// Names the spellings that break.
async fn name(bench: &mut Bench<'_>, together: &Reply) -> Result<Verdict> {
    let mut broken: Vec<(&str, Reply)> = Vec::new();
    for spelling in styles::EACH {
        let reply = spelled(bench, spelling).await?;
        if !reply.took() {
            broken.push((spelling.words, reply));
        }
        if bench.down.is_some() {
            break;
        }
    }
    let observed = match broken.first() {
        None => format!("{} for JSON {}", together.words(), styles::TOGETHER.words),
        Some((_, reply)) => {
            let words: Vec<&str> = broken.iter().map(|(words, _)| *words).collect();
            format!("{} for JSON {}", reply.words(), words.join(", "))
        }
    };
    Ok(Verdict::fail(observed, fix(&bench.subject)))
}

fn fix(subject: &Subject) -> String {
    format!(
        "Verify the bytes as they came, before any parser: `express.raw({{ type: '*/*' }})` in Express, \
         `request.get_data()` in Flask, `await request.body()` in FastAPI, `await request.text()` in Next.js. {}",
        code(subject)
    )
}

/// A delivery with a character beyond ASCII in it, if it has a text for people.
fn accented(bench: &mut Bench<'_>) -> Result<Draft> {
    let mut draft = bench.draft()?;
    styles::accent(&mut draft.payload);
    Ok(draft)
}

async fn spelled(bench: &mut Bench<'_>, spelling: Spelling) -> Result<Reply> {
    let mut draft = accented(bench)?;
    draft.style = Some(spelling.style);
    draft.end = spelling.end;
    bench.deliver(&draft, Signer::Right).await
}
