//! How fast `verify` is, against the least that it could do, in one process: `cargo bench --bench verify`.
//!
//! - many: 100,000 stored deliveries of 700 bytes from NDJSON, against a loop that parses each line and hashes the body;
//! - diagnosis: a failure that nothing explains, of 1 KiB and of 1 MiB.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::cast_precision_loss,
    reason = "a benchmark may panic, and prints its numbers"
)]

use std::ffi::OsString;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const LINES: usize = 100_000;
const BODY: usize = 700;
const NOW: i64 = 1_700_000_000;
const ROUNDS: usize = 5;

fn main() {
    let folder = std::env::args()
        .nth(2)
        .filter(|_| std::env::args().nth(1).as_deref() == Some("child"));
    if let Some(folder) = folder {
        return child(Path::new(&folder));
    }
    let folder = tempfile::tempdir().unwrap();
    write_lines(&folder.path().join("many.ndjson"));
    for (name, size) in [("1 KiB", 1 << 10), ("1 MiB", 1 << 20)] {
        let capture = capture(&body(size), "another body");
        fs::write(
            folder.path().join(format!("{name}.json")),
            capture.to_string(),
        )
        .unwrap();
    }
    // The program writes its verdicts to stdout; the child's goes nowhere.
    let status = Command::new(std::env::current_exe().unwrap())
        .arg("child")
        .arg(folder.path())
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
}

fn child(folder: &Path) {
    let many = folder.join("many.ndjson");
    let bytes = fs::read(&many).unwrap();
    let (mut bare, mut typed, mut ours) = (Duration::MAX, Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        bare = bare.min(timed(|| assert_eq!(bare_loop(&bytes), LINES)));
        typed = typed.min(timed(|| assert_eq!(typed_loop(&bytes), LINES)));
        ours = ours.min(timed(|| verify(&many)));
    }
    let rate = |time: Duration| LINES as f64 / time.as_secs_f64();
    eprintln!(
        "many: {:.0} a second; parsing into a tree and hashing {:.0} ({:.2}), parsing the fields alone and hashing {:.0} ({:.2})",
        rate(ours),
        rate(bare),
        rate(ours) / rate(bare),
        rate(typed),
        rate(ours) / rate(typed)
    );
    for name in ["1 KiB", "1 MiB"] {
        let file = folder.join(format!("{name}.json"));
        let best = (0..ROUNDS).map(|_| timed(|| verify(&file))).min().unwrap();
        eprintln!("diagnosis of {name}: {:.1} ms", best.as_secs_f64() * 1000.0);
    }
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn verify(file: &Path) {
    let at = NOW.to_string();
    let args = [
        "hookctl", "verify", "--json", "--secret", SECRET, "--at", &at,
    ];
    let args = args.iter().map(OsString::from).chain([file.into()]);
    let _ = hookctl::run(args);
}

fn key() -> Vec<u8> {
    STANDARD
        .decode(SECRET.trim_start_matches("whsec_"))
        .unwrap()
}

fn digest(id: &str, body: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(&key()).unwrap();
    mac.update(format!("{id}.{NOW}.").as_bytes());
    mac.update(body.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// A JSON body of about so many bytes, with a bit of everything that a serialiser may write in another way.
fn body(size: usize) -> String {
    let mut items = Vec::new();
    let mut text = String::new();
    while text.len() < size.saturating_sub(60) {
        items.push(json!({"id": items.len(), "name": "Zoë <a@b.example>", "url": "https://a.example/b", "score": 1.5}));
        text = json!({"type": "lead.replied", "items": items}).to_string();
        if text.len() > 4096 {
            // Larger ones are made of copies: only the size matters.
            let item = items.last().unwrap().to_string();
            let copies = vec![item.as_str(); size / (item.len() + 1)];
            return format!(
                "{{\"type\":\"lead.replied\",\"items\":[{}]}}",
                copies.join(",")
            );
        }
    }
    text
}

fn capture(body: &str, signed: &str) -> Value {
    let signature = format!("v1,{}", STANDARD.encode(digest("msg_1", signed)));
    json!({
        "type": "capture", "id": "01J", "received_at": "2023-11-14T22:13:20Z", "method": "POST", "path": "/hook", "query": "",
        "headers": [["host", "localhost:8080"], ["content-type", "application/json"], ["content-length", body.len().to_string()],
            ["svix-id", "msg_1"], ["svix-timestamp", NOW.to_string()], ["svix-signature", signature]],
        "body": body, "response": {"status": 200, "duration_ms": 1},
    })
}

fn write_lines(file: &Path) {
    let body = body(BODY);
    let line = capture(&body, &body).to_string();
    let mut out = std::io::BufWriter::new(fs::File::create(file).unwrap());
    for _ in 0..LINES {
        writeln!(out, "{line}").unwrap();
    }
    out.flush().unwrap();
}

fn bare_loop(bytes: &[u8]) -> usize {
    let mac = Hmac::<Sha256>::new_from_slice(&key()).unwrap();
    let lines = bytes
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty());
    let fits = |line: &&[u8]| {
        let value: Value = serde_json::from_slice(line).unwrap();
        hash(
            &mac,
            &value["headers"][3][1],
            &value["headers"][4][1],
            &value["headers"][5][1],
            value["body"].as_str().unwrap(),
        )
    };
    lines.filter(fits).count()
}

fn hash(mac: &Hmac<Sha256>, id: &Value, time: &Value, signature: &Value, body: &str) -> bool {
    fits(
        mac,
        id.as_str().unwrap(),
        time.as_str().unwrap(),
        signature.as_str().unwrap(),
        body,
    )
}

fn fits(mac: &Hmac<Sha256>, id: &str, time: &str, signature: &str, body: &str) -> bool {
    let mut mac = mac.clone();
    for part in [id, ".", time, ".", body] {
        mac.update(part.as_bytes());
    }
    mac.verify_slice(&STANDARD.decode(&signature[3..]).unwrap())
        .is_ok()
}

#[derive(serde::Deserialize)]
struct Fields {
    headers: Vec<(String, String)>,
    body: String,
}

fn typed_loop(bytes: &[u8]) -> usize {
    let mac = Hmac::<Sha256>::new_from_slice(&key()).unwrap();
    let lines = bytes
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty());
    let all = |line: &&[u8]| {
        let Fields { headers, body } = serde_json::from_slice(line).unwrap();
        fits(&mac, &headers[3].1, &headers[4].1, &headers[5].1, &body)
    };
    lines.filter(all).count()
}
