//! Runs the program in a clean room and compares both streams and the exit code exactly.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A folder of its own for one test, with the user's folders inside: nothing of the machine's is seen.
pub(crate) struct Room {
    folder: TempDir,
    /// Most memory that the program may ask for, in kilobytes.
    memory: Option<u32>,
}

/// What a command printed and how it ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) code: i32,
}

impl Room {
    pub(crate) fn new() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("hookctl-")
            .tempdir()
            .unwrap();
        fs::create_dir(folder.path().join("work")).unwrap();
        Self {
            folder,
            memory: None,
        }
    }

    /// Limits the memory of the commands that follow, in kilobytes of address space.
    pub(crate) fn limit_memory(&mut self, kilobytes: impl Into<Option<u32>>) {
        self.memory = kilobytes.into();
    }

    /// The working directory of the commands.
    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    /// Writes a file, folders included.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> &Self {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        self
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).unwrap()
    }

    /// The program with the room's environment and nothing else.
    pub(crate) fn command(&self) -> Command {
        let program = env!("CARGO_BIN_EXE_hookctl");
        let Some(memory) = self.memory else {
            return self.command_of(program);
        };
        let mut command = self.command_of("/bin/sh");
        let script = format!("ulimit -v {memory} && exec \"$0\" \"$@\"");
        command.args(["-c", &script, program]);
        command
    }

    /// Another program with the same environment.
    pub(crate) fn command_of(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("HOME", self.folder.path())
            .env("XDG_STATE_HOME", self.folder.path().join("state"))
            .env("XDG_CONFIG_HOME", self.folder.path().join("config"))
            .env("TZ", "UTC")
            .current_dir(self.path());
        command
    }

    /// Runs a command without input.
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.run_with(args, &[], b"")
    }

    /// Runs a command with variables and input.
    pub(crate) fn run_with(&self, args: &[&str], vars: &[(&str, &str)], stdin: &[u8]) -> Ran {
        let mut child = self
            .command()
            .args(args)
            .envs(vars.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that reads no input may close it before all is written.
        let _ = child.stdin.take().unwrap().write_all(stdin);
        let output = child.wait_with_output().unwrap();
        Ran {
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
            code: output.status.code().expect("no signal"),
        }
    }

    /// Starts a command without input.
    pub(crate) fn start(&self, args: &[&str]) -> Running {
        let child = self
            .command()
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Running(Some(child))
    }

    /// Starts a listener on a free port and waits until it takes requests.
    pub(crate) fn listen(&self, args: &[&str]) -> Listener {
        self.listen_at(":0", &[&["--json"], args].concat())
    }

    /// Starts a listener at an address, with machine output if the arguments say so, and waits until it takes
    /// requests.
    pub(crate) fn listen_at(&self, address: &str, args: &[&str]) -> Listener {
        self.serve("listen", address, args)
    }

    /// The same for any command that listens.
    pub(crate) fn serve(&self, command: &str, address: &str, args: &[&str]) -> Listener {
        self.serve_with(&[], command, address, args)
    }

    /// The same with variables.
    pub(crate) fn serve_with(
        &self,
        vars: &[(&str, &str)],
        command: &str,
        address: &str,
        args: &[&str],
    ) -> Listener {
        let mut child = self
            .command()
            .envs(vars.iter().copied())
            .args([command, address])
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let page;
        let url = if args.contains(&"--json") {
            let first: serde_json::Value = serde_json::from_str(&line).unwrap_or_default();
            page = first["page_url"].as_str().map(str::to_owned);
            let url = first["url"].as_str().map(str::to_owned);
            url.filter(|_| first["type"] == "listening")
        } else {
            // What is told at the start ends with an empty line; `emulate` has a command to try behind two lines.
            let mut rest = String::new();
            let is_told = |rest: &str| match command {
                "emulate" => rest.lines().count() == 2,
                _ => rest.ends_with("\n\n"),
            };
            while !args.contains(&"-q") && !is_told(&rest) {
                if stdout.read_line(&mut rest).unwrap() == 0 {
                    break;
                }
            }
            let mut lines = rest.lines();
            let told = lines.find_map(|line| line.strip_prefix("Page at "));
            page = told.map(str::to_owned);
            line.split_once("http://").map(|(_, url)| {
                let end = url.find(|char: char| char.is_whitespace() || char == '\x1b');
                format!("http://{}", &url[..end.unwrap_or(url.len())])
            })
        };
        let url = url.unwrap_or_else(|| {
            let mut said = String::new();
            let _ = child.kill();
            stderr.read_to_string(&mut said).unwrap();
            panic!("the listener did not start: {line}{said}")
        });
        Listener {
            child,
            stdout,
            stderr,
            url,
            page,
        }
    }
}

