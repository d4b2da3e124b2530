//! What a project brings is input: each row of what it may not do on its own, refused, allowed by a flag, and trusted.

use std::cell::Cell;
use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use serde_json::{Value, json};

use crate::harness::{Endpoint, Ran, Room, project, until};
use crate::own_profiles::ACME;

/// Reaches this machine, and is not a loopback address.
const FAR: &str = "0.0.0.0";
const REQUEST: &str =
    "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
const TRUSTING: &[(&str, &str)] = &[("HOOKCTL_TRUST", "1")];

/// A URL of an endpoint that is not loopback.
fn far(endpoint: &Endpoint) -> String {
    endpoint.url("/x").replace("127.0.0.1", FAR)
}

/// The room's own paths are replaced in what is compared.
fn refused(room: &Room, ran: &Ran, wanted: &str) {
    let stderr = ran.stderr.replace(&*room.path().to_string_lossy(), "ROOM");
    assert_eq!((ran.code, &*ran.stdout, &*stderr), (2, "", wanted));
}

fn send(room: &Room, args: &[&str]) -> Ran {
    room.run(&[&["send", "gitlab/push"], args].concat())
}

#[test]
fn a_project_may_not_send_to_a_host_that_is_not_loopback() {
    let room = Room::new();
    let endpoint = Endpoint::status(200);
    let to = far(&endpoint);
    room.write(
        "hookctl.toml",
        format!("[providers.gitlab]\nto = \"{to}\"\n"),
    );
    let wanted = "error: `ROOM/hookctl.toml` sets `providers.gitlab.to` to a host that is not loopback (`0.0.0.0`)\n\
                  hint: pass `--to URL` for this run, or run `hookctl trust`\n";
    for args in [
        &["send", "gitlab/push"][..],
        &["check", "--provider", "gitlab"],
    ] {
        refused(&room, &room.run(args), wanted);
    }
    // The same with a queue, under load, and in a dry run, whose output is copied.
    refused(&room, &send(&room, &["--retry"]), wanted);
    refused(&room, &send(&room, &["--count", "2"]), wanted);
    refused(&room, &send(&room, &["--as", "curl"]), wanted);
    assert_eq!(room.run(&["history", "--json"]).stdout, "");
    assert_eq!(endpoint.hits().len(), 0);
    // The user's word: a flag, a file that is named, the environment, their own configuration.
    send(&room, &["--to", &to]).ends(0);
    send(&room, &["--config", "hookctl.toml"]).ends(0);
    room.run_with(&["send", "gitlab/push"], TRUSTING, b"")
        .ends(0);
    room.run(&["trust"]).ends(0);
    send(&room, &[]).ends(0);
    assert_eq!(endpoint.hits().len(), 4);
    fs::rename(
        room.path().join("hookctl.toml"),
        room.path().join("../hookctl.toml"),
    )
    .unwrap();
    room.write(
        "../config/hookctl/hookctl.toml",
        room.read("../hookctl.toml"),
    );
    fs::remove_file(room.path().join("../hookctl.toml")).unwrap();
    send(&room, &[]).ends(0);
}

#[test]
fn a_project_may_send_to_loopback_by_any_name() {
    let room = Room::new();
    let endpoint = Endpoint::status(200);
    for host in [
        "127.0.0.1",
        "localhost",
        "hooks.localhost",
        "127.1",
        "2130706433",
    ] {
        let to = endpoint.url("/x").replace("127.0.0.1", host);
        room.write(
            "hookctl.toml",
            format!("[providers.gitlab]\nto = \"{to}\"\n"),
        );
        send(&room, &[]).ends(0);
    }
    assert_eq!(endpoint.hits().len(), 5);
    for host in [
        "10.0.0.1",
        "[::ffff:10.0.0.1]",
        "167772161",
        "169.254.169.254",
        "[::]",
    ] {
        room.write(
            "hookctl.toml",
            format!("[providers.gitlab]\nto = \"http://{host}:9/\"\n"),
        );
        let ran = send(&room, &[]);
        assert!(
            ran.ends(2).stderr.contains("is not loopback"),
            "{}",
            ran.stderr
        );
    }
}

