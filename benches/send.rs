//! How fast `send --count` delivers, each delivery signed afresh, against oha posting the unsigned body to the same
//! plain hyper echo: `cargo bench --bench send`. oha is taken from the path, or from what `OHA` names; without it,
//! hookctl's own figures are printed alone.

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

use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

const CONNECTIONS: &str = "50";
const DELIVERIES: u32 = 200_000;
const BODY: usize = 700;
const ROUNDS: usize = 5;

/// What one run came to.
struct Measured {
    rate: f64,
    /// Processor time of the sender a delivery, in seconds.
    cpu: f64,
}

/// Makes the command that sends to a URL, with its files in a folder; none if it is not installed.
type Sender = fn(&Path, &str) -> Option<Command>;

fn main() {
    if std::env::args().any(|arg| arg == "--echo") {
        echo();
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut body = String::from("{\"eventType\":\"lead_replied\",\"text\":\"");
    body.push_str(&"x".repeat(BODY - body.len() - 2));
    body.push_str("\"}");
    std::fs::write(folder.path().join("body.json"), body).unwrap();
    let (mut server, url) = start(folder.path());
    let senders: [(&str, Sender); 3] = [
        ("oha, unsigned", oha),
        ("hookctl, the same body", |folder, url| {
            let mut command = hookctl(folder, url);
            command.args(["--data", "@body.json"]);
            Some(command)
        }),
        ("hookctl, new ids in each body", |folder, url| {
            Some(hookctl(folder, url))
        }),
    ];
    let mut results: Vec<Vec<Measured>> = senders.iter().map(|_| Vec::new()).collect();
    for _ in 0..ROUNDS {
        for ((_, sender), results) in senders.iter().zip(&mut results) {
            results.extend(sender(folder.path(), &url).map(measured));
        }
    }
    server.kill().unwrap();
    server.wait().unwrap();
    let median = |results: &mut Vec<Measured>| {
        results.sort_by(|a, b| a.rate.total_cmp(&b.rate));
        (!results.is_empty()).then(|| results.swap_remove(results.len() / 2))
    };
    let medians: Vec<Option<Measured>> = results.iter_mut().map(median).collect();
    let limit = medians[0].as_ref().map(|found| found.rate);
    for ((name, _), found) in senders.iter().zip(&medians) {
        let Some(found) = found else {
            eprintln!("{name:<30} is not installed");
            continue;
        };
        let share = limit.map_or_else(String::new, |limit| {
            format!("{:.2} of oha  ", found.rate / limit)
        });
        eprintln!(
            "{name:<30} {:>8.0}/s  {share}{:>4.1} µs of processor each",
            found.rate,
            found.cpu * 1e6
        );
    }
}

fn oha(folder: &Path, url: &str) -> Option<Command> {
    let program = std::env::var_os("OHA").unwrap_or_else(|| "oha".into());
    let version = Command::new(&program).arg("--version").output();
    version.ok().filter(|version| version.status.success())?;
    let mut command = Command::new(program);
    command
        .args(["--no-tui", "-c", CONNECTIONS, "-n"])
        .arg(DELIVERIES.to_string())
        .args(["-m", "POST", "-T", "application/json", "-D"])
        .arg(folder.join("body.json"))
        .arg(url);
    Some(command)
}

fn hookctl(folder: &Path, url: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hookctl"));
    command
        .args(["send", "ken/lead_replied", "--concurrency", CONNECTIONS])
        .args(["--count", &DELIVERIES.to_string(), "--to", url])
        .current_dir(folder)
        .env("XDG_STATE_HOME", folder);
    command
}

/// Runs a sender to its end.
fn measured(mut command: Command) -> Measured {
    let before = cpu_of_children();
    let start = Instant::now();
    let output = command.output().unwrap();
    let took = start.elapsed().as_secs_f64();
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    Measured {
        rate: f64::from(DELIVERIES) / took,
        cpu: (cpu_of_children() - before) / f64::from(DELIVERIES),
    }
}

/// Processor time of the processes that were waited for, in seconds.
fn cpu_of_children() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let ticks = fields.split(' ').skip(14).take(2);
    ticks
        .filter_map(|ticks| ticks.parse::<f64>().ok())
        .sum::<f64>()
        / 100.0
}

/// Starts the echo and returns its URL.
fn start(folder: &Path) -> (Child, String) {
    let ready = folder.join("url");
    let server = Command::new(std::env::current_exe().unwrap())
        .arg("--echo")
        .env("READY", &ready)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    loop {
        if let Ok(url) = std::fs::read_to_string(&ready)
            && url.ends_with('\n')
        {
            return (server, format!("{}/webhooks", url.trim()));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The other side: hyper alone, which sends back what came.
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
