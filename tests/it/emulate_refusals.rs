//! Calls that an emulated API refuses: tokens, paths, bodies. And what it shows to nobody.

use serde_json::{Value, json};

use crate::api::{Answer, TOKEN, call, call_with, emulator, good};
use crate::harness::{Listener, Room};

const JSON: &str = "Authorization: Bearer test\r\nContent-Type: application/json\r\n";

fn kakiyo_error(code: &str, message: &str) -> Value {
    json!({"error": code, "message": message})
}

#[test]
fn a_call_needs_the_token_where_the_provider_wants_it() {
    let room = Room::new();
    let api = emulator(&room, &["--token", "second"]);
    let status = |line: &str, headers: &str| call_with(&api, line, headers, b"").status;
    let refused = |line: &str, headers: &str, body: Value| {
        let answer = call_with(&api, line, headers, b"");
        let wanted = Answer {
            status: 401,
            headers: vec!["www-authenticate: Bearer".to_owned()],
            body,
        };
        assert_eq!(answer, wanted, "{line} {headers}");
    };
    let (kakiyo, ken, klen, konvox) = (
        "GET /v1/webhooks",
        "GET /v1/webhooks/endpoints",
        "GET /api/v1/webhooks",
        "GET /api/webhooks",
    );
    refused(
        kakiyo,
        "",
        kakiyo_error("missing_api_key", "No API key was provided"),
    );
    for malformed in ["Basic dDp0", "Bearer", "Bearer ", "test"] {
        let header = format!("Authorization: {malformed}\r\n");
        refused(
            kakiyo,
            &header,
            kakiyo_error("invalid_api_key_format", "The API key format is invalid"),
        );
    }
    for wrong in ["tes", "test2", "Test", "test_", "_forbidden", "x_forbidden"] {
        let header = format!("Authorization: Bearer {wrong}\r\n");
        refused(
            kakiyo,
            &header,
            kakiyo_error("invalid_api_key", "The API key is not recognized"),
        );
    }
    refused(
        kakiyo,
        "X-API-Key: test\r\n",
        kakiyo_error("missing_api_key", "No API key was provided"),
    );
    refused(
        ken,
        "",
        json!({"error": "unauthorized", "message": "The call carries no token: `Authorization: Bearer TOKEN`"}),
    );
    refused(
        ken,
        "Authorization: Bearer sk_live_1\r\n",
        json!({"error": "unauthorized", "message": "The token is none that is accepted here"}),
    );
    refused(
        klen,
        "",
        json!({"error": "authentication_required", "message": "API key is required"}),
    );
    refused(
        klen,
        "X-API-Key: no\r\n",
        json!({"error": "invalid_key", "message": "Invalid or inactive API key"}),
    );
    refused(
        konvox,
        "",
        json!({"data": null, "error": "The call carries no token: `Authorization: Bearer TOKEN` or `X-API-Key: TOKEN`"}),
    );
    for token in [TOKEN, "second"] {
        let bearer = format!("authorization: bearer {token}\r\n");
        let key = format!("x-api-key: {token}\r\n");
        for line in [kakiyo, ken, klen, konvox] {
            assert_eq!(status(line, &bearer), 200, "{line}");
        }
        assert_eq!((status(klen, &key), status(konvox, &key)), (200, 200));
        assert_eq!(status(&format!("{klen}?page=1&api_key={token}"), ""), 200);
    }
    // A call that is refused does nothing.
    let create = call_with(
        &api,
        "POST /v1/webhooks",
        "Content-Type: application/json\r\n",
        br#"{"name":"n","url":"https://a.example/","events":["*"]}"#,
    );
    assert_eq!(create.status, 401);
    assert_eq!(good(&api, kakiyo, &Value::Null), json!([]));
}