#[test]
fn a_project_may_not_read_the_environment() {
    let room = Room::new();
    let endpoint = Endpoint::status(200);
    let config = |variable: &str| {
        format!(
            "[providers.gitlab]\nsecret_env = \"{variable}\"\nto = \"{}\"\n",
            endpoint.url("/")
        )
    };
    room.write("hookctl.toml", config("AWS_SECRET_ACCESS_KEY"));
    let vars = [("AWS_SECRET_ACCESS_KEY", "wJalr"), ("HOOKCTL_MINE", "mine")];
    let run = |args: &[&str], more: &[(&str, &str)]| {
        room.run_with(args, &[&vars[..], more].concat(), b"")
    };
    let wanted = "error: `ROOM/hookctl.toml` sets `providers.gitlab.secret_env` to `AWS_SECRET_ACCESS_KEY`, \
                  a variable other than `HOOKCTL_*` and `PORT`\n\
                  hint: pass `--secret \"$AWS_SECRET_ACCESS_KEY\"` for this run, or run `hookctl trust`\n";
    let commands = [
        &["send", "gitlab/push"][..],
        &["sign", "gitlab/push"],
        &["check", "--provider", "gitlab"],
        &["listen", ":0", "--timeout", "0s"],
    ];
    for args in commands {
        refused(&room, &run(args, &[]), wanted);
    }
    // Naming the file does not allow it to read secrets.
    let named = run(&["send", "gitlab/push", "--config", "hookctl.toml"], &[]);
    refused(
        &room,
        &named,
        &wanted.replace("`hookctl trust`", "`hookctl trust ROOM/hookctl.toml`"),
    );
    let token = |ran: &Ran| {
        ran.ends(0);
        endpoint
            .hits()
            .pop()
            .unwrap()
            .header("x-gitlab-token")
            .unwrap()
            .to_owned()
    };
    assert_eq!(
        token(&run(&["send", "gitlab/push", "--secret", "given"], &[])),
        "given"
    );
    assert_eq!(
        token(&run(&["send", "gitlab/push"], &[("HOOKCTL_SECRET", "set")])),
        "set"
    );
    run(
        &["listen", ":0", "--timeout", "0s", "--secret", "given"],
        &[],
    )
    .ends(0);
    assert_eq!(token(&run(&["send", "gitlab/push"], TRUSTING)), "wJalr");
    room.run(&["trust"]).ends(0);
    assert_eq!(token(&run(&["send", "gitlab/push"], &[])), "wJalr");
    room.write("hookctl.toml", config("HOOKCTL_MINE"));
    assert_eq!(token(&run(&["send", "gitlab/push"], &[])), "mine");
    // It changed: what needs trust asks again.
    room.write("hookctl.toml", config("HOME"));
    let ran = run(&["send", "gitlab/push"], &[]);
    assert!(
        ran.ends(2).stderr.ends_with(
            "hint: it changed since it was trusted; `hookctl trust --show` lists what it asks for\n"
        ),
        "{}",
        ran.stderr
    );
}

/// A request that was received three days ago is in the user's own history.
fn old_history(room: &Room) -> impl Fn() -> usize + '_ {
    let at = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(72);
    let line = json!({
        "type": "capture", "received_at": at.to_string(), "method": "POST", "path": "/", "query": "",
        "headers": [], "body": "{}",
    });
    room.write("old.ndjson", line.to_string());
    room.run(&["history", "import", "old.ndjson"]).ends(0);
    || {
        room.run_with(&["history", "--json", "--in"], TRUSTING, b"")
            .json()
            .len()
    }
}

