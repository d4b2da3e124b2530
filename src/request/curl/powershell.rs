//! A script for Windows PowerShell 5.1 and PowerShell 7. Before 7.3, PowerShell does not escape quotes and backslashes
//! in the arguments of programs, so values with one go through a file, as every body does. The script is printable ASCII,
//! which survives any console and file encoding.

use super::{Choice, Command, base64, config};

/// Variables that hold the file names.
const OPTIONS: &str = "$requestOptions";
const BODY: &str = "$requestBody";
/// Longest body that is written as text, in bytes.
const MAX_TEXT: usize = 100_000;

/// Returns the script: it writes files, runs the command, and removes the files.
pub(super) fn print(command: &Command<'_>) -> String {
    let mut script = String::new();
    let mut files = Vec::new();
    let mut lines = Vec::new();
    if command.options.iter().all(is_argument) {
        let mut options = command.options.iter().map(option);
        let first: Vec<String> = options.by_ref().take(2).collect();
        lines.push(format!("curl.exe {}", first.join(" ")));
        lines.extend(options);
    } else {
        files.push(OPTIONS);
        script.push_str(&options_file(&config::print(&command.options)));
        lines.push(format!("curl.exe --config {OPTIONS}"));
    }
    if let Some(body) = command.body {
        files.push(BODY);
        let is_short = body.len() <= MAX_TEXT && is_text(body);
        let text = is_short.then(|| format!("WriteAllText({BODY}, {})", quoted(body)));
        let write = text.unwrap_or_else(|| write_bytes(BODY, body));
        script.push_str(&file(BODY, &write));
        lines.push(format!("--data-binary \"@{BODY}\""));
    }
    script.push_str(&format!("{}\n", lines.join(" `\n  ")));
    if !files.is_empty() {
        script.push_str(&format!("Remove-Item {}\n", files.join(", ")));
    }
    script
}

/// Returns whether every version passes the value unchanged.
fn is_argument(choice: &Choice<'_>) -> bool {
    let is_safe = |value: &[u8]| is_text(value) && !value.iter().any(|byte| b"\"\\".contains(byte));
    choice.value.as_ref().is_none_or(|value| is_safe(value))
}

fn is_text(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| matches!(byte, b' '..=b'~'))
}

fn option(choice: &Choice<'_>) -> String {
    let value = choice.value.as_ref().map(|value| word(value));
    match (choice.flag, value) {
        (flag, None) => flag.to_owned(),
        ("", Some(value)) => value,
        (flag, Some(value)) => format!("{flag} {value}"),
    }
}

/// Quotes printable ASCII as one word.
fn word(text: &[u8]) -> String {
    if !text.is_empty() && text.iter().all(u8::is_ascii_alphabetic) {
        String::from_utf8_lossy(text).into_owned()
    } else {
        quoted(text)
    }
}

/// Quotes printable ASCII as a string without expansion.
fn quoted(text: &[u8]) -> String {
    format!("'{}'", String::from_utf8_lossy(text).replace('\'', "''"))
}

/// Returns the lines that write the configuration file, readable if it is printable ASCII.
fn options_file(config: &[u8]) -> String {
    let lines = config.split_inclusive(|byte| *byte == b'\n');
    let lines: Vec<&[u8]> = lines.map(<[u8]>::trim_ascii_end).collect();
    if !lines.iter().all(|line| is_text(line)) {
        return file(OPTIONS, &write_bytes(OPTIONS, config));
    }
    let lines: Vec<String> = lines.into_iter().map(quoted).collect();
    let lines = lines.join(",\n  ");
    let write = format!("WriteAllLines({OPTIONS}, [string[]]@(\n  {lines}\n))");
    file(OPTIONS, &write)
}

fn write_bytes(name: &str, bytes: &[u8]) -> String {
    let encoded = base64(bytes);
    format!("WriteAllBytes({name}, [Convert]::FromBase64String('{encoded}'))")
}

/// Returns the lines that create and write a temporary file.
fn file(name: &str, write: &str) -> String {
    format!("{name} = [IO.Path]::GetTempFileName()\n[IO.File]::{write}\n")
}
