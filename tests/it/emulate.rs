//! `hookctl emulate` from end to end: endpoints that are registered over a provider's API with a plain HTTP client, and
//! what is delivered to them.

use serde_json::{Value, json};

use crate::api::{TOKEN, call, emulator, good, handler, next};
use crate::harness::{Endpoint, Listener, Room};

#[test]
fn what_is_registered_over_the_api_gets_a_test_that_its_secret_verifies() {
    let room = Room::new();
    let mut api = emulator(&room, &[]);
    let secret = "your_webhook_secret_key";
    let receiver = room.listen(&[
        "--secret",
        secret,
        "--expect",
        "message.sent",
        "--expect-valid",
        "--no-store",
    ]);
    let url = format!("{}/kakiyo/webhook", receiver.url);
    let body = json!({"name": "CRM", "url": url, "secret": secret, "events": ["message.sent", "prospect.qualified"]});
    let made = good(&api, "POST /v1/webhooks", &body);
    let data =
        json!({"event": "message.sent", "data": {"message": {"content": "Zoë"}, "extra": [1]}});
    good(&api, "POST /v1/webhooks/test", &data);

    let capture = receiver.wait();
    let capture = &capture.ends(0).json()[0];
    assert_eq!(capture["event"], "message.sent");
    assert_eq!(capture["signature"]["status"], "valid");
    let sent: Value = serde_json::from_str(capture["body"].as_str().unwrap()).unwrap();
    assert_eq!(sent["data"]["message"], json!({"content": "Zoë"}));
    assert_eq!(sent["data"]["extra"], json!([1]));
    assert_eq!(sent["data"]["campaign"]["id"], "campaign_3a91d7");

    let line = next(&mut api, "attempt");
    assert_eq!(
        (
            &line["endpoint"],
            &line["outcome"],
            &line["attempt"],
            &line["attempts"]
        ),
        (&made["id"], &json!("success"), &json!(1), &json!(4))
    );
    let listed = good(&api, "GET /v1/webhooks", &Value::Null);
    assert_eq!(listed[0]["id"], made["id"]);
    assert_eq!(
        (&listed[0]["successCount"], &listed[0]["failureCount"]),
        (&json!(1), &json!(0))
    );
    assert!(listed[0]["lastSuccess"].is_string() && listed[0]["lastFailure"].is_null());
    let log = room.run(&["history", "--endpoint", "CRM", "--json"]);
    assert_eq!(log.ends(0).json()[0]["event"], "message.sent");
    let ran = api.stop();
    assert_eq!(ran.ends(0).json().last().unwrap()["succeeded"], 1);
}

