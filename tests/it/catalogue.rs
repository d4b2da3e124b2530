//! Events, providers, the user's own ones, secrets and configuration.

use serde_json::json;

use crate::harness::{Endpoint, Room, project};

/// A provider in one file, with an inline sample.
const ACME: &str = r#"
name = "acme"
label = "Acme"
about = "Anvils"
docs = "https://acme.example/webhooks"

[request]
method = { value = ["POST"], from = "documented" }
content_type = { value = ["json"], from = "documented" }
auth = { value = ["none"], from = "documented" }
https = { value = false, from = "documented" }
user_agent = { value = "Acme/1", from = "documented" }

[[headers]]
name = "X-Acme-Event"
value = "{event}"
from = "documented"

[signature]
scheme = { value = "standard-webhooks", from = "documented" }
secret = { value = "whsec", from = "documented" }
optional = { value = false, from = "documented" }

[envelope]
event = { value = "type", from = "documented" }
time = { value = "timestamp", from = "documented" }

[policy]
success = { value = "200,202", from = "documented" }
timeout = { value = "5s", from = "documented" }
retry = { value = ["1m"], from = "assumed" }
disable = { value = "never", from = "assumed" }
delivery = { value = "at least once", from = "assumed" }

[[detect]]
headers = ["x-acme-event"]

[fresh]
"anv_1" = "anv_{hex:12}"

[events."anvil.dropped"]
about = "An anvil was dropped"
from = "documented"
documented = ["type", "timestamp"]
sample = '{"type":"anvil.dropped","timestamp":"2026-01-01T00:00:00Z","data":{"id":"anv_1","weight":8.5}}'
"#;

#[test]
fn a_provider_of_the_users_own_works_without_a_line_of_code() {
    let room = Room::new();
    room.write("acme.toml", ACME);
    room.run(&["providers", "check", "acme.toml"])
        .is(0, "✓ acme: 1 events\n", "");
    let added = room.run(&["providers", "add", "acme.toml"]);
    assert!(
        added.ends(0).stdout.starts_with("Added acme to "),
        "{}",
        added.stdout
    );
    room.run(&["providers", "add", "acme.toml"]).ends(2);
    room.run(&["providers", "add", "acme.toml", "--force"])
        .ends(0);
    assert!(
        room.run(&["events", "acme"])
            .stdout
            .contains("acme/anvil.dropped")
    );
    assert!(
        room.run(&["completions", "bash"])
            .stdout
            .contains("anvil.dropped")
    );

    let mut listener = room.listen(&[]);
    let to = format!("{}/hook", listener.url);
    room.run(&["send", "anvil.dropped", "--to", &to]).ends(0);
    let capture = listener.next();
    assert_eq!(
        (&capture["provider"], &capture["event"]),
        (&json!("acme"), &json!("anvil.dropped"))
    );
    assert_eq!(
        (
            &capture["signature"]["status"],
            &capture["signature"]["scheme"]
        ),
        (&json!("valid"), &json!("standard-webhooks"))
    );
    assert!(
        capture["headers"]
            .as_array()
            .unwrap()
            .contains(&json!(["x-acme-event", "anvil.dropped"]))
    );
    assert!(
        !capture["body"].as_str().unwrap().contains("anv_1\""),
        "ids are fresh"
    );
    listener.stop().ends(0);

    let endpoint = Endpoint::status(201);
    let ran = room.run(&["send", "anvil.dropped", "--to", &endpoint.url("/")]);
    assert_eq!(
        ran.stderr,
        "error: Acme takes 200,202 for a success, got 201\n"
    );
}

#[test]
fn folders_in_the_project_are_found_and_go_before_built_in_ones() {
    let room = Room::new();
    room.write("providers/acme.toml", ACME);
    let own = std::fs::read_to_string(project("fixtures/ken/provider.toml")).unwrap();
    room.write(
        "providers/ken/provider.toml",
        own.replace("label = \"Ken\"", "label = \"Our Ken\""),
    );
    for file in std::fs::read_dir(project("fixtures/ken"))
        .unwrap()
        .map(|entry| entry.unwrap())
    {
        if file
            .path()
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            let name = format!("providers/ken/{}", file.file_name().to_string_lossy());
            room.write(&name, std::fs::read(file.path()).unwrap());
        }
    }
    let list = room.run(&["providers"]);
    assert!(
        list.stdout.contains("acme") && list.stdout.contains("[yours]"),
        "{}",
        list.stdout
    );
    assert!(
        room.run(&["providers", "show", "ken"])
            .stdout
            .starts_with("Our Ken  ")
    );
    room.run(&[
        "send",
        "lead_replied",
        "--dry-run",
        "--to",
        "http://localhost/",
    ])
    .ends(0);
}

