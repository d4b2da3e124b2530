//! What is kept is for the user alone, whatever the umask and whatever lies there already; nothing is left behind.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, chown, symlink};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::harness::{Endpoint, Ran, Room, until};

const TO: &str = "http://localhost:9/";

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// Everything below a folder.
fn all_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(all_below(&path));
        }
        found.push(path);
    }
    found
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn state(room: &Room) -> PathBuf {
    room.path().join("../state/hookctl")
}

/// Runs a command under a umask.
fn run_under(room: &Room, umask: &str, args: &[&str]) -> Ran {
    let output = room
        .command_of("sh")
        .args(["-c", &format!("umask {umask}; exec \"$@\""), "sh"])
        .arg(env!("CARGO_BIN_EXE_hookctl"))
        .args(args)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    Ran {
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code().unwrap(),
    }
}

/// A file that belongs to another user: one that is given away if this user may do so, else one of the system's.
fn of_another_user(file: PathBuf) -> PathBuf {
    fs::write(&file, "").unwrap();
    match chown(&file, Some(65_534), None) {
        Ok(()) => file,
        Err(_) => PathBuf::from("/etc/passwd"),
    }
}

#[test]
fn files_and_folders_are_the_users_alone_under_any_umask() {
    for umask in ["000", "002", "022", "077", "0777"] {
        let room = Room::new();
        let script = format!(
            "{} send ken/lead_replied --to \"$HOOKCTL_URL\"",
            env!("CARGO_BIN_EXE_hookctl")
        );
        let listen = [
            "listen",
            ":0",
            "--no-page",
            "--tls",
            "--save",
            "captures/deep",
            "--ready-file",
            "url.txt",
            "--exec",
        ];
        let ran = run_under(
            &room,
            umask,
            &[&listen[..], &[&format!("{script} --insecure")]].concat(),
        );
        assert_eq!(ran.code, 0, "{umask}: {}", ran.stderr);
        for args in [
            &["history", "export", "--reveal", "-o", "all.ndjson"][..],
            &["history", "export", "--format", "fixture", "-o", "exports/"],
            &["secret", "klen", "--rotate"],
            &["emulate", ":0", "--timeout", "0s"],
            &["history", "--store", "other/deep/h.db"],
            &[
                "send",
                "ken/lead_replied",
                "--to",
                TO,
                "--store",
                "other/deep/h.db",
            ],
        ] {
            let ran = run_under(&room, umask, args);
            assert!(ran.code < 2, "{umask} {args:?}: {}", ran.stderr);
        }
        room.write("a/hookctl.toml", "");
        assert_eq!(run_under(&room, umask, &["trust", "a"]).code, 0);
        let kept = ["captures", "exports", "other"].map(|name| room.path().join(name));
        let files = ["all.ndjson", "url.txt"].map(|name| room.path().join(name));
        let state = state(&room);
        let below = kept
            .iter()
            .chain([&state])
            .flat_map(|folder| all_below(folder));
        let all: Vec<PathBuf> = below
            .chain(kept.clone())
            .chain(files)
            .chain([state.clone()])
            .collect();
        assert!(all.len() > 20, "{all:?}");
        for path in all {
            let wanted = if path.is_dir() { 0o700 } else { 0o600 };
            assert_eq!(mode(&path), wanted, "{umask}: {}", path.display());
        }
    }
}

#[test]
fn a_history_that_others_could_read_is_taken_from_them() {
    let room = Room::new();
    let store = room.path().join("h.db");
    fs::write(&store, "").unwrap();
    set_mode(&store, 0o666);
    let listener = room.listen(&["--store", "h.db"]);
    listener
        .exchange("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    for name in ["h.db", "h.db-wal", "h.db-shm"] {
        assert_eq!(mode(&room.path().join(name)), 0o600, "{name}");
    }
    listener.stop().ends(0);
    set_mode(&store, 0o644);
    room.run(&["send", "ken/lead_replied", "--to", TO, "--store", "h.db"]);
    assert_eq!(mode(&store), 0o600);
    // The folder of an older version.
    set_mode(&state(&room), 0o777);
    set_mode(&state(&room).join("secrets"), 0o777);
    room.run(&["secret", "klen"]).ends(0);
    assert_eq!(mode(&state(&room)), 0o700);
    assert_eq!(mode(&state(&room).join("secrets")), 0o700);
}

