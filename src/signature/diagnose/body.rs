//! Other bodies that may have been signed.

use std::io::Read as _;
use std::ops::ControlFlow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::cause::{Code, Deviation};
use super::{charset, form};
use crate::request::Request;
use crate::request::spelling::{Empty, Html, Numbers, Order, Slash, Space, Spelled, Style, Unicode};
use crate::secret::decode_base64;

/// What is tried with each variant: the body and how it departs from the one at hand. It ends the search on a hit.
pub(super) type Visit<'v> = dyn FnMut(&[u8], &dyn Fn() -> Vec<Deviation>) -> ControlFlow<()> + 'v;

/// How many variants to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Breadth {
    /// The common mistakes, one at a time: to be combined with another dimension.
    Common,
    /// All, combinations of spellings included.
    All,
}

/// Bodies above this many bytes get fewer combinations.
const LARGE: usize = 64 * 1024;
/// Most numbers that are varied one at a time.
const MOST_NUMBERS: usize = 64;
/// Longest body that compressed bytes are expanded to.
const MOST_EXPANDED: u64 = 16 * 1024 * 1024;

/// Visits other bodies, the plainest mistake first.
pub(super) fn visit(request: &Request, body: &[u8], breadth: Breadth, visit: &mut Visit<'_>) -> ControlFlow<()> {
    let mut one = |bytes: &[u8], code: Code, what: &str| {
        if bytes == body {
            return ControlFlow::Continue(());
        }
        visit(bytes, &|| vec![Deviation::new(code, what)])
    };
    ends(body, &mut one)?;
    let spelled = Spelled::new(body);
    if let Some(spelled) = &spelled {
        spellings(body, spelled, breadth, visit)?;
    }
    let mut one = |bytes: &[u8], code: Code, what: &str| {
        if bytes == body {
            return ControlFlow::Continue(());
        }
        visit(bytes, &|| vec![Deviation::new(code, what)])
    };
    wrapped(body, &mut one)?;
    charset::visit(body, &mut one)?;
    form::visit(body, &mut one)?;
    truncated(request, body, &mut one)?;
    one(b"", Code::BodyEmpty, "an empty body")?;
    one(b"{}", Code::BodyEmpty, "an empty object in place of the body")?;
    one(b"null", Code::BodyEmpty, "`null` in place of the body")?;
    one(b"[object Object]", Code::BodyEmpty, "`[object Object]`, the text of a parsed body")?;
    one(b"undefined", Code::BodyEmpty, "`undefined` in place of the body")?;
    match &spelled {
        Some(spelled) if breadth == Breadth::All => combinations(body, spelled, visit),
        _ => ControlFlow::Continue(()),
    }
}

/// Visits a body with a single deviation.
pub(super) type One<'o> = dyn FnMut(&[u8], Code, &str) -> ControlFlow<()> + 'o;

/// Line ends, the end of the body, and the byte order mark.
fn ends(body: &[u8], one: &mut One<'_>) -> ControlFlow<()> {
    let newline = Code::BodyFinalNewline;
    let stripped = body.trim_ascii_end();
    if let Some(rest) = body.strip_suffix(b"\n") {
        one(rest.strip_suffix(b"\r").unwrap_or(rest), newline, "the body without the line end at its end")?;
        one(rest, newline, "the body without the LF at its end")?;
    }
    one(stripped, newline, "the body without the white space at its end")?;
    one(&[body, b"\n"].concat(), newline, "the body with a line end after it")?;
    one(&[body, b"\r\n"].concat(), newline, "the body with CR LF after it")?;
    one(&[stripped, b"\n"].concat(), newline, "the body with one line end after it")?;
    one(&[stripped, b"\r\n"].concat(), newline, "the body with CR LF at its end")?;
    let lines = Code::BodyLineEndings;
    if body.contains(&b'\r') {
        let lf = replace(body, b"\r\n", b"\n");
        one(&lf, lines, "the body with its line ends as LF in place of CR LF")?;
        one(lf.trim_ascii_end(), lines, "the body with LF line ends and none at its end")?;
        one(&replace(body, b"\r", b""), lines, "the body without carriage returns")?;
    }
    if body.contains(&b'\n') {
        let crlf = replace(&replace(body, b"\r\n", b"\n"), b"\n", b"\r\n");
        one(&crlf, lines, "the body with its line ends as CR LF in place of LF")?;
        one(&replace(body, b"\n", b""), lines, "the body without its line ends")?;
    }
    const BOM: &[u8] = b"\xef\xbb\xbf";
    match body.strip_prefix(BOM) {
        Some(rest) => one(rest, Code::BodyBom, "the body without the byte order mark before it"),
        None => one(&[BOM, body].concat(), Code::BodyBom, "the body with a byte order mark before it"),
    }?;
    let trimmed = body.trim_ascii();
    one(trimmed, newline, "the body without the white space around it")
}

