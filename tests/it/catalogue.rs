//! Events, providers, the user's own ones, secrets and configuration.

use serde_json::json;

use crate::harness::{Endpoint, Room, project};
use crate::own_profiles::ACME;

#[test]
fn a_secret_of_another_provider_that_cannot_be_had_is_in_nobodys_way() {
    let room = Room::new();
    room.write(
        "hookctl.toml",
        "[providers.klen]\nsecret_env = \"HOOKCTL_KLEN_SECRET\"\n",
    );
    let ran = room.run(&[
        "listen",
        ":0",
        "--timeout",
        "0s",
        "--json",
        "--provider",
        "ken",
    ]);
    assert_eq!(ran.ends(0).stderr, "");
    let ran = room.run(&["listen", ":0", "--timeout", "0s", "--provider", "klen"]);
    assert!(
        ran.ends(2)
            .stderr
            .starts_with("error: `HOOKCTL_KLEN_SECRET` is not set"),
        "{}",
        ran.stderr
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
    room.run(&["init", "--yes"]).is(
        0,
        "Wrote hookctl.toml\n\
         Next: take the `#` off your providers in hookctl.toml, then `hookctl send EVENT`\n",
        "",
    );
    let all = room.read("hookctl.toml");
    assert!(
        all.contains("# [providers.klen]\n# to = \"http://localhost:3000/webhooks/klen\"\n"),
        "{all}"
    );
    let history = "\n# What `listen` received and `send` and `replay` delivered.\n[history]\n\
                   # file = \"history.db\"  # beside this file, in place of the one in your state directory\n\
                   # keep = \"30d\"  # what is older goes; together with `file`\n\
                   # max_size = \"2GB\"  # when there is more, the oldest go; together with `file`\n\n";
    assert!(all.contains(history), "{all}");
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
    room.run(&args).is(
        0,
        "Wrote hookctl.toml\nNext: hookctl send ken/email_sent\n",
        "",
    );
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
fn the_history_that_a_configuration_names_is_the_same_from_every_folder() {
    let room = Room::new();
    room.run(&["init", "--yes"]).ends(0);
    let commented = room.read("hookctl.toml");
    // Each setting works once its `#` is gone.
    let settings = ["file", "keep", "max_size"].map(|name| format!("{name} = \""));
    let text = settings.iter().fold(commented, |text, setting| {
        text.replace(&format!("# {setting}"), setting)
    });
    room.write("hookctl.toml", text).write("deep/er/x", "");
    let mut import = room.command();
    import.current_dir(room.path().join("deep/er"));
    import.args(["history", "import", "-", "-q"]);
    import.stdin(std::process::Stdio::piped());
    import.stdout(std::process::Stdio::null());
    let mut child = import.spawn().unwrap();
    let curl = b"curl http://localhost/x -d 1";
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), curl).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(room.run(&["history", "--json"]).json().len(), 1);
    assert!(room.path().join("history.db").exists());
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

#[test]
fn providers_are_listed_under_a_heading_and_each_is_a_model_for_another() {
    let room = Room::new();
    let list = room.run(&["providers"]);
    let lines: Vec<_> = list.ends(0).stdout.lines().collect();
    assert_eq!(lines.len(), 1 + 20);
    assert!(
        lines[0].starts_with("NAME               EVENTS  SIGNATURE          ABOUT"),
        "{}",
        lines[0]
    );
    assert!(
        lines[6].starts_with("ken                5       svix               "),
        "{}",
        lines[6]
    );
    let model = std::fs::read_to_string(project("fixtures/klen/provider.toml")).unwrap();
    room.run(&["providers", "show", "klen", "--toml"])
        .is(0, &model, "");
    room.write("providers/acme.toml", ACME);
    room.run(&["providers", "show", "acme", "--toml"])
        .is(0, ACME, "");
}

// Elsewhere `script` takes other flags.
#[cfg(target_os = "linux")]
#[test]
fn lists_keep_to_the_width_of_a_terminal() {
    let room = Room::new();
    room.write(
        "providers/acme.toml",
        ACME.replace("An anvil was dropped", &"word ".repeat(30))
            .replace("\"Anvils\"", &format!("\"{}\"", "word ".repeat(30))),
    );
    for args in ["providers", "events acme"] {
        let program = env!("CARGO_BIN_EXE_hookctl");
        let command = format!("stty rows 24 cols 70; '{program}' --color never {args}");
        let output = std::process::Command::new("script")
            .args(["-qec", &command, "/dev/null"])
            .current_dir(room.path())
            .env("XDG_CONFIG_HOME", room.path())
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines.len() > 3, "{text}");
        assert!(
            lines.iter().all(|line| line.chars().count() <= 70),
            "{text}"
        );
        let piped = room.run(&args.split(' ').collect::<Vec<_>>());
        let words = |text: &str| {
            text.split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(words(&text), words(&piped.stdout), "{args}");
        assert!(piped.stdout.lines().any(|line| line.chars().count() > 100));
    }
}