#[test]
fn a_project_may_not_delete_from_a_history_that_it_does_not_name() {
    for (setting, flag, wanted) in [
        (
            "keep = \"1s\"",
            ["--keep", "30d"],
            "`history.keep` for a history that it does not name\nhint: pass `--keep 1s` to `listen`",
        ),
        (
            "max_size = \"1B\"",
            ["--max-size", "1GB"],
            "`history.max_size` for a history that it does not name\nhint: pass `--max-size 1B` to `listen`",
        ),
    ] {
        let room = Room::new();
        let count = old_history(&room);
        room.write("hookctl.toml", format!("[history]\n{setting}\n"));
        let listen = |args: &[&str]| {
            let mut listener = room.listen(args);
            listener.exchange(REQUEST);
            listener.next();
            listener.stop().ends(0);
        };
        let ran = room.run(&["listen", ":0"]);
        let wanted = format!(
            "error: `ROOM/hookctl.toml` sets {wanted} for this run, or run `hookctl trust`\n"
        );
        refused(&room, &ran, &wanted);
        assert_eq!(count(), 1);
        // What deletes nothing needs no word.
        room.run(&["history"]).ends(0);
        listen(&flag);
        assert_eq!(count(), 2, "{setting}");
        // A history of its own is the project's to limit, and that of a flag is not.
        room.write(
            "hookctl.toml",
            format!("[history]\nfile = \"own.db\"\n{setting}\n"),
        );
        let own = room.path().join("other.db");
        fs::copy(room.path().join("../state/hookctl/history.db"), &own).unwrap();
        listen(&["--store", "other.db"]);
        let there = room.run(&["history", "--json", "--in", "--store", "other.db"]);
        assert_eq!(there.json().len(), 3, "{setting}");
        room.write("hookctl.toml", format!("[history]\n{setting}\n"));
        room.run(&["trust"]).ends(0);
        let (listener, sent) = (room.listen(&[]), Cell::new(count()));
        until("the limit is applied", || {
            listener.exchange(REQUEST);
            sent.set(sent.get() + 1);
            count() < sent.get()
        });
        listener.stop().ends(0);
    }
}

#[test]
fn a_project_may_not_keep_the_history_outside_of_its_folder() {
    let room = Room::new();
    fs::create_dir(room.path().join("sub")).unwrap();
    symlink("../elsewhere.db", room.path().join("link.db")).unwrap();
    symlink("..", room.path().join("up")).unwrap();
    symlink("history.db", room.path().join("to-new.db")).unwrap();
    let made = Command::new("mkfifo")
        .arg(room.path().join("pipe"))
        .status();
    assert!(made.unwrap().success());
    let import = |args: &[&str], vars: &[(&str, &str)]| {
        room.run_with(
            &[&["history", "import", "-"], args].concat(),
            vars,
            b"curl http://x -d 1",
        )
    };
    for file in [
        "../outside.db",
        "link.db",
        "up/outside.db",
        "to-new.db",
        "pipe",
        "sub",
        "/dev/null",
    ] {
        room.write("hookctl.toml", format!("[history]\nfile = \"{file}\"\n"));
        let shown = room.path().join(file);
        let shown = shown
            .to_string_lossy()
            .replace(&*room.path().to_string_lossy(), "ROOM");
        let wanted = format!(
            "error: `ROOM/hookctl.toml` sets `history.file` to `{shown}`, which is not a file inside the project\n\
             hint: pass `--store {shown}` for this run, or run `hookctl trust`\n"
        );
        refused(&room, &import(&[], &[]), &wanted);
        refused(
            &room,
            &room.run(&["send", "ken/lead_replied", "--to", "http://localhost:9/"]),
            &wanted,
        );
        refused(&room, &room.run(&["listen", ":0"]), &wanted);
    }
    assert!(!room.path().join("../elsewhere.db").exists());
    for file in ["inside.db", "new/deep/er.db", "up/work/other.db"] {
        room.write("hookctl.toml", format!("[history]\nfile = \"{file}\"\n"));
        import(&[], &[]).ends(0);
        assert!(room.path().join(file).exists());
    }
    room.write("hookctl.toml", "[history]\nfile = \"../outside.db\"\n");
    import(&["--store", "../flag.db"], &[]).ends(0);
    assert!(!room.path().join("../outside.db").exists());
    import(&[], TRUSTING).ends(0);
    assert!(room.path().join("../outside.db").exists());
    // Naming the configuration says nothing of where it keeps things.
    import(&["--config", "hookctl.toml"], &[]).ends(2);
    room.run(&["trust", "hookctl.toml"]).ends(0);
    import(&["--config", "hookctl.toml"], &[]).ends(0);
}