#[test]
fn a_history_of_another_user_or_behind_a_link_is_not_written_to() {
    let room = Room::new();
    let theirs = of_another_user(room.path().join("theirs.db"));
    fs::write(room.path().join("target"), "mine").unwrap();
    symlink("target", room.path().join("link.db")).unwrap();
    room.run(&["send", "ken/lead_replied", "--to", TO, "--store", "h.db"]);
    for name in ["h.db-wal", "h.db-shm", "h.db-journal"] {
        let _ = fs::remove_file(room.path().join(name));
        symlink("target", room.path().join(name)).unwrap();
        let ran = room.run(&["listen", ":0", "--store", "h.db"]);
        let ending = &name[4..];
        ran.is(
            3,
            "",
            &format!(
                "error: cannot use the history `{}`: its `{ending}` file: it is a symbolic link, which is not followed here\n\
                 hint: Name another file with `--store FILE`, or do without: `--no-store`.\n",
                room.path().join("h.db").display()
            ),
        );
        room.run(&["history", "--store", "h.db"]).ends(3);
        fs::remove_file(room.path().join(name)).unwrap();
    }
    let is_writable = theirs.starts_with(room.path());
    let not_ours = if is_writable {
        "it belongs to another user (uid "
    } else {
        "it cannot be written"
    };
    for (store, why) in [
        (theirs.as_path(), not_ours),
        (
            Path::new("link.db"),
            "it is a symbolic link, which is not followed here",
        ),
    ] {
        let store = store.to_str().unwrap();
        for args in [
            &["listen", ":0"][..],
            &["emulate", ":0"],
            &["history", "import", "-"],
        ] {
            let ran = room.run(&[args, &["--store", store]].concat());
            assert!(ran.ends(3).stderr.contains(why), "{args:?}: {}", ran.stderr);
            assert!(
                ran.stderr
                    .contains("hint: Name another file with `--store FILE`")
            );
        }
        let ran = room.run(&["send", "ken/lead_replied", "--to", TO, "--store", store]);
        assert!(ran.stderr.contains(why), "{}", ran.stderr);
    }
    assert_eq!(room.read("target"), "mine");
    assert_eq!(fs::metadata(&theirs).unwrap().len() == 0, is_writable);
}

#[test]
fn an_export_takes_its_file_from_others_and_follows_no_link() {
    let room = Room::new();
    room.run(&["send", "ken/lead_replied", "--to", TO]);
    let export = |file: &str| room.run(&["history", "export", "--reveal", "-o", file]);
    room.write(
        "all.ndjson",
        "a longer text than that which follows it ".repeat(200),
    );
    set_mode(&room.path().join("all.ndjson"), 0o644);
    export("all.ndjson").ends(0);
    assert_eq!(mode(&room.path().join("all.ndjson")), 0o600);
    assert_eq!(room.read("all.ndjson").lines().count(), 1);
    room.write("target", "mine");
    symlink("target", room.path().join("link")).unwrap();
    let file = room.path().join("link");
    export("link").is(
        3,
        "",
        &format!(
            "error: cannot write `{}`: it is a symbolic link, which is not followed here\n",
            file.display()
        ),
    );
    assert_eq!(room.read("target"), "mine");
    let theirs = of_another_user(room.path().join("theirs"));
    let ran = export(theirs.to_str().unwrap());
    let is_named = ran
        .ends(3)
        .stderr
        .contains("it belongs to another user (uid ");
    let is_writable = theirs.starts_with(room.path());
    assert_eq!(is_named, is_writable, "{}", ran.stderr);
    // Devices and pipes keep nothing.
    export("/dev/null").ends(0);
    assert_eq!(export("/dev/stdout").ends(0).stdout.lines().count(), 1);
}

