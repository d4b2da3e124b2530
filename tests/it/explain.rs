//! `explain`: the example is what `sign` and `verify` compute, and the code accepts what `sign` makes and nothing else.

use std::collections::HashMap;

use serde_json::Value;

use crate::explain_cases::{Case, URL, cases, explained, signed};
use crate::harness::{Room, project};

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
