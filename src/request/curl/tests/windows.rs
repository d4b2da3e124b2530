//! Commands for Windows are read as its programs read them: `cmd`, PowerShell 5.1, and the runtime that splits a
//! command line into arguments.

use std::collections::HashMap;

use proptest::prelude::*;

use super::*;

/// The arguments of a command line (Microsoft C runtime: "Parsing C command-line arguments").
fn arguments(line: &str) -> Vec<Vec<u8>> {
    let mut args = Vec::new();
    let mut chars = line.chars().peekable();
    loop {
        while chars.next_if(|char| matches!(char, ' ' | '\t')).is_some() {}
        if chars.peek().is_none() {
            return args;
        }
        let (mut arg, mut is_quoted) = (String::new(), false);
        while let Some(char) = chars.next_if(|char| is_quoted || !matches!(char, ' ' | '\t')) {
            let mut backslashes = usize::from(char == '\\');
            while char == '\\' && chars.next_if_eq(&'\\').is_some() {
                backslashes += 1;
            }
            let is_quote = char == '"' || (backslashes > 0 && chars.next_if_eq(&'"').is_some());
            match (is_quote, backslashes) {
                (true, count) => {
                    arg.push_str(&"\\".repeat(count / 2));
                    if count % 2 == 1 {
                        arg.push('"');
                    } else {
                        is_quoted = !is_quoted;
                    }
                }
                (false, 0) => arg.push(char),
                (false, count) => arg.push_str(&"\\".repeat(count)),
            }
        }
        args.push(arg.into_bytes());
    }
}

/// What a file of options says.
fn options(config: &[u8]) -> Vec<(String, Option<Vec<u8>>)> {
    let lines = config
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty());
    let read = |line: &[u8]| {
        let Some(start) = line.windows(4).position(|part| part == b" = \"") else {
            return (String::from_utf8(line.to_vec()).unwrap(), None);
        };
        let key = String::from_utf8(line[..start].to_vec()).unwrap();
        let mut bytes = line[start + 4..].iter();
        let mut value = Vec::new();
        loop {
            match bytes.next().unwrap() {
                b'"' => break,
                b'\\' => match bytes.next().unwrap() {
                    b't' => value.push(b'\t'),
                    byte @ (b'"' | b'\\') => value.push(*byte),
                    byte => panic!("\\{byte}"),
                },
                byte => value.push(*byte),
            }
        }
        assert_eq!(bytes.len(), 0);
        (key, Some(value))
    };
    lines.map(read).collect()
}

/// A command as curl gets it: its options and its body.
type Sent = (Vec<(String, Option<Vec<u8>>)>, Option<Vec<u8>>);

fn wanted(request: &Request, to: &Destination<'_>) -> Sent {
    let command = Command::new(request, to);
    let options = command.options.iter();
    let options = options.map(|one| (one.key.to_owned(), one.value.as_ref().map(|it| it.to_vec())));
    (options.collect(), command.body.map(<[u8]>::to_vec))
}

/// What arguments mean, with the files that they name.
fn sent(args: &[Vec<u8>], files: &HashMap<String, Vec<u8>>) -> Sent {
    let file = |name: &[u8]| files[std::str::from_utf8(name).unwrap()].clone();
    let (mut found, mut body) = (Vec::new(), None);
    let mut args = args.iter();
    assert_eq!(args.next().unwrap(), b"curl.exe");
    while let Some(arg) = args.next() {
        let mut value = || args.next().unwrap().clone();
        let option = match &**arg {
            b"--data-raw" => {
                body = Some(value());
                continue;
            }
            b"--data-binary" => {
                body = Some(file(value().strip_prefix(b"@").unwrap()));
                continue;
            }
            b"--config" => {
                found.extend(options(&file(&value())));
                continue;
            }
            b"-X" => ("request", Some(value())),
            b"-H" => ("header", Some(value())),
            b"--cacert" => ("cacert", Some(value())),
            b"-I" => ("head", None),
            b"--path-as-is" => ("path-as-is", None),
            b"--globoff" => ("globoff", None),
            url => ("url", Some(url.to_vec())),
        };
        found.push((option.0.to_owned(), option.1));
    }
    (found, body)
}

