//! The raw HTTP form: a request line, headers, an empty line, the body. What `.http` files, `curl -v` logs and
//! proxies hold.

use std::io;

use super::{Headers, Request, is_token_byte, latin1, parse_field};

/// Reads a raw HTTP/1 request, with line ends of either kind.
///
/// The body is what follows the empty line. If a Content-Length says less, the rest is cut if it is nothing but the
/// line end that editors add; a chunked body is put together.
///
/// # Errors
/// What is wrong, with the line, as the end of a sentence.
pub(crate) fn parse(bytes: &[u8]) -> Result<Request, String> {
    let (head, body) = split_head(bytes);
    if head.is_empty() {
        return Err("it is empty".to_owned());
    }
    let mut lines = head
        .split_inclusive(|&byte| byte == b'\n')
        .map(|line| line.strip_suffix(b"\n").unwrap_or(line))
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let first = latin1(lines.next().unwrap_or_default());
    let (method, target) = parse_request_line(&first)?;
    let mut headers = Headers::default();
    for (line, number) in lines.zip(2..) {
        let header = parse_field(line).map_err(|problem| format!("line {number}: {problem}"))?;
        headers.push(header.name, header.value);
    }
    let body = frame(&headers, body);
    Ok(Request {
        method,
        target,
        headers,
        body: body.into(),
    })
}

/// The request's bytes on an HTTP/1.1 connection. A body that was chunked is stored without its chunks, so it goes as
/// one.
pub(crate) fn print(request: &Request) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(request.body.len() + 1_024);
    write(request, &mut bytes).expect("memory takes all");
    bytes
}

/// As [`print`], without a copy of the body.
///
/// # Errors
/// The writer fails.
pub(crate) fn write(request: &Request, to: &mut dyn io::Write) -> io::Result<()> {
    to.write_all(&print_head(request))?;
    let body = &request.body;
    if !is_chunked(&request.headers) {
        return to.write_all(body);
    }
    if !body.is_empty() {
        write!(to, "{:x}\r\n", body.len())?;
        to.write_all(body)?;
        to.write_all(b"\r\n")?;
    }
    to.write_all(b"0\r\n\r\n")
}

/// Whether a body goes in chunks: that is the last coding of the last field.
pub(crate) fn is_chunked(headers: &Headers) -> bool {
    let coding = headers.all("transfer-encoding").last().map(latin1);
    coding.is_some_and(|coding| {
        let last = coding.rsplit(',').next().unwrap_or_default();
        last.trim().eq_ignore_ascii_case("chunked")
    })
}

