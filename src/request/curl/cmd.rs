//! A script for the Windows command prompt that also works as a batch file. Each word is parsed twice: by `cmd`, then by
//! the program, which splits its command line by itself. `cmd` expands `%` and `!` even within quotes, and differently
//! at the prompt and in a file, so values with one, and all that is not printable ASCII, go through a file that
//! PowerShell decodes.

use super::{Choice, Command, base64, config};

/// Longest command line in characters; the limit of `cmd` is 8,191.
const MAX_LINE: usize = 8_000;
/// Base64 characters per line.
const MAX_ENCODED: usize = 4_000;
const OPTIONS: &str = "hookctl-options";
const BODY: &str = "hookctl-body";

/// Returns the script: it writes files, runs the command, and removes the files.
pub(super) fn print(command: &Command<'_>) -> String {
    let options: Option<Vec<String>> = command.options.iter().map(option).collect();
    let options = options.filter(|options| length(options) <= MAX_LINE);
    let left = MAX_LINE.saturating_sub(options.as_deref().map_or(0, length));
    let body = command.body.map(|body| {
        let short = Some(body).filter(|body| body.len() < left);
        let word = short.and_then(word).filter(|word| word.len() < left);
        word.map(|word| format!("--data-raw {word}")).ok_or(body)
    });
    let mut script = String::new();
    let mut files = Vec::new();
    let mut lines = match options {
        Some(mut options) => {
            let first: Vec<String> = options.drain(..2).collect();
            options.insert(0, format!("curl.exe {}", first.join(" ")));
            options
        }
        None => {
            files.push(OPTIONS);
            script.push_str(&file(OPTIONS, &config::print(&command.options)));
            vec![format!("curl.exe --config \"%TEMP%\\{OPTIONS}\"")]
        }
    };
    match body {
        Some(Ok(option)) => lines.push(option),
        Some(Err(bytes)) => {
            files.push(BODY);
            script.push_str(&file(BODY, bytes));
            lines.push(format!("--data-binary \"@%TEMP%\\{BODY}\""));
        }
        None => {}
    }
    script.push_str(&format!("{}\n", lines.join(" ^\n  ")));
    for name in files {
        script.push_str(&format!("del \"%TEMP%\\{name}\" \"%TEMP%\\{name}.b64\"\n"));
    }
    script
}

/// Returns the length of options on a command line, separators included.
fn length(options: &[String]) -> usize {
    options.iter().map(|option| option.len() + 4).sum()
}

/// Returns an option as arguments, unless its value has to go through a file.
fn option(choice: &Choice<'_>) -> Option<String> {
    let Some(value) = &choice.value else {
        return Some(choice.flag.to_owned());
    };
    let word = word(value)?;
    Some(match choice.flag {
        "" => word,
        flag => format!("{flag} {word}"),
    })
}

/// Quotes one word, if both parsers can read it.
fn word(bytes: &[u8]) -> Option<String> {
    let is_safe = |byte: &u8| matches!(byte, b' '..=b'~') && !b"%!".contains(byte);
    if !bytes.iter().all(is_safe) {
        return None;
    }
    let text = String::from_utf8_lossy(bytes);
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:@+".contains(&byte);
    Some(if !text.is_empty() && text.bytes().all(is_plain) {
        text.into_owned()
    } else if !text.contains('"') && !text.ends_with('\\') {
        format!("\"{text}\"")
    } else {
        escaped(&text)
    })
}

/// Quotes a word for the program, with every quote escaped for `cmd` by a caret, so that `cmd` is never within quotes.
fn escaped(text: &str) -> String {
    let mut word = String::from("^\"");
    let mut backslashes = 0;
    for char in text.chars() {
        if char == '"' {
            // In front of a quote, the program reads two backslashes as one.
            word.push_str(&"\\".repeat(backslashes + 1));
        }
        backslashes = if char == '\\' { backslashes + 1 } else { 0 };
        if "\"^&|<>()".contains(char) {
            word.push('^');
        }
        word.push(char);
    }
    word.push_str(&"\\".repeat(backslashes));
    word.push_str("^\"");
    word
}

/// Returns the lines that write a file.
fn file(name: &str, bytes: &[u8]) -> String {
    let encoded = base64(bytes);
    let mut script = String::new();
    let mut redirect = ">";
    for part in encoded.as_bytes().chunks(MAX_ENCODED) {
        let part = String::from_utf8_lossy(part);
        script.push_str(&format!("{redirect}\"%TEMP%\\{name}.b64\" echo {part}\n"));
        redirect = ">>";
    }
    script.push_str(&format!(
        "powershell -NoProfile -Command \"[IO.File]::WriteAllBytes($env:TEMP+'\\{name}',[Convert]::FromBase64String([IO.File]::ReadAllText($env:TEMP+'\\{name}.b64')))\"\n"
    ));
    script
}