/// Runs a script for the command prompt; anything that is not expected in one fails.
fn run_cmd(script: &str) -> Sent {
    let (mut encoded, mut files) = (HashMap::new(), HashMap::new());
    let script = script.replace("%TEMP%", "T:");
    assert!(
        !script.contains(['%', '!', '\r', '\t']) && script.is_ascii(),
        "{script}"
    );
    let mut command = None;
    for line in logical_lines(&script) {
        assert!(line.len() < 8_191);
        if let Some((redirect, text)) = line.split_once(" echo ") {
            let name = redirect.trim_start_matches('>').trim_matches('"');
            let is_first = !redirect.starts_with(">>");
            let entry: &mut String = encoded.entry(name.to_owned()).or_default();
            if is_first {
                entry.clear();
            }
            entry.push_str(text);
        } else if let Some(call) = line.strip_prefix("powershell -NoProfile -Command \"") {
            let name = call.split('\'').nth(1).unwrap();
            let text = &encoded[&format!("T:{name}.b64")];
            files.insert(format!("T:{name}"), STANDARD.decode(text).unwrap());
        } else if line.starts_with("curl.exe ") {
            assert!(command.replace(line).is_none());
        } else {
            assert!(line.starts_with("del \"T:\\hookctl-"), "{line}");
        }
    }
    sent(&arguments(&command.unwrap()), &files)
}

/// Lines after `cmd` took carets for what they are; what would begin another command fails.
fn logical_lines(script: &str) -> Vec<String> {
    let (mut lines, mut line) = (Vec::new(), String::new());
    let mut is_quoted = false;
    let mut chars = script.chars();
    while let Some(mut char) = chars.next() {
        match char {
            '\n' => {
                assert!(!is_quoted, "{script}");
                lines.push(std::mem::take(&mut line));
                continue;
            }
            '^' if !is_quoted => {
                char = chars.next().unwrap();
                if char == '\n' {
                    // The first character of the next line is taken as it is.
                    char = chars.next().unwrap();
                }
            }
            '"' => is_quoted = !is_quoted,
            // Redirection stands before `echo` alone.
            '>' if line.chars().all(|char| char == '>') => {}
            '&' | '|' | '<' | '>' | '(' | ')' => assert!(is_quoted, "{script}"),
            _ => {}
        }
        line.push(char);
    }
    lines
}

/// A string that nothing is expanded in, and what follows it.
fn string(text: &str) -> (String, &str) {
    let mut rest = text.strip_prefix('\'').unwrap();
    let mut value = String::new();
    loop {
        let (part, after) = rest.split_once('\'').unwrap();
        value.push_str(part);
        match after.strip_prefix('\'') {
            Some(after) => {
                value.push('\'');
                rest = after;
            }
            None => return (value, after),
        }
    }
}

/// Runs a script for PowerShell; anything that is not expected in one fails.
fn run_powershell(script: &str) -> Sent {
    assert!(
        script
            .bytes()
            .all(|byte| matches!(byte, b' '..=b'~' | b'\n')),
        "{script}"
    );
    let mut files = HashMap::new();
    let mut rest = script;
    while let Some(after) = rest.strip_prefix('$') {
        let (name, after) = after
            .split_once(" = [IO.Path]::GetTempFileName()\n")
            .unwrap();
        let name = format!("${name}");
        let after = after.strip_prefix("[IO.File]::Write").unwrap();
        let (kind, after) = after.split_once(&format!("({name}, ")).unwrap();
        let (bytes, after) = match kind {
            "AllText" => {
                let (text, after) = string(after);
                (text.into_bytes(), after.strip_prefix(")\n").unwrap())
            }
            "AllBytes" => {
                let after = after.strip_prefix("[Convert]::FromBase64String(").unwrap();
                let (text, after) = string(after);
                (
                    STANDARD.decode(text).unwrap(),
                    after.strip_prefix("))\n").unwrap(),
                )
            }
            "AllLines" => {
                let mut after = after.strip_prefix("[string[]]@(\n  ").unwrap();
                let mut lines = String::new();
                loop {
                    let (line, next) = string(after);
                    lines.push_str(&format!("{line}\n"));
                    match next.strip_prefix(",\n  ") {
                        Some(next) => after = next,
                        None => break (lines.into_bytes(), next.strip_prefix("\n))\n").unwrap()),
                    }
                }
            }
            kind => panic!("{kind}"),
        };
        files.insert(name, bytes);
        rest = after;
    }
    // Windows PowerShell puts quotes around what holds white space, and changes nothing else.
    let mut line = String::new();
    while !rest.starts_with('\n') {
        let (word, after) = match rest.chars().next().unwrap() {
            '\'' => string(rest),
            '"' => {
                let (word, after) = rest[1..].split_once('"').unwrap();
                assert_eq!(word, "@$requestBody");
                (word.to_owned(), after)
            }
            _ => {
                let (word, after) = rest.split_at(rest.find([' ', '\n']).unwrap());
                let is_plain = |char: char| char.is_ascii_alphabetic() || "-.$".contains(char);
                assert!(word.chars().all(is_plain), "{word}");
                (word.to_owned(), after)
            }
        };
        line.push_str(&if word.contains(' ') {
            format!("\"{word}\" ")
        } else {
            format!("{word} ")
        });
        let after = after.strip_prefix(" `\n ").unwrap_or(after);
        rest = after.strip_prefix(' ').unwrap_or(after);
    }
    let names: Vec<&str> = rest
        .split(['\n', ' ', ','])
        .filter(|word| !word.is_empty())
        .collect();
    assert_eq!(
        names.len(),
        files.len() + usize::from(!files.is_empty()),
        "{rest}"
    );
    sent(&arguments(&line), &files)
}

