//! How much `listen` takes in, with verification and every request committed before it is answered, against a plain
//! hyper echo under the same load: `cargo bench --bench listen`.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::zombie_processes,
    reason = "a benchmark may panic, and prints its numbers"
)]

use std::convert::Infallible;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::TokioIo;
use sha2::Sha256;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const CONNECTIONS: usize = 64;
const BODY: usize = 700;
/// Requests that are ready, each with an id of its own; they go round.
const REQUESTS: usize = 50_000;
const TIME: Duration = Duration::from_secs(4);
const ROUNDS: usize = 3;
const KEY: &[u8; 32] = b"a key that is only a benchmark's";

/// What one run came to.
struct Measured {
    rate: f64,
    p50: Duration,
    p99: Duration,
    /// Processor time of the server a request, in seconds: steadier than the rate where others use the machine.
    cpu: f64,
    memory: String,
}

fn main() {
    if std::env::args().any(|arg| arg == "--echo") {
        echo();
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let requests: Vec<Vec<u8>> = (0..REQUESTS).map(request).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let requests: &'static [Vec<u8>] = requests.leak();
    let kinds: [(&str, Option<&[&str]>); 4] = [
        ("plain hyper echo", None),
        ("listen, durable", Some(&["--show", "none"])),
        ("listen, durable, shown", Some(&[])),
        ("listen --no-store", Some(&["--show", "none", "--no-store"])),
    ];
    let mut results: Vec<Vec<Measured>> = kinds.iter().map(|_| Vec::new()).collect();
    for _ in 0..ROUNDS {
        for ((_, args), results) in kinds.iter().zip(&mut results) {
            let (mut server, address) = start(*args, folder.path());
            runtime.block_on(load(&address, requests, TIME / 8));
            let before = cpu(&server);
            let mut found = runtime.block_on(load(&address, requests, TIME));
            found.cpu = (cpu(&server) - before) / found.rate / TIME.as_secs_f64();
            found.memory = memory(&server);
            results.push(found);
            server.kill().unwrap();
            server.wait().unwrap();
            // What one run leaves to be written to the disk would be written during the next.
            clear(folder.path());
        }
    }
    let median = |results: &mut Vec<Measured>| {
        results.sort_by(|a, b| a.rate.total_cmp(&b.rate));
        results.swap_remove(results.len() / 2)
    };
    let plain = median(&mut results[0]);
    for ((name, _), results) in kinds.iter().zip(&mut results) {
        let found = if results.len() < ROUNDS {
            &plain
        } else {
            &median(results)
        };
        eprintln!(
            "{name:<24} {:>8.0}/s  {:.2} of the echo  p50 {:>6.0?}  p99 {:>6.0?} ({:.1} of the echo's)  {:>4.1} µs of processor each  {}",
            found.rate,
            found.rate / plain.rate,
            found.p50,
            found.p99,
            found.p99.as_secs_f64() / plain.p99.as_secs_f64(),
            found.cpu * 1e6,
            found.memory,
        );
    }
}

/// A signed request.
fn request(number: usize) -> Vec<u8> {
    let mut body = format!("{{\"event\":\"invoice.paid\",\"number\":{number},\"text\":\"");
    body.push_str(&"x".repeat(BODY - body.len() - 2));
    body.push_str("\"}");
    let (id, time) = (format!("msg_{number:027}"), unix_now());
    let mut mac = Hmac::<Sha256>::new_from_slice(KEY).unwrap();
    mac.update(format!("{id}.{time}.{body}").as_bytes());
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    format!(
        "POST /webhooks HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nUser-Agent: Svix-Webhooks/1.24\r\nsvix-id: {id}\r\nsvix-timestamp: {time}\r\nsvix-signature: v1,{signature}\r\nContent-Length: {BODY}\r\n\r\n{body}"
    )
    .into_bytes()
}

fn unix_now() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.unwrap().as_secs()
}