#[test]
fn some_tokens_are_known_and_refused() {
    let room = Room::new();
    let api = emulator(&room, &[]);
    let denied = |line: &str, suffix: &str, status: u16, headers: &[&str], body: Value| {
        let answer = call_with(
            &api,
            line,
            &format!("Authorization: Bearer test{suffix}\r\n"),
            b"",
        );
        let headers = headers.iter().map(|header| (*header).to_owned()).collect();
        assert_eq!(
            answer,
            Answer {
                status,
                headers,
                body
            },
            "{suffix}"
        );
    };
    let (kakiyo, ken, klen) = (
        "GET /v1/webhooks",
        "GET /v1/webhooks/endpoints",
        "GET /api/v1/webhooks",
    );
    denied(
        ken,
        "_view_only",
        403,
        &[],
        json!({"error": "forbidden", "message": "Your role is not allowed to manage webhooks for this workspace."}),
    );
    denied(
        ken,
        "_not_enabled",
        403,
        &[],
        json!({"error": "not_enabled", "message": "Webhooks aren't enabled yet"}),
    );
    denied(
        kakiyo,
        "_inactive",
        403,
        &[],
        json!({"error": "subscription_inactive", "message": "Your subscription is inactive"}),
    );
    denied(
        kakiyo,
        "_rate_limited",
        429,
        &["retry-after: 45"],
        json!({"error": "rate_limit_exceeded", "message": "Too many requests. Please try again later.", "retryAfter": 45}),
    );
    denied(
        klen,
        "_forbidden",
        403,
        &[],
        json!({"error": "permission_denied", "message": "The API key doesn't have the required permission"}),
    );
    denied(
        klen,
        "_rate_limited",
        429,
        &["retry-after: 30"],
        json!({"error": "rate_limit_exceeded", "message": "Rate limit exceeded. Please try again after 30 seconds."}),
    );
    denied(
        "GET /api/webhooks",
        "_read",
        200,
        &[],
        json!({"data": [], "error": null, "meta": {"total": 0}}),
    );
    denied(
        "POST /api/webhooks",
        "_read",
        403,
        &[],
        json!({"data": null, "error": "This API key has the read scope"}),
    );
}

/// That a call gets an answer, to the byte.
fn is_refused(
    api: &Listener,
    (line, headers, body): (&str, &str, &[u8]),
    status: u16,
    more: &[&str],
    body_wanted: Value,
) {
    let wanted = Answer {
        status,
        headers: more.iter().map(|header| (*header).to_owned()).collect(),
        body: body_wanted,
    };
    assert_eq!(call_with(api, line, headers, body), wanted, "{line}");
}

#[test]
fn bodies_that_nobody_can_mean_are_refused_in_the_form_of_the_provider() {
    let room = Room::new();
    let api = emulator(&room, &[]);
    let refused =
        |line: &str, headers: &str, body: &[u8], status: u16, more: &[&str], wanted: Value| {
            is_refused(&api, (line, headers, body), status, more, wanted);
        };
    let create = "POST /v1/webhooks";
    refused(
        create,
        JSON,
        b"{",
        400,
        &[],
        kakiyo_error(
            "validation_error",
            "The body is no JSON: EOF while parsing an object at line 1 column 1",
        ),
    );
    refused(
        create,
        JSON,
        b"[]",
        400,
        &[],
        kakiyo_error("validation_error", "The body must be a JSON object"),
    );
    refused(
        create,
        JSON,
        b"\xff",
        400,
        &[],
        kakiyo_error(
            "validation_error",
            "The body is no JSON: expected value at line 1 column 1",
        ),
    );
    refused(
        "POST /api/webhooks/create/",
        JSON,
        b"nonsense",
        400,
        &[],
        json!({"error": "invalid_json", "message": "Invalid JSON payload"}),
    );
    let form = "Authorization: Bearer test\r\nContent-Type: application/x-www-form-urlencoded\r\n";
    refused(
        create,
        form,
        b"name=n",
        415,
        &[],
        kakiyo_error(
            "unsupported_media_type",
            "Content-Type must be application/json, not application/x-www-form-urlencoded",
        ),
    );
    let large = vec![b' '; 1024 * 1024 + 1];
    refused(
        create,
        JSON,
        &large,
        413,
        &[],
        kakiyo_error("payload_too_large", "The body is too large"),
    );
}

#[test]
fn calls_that_nobody_can_mean_are_refused_in_the_form_of_the_provider() {
    let room = Room::new();
    let api = emulator(&room, &[]);
    let refused =
        |line: &str, headers: &str, body: &[u8], status: u16, more: &[&str], wanted: Value| {
            is_refused(&api, (line, headers, body), status, more, wanted);
        };
    refused(
        "PATCH /v1/webhooks",
        JSON,
        b"",
        405,
        &["allow: POST, GET"],
        kakiyo_error("method_not_allowed", "This path takes POST, GET"),
    );
    refused(
        "GET /v1/webhooks/webhook_1",
        JSON,
        b"",
        405,
        &["allow: PUT, DELETE"],
        kakiyo_error("method_not_allowed", "This path takes PUT, DELETE"),
    );
    refused(
        "DELETE /api/v1/webhooks",
        JSON,
        b"",
        405,
        &["allow: GET, POST"],
        json!({"error": "method_not_allowed", "message": "This path takes GET, POST"}),
    );
    refused(
        "GET /kakiyo/v2/webhooks",
        JSON,
        b"",
        404,
        &[],
        kakiyo_error("not_found", "The requested resource doesn't exist"),
    );
    refused(
        "GET /konvox/v2",
        JSON,
        b"",
        404,
        &[],
        json!({"data": null, "error": "Konvox has no such path"}),
    );
    for line in ["GET /v2/webhooks", "GET /scratcher/v1/webhooks", "POST /"] {
        let wanted = json!({"error": "not_found", "message": "No provider has this path; `GET /` lists what is answered"});
        refused(line, "", b"", 404, &[], wanted);
    }
}