/// Who clones a project gets its history along with it, endpoints and pending deliveries included.
#[test]
fn what_is_in_a_history_of_a_project_goes_to_loopback_only() {
    let room = Room::new();
    let endpoint = Endpoint::status(500);
    let to = far(&endpoint);
    let own = ["--store", "own.db"];
    let with = |args: &[&str]| room.run(&[args, &own].concat());
    with(&[
        "endpoints",
        "add",
        &to,
        "--provider",
        "klen",
        "--events",
        "call.ended",
        "--name",
        "e",
    ])
    .ends(0);
    // Two attempts, of which one stays pending.
    let pending =
        room.start(&[&["send", "klen/call.ended", "--schedule", "1h"][..], &own].concat());
    until("the first attempt is made", || endpoint.hits().len() == 1);
    until("it is written down", || {
        with(&["history", "--json", "--out"])
            .json()
            .first()
            .is_some_and(|row| row["attempts"][0]["status"] == 500)
    });
    pending.signal("-INT");
    pending.wait();
    with(&["send", "klen/call.started", "--to", &to]).ends(1);
    let hits = endpoint.hits().len();
    room.write("hookctl.toml", "[history]\nfile = \"own.db\"\n");
    let wanted = "error: `ROOM/hookctl.toml` brings the history `ROOM/own.db`, which leads to a host that is not \
                  loopback (`0.0.0.0`)\n\
                  hint: pass `--store ROOM/own.db` for this run, or run `hookctl trust`\n";
    for args in [
        &["send", "klen/call.ended"][..],
        &["send", "klen/call.ended", "--count", "2"],
        &["endpoints", "test", "e"],
        &["replay", "failed"],
    ] {
        refused(&room, &room.run(args), wanted);
    }
    let ran = room.run(&["send", "--resume", "--speed", "max"]);
    assert!(
        ran.ends(1)
            .stderr
            .contains("`0.0.0.0` is not a loopback address"),
        "{}",
        ran.stderr
    );
    assert_eq!(endpoint.hits().len(), hits);
    with(&["endpoints", "test", "e"]).ends(1);
    assert_eq!(endpoint.hits().len(), hits + 1);
    room.run(&["trust"]).ends(0);
    room.run(&["endpoints", "test", "e"]).ends(1);
    assert_eq!(endpoint.hits().len(), hits + 2);
}

