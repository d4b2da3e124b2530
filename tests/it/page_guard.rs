//! Who gets at the live page: its own files in a browser of this machine, and nobody else.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Listener, Room, project};

/// The page of a listener, spoken to in raw HTTP.
pub(crate) struct Page {
    port: String,
    token: String,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines();
        lines.find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

impl Page {
    pub(crate) fn of(listener: &Listener) -> Self {
        let url = listener.page.as_deref().expect("a page");
        let port = url.rsplit(':').next().unwrap().to_owned();
        let mut page = Self {
            port,
            token: String::new(),
        };
        let index = page.get("/").body;
        let (_, rest) = index.split_once("name=\"token\" content=\"").unwrap();
        rest[..32].clone_into(&mut page.token);
        assert!(page.token.bytes().all(|byte| byte.is_ascii_hexdigit()));
        page
    }

    fn host(&self) -> String {
        format!("localhost:{}", self.port)
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(format!("127.0.0.1:{}", self.port)).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        stream
    }

    /// A request with these header lines and no others but for framing.
    fn ask(&self, line: &str, headers: &str, body: &str) -> Answer {
        let mut stream = self.connect();
        let length = body.len();
        write!(stream, "{line} HTTP/1.1\r\n{headers}Connection: close\r\nContent-Length: {length}\r\n\r\n{body}").unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").expect(&text);
        Answer {
            status: head[9..12].parse().unwrap(),
            head: head.to_owned(),
            body: body.to_owned(),
        }
    }

    pub(crate) fn get(&self, target: &str) -> Answer {
        self.ask(
            &format!("GET {target}"),
            &format!("Host: {}\r\n", self.host()),
            "",
        )
    }

