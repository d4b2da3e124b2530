//! HAR 1.2, as browsers and proxies write it: entries become captures as JSON objects, and the other way round.
//!
//! What HAR has no place for (bytes that are no text, the verdict, the id) stands under `_hookctl`, so that an entry
//! that was written here reads back without a loss.

use serde::Deserialize;
use serde_json::{Map, Value, json};
use url::Url;

use super::form;
use super::record::{Item, List, Maybe, Number, Pair, PairRead, Record, Responded, Text};

/// The custom field of an entry.
const OWN: &str = "_hookctl";

/// One entry.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Entry<'a> {
    #[serde(borrow)]
    started_date_time: Text<'a>,
    time: Number,
    #[serde(borrow)]
    request: Option<Maybe<Requested<'a>>>,
    response: Maybe<Responded>,
    #[serde(borrow, rename = "_hookctl")]
    own: Maybe<Record<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Requested<'a> {
    #[serde(borrow)]
    method: Text<'a>,
    #[serde(borrow)]
    url: Text<'a>,
    #[serde(borrow)]
    headers: List<Loose<'a>>,
    #[serde(borrow)]
    post_data: Maybe<Posted<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Posted<'a> {
    #[serde(borrow)]
    mime_type: Text<'a>,
    #[serde(borrow)]
    text: Text<'a>,
    #[serde(borrow)]
    encoding: Text<'a>,
    #[serde(borrow)]
    params: List<Param<'a>>,
}

/// A header, or what stands in its place.
struct Loose<'a>(Option<Pair<'a>>);

impl<'de: 'a, 'a> Item<'de> for Loose<'a> {
    type Read = PairRead<'a>;

    fn of(read: PairRead<'a>) -> Option<Self> {
        Some(Self(Pair::of(read)))
    }
}

/// A field of a form; each of its parts may be missing.
struct Param<'a>(Named<'a>);

impl<'de: 'a, 'a> Item<'de> for Param<'a> {
    type Read = Maybe<Named<'a>>;

    fn of(read: Maybe<Named<'a>>) -> Option<Self> {
        Some(Self(read.0))
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Named<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    value: Text<'a>,
}

/// Reads an entry as a capture or a delivery.
///
/// # Errors
/// What is wrong, as the end of a sentence.
pub(crate) fn record(text: &[u8]) -> Result<Record<'_>, String> {
    let entry: Maybe<Entry<'_>> =
        serde_json::from_slice(text).map_err(|error| error.to_string())?;
    let entry = entry.0;
    let request = entry.request.ok_or("it has no `request`")?.0;
    let url = request.url.as_str().ok_or("`url` is no text")?;
    let own = entry.own.0;
    // What was written here says so itself, whatever stands in the Host header.
    let target = match own.target.as_str() {
        Some(own) => own.to_owned(),
        None => target(url)?,
    };
    let mut record = Record {
        kind: "capture".to_owned().into(),
        received_at: entry.started_date_time,
        target: target.into(),
        headers: List::Is(headers(request.headers, url)),
        method: request.method,
        ..Record::default()
    };
    body(request.post_data.0, &mut record)?;
    let mut response = entry.response;
    // A browser writes 0 for a request that was not answered.
    if response.0.status.as_u64() == Some(0) {
        response.0.status = Number::Missing;
    }
    response.0.duration_ms = entry.time;
    record.response = response;
    Ok(own.or(record))
}

/// Path and query of a URL, as they stand in it.
fn target(url: &str) -> Result<String, String> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let start = rest.find(['/', '?']).unwrap_or(rest.len());
    let target = rest[start..].split('#').next().unwrap_or_default();
    if url.contains(char::is_whitespace) {
        return Err(format!("`{url}` is no URL"));
    }
    Ok(if target.starts_with('/') {
        target.to_owned()
    } else {
        format!("/{target}")
    })
}

fn headers<'a>(headers: List<Loose<'a>>, url: &str) -> Vec<Pair<'a>> {
    let List::Is(headers) = headers else {
        return host(url).into_iter().collect();
    };
    let pairs = headers.into_iter().filter_map(|Loose(pair)| pair);
    // HTTP/2 has the parts of the request line among its headers.
    let mut pairs: Vec<Pair<'a>> = pairs.filter(|pair| !pair.name.starts_with(':')).collect();
    if !pairs
        .iter()
        .any(|pair| pair.name.eq_ignore_ascii_case("host"))
    {
        pairs.splice(0..0, host(url));
    }
    pairs
}

/// The `Host` of a URL.
fn host<'a>(url: &str) -> Option<Pair<'a>> {
    let url = Url::parse(url).ok()?;
    let host = url.host_str()?;
    let host = url
        .port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    Some(Pair {
        name: "Host".into(),
        value: host.into(),
        is_latin1: false,
    })
}

fn body<'a>(posted: Posted<'a>, record: &mut Record<'a>) -> Result<(), String> {
    match (posted.text, posted.params) {
        (text @ Text::Is(_), _) if posted.encoding.as_str() == Some("base64") => {
            record.body_base64 = text;
        }
        (text @ Text::Is(_), _) => record.body = text,
        (_, List::Is(params)) if !params.is_empty() => {
            if posted
                .mime_type
                .as_str()
                .is_some_and(|kind| kind.starts_with("multipart/"))
            {
                return Err("the bytes of its multipart body are not in the file".to_owned());
            }
            let mut form = form_urlencoded::Serializer::new(String::new());
            for Param(Named { name, value }) in &params {
                form.append_pair(
                    name.as_str().unwrap_or_default(),
                    value.as_str().unwrap_or_default(),
                );
            }
            record.body = form.finish().into();
        }
        _ => {}
    }
    Ok(())
}

