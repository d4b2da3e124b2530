//! What receivers run in earnest: the handlers that providers print and the official libraries, in Node and Python.
//! They accept what the program sends, refuse what it broke, and what they sign is valid for it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, ErrorKind};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{OnceLock, mpsc};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::harness::{Ran, Room, project};

/// Longest time until a server says where it listens.
const PATIENCE: Duration = Duration::from_secs(60);
const NODE: &str = "Node.js 20 or newer, with npm";
pub(crate) const PYTHON: &str = "Python 3.10 or newer, with venv and pip";
pub(crate) const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
pub(crate) const OLD_SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

/// All ways to break a delivery that Svix signs.
const TAMPERED: [&str; 6] = ["body", "signature", "timestamp", "id", "secret", "headers"];

/// Fields that JSON.stringify(JSON.parse(body)) writes in its own way: keys like numbers come first, in their order,
/// numbers have one spelling, and only some characters are escaped.
const EDITS: [&str; 15] = [
    r#"note=Zoë & "x" <y> / 1"#,
    r#"control="\u0000\u001f\b\u007f\u2028\/\u00eb""#,
    "score=8.0",
    "small=1e-7",
    "large=1e21",
    "minus=-0",
    "hundred=1e2",
    "big=12345678901234567890",
    "third=0.30000000000000004",
    "2=b",
    "1=a",
    "01=c",
    "odd=9007199254740993",
    r#"nested={"z":[],"10":{},"9":null,"a":1.50}"#,
    "__proto__=d",
];

/// Variants that are signed otherwise than by default.
const OTHER_STYLES: [&str; 5] = ["bare-hex", "sha1", "signing-token", "v1", "v2"];

/// Runs a tool that must be there, and fails with what to install or with what it said.
#[track_caller]
pub(crate) fn tool(command: &mut Command, install: &str) -> Output {
    let output = match command.output() {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            panic!("{command:?} needs what is missing: install {install}")
        }
        output => output.unwrap(),
    };
    assert!(
        output.status.success(),
        "{command:?}: {}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

/// Copies a folder of `tests` beside the build and installs what its lock file names, unless that was done already for
/// this version of the language, by an earlier run or one that runs beside this one.
fn installed(from: &str, lock: &str, version: &[u8], install: impl FnOnce(&Path)) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(from);
    fs::create_dir_all(&folder).unwrap();
    let alone = File::create(folder.join("alone")).unwrap();
    alone.lock().unwrap();
    for entry in fs::read_dir(project("tests").join(from)).unwrap() {
        let from = entry.unwrap().path();
        // What a developer installed beside the sources is not a source.
        if from.is_file() {
            renew(&folder.join(from.file_name().unwrap()), &from);
        }
    }
    let wanted = [version, &fs::read(folder.join(lock)).unwrap()].concat();
    let stamp = folder.join("stamp");
    if fs::read(&stamp).ok().as_ref() != Some(&wanted) {
        install(&folder);
        fs::write(stamp, wanted).unwrap();
    }
    folder
}

/// Copies a file that differs; one that is the same may be read by a run beside this one.
fn renew(to: &Path, from: &Path) {
    let bytes = fs::read(from).unwrap();
    if fs::read(to).ok().as_ref() != Some(&bytes) {
        fs::write(to, bytes).unwrap();
    }
}

/// A folder of `tests` with scripts in Node, copied to where its packages are installed.
pub(crate) fn with_npm(from: &str) -> PathBuf {
    let version = tool(Command::new("node").arg("--version"), NODE).stdout;
    installed(from, "package-lock.json", &version, |folder| {
        let mut npm = Command::new("npm");
        npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
        tool(npm.current_dir(folder), NODE);
    })
}

/// A folder of `tests` with scripts in Python, copied to where its packages are installed.
pub(crate) fn with_pip(from: &str) -> PathBuf {
    let version = tool(Command::new("python3").arg("--version"), PYTHON).stdout;
    installed(from, "requirements.txt", &version, |folder| {
        let mut venv = Command::new("python3");
        venv.args(["-m", "venv", "--clear", "venv"]);
        tool(venv.current_dir(folder), PYTHON);
        let mut pip = Command::new(folder.join("venv/bin/python"));
        pip.args(["-m", "pip", "install", "-r", "requirements.txt"]);
        tool(pip.current_dir(folder), PYTHON);
    })
}

/// A script in Node, with its packages installed.
pub(crate) fn node(script: &str) -> Command {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| with_npm("clients/node"));
    let mut command = Command::new("node");
    // Express then keeps the traces of handlers that throw to itself.
    command.arg(folder.join(script)).env("NODE_ENV", "test");
    command
}

/// A script in Python, with its packages installed.
pub(crate) fn python(script: &str) -> Command {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| with_pip("clients/python"));
    let mut command = Command::new(folder.join("venv/bin/python"));
    command.arg(folder.join(script));
    command
}