    /// A call with the token of the page.
    pub(crate) fn call(&self, line: &str, body: &Value) -> Answer {
        let headers = format!(
            "Host: {}\r\nX-Hookctl-Token: {}\r\n",
            self.host(),
            self.token
        );
        self.ask(line, &headers, &body.to_string())
    }
}

fn page() -> (Room, Listener, Page) {
    let room = Room::new();
    let listener = room.listen(&["--show", "none"]);
    let page = Page::of(&listener);
    (room, listener, page)
}

#[test]
fn other_names_for_this_machine_are_refused() {
    let (_room, _listener, page) = page();
    let port = &page.port;
    for host in ["localhost", "127.0.0.1", "[::1]", "LOCALHOST"] {
        let answer = page.ask("GET /api/session", &format!("Host: {host}:{port}\r\n"), "");
        assert_eq!(answer.status, 200, "{host}");
    }
    let foreign = [
        format!("Host: evil.example:{port}\r\n"),
        format!("Host: localhost.evil.example:{port}\r\n"),
        "Host: localhost\r\n".to_owned(),
        "Host: localhost:1\r\n".to_owned(),
        format!("Host: localhost:{port}.evil.example\r\n"),
        String::new(),
    ];
    for headers in foreign {
        for target in ["/", "/api/session", "/api/events", "/main.js"] {
            let answer = page.ask(&format!("GET {target}"), &headers, "");
            assert_eq!(answer.status, 403, "{headers}{target}");
            assert!(!answer.body.contains(&page.token));
        }
    }
}

#[test]
fn pages_of_other_origins_are_refused() {
    let (_room, _listener, page) = page();
    let (host, port) = (page.host(), &page.port);
    let ask = |line: &str, more: &str| {
        page.ask(line, &format!("Host: {host}\r\n{more}"), "")
            .status
    };
    assert_eq!(
        ask("GET /api/session", &format!("Origin: http://{host}\r\n")),
        200
    );
    for origin in [
        "http://evil.example",
        "null",
        "https://localhost",
        "http://localhost:3000",
        &format!("https://{host}"),
        &format!("http://{host}.evil.example"),
        &format!("http://evil.example:{port}"),
        &format!("http://{host}/"),
    ] {
        for line in [
            "GET /",
            "GET /api/session",
            "POST /api/send",
            "OPTIONS /api/send",
        ] {
            assert_eq!(
                ask(line, &format!("Origin: {origin}\r\n")),
                403,
                "{origin} {line}"
            );
        }
    }
    for site in ["cross-site", "same-site"] {
        let header = format!("Sec-Fetch-Site: {site}\r\n");
        assert_eq!(ask("GET /api/captures", &header), 403);
        // A link may lead here.
        assert_eq!(ask("GET /", &header), 200);
    }
    assert_eq!(
        ask("GET /api/captures", "Sec-Fetch-Site: same-origin\r\n"),
        200
    );
    let answer = page.get("/api/session");
    assert_eq!(answer.header("access-control-allow-origin"), None);
}

#[test]
fn what_changes_something_or_reveals_needs_the_token_of_this_run() {
    let (room, listener, page) = page();
    room.run(&["send", "lead_replied", "--to", &listener.url])
        .ends(0);
    let id = page.get("/api/captures").json()["rows"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let changes = [
        "PUT /api/policy".to_owned(),
        "POST /api/send".to_owned(),
        "POST /api/replay".to_owned(),
        "POST /api/check".to_owned(),
        format!("PUT /api/captures/{id}/pin"),
        format!("DELETE /api/captures/{id}"),
        format!("GET /api/captures/{id}?reveal=1"),
        format!("GET /api/captures/{id}/signature?reveal=1"),
        "GET /api/export?format=ndjson&reveal=1".to_owned(),
    ];
    let wrong = "0".repeat(32);
    for line in &changes {
        for token in [
            "",
            "X-Hookctl-Token: \r\n",
            &format!("X-Hookctl-Token: {wrong}\r\n"),
        ] {
            let answer = page.ask(line, &format!("Host: {}\r\n{token}", page.host()), "{}");
            assert_eq!(answer.status, 403, "{line} {token}");
            let error = answer.json()["error"].clone();
            assert_eq!(
                error,
                "the token of the page is missing or of another run: load the page again"
            );
        }
    }
    assert_eq!(
        page.get("/api/captures").json()["rows"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let pinned = page.call(
        &format!("PUT /api/captures/{id}/pin"),
        &json!({"pinned": true}),
    );
    assert_eq!(
        (pinned.status, pinned.json()["pinned"].clone()),
        (200, json!(true))
    );
    // What is pinned stays when the oldest go.
    room.run(&["send", "lead_clicked", "--to", &listener.url])
        .ends(0);
    room.run(&["history", "prune", "--older-than", "0s"])
        .ends(0);
    let left = page.get("/api/captures").json()["rows"].clone();
    assert_eq!(
        (left.as_array().unwrap().len(), &left[0]["id"]),
        (1, &json!(id))
    );
    let let_go = page.call(
        &format!("PUT /api/captures/{id}/pin"),
        &json!({"pinned": false}),
    );
    assert_eq!(let_go.status, 200);
    room.run(&["history", "prune", "--older-than", "0s"])
        .ends(0);
    assert_eq!(page.get("/api/captures").json()["rows"], json!([]));
    let other = room.listen(&[]);
    assert_ne!(Page::of(&other).token, page.token);
}

#[test]
fn nothing_but_the_files_of_the_page_runs_or_is_loaded() {
    let (_room, _listener, page) = page();
    for target in [
        "/",
        "/main.js",
        "/base.css",
        "/api/session",
        "/api/nothing",
        "/nothing",
    ] {
        let answer = page.get(target);
        let policy = answer.header("content-security-policy").unwrap();
        let rules: Vec<&str> = policy.split("; ").collect();
        for rule in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
        ] {
            assert!(rules.contains(&rule), "{target}: {rule} in {policy}");
        }
        assert!(!policy.contains("unsafe") && !policy.contains("http:") && !policy.contains('*'));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
    }
}

#[test]
fn the_files_are_small_plain_and_their_own() {
    let (mut size, mut count) = (0, 0);
    for entry in fs::read_dir(project("src/page/web")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (size, count) = (size + text.len(), count + 1);
        // Sinks that make markup of text, and places from which something else could come.
        for sink in [
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "new Function",
            "srcdoc",
            "createContextualFragment",
            "DOMParser",
            "https://",
            "style=",
            "onclick=\"",
            " url(",
        ] {
            assert!(!text.contains(sink), "{name} holds {sink}");
        }
        assert!(text.lines().count() < 500, "{name} is long");
    }
    assert!(
        count > 20 && size < 240_000,
        "{count} files of {size} bytes"
    );
}

#[test]
fn every_file_of_the_page_is_served_and_nothing_else() {
    let (_room, _listener, page) = page();
    for entry in fs::read_dir(project("src/page/web")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name == "index.html" {
            continue;
        }
        let answer = page.get(&format!("/{name}"));
        assert_eq!(answer.status, 200, "{name}");
        assert_eq!(answer.body, fs::read_to_string(&path).unwrap(), "{name}");
        let kind = match path.extension().unwrap().to_str().unwrap() {
            "js" => "text/javascript; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            _ => "image/svg+xml",
        };
        assert_eq!(answer.header("content-type"), Some(kind));
    }
    for target in [
        "/../Cargo.toml",
        "/..%2fCargo.toml",
        "/%2e%2e/Cargo.toml",
        "//etc/passwd",
        "/etc/passwd",
        "/web/main.js",
        "/index.html",
        "/main.js/",
        "/main.js%00",
        "/api",
        "/api/",
        "/api/captures/../session",
        "/api/captures/cap_..%2f..%2f",
    ] {
        let status = page.get(target).status;
        assert!(status == 404 || status == 400, "{target}: {status}");
    }
}

#[test]
fn calls_take_their_own_methods_and_say_what_is_wrong() {
    let (_room, _listener, page) = page();
    for (line, status) in [
        ("POST /api/session", 405),
        ("DELETE /api/captures", 405),
        ("PUT /api/send", 405),
        ("POST /", 405),
        ("POST /api/nothing", 404),
        ("TRACE /api/session", 405),
    ] {
        assert_eq!(page.call(line, &json!({})).status, status, "{line}");
    }
    for (target, status, error) in [
        (
            "/api/captures?q=colour=red",
            400,
            "there is no field `colour`. There are provider, event, path, verdict, method, id, duplicate, text, delivery, scheme, reason, status, size, took, since, until, header, query, body, direction, kind, url, pinned. To search for a text, quote it. (at character 1)",
        ),
        (
            "/api/events?q=verdict=good",
            400,
            "there is no verdict `good`; there are valid, invalid, missing, unsigned, no_secret (at character 9)",
        ),
        (
            "/api/captures/nothing",
            400,
            "`nothing` is no id such as `cap_01h2k3m4n5p6`",
        ),
        (
            "/api/captures/cap_000000000000",
            404,
            "there is no `cap_000000000000` any more",
        ),
        (
            "/api/captures/cap_000000000000/body",
            404,
            "there is no `cap_000000000000` any more",
        ),
        ("/api/compare?a=cap_000000000000", 400, "`b` is missing"),
        (
            "/api/export?format=pdf",
            400,
            "`pdf` is no form of a request",
        ),
        (
            "/api/snippet?scheme=svix&lang=cobol",
            400,
            "there is no such scheme or language",
        ),
    ] {
        let answer = page.get(target);
        assert_eq!(
            (answer.status, answer.json()["error"].clone()),
            (status, json!(error)),
            "{target}"
        );
    }
    let gone = page.call("DELETE /api/captures/cap_000000000000", &json!({}));
    assert_eq!(gone.status, 404);
    let policy = |wish: Value| page.call("PUT /api/policy", &wish);
    assert_eq!(policy(json!({"answer": "200"})).status, 400);
    assert_eq!(policy(json!({})).json(), page.get("/api/policy").json());
    let mut whole = page.get("/api/policy").json();
    whole.as_object_mut().unwrap().remove("forwards");
    whole["respond"] = json!("999");
    let answer = policy(whole);
    assert_eq!(answer.status, 422);
    assert_eq!(
        answer.json()["error"],
        "invalid value '999' for '--status <STATUS>': a status is 200 to 599"
    );
    let send = |wish: Value| page.call("POST /api/send", &wish);
    assert_eq!(send(json!({"event": "x", "to": "nowhere"})).status, 422);
    let file = send(
        json!({"event": "ken/lead_replied", "to": "http://localhost:1", "data": "@/etc/passwd"}),
    );
    assert_eq!(
        (file.status, file.json()["error"].clone()),
        (
            400,
            json!("this body would be taken for the name of a file")
        )
    );
    let flag = send(json!({"event": "--help", "to": "http://localhost:1"}));
    assert!(
        flag.body.contains("unknown event `--help`"),
        "{}",
        flag.body
    );
}

#[test]
fn the_page_is_where_it_is_wanted_and_on_this_machine_alone() {
    let room = Room::new();
    let none = room.listen(&["--no-page"]);
    assert_eq!(none.page, None);
    let at = room.listen(&["--page", "[::1]:0"]);
    assert!(
        at.page.as_deref().unwrap().starts_with("http://[::1]:"),
        "{:?}",
        at.page
    );
    for address in ["0.0.0.0:0", "192.168.0.1:9000", "[::]:0"] {
        let ran = room.run(&["listen", ":0", "--page", address]);
        assert!(
            ran.ends(2).stderr.contains("it is for this machine alone"),
            "{}",
            ran.stderr
        );
    }
    // Ten thousand above the listener, unless somebody is there.
    let port = free_port();
    let address = format!(":{port}");
    let first = room.listen_at(&address, &["--json"]);
    let wanted = format!("http://localhost:{}", port + 10_000);
    assert_eq!(first.page.as_deref(), Some(&*wanted));
    drop(first);
    let taken = std::net::TcpListener::bind(("127.0.0.1", port + 10_000)).unwrap();
    let second = room.listen_at(&address, &["--json"]);
    assert_ne!(second.page.as_deref(), Some(&*wanted));
    let third = room.run(&["listen", ":0", "--page", &format!(":{}", port + 10_000)]);
    assert!(
        third
            .ends(3)
            .stderr
            .contains("Another program has this port"),
        "{}",
        third.stderr
    );
    drop(taken);
}

/// A port below 50000 that was free a moment ago, as was the one that the page would take.
fn free_port() -> u16 {
    (20_000..30_000)
        .step_by(7)
        .map(|port| port + u16::try_from(std::process::id() % 7).unwrap())
        .find(|port| {
            let is_free = |port: u16| std::net::TcpListener::bind(("127.0.0.1", port)).is_ok();
            is_free(*port) && is_free(*port + 10_000)
        })
        .expect("a free port")
}

/// A program that opens nothing and tells what it was asked to open. The programs it needs are beside it.
#[cfg(unix)]
const OPENER: &str = r#"
mkdir bin && ln -s /bin/sh /bin/mv bin
cat > bin/xdg-open <<'end'
#!/bin/sh
echo "$1" > opened.part && mv opened.part opened
end
chmod +x bin/xdg-open
"#;

#[cfg(unix)]
#[test]
fn the_browser_is_opened_at_the_page() {
    let room = Room::new();
    // A shell writes the program: a file that was open here could still be open in a child of another test, and then
    // nobody may run it.
    let mut shell = room.command_of("/bin/sh");
    assert!(shell.args(["-c", OPENER]).status().unwrap().success());
    // Nothing else is searched: the machine has openers of its own.
    let bin = room.path().join("bin").display().to_string();
    let until_opened = "until test -e opened; do :; done";
    let ran = room.run_with(
        &["listen", ":0", "--json", "--open", "--exec", until_opened],
        &[("PATH", &bin)],
        b"",
    );
    let first: Value = serde_json::from_str(ran.ends(0).stdout.lines().next().unwrap()).unwrap();
    assert_eq!(room.read("opened").trim(), first["page_url"]);
    let ran = room.run_with(
        &["listen", ":0", "--timeout", "1s", "--open"],
        &[("PATH", "nowhere")],
        b"",
    );
    let mut shown = ran.ends(0).stdout.lines();
    let page = shown.find_map(|line| line.strip_prefix("Page at "));
    let told = format!(
        "warning: cannot open a browser; open {} in one yourself.\nReceived 0 requests.\n",
        page.unwrap()
    );
    assert_eq!(ran.stderr, told);
}

#[test]
fn an_open_stream_tells_what_comes_and_keeps_nobody() {
    let (_room, listener, page) = page();
    let mut stream = page.connect();
    write!(
        stream,
        "GET /api/events HTTP/1.1\r\nHost: {}\r\n\r\n",
        page.host()
    )
    .unwrap();
    let mut silent = page.connect();
    write!(
        silent,
        "GET /api/events HTTP/1.1\r\nHost: {}\r\n\r\n",
        page.host()
    )
    .unwrap();
    let seen = until(&mut stream, "event: hello");
    assert!(seen.contains("content-type: text/event-stream"), "{seen}");
    listener.exchange("GET /wanted HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    let seen = until(&mut stream, "/wanted");
    let id = seen.split("id: ").nth(1).unwrap().lines().next().unwrap();
    assert!(id.starts_with("cap_"), "{seen}");
    // Whoever was there until then hears what came since; whoever was elsewhere is told to read.
    listener.exchange("GET /next HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    let resume = |last: &str| {
        let mut stream = page.connect();
        write!(
            stream,
            "GET /api/events HTTP/1.1\r\nHost: {}\r\nLast-Event-ID: {last}\r\n\r\n",
            page.host()
        )
        .unwrap();
        stream
    };
    let seen = until(&mut resume(id), "/next");
    assert!(!seen.contains("/wanted"), "{seen}");
    until(&mut resume("cap_000000000000"), "event: behind");
    let ran = listener.stop();
    ran.ends(0);
    until(&mut stream, "event: bye");
}

/// Reads until a text came.
fn until(stream: &mut TcpStream, text: &str) -> String {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4_096];
    loop {
        let seen = String::from_utf8_lossy(&bytes).into_owned();
        if seen.contains(text) {
            return seen;
        }
        let read = stream.read(&mut chunk).unwrap();
        assert!(read > 0, "the stream ended before `{text}` came: {seen}");
        bytes.extend_from_slice(&chunk[..read]);
    }
}

#[test]
fn a_page_that_does_not_read_slows_nobody() {
    const MANY: usize = 3_000;
    let room = Room::new();
    // Nobody reads the output of this one, either.
    let listener = room.listen_at(":0", &["--show", "none"]);
    let page = Page::of(&listener);
    let mut lagging = page.connect();
    write!(
        lagging,
        "GET /api/events HTTP/1.1\r\nHost: {}\r\n\r\n",
        page.host()
    )
    .unwrap();
    let mut sender = listener.connect();
    let mut requests = "GET /many HTTP/1.1\r\nHost: x\r\n\r\n".repeat(MANY - 1);
    requests.push_str("GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    let mut writer = sender.try_clone().unwrap();
    let writing = std::thread::spawn(move || writer.write_all(requests.as_bytes()).unwrap());
    let mut answers = String::new();
    sender.read_to_string(&mut answers).unwrap();
    writing.join().unwrap();
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), MANY);
    let rows = page.get("/api/captures?limit=1").json();
    assert_eq!(rows["rows"][0]["target"], "/last");
}

#[test]
fn too_many_streams_are_refused() {
    let (_room, _listener, page) = page();
    let mut open = Vec::new();
    for _ in 0..32 {
        let mut stream = page.connect();
        write!(
            stream,
            "GET /api/events HTTP/1.1\r\nHost: {}\r\n\r\n",
            page.host()
        )
        .unwrap();
        until(&mut stream, "event: hello");
        open.push(stream);
    }
    let refused = page.get("/api/events");
    assert_eq!(
        (refused.status, refused.json()["error"].clone()),
        (503, json!("32 pages are open already; close some"))
    );
}
