//! The emulated APIs, call by call: what is answered, exactly, when it goes well and when it does not.

use serde_json::{Value, json};

use crate::emulate::{Answer, TOKEN, call, call_with, emulator, good, handler, next};
use crate::harness::{Listener, Room};

const JSON: &str = "Authorization: Bearer test\r\nContent-Type: application/json\r\n";

/// A call is answered like this.
#[track_caller]
fn answers(api: &Listener, line: &str, body: &Value, status: u16, wanted: &Value) {
    let answer = call(api, line, body);
    let wanted = Answer {
        status,
        headers: Vec::new(),
        body: wanted.clone(),
    };
    assert_eq!(answer, wanted, "{line}");
}

fn kakiyo_error(code: &str, message: &str) -> Value {
    json!({"error": code, "message": message})
}

/// The time that stands in an answer, which must be one.
#[track_caller]
fn time(value: &Value) -> Value {
    let text = value.as_str().unwrap();
    assert!(text.len() == 24 && text.ends_with('Z'), "{text}");
    value.clone()
}

#[test]
fn kakiyo_answers_as_its_documents_say() {
    let room = Room::new();
    let api = emulator(&room, &[]);
    let body = json!({
        "name": "CRM Integration", "url": "https://your-app.com/kakiyo/webhook", "secret": "your_webhook_secret",
        "events": ["linkedin.message.received", "prospect.qualification.manual"],
    });
    let made = good(&api, "POST /v1/webhooks", &body);
    let id = made["id"].as_str().unwrap();
    assert!(id.starts_with("webhook_") && id.len() == "webhook_12345abcde".len());
    assert_eq!(
        made,
        json!({
            "id": id, "name": "CRM Integration", "url": "https://your-app.com/kakiyo/webhook",
            "events": ["linkedin.message.received", "prospect.qualification.manual"],
            "active": true, "message": "Webhook created successfully",
        })
    );
    let listed = good(&api, "GET /v1/webhooks", &Value::Null);
    assert_eq!(
        listed,
        json!([{
            "id": id, "name": "CRM Integration", "url": "https://your-app.com/kakiyo/webhook",
            "events": ["linkedin.message.received", "prospect.qualification.manual"], "active": true,
            "lastSuccess": null, "lastFailure": null, "successCount": 0, "failureCount": 0,
            "createdAt": time(&listed[0]["createdAt"]),
        }])
    );
    let one = format!("/v1/webhooks/{id}");
    answers(
        &api,
        &format!("PUT {one}"),
        &json!({"active": false}),
        200,
        &json!({"id": id, "message": "Webhook updated successfully"}),
    );
    answers(
        &api,
        "POST /v1/webhooks/test",
        &json!({"event": "linkedin.message.received"}),
        404,
        &kakiyo_error("not_found", "No webhooks found for this event"),
    );
    answers(
        &api,
        &format!("DELETE {one}"),
        &Value::Null,
        200,
        &json!({"id": id, "message": "Webhook deleted successfully"}),
    );
    for line in [format!("DELETE {one}"), format!("PUT {one}")] {
        answers(
            &api,
            &line,
            &json!({}),
            404,
            &kakiyo_error("not_found", "Webhook not found"),
        );
    }
    answers(&api, "GET /v1/webhooks", &Value::Null, 200, &json!([]));
}