#[test]
fn a_project_may_not_replace_a_provider() {
    let room = Room::new();
    let (endpoint, url) = (Endpoint::status(200), "http://localhost:9/");
    let own = fs::read_to_string(project("fixtures/gitlab/provider.toml")).unwrap();
    let stolen = own
        .replace("name = \"gitlab\"", "name = \"ken\"")
        .replace("label = \"GitLab\"", "label = \"Not Ken\"");
    room.write("providers/ken/provider.toml", stolen);
    for file in fs::read_dir(project("fixtures/gitlab")).unwrap() {
        let file = file.unwrap();
        if file.file_name() != "provider.toml" {
            let name = format!("providers/ken/{}", file.file_name().to_string_lossy());
            room.write(&name, fs::read(file.path()).unwrap());
        }
    }
    let problem = "`ROOM/providers/ken` replaces the provider `ken`";
    let hint = "set `HOOKCTL_TRUST=1` for this run, or run `hookctl trust`";
    let wanted = format!("error: {problem}\nhint: {hint}\n");
    for args in [
        &["send", "ken/lead_replied", "--to", url][..],
        &["send", "lead_replied", "--to", url],
        &["sign", "ken/lead_replied"],
        &["check", "--provider", "ken", "--to", url],
        &["listen", ":0", "--provider", "ken"],
        &["secret", "ken"],
        &["providers", "show", "ken"],
    ] {
        refused(&room, &room.run(args), &wanted);
    }
    // Where it is not named, the one that is built in stays, and it is said.
    let list = room.run(&["providers", "--json"]);
    let label = list.json().iter().find(|row| row["name"] == "ken").unwrap()["label"].clone();
    assert_eq!(label, "Ken");
    let warning = list.stderr.replace(&*room.path().to_string_lossy(), "ROOM");
    assert_eq!(
        warning,
        format!("warning: {problem}, and is left out; {hint}\n")
    );
    // A new name replaces nothing.
    room.write("providers/acme.toml", ACME);
    room.run(&["send", "anvil.dropped", "--to", &endpoint.url("/")])
        .ends(0);
    room.run(&["trust"]).ends(0);
    let shown = room.run(&["providers", "show", "ken"]);
    assert!(
        shown.ends(0).stdout.starts_with("Not Ken  "),
        "{}",
        shown.stdout
    );
    // A new file in the folder is not what was trusted.
    room.write("providers/ken/other.json", "{}");
    let ran = room.run(&["providers", "show", "ken"]);
    refused(&room, &ran, &wanted);
}

#[test]
fn a_project_may_not_replace_a_provider_that_the_user_added() {
    let room = Room::new();
    room.write("acme.toml", ACME);
    room.run(&["providers", "add", "acme.toml"]).ends(0);
    room.write(
        "providers/acme.toml",
        ACME.replace("label = \"Acme\"", "label = \"Theirs\""),
    );
    refused(
        &room,
        &room.run(&["providers", "show", "acme"]),
        "error: `ROOM/providers/acme.toml` replaces the provider `acme`\n\
         hint: set `HOOKCTL_TRUST=1` for this run, or run `hookctl trust`\n",
    );
    let trusting = room.run_with(&["providers", "show", "acme"], TRUSTING, b"");
    assert!(
        trusting.ends(0).stdout.starts_with("Theirs  "),
        "{}",
        trusting.stdout
    );
}

#[test]
fn files_of_a_projects_providers_do_not_lead_out_of_it() {
    let room = Room::new();
    let (without_sample, _) = ACME.split_once("sample = ").unwrap();
    room.write("providers/acme/provider.toml", without_sample);
    room.write(
        "../secret.json",
        r#"{"type": "anvil.dropped", "timestamp": "2026-01-01T00:00:00Z", "token": "hush"}"#,
    );
    symlink(
        "../../../secret.json",
        room.path().join("providers/acme/anvil.dropped.json"),
    )
    .unwrap();
    let args = [
        "send",
        "acme/anvil.dropped",
        "--as",
        "http",
        "--to",
        "http://localhost/",
    ];
    let ran = room.run(&args);
    assert!(
        ran.ends(2)
            .stderr
            .contains("it leads out of the project; set `HOOKCTL_TRUST=1` for this run, or run `hookctl trust`"),
        "{}",
        ran.stderr
    );
    assert!(!ran.stdout.contains("hush"));
    room.run(&["trust"]).ends(0);
    let trusted = room.run(&args);
    assert!(
        trusted.ends(0).stdout.contains("hush"),
        "{}",
        trusted.stdout
    );
    room.run(&["trust", "--remove"]).ends(0);
    let made = Command::new("mkfifo")
        .arg(room.path().join("providers/pipe.toml"))
        .status();
    assert!(made.unwrap().success());
    let ran = room.run(&["providers"]);
    assert!(
        ran.ends(0).stderr.contains("it is not a regular file"),
        "{}",
        ran.stderr
    );
}

