//! A script for the command prompt of Windows, at the prompt and in a batch file. Two readers see each word: `cmd`
//! first, then the program, which splits its command line by itself. `%` and `!` mean something to the first wherever
//! they stand, and in other ways at the prompt than in a file; what holds them, and what is no printable ASCII, goes
//! through a file that PowerShell decodes.

use super::{Choice, Command, base64, config};

/// Longest command line; `cmd` takes 8,191 characters.
const MAX_LINE: usize = 8_000;
/// Characters of base64 on one line.
const MAX_ENCODED: usize = 4_000;
const OPTIONS: &str = "hookctl-options";
const BODY: &str = "hookctl-body";

/// The script: files, the command, and the files are gone again.
pub(super) fn print(command: &Command<'_>) -> String {
    let options: Option<Vec<String>> = command.options.iter().map(option).collect();
    let options = options.filter(|options| length(options) <= MAX_LINE);
    let left = MAX_LINE.saturating_sub(options.as_deref().map_or(0, length));
    let body = command.body.map(|body| {
        let word = word(body).filter(|word| word.len() < left);
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

/// How long options are on a command line, with what stands between them.
fn length(options: &[String]) -> usize {
    options.iter().map(|option| option.len() + 4).sum()
}

/// An option, unless it has to go through a file.
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

/// One word, if both readers can be told of it.
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

/// A quoted word of the program's, of which `cmd` sees no quote, so that it is never within some: a caret takes the
/// meaning from the character behind it.
fn escaped(text: &str) -> String {
    let mut word = String::from("^\"");
    let mut backslashes = 0;
    for char in text.chars() {
        if char == '"' {
            // Before a quote, the program reads two backslashes as one.
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

/// Lines that write a file.
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
