//! `explain`: the example is what `sign` and `verify` compute, and the code accepts what `sign` makes and nothing else.

use std::collections::HashMap;
use std::process::Command;

use serde_json::{Value, json};

use crate::clients::{node, python};
use crate::harness::{Room, project};

/// When the requests of these tests are signed.
const NOW: i64 = 1_795_000_000;
const URL: &str = "https://shop.example/hooks?x=1";
/// A P-256 key that signed nothing here.
const OTHER_P256: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEbyNHyrfddoWP4FVaw7yZBIxKrK/ftry+BepsQsSTRWkdGhigpLN0p70z9jK4B5dpt3R1qt5MpYOMvabjONciqQ==";

/// The schemes that sign, as `explain` describes them.
fn explained(room: &Room) -> Vec<Value> {
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
struct Case {
    scheme: String,
    what: &'static str,
    headers: HashMap<String, String>,
    body: String,
    secret: String,
    now: i64,
    accepted: bool,
}

/// A request that `sign` makes of a scheme's example.
fn signed(room: &Room, explained: &Value) -> Case {
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
fn cases(room: &Room, explained: &Value) -> Vec<Case> {
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

/// What the code gets beside headers, body and secret.
fn rest(explained: &Value, case: &Case) -> Vec<Value> {
    let url = if case.what == "another URL" {
        "https://shop.example/"
    } else {
        URL
    };
    let value = |name: &Value| match name.as_str().unwrap() {
        "url" => json!(url),
        "method" => json!("POST"),
        "now" => json!(case.now),
        other => panic!("{other}"),
    };
    explained["parameters"]
        .as_array()
        .unwrap()
        .iter()
        .map(value)
        .collect()
}

/// Runs the code of all schemes in a language with a runner of its own.
#[track_caller]
fn code_is_right(language: &str, mut runner: Command) {
    let room = Room::new();
    let mut all = Vec::new();
    let mut input = Vec::new();
    for explained in explained(&room) {
        for case in cases(&room, &explained) {
            input.push(json!({
                "scheme": case.scheme, "code": explained["snippets"][language], "headers": case.headers,
                "body": case.body, "secret": case.secret, "rest": rest(&explained, &case),
            }));
            all.push(case);
        }
    }
    assert!(all.len() > 240);
    room.write("cases.json", serde_json::to_string(&input).unwrap());
    let output = runner.arg(room.path().join("cases.json")).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let said: Vec<bool> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(said.len(), all.len());
    let wrong = all
        .iter()
        .zip(said)
        .filter(|(case, said)| case.accepted != *said);
    let wrong: Vec<_> = wrong
        .map(|(case, _)| format!("{}: {}", case.scheme, case.what))
        .collect();
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn the_javascript_accepts_what_is_signed_right_and_nothing_else() {
    code_is_right("js", node("snippets.mjs"));
}

#[test]
fn the_python_accepts_what_is_signed_right_and_nothing_else() {
    code_is_right("python", python("snippets.py"));
}

/// One scheme of each kind, whose code in Rust is compiled into this test.
const IN_RUST: [&str; 25] = [
    "svix",
    "standard-webhooks-v1a",
    "stripe",
    "github",
    "github-sha1",
    "shopify",
    "slack",
    "square",
    "linear",
    "discord",
    "sendgrid",
    "mailgun",
    "hubspot-v1",
    "hubspot-v3",
    "gitlab",
    "docusign",
    "adyen",
    "adyen-banking",
    "twilio",
    "box",
    "workos",
    "airtable",
    "paystack",
    "klen",
    "basic",
];

#[allow(
    unused,
    unreachable_pub,
    clippy::all,
    clippy::pedantic,
    clippy::unwrap_used,
    reason = "it is the program's output"
)]
mod in_rust {
    use super::{Case, HashMap, URL};

    /// The request as the code takes it.
    struct Given<'a> {
        headers: &'a HashMap<String, String>,
        body: &'a [u8],
        secret: &'a str,
        url: &'a str,
        method: &'a str,
        now: i64,
    }

    pub(super) fn accepts(case: &Case) -> bool {
        let url = if case.what == "another URL" {
            "https://shop.example/"
        } else {
            URL
        };
        call(
            &case.scheme,
            &Given {
                headers: &case.headers,
                body: case.body.as_bytes(),
                secret: &case.secret,
                url,
                method: "POST",
                now: case.now,
            },
        )
    }

    include!("golden/snippets.rs.txt");
}

/// The code in Rust of one scheme of each kind, each in a module, and the choice between them.
fn rust_code(explained: &[Value]) -> String {
    let mut modules = String::new();
    let mut choices = String::new();
    for explained in explained {
        let scheme = explained["scheme"].as_str().unwrap();
        if !IN_RUST.contains(&scheme) {
            continue;
        }
        let module = format!("of_{}", scheme.replace('-', "_"));
        let code = explained["snippets"]["rust"].as_str().unwrap();
        modules.push_str(&format!("mod {module} {{\n{code}}}\n\n"));
        let parameters = explained["parameters"].as_array().unwrap().iter();
        let rest = parameters.map(|name| format!(", given.{}", name.as_str().unwrap()));
        let rest = rest.collect::<Vec<_>>().concat();
        choices.push_str(&format!(
            "        \"{scheme}\" => {module}::verify(given.headers, given.body, given.secret{rest}),\n"
        ));
    }
    format!(
        "{modules}fn call(scheme: &str, given: &Given<'_>) -> bool {{\n    match scheme {{\n{choices}        other => panic!(\"{{other}}\"),\n    }}\n}}\n"
    )
}

#[test]
fn the_rust_accepts_what_is_signed_right_and_nothing_else() {
    let room = Room::new();
    let explained = explained(&room);
    let path = project("tests/it/golden/snippets.rs.txt");
    let code = rust_code(&explained);
    if std::env::var_os("HOOKCTL_BLESS").is_some() {
        std::fs::write(&path, &code).unwrap();
    }
    assert!(
        std::fs::read_to_string(path).unwrap() == code,
        "the code is another; HOOKCTL_BLESS=1 writes it, then run again"
    );
    let mut wrong = Vec::new();
    for explained in explained {
        if !IN_RUST.contains(&explained["scheme"].as_str().unwrap()) {
            continue;
        }
        let cases = cases(&room, &explained).into_iter();
        let bad = cases.filter(|case| in_rust::accepts(case) != case.accepted);
        wrong.extend(bad.map(|case| format!("{}: {}", case.scheme, case.what)));
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn the_other_languages_read_the_right_header_and_compare_in_constant_time() {
    let compare = [
        (
            "go",
            &[
                "hmac.Equal",
                "ConstantTimeCompare",
                "ed25519.Verify",
                "VerifyASN1",
            ][..],
        ),
        ("ruby", &["OpenSSL.secure_compare", "key.verify"]),
        (
            "php",
            &[
                "hash_equals",
                "sodium_crypto_sign_verify_detached",
                "openssl_verify",
            ],
        ),
        ("java", &["MessageDigest.isEqual", "verifier.verify"]),
        (
            "csharp",
            &["FixedTimeEquals", "VerifyData", "Ed25519.Verify"],
        ),
    ];
    let room = Room::new();
    for explained in explained(&room) {
        let (scheme, good) = (&explained["scheme"], signed(&room, &explained));
        let template = explained["template"].as_str().unwrap();
        for (language, functions) in compare {
            let code = explained["snippets"][language].as_str().unwrap();
            assert!(
                functions.iter().any(|name| code.contains(name)),
                "{scheme} {language}"
            );
            assert!(
                !code.contains("{{") && !code.contains("@if") && !code.contains("@end"),
                "{scheme} {language}"
            );
            assert!(
                template.is_empty() || code.contains(template) || template.contains(':'),
                "{scheme} {language}"
            );
            let place = explained["facts"][0]["text"].as_str().unwrap();
            let place = place.split('`').nth(1).unwrap();
            assert!(
                code.contains(place) || code.contains(place.trim_end_matches('1')),
                "{scheme} {language}"
            );
            assert!(
                good.headers.contains_key(place) || place.contains('.'),
                "{scheme}"
            );
        }
    }
}

#[test]
fn the_example_is_what_verify_calls_valid() {
    let room = Room::new();
    for explained in explained(&room) {
        let example = &explained["example"];
        let text = |key: &str| example[key].as_str().unwrap();
        room.write("body", text("body"));
        let at = example["timestamp"].to_string();
        let mut args = vec![
            "verify",
            "--json",
            "--body",
            "body",
            "--at",
            &at,
            "--url",
            text("url"),
        ];
        args.extend(["--scheme", explained["scheme"].as_str().unwrap()]);
        args.extend([
            "--secret",
            example["public_key"].as_str().unwrap_or(text("secret")),
        ]);
        let headers: Vec<String> = example["headers"]
            .as_array()
            .unwrap()
            .iter()
            .map(|header| {
                format!(
                    "{}: {}",
                    header[0].as_str().unwrap(),
                    header[1].as_str().unwrap()
                )
            })
            .collect();
        args.extend(headers.iter().flat_map(|header| ["-H", header]));
        let ran = room.run(&args);
        assert_eq!(
            ran.ends(0).json()[0]["status"],
            "valid",
            "{}",
            explained["scheme"]
        );
    }
}

#[test]
fn one_language_is_code_alone_and_the_rest_is_named() {
    let room = Room::new();
    let code = room.run(&["explain", "ken", "--lang", "js"]);
    assert!(
        code.ends(0)
            .stdout
            .starts_with("import { createHmac, timingSafeEqual } from \"node:crypto\";\n")
    );
    let shown = room.run(&["explain", "ken"]);
    assert!(
        shown
            .ends(0)
            .stdout
            .starts_with("How Ken signs  scheme svix\n")
    );
    assert!(shown.stdout.contains("\nJavaScript\n") && shown.stdout.contains("\nPython\n"));
    assert!(!shown.stdout.contains("\nRuby\n"));
    assert_eq!(
        shown.stderr,
        "More with `--lang go|ruby|php|java|rust|csharp`, or `--lang all`.\n"
    );
    let all = room.run(&["explain", "stripe", "--lang", "all"]);
    assert!(all.ends(0).stdout.contains("\nC#\n"));
    room.run(&["explain", "konvox"]).ends(0);
    room.run(&["explain", "konvox", "--lang", "js"]).ends(2);
    room.run(&["explain", "nobody"]).ends(2);
    room.run(&["explain"]).ends(2);
}