#[test]
fn kakiyo_lists_events_and_gives_examples_of_them() {
    let room = Room::new();
    let api = emulator(&room, &[]);
    let events = good(&api, "GET /v1/webhooks/events", &Value::Null);
    let events = events.as_array().unwrap();
    assert_eq!(events.len(), 12);
    assert!(events.contains(
        &json!({"id": "linkedin.message.received", "name": "LinkedIn Message Received"})
    ));
    assert!(
        events.contains(&json!({"id": "agent.status_changed", "name": "Agent Status Changed"}))
    );
    let tests = good(&api, "GET /v1/webhooks/test/events", &Value::Null);
    let ids: Vec<&str> = tests
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["id"].as_str().unwrap())
        .collect();
    assert_eq!(
        ids,
        [
            "prospect.qualified",
            "prospect.responded",
            "campaign.completed",
            "agent.status_changed",
            "message.sent",
            "connection.accepted"
        ]
    );
    assert_eq!(
        tests[0],
        json!({
            "id": "prospect.qualified", "name": "Prospect Qualified",
            "description": "Triggered when a prospect is marked as qualified", "category": "prospect",
        })
    );
    let example = good(
        &api,
        "GET /v1/webhooks/test/example/prospect.qualified",
        &Value::Null,
    );
    let shown = room.run(&["events", "show", "prospect.qualified", "--json"]);
    assert_eq!(example, shown.ends(0).json()[0]["payload"]);
    let known: Vec<&Value> = events.iter().map(|event| &event["id"]).collect();
    for (line, body) in [
        (
            "GET /v1/webhooks/test/example/invalid.event.type",
            Value::Null,
        ),
        (
            "POST /v1/webhooks/test",
            json!({"event": "invalid.event.type"}),
        ),
    ] {
        let wanted = json!({"error": "invalid_event", "message": "Invalid event: invalid.event.type", "validEvents": known});
        answers(&api, line, &body, 400, &wanted);
    }
}

#[test]
fn kakiyo_says_what_is_wrong_with_each_field() {
    let room = Room::new();
    let api = emulator(&room, &[]);
    let refused = |line: &str, body: &Value, details: &[(&str, &str)]| {
        let details: Vec<Value> = details
            .iter()
            .map(|(field, message)| json!({"field": field, "message": message}))
            .collect();
        let wanted = json!({"error": "validation_error", "message": "The request parameters failed validation", "details": details});
        answers(&api, line, body, 400, &wanted);
    };
    let create = "POST /v1/webhooks";
    refused(
        create,
        &json!({}),
        &[
            ("name", "The name field is required"),
            ("url", "The url field is required"),
            ("events", "The events field is required"),
        ],
    );
    refused(
        create,
        &Value::Null,
        &[
            ("name", "The name field is required"),
            ("url", "The url field is required"),
            ("events", "The events field is required"),
        ],
    );
    refused(
        create,
        &json!({"name": null, "url": 1, "events": "message.sent"}),
        &[
            ("name", "The name field is required"),
            ("url", "The url field must be a string"),
            ("events", "The events field must be an array of strings"),
        ],
    );
    let body = |url: &str, events: &[&str]| json!({"name": "n", "url": url, "events": events});
    refused(
        create,
        &body("https://a.example/", &[]),
        &[("events", "An endpoint of Kakiyo needs at least one event")],
    );
    refused(
        create,
        &body("https://a.example/", &["message.snet"]),
        &[(
            "events",
            "Kakiyo has no event `message.snet`. Did you mean `message.sent`?",
        )],
    );
    refused(
        create,
        &body("http://a.example/x", &["*"]),
        &[(
            "url",
            "Kakiyo delivers to https:// only, and this is `http://a.example`",
        )],
    );
    refused(
        create,
        &body("https://u:p@a.example/", &["*"]),
        &[(
            "url",
            "The url field must be a URL without user and password",
        )],
    );
    refused(
        create,
        &json!({"name": " ", "url": "https://a.example/", "events": ["*"]}),
        &[("name", "An endpoint needs a name")],
    );
    refused(
        "POST /v1/webhooks/test",
        &json!({"data": {}}),
        &[("event", "The event field is required")],
    );
    refused(
        "POST /v1/webhooks/test",
        &json!({"event": "message.sent", "data": 1}),
        &[("data", "The data field must be an object")],
    );
    let made = good(&api, create, &body("http://[::1]:9/x", &["*"]));
    let update = format!("PUT /v1/webhooks/{}", made["id"].as_str().unwrap());
    refused(
        &update,
        &json!({"events": [], "active": 1}),
        &[("active", "The active field must be a boolean")],
    );
    refused(
        &update,
        &json!({"events": []}),
        &[("events", "An endpoint of Kakiyo needs at least one event")],
    );
    // What was refused changed nothing.
    let listed = good(&api, "GET /v1/webhooks", &Value::Null);
    assert_eq!(
        (listed.as_array().unwrap().len(), &listed[0]["events"]),
        (1, &json!(["*"]))
    );
}