const CASE: &str = "provider = \"gitlab\"\n[[case]]\nname = \"one\"\nsend = \"push\"\n";

#[test]
fn a_file_of_cases_is_the_users_word_for_destinations_and_not_for_secrets() {
    let room = Room::new();
    let endpoint = Endpoint::status(200);
    let to = far(&endpoint);
    room.write("cases.toml", format!("to = \"{to}\"\n{CASE}"));
    room.run(&["run", "cases.toml"]).ends(0);
    let vars = [("AWS_SECRET_ACCESS_KEY", "wJalr"), ("HOOKCTL_MINE", "mine")];
    let run = |args: &[&str], more: &[(&str, &str)]| {
        room.run_with(
            &[&["run", "cases.toml"], args].concat(),
            &[&vars[..], more].concat(),
            b"",
        )
    };
    let with = |variable: &str| format!("to = \"{to}\"\nsecret_env = \"{variable}\"\n{CASE}");
    let token = |ran: &Ran| {
        ran.ends(0);
        endpoint
            .hits()
            .pop()
            .unwrap()
            .header("x-gitlab-token")
            .unwrap()
            .to_owned()
    };
    room.write("cases.toml", with("HOOKCTL_MINE"));
    assert_eq!(token(&run(&[], &[])), "mine");
    room.write("cases.toml", with("AWS_SECRET_ACCESS_KEY"));
    let wanted = "error: case `one`: `cases.toml` sets `secret_env` to `AWS_SECRET_ACCESS_KEY`, \
                  a variable other than `HOOKCTL_*` and `PORT`\n\
                  hint: pass `--secret \"$AWS_SECRET_ACCESS_KEY\"` for this run, or run `hookctl trust cases.toml`\n";
    refused(&room, &run(&[], &[]), wanted);
    // In a case, too.
    let in_case = format!("to = \"{to}\"\n{CASE}secret_env = \"AWS_SECRET_ACCESS_KEY\"\n");
    room.write("cases.toml", &in_case);
    refused(&room, &run(&[], &[]), wanted);
    assert_eq!(token(&run(&["--secret", "given"], &[])), "given");
    assert_eq!(token(&run(&[], TRUSTING)), "wJalr");
    // Trusting the project covers files of cases in its folder.
    room.run(&["trust"]).ends(0);
    assert_eq!(token(&run(&[], &[])), "wJalr");
    room.write("cases.toml", format!("{in_case}# changed\n"));
    run(&[], &[]).ends(2);
    room.run(&["trust", "cases.toml"]).ends(0);
    assert_eq!(token(&run(&[], &[])), "wJalr");
}

#[test]
fn a_file_of_cases_reads_files_beside_it_only() {
    let room = Room::new();
    let endpoint = Endpoint::status(200);
    let (to, secret) = (endpoint.url("/"), room.path().join("../secret.txt"));
    room.write("../secret.txt", "hush")
        .write("cases/body.json", "{}")
        .write("other/body.json", "[]");
    symlink("../../secret.txt", room.path().join("cases/link")).unwrap();
    let write = |data: &str| {
        room.write(
            "cases/cases.toml",
            format!("to = \"{to}\"\n{CASE}data = \"@{data}\"\n"),
        );
    };
    let run = |args: &[&str]| room.run(&[&["run", "cases/cases.toml"], args].concat());
    write("cases/body.json");
    run(&[]).ends(0);
    for outside in [
        &*secret.to_string_lossy(),
        "cases/link",
        "other/body.json",
        "/dev/stdin",
    ] {
        write(outside);
        let ran = run(&[]);
        let folder = outside.rsplit_once('/').unwrap().0;
        refused(
            &room,
            &ran,
            &format!(
                "error: case `one`: `cases/cases.toml` sets `data` to the file `{outside}`, which is not inside its folder\n\
                 hint: pass `--allow-files {folder}` for this run, or run `hookctl trust cases/cases.toml`\n"
            ).replace(&*room.path().to_string_lossy(), "ROOM"),
        );
    }
    assert_eq!(endpoint.hits().len(), 1);
    write("other/body.json");
    run(&["--allow-files", "other"]).ends(0);
    run(&["--allow-files", "cases"]).ends(2);
    room.run(&["trust", "cases/cases.toml"]).ends(0);
    run(&[]).ends(0);
    assert_eq!(endpoint.hits().pop().unwrap().body, b"[]");
}

