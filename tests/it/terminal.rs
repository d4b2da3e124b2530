//! What a terminal gets of a stranger's bytes, and what a shell does with a command that is pasted. Unix alone: the
//! tests open pseudo-terminals.

use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use rustix::fs::OFlags;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::harness::{Room, until};

/// A pseudo-terminal: what programs get, and what a person in front of it would see and type.
struct Terminal {
    /// The end of the programs; closed when the last of them ends.
    inner: Option<File>,
    outer: File,
    seen: Arc<Mutex<Vec<u8>>>,
    reader: JoinHandle<()>,
}

impl Terminal {
    fn new() -> Self {
        let outer = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&outer).unwrap();
        unlockpt(&outer).unwrap();
        let name = ptsname(&outer, Vec::new()).unwrap();
        let inner = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(i32::try_from(OFlags::NOCTTY.bits()).unwrap())
            .open(name.to_str().unwrap())
            .unwrap();
        let outer = File::from(outer);
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (mut from, into) = (outer.try_clone().unwrap(), Arc::clone(&seen));
        let reader = std::thread::spawn(move || {
            let mut part = [0; 4096];
            // An error says that no program has it open any more.
            while let Ok(size @ 1..) = from.read(&mut part) {
                into.lock().unwrap().extend_from_slice(&part[..size]);
            }
        });
        Self {
            inner: Some(inner),
            outer,
            seen,
            reader,
        }
    }

    fn stream(&self) -> Stdio {
        self.inner.as_ref().unwrap().try_clone().unwrap().into()
    }

    fn shows(&self, text: &str) -> bool {
        String::from_utf8_lossy(&self.seen.lock().unwrap()).contains(text)
    }

    /// All that was shown, once every program has ended.
    fn end(mut self) -> Vec<u8> {
        self.inner = None;
        self.reader.join().unwrap();
        std::mem::take(&mut self.seen.lock().unwrap())
    }
}

/// Runs a command whose output goes to a terminal; what the terminal gets, and what is said beside it.
fn at_terminal(room: &Room, args: &[&str]) -> (String, String) {
    let terminal = Terminal::new();
    let mut command = room.command();
    command
        .args(args)
        .env("TERM", "xterm")
        .stdin(Stdio::null())
        .stdout(terminal.stream())
        .stderr(Stdio::piped());
    let output = command.spawn().unwrap().wait_with_output().unwrap();
    // It holds the terminal open.
    drop(command);
    assert!(
        output.status.code().is_some_and(|code| code < 3),
        "{args:?}"
    );
    let seen = String::from_utf8(terminal.end()).unwrap();
    // A terminal makes two characters of a line feed.
    (
        seen.replace("\r\n", "\n"),
        String::from_utf8(output.stderr).unwrap(),
    )
}

/// Text without the paint of ours.
fn unpainted(text: &str) -> String {
    let mut parts = text.split("\x1b[");
    let mut plain = parts.next().unwrap().to_owned();
    for part in parts {
        match part.split_once('m') {
            Some((codes, rest))
                if codes
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || byte == b';') =>
            {
                plain.push_str(rest);
            }
            _ => plain.push_str(&format!("\x1b[{part}")),
        }
    }
    plain
}