#[test]
fn what_is_wrong_with_a_profile_is_said_with_its_place() {
    let room = Room::new();
    let problem = |from: &str, to: &str| {
        room.write("acme.toml", ACME.replacen(from, to, 1));
        let ran = room.run(&["providers", "check", "acme.toml"]);
        ran.ends(2);
        let start = ran.stderr.find("describes no provider: ").unwrap();
        ran.stderr[start + 23..].trim_end().to_owned()
    };
    assert_eq!(problem("\"5s\"", "\"5\""), problem("\"5s\"", "\"5\""));
    assert!(problem("\"5s\"", "\"five\"").contains("`five` is no duration such as `10s`"));
    assert!(problem("about = \"Anvils\"", "abot = \"Anvils\"").contains("unknown field `abot`"));
    assert_eq!(
        problem("\"standard-webhooks\"", "\"acme\""),
        "no scheme is called `acme`; there are svix, standard-webhooks, kakiyo, klen, hub-sha256, spatie, basic, unsigned"
    );
    assert_eq!(
        problem("documented = [\"type\"", "documented = [\"kind\""),
        "the payload of `anvil.dropped` has no `kind`, which is listed as documented"
    );
    assert_eq!(
        problem("{hex:12}", "{hex}"),
        "`anv_{hex}`: `{hex}` is none of {hex:N}, {digits:N}, {base36:N}, {base62:N}, {upper:N} and {uuid}"
    );
    assert_eq!(
        problem("\"type\":\"anvil.dropped\"", "\"type\":\"anvil\""),
        "the payload of `anvil.dropped` does not say so at `type`"
    );
    assert_eq!(
        problem("name = \"acme\"", "name = \"../x\""),
        "`name = \"../x\"`: use lower-case letters, digits and hyphens"
    );
}

#[test]
fn events_and_providers_say_where_everything_comes_from() {
    let room = Room::new();
    let golden = |name: &str, args: &[&str]| {
        let ran = room.run(args);
        let path = project("tests/it/golden").join(name);
        if std::env::var_os("HOOKCTL_BLESS").is_some() {
            std::fs::write(&path, &ran.stdout).unwrap();
        }
        let wanted = std::fs::read_to_string(&path).unwrap();
        assert!(
            ran.ends(0).stdout == wanted,
            "{name} is not up to date:\n{}",
            ran.stdout
        );
    };
    golden(
        "events-show-lead_replied.txt",
        &["events", "show", "lead_replied"],
    );
    golden(
        "events-show-call.failed.txt",
        &["events", "show", "klen/call.failed"],
    );
    golden(
        "events-show-positive-reply.txt",
        &["events", "show", "ken/positive-reply"],
    );
    golden("events-konvox.txt", &["events", "konvox"]);
    golden(
        "events-show-Comment.create.txt",
        &["events", "show", "linear/Comment.create"],
    );
    let names = [
        "ken",
        "konvox",
        "kakiyo",
        "klen",
        "scratcher",
        "sendgrid",
        "stripe",
    ];
    for name in names {
        golden(
            &format!("providers-show-{name}.txt"),
            &["providers", "show", name],
        );
    }
    let shown = room
        .run(&["events", "show", "lead_replied", "--json"])
        .json()
        .remove(0);
    let confidence = shown["fields"]
        .as_array()
        .unwrap()
        .iter()
        .find(|field| field["path"] == "reply.confidence")
        .unwrap();
    assert_eq!(
        confidence,
        &json!({"path": "reply.confidence", "from": "documented", "note": "always null: a documented gap"})
    );
    let facts = room
        .run(&["providers", "show", "klen", "--json"])
        .json()
        .remove(0)["facts"]
        .clone();
    assert_eq!(facts["retries_after"]["value"], json!(["1m", "5m", "30m"]));
    assert_eq!(facts["delivery_id_form"]["from"], "assumed");
}