#[test]
fn ken_registers_endpoints_and_refuses_what_it_documents() {
    let room = Room::new();
    let api = emulator(&room, &[]);
    let path = "/v1/webhooks/endpoints";
    let create = format!("POST {path}");
    let body = json!({"url": "https://yoursite.com/webhooks/ken", "events": ["lead_replied"], "description": "Production CRM sync"});
    let made = good(&api, &create, &body);
    let id = made["id"].as_str().unwrap();
    let shape = |description: Value, enabled: bool| {
        json!({
            "id": id, "url": "https://yoursite.com/webhooks/ken", "events": ["lead_replied"], "description": description,
            "enabled": enabled, "createdAt": time(&made["createdAt"]),
        })
    };
    assert_eq!(made, shape(json!("Production CRM sync"), true));
    let one = format!("{path}/{id}");
    answers(&api, &format!("GET {one}"), &Value::Null, 200, &made);
    answers(
        &api,
        &format!("GET {path}"),
        &Value::Null,
        200,
        &json!({"data": [made]}),
    );
    answers(
        &api,
        &format!("PATCH {one}"),
        &json!({"enabled": false, "description": ""}),
        200,
        &shape(Value::Null, false),
    );
    answers(
        &api,
        &format!("DELETE {one}"),
        &Value::Null,
        204,
        &Value::Null,
    );
    let gone = json!({"error": "not_found", "message": format!("No endpoint has the id {id}")});
    answers(&api, &format!("GET {one}"), &Value::Null, 404, &gone);

    let refused = |body: &Value, message: &str| {
        answers(
            &api,
            &create,
            body,
            400,
            &json!({"error": "validation_error", "message": message}),
        )
    };
    let url = "https://yoursite.com/webhooks/ken";
    refused(
        &json!({"url": url, "events": []}),
        "An endpoint of Ken needs at least one event",
    );
    refused(&json!({"url": url}), "The events field is required");
    refused(
        &json!({"url": url, "events": ["*"]}),
        "Ken has no event `*`",
    );
    refused(
        &json!({"url": url, "events": ["lead_replied", "lead_clickd"]}),
        "Ken has no event `lead_clickd`. Did you mean `lead_clicked` or `lead_replied`?",
    );
    refused(
        &json!({"url": "http://yoursite.com/", "events": ["lead_replied"]}),
        "Ken delivers to https:// only, and this is `http://yoursite.com`",
    );
    refused(
        &json!({}),
        "The url field is required; The events field is required",
    );
}

#[test]
fn klen_is_answered_at_its_own_paths() {
    let room = Room::new();
    let api = emulator(&room, &[]);
    let body = json!({"name": "Call Events Webhook", "url": "https://example.com/webhooks/klen", "subscribed_events": ["call.started", "call.ended", "call.transcript"]});
    let paths = [
        "/api/webhooks/create/",
        "/api/webhooks/create",
        "/api/v1/api/webhooks/create",
        "/api/v1/webhooks",
    ];
    for path in paths {
        let made = good(&api, &format!("POST {path}"), &body);
        let (id, secret) = (
            made["id"].as_str().unwrap(),
            made["secret"].as_str().unwrap(),
        );
        assert_eq!(
            made,
            json!({
                "id": id, "name": "Call Events Webhook", "url": "https://example.com/webhooks/klen",
                "subscribed_events": ["call.started", "call.ended", "call.transcript"], "is_active": true, "secret": secret,
                "message": "Webhook created successfully",
            })
        );
    }
    let listed = good(&api, "GET /api/v1/webhooks", &Value::Null);
    assert_eq!(
        (
            &listed["count"],
            listed["webhooks"].as_array().unwrap().len()
        ),
        (&json!(4), 4)
    );
    let first = &listed["webhooks"][0];
    let id = first["id"].as_str().unwrap();
    answers(
        &api,
        &format!("GET /api/v1/webhooks/{id}"),
        &Value::Null,
        200,
        first,
    );
    for method in ["PUT", "PATCH"] {
        let wanted = json!({
            "id": id, "name": "Calls", "url": "https://example.com/webhooks/klen",
            "subscribed_events": ["call.started", "call.ended", "call.transcript"], "is_active": true,
            "message": "Webhook updated successfully",
        });
        answers(
            &api,
            &format!("{method} /api/v1/webhooks/{id}/update"),
            &json!({"name": "Calls"}),
            200,
            &wanted,
        );
    }
    let delete = format!("POST /api/v1/webhooks/{id}/delete");
    answers(
        &api,
        &delete,
        &Value::Null,
        200,
        &json!({"message": "Webhook deleted successfully"}),
    );
    let gone =
        json!({"error": "not_found", "message": "Webhook not found or you do not have access"});
    answers(&api, &delete, &Value::Null, 404, &gone);
    answers(
        &api,
        "POST /api/v1/webhooks",
        &json!({"name": "n", "url": "http://anywhere.example/", "subscribed_events": []}),
        400,
        &json!({"error": "validation_error", "message": "An endpoint of Klen AI needs at least one event"}),
    );
    // Klen does not say that it wants HTTPS.
    good(
        &api,
        "POST /api/v1/webhooks",
        &json!({"name": "n", "url": "http://anywhere.example/", "subscribed_events": ["call.ended"]}),
    );
}

