//! A curl command as the request that it would send.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::Url;

use super::shell::{self, Pipeline};
use super::{Headers, Request, basic, form, latin1, parse_field};

/// Whether text starts as a curl command does.
pub(crate) fn looks_like(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(4_096)]);
    let line = text.trim_start().trim_start_matches("$ ");
    line.starts_with("curl ") || (line.starts_with("printf %s ") && bytes_hold_curl(bytes))
}

fn bytes_hold_curl(bytes: &[u8]) -> bool {
    memchr::memmem::find(bytes, b"| curl ").is_some()
}

/// Reads curl commands. Of the headers that curl adds by itself, those that belong to the request are there: Host,
/// Content-Length and Content-Type.
///
/// # Errors
/// What is wrong, as the end of a sentence.
pub(crate) fn parse(bytes: &[u8]) -> Result<Vec<Request>, String> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let offset = error.valid_up_to();
        format!("it is not UTF-8: invalid byte at offset {offset}")
    })?;
    let commands = shell::split(text.trim_start().trim_start_matches("$ "))?;
    commands.into_iter().map(request).collect()
}

fn request(mut pipeline: Pipeline) -> Result<Request, String> {
    let command = pipeline.pop().unwrap_or_default();
    let mut piped = None;
    for before in pipeline {
        piped = Some(output(&before, piped)?);
    }
    let mut words = command.into_iter();
    if words.next().as_deref() != Some(b"curl") {
        return Err("it is no curl command".to_owned());
    }
    let mut curl = Curl {
        piped,
        ..Curl::default()
    };
    curl.read(words)?;
    curl.into_request()
}

/// What the commands before curl write, of those that are known: `printf %s`, `echo`, `base64 --decode`.
fn output(command: &[Vec<u8>], before: Option<Vec<u8>>) -> Result<Vec<u8>, String> {
    let words: Result<Vec<&str>, _> = command
        .iter()
        .map(|word| std::str::from_utf8(word))
        .collect();
    let words = words.map_err(|_| "it holds bytes that are not UTF-8")?;
    match (&*words, before) {
        (["printf", "%s", text] | ["echo", "-n", text], _) => Ok(text.as_bytes().to_vec()),
        (["echo", text], _) => Ok(format!("{text}\n").into_bytes()),
        (["base64", "--decode" | "-d" | "-D"], Some(text)) => STANDARD
            .decode(text.trim_ascii())
            .map_err(|_| "what goes into `base64` is no base64".to_owned()),
        _ => Err(format!(
            "what `{}` writes is not known here",
            words.first().copied().unwrap_or_default()
        )),
    }
}

fn text(word: Vec<u8>) -> Result<String, String> {
    String::from_utf8(word).map_err(|_| "it holds bytes that are not UTF-8".to_owned())
}

#[derive(Default)]
struct Curl {
    url: Option<String>,
    /// Request target in place of the URL's path and query.
    target: Option<String>,
    method: Option<String>,
    headers: Headers,
    /// Headers that curl is told to leave out.
    without: Vec<String>,
    body: Option<Vec<u8>>,
    is_json: bool,
    is_get: bool,
    is_head: bool,
    piped: Option<Vec<u8>>,
}

/// Options with a value that says nothing about the request.
const IDLE: [&str; 14] = [
    "--max-time",
    "-m",
    "--connect-timeout",
    "-o",
    "--output",
    "-w",
    "--write-out",
    "--retry",
    "--cacert",
    "--proxy",
    "-x",
    "--resolve",
    "--cert",
    "--key",
];

impl Curl {
    fn read(&mut self, words: impl Iterator<Item = Vec<u8>>) -> Result<(), String> {
        let mut words = words;
        while let Some(word) = words.next() {
            let word = text(word)?;
            if !word.starts_with('-') || word == "-" {
                self.url.get_or_insert(word);
                continue;
            }
            let (name, glued) = match word.split_once('=') {
                Some((name, value)) if name.starts_with("--") => {
                    (name.to_owned(), Some(value.to_owned()))
                }
                _ if !word.starts_with("--") => self.short(&word),
                _ => (word.clone(), None),
            };
            let mut value = || {
                let value = glued.clone().map(String::into_bytes);
                let value = value.or_else(|| words.next());
                value.ok_or_else(|| format!("`{name}` has no value"))
            };
            match &*name {
                "-X" | "--request" => self.method = Some(text(value()?)?),
                "-H" | "--header" => self.header(&value()?)?,
                "-d" | "--data" | "--data-ascii" | "--data-binary" => self.data(&value()?, true)?,
                "--data-raw" => self.data(&value()?, false)?,
                "--data-urlencode" => self.encoded(&text(value()?)?)?,
                "--json" => {
                    self.is_json = true;
                    self.data(&value()?, true)?;
                }
                "-u" | "--user" => {
                    self.headers.push("Authorization", basic(&value()?));
                }
                "-A" | "--user-agent" => self.headers.push("User-Agent", value()?),
                "-e" | "--referer" => self.headers.push("Referer", value()?),
                "-b" | "--cookie" => self.headers.push("Cookie", value()?),
                "--request-target" => self.target = Some(text(value()?)?),
                "--url" => self.url = Some(text(value()?)?),
                "--head" => self.is_head = true,
                "--get" => self.is_get = true,
                "-F" | "--form" | "-T" | "--upload-file" => {
                    return Err(format!("the body of `{name}` is not known here"));
                }
                name if IDLE.contains(&name) => drop(value()?),
                // All others say how to send, not what.
                _ => {}
            }
        }
        Ok(())
    }

