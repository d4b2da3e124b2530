//! What the profiles of various senders have in common with none: names in headers, ids in bodies, times in numbers.

use serde_json::Value;

use crate::harness::Room;
use crate::profiles::bodies;

#[test]
fn the_name_of_an_event_is_written_where_its_provider_writes_it() {
    let room = Room::new();
    let request = |event: &str| {
        let ran = room.run(&["send", event, "--as", "json", "--to", "http://localhost/"]);
        ran.ends(0).json().remove(0)
    };
    let header = |request: &Value, name: &str| {
        let headers = request["headers"].as_array().unwrap();
        let found = headers.iter().find(|header| header[0] == name);
        found.map(|header| header[1].as_str().unwrap().to_owned())
    };
    for (event, name, wanted) in [
        ("github/push", "x-github-event", "push"),
        (
            "gitlab/merge_request",
            "x-gitlab-event",
            "Merge Request Hook",
        ),
        ("shopify/orders/create", "x-shopify-topic", "orders/create"),
        ("orders/paid", "x-shopify-topic", "orders/paid"),
        ("linear/Comment.create", "linear-event", "Comment"),
    ] {
        let found = header(&request(event), name);
        assert_eq!(found.as_deref(), Some(wanted), "{event}");
    }
    let order = request("shopify/orders/create");
    let body: Value = serde_json::from_str(order["body"].as_str().unwrap()).unwrap();
    assert_eq!(
        header(&order, "x-shopify-triggered-at").as_deref(),
        body["updated_at"].as_str()
    );
    let sms = request("twilio/sms.delivered");
    assert!(
        sms["body"]
            .as_str()
            .unwrap()
            .contains("&MessageStatus=delivered&")
    );
}

#[test]
fn a_delivery_id_in_the_body_is_the_one_that_is_told() {
    let room = Room::new();
    let mut listener = room.listen(&[]);
    let to = listener.url.clone();
    for (event, id) in [
        ("stripe/invoice.paid", "evt_mine"),
        ("deal.creation", "4821"),
    ] {
        let args = ["send", event, "--json", "--to", &to];
        let sent = room.run(&args).ends(0).json().remove(0);
        assert_eq!(
            sent["delivery_id"],
            listener.next()["delivery_id"],
            "{event}"
        );
        room.run(&[&args[..], &["--id", id]].concat()).ends(0);
        assert_eq!(listener.next()["delivery_id"], id, "{event}");
    }
    listener.stop().ends(0);
}

#[test]
fn unix_times_and_times_with_an_offset_follow_the_timestamp_too() {
    let room = Room::new();
    let body =
        |event: &str| bodies(&room, &[event, "--timestamp", "2030-01-02T03:04:05Z"]).remove(0);
    assert_eq!(body("stripe/invoice.paid")["created"], 1_893_553_445);
    assert_eq!(
        body("deal.creation")[0]["occurredAt"],
        1_893_553_445_000_u64
    );
    let message = body("slack/message");
    assert!(
        message["event"]["ts"]
            .as_str()
            .unwrap()
            .starts_with("1893553445.")
    );
    assert_eq!(message["event"]["ts"], message["event"]["event_ts"]);
    assert_eq!(
        body("orders/create")["updated_at"],
        "2030-01-01T23:04:05-04:00"
    );
    assert_eq!(
        body("github/push")["head_commit"]["timestamp"],
        "2030-01-02T05:04:05+02:00"
    );
}

#[test]
fn a_shared_format_gives_way_to_any_other_sign_of_a_provider() {
    let room = Room::new();
    let mut listener = room.listen(&[]);
    let mut told = |path: &str, headers: &str, body: &str| {
        let length = body.len();
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n"
        );
        listener.exchange(format!("{head}{headers}\r\n{body}"));
        listener.next()["provider"].clone()
    };
    let unbranded = "webhook-id: m\r\nwebhook-timestamp: 1\r\nwebhook-signature: v1,a\r\n";
    assert_eq!(told("/x", unbranded, "{}"), "standard-webhooks");
    assert_eq!(told("/webhooks/ken", unbranded, "{}"), "ken");
    let gitlab = format!("{unbranded}x-gitlab-event: Push Hook\r\n");
    assert_eq!(told("/x", &gitlab, "{}"), "gitlab");
    assert_eq!(told("/x", "x-github-event: push\r\n", "{}"), "github");
    let gitea = "x-github-event: push\r\nx-gitea-event: push\r\n";
    assert_eq!(told("/x", gitea, "{}"), Value::Null);
    listener.stop().ends(0);
}