/// A project that asks for all that it can.
fn greedy(room: &Room) {
    room.write(
        "hookctl.toml",
        "[history]\nkeep = \"1s\"\n[providers.gitlab]\nsecret_env = \"AWS_KEY\"\nto = \"https://us:pw@evil.test/collect?k=v\"\n\
         [providers.ken]\nsecret = \"whsec_AAAA\"\nto = \"http://localhost:3000/ken\"\n",
    );
    room.write("providers/ken.toml", ACME)
        .write("providers/acme.toml", ACME);
    room.write(
        "cases.toml",
        format!("secret_env = \"HOME\"\n{CASE}data = \"@/etc/passwd\"\n"),
    );
    room.write("Cargo.toml", "[package]\nname = \"x\"\n");
}

#[test]
fn trust_shows_row_by_row_what_a_project_asks_for() {
    let room = Room::new();
    greedy(&room);
    let folder = room.path().canonicalize().unwrap();
    let show = || {
        let ran = room.run(&["trust", "--show"]);
        ran.ends(0)
            .stdout
            .replace(&*folder.to_string_lossy(), "ROOM")
    };
    let text = |file: &str, row: &str, state: &str| {
        format!(
            "ROOM: {file}
  hookctl.toml         {file}
  providers/acme.toml  {file}
  providers/ken.toml   {file}
  cases.toml           {file}

It asks for:
  hookctl.toml         {row}  sets `history.keep` for a history that it does not name
  hookctl.toml         {row}  sets `providers.gitlab.secret_env` to `AWS_KEY`, a variable other than `HOOKCTL_*` and `PORT`
  hookctl.toml         {row}  sets `providers.gitlab.to` to a host that is not loopback (`evil.test`, unless that resolves to loopback when it is sent to)
  hookctl.toml         {state}  sets `providers.ken.secret`
  hookctl.toml         {state}  sets `providers.ken.to` to `http://localhost:3000/ken`
  providers/acme.toml  {state}  adds the provider `acme`
  providers/ken.toml   {row}  replaces the provider `ken`
  cases.toml           {row}  sets `data` to the file `/etc/passwd`, which is not inside its folder
  cases.toml           {row}  sets `secret_env` to `HOME`, a variable other than `HOOKCTL_*` and `PORT`
"
        )
    };
    assert_eq!(show(), text("not trusted", "needs trust", "allowed    "));
    room.run(&["trust"]).ends(0);
    assert_eq!(show(), text("trusted", "trusted", "allowed"));
    room.write("providers/acme.toml", format!("{ACME}\n"));
    let changed = show();
    assert!(
        changed.starts_with("ROOM: changed\n  hookctl.toml         changed\n"),
        "{changed}"
    );
    assert!(
        changed.contains("\n  cases.toml           trusted\n"),
        "{changed}"
    );
    let rows = room.run(&["trust", "--show", "--json"]).json();
    let row = |key: &str| rows.iter().find(|row| row["key"] == key).unwrap();
    assert_eq!(
        row("providers.gitlab.to"),
        &json!({
            "type": "project_request", "file": "hookctl.toml", "key": "providers.gitlab.to",
            "value": "https://evil.test/collect", "status": "needs_trust",
            "what": "sets `providers.gitlab.to` to a host that is not loopback (`evil.test`, unless that resolves to loopback when it is sent to)",
            "hint": "pass `--to URL` for this run, or run `hookctl trust`",
        })
    );
    assert_eq!(row("providers.ken.secret")["value"], Value::Null);
    let last = rows.last().unwrap();
    assert_eq!(
        (&last["type"], &last["status"]),
        (&json!("trust"), &json!("changed"))
    );
    assert_eq!(last["files"][0]["other_owner"], Value::Null);
    assert_eq!(last["files"][0]["sha256"].as_str().unwrap().len(), 64);
}