/// What stands before the entries.
pub(crate) fn start() -> String {
    let version = env!("CARGO_PKG_VERSION");
    format!(
        "{{\"log\":{{\"version\":\"1.2\",\"creator\":{{\"name\":\"hookctl\",\"version\":\"{version}\"}},\"entries\":["
    )
}

/// What stands behind them.
pub(crate) const END: &str = "]}}\n";

/// A capture or delivery as an entry. Its body, which may be large, is moved and not copied.
pub(crate) fn entry(mut object: Map<String, Value>) -> Value {
    let own = own(&object);
    let text = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or_default();
    let at = [text("received_at"), text("sent_at")].concat();
    let response = object.get("response").cloned().unwrap_or_default();
    let time = response["duration_ms"].as_f64().unwrap_or(0.0);
    let headers = object.get("headers").and_then(Value::as_array);
    let headers: Vec<Value> = headers
        .into_iter()
        .flatten()
        .map(|pair| json!({"name": pair[0], "value": pair[1]}))
        .collect();
    let query = form::pairs(text("query").as_bytes());
    let query: Vec<Value> = query
        .iter()
        .map(|(name, value)| json!({"name": name, "value": value}))
        .collect();
    let mut request = json!({
        "method": text("method"),
        "url": url(&object),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": headers,
        "queryString": query,
        "headersSize": -1,
        "bodySize": text("body").len(),
    });
    let mut entry = json!({
        "startedDateTime": at,
        "time": time,
        "request": null,
        "response": answer(&object, &response),
        "cache": {},
        "timings": {"send": 0, "wait": time, "receive": 0},
    });
    if let Some(data) = post_data(&mut object) {
        request["postData"] = data;
    }
    entry["request"] = request;
    entry[OWN] = Value::Object(own);
    entry
}

/// The body, which is taken out of the capture.
fn post_data(object: &mut Map<String, Value>) -> Option<Value> {
    let mut data = json!({"mimeType": header(object, "content-type").unwrap_or_default()});
    match (object.remove("body"), object.remove("body_base64")) {
        (Some(Value::String(body)), _) if !body.is_empty() => data["text"] = Value::String(body),
        (_, Some(body)) => {
            data["text"] = body;
            data["encoding"] = json!("base64");
        }
        _ => return None,
    }
    Some(data)
}

/// What is not in the other fields, or cannot be told from them.
fn own(object: &Map<String, Value>) -> Map<String, Value> {
    let is_text = |pair: &Value| pair.as_array().is_some_and(|pair| pair.len() == 2);
    let headers = object.get("headers").and_then(Value::as_array);
    let all_text = headers.is_some_and(|headers| {
        // One is added where there is none.
        headers.iter().all(is_text) && header(object, "host").is_some()
    });
    let left_out = |key: &str| match key {
        "method" | "path" | "query" => true,
        "headers" => all_text,
        // An empty one has no place.
        "body" => object["body"].as_str().is_some_and(|body| !body.is_empty()),
        _ => false,
    };
    let kept = object.iter().filter(|(key, _)| !left_out(key));
    kept.map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

/// What was answered: of a delivery the last answer.
fn answer(object: &Map<String, Value>, response: &Value) -> Value {
    let last = object.get("attempts").and_then(Value::as_array);
    let last = last
        .and_then(|attempts| attempts.last())
        .cloned()
        .unwrap_or_default();
    let fields = last["response_headers"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let headers: Vec<Value> = fields
        .iter()
        .map(|pair| json!({"name": pair[0], "value": pair[1]}))
        .collect();
    let is_kind = |pair: &&Value| {
        pair[0]
            .as_str()
            .is_some_and(|name| name.eq_ignore_ascii_case("content-type"))
    };
    let kind = fields.iter().find(is_kind).map(|pair| pair[1].clone());
    let text = last["response_body"].as_str().unwrap_or_default();
    json!({
        "status": response["status"].as_u64().unwrap_or(0),
        "statusText": "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": headers,
        "content": {"size": text.len(), "mimeType": kind.unwrap_or_else(|| json!("")), "text": text},
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": -1,
    })
}

fn header<'a>(object: &'a Map<String, Value>, wanted: &str) -> Option<&'a str> {
    let headers = object.get("headers")?.as_array()?;
    headers.iter().find_map(|pair| {
        let is_it = pair[0].as_str()?.eq_ignore_ascii_case(wanted);
        is_it.then(|| pair[1].as_str())?
    })
}

/// The whole URL: where a delivery went, or what a capture's sender must have called.
pub(crate) fn url(object: &Map<String, Value>) -> String {
    let text = |key: &str| object.get(key).and_then(Value::as_str);
    let target = text("target").unwrap_or("/");
    match text("url") {
        Some(url) => url.to_owned(),
        None if target.contains("://") => target.to_owned(),
        None => format!(
            "http://{}{target}",
            header(object, "host").unwrap_or("localhost")
        ),
    }
}