impl Ran {
    /// Both streams and the code must be these, after what differs from run to run was replaced: see [`steady`].
    #[track_caller]
    pub(crate) fn is(&self, code: i32, stdout: &str, stderr: &str) {
        let seen = format!(
            "exit {}\n--- stdout\n{}--- stderr\n{}",
            self.code,
            steady(&self.stdout),
            steady(&self.stderr)
        );
        let wanted = format!("exit {code}\n--- stdout\n{stdout}--- stderr\n{stderr}");
        assert!(seen == wanted, "--- seen\n{seen}\n--- wanted\n{wanted}");
    }

    /// The lines of stdout as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Vec<serde_json::Value> {
        json_lines(&self.stdout)
    }

    /// Fails with both streams unless the code is this.
    #[track_caller]
    pub(crate) fn ends(&self, code: i32) -> &Self {
        assert!(
            self.code == code,
            "exit {}, wanted {code}\n{}{}",
            self.code,
            self.stdout,
            self.stderr
        );
        self
    }
}

#[track_caller]
fn json_lines(text: &str) -> Vec<serde_json::Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

/// Replaces what differs from run to run: measured times by `[ms]`, ports of this machine by `[port]`, and times of
/// the day at the start of a line by `[time]`.
pub(crate) fn steady(text: &str) -> String {
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        let mut words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        for index in 1..words.len() {
            let before = &words[index - 1];
            let is_number = before.parse::<f64>().is_ok();
            let unit = words[index].trim_end();
            // Whole seconds stand in texts that were not measured.
            if is_number && (unit == "ms" || (unit == "s" && before.contains('.'))) {
                words[index - 1] = String::from("[ms]");
                words[index] = words[index].replacen("ms", "", 1);
            }
        }
        let is_clock = |word: &str| {
            word.len() == 12 && word.as_bytes()[2] == b':' && word.as_bytes()[8] == b'.'
        };
        if is_clock(&words[0]) {
            words[0] = String::from("[time]");
        }
        let line = words.join(" ").replace("[ms] ", "[ms]");
        out.push_str(&without_ports(&line));
    }
    out
}

fn without_ports(line: &str) -> String {
    let mut out = line.to_owned();
    for host in ["localhost:", "127.0.0.1:", "0.0.0.0:", "[::1]:"] {
        let mut from = 0;
        while let Some(found) = out[from..].find(host) {
            let start = from + found + host.len();
            let digits = out[start..].bytes().take_while(u8::is_ascii_digit).count();
            // Ports that texts give as examples are shorter.
            if digits >= 5 {
                out.replace_range(start..start + digits, "[port]");
            }
            from = start;
        }
    }
    out
}

/// A command that runs. Killed when it goes out of scope.
pub(crate) struct Running(Option<Child>);

impl Running {
    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: &str) {
        let id = self.0.as_ref().unwrap().id().to_string();
        let status = Command::new("kill").args([signal, &id]).status().unwrap();
        assert!(status.success());
    }

    /// Waits until it ends by itself.
    pub(crate) fn wait(mut self) -> Ran {
        let output = self.0.take().unwrap().wait_with_output().unwrap();
        Ran {
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
            code: output.status.code().unwrap_or(-1),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(mut child) = self.0.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Waits until something holds.
#[track_caller]
pub(crate) fn until(what: &str, holds: impl Fn() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(
            start.elapsed() < Duration::from_secs(30),
            "waited in vain: {what}"
        );
        thread::sleep(Duration::from_millis(5));
    }
}

/// A running listener. Ended when it goes out of scope.
pub(crate) struct Listener {
    child: Child,
    stdout: BufReader<ChildStdout>,
    stderr: BufReader<ChildStderr>,
    pub(crate) url: String,
    /// Where the page is.
    pub(crate) page: Option<String>,
}

impl Listener {
    /// A raw connection.
    pub(crate) fn connect(&self) -> TcpStream {
        let port = self.url.rsplit(':').next().unwrap();
        let stream = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        stream
    }

    /// The next line of its output.
    pub(crate) fn next(&mut self) -> serde_json::Value {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    /// The next line of its output, for people.
    pub(crate) fn next_line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        line
    }

    /// The next line that it says beside its output.
    pub(crate) fn next_note(&mut self) -> String {
        let mut line = String::new();
        self.stderr.read_line(&mut line).unwrap();
        line
    }

    /// Asks it to end, and returns what it still said.
    pub(crate) fn stop(self) -> Ran {
        self.signal("-TERM");
        self.wait()
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        let status = Command::new("kill").args([signal, &id]).status().unwrap();
        assert!(status.success());
    }

    /// Closes the reading end of its output.
    pub(crate) fn hang_up(&mut self) {
        let nothing = fs::File::open("/dev/null").unwrap();
        self.stdout = BufReader::new(ChildStdout::from(OwnedFd::from(nothing)));
    }

    /// Sends bytes over a connection of their own and returns all that comes back.
    pub(crate) fn exchange(&self, bytes: impl AsRef<[u8]>) -> String {
        let mut stream = self.connect();
        stream.write_all(bytes.as_ref()).unwrap();
        answers(&mut stream)
    }

    /// The code with which it ends by itself, whether or not anybody reads what it prints.
    #[track_caller]
    pub(crate) fn ends_unread(&mut self, within: Duration) -> i32 {
        let start = Instant::now();
        while start.elapsed() < within {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code().expect("no signal");
            }
            thread::sleep(Duration::from_millis(10));
        }
        panic!("it does not end within {within:?}")
    }

    /// Waits until it ends by itself.
    pub(crate) fn wait(mut self) -> Ran {
        let mut out = String::new();
        self.stdout.read_to_string(&mut out).unwrap();
        let mut err = String::new();
        self.stderr.read_to_string(&mut err).unwrap();
        let code = self.child.wait().unwrap().code().expect("no signal");
        Ran {
            stdout: out,
            stderr: err,
            code,
        }
    }
}