#[test]
fn an_event_outside_the_catalogue_has_its_name_where_its_provider_writes_it() {
    let room = Room::new();
    let mut listener = room.listen(&[]);
    for (provider, event) in [
        ("slack", "channel_left"),
        ("shopify", "orders/cancelled"),
        ("stripe", "charge.failed"),
        ("twilio", "sms.queued"),
        ("hubspot", "deal.merge"),
        ("github", "star"),
    ] {
        let send = ["send", event, "--provider", provider, "--to", &listener.url];
        let ran = room.run(&send);
        let note = format!("note: `{event}` is not in the catalogue of {provider}; ");
        assert!(ran.ends(0).stderr.starts_with(&note), "{}", ran.stderr);
        let capture = listener.next();
        assert_eq!(capture["event"], event);
        let body = capture["body"].as_str().unwrap();
        assert!(!body.contains("A channel_left"), "{body}");
    }
    listener.stop().ends(0);
    room.run(&["send", "orders/cancelled", "--provider", "ken"])
        .ends(2);
}

#[test]
fn an_event_with_a_slash_can_be_expected() {
    let room = Room::new();
    for name in ["orders/create", "shopify/orders/create"] {
        let listener = room.listen_at(":0", &["--expect", name, "--show", "line"]);
        room.run(&["send", "orders/create", "--to", &listener.url])
            .ends(0);
        listener.wait().ends(0);
    }
    let near = room.run(&["listen", ":0", "--expect", "shopify/orders/creat"]);
    near.is(
        2,
        "",
        "error: shopify has no event `orders/creat`\nhint: Did you mean `orders/create` or `orders/paid`?\n",
    );
}

#[test]
fn every_sender_can_be_replayed_with_its_id_and_with_another() {
    let room = Room::new();
    let mut listener = room.listen(&["--save", "kept"]);
    let to = listener.url.clone();
    let mut seen = std::collections::BTreeSet::new();
    for line in room.run(&["events", "--json"]).json() {
        let provider = line["provider"].as_str().unwrap().to_owned();
        if line["type"] != "event" || !seen.insert(provider.clone()) {
            continue;
        }
        let name = format!("{provider}/{}", line["event"].as_str().unwrap());
        let sent = room.run(&["send", &name, "--to", &format!("{to}/webhooks/{provider}")]);
        sent.ends(0);
        let first = listener.next();
        let file = format!("{provider}.ndjson");
        room.write(&file, format!("{first}\n"));
        room.run(&["replay", &file, "--to", &to]).ends(0);
        let again = listener.next();
        assert_eq!(again["delivery_id"], first["delivery_id"], "{name}");
        assert_eq!(again["duplicate"], true, "{name}");
        assert_eq!(
            again["signature"]["status"], first["signature"]["status"],
            "{name}"
        );
        let ran = room.run(&["replay", &file, "--new-id", "--to", &to, "--json"]);
        let told = ran.ends(0).json().remove(0);
        let new = listener.next();
        let stays =
            ran.stderr.contains(" of the body stays,") || ran.stderr.contains("there is no id");
        assert_eq!(
            stays,
            ["discord", "hubspot", "kakiyo"].contains(&&*provider),
            "{name}: {}",
            ran.stderr
        );
        if !stays {
            let is_other = new["delivery_id"] != first["delivery_id"];
            assert_eq!(is_other, !first["delivery_id"].is_null(), "{name}");
            assert_eq!(new["duplicate"], false, "{name}");
        }
        assert_eq!(told["delivery_id"], new["delivery_id"], "{name}");
        assert_eq!(
            new["signature"]["status"], first["signature"]["status"],
            "{name}"
        );
    }
    listener.stop().ends(0);
}
