//! The emulated APIs, call by call: what is answered, exactly, when it goes well and when a field is wrong.

use serde_json::{Value, json};

use crate::api::{Answer, call, emulator, good, handler, next};
use crate::harness::{Listener, Room};

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
        );
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
