//! The zoo: handlers with one mistake each, of which exactly that is found, and right ones, of which nothing is.
//!
//! An id with `!` before it is a warning.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::thread;

use crate::clients::{with_npm, with_pip};
use crate::harness::{Room, project};

/// A handler's name, which starts with that of its provider, and what is found of it.
type Animal = (&'static str, &'static [&'static str]);

const NODE: [Animal; 54] = [
    ("github-always", &["rejects-missing-signature"]),
    ("github-eager", &["survives-malformed-body"]),
    ("github-methods", &["!rejects-other-methods"]),
    ("github-parsing", &["!survives-malformed-body"]),
    ("github-prefix", &["rejects-wrong-secret"]),
    ("github-right-express", &[]),
    ("github-sorted", &["verifies-raw-body"]),
    ("github-strict", &["accepts-unknown-fields"]),
    ("github-throwing", &["rejects-with-4xx"]),
    ("github-traced", &["keeps-quiet-on-errors"]),
    ("github-trimming", &["verifies-raw-body"]),
    ("kakiyo-endless", &["survives-malformed-body"]),
    ("kakiyo-helpful", &["keeps-quiet-on-errors"]),
    ("kakiyo-login", &["answers-without-redirect"]),
    ("kakiyo-right-limited", &[]),
    ("kakiyo-start", &["rejects-wrong-secret"]),
    ("ken-assuming", &["accepts-every-event"]),
    ("ken-dawdling", &["answers-in-time"]),
    ("ken-first", &["accepts-rotated-secret"]),
    ("ken-fragile", &["survives-malformed-body"]),
    ("ken-future", &["rejects-future-timestamp"]),
    ("ken-hasty", &["rejects-wrong-secret"]),
    ("ken-idless", &["accepts-valid"]),
    ("ken-locked", &["survives-burst"]),
    ("ken-milliseconds", &["rejects-stale-timestamp"]),
    ("ken-polite", &["rejects-missing-signature"]),
    ("ken-presence", &["rejects-wrong-secret"]),
    ("ken-restringified", &["verifies-raw-body"]),
    ("ken-right-busy", &[]),
    ("ken-right-conflict", &["!accepts-duplicate"]),
    ("ken-right-express", &[]),
    (
        "ken-single",
        &["!accepts-every-event", "accepts-unknown-event"],
    ),
    ("ken-slash", &["answers-without-redirect"]),
    ("ken-timeless", &["rejects-stale-timestamp"]),
    ("ken-undecoded", &["accepts-valid"]),
    ("ken-unique", &["accepts-duplicate"]),
    ("ken-unverified", &["rejects-missing-signature"]),
    ("klen-crowded", &["survives-burst"]),
    ("klen-fatal", &["rejects-missing-signature"]),
    ("klen-latin1", &["verifies-raw-body"]),
    ("klen-racing", &["accepts-duplicate"]),
    ("klen-right-hangup", &[]),
    ("klen-right-node", &[]),
    ("klen-shouting", &["accepts-valid"]),
    ("klen-silent", &["rejects-with-4xx"]),
    ("klen-stuck", &["survives-large-body"]),
    (
        "stripe-choosy",
        &["!rejects-future-timestamp", "accepts-unknown-event"],
    ),
    ("stripe-clock", &["accepts-valid"]),
    ("stripe-last", &["accepts-rotated-secret"]),
    ("stripe-right-fastify", &["!rejects-future-timestamp"]),
    ("stripe-slow", &["answers-in-time"]),
    ("stripe-stripped", &["accepts-valid"]),
    (
        "stripe-telling",
        &["!rejects-future-timestamp", "keeps-quiet-on-errors"],
    ),
    (
        "stripe-trusting",
        &["!rejects-future-timestamp", "rejects-missing-signature"],
    ),
];

const PYTHON: [Animal; 12] = [
    ("github-dumped", &["verifies-raw-body"]),
    ("github-right-flask", &[]),
    ("kakiyo-right-flask", &[]),
    ("kakiyo-verbose", &["keeps-quiet-on-errors"]),
    ("ken-right-fastapi", &[]),
    ("ken-right-typed", &[]),
    ("ken-uncaught", &["rejects-with-4xx"]),
    ("klen-spaced", &["verifies-raw-body"]),
    ("klen-typed", &["accepts-unknown-fields"]),
    ("klen-unhandled", &["!survives-malformed-body"]),
    ("stripe-patient", &["rejects-stale-timestamp"]),
    ("stripe-right-fastapi", &["!rejects-future-timestamp"]),
];

/// Handlers that end their process, or hold it up, and so need one of their own.
const ALONE: [&str; 3] = ["kakiyo-endless", "ken-fragile", "klen-fatal"];

/// Handlers that are given less time than their provider gives them, since they use up all of it.
const TIMED: [(&str, &str); 5] = [
    ("kakiyo-endless", "1s"),
    ("ken-dawdling", "1s"),
    ("klen-silent", "1s"),
    ("klen-stuck", "1s"),
    ("stripe-slow", "1s"),
];

/// What proves the cause where a right delivery is refused.
const CAUSES: [(&str, &str); 5] = [
    (
        "ken-idless",
        "the handler leaves the delivery id out of what it signs",
    ),
    (
        "ken-undecoded",
        "the handler uses the whole secret as text for its key",
    ),
    (
        "klen-shouting",
        "the handler expects the digest in upper case",
    ),
    (
        "stripe-clock",
        "the handler takes the timestamp for milliseconds",
    ),
    (
        "stripe-stripped",
        "the handler takes `whsec_` off the secret",
    ),
];

/// A program that serves handlers. Ended when it goes out of scope.
struct Cage {
    child: Child,
    /// Port of each handler.
    ports: BTreeMap<String, u16>,
}

impl Cage {
    #[track_caller]
    fn new(mut command: Command, names: &[&str], secrets: &str) -> Self {
        let mut child = command
            .args(names)
            .env("WEBHOOK_SECRETS", secrets)
            .env_remove("NODE_ENV")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let lines = lines
            .map_while(Result::ok)
            .take_while(|line| line != "ready");
        let port = |line: String| {
            let (name, port) = line.split_once(' ').unwrap();
            (name.to_owned(), port.parse().unwrap())
        };
        let ports: BTreeMap<String, u16> = lines.map(port).collect();
        assert_eq!(ports.len(), names.len(), "{names:?}");
        Self { child, ports }
    }
}

impl Drop for Cage {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The local secrets of the zoo's providers, as handlers are given them.
fn secrets(room: &Room) -> String {
    let all = ["github", "kakiyo", "ken", "klen", "stripe"].map(|provider| {
        let secret = room.run(&["secret", provider]);
        (provider, secret.ends(0).stdout.trim().to_owned())
    });
    serde_json::to_string(&BTreeMap::from(all)).unwrap()
}

/// What an audit says of a handler that differs from what it should say.
fn wrong(room: &Room, name: &str, port: u16, wanted: &[&str]) -> Option<String> {
    let provider = name.split('-').next().unwrap();
    let to = format!("http://127.0.0.1:{port}/webhooks");
    let mut args = vec!["check", "--json", "--provider", provider, "--to", &to];
    if let Some((_, limit)) = TIMED.iter().find(|(timed, _)| *timed == name) {
        args.extend(["--timeout", limit]);
    }
    let ran = room.run(&args);
    let lines = ran.json();
    let (checks, summary) = lines.split_at(lines.len().saturating_sub(1));
    let found: BTreeSet<String> = checks
        .iter()
        .filter_map(|line| match line["status"].as_str().unwrap() {
            "fail" => Some(line["id"].as_str().unwrap().to_owned()),
            "warn" => Some(format!("!{}", line["id"].as_str().unwrap())),
            _ => None,
        })
        .collect();
    let wanted: BTreeSet<String> = wanted.iter().map(|id| (*id).to_owned()).collect();
    let fails = wanted.iter().any(|id| !id.starts_with('!'));
    let cause = CAUSES.iter().find(|(caused, _)| *caused == name);
    let has_cause = cause.is_none_or(|(_, cause)| ran.stdout.contains(cause));
    let is_right = found == wanted
        && checks.len() == 21
        && summary[0]["type"] == "summary"
        && ran.code == i32::from(fails)
        && has_cause;
    (!is_right).then(|| {
        format!(
            "{name}: found {found:?}, exit {}\n{}{}",
            ran.code, ran.stdout, ran.stderr
        )
    })
}

/// Audits all handlers of a language, some at a time, and compares what is found.
fn visit(command: &(dyn Fn() -> Command + Sync), animals: &[Animal]) {
    let room = Room::new();
    let secrets = secrets(&room);
    let names: Vec<&str> = animals.iter().map(|(name, _)| *name).collect();
    let (alone, together): (Vec<&str>, Vec<&str>) =
        names.iter().partition(|name| ALONE.contains(name));
    let mut cages: Vec<Cage> = alone
        .iter()
        .map(|name| Cage::new(command(), &[name], &secrets))
        .collect();
    cages.push(Cage::new(command(), &together, &secrets));
    let ports: BTreeMap<&str, u16> = cages
        .iter()
        .flat_map(|cage| cage.ports.iter().map(|(name, port)| (&**name, *port)))
        .collect();
    let (left, problems) = (Mutex::new(animals.to_vec()), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while let Some((name, wanted)) = { left.lock().unwrap().pop() } {
                    problems
                        .lock()
                        .unwrap()
                        .extend(wrong(&room, name, ports[name], wanted));
                }
            });
        }
    });
    let problems = problems.into_inner().unwrap();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// The handlers in a folder, by name.