/// Starts hookctl, or the echo without arguments, and returns its address.
fn start(args: Option<&[&str]>, folder: &Path) -> (Child, String) {
    let ready = folder.join("url");
    let _ = std::fs::remove_file(&ready);
    let mut command = match args {
        None => {
            let mut command = Command::new(std::env::current_exe().unwrap());
            command.arg("--echo");
            command
        }
        Some(args) => {
            let mut command = Command::new(env!("CARGO_BIN_EXE_hookctl"));
            command
                .args(["listen", "127.0.0.1:0", "--secret"])
                .arg(format!("whsec_{}", STANDARD.encode(KEY)))
                .args(args);
            if !args.contains(&"--no-store") {
                command.arg("--store").arg(folder.join("history.db"));
            }
            command
        }
    };
    command
        .env("READY", &ready)
        .env("XDG_STATE_HOME", folder)
        .stdout(Stdio::null());
    if args.is_some() {
        command.arg("--ready-file").arg(&ready);
    }
    let server = command.spawn().unwrap();
    loop {
        if let Ok(url) = std::fs::read_to_string(&ready)
            && url.ends_with('\n')
        {
            let address = url.trim().trim_start_matches("http://").to_owned();
            return (server, address);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Deletes all files of a folder.
fn clear(folder: &Path) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            std::fs::remove_file(path).unwrap();
        }
    }
}

/// Processor time that a server has used, in seconds.
fn cpu(server: &Child) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", server.id()));
    let stat = stat.unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let ticks = fields.split(' ').skip(12).take(2);
    ticks
        .filter_map(|ticks| ticks.parse::<f64>().ok())
        .sum::<f64>()
        / 100.0
}

fn memory(server: &Child) -> String {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.id()));
    let status = status.unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    line.unwrap_or("unknown").replace('\t', " ")
}

/// Sends over all connections for a time.
async fn load(address: &str, requests: &'static [Vec<u8>], time: Duration) -> Measured {
    let start = Instant::now();
    let connections: Vec<_> = (0..CONNECTIONS)
        .map(|number| {
            let address = address.to_owned();
            tokio::spawn(async move { one(&address, requests, number, start + time).await })
        })
        .collect();
    let mut times = Vec::new();
    for connection in connections {
        times.extend(connection.await.unwrap());
    }
    let elapsed = start.elapsed();
    times.sort_unstable();
    #[allow(clippy::cast_precision_loss, reason = "a rate")]
    let rate = times.len() as f64 / elapsed.as_secs_f64();
    Measured {
        rate,
        p50: times[times.len() / 2],
        p99: times[times.len() * 99 / 100],
        cpu: 0.0,
        memory: String::new(),
    }
}

/// One connection: a request, its answer, the next request.
async fn one(address: &str, requests: &[Vec<u8>], number: usize, until: Instant) -> Vec<Duration> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let (mut times, mut buffer) = (Vec::with_capacity(8_192), vec![0; 4_096]);
    // All answers of a server are of one length.
    let mut length = 0;
    for request in requests
        .iter()
        .cycle()
        .skip(number * requests.len() / CONNECTIONS)
    {
        let start = Instant::now();
        if start >= until {
            break;
        }
        stream.write_all(request).await.unwrap();
        let mut filled = 0;
        while filled == 0 || filled < length {
            let read = stream.read(&mut buffer[filled..]).await.unwrap();
            assert!(read > 0, "the server closed the connection");
            filled += read;
            if length == 0
                && let Some(end) = buffer[..filled]
                    .windows(4)
                    .position(|window| window == b"\r\n\r\n")
            {
                let head = String::from_utf8_lossy(&buffer[..end]).to_lowercase();
                let body = head
                    .lines()
                    .find_map(|line| line.strip_prefix("content-length: "));
                length = end + 4 + body.unwrap().parse::<usize>().unwrap();
            }
        }
        assert!(buffer.starts_with(b"HTTP/1.1 200"), "not acknowledged");
        times.push(start.elapsed());
    }
    times
}

/// The limit: hyper alone, which sends back what came.
fn echo() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}\n", listener.local_addr().unwrap());
        std::fs::write(std::env::var_os("READY").unwrap(), url).unwrap();
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            stream.set_nodelay(true).unwrap();
            tokio::spawn(async move {
                let service = hyper::service::service_fn(
                    |request: hyper::Request<hyper::body::Incoming>| async {
                        let body = request.into_body().collect().await.unwrap().to_bytes();
                        Ok::<_, Infallible>(hyper::Response::new(Full::new(body)))
                    },
                );
                let _ = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service)
                    .await;
            });
        }
    });
}
