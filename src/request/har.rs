//! HAR 1.2, as browsers and proxies write it: entries become captures as JSON objects, and the other way round.
//!
//! What HAR has no place for (bytes that are no text, the verdict, the id) stands under `_hookctl`, so that an entry
//! that was written here reads back without a loss.

use serde_json::{Map, Value, json};
use url::Url;

use super::form;

/// The custom field of an entry.
const OWN: &str = "_hookctl";

/// The entries of a HAR file as captures; `None` if it is none.
///
/// # Errors
/// What is wrong, as the end of a sentence.
pub(crate) fn read(bytes: &[u8]) -> Option<Result<Vec<Map<String, Value>>, String>> {
    let start = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    if start != Some(&b'{') || memchr::memmem::find(bytes, b"\"entries\"").is_none() {
        return None;
    }
    let file: Value = serde_json::from_slice(bytes).ok()?;
    let entries = file.get("log")?.get("entries")?.as_array()?;
    let captures = entries.iter().enumerate().map(|(index, entry)| {
        capture(entry).map_err(|problem| format!("entry {}: {problem}", index + 1))
    });
    Some(captures.collect())
}

fn capture(entry: &Value) -> Result<Map<String, Value>, String> {
    let request = entry.get("request").ok_or("it has no `request`")?;
    let url = request["url"].as_str().ok_or("`url` is no text")?;
    let mut object = Map::new();
    object.insert("type".into(), json!("capture"));
    object.insert("received_at".into(), entry["startedDateTime"].clone());
    object.insert("method".into(), request["method"].clone());
    // What was written here says so itself, whatever stands in the Host header.
    let own_target = entry[OWN]["target"].as_str().map(str::to_owned);
    let target = own_target.map_or_else(|| target(url), Ok)?;
    object.insert("target".into(), json!(target));
    object.insert("headers".into(), headers(&request["headers"], url));
    body(&request["postData"], &mut object)?;
    // A browser writes 0 for a request that was not answered.
    let status = entry["response"]["status"]
        .as_u64()
        .filter(|status| *status > 0);
    object.insert(
        "response".into(),
        json!({"status": status, "duration_ms": entry["time"]}),
    );
    if let Some(Value::Object(own)) = entry.get(OWN) {
        for (key, value) in own {
            object.insert(key.clone(), value.clone());
        }
    }
    Ok(object)
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

fn headers(headers: &Value, url: &str) -> Value {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let fields = headers.as_array().map(Vec::as_slice).unwrap_or_default();
    let mut pairs: Vec<Value> = fields
        .iter()
        .filter_map(|field| Some((text(&field["name"])?, text(&field["value"])?)))
        // HTTP/2 has the parts of the request line among its headers.
        .filter(|(name, _)| !name.starts_with(':'))
        .map(|(name, value)| json!([name, value]))
        .collect();
    let is_host = |pair: &Value| {
        pair[0]
            .as_str()
            .is_some_and(|name| name.eq_ignore_ascii_case("host"))
    };
    if !pairs.iter().any(is_host)
        && let Ok(url) = Url::parse(url)
        && let Some(host) = url.host_str()
    {
        let host = url
            .port()
            .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        pairs.insert(0, json!(["Host", host]));
    }
    Value::Array(pairs)
}

fn body(data: &Value, object: &mut Map<String, Value>) -> Result<(), String> {
    match (&data["text"], &data["params"]) {
        (Value::String(text), _) if data["encoding"] == "base64" => {
            object.insert("body_base64".into(), json!(text));
        }
        (Value::String(text), _) => {
            object.insert("body".into(), json!(text));
        }
        (_, Value::Array(params)) if !params.is_empty() => {
            if data["mimeType"]
                .as_str()
                .is_some_and(|kind| kind.starts_with("multipart/"))
            {
                return Err("the bytes of its multipart body are not in the file".to_owned());
            }
            let pairs = params.iter().map(|param| {
                let text = |key: &str| param[key].as_str().unwrap_or_default().to_owned();
                (text("name"), text("value"))
            });
            let mut form = form_urlencoded::Serializer::new(String::new());
            object.insert("body".into(), json!(form.extend_pairs(pairs).finish()));
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