/// A receiver that runs. Ended when it goes out of scope.
pub(crate) struct Server {
    child: Child,
    url: String,
}

impl Server {
    /// Starts it and waits until it takes requests.
    #[track_caller]
    pub(crate) fn start(mut command: Command, variable: &str, secret: &str) -> Self {
        let mut child = command
            .env(variable, secret)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (say, said) = mpsc::channel();
        // Reads on after the first line, for handlers print and must not wait for a reader.
        thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                let _ = say.send(line);
            }
        });
        let mut server = Self {
            child,
            url: String::new(),
        };
        let line = said.recv_timeout(PATIENCE).expect("a first line");
        let port = line.strip_prefix("listening ").expect(&line);
        server.url = format!("http://127.0.0.1:{port}");
        server
    }
}

impl Server {
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A receiver, and a room in which the program signs with the secret that the receiver knows.
pub(crate) struct Receiver {
    pub(crate) room: Room,
    pub(crate) server: Server,
    pub(crate) path: &'static str,
}

impl Receiver {
    /// The handler of a provider. The secret is the local one, handed over as the help of `secret` says.
    fn handler(provider: &str, script: &str, variable: &str, path: &'static str) -> Self {
        let room = Room::new();
        let secret = room.run(&["secret", provider]);
        let secret = secret.ends(0).stdout.trim();
        let server = Server::start(node(script), variable, secret);
        Self { room, server, path }
    }

    fn ken() -> Self {
        Self::handler("ken", "ken.mjs", "KEN_WEBHOOK_SECRET", "/webhooks/ken")
    }

    fn kakiyo() -> Self {
        let variable = "KAKIYO_WEBHOOK_SECRET";
        Self::handler("kakiyo", "kakiyo.cjs", variable, "/kakiyo/webhook")
    }

    fn klen() -> Self {
        Self::handler("klen", "klen.cjs", "KLEN_WEBHOOK_SECRET", "/webhooks/klen")
    }

    fn url(&self) -> String {
        format!("{}{}", self.server.url, self.path)
    }

    /// Runs a command towards the handler.
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.room
            .run(&[args, &["--json", "--to", &self.url()]].concat())
    }

    /// The handler answers 200 to each of so many deliveries.
    #[track_caller]
    pub(crate) fn accepts(&self, deliveries: usize, args: &[&str]) {
        let ran = self.run(args);
        assert_eq!(statuses(ran.ends(0)), vec![200; deliveries], "{args:?}");
    }

    /// The handler answers this, and the program calls it the good answer.
    #[track_caller]
    pub(crate) fn refuses(&self, status: u16, args: &[&str]) {
        let wanted = status.to_string();
        let ran = self.run(&[args, &["--expect", &wanted]].concat());
        assert_eq!(statuses(ran.ends(0)), [status], "{args:?}");
    }

    /// All its events, alone and in each of their variants, and all its scenarios are accepted.
    #[track_caller]
    pub(crate) fn accepts_all(&self, provider: &str, events: usize) {
        let catalogue = Catalogue::of(&self.room, provider);
        assert_eq!(catalogue.events.len(), events);
        let names: Vec<&str> = catalogue.events.keys().map(String::as_str).collect();
        self.accepts(events, &[&["send"], &*names].concat());
        for (event, variants) in &catalogue.events {
            // Handlers and libraries know the newest style of the signature alone.
            for variant in variants
                .iter()
                .filter(|name| !OTHER_STYLES.contains(&&***name))
            {
                self.accepts(1, &["send", event, "--variant", variant]);
            }
        }
        for (scenario, steps) in &catalogue.scenarios {
            self.accepts(*steps, &["send", scenario]);
        }
    }

    /// The edits are accepted at once and one by one, within this object of the event.
    #[track_caller]
    fn accepts_edits(&self, event: &str, object: &str) {
        let edits = EDITS.map(|edit| format!("{object}.{edit}"));
        let mut all = vec!["send", event];
        for edit in &edits {
            self.accepts(1, &["send", event, "--set", edit]);
            all.extend(["--set", edit]);
        }
        self.accepts(1, &all);
    }

    /// The handler answers this to each of these ways to break a delivery.
    #[track_caller]
    fn refuses_tampered(&self, status: u16, event: &str, ways: &[&str]) {
        for way in ways {
            self.refuses(status, &["send", event, "--tamper", way]);
        }
    }

    /// The program refuses to break what the signature does not cover.
    #[track_caller]
    fn has_neither_time_nor_id(&self, event: &str) {
        for way in ["timestamp", "id"] {
            self.run(&["send", event, "--tamper", way]).ends(2);
        }
    }
}