#[test]
fn a_secret_that_others_may_read_is_taken_from_them_or_warned_of() {
    let room = Room::new();
    let secret = room.run(&["secret", "ken"]).stdout;
    let file = state(&room).join("secrets/ken");
    set_mode(&file, 0o644);
    assert_eq!(room.run(&["secret", "ken"]).stdout, secret);
    assert_eq!(mode(&file), 0o600);
    fs::rename(&file, room.path().join("moved")).unwrap();
    symlink(room.path().join("moved"), &file).unwrap();
    let ran = room.run(&["sign", "ken/lead_replied"]);
    assert!(
        ran.ends(3)
            .stderr
            .contains("it is a symbolic link, which is not followed here"),
        "{}",
        ran.stderr
    );
    room.write("given", &secret);
    let sign = || room.run(&["sign", "ken/lead_replied", "--secret-file", "given"]);
    set_mode(&room.path().join("given"), 0o640);
    assert_eq!(
        sign().ends(0).stderr,
        "warning: other users may read the secret in `given`; `chmod 600 given` keeps it yours.\n"
    );
    set_mode(&room.path().join("given"), 0o600);
    assert_eq!(sign().ends(0).stderr, "");
}

#[test]
fn a_ready_file_replaces_a_link_and_leaves_nothing_beside_it() {
    let room = Room::new();
    room.write("target", "mine");
    symlink("target", room.path().join("url.txt")).unwrap();
    // The name that older versions wrote to first.
    symlink("target", room.path().join("url.txt.part")).unwrap();
    let listener = room.listen(&["--ready-file", "url.txt"]);
    until("the file is there", || {
        room.path().join("url.txt").is_file()
    });
    assert_eq!(room.read("url.txt"), format!("{}\n", listener.url));
    assert_eq!(mode(&room.path().join("url.txt")), 0o600);
    assert_eq!(room.read("target"), "mine");
    assert_eq!(names(&room.path()), ["target", "url.txt", "url.txt.part"]);
}

/// Lock files of runs.
fn locks(room: &Room) -> Vec<String> {
    let mut names = names(&state(room));
    names.retain(|name| name.contains("-run-"));
    names
}

#[test]
fn lock_files_go_with_their_run_and_those_of_killed_runs_at_the_next_start() {
    let room = Room::new();
    room.run(&["emulate", ":0", "--timeout", "0s"]).ends(0);
    assert_eq!(locks(&room), Vec::<String>::new());
    let emulator = room.serve("emulate", ":0", &["--json"]);
    assert_eq!(locks(&room).len(), 1);
    emulator.stop().ends(0);
    assert_eq!(locks(&room), Vec::<String>::new());
    // Killed: the file stays until another starts, and that of one that runs stays longer.
    let killed = room.serve("emulate", ":0", &["--json"]);
    let left = locks(&room);
    killed.signal("-KILL");
    drop(killed);
    assert_eq!(locks(&room), left);
    let running = room.serve("emulate", ":0", &["--json"]);
    let held = locks(&room);
    assert!(held.len() == 1 && held != left, "{held:?} {left:?}");
    let endpoint = Endpoint::status(200);
    room.run(&[
        "send",
        "ken/lead_replied",
        "--retry",
        "--to",
        &endpoint.url("/"),
    ])
    .ends(0);
    room.listen(&[]).stop().ends(0);
    assert_eq!(locks(&room), held);
    running.stop().ends(0);
    assert_eq!(locks(&room), Vec::<String>::new());
}

#[test]
fn a_listener_removes_the_lock_files_of_killed_runs() {
    let room = Room::new();
    let killed = room.serve("emulate", ":0", &["--json"]);
    killed.signal("-KILL");
    drop(killed);
    assert_eq!(locks(&room).len(), 1);
    room.listen(&[]).stop().ends(0);
    assert_eq!(locks(&room), Vec::<String>::new());
}

#[test]
fn temporary_files_of_secrets_go_unless_they_are_in_use() {
    let room = Room::new();
    room.run(&["secret", "ken"]).ends(0);
    let folder = state(&room).join("secrets");
    let [stale, used] =
        [".ken.00000000000000aa", ".ken.00000000000000bb"].map(|name| folder.join(name));
    for path in [&stale, &used] {
        fs::write(path, "").unwrap();
    }
    let held = fs::File::open(&used).unwrap();
    held.lock().unwrap();
    room.run(&["secret", "ken", "--rotate"]).ends(0);
    assert_eq!(names(&folder), [".ken.00000000000000bb", "ken"]);
    drop(held);
    room.run(&["secret", "ken", "--rotate"]).ends(0);
    assert_eq!(names(&folder), ["ken"]);
}
