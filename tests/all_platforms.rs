//! The main job on every platform: a listener runs a command of the platform's shell, which delivers signed events to it.
#![allow(clippy::unwrap_used, reason = "a test may panic; that is how it fails")]

use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_hookctl");

/// How the platform's shell reads the variable with the listener's URL.
const URL: &str = if cfg!(windows) {
    "%HOOKCTL_URL%"
} else {
    "$HOOKCTL_URL"
};

/// The program, with folders of its own in place of the user's.
fn hookctl(room: &TempDir, args: &[&str]) -> Output {
    Command::new(PROGRAM)
        .args(args)
        .current_dir(room.path())
        .env("HOME", room.path())
        .env("XDG_STATE_HOME", room.path().join("state"))
        .env("XDG_CONFIG_HOME", room.path().join("config"))
        .env("APPDATA", room.path().join("config"))
        .env("LOCALAPPDATA", room.path().join("state"))
        .env("HOOKCTL_STORE", room.path().join("history.db"))
        .env("HOOKCTL_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A command for the shell that runs the program with arguments as they are typed.
fn typed(arguments: &str) -> String {
    format!("\"{}\" {arguments}", Path::new(PROGRAM).display())
}

#[test]
fn delivers_a_valid_signed_event_to_a_listener() {
    let room = tempfile::tempdir().unwrap();
    let send = typed(&format!(
        "send ken/lead_replied --set \"contact.note=two words & more\" --to {URL}/webhooks/ken"
    ));
    let listen = ["listen", ":0", "--json", "--no-page", "--timeout", "60s"];
    let wanted = [
        "--expect",
        "ken/lead_replied",
        "--expect-valid",
        "--exec",
        &send,
    ];
    let ran = hookctl(&room, &[&listen[..], &wanted].concat());
    let (out, err) = (text(&ran.stdout), text(&ran.stderr));
    assert!(ran.status.success(), "{out}{err}");
    let lines: Vec<Value> = out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let captures: Vec<&Value> = lines
        .iter()
        .filter(|line| line["type"] == "capture")
        .collect();
    assert_eq!(captures.len(), 1, "{out}");
    assert_eq!(captures[0]["signature"]["status"], "valid");
    let body: Value = serde_json::from_str(captures[0]["body"].as_str().unwrap()).unwrap();
    assert_eq!(body["contact"]["note"], "two words & more");
}

#[test]
fn reports_the_exit_code_of_the_command() {
    let room = tempfile::tempdir().unwrap();
    let ran = hookctl(&room, &["listen", ":0", "--no-page", "--exec", "exit 7"]);
    assert_eq!(ran.status.code(), Some(7), "{}", text(&ran.stderr));
}

#[test]
fn verifies_the_last_capture_when_stdin_is_the_null_device() {
    let room = tempfile::tempdir().unwrap();
    let send = typed(&format!("send ken/lead_replied --to {URL}/webhooks/ken"));
    let listen = [
        "listen",
        ":0",
        "--no-page",
        "--exit-after",
        "1",
        "--exec",
        &send,
    ];
    let ran = hookctl(&room, &listen);
    assert!(ran.status.success(), "{}", text(&ran.stderr));
    let verified = hookctl(&room, &["verify", "--json"]);
    let (out, err) = (text(&verified.stdout), text(&verified.stderr));
    assert!(verified.status.success(), "{out}{err}");
    let verdict: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(verdict["status"], "valid");
}