#[test]
fn endpoints_of_the_api_are_those_of_the_command() {
    let room = Room::new();
    let api = emulator(&room, &[]);
    let add = [
        "endpoints",
        "add",
        "https://a.example/x",
        "--provider",
        "kakiyo",
        "--name",
        "Mine",
        "--events",
        "*",
        "--json",
    ];
    let mine = room.run(&add).ends(0).json().remove(0);
    let other = [
        "endpoints",
        "add",
        "https://b.example/x",
        "--provider",
        "klen",
        "--events",
        "call.ended",
    ];
    room.run(&other).ends(0);
    let body = json!({"name": "Theirs", "url": "https://c.example/x", "events": ["message.sent"], "active": false});
    let theirs = good(&api, "POST /v1/webhooks", &body);

    let names = |list: &Value| -> Vec<String> {
        let all = list.as_array().unwrap().iter();
        all.map(|one| one["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        names(&good(&api, "GET /v1/webhooks", &Value::Null)),
        ["Mine", "Theirs"]
    );
    let listed = room.run(&["endpoints", "list", "--provider", "kakiyo", "--json"]);
    let listed = listed.ends(0).json();
    assert_eq!(names(&listed.clone().into()), ["Mine", "Theirs"]);
    assert_eq!(
        (&listed[1]["id"], &listed[1]["enabled"]),
        (&theirs["id"], &json!(false))
    );

    let id = mine["id"].as_str().unwrap();
    good(
        &api,
        &format!("PUT /v1/webhooks/{id}"),
        &json!({"name": "Renamed", "events": ["message.sent"]}),
    );
    let shown = room
        .run(&["endpoints", "show", "Renamed", "--json"])
        .ends(0)
        .json()
        .remove(0);
    assert_eq!(
        (&shown["id"], &shown["events"]),
        (&mine["id"], &json!(["message.sent"]))
    );
    // What is another provider's is not there.
    assert_eq!(
        call(&api, &format!("DELETE /api/webhooks/{id}"), &Value::Null).status,
        404
    );
    good(&api, &format!("DELETE /v1/webhooks/{id}"), &Value::Null);
    assert_eq!(
        names(&good(&api, "GET /v1/webhooks", &Value::Null)),
        ["Theirs"]
    );
    room.run(&["endpoints", "show", "Renamed"]).ends(2);
}

#[test]
fn a_test_goes_to_all_that_are_active_and_subscribed_and_to_nobody_else() {
    let room = Room::new();
    let mut api = emulator(&room, &[]);
    let (one, two) = (handler(|_| 200), handler(|_| 204));
    let (disabled, other) = (handler(|_| 200).unused(), handler(|_| 200).unused());
    let add = |name: &str, endpoint: &Endpoint, event: &str, active: bool| {
        let body =
            json!({"name": name, "url": endpoint.url("/x"), "events": [event], "active": active});
        good(&api, "POST /v1/webhooks", &body)["id"].clone()
    };
    let first = add("one", &one, "message.sent", true);
    let second = add("two", &two, "*", true);
    let id = add("disabled", &disabled, "message.sent", false);
    add("other", &other, "prospect.qualified", true);
    let answer = good(
        &api,
        "POST /v1/webhooks/test",
        &json!({"event": "message.sent"}),
    );
    let names: Vec<&str> = answer["webhooks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        (names, &answer["webhooksCount"]),
        (vec!["one", "two"], &json!(2))
    );
    let mut got =
        [next(&mut api, "attempt"), next(&mut api, "attempt")].map(|line| line["endpoint"].clone());
    let mut wanted = [first, second];
    got.sort_by_key(ToString::to_string);
    wanted.sort_by_key(ToString::to_string);
    assert_eq!(got, wanted);
    assert!(
        one.hits()[0].header("x-kakiyo-signature").is_none(),
        "without a secret it is unsigned"
    );
    // One that is changed to inactive is left out too.
    let id = id.as_str().unwrap();
    good(
        &api,
        &format!("PUT /v1/webhooks/{id}"),
        &json!({"active": true, "events": ["campaign.completed"]}),
    );
    good(
        &api,
        &format!("PUT /v1/webhooks/{id}"),
        &json!({"active": false}),
    );
    let answer = call(
        &api,
        "POST /v1/webhooks/test",
        &json!({"event": "campaign.completed"}),
    );
    assert_eq!(answer.body["webhooks"].as_array().map(Vec::len), Some(1));
    next(&mut api, "attempt");
    api.stop().ends(0);
}

#[test]
fn a_failing_handler_is_tried_again_by_the_schedule_of_the_provider_and_then_disabled() {
    let room = Room::new();
    let mut api = emulator(&room, &[]);
    let failing = handler(|number| if number <= 6 { 500 } else { 200 });
    let body =
        json!({"name": "CRM", "url": failing.url("/x"), "events": ["message.sent"], "secret": "s"});
    let made = good(&api, "POST /v1/webhooks", &body);
    let test = json!({"event": "message.sent"});
    good(&api, "POST /v1/webhooks/test", &test);
    let attempts: Vec<Value> = (0..4).map(|_| next(&mut api, "attempt")).collect();
    let waits: Vec<&Value> = attempts.iter().map(|line| &line["next_in_ms"]).collect();
    assert_eq!(
        waits,
        [&json!(1000.0), &json!(2000.0), &json!(4000.0), &Value::Null]
    );
    let bodies: Vec<Vec<u8>> = failing.hits().into_iter().map(|hit| hit.body).collect();
    assert!(bodies.iter().all(|body| *body == bodies[0]));

    // Four failures in a row are too many for this provider.
    let one = first(&api);
    assert_eq!(
        (&one["active"], &one["failureCount"], &one["successCount"]),
        (&json!(false), &json!(4), &json!(0))
    );
    assert_eq!(call(&api, "POST /v1/webhooks/test", &test).status, 404);
    let path = format!("PUT /v1/webhooks/{}", made["id"].as_str().unwrap());
    good(&api, &path, &json!({"active": true}));
    good(&api, "POST /v1/webhooks/test", &test);
    let outcomes = [0; 3].map(|_| next(&mut api, "attempt")["outcome"].clone());
    assert_eq!(outcomes, ["fail", "fail", "success"]);
    let one = first(&api);
    assert_eq!(
        (&one["active"], &one["failureCount"], &one["successCount"]),
        (&json!(true), &json!(6), &json!(1))
    );
}

fn first(api: &Listener) -> Value {
    good(api, "GET /v1/webhooks", &Value::Null)[0].clone()
}

#[test]
fn what_waits_for_a_disabled_endpoint_goes_on_when_the_api_enables_it() {
    let room = Room::new();
    let mut api = room.serve(
        "emulate",
        ":0",
        &["--json", "--token", TOKEN, "--provider", "kakiyo"],
    );
    let failing = handler(|number| if number == 1 { 500 } else { 200 });
    let body = json!({"name": "CRM", "url": failing.url("/x"), "events": ["message.sent"]});
    let made = good(&api, "POST /v1/webhooks", &body);
    good(
        &api,
        "POST /v1/webhooks/test",
        &json!({"event": "message.sent"}),
    );
    assert_eq!(next(&mut api, "attempt")["next_in_ms"], 1000.0);
    let path = format!("PUT /v1/webhooks/{}", made["id"].as_str().unwrap());
    good(&api, &path, &json!({"active": false}));
    let pending = room.run(&["history", "--status", "pending", "--json"]);
    assert_eq!(pending.ends(0).json().len(), 1);
    good(&api, &path, &json!({"active": true}));
    let line = next(&mut api, "attempt");
    assert_eq!(
        (&line["attempt"], &line["outcome"]),
        (&json!(2), &json!("success"))
    );
    api.stop().ends(0);
}
