//! Words of a POSIX shell command, as people copy them: quotes, line continuations and pipes, and nothing that runs.

/// A command: words, with the commands before it whose output it reads. A word holds any bytes.
pub(crate) type Pipeline = Vec<Vec<Vec<u8>>>;

/// Splits text into commands.
///
/// # Errors
/// What is wrong, as the end of a sentence.
pub(crate) fn split(text: &str) -> Result<Vec<Pipeline>, String> {
    let mut lexer = Lexer {
        chars: text.chars().peekable(),
        word: None,
        pipeline: vec![Vec::new()],
        done: Vec::new(),
    };
    lexer.run()?;
    Ok(lexer.done)
}

struct Lexer<'a> {
    chars: std::iter::Peekable<std::str::Chars<'a>>,
    /// The word that was begun.
    word: Option<Vec<u8>>,
    pipeline: Pipeline,
    done: Vec<Pipeline>,
}

fn push(word: &mut Vec<u8>, char: char) {
    word.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
}

/// Error for a command substitution.
const RUNS: &str = "it runs another command, which is not done here";

impl Lexer<'_> {
    fn run(&mut self) -> Result<(), String> {
        while let Some(char) = self.chars.next() {
            match char {
                '\\' => match self.chars.next() {
                    // A line that goes on.
                    Some('\n') | None => {}
                    Some('\r') if self.chars.next_if_eq(&'\n').is_some() => {}
                    Some(other) => self.push(other),
                },
                '\'' => self.single()?,
                '"' => self.double()?,
                '$' if self.chars.next_if_eq(&'\'').is_some() => self.ansi()?,
                '|' => {
                    self.end_word();
                    self.pipeline.push(Vec::new());
                }
                '\n' | ';' => self.end_command(),
                '&' if self.word.is_none() => self.end_command(),
                '#' if self.word.is_none() => {
                    while self.chars.next_if(|char| *char != '\n').is_some() {}
                }
                '`' => return Err(RUNS.to_owned()),
                '$' if self.chars.peek() == Some(&'(') => {
                    return Err(RUNS.to_owned());
                }
                white if white.is_whitespace() => self.end_word(),
                other => self.push(other),
            }
        }
        self.end_command();
        Ok(())
    }

    fn push(&mut self, char: char) {
        push(self.word.get_or_insert_default(), char);
    }

    fn end_word(&mut self) {
        if let (Some(word), Some(command)) = (self.word.take(), self.pipeline.last_mut()) {
            command.push(word);
        }
    }

    fn end_command(&mut self) {
        self.end_word();
        let pipeline = std::mem::replace(&mut self.pipeline, vec![Vec::new()]);
        if pipeline.iter().any(|command| !command.is_empty()) {
            self.done.push(pipeline);
        }
    }

    fn single(&mut self) -> Result<(), String> {
        let word = self.word.get_or_insert_default();
        loop {
            match self.chars.next() {
                Some('\'') => return Ok(()),
                Some(char) => push(word, char),
                None => return Err("a quote is not closed".to_owned()),
            }
        }
    }

    fn double(&mut self) -> Result<(), String> {
        let word = self.word.get_or_insert_default();
        loop {
            match self.chars.next() {
                Some('"') => return Ok(()),
                Some('\\') => match self.chars.next() {
                    Some(char @ ('"' | '\\' | '$' | '`')) => push(word, char),
                    Some('\n') => {}
                    Some(other) => ['\\', other].into_iter().for_each(|char| push(word, char)),
                    None => return Err("a quote is not closed".to_owned()),
                },
                Some('$') if self.chars.next_if_eq(&'(').is_some() => {
                    let inner: String = self
                        .chars
                        .by_ref()
                        .take_while(|char| *char != ')')
                        .collect();
                    word.extend(printed(&inner).ok_or(RUNS)?);
                }
                Some(char) => push(word, char),
                None => return Err("a quote is not closed".to_owned()),
            }
        }
    }

    /// `$'…'`, as browsers copy bodies with quotes in them.
    fn ansi(&mut self) -> Result<(), String> {
        loop {
            let char = self.chars.next().ok_or("a quote is not closed")?;
            let char = match char {
                '\'' => {
                    self.word.get_or_insert_default();
                    return Ok(());
                }
                '\\' => match self.chars.next().ok_or("a quote is not closed")? {
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    'u' => self.code(4)?,
                    'x' => self.code(2)?,
                    other => other,
                },
                char => char,
            };
            self.push(char);
        }
    }

    fn code(&mut self, most: usize) -> Result<char, String> {
        let mut digits = String::new();
        while digits.len() < most
            && let Some(digit) = self.chars.next_if(char::is_ascii_hexdigit)
        {
            digits.push(digit);
        }
        let code = u32::from_str_radix(&digits, 16)
            .ok()
            .and_then(char::from_u32);
        code.ok_or_else(|| format!("`\\u{digits}` is no character"))
    }
}

/// Returns what `printf '…'` prints, in the form that hookctl writes: text, and bytes in octal.
fn printed(command: &str) -> Option<Vec<u8>> {
    let format = command.strip_prefix("printf '")?.strip_suffix('\'')?;
    let mut parts = format.split('\\');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let (octal, text) = part.split_at_checked(3)?;
        bytes.push(u8::from_str_radix(octal, 8).ok()?);
        bytes.extend_from_slice(text.as_bytes());
    }
    let is_plain = |text: &str| !text.contains(['%', '\'', '"', '$', '`']);
    is_plain(format).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_are_those_of_a_shell() {
        let text = "curl -H 'a: b' \\\n  \"x\\\"y\\z\" 'it'\\''s' $'\\u00e9\\n' '' | cat # no\n";
        let split = split(text).unwrap();
        let text = |word: &Vec<u8>| String::from_utf8(word.clone()).unwrap();
        let commands = split[0]
            .iter()
            .map(|words| words.iter().map(text).collect());
        assert_eq!(
            commands.collect::<Vec<Vec<_>>>(),
            [
                vec!["curl", "-H", "a: b", "x\"y\\z", "it's", "é\n", ""],
                vec!["cat"]
            ]
        );
    }

    #[test]
    fn what_would_run_something_is_refused() {
        assert!(split("curl $(cat x)").is_err() && split("curl `cat x`").is_err());
        assert!(split("curl \"$(cat x)\"").is_err() && split("curl \"$(printf '%s')\"").is_err());
        assert!(split("curl 'x").is_err());
    }

    #[test]
    fn bytes_in_octal_are_read_as_they_are() {
        let split = split(r#"curl "$(printf 'a\351\047')""#).unwrap();
        assert_eq!(split, [[[b"curl".to_vec(), b"a\xe9'".to_vec()]]]);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text: String) {
            let _ = split(&text);
        }
    }
}
