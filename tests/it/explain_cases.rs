//! Requests that the code of `explain` must accept, and such as it must not.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::harness::{Room, project};

/// When the requests of these tests are signed.
const NOW: i64 = 1_795_000_000;
pub(crate) const URL: &str = "https://shop.example/hooks?x=1";
/// A P-256 key that signed nothing here.
const OTHER_P256: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEbyNHyrfddoWP4FVaw7yZBIxKrK/ftry+BepsQsSTRWkdGhigpLN0p70z9jK4B5dpt3R1qt5MpYOMvabjONciqQ==";

/// The schemes that sign, as `explain` describes them.
pub(crate) fn explained(room: &Room) -> Vec<Value> {
    let table = std::fs::read_to_string(project("fixtures/schemes.json")).unwrap();
    let table: Vec<Value> = serde_json::from_str(&table).unwrap();
    let signed = table.iter().filter(|scheme| !scheme["sig"].is_null());
    let names = signed.map(|scheme| scheme["id"].as_str().unwrap());
    let explain = |name| {
        room.run(&["explain", "--json", "--scheme", name])
            .ends(0)
            .json()
    };
    names.flat_map(explain).collect()
}

/// A request for the code, and what it must say.
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) scheme: String,
    pub(crate) what: &'static str,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: String,
    pub(crate) secret: String,
    pub(crate) now: i64,
    pub(crate) accepted: bool,
}

/// A request that `sign` makes of a scheme's example.
pub(crate) fn signed(room: &Room, explained: &Value) -> Case {
    let example = &explained["example"];
    let text = |key: &str| example[key].as_str().unwrap();
    let scheme = explained["scheme"].as_str().unwrap();
    let now = NOW.to_string();
    room.write("body", text("body"));
    let sign = ["sign", "--as", "json", "--body", "body", "--scheme", scheme];
    let with = ["--secret", text("secret"), "--to", URL, "--timestamp", &now];
    let request = room
        .run(&[&sign[..], &with].concat())
        .ends(0)
        .json()
        .remove(0);
    let headers = request["headers"].as_array().unwrap().iter().map(|header| {
        let text = |index: usize| header[index].as_str().unwrap().to_owned();
        (text(0).to_ascii_lowercase(), text(1))
    });
    Case {
        scheme: scheme.to_owned(),
        what: "as it was signed",
        headers: headers.collect(),
        body: request["body"].as_str().unwrap().to_owned(),
        secret: example["public_key"]
            .as_str()
            .unwrap_or(text("secret"))
            .to_owned(),
        now: NOW,
        accepted: true,
    }
}

/// A secret of the same form that did not sign.
fn another(secret: &str) -> String {
    let is_hex = secret.len() == 64 && secret.bytes().all(|byte| byte.is_ascii_hexdigit());
    if secret.starts_with("whsec_") {
        "whsec_b3RoZXI=".to_owned()
    } else if secret.starts_with("whpk_") {
        "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=".to_owned()
    } else if is_hex {
        "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8".to_owned()
    } else if secret.starts_with("MFkw") {
        OTHER_P256.to_owned()
    } else if secret.ends_with('=') {
        "b3RoZXI=".to_owned()
    } else {
        format!("{secret}x")
    }
}

/// The request with a signature of an older secret before its own, where there may be several.
fn rotated(explained: &Value, good: &Case) -> Case {
    let place = explained["facts"][0]["text"].as_str().unwrap();
    let mut case = good.clone();
    case.what = "with several signatures";
    let (name, form) = place.split_once("`: ").unwrap_or_default();
    let name = name.rsplit('`').next().unwrap();
    let Some((_, split)) = place.split_once("a list split by ") else {
        return case;
    };
    let split = match split {
        split if split.starts_with("spaces") => " ",
        split => &split[1..2],
    };
    let version = form.split('<').next().unwrap();
    let header = case.headers.get_mut(name).unwrap();
    *header = format!("{version}AAAA{split}{header}");
    case
}

/// The body with a signed value changed.
fn tampered(body: &str) -> String {
    let changes = [
        ("8.0", "8.1"),
        ("an-example-value", "another"),
        ("1000", "1001"),
    ];
    let found = changes.iter().find(|(from, _)| body.contains(from));
    match found {
        Some((from, to)) => body.replace(from, to),
        None => format!("{},\"x\":1}}", body.strip_suffix('}').unwrap()),
    }
}

/// What the code must accept and refuse, for a scheme.
pub(crate) fn cases(room: &Room, explained: &Value) -> Vec<Case> {
    let good = signed(room, explained);
    let refused = |what, change: &dyn Fn(&mut Case)| {
        let mut case = good.clone();
        (case.what, case.accepted) = (what, false);
        change(&mut case);
        case
    };
    let mut cases = vec![
        good.clone(),
        rotated(explained, &good),
        refused("another secret", &|case| {
            case.secret = another(&good.secret);
        }),
    ];
    if explained["algorithm"] != "comparison" {
        cases.push(refused("another body", &|case| {
            case.body = tampered(&good.body);
        }));
    }
    if good.headers.len() > 2 {
        cases.push(refused("no headers", &|case| case.headers.clear()));
    }
    let parameters = explained["parameters"].as_array().unwrap();
    if parameters.contains(&json!("now")) {
        cases.push(refused("too old", &|case| case.now += 3600));
    }
    if parameters.contains(&json!("url")) {
        cases.push(refused("no URL", &|case| case.what = "another URL"));
    }
    cases
}