/// All that comes over a connection until it is closed, without the dates.
#[track_caller]
pub(crate) fn answers(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    String::from_utf8(bytes)
        .unwrap()
        .split_inclusive('\n')
        .filter(|line| !line.starts_with("date: "))
        .collect()
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A request that an [`Endpoint`] received.
#[derive(Clone, Debug)]
pub(crate) struct Hit {
    /// Request line and headers as they came.
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Hit {
    /// The value of a header, in any spelling of its name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Its bytes, as a file that can be replayed.
    pub(crate) fn request(&self) -> Vec<u8> {
        [self.head.as_bytes(), b"\r\n\r\n", &self.body].concat()
    }
}

/// A handler under test's control. The test fails if it is never hit, unless it says so.
pub(crate) struct Endpoint {
    port: u16,
    hits: Arc<Mutex<Vec<Hit>>>,
    stop: mpsc::Sender<()>,
    unused: bool,
}

impl Endpoint {
    /// Answers every request with these bytes, then closes the connection.
    pub(crate) fn answering(answer: &'static str) -> Self {
        Self::with(move |_, _| answer.as_bytes().to_vec())
    }

    /// Answers with an empty body and this status.
    pub(crate) fn status(status: u16) -> Self {
        Self::with(move |_, _| {
            format!("HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n").into_bytes()
        })
    }

    /// Answers as a function of the request and its number says; no bytes close the connection.
    pub(crate) fn with(answer: impl Fn(&Hit, usize) -> Vec<u8> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let hits = Arc::new(Mutex::new(Vec::new()));
        let (stop, stopped) = mpsc::channel();
        let seen = Arc::clone(&hits);
        thread::spawn(move || {
            for stream in listener.incoming() {
                if stopped.try_recv().is_ok() {
                    return;
                }
                let mut stream = stream.unwrap();
                stream
                    .set_read_timeout(Some(Duration::from_secs(20)))
                    .unwrap();
                if let Some(hit) = read_request(&mut stream) {
                    let number = {
                        let mut seen = seen.lock().unwrap();
                        seen.push(hit.clone());
                        seen.len()
                    };
                    let _ = stream.write_all(&answer(&hit, number));
                }
            }
        });
        Self {
            port,
            hits,
            stop,
            unused: false,
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub(crate) fn hits(&self) -> Vec<Hit> {
        self.hits.lock().unwrap().clone()
    }

    /// Nothing may arrive here.
    pub(crate) fn unused(mut self) -> Self {
        self.unused = true;
        self
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        let _ = self.stop.send(());
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        if !thread::panicking() {
            let hits = self.hits.lock().unwrap().len();
            assert!(
                (hits == 0) == self.unused,
                "the endpoint was hit {hits} times"
            );
        }
    }
}

/// Reads a request with a Content-Length or none.
fn read_request(stream: &mut TcpStream) -> Option<Hit> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 8192];
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let mut hit = Hit {
                head,
                body: bytes[end + 4..].to_vec(),
            };
            let length: usize = hit
                .header("content-length")
                .map_or(0, |length| length.parse().unwrap());
            while hit.body.len() < length {
                let read = stream.read(&mut chunk).ok().filter(|read| *read > 0)?;
                hit.body.extend_from_slice(&chunk[..read]);
            }
            return Some(hit);
        }
        let read = stream.read(&mut chunk).ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&chunk[..read]);
    }
}

/// The project's own files.
pub(crate) fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}