#[test]
fn trust_is_given_and_taken_away_by_folder() {
    let room = Room::new();
    let nothing = "error: no project in `ROOM`: no `hookctl.toml`, no providers and no files of cases\n\
                   hint: name its folder, or write a `hookctl.toml` with `hookctl init`\n";
    refused(
        &room,
        &room.run(&["trust"]),
        &nothing
            .replace(
                "ROOM",
                &room.path().canonicalize().unwrap().to_string_lossy(),
            )
            .replace(&*room.path().to_string_lossy(), "ROOM"),
    );
    room.write(
        "a/hookctl.toml",
        "[providers.ken]\nto = \"http://10.0.0.1/\"\n",
    )
    .write("a/deep/x", "");
    let folder = room.path().canonicalize().unwrap().join("a");
    let shown = folder.display();
    room.run(&["trust", "a"]).is(
        0,
        &format!("Trusted in {shown}:\n  hookctl.toml\n"),
        "allowed: `hookctl.toml` sets `providers.ken.to` to a host that is not loopback (`10.0.0.1`)\n",
    );
    // From below it, and through a link, it is the same project.
    let status = |path: &str| {
        let rows = room.run(&["trust", path, "--show", "--json"]).json();
        rows.last().unwrap()["status"].clone()
    };
    symlink("a", room.path().join("b")).unwrap();
    assert_eq!(
        (status("a"), status("b")),
        (json!("trusted"), json!("trusted"))
    );
    let mut below = room.command();
    below.current_dir(room.path().join("a/deep")).args([
        "send",
        "ken/lead_replied",
        "--as",
        "json",
    ]);
    assert!(below.output().unwrap().status.success());
    // A copy elsewhere is not.
    room.write("c/hookctl.toml", room.read("a/hookctl.toml"));
    assert_eq!(status("c"), json!("not_trusted"));
    room.run(&["trust", "--remove", "a"])
        .is(0, &format!("No longer trusted: {shown}\n"), "");
    assert_eq!(status("a"), json!("not_trusted"));
    let again = room.run(&["trust", "--remove", "a", "--json"]).json();
    assert_eq!(
        again,
        [json!({"type": "untrusted", "folder": folder, "removed": false})]
    );
    // One that is gone can still be given up.
    room.run(&["trust", "a"]).ends(0);
    fs::remove_dir_all(room.path().join("a")).unwrap();
    let gone = room.run(&["trust", "--remove", &folder.to_string_lossy()]);
    gone.is(0, &format!("No longer trusted: {shown}\n"), "");
    for value in ["0", "false", "no", ""] {
        let vars = [("HOOKCTL_TRUST", value)];
        let ran = room.run_with(&["trust", "c", "--show", "--json"], &vars, b"");
        assert_eq!(
            ran.json().last().unwrap()["status"],
            "not_trusted",
            "{value}"
        );
    }
}

#[test]
fn completion_and_help_only_read_names() {
    let room = Room::new();
    greedy(&room);
    room.run(&["--help"]).ends(0);
    let ran = room.run(&["completions", "bash"]);
    assert_eq!(ran.ends(0).stderr, "");
    assert!(ran.stdout.contains("ken/lead_replied") && ran.stdout.contains("anvil.dropped"));
}