#[test]
fn konvox_answers_in_its_envelope_and_sends_tests_to_one_endpoint() {
    let room = Room::new();
    let mut api = emulator(&room, &[]);
    let handler = handler(|_| 200);
    let made = good(
        &api,
        "POST /api/webhooks",
        &json!({"url": handler.url("/hooks/konvox"), "events": ["enrollment.created", "contact.replied"]}),
    );
    let (id, data) = (made["data"]["id"].as_str().unwrap(), &made["data"]);
    assert_eq!(
        made,
        json!({
            "data": {"id": id, "url": handler.url("/hooks/konvox"), "events": ["enrollment.created", "contact.replied"], "active": true, "createdAt": time(&data["createdAt"])},
            "error": null,
        })
    );
    assert!(id.starts_with("clx") && id.len() == 25);
    answers(
        &api,
        "GET /api/webhooks",
        &Value::Null,
        200,
        &json!({"data": [data], "error": null, "meta": {"total": 1}}),
    );
    let success = json!({"data": {"success": true}, "error": null});
    let test = format!("POST /api/webhooks/{id}/test");
    answers(&api, &test, &Value::Null, 200, &success);
    assert_eq!(next(&mut api, "attempt")["event"], "enrollment.created");
    answers(
        &api,
        &test,
        &json!({"event": "contact.replied"}),
        200,
        &success,
    );
    let line = next(&mut api, "attempt");
    assert_eq!(
        (&line["event"], &line["status"]),
        (&json!("contact.replied"), &json!(200)),
        "{line}"
    );
    assert_eq!(handler.hits()[1].json()["event"], "contact.replied");
    let failed = |message: &str| json!({"data": null, "error": message});
    answers(
        &api,
        &test,
        &json!({"event": "no.such"}),
        400,
        &failed("Konvox has no event `no.such`"),
    );
    good(
        &api,
        &format!("PATCH /api/webhooks/{id}"),
        &json!({"active": false}),
    );
    answers(
        &api,
        &test,
        &Value::Null,
        409,
        &failed("The webhook is not active"),
    );
    answers(
        &api,
        &format!("DELETE /api/webhooks/{id}"),
        &Value::Null,
        200,
        &success,
    );
    answers(
        &api,
        &test,
        &Value::Null,
        404,
        &failed(&format!("No endpoint has the id {id}")),
    );
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

#[test]
fn calls_that_nobody_can_mean_are_refused_in_the_form_of_the_provider() {
    let room = Room::new();
    let api = emulator(&room, &[]);
    let refused =
        |line: &str, headers: &str, body: &[u8], status: u16, more: &[&str], wanted: Value| {
            let answer = call_with(&api, line, headers, body);
            let headers = more.iter().map(|header| (*header).to_owned()).collect();
            assert_eq!(
                answer,
                Answer {
                    status,
                    headers,
                    body: wanted
                },
                "{line}"
            );
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