fn replace(body: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut at = 0;
    while at < body.len() {
        if body[at..].starts_with(from) {
            out.extend_from_slice(to);
            at += from.len();
        } else {
            out.push(body[at]);
            at += 1;
        }
    }
    out
}

const SPACES: [(Space, &str); 10] = [
    (Space::Compact, "written without spaces, as JSON.stringify does"),
    (Space::OneLine, "written with `, ` and `: `, as Python's json.dumps does"),
    (Space::Indent(2), "indented by 2 spaces"),
    (Space::Indent(4), "indented by 4 spaces"),
    (Space::Tabs, "indented by tabs"),
    (Space::Colon, "written with `: ` after keys"),
    (Space::Comma, "written with `, ` between members"),
    (Space::WideIndent(2), "indented by 2 spaces, with ` : ` after keys"),
    (Space::Indent(1), "indented by 1 space"),
    (Space::Indent(3), "indented by 3 spaces"),
];

/// One part of the spelling at a time.
fn spellings(body: &[u8], spelled: &Spelled<'_>, breadth: Breadth, visit: &mut Visit<'_>) -> ControlFlow<()> {
    let keep = Style::KEEP;
    for (space, _) in SPACES {
        style(body, spelled, Style { space: Some(space), ..keep }, true, visit)?;
    }
    for unicode in [Unicode::EscapeLower, Unicode::EscapeUpper, Unicode::Plain] {
        style(body, spelled, Style { unicode, ..keep }, false, visit)?;
    }
    for slash in [Slash::Escape, Slash::Plain] {
        style(body, spelled, Style { slash, ..keep }, false, visit)?;
    }
    for html in [Html::EscapeLower, Html::EscapeUpper, Html::EscapeMore, Html::EscapeGson, Html::Plain] {
        style(body, spelled, Style { html, ..keep }, false, visit)?;
    }
    for numbers in [
        Numbers::WithPoint,
        Numbers::WithoutPoint,
        Numbers::Script,
        Numbers::TwoDecimals,
        Numbers::SeventeenDigits,
    ] {
        style(body, spelled, Style { numbers, ..keep }, false, visit)?;
    }
    if breadth == Breadth::All {
        let most = if body.len() > LARGE { 8 } else { MOST_NUMBERS };
        for index in 0..spelled.numbers().min(most) {
            let numbers = Numbers::OneWithPoint(index);
            style(body, spelled, Style { numbers, ..keep }, false, visit)?;
        }
    }
    for empty in [Empty::Objects, Empty::Lists] {
        style(body, spelled, Style { empty, ..keep }, false, visit)?;
    }
    let own = own_space(body, spelled).unwrap_or(Space::Compact);
    for order in [Order::Sorted, Order::Script, Order::Reversed] {
        style(body, spelled, Style { space: Some(own), order, ..keep }, false, visit)?;
    }
    ControlFlow::Continue(())
}

/// The white space that the body is written with, if it is a known one.
fn own_space(body: &[u8], spelled: &Spelled<'_>) -> Option<Space> {
    let text = body.trim_ascii();
    let mut spaces = SPACES.iter().map(|(space, _)| *space);
    spaces.find(|space| spelled.write(Style { space: Some(*space), ..Style::KEEP }).as_bytes() == text)
}

/// Visits the body in a style, with and without a line end after it.
fn style(
    body: &[u8],
    spelled: &Spelled<'_>,
    style: Style,
    with_line_end: bool,
    visit: &mut Visit<'_>,
) -> ControlFlow<()> {
    let text = spelled.write(style);
    if text.as_bytes() != body {
        visit(text.as_bytes(), &|| deviations(body, spelled, style, None))?;
    }
    if with_line_end {
        let text = format!("{text}\n");
        if text.as_bytes() != body {
            visit(text.as_bytes(), &|| deviations(body, spelled, style, Some("a line end after it")))?;
        }
    }
    ControlFlow::Continue(())
}