fn steers(char: char) -> bool {
    (char.is_control() && !matches!(char, '\n' | '\t'))
        || matches!(char, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A request with all that steers a terminal, where a request can hold it.
const HOSTILE: &[u8] = b"POST /\xe2\x80\xae/\xc2\x9b31m HTTP/1.1\r\nHost: x\r\nX-Evil: a\x9b31m\xc2\x9b31m\xe2\x80\xaeb\r\n\
    Content-Type: text/plain\r\n\r\n\x1b]0;PWNED\x07\x1b[2J\x9b31m\xc2\x9b\xe2\x80\xae\r\r\nend\x1b[201~\x15touch PWNED\n";

const NOTE: &str =
    "note: control characters are escaped at a terminal; a pipe or a file gets the exact bytes.\n";

#[test]
fn a_terminal_gets_no_control_characters_of_a_sender() {
    let room = Room::new();
    room.write("evil.http", HOSTILE);
    room.run(&["history", "import", "evil.http", "-q"]).ends(0);
    let replay = ["replay", "evil.http", "--raw", "--to", "http://localhost:1"];
    let forms = ["http", "json", "curl", "powershell", "cmd"];
    let mut rows: Vec<Vec<&str>> = vec![[&replay[..], &["--dry-run"]].concat()];
    rows.extend(forms.map(|form| [&replay[..], &["--as", form]].concat()));
    let formats = [
        "ndjson",
        "har",
        "curl",
        "powershell",
        "cmd",
        "http",
        "fixture",
    ];
    rows.extend(formats.map(|format| vec!["history", "export", "--format", format]));
    rows.extend([
        vec!["history"],
        vec!["history", "--json"],
        vec!["history", "show", "last"],
        vec!["history", "show", "last", "--json"],
    ]);
    for args in rows {
        let (seen, said) = at_terminal(&room, &args);
        assert!(seen.len() > 30, "{args:?}: {seen}{said}");
        let bad: Vec<char> = unpainted(&seen)
            .chars()
            .filter(|char| steers(*char))
            .collect();
        assert_eq!(bad, [], "{args:?}: {}", seen.escape_debug());
        let is_raw = args.contains(&"--dry-run") || args.contains(&"http");
        assert_eq!(said.contains(NOTE), is_raw, "{args:?}: {said}");
    }
}

#[test]
fn escapes_at_a_terminal_show_what_there_is() {
    let room = Room::new();
    room.write("evil.http", HOSTILE);
    room.run(&["history", "import", "evil.http", "-q"]).ends(0);
    let (seen, said) = at_terminal(&room, &["history", "export", "--format", "http"]);
    assert_eq!(
        seen,
        "POST /\\u202e/\\u009b31m HTTP/1.1\nHost: x\nX-Evil: a\\x9b31m\\u009b31m\\u202eb\nContent-Type: text/plain\n\n\
         \\u001b]0;PWNED\\u0007\\u001b[2J\\x9b31m\\u009b\\u202e\\r\nend\\u001b[201~\\u0015touch PWNED\n"
    );
    assert_eq!(said, NOTE);
}

#[test]
fn a_pipe_and_a_file_get_the_exact_bytes() {
    let room = Room::new();
    room.write("evil.http", HOSTILE);
    room.run(&["history", "import", "evil.http", "-q"]).ends(0);
    let export = ["history", "export", "--format", "http"];
    let output = room.command().args(export).output().unwrap();
    assert_eq!(
        (output.stdout.as_slice(), output.stderr.as_slice()),
        (HOSTILE, &b""[..])
    );
    let (seen, said) = at_terminal(&room, &[&export[..], &["--output", "out.http"]].concat());
    assert_eq!((&*seen, &*said), ("", "1 exported.\n"));
    assert_eq!(fs::read(room.path().join("out.http")).unwrap(), HOSTILE);
}

#[test]
fn machine_output_escapes_what_steers_a_terminal_and_means_the_same() {
    let room = Room::new();
    let body = "\u{7f}\u{80}\u{9b}31m\u{61c}\u{200e}\u{200f}\u{2028}\u{2029}\u{202a}\u{202e}\u{2066}\u{2069} é";
    let request =
        format!("POST /\u{202e} HTTP/1.1\r\nHost: x\r\nX-A: \u{9b}\u{2066}\r\n\r\n{body}");
    room.write("evil.http", &request);
    room.run(&["history", "import", "evil.http", "-q"]).ends(0);
    let escaped = r"\u007f\u0080\u009b31m\u061c\u200e\u200f\u2028\u2029\u202a\u202e\u2066\u2069 é";
    let replay = [
        "replay",
        "evil.http",
        "--raw",
        "--as",
        "json",
        "--to",
        "http://localhost:1",
    ];
    let rows: [&[&str]; 6] = [
        &["history", "--json"],
        &["history", "show", "last", "--json"],
        &["history", "export"],
        &["history", "export", "--format", "har"],
        &["history", "export", "--format", "fixture"],
        &replay,
    ];
    for args in rows {
        let ran = room.run(args);
        let printed = &ran.ends(0).stdout;
        assert!(
            !printed.chars().any(steers),
            "{args:?}: {}",
            printed.escape_debug()
        );
        for part in [escaped, r"\u009b\u2066", r"/\u202e"] {
            assert!(printed.contains(part), "{args:?}: {printed}");
        }
        let value: serde_json::Value = serde_json::from_str(printed).unwrap();
        let request = &value["log"]["entries"][0]["request"];
        let read = value["body"]
            .as_str()
            .or(request["postData"]["text"].as_str());
        assert_eq!(read, Some(body), "{args:?}");
    }
    let mut listener = room.listen(&["--exit-after", "1"]);
    let post = "POST /\u{202e} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n\r\n\u{9b}";
    listener.exchange(post);
    let line = listener.next_line();
    assert!(
        !line.chars().any(steers) && line.contains(r#""body":"\u009b""#),
        "{line}"
    );
}

#[test]
fn a_terminal_gets_no_control_characters_of_an_argument() {
    let room = Room::new();
    let evil = "\u{1b}[2J\u{1b}[31m\u{9b}31m\u{202e}\u{7}";
    let rows: [&[&str]; 10] = [
        &["send", "e", "-H", evil],
        &["send", "e", "-H", "Name"],
        &["send", "e", "--to", evil],
        &["send", "e", "--to", &format!("http://u:p@{evil}")],
        &["send", "e", "--timeout", evil],
        &["send", "e", "--tamper", evil],
        &["send", "e", &format!("--{evil}")],
        &["send", "e", &format!("-{evil}")],
        &["secret", "ken", evil],
        &[evil],
    ];
    for args in rows {
        let terminal = Terminal::new();
        let mut command = room.command();
        command
            .args(args)
            .env("TERM", "xterm")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(terminal.stream());
        let status = command.status().unwrap();
        drop(command);
        assert_eq!(status.code(), Some(2), "{args:?}");
        let seen = String::from_utf8(terminal.end())
            .unwrap()
            .replace("\r\n", "\n");
        let is_shown = !args.contains(&"-H");
        let own = ["\u{1b}[31m\u{9b}", "\u{1b}[2J"]
            .iter()
            .any(|part| seen.contains(part));
        assert!(
            !own && !unpainted(&seen).chars().any(steers),
            "{args:?}: {}",
            seen.escape_debug()
        );
        let escaped = seen.contains("\\u001b");
        assert_eq!(escaped, is_shown, "{args:?}: {}", seen.escape_debug());
    }
}

/// Takes down what it is called with, and that it was called.
const FAKE: &str = "#!/bin/sh\nfor arg; do printf '%s\\000' \"$arg\"; done > \"$CALL/args\"\n\
    case \" $* \" in *' @- '*) cat > \"$CALL/input\";; esac\n: > \"$CALL/done\"\n";

/// The body that curl gets if a command for it is pasted into a shell and run, bracketed or not; and the files that
/// came of it.
fn pasted(shell: &[&str], body: &[u8], is_bracketed: bool) -> (Vec<u8>, Vec<String>) {
    let room = Room::new();
    let head = format!(
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    room.write("evil.http", [head.as_bytes(), body].concat());
    let replay = [
        "replay",
        "evil.http",
        "--raw",
        "--as",
        "curl",
        "--to",
        "http://x",
    ];
    let command = room.run(&replay).ends(0).stdout.trim_end().to_owned();
    for folder in ["bin", "call", "work"] {
        fs::create_dir(room.path().join(folder)).unwrap();
    }
    room.write("bin/curl", FAKE);
    let fake = room.path().join("bin/curl");
    fs::set_permissions(&fake, fs::Permissions::from_mode(0o755)).unwrap();
    let at = |name: &str| room.path().join(name);
    let path = std::env::var("PATH").unwrap();
    let mut terminal = Terminal::new();
    let mut running = Command::new(shell[0])
        .args(&shell[1..])
        .env_clear()
        .env("PATH", format!("{}:{path}", at("bin").display()))
        .env("CALL", at("call"))
        .env("HOME", room.path())
        .env("TERM", "xterm")
        .env("LC_ALL", "C.UTF-8")
        .env("PS1", "READY> ")
        .current_dir(at("work"))
        .stdin(terminal.stream())
        .stdout(terminal.stream())
        .stderr(terminal.stream())
        .spawn()
        .unwrap();
    until("the prompt", || terminal.shows("READY> "));
    let mut text = command.into_bytes();
    if is_bracketed {
        // As a terminal does it that filters nothing.
        text = [b"\x1b[200~", &*text, b"\x1b[201~"].concat();
    }
    terminal.outer.write_all(&text).unwrap();
    terminal.outer.write_all(b"\r").unwrap();
    until("the command", || at("call/done").exists());
    running.kill().unwrap();
    running.wait().unwrap();
    let made = fs::read_dir(at("work")).unwrap();
    let made = made.map(|file| file.unwrap().file_name().into_string().unwrap());
    let args = fs::read(at("call/args")).unwrap();
    let mut args: Vec<&[u8]> = args.split(|byte| *byte == 0).collect();
    args.pop();
    let body = match fs::read(at("call/input")) {
        Ok(input) => input,
        Err(_) => args.last().unwrap().to_vec(),
    };
    (body, made.collect())
}

#[test]
fn a_pasted_command_runs_nothing_of_a_senders() {
    let bodies: [&[u8]; 7] = [
        b"{\"a\":1}\x15touch PWNED\n",
        b"{\"a\":\"\x1b[201~\x15touch PWNED\n\"}",
        b"x\x1b[201~\x03touch PWNED\n",
        b"a\ntouch PWNED\n",
        b"{\n  \"a\": \"b!touch PWNED\", \"it's\": \"!!\"\n}\n!touch\n^READY^touch PWNED^\n",
        b"'; touch PWNED; #\\'; touch PWNED; #",
        b"\xc2\x9b201~\ntouch PWNED\n",
    ];
    let shells: [&[&str]; 2] = [
        &["bash", "--norc", "--noprofile", "-i"],
        &["zsh", "-f", "-i"],
    ];
    let is_installed = |shell: &&&[&str]| {
        let ran = Command::new(shell[0]).args(["-c", "true"]).status();
        ran.is_ok_and(|status| status.success())
    };
    let shells: Vec<_> = shells.iter().filter(is_installed).collect();
    for (shell, body) in shells
        .iter()
        .flat_map(|shell| bodies.map(|body| (shell, body)))
    {
        for is_bracketed in [true, false] {
            let (came, made) = pasted(shell, body, is_bracketed);
            let body = body.escape_ascii().to_string();
            assert_eq!(made, [""; 0], "{shell:?}: {body}");
            assert_eq!(
                came.escape_ascii().to_string(),
                body,
                "{shell:?}, bracketed: {is_bracketed}"
            );
        }
    }
}