proptest! {
    #[test]
    fn windows_hands_a_request_over_byte_for_byte(request in request(), long in prop::sample::select(vec![0, 0, 0, 9_000])) {
        let request = Request {
            body: [&*request.body, &vec![b'"'; long]].concat().into(),
            ..request
        };
        let url = format!("http://localhost:1{}", request.target);
        let to = destination(&url, r"C:\it's & mine\ca.pem");
        let wanted = wanted(&request, &to);
        prop_assert_eq!(run_cmd(&print(&request, &to, Shell::Cmd)), wanted.clone());
        prop_assert_eq!(run_powershell(&print(&request, &to, Shell::Powershell)), wanted);
    }
}

#[test]
fn a_command_line_is_split_as_the_runtime_splits_it() {
    let rows = [
        (r#"a "b c" d"#, vec!["a", "b c", "d"]),
        (
            r#""a\\b" "c\"d" e\f "g\\" "" "#,
            vec!["a\\\\b", "c\"d", "e\\f", "g\\", ""],
        ),
        (r#"a\\\"b"#, vec!["a\\\"b"]),
    ];
    for (line, args) in rows {
        let args: Vec<_> = args
            .into_iter()
            .map(|arg| arg.as_bytes().to_vec())
            .collect();
        assert_eq!(arguments(line), args, "{line}");
    }
}

/// The file of options is for curl alone, so curl itself says what it reads there.
#[test]
fn curl_reads_a_file_of_options_as_it_was_meant() {
    let value: Vec<u8> = (b' '..=0xff)
        .filter(|byte| *byte != 0x7f)
        .chain(*b"\t|\\n\\\\\"")
        .collect();
    let request = Request {
        method: "PO'ST".into(),
        target: String::new(),
        headers: [
            ("X-All".to_owned(), value),
            ("X-Empty".to_owned(), Vec::new()),
        ]
        .into_iter()
        .collect(),
        body: "a".into(),
    };
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/a/../\"b\\?'c'", server.local_addr().unwrap());
    let to = Destination {
        url: &url,
        authority: "",
        target: None,
        insecure: false,
        cacert: None,
    };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("options");
    fs::write(&file, config::print(&Command::new(&request, &to).options)).unwrap();
    let mut curl = Process::new("curl");
    curl.args(["--disable", "-s", "--data-raw", "a", "--config"])
        .arg(file);
    let mut curl = curl
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let (mut stream, _) = server.accept().unwrap();
    let mut came = Vec::new();
    while !came.ends_with(b"\r\n\r\na") {
        let mut part = [0; 1024];
        let size = std::io::Read::read(&mut stream, &mut part).unwrap();
        assert!(size > 0, "{}", String::from_utf8_lossy(&came));
        came.extend_from_slice(&part[..size]);
    }
    stream
        .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        .unwrap();
    assert!(curl.wait().unwrap().success());
    let host = server.local_addr().unwrap();
    let value = request.headers.get("x-all").unwrap();
    let head = format!("PO'ST /a/../\"b\\?'c' HTTP/1.1\r\nHost: {host}\r\nX-All: ");
    let wanted = [
        head.as_bytes(),
        value,
        b"\r\nX-Empty:\r\nContent-Length: 1\r\n\r\na",
    ];
    let wanted = wanted.concat();
    assert_eq!(
        came.escape_ascii().to_string(),
        wanted.escape_ascii().to_string()
    );
}