/// Spellings in several parts at once, as serialisers of other languages write.
fn combinations(body: &[u8], spelled: &Spelled<'_>, visit: &mut Visit<'_>) -> ControlFlow<()> {
    let keep = Style::KEEP;
    let escapes = [
        keep,
        Style { unicode: Unicode::EscapeLower, ..keep },
        Style { unicode: Unicode::EscapeLower, slash: Slash::Escape, ..keep },
        Style { slash: Slash::Escape, ..keep },
        Style { html: Html::EscapeLower, ..keep },
        Style { unicode: Unicode::Plain, html: Html::EscapeLower, slash: Slash::Plain, ..keep },
        Style { unicode: Unicode::Plain, html: Html::Plain, slash: Slash::Plain, ..keep },
        Style { unicode: Unicode::EscapeUpper, html: Html::EscapeMore, slash: Slash::Plain, ..keep },
        Style { unicode: Unicode::EscapeLower, html: Html::EscapeLower, ..keep },
        Style { unicode: Unicode::EscapeUpper, ..keep },
        Style { unicode: Unicode::Plain, html: Html::EscapeGson, ..keep },
    ];
    let large = body.len() > LARGE;
    let numbers: &[Numbers] = if large {
        &[Numbers::Keep]
    } else {
        &[Numbers::Keep, Numbers::Script, Numbers::WithPoint, Numbers::WithoutPoint]
    };
    let orders: &[Order] = if large { &[Order::Keep, Order::Sorted] } else { &[Order::Keep, Order::Sorted, Order::Script] };
    let own = own_space(body, spelled);
    let mut spaces = vec![None, Some(Space::Compact), Some(Space::OneLine), Some(Space::Indent(2)), Some(Space::Indent(4)), Some(Space::Tabs)];
    if large {
        spaces.truncate(4);
    }
    for space in spaces {
        for escape in escapes {
            for &numbers in numbers {
                for &order in orders {
                    // An order needs white space of its own.
                    let space = if order == Order::Keep { space } else { space.or(own).or(Some(Space::Compact)) };
                    style(body, spelled, Style { space, numbers, order, ..escape }, false, visit)?;
                }
            }
        }
    }
    if spelled.top_members() <= 5 && !large {
        for order in permutations(spelled.top_members()) {
            let space = own.unwrap_or(Space::Compact);
            let text = spelled.write_permuted(Style { space: Some(space), ..keep }, &order);
            if text.as_bytes() != body {
                let what = "the body with its keys in another order";
                visit(text.as_bytes(), &|| vec![Deviation::new(Code::BodyKeyOrder, what)])?;
            }
        }
    }
    ControlFlow::Continue(())
}

/// All orders of so many things.
fn permutations(count: usize) -> Vec<Vec<usize>> {
    let mut all: Vec<Vec<usize>> = vec![Vec::new()];
    for next in 0..count {
        all = all
            .iter()
            .flat_map(|order| {
                (0..=order.len()).map(move |at| {
                    let mut order = order.clone();
                    order.insert(at, next);
                    order
                })
            })
            .collect();
    }
    all
}

/// The parts of a style that make a difference to this body, in words.
fn deviations(body: &[u8], spelled: &Spelled<'_>, style: Style, end: Option<&str>) -> Vec<Deviation> {
    let text = spelled.write(style);
    let matters = |without: Style| spelled.write(without) != text;
    let keep = Style::KEEP;
    let mut found = Vec::new();
    let own = own_space(body, spelled);
    if let Some(space) = style.space
        && own != Some(space)
    {
        let words = SPACES.iter().find(|(known, _)| *known == space).map_or("", |(_, words)| words);
        found.push(Deviation::new(Code::BodyReserialised, format!("the same JSON {words}")));
    }
    if matters(Style { order: keep.order, ..style }) {
        let how = match style.order {
            Order::Sorted => "sorted",
            Order::Reversed => "reversed",
            _ => "in the order in which JavaScript lists them",
        };
        found.push(Deviation::new(Code::BodyKeyOrder, format!("the same JSON with its keys {how}")));
    }
    if matters(Style { numbers: keep.numbers, ..style }) {
        let how = match style.numbers {
            Numbers::WithPoint => "whole numbers written as `1.0`",
            Numbers::OneWithPoint(_) => "one whole number written as `1.0`",
            Numbers::WithoutPoint => "`1.0` written as `1`",
            Numbers::TwoDecimals => "two decimals",
            Numbers::SeventeenDigits => "17 digits, as PHP writes decimals",
            _ => "numbers as JavaScript prints them",
        };
        found.push(Deviation::new(Code::BodyNumberFormat, format!("the same JSON with {how}")));
    }
    if matters(Style { unicode: keep.unicode, ..style }) {
        let how = match style.unicode {
            Unicode::Plain => "characters beyond ASCII as themselves, not as `\\u00e9`",
            Unicode::EscapeUpper => "characters beyond ASCII as `\\u00E9`",
            _ => "characters beyond ASCII as `\\u00e9`",
        };
        found.push(Deviation::new(Code::BodyUnicodeEscape, format!("the same JSON with {how}")));
    }
    if matters(Style { slash: keep.slash, ..style }) {
        let how = if style.slash == Slash::Escape { "`/` written as `\\/`" } else { "`\\/` written as `/`" };
        found.push(Deviation::new(Code::BodySlashEscape, format!("the same JSON with {how}")));
    }
    if matters(Style { html: keep.html, ..style }) {
        let how = match style.html {
            Html::Plain => "`<`, `>` and `&` as themselves, not as `\\u0026`",
            Html::EscapeUpper | Html::EscapeMore => "`<`, `>` and `&` as `\\u003C`, `\\u003E` and `\\u0026`",
            _ => "`<`, `>` and `&` as `\\u003c`, `\\u003e` and `\\u0026`",
        };
        found.push(Deviation::new(Code::BodyHtmlEscape, format!("the same JSON with {how}")));
    }
    if matters(Style { empty: keep.empty, ..style }) {
        let how = if style.empty == Empty::Objects { "`{}` in place of `[]`" } else { "`[]` in place of `{}`" };
        found.push(Deviation::new(Code::BodyReserialised, format!("the same JSON with {how}, which PHP does not tell apart")));
    }
    if let Some(end) = end {
        found.push(Deviation::new(Code::BodyFinalNewline, format!("the body with {end}")));
    }
    if found.is_empty() {
        found.push(Deviation::new(Code::BodyReserialised, "the same JSON with other white space"));
    }
    found
}