    /// Short options that stand together: the one that takes a value, and the value if it stands there too.
    fn short(&mut self, word: &str) -> (String, Option<String>) {
        for (place, char) in word.char_indices().skip(1) {
            self.is_get |= char == 'G';
            self.is_head |= char == 'I';
            if "XHduAebmowxFT".contains(char) {
                let rest = &word[place + char.len_utf8()..];
                let glued = (!rest.is_empty()).then(|| rest.to_owned());
                return (format!("-{char}"), glued);
            }
        }
        (word.to_owned(), None)
    }

    fn header(&mut self, line: &[u8]) -> Result<(), String> {
        if let Some(name) = line.strip_suffix(b";").filter(|name| !name.contains(&b':')) {
            self.headers.push(latin1(name), "");
            return Ok(());
        }
        let header = parse_field(line)?;
        if header.value.is_empty() {
            self.without.push(header.name.to_ascii_lowercase());
        } else {
            self.headers.push(header.name, header.value);
        }
        Ok(())
    }

    fn data(&mut self, text: &[u8], reads_files: bool) -> Result<(), String> {
        let data = match text.strip_prefix(b"@").filter(|_| reads_files) {
            Some(b"-") => self.piped.take().ok_or("nothing is piped into it")?,
            Some(file) => {
                let file = latin1(file);
                return Err(format!(
                    "its body is in the file `{file}`, which is not read here"
                ));
            }
            None => text.to_vec(),
        };
        match &mut self.body {
            Some(body) => {
                body.push(b'&');
                body.extend(data);
            }
            None => self.body = Some(data),
        }
        Ok(())
    }

    fn encoded(&mut self, text: &str) -> Result<(), String> {
        let encode =
            |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let data = match text.split_once('=') {
            Some(("", value)) => encode(value),
            Some((name, value)) => format!("{name}={}", encode(value)),
            None => encode(text),
        };
        self.data(data.as_bytes(), false)
    }

    fn into_request(mut self) -> Result<Request, String> {
        let written = self.url.take().ok_or("it names no URL")?;
        let whole = if written.contains("://") {
            written.clone()
        } else {
            format!("http://{written}")
        };
        let url = Url::parse(&whole).map_err(|error| format!("`{written}` is no URL: {error}"))?;
        let mut target = self.target.take().unwrap_or_else(|| written_target(&whole));
        if let Some(body) = self.body.take_if(|_| self.is_get) {
            let mark = if target.contains('?') { '&' } else { '?' };
            target.push(mark);
            target.push_str(&String::from_utf8_lossy(&body));
        }
        let host = url.host_str().ok_or("its URL has no host")?;
        let host = url
            .port()
            .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        if !self.headers.contains("host") && !self.without.iter().any(|name| name == "host") {
            self.headers.insert_first("host", host);
        }
        let usual = if self.is_json {
            "application/json"
        } else {
            form::MEDIA_TYPE
        };
        let body = self.body.take();
        if body.is_some() {
            self.add("content-type", usual.to_owned());
        }
        if let Some(body) = &body {
            self.add("content-length", body.len().to_string());
        }
        let method = match (self.method, self.is_head, &body) {
            (Some(method), _, _) => method,
            (None, true, _) => "HEAD".to_owned(),
            (None, false, Some(_)) => "POST".to_owned(),
            (None, false, None) => "GET".to_owned(),
        };
        Ok(Request {
            method,
            target,
            headers: self.headers,
            body: body.unwrap_or_default().into(),
        })
    }

    /// Adds a header that curl would add.
    fn add(&mut self, name: &str, value: String) {
        if !self.headers.contains(name) && !self.without.iter().any(|other| other == name) {
            self.headers.push(name, value);
        }
    }
}

/// Path and query as they are written: a URL that is parsed would lose its dots.
fn written_target(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let start = rest.find(['/', '?']).unwrap_or(rest.len());
    let target = rest[start..].split('#').next().unwrap_or_default();
    if target.starts_with('/') {
        target.to_owned()
    } else {
        format!("/{target}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Request {
        parse(text.as_bytes()).unwrap().remove(0)
    }

    #[test]
    fn a_copied_command_is_the_request_that_it_would_send() {
        let request = one(
            "curl 'http://localhost:3000/a/../b?x=1#y' -H 'X-CaMeL: 1' -H 'X-Empty;' -H Accept: -u me:pw -sS --max-time 5 -d a=b --data-raw '@c'",
        );
        assert_eq!(
            (&*request.method, &*request.target),
            ("POST", "/a/../b?x=1")
        );
        assert_eq!(request.body, "a=b&@c");
        let headers: Vec<_> = request
            .headers
            .iter()
            .map(|header| {
                format!(
                    "{}: {}",
                    header.name,
                    String::from_utf8_lossy(&header.value)
                )
            })
            .collect();
        assert_eq!(
            headers,
            [
                "host: localhost:3000",
                "X-CaMeL: 1",
                "X-Empty: ",
                "Authorization: Basic bWU6cHc=",
                "content-type: application/x-www-form-urlencoded",
                "content-length: 6"
            ]
        );
        assert_eq!(
            one("curl localhost/x --json '{}'")
                .headers
                .get("content-type"),
            Some(&b"application/json"[..])
        );
        assert_eq!(one("curl -sX PUT localhost").method, "PUT");
        assert_eq!(
            one("curl -G localhost --data-urlencode 'a=b c'").target,
            "/?a=b+c"
        );
        assert_eq!(
            one("printf %s AP8= | base64 --decode | curl -XPUT localhost --data-binary @-").body,
            &b"\x00\xff"[..]
        );
    }

    #[test]
    fn what_cannot_be_known_is_refused() {
        for text in [
            "curl x -d @file",
            "curl x -F a=b",
            "curl -X",
            "curl",
            "cat x | curl y -d @-",
        ] {
            assert!(parse(text.as_bytes()).is_err(), "{text}");
        }
    }
}