/// The statuses that deliveries were answered with.
#[track_caller]
fn statuses(ran: &Ran) -> Vec<u16> {
    let lines = ran.json().into_iter();
    lines
        .filter(|line| line["type"] == "attempt")
        .map(|line| line["status"].as_u64().unwrap().try_into().unwrap())
        .collect()
}

/// What `events` lists of a provider.
pub(crate) struct Catalogue {
    /// Each event's variants.
    pub(crate) events: BTreeMap<String, Vec<String>>,
    /// How many deliveries each scenario has.
    scenarios: BTreeMap<String, usize>,
}

impl Catalogue {
    #[track_caller]
    pub(crate) fn of(room: &Room, provider: &str) -> Self {
        let lines = room.run(&["events", provider, "--json"]).ends(0).json();
        let name = |line: &Value, key: &str| format!("{provider}/{}", line[key].as_str().unwrap());
        let texts = |list: &Value| -> Vec<String> { serde_json::from_value(list.clone()).unwrap() };
        let of_type = |kind: &'static str| lines.iter().filter(move |line| line["type"] == kind);
        Self {
            events: of_type("event")
                .map(|line| (name(line, "event"), texts(&line["variants"])))
                .collect(),
            scenarios: of_type("scenario")
                .map(|line| (name(line, "scenario"), texts(&line["steps"]).len()))
                .collect(),
        }
    }
}

#[test]
fn the_printed_ken_handler_accepts_every_event_of_ken() {
    Receiver::ken().accepts_all("ken", 5);
}

#[test]
fn the_printed_ken_handler_accepts_edited_events() {
    let ken = Receiver::ken();
    ken.accepts_edits("lead_replied", "contact");
    let ran = ken.run(&["send", "lead_replied", "--set", "data.note=x"]);
    assert!(ran.ends(2).stderr.contains("data.note"), "{}", ran.stderr);
}

#[test]
fn the_printed_ken_handler_refuses_what_was_tampered_with() {
    Receiver::ken().refuses_tampered(400, "lead_replied", &TAMPERED);
}

#[test]
fn the_printed_kakiyo_handler_accepts_every_event_of_kakiyo() {
    Receiver::kakiyo().accepts_all("kakiyo", 12);
}

#[test]
fn the_printed_kakiyo_handler_accepts_edited_events_though_it_serialises_again() {
    Receiver::kakiyo().accepts_edits("prospect.qualified", "data");
}

#[test]
fn the_printed_kakiyo_handler_refuses_what_was_tampered_with() {
    let kakiyo = Receiver::kakiyo();
    let ways = ["body", "signature", "secret", "headers"];
    kakiyo.refuses_tampered(401, "prospect.responded", &ways);
    kakiyo.has_neither_time_nor_id("prospect.responded");
}

#[test]
fn the_printed_kakiyo_handler_refuses_the_bare_hex_of_the_older_guide() {
    let args = ["send", "prospect.responded", "--variant", "bare-hex"];
    Receiver::kakiyo().refuses(401, &args);
}

#[test]
fn the_published_klen_handler_accepts_every_event_of_klen() {
    Receiver::klen().accepts_all("klen", 11);
}

#[test]
fn the_published_klen_handler_accepts_edited_events_though_it_serialises_again() {
    Receiver::klen().accepts_edits("call.ended", "call");
}

#[test]
fn the_published_klen_handler_refuses_what_was_tampered_with() {
    let klen = Receiver::klen();
    klen.refuses_tampered(401, "call.ended", &["body", "signature", "secret"]);
    // Without the header its comparison throws.
    klen.refuses_tampered(500, "call.ended", &["headers"]);
    klen.has_neither_time_nor_id("call.ended");
}

/// The servers that verify with the libraries, and the paths at which they do so by Svix's headers.
fn libraries() -> [(Command, &'static [&'static str]); 2] {
    [
        (node("libraries.mjs"), &["/svix", "/svix-1"]),
        (python("server.py"), &["/svix"]),
    ]
}

#[test]
fn the_svix_libraries_accept_every_event_of_ken_and_refuse_what_was_tampered_with() {
    for (library, paths) in libraries() {
        let room = Room::new();
        let secret = room.run(&["secret", "ken"]);
        let secret = secret.ends(0).stdout.trim();
        let path = paths[0];
        let server = Server::start(library, "WEBHOOK_SECRET", secret);
        let mut receiver = Receiver { room, server, path };
        for path in paths {
            receiver.path = path;
            receiver.accepts_all("ken", 5);
            receiver.accepts_edits("lead_replied", "contact");
            receiver.refuses_tampered(400, "lead_replied", &TAMPERED);
        }
    }
}