/// A body inside another: a JSON string, an envelope, base64, compression.
fn wrapped(body: &[u8], one: &mut One<'_>) -> ControlFlow<()> {
    let twice = Code::BodyDoubleStringified;
    let value: Option<Value> = serde_json::from_slice(body).ok();
    if let Some(Value::String(inner)) = &value {
        one(inner.as_bytes(), twice, "the text inside this JSON string: the body was stringified twice")?;
        if let Ok(Value::String(inner)) = serde_json::from_str(inner) {
            one(inner.as_bytes(), twice, "the text inside this JSON string: the body was stringified three times")?;
        }
    }
    if let Ok(text) = std::str::from_utf8(body) {
        let quoted = crate::request::json::stringify(&Value::String(text.to_owned()));
        one(quoted.as_bytes(), twice, "the body as a JSON string: it was stringified twice before it was signed")?;
    }
    if let Some(Value::String(inner)) = value.as_ref().and_then(|value| value.get("body")) {
        one(inner.as_bytes(), twice, "the text in the field `body` of this envelope")?;
        if let Some(bytes) = decode_base64(inner) {
            one(&bytes, Code::BodyBase64, "the bytes that the field `body` holds as base64")?;
        }
    }
    let text = std::str::from_utf8(body).unwrap_or_default().trim();
    if text.len() >= 8 && let Some(bytes) = decode_base64(text) {
        one(&bytes, Code::BodyBase64, "the bytes that the body holds as base64")?;
    }
    one(STANDARD.encode(body).as_bytes(), Code::BodyBase64, "the body as base64")?;
    let expanded = match body {
        [0x1f, 0x8b, ..] => expand(flate2::read::MultiGzDecoder::new(body)),
        [0x78, ..] => expand(flate2::read::ZlibDecoder::new(body)),
        _ => None,
    };
    if let Some(bytes) = expanded {
        one(&bytes, Code::BodyGzip, "the decompressed body")?;
    }
    ControlFlow::Continue(())
}

fn expand(reader: impl std::io::Read) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(MOST_EXPANDED).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// A body of which the end is missing, or with something after its end.
fn truncated(request: &Request, body: &[u8], one: &mut One<'_>) -> ControlFlow<()> {
    let code = Code::BodyTruncated;
    let length = request.headers.text("content-length").and_then(|text| text.trim().parse::<usize>().ok());
    if let Some(start) = length.and_then(|length| body.get(..length)) {
        one(start, code, "the first bytes of the body, as many as Content-Length says")?;
    }
    if let Some(closers) = missing_closers(body) {
        let full = [body, closers.as_bytes()].concat();
        one(&full, code, &format!("the body with `{closers}` after it: its end is missing"))?;
        one(&[&full[..], b"\n"].concat(), code, &format!("the body with `{closers}` and a line end after it"))?;
    }
    ControlFlow::Continue(())
}

/// The brackets that a JSON text lacks at its end; `None` if it lacks none or is no JSON.
fn missing_closers(body: &[u8]) -> Option<String> {
    if !matches!(body.first(), Some(b'{' | b'[')) {
        return None;
    }
    let (mut open, mut in_string, mut escaped) = (Vec::new(), false, false);
    for byte in body {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'{' => open.push('}'),
            b'[' => open.push(']'),
            b'}' | b']' => {
                open.pop()?;
            }
            _ => {}
        }
    }
    let mut closers = String::from(if in_string { "\"" } else { "" });
    closers.extend(open.iter().rev());
    (!closers.is_empty() && closers.len() < 128).then_some(closers)
}