fn kept(folder: &str, ending: &str, mark: char) -> BTreeSet<String> {
    let files = fs::read_dir(project(folder)).unwrap();
    let names = files.filter_map(|file| file.unwrap().file_name().into_string().ok());
    let names = names.filter_map(|name| name.strip_suffix(ending).map(str::to_owned));
    let handlers = names.filter(|name| name.contains(mark));
    handlers.map(|name| name.replace(mark, "-")).collect()
}

fn named(animals: &[Animal]) -> BTreeSet<String> {
    animals.iter().map(|(name, _)| (*name).to_owned()).collect()
}

#[test]
fn every_handler_of_the_zoo_is_visited() {
    let node = kept("tests/zoo/node", ".mjs", '-');
    let python = kept("tests/zoo/python", ".py", '_');
    assert_eq!(node, named(&NODE));
    assert_eq!(python, named(&PYTHON));
}

#[test]
fn mistakes_in_node_are_found_and_nothing_else() {
    let folder = with_npm("zoo/node");
    let command = || {
        let mut node = Command::new("node");
        node.arg(folder.join("serve.mjs"));
        node
    };
    visit(&command, &NODE);
}

#[test]
fn mistakes_in_python_are_found_and_nothing_else() {
    let folder: PathBuf = with_pip("zoo/python");
    let command = || {
        let mut python = Command::new(folder.join("venv/bin/python"));
        python.arg(folder.join("serve.py"));
        python
    };
    visit(&command, &PYTHON);
}