#[test]
fn the_standard_webhooks_libraries_accept_a_body_that_was_signed() {
    let body = r#"{ "type": "user.created", "note": "Zoë & \"x\" <y> / 1", "score": 8.0 }"#;
    for (library, _) in libraries() {
        let room = Room::new();
        room.write("body.json", body);
        let server = Server::start(library, "WEBHOOK_SECRET", SECRET);
        let path = "/standardwebhooks";
        let receiver = Receiver { room, server, path };
        let sign = ["sign", "--scheme", "standard-webhooks", "--as", "json"];
        let with = ["--body", "body.json", "--secret", SECRET];
        let signed = receiver.run(&[&sign[..], &with].concat());
        receiver
            .room
            .write("signed.json", &signed.ends(0).stdout)
            .write("changed.json", signed.stdout.replace("8.0", "8.1"));
        receiver.accepts(1, &["replay", "signed.json", "--raw"]);
        receiver.refuses(400, &["replay", "changed.json", "--raw"]);
    }
}

/// A request that a library signed, as bytes on the wire.
fn signed_by(library: &str, prefix: &str, secrets: &[&str]) -> Vec<u8> {
    let mut command = node("sign.mjs");
    tool(command.args([library, prefix]).args(secrets), NODE).stdout
}

#[test]
fn what_the_libraries_sign_is_valid_under_both_names_of_the_headers() {
    let room = Room::new();
    for library in ["standardwebhooks", "svix", "svix-1"] {
        for prefix in ["svix", "webhook"] {
            let request = signed_by(library, prefix, &[SECRET]);
            let with = |secret| room.run_with(&["verify", "--secret", secret, "-"], &[], &request);
            with(SECRET).ends(0);
            with(OLD_SECRET).ends(1);
        }
    }
}

#[test]
fn during_a_rotation_one_of_the_signatures_of_the_libraries_suffices() {
    let room = Room::new();
    for prefix in ["svix", "webhook"] {
        let request = signed_by("svix", prefix, &[OLD_SECRET, SECRET]);
        for (secret, code) in [(SECRET, 0), (OLD_SECRET, 0), ("whsec_b3RoZXI=", 1)] {
            room.run_with(&["verify", "--secret", secret, "-"], &[], &request)
                .ends(code);
        }
    }
}

/// Sends a reply to a listener of the program, which saves it in `caps`.
fn capture(room: &Room, args: &[&str]) {
    let listener = room.listen(&["--save", "caps"]);
    let send = ["send", "lead_replied", "--to", &listener.url];
    room.run(&[&send, args].concat()).ends(0);
    listener.stop();
}

#[test]
fn the_printed_ken_handler_accepts_what_is_forwarded_to_it() {
    let ken = Receiver::ken();
    let listener = ken.room.listen(&["--forward", &ken.server.url]);
    let to = format!("{}{}", listener.url, ken.path);
    for edit in EDITS.map(|edit| format!("contact.{edit}")) {
        let args = ["send", "lead_replied", "--set", &edit, "--to", &to];
        ken.room.run(&args).ends(0);
    }
    let tampered = ["send", "lead_replied", "--tamper", "body", "--to", &to];
    let ran = ken.room.run(&[&tampered[..], &["--json"]].concat());
    assert_eq!(statuses(&ran), [400]);
    let captures = listener.stop().ends(0).json();
    assert_eq!(captures[0]["forward"][0]["status"], 200);
    assert_eq!(
        captures[EDITS.len()]["forward"][0]["response_body"],
        "Invalid signature"
    );
}

#[test]
fn the_printed_ken_handler_accepts_a_capture_as_it_came_and_signed_afresh() {
    let ken = Receiver::ken();
    capture(&ken.room, &[]);
    ken.accepts(1, &["replay", "caps", "--raw"]);
    ken.accepts(1, &["replay", "caps"]);
}

/// The library that Ken recommends refuses a delivery of ten minutes ago as it came, for its age alone, and takes it
/// once it is signed afresh.
#[test]
fn the_printed_ken_handler_accepts_an_old_capture_only_signed_afresh() {
    let ken = Receiver::ken();
    capture(&ken.room, &["--timestamp", "-10m"]);
    let url = ken.url();
    for source in ["caps", "last"] {
        ken.refuses(400, &["replay", source, "--raw"]);
        let ran = ken.room.run(&["replay", source, "--raw", "--to", &url]);
        let said = &ran.ends(1).stderr;
        let hint = said.lines().find(|line| line.starts_with("hint:")).unwrap();
        assert!(hint.starts_with("hint: The signed time is 10m "), "{said}");
        let why = " ago, and receivers of this scheme take 5m at most: refusing it is right. \
                   Without `--raw` it is signed afresh.";
        assert!(hint.ends_with(why), "{said}");
        ken.accepts(1, &["replay", source]);
    }
    let verified = ken.room.run(&["verify", "last", "--json"]).ends(1).json();
    assert_eq!(verified[0]["reason"], "stale");
}