/// The request line, the headers and the empty line.
fn print_head(request: &Request) -> Vec<u8> {
    let mut bytes = format!("{} {} HTTP/1.1\r\n", request.method, request.target).into_bytes();
    for header in request.headers.iter() {
        bytes.extend_from_slice(header.name.as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(&header.value);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"\r\n");
    bytes
}

/// Whether bytes start as a raw HTTP request does: a method, a space, a target.
pub(crate) fn looks_like(bytes: &[u8]) -> bool {
    let line = bytes
        .split(|&byte| byte == b'\n')
        .next()
        .unwrap_or_default();
    std::str::from_utf8(line).is_ok_and(|line| parse_request_line(line.trim_end()).is_ok())
}

fn parse_request_line(line: &str) -> Result<(String, String), String> {
    let problem = || {
        format!(
            "line 1: `{}` is no request line such as `POST /path HTTP/1.1`",
            shorten(line)
        )
    };
    let mut words = line.split(' ');
    let method = words.next().unwrap_or_default();
    let target = words.next().unwrap_or_default();
    let version = words.next();
    // Without a version, small letters are more likely a sentence.
    let method_is_one = !method.is_empty()
        && method
            .bytes()
            .all(|byte| is_token_byte(byte) && (version.is_some() || !byte.is_ascii_lowercase()));
    let version = version.unwrap_or("HTTP/1.1");
    let target_is_one = target.starts_with('/') || target.contains("://") || target == "*";
    if !method_is_one || !target_is_one || !version.starts_with("HTTP/") || words.next().is_some() {
        return Err(problem());
    }
    Ok((method.to_owned(), target.to_owned()))
}

fn shorten(line: &str) -> String {
    let mut short: String = line.chars().take(40).collect();
    if short.len() < line.len() {
        short.push('…');
    }
    short
}

/// Splits at the first empty line; all is head if there is none.
fn split_head(bytes: &[u8]) -> (&[u8], &[u8]) {
    let mut start = 0;
    while let Some(length) = bytes[start..].iter().position(|&byte| byte == b'\n') {
        let end = start + length + 1;
        if start > 0 && matches!(&bytes[start..end], b"\n" | b"\r\n") {
            return (&bytes[..start], &bytes[end..]);
        }
        start = end;
    }
    (bytes, &[])
}

fn frame(headers: &Headers, body: &[u8]) -> Vec<u8> {
    if is_chunked(headers)
        && let Some(whole) = join_chunks(body)
    {
        return whole;
    }
    let length = headers
        .text("content-length")
        .and_then(|length| length.parse::<usize>().ok());
    match length {
        Some(length) if length < body.len() && matches!(&body[length..], b"\n" | b"\r\n") => {
            body[..length].to_vec()
        }
        _ => body.to_vec(),
    }
}

/// Puts the chunks of a chunked body together; `None` if it is not one.
fn join_chunks(mut body: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    loop {
        let Ok(httparse::Status::Complete((start, size))) = httparse::parse_chunk_size(body) else {
            return None;
        };
        if size == 0 {
            return Some(whole);
        }
        let end = start.checked_add(usize::try_from(size).ok()?)?;
        whole.extend_from_slice(body.get(start..end)?);
        body = body.get(end..)?.strip_prefix(b"\r\n")?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn order_spelling_repetition_and_bytes_are_kept() {
        let bytes = b"POST /a/../b?x=%2F HTTP/1.1\r\nHost: x\r\nX-CaMeL: 1\r\nx-camel: caf\xe9\r\nContent-Length: 3\r\n\r\n\x00\xff\n";
        let request = parse(bytes).unwrap();
        assert_eq!(request.target, "/a/../b?x=%2F");
        assert_eq!(request.body, &b"\x00\xff\n"[..]);
        let headers: Vec<_> = request.headers.iter().skip(1).collect();
        assert_eq!(
            (&*headers[0].name, &*headers[1].value),
            ("X-CaMeL", &b"caf\xe9"[..])
        );
    }

    #[test]
    fn the_line_end_that_an_editor_adds_is_cut_if_the_length_says_so() {
        let with = |length: &str| {
            parse(format!("POST / HTTP/1.1\ncontent-length: {length}\n\n{{}}\n").as_bytes())
                .unwrap()
                .body
        };
        assert_eq!(with("2"), "{}");
        assert_eq!(with("3"), "{}\n");
        assert_eq!(with("1"), "{}\n");
    }

    #[test]
    fn chunks_are_put_together() {
        let request = parse(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n").unwrap();
        assert_eq!(request.body, "abcde");
    }

    #[test]
    fn what_is_no_request_is_named_with_its_line() {
        assert_eq!(
            parse(b"hello"),
            Err("line 1: `hello` is no request line such as `POST /path HTTP/1.1`".to_owned())
        );
        assert_eq!(
            parse(b"POST / HTTP/1.1\nno colon\n\n"),
            Err("line 2: a header needs a colon, as in `X-Name: value`".to_owned())
        );
        assert_eq!(parse(b""), Err("it is empty".to_owned()));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic(bytes: Vec<u8>) {
            let _ = parse(&bytes);
        }

        #[test]
        fn what_is_printed_reads_back_as_the_same(
            body: Vec<u8>,
            fields in prop::collection::vec(("[A-Za-z][A-Za-z0-9-]{0,8}", "[!-~]{0,9}"), 0..6),
        ) {
            let mut headers: Headers = fields.into_iter()
                .filter(|(name, _)| !name.eq_ignore_ascii_case("content-length") && !name.eq_ignore_ascii_case("transfer-encoding"))
                .map(|(name, value)| (name, value.into_bytes()))
                .collect();
            headers.push("content-length", body.len().to_string());
            let request = Request { method: "POST".into(), target: "/x?y".into(), headers, body: body.into() };
            prop_assert_eq!(parse(&print(&request)).unwrap(), request);
        }
    }
}
