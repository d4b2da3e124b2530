//! Providers of the user's own: how they are added, and what is said of those that are wrong.

use serde_json::json;

use crate::harness::{Endpoint, Room, project};

/// A provider in one file, with an inline sample.
pub(crate) const ACME: &str = r#"
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
fn folders_in_a_trusted_project_are_found_and_go_before_built_in_ones() {
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
    room.run(&["trust"]).ends(0);
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
    let said = problem("\"5s\"", "\"five\"");
    assert!(
        said.contains("`five` is no duration such as `10s`"),
        "{said}"
    );
    assert!(problem("[fresh]", "[frehs]").contains("unknown field `frehs`"));
    let said = problem("\"standard-webhooks\"", "\"acme\"");
    let known = said
        .strip_prefix("no scheme is called `acme`; there are ")
        .unwrap();
    let known: Vec<_> = known.split(", ").collect();
    assert!(known.len() > 40 && known.contains(&"svix"), "{known:?}");
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
fn all_that_a_profile_lacks_is_said_at_once() {
    let room = Room::new();
    let problem = |profile: &str| {
        room.write("acme.toml", profile);
        let ran = room.run(&["providers", "check", "acme.toml"]);
        let start = ran.ends(2).stderr.find("describes no provider: ").unwrap();
        ran.stderr[start + 23..].to_owned()
    };
    assert_eq!(
        problem("name = \"acme\"\nlabel = \"Acme\"\n[request]\nhttps = true\nauth = { value = [\"none\"] }\n[policy]"),
        "15 problems
  - `about` is missing: a text
  - `docs` is missing: a text
  - `request.method` is missing: `{ value = ..., from = ... }` with a list such as `[\"POST\"]`
  - `request.content_type` is missing: `{ value = ..., from = ... }` with a list of `json` and `form`
  - `request.auth.from` is missing: `documented`, `public` or `assumed`
  - `request.https` does not say where it comes from: write `{ value = ..., from = \"documented\" }`
  - `request.user_agent` is missing: `{ value = ..., from = ... }` with a text
  - `[signature]` is missing: a table with `scheme`, `optional`
  - `[envelope]` is missing: a table with `event`
  - `policy.success` is missing: `{ value = ..., from = ... }` with statuses such as `2xx`
  - `policy.timeout` is missing: `{ value = ..., from = ... }` with a duration such as `10s`
  - `policy.retry` is missing: `{ value = ..., from = ... }` with a list of durations such as `[\"1m\"]`
  - `policy.disable` is missing: `{ value = ..., from = ... }` with a text
  - `policy.delivery` is missing: `{ value = ..., from = ... }` with a text
  - `[events.\"NAME\"]` is missing: one table for each event
"
    );
    let both = ACME
        .replace("https://acme", "http://acme")
        .replace("{hex:12}", "{hex}");
    assert_eq!(
        problem(&both),
        "2 problems\n  - `docs = \"http://acme.example/webhooks\"`: give an https:// URL\n  - `anv_{hex}`: \
         `{hex}` is none of {hex:N}, {digits:N}, {base36:N}, {base62:N}, {upper:N} and {uuid}\n"
    );
}

#[test]
fn names_in_a_profile_cannot_lead_out_of_its_folder() {
    let room = Room::new();
    for (from, to, what) in [
        (
            "events.\"anvil.dropped\"",
            "events.\"../../x\"",
            "event \"../../x\"",
        ),
        (
            "events.\"anvil.dropped\"",
            "events.'a\\b'",
            "event \"a\\\\b\"",
        ),
        ("events.\"anvil.dropped\"", "events.\".a\"", "event \".a\""),
        ("events.\"anvil.dropped\"", "events.\"/a\"", "event \"/a\""),
        (
            "events.\"anvil.dropped\"",
            "events.\"a//b\"",
            "event \"a//b\"",
        ),
        (
            "[fresh]",
            "[variants.\"a/b\"]\nabout = \"x\"\nfrom = \"assumed\"\n[fresh]",
            "variant \"a/b\"",
        ),
        (
            "[fresh]",
            "[scenarios.\"/a\"]\nabout = \"x\"\nfrom = \"assumed\"\nsteps = []\n[fresh]",
            "scenario \"/a\"",
        ),
    ] {
        room.write("acme.toml", ACME.replacen(from, to, 1));
        let rule = if what.starts_with("event") {
            "a name has no `\\` and no control characters; its parts between `/` are not empty and have no dot at \
             their start"
        } else {
            "a name has no `/`, no `\\`, no control characters, and no dot at its start"
        };
        for command in ["check", "add"] {
            room.run(&["providers", command, "acme.toml"]).is(
                2,
                "",
                &format!(
                    "error: `{}/acme.toml` describes no provider: {what}: {rule}\n",
                    room.path().display()
                ),
            );
        }
    }
    assert!(!room.path().join("../config/hookctl").exists());
}

/// What is replaced in the profile by what, and what is said then.
const WRONG: [(&str, &str, &str); 15] = [
    (
        "\"type\"",
        "\"header:\"",
        "`envelope.event`: `header:` is no path, `header:NAME` or `form:NAME`, nor several with `|` or `+`",
    ),
    (
        "\"type\"",
        "\"type||kind\"",
        "`envelope.event`: `type||kind` is no path, `header:NAME` or `form:NAME`, nor several with `|` or `+`",
    ),
    (
        "\"timestamp\"",
        "\"header:date\"",
        "`envelope.time`: `header:date` is no path in the body, nor several with `|`",
    ),
    (
        "\"timestamp\"",
        "\"a+b\"",
        "`envelope.time`: `a+b` is no path in the body, nor several with `|`",
    ),
    (
        "[envelope]",
        "[envelope]\ndelivery = { value = \"id\", from = \"assumed\" }",
        "`envelope.delivery`: `id` is neither `header:NAME` nor `body:PATH`",
    ),
    (
        "[envelope]",
        "[envelope]\ndelivery = { value = \"body:id|\", from = \"assumed\" }",
        "`envelope.delivery`: `body:id|` is neither `header:NAME` nor `body:PATH`",
    ),
    (
        "[fresh]",
        "[times]\nseconds = [\"at\"]\nmilliseconds = [\"at\"]\n[fresh]",
        "`times`: `at` cannot be in seconds and in milliseconds",
    ),
    (
        "[request]",
        "[request]\nbody_end = { value = \"}\\n\", from = \"assumed\" }",
        "`request.body_end`: \"}\\n\" is more than spaces and line ends",
    ),
    (
        "\"{event}\"",
        "\"{body:}\"",
        "header `X-Acme-Event`: in `{body:}`, a `{body:PATH}` has no path or no end",
    ),
    (
        "\"{event}\"",
        "\"{body:type\"",
        "header `X-Acme-Event`: in `{body:type`, a `{body:PATH}` has no path or no end",
    ),
    (
        "headers = [\"x-acme-event\"]",
        "without = [\"x-acme-event\"]",
        "`detect`: a row needs `headers` or `body`",
    ),
    (
        "headers = [\"x-acme-event\"]",
        "headers = [\"x-a\"]\nwithout = [\"X-A\"]",
        "`detect`: a row has `X-A` in `headers` and in `without`",
    ),
    (
        "from = \"documented\"\ndocumented",
        "called = \"\"\nfrom = \"documented\"\ndocumented",
        "`events.\"anvil.dropped\".called` is empty",
    ),
    (
        "[events.",
        "[events.a]\nabout = \"x\"\nfrom = \"assumed\"\ncalled = \"anvil.dropped\"\nsample = \"{}\"\n[events.",
        "events `a` and `anvil.dropped` are both called `anvil.dropped`",
    ),
    (
        "\"2026-01-01T00:00:00Z\"",
        "1767225600",
        "the payload of `anvil.dropped` has no time at `timestamp`; keys of unix times stand under `times`",
    ),
];

#[test]
fn every_key_of_the_format_is_checked() {
    let room = Room::new();
    for (from, to, problem) in WRONG {
        room.write("acme.toml", ACME.replacen(from, to, 1));
        let path = room.path().display().to_string();
        let wanted = format!("error: `{path}/acme.toml` describes no provider: {problem}\n");
        room.run(&["providers", "check", "acme.toml"])
            .is(2, "", &wanted);
    }
    // A time that the payload lacks, and one that no payload has.
    let timeless = ACME.replacen(
        "[events.\"anvil.dropped\"]",
        "[events.\"anvil.dropped\"]\ntimeless = true",
        1,
    );
    let unix = ACME.replacen("\"2026-01-01T00:00:00Z\"", "1767225600", 1);
    for profile in [
        timeless.replacen("\"timestamp\"", "\"nowhere\"", 1),
        ACME.replacen("time = {", "# time = {", 1),
        unix.replacen("[fresh]", "[times]\nseconds = [\"timestamp\"]\n[fresh]", 1),
    ] {
        room.write("acme.toml", profile);
        room.run(&["providers", "check", "acme.toml"])
            .is(0, "✓ acme: 1 events\n", "");
    }
}

#[test]
fn texts_of_a_profile_do_not_steer_the_terminal() {
    let room = Room::new();
    room.write(
        "acme.toml",
        ACME.replacen("\"Anvils\"", "\"\\u001b[2J\"", 1),
    );
    room.run(&["providers", "check", "acme.toml"]).is(
        2,
        "",
        &format!(
            "error: `{}/acme.toml` describes no provider: `about` holds control characters: \"\\u{{1b}}[2J\"\n",
            room.path().display()
        ),
    );
    // Marks that turn the reading order are shown as what they are.
    room.write(
        "providers/acme.toml",
        ACME.replace("\"Acme\"", "\"Ac\u{202e}me\"")
            .replace("An anvil", "An \u{202e}anvil")
            .replace("\"Anvils\"", "\"An\u{202e}vils\""),
    );
    for args in [
        &["providers"][..],
        &["providers", "show", "acme"],
        &["events", "acme"],
        &["events", "show", "anvil.dropped"],
    ] {
        let ran = room.run(args);
        assert!(!ran.ends(0).stdout.contains('\u{202e}'), "{args:?}");
        assert!(ran.stdout.contains("\\u202e"), "{args:?}: {}", ran.stdout);
    }
    room.run(&["events", "\u{1b}[2J\u{202e}"]).is(
        2,
        "",
        "error: unknown provider `\\u001b[2J\\u202e`\nhint: `hookctl providers` lists them.\n",
    );
}

#[test]
fn a_broken_profile_is_in_nobodys_way() {
    let room = Room::new();
    room.write(
        "providers/bad.toml",
        ACME.replacen("name = \"acme\"", "name = \"bad\"", 1)
            .replacen("https://", "http://", 1),
    );
    room.write("providers/acme.toml", ACME);
    let path = room.path().join("providers/bad.toml");
    let problem = format!(
        "`{}` describes no provider: `docs = \"http://acme.example/webhooks\"`: give an https:// URL\n",
        path.display()
    );
    let warning = format!("warning: a provider is left out: {problem}");
    for args in [
        &["providers", "--json"][..],
        &["events", "--json"],
        &[
            "send",
            "anvil.dropped",
            "--as",
            "curl",
            "--to",
            "http://localhost/",
        ],
    ] {
        let ran = room.run(args);
        assert_eq!(ran.ends(0).stderr, warning, "{args:?}");
        assert!(!ran.stdout.contains("\"bad\""), "{args:?}");
    }
    let ran = room.run(&["listen", ":0", "--timeout", "0s", "--json"]);
    assert_eq!(ran.ends(0).stderr, warning);
    // Whoever names it is told; whoever names another is not bothered.
    room.run(&["providers", "show", "bad"])
        .is(2, "", &format!("error: {problem}"));
    assert_eq!(room.run(&["events", "ken"]).ends(0).stderr, "");
}

#[test]
fn names_that_a_shell_would_take_for_more_stay_out_of_completions() {
    let room = Room::new();
    let event = "$(touch owned)";
    room.write("providers/acme.toml", ACME.replace("anvil.dropped", event));
    room.run(&["providers", "check", "providers/acme.toml"])
        .is(0, "✓ acme: 1 events\n", "");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = room.run(&["completions", shell]);
        assert!(!ran.ends(0).stdout.contains("touch"), "{shell}");
        assert!(ran.stdout.contains("acme"), "{shell}");
    }
}