#[test]
fn the_local_secret_has_the_providers_form_and_stays() {
    let room = Room::new();
    let secret = |args: &[&str]| {
        room.run(&[&["secret"], args].concat())
            .ends(0)
            .stdout
            .clone()
    };
    let ken = secret(&["ken"]);
    assert!(
        ken.starts_with("whsec_") && ken.len() == 6 + 32 + 1,
        "{ken}"
    );
    assert_eq!(secret(&["ken"]), ken);
    let rotated = secret(&["ken", "--rotate"]);
    assert_ne!(rotated, ken);
    assert_eq!(secret(&["ken"]), rotated);
    assert_eq!(secret(&["klen"]).trim().len(), 64);
    assert_eq!(secret(&[]).lines().count(), 19);
    assert_eq!(
        room.run(&["secret", "ken", "--json"]).json()[0]["secret"],
        rotated.trim()
    );
    room.run(&["secret", "konvox"]).is(
        2,
        "",
        "error: Konvox does not sign its webhooks, so it has no secret\n",
    );
}

#[test]
fn a_rotated_local_secret_is_noticed_by_a_running_listener() {
    let room = Room::new();
    let mut listener = room.listen(&[]);
    let to = format!("{}/x", listener.url);
    for _ in 0..2 {
        room.run(&["send", "lead_replied", "--to", &to]).ends(0);
        assert_eq!(listener.next()["signature"]["status"], "valid");
        room.run(&["secret", "ken", "--rotate"]).ends(0);
    }
    listener.stop().ends(0);
}

#[test]
fn init_writes_a_configuration_that_works() {
    let room = Room::new();
    room.run(&["init", "--yes"])
        .is(0, "Wrote hookctl.toml\n", "");
    let all = room.read("hookctl.toml");
    assert!(
        all.contains("# [providers.klen]\n# to = \"http://localhost:3000/webhooks/klen\"\n"),
        "{all}"
    );
    room.run(&["init", "--yes"]).is(
        2,
        "",
        "error: `hookctl.toml` is there already\nhint: `--force` replaces it.\n",
    );
    let endpoint = Endpoint::status(200);
    let args = [
        "init",
        "--provider",
        "ken",
        "--provider",
        "konvox",
        "--to",
        &endpoint.url(""),
        "--force",
    ];
    room.run(&args).ends(0);
    room.run(&["send", "lead_replied", "contact.replied"])
        .ends(0);
    let targets: Vec<String> = endpoint
        .hits()
        .iter()
        .map(|hit| hit.head.lines().next().unwrap().to_owned())
        .collect();
    assert_eq!(
        targets,
        [
            "POST /webhooks/ken HTTP/1.1",
            "POST /webhooks/konvox HTTP/1.1"
        ]
    );
}

#[test]
fn the_projects_configuration_goes_before_the_users() {
    let room = Room::new();
    room.write(
        "../config/hookctl/hookctl.toml",
        "[providers.ken]\nto = \"http://localhost:1/user\"\nsecret = \"whsec_AAAA\"\n",
    );
    let url = |args: &[&str]| {
        let print = [
            "send",
            "lead_replied",
            "--as",
            "json",
            "--seed",
            "1",
            "--timestamp",
            "1700000000",
        ];
        let request = room
            .run(&[&print[..], args].concat())
            .ends(0)
            .json()
            .remove(0);
        (
            request["url"].as_str().unwrap().to_owned(),
            request["headers"].clone(),
        )
    };
    let (user, signed) = url(&[]);
    assert_eq!(user, "http://localhost:1/user");
    room.write(
        "hookctl.toml",
        "[providers.ken]\nto = \"http://localhost:1/project\"\n",
    );
    let (project, still) = url(&[]);
    assert_eq!(
        (project.as_str(), &still),
        ("http://localhost:1/project", &signed),
        "the secret is the user's"
    );
    room.write(
        "other.toml",
        "[providers.ken]\nto = \"http://localhost:1/other\"\n",
    );
    let (other, local) = url(&["--config", "other.toml"]);
    assert_eq!(other, "http://localhost:1/other");
    assert_ne!(local, signed, "--config stands alone");
}