#[test]
fn every_api_is_answered_behind_the_name_of_its_provider_too() {
    let room = Room::new();
    let api = emulator(&room, &[]);
    let index = call_with(&api, "GET /", "", b"").body;
    let mut seen = 0;
    for provider in index["providers"].as_array().unwrap() {
        let prefix = provider["prefix"].as_str().unwrap();
        for route in provider["routes"].as_array().unwrap() {
            let [method, path] = ["method", "path"].map(|key| {
                route[key]
                    .as_str()
                    .unwrap()
                    .replace("{id}", "x")
                    .replace("{event}", "x")
            });
            let [plain, named] = [path.clone(), format!("{prefix}{path}")]
                .map(|path| call(&api, &format!("{method} {path}"), &json!({})));
            assert_eq!(plain, named, "{method} {path}");
            assert!(
                plain.status != 405 && plain.status != 500,
                "{method} {path}: {plain:?}"
            );
            // Without a token, none of them does anything.
            assert_eq!(
                call_with(&api, &format!("{method} {path}"), "", b"").status,
                401,
                "{method} {path}"
            );
            seen += 1;
        }
    }
    assert_eq!(seen, 27);
    assert_eq!(
        call(&api, "GET /ken/v1/webhooks/endpoints", &Value::Null).status,
        200
    );
    assert_eq!(
        call(&api, "GET /kakiyo/v1/webhooks/endpoints", &Value::Null).status,
        405
    );
}

#[test]
fn secrets_are_in_no_answer_but_the_one_that_is_documented() {
    let room = Room::new();
    let api = emulator(&room, &[]);
    let secret = "kept-to-itself";
    let url = "https://a.example/";
    let answers = [
        good(
            &api,
            "POST /v1/webhooks",
            &json!({"name": "n", "url": url, "secret": secret, "events": ["*"]}),
        ),
        good(
            &api,
            "POST /v1/webhooks/endpoints",
            &json!({"url": url, "secret": secret, "events": ["lead_replied"]}),
        ),
    ];
    let klen = good(
        &api,
        "POST /api/v1/webhooks",
        &json!({"name": "n", "url": url, "subscribed_events": ["call.ended"]}),
    );
    let mut secrets = vec![
        secret.to_owned(),
        klen["secret"].as_str().unwrap().to_owned(),
    ];
    for endpoint in room.run(&["endpoints", "list", "--json"]).ends(0).json() {
        let ran = room.run(&[
            "endpoints",
            "secret",
            endpoint["id"].as_str().unwrap(),
            "--reveal",
        ]);
        secrets.push(ran.ends(0).stdout.trim().to_owned());
    }
    assert_eq!(secrets.len(), 5);
    let id = klen["id"].as_str().unwrap();
    let mut all: Vec<String> = answers.iter().map(Value::to_string).collect();
    for line in [
        "GET /v1/webhooks",
        "GET /v1/webhooks/endpoints",
        "GET /api/v1/webhooks",
        &format!("GET /api/v1/webhooks/{id}"),
        &format!("PUT /api/v1/webhooks/{id}/update"),
    ] {
        all.push(good(&api, line, &Value::Null).to_string());
    }
    let ran = api.stop();
    all.extend([ran.stdout, ran.stderr]);
    for text in all {
        assert!(
            !secrets.iter().any(|secret| text.contains(secret)),
            "{text}"
        );
    }
}

#[test]
fn an_empty_secret_keeps_the_old_one() {
    let room = Room::new();
    let api = emulator(&room, &[]);
    let made = good(
        &api,
        "POST /v1/webhooks",
        &json!({"name": "CRM", "url": "https://a.example/", "secret": "first", "events": ["*"]}),
    );
    let update = format!("PUT /v1/webhooks/{}", made["id"].as_str().unwrap());
    let kept = || {
        room.run(&["endpoints", "secret", "CRM", "--reveal"])
            .ends(0)
            .stdout
            .clone()
    };
    good(&api, &update, &json!({"secret": ""}));
    assert_eq!(kept(), "first\n");
    good(&api, &update, &json!({"secret": null}));
    assert_eq!(kept(), "first\n");
    good(&api, &update, &json!({"secret": "second"}));
    assert_eq!(kept(), "second\n");
}
