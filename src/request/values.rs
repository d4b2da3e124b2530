//! JSON values one after the other, or one by one out of a HAR file, each found by its brackets and held alone: a file
//! may be larger than the memory.

use std::io::{self, BufRead};

use super::depth::MAX_DEPTH;
use super::stored::Problem;

/// Most bytes of one record as it is written down: a body of 25 MB with any escapes, heads, and what was responded.
pub(crate) const MAX_RECORD: usize = 100_000_000;

/// What is said of a record that is longer.
pub(super) fn too_long(place: &str) -> Problem {
    let limit = MAX_RECORD / 1_000_000;
    Problem::Form(format!("{place} is longer than {limit} MB"))
}

/// Where in a value its bytes are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum At {
    #[default]
    Outside,
    /// Inside a string.
    Inside,
    /// Behind a backslash inside a string.
    Escaped,
}

/// Finds the end of a value by its brackets and quotes.
#[derive(Debug, Default)]
struct Scan {
    depth: usize,
    at: At,
    has_begun: bool,
}

/// What one more byte of a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    More,
    /// The last one.
    End,
    /// Nothing of it any more: a value without brackets or quotes ended before.
    Beyond,
    TooDeep,
}

impl Scan {
    fn feed(&mut self, byte: u8) -> Seen {
        match (self.at, byte) {
            (At::Inside, b'\\') => self.at = At::Escaped,
            (At::Inside, b'"') => {
                self.at = At::Outside;
                return self.end_if_closed();
            }
            (At::Escaped, _) => self.at = At::Inside,
            (At::Outside, b'"') => {
                if self.has_begun && self.depth == 0 {
                    return Seen::Beyond;
                }
                self.at = At::Inside;
            }
            (At::Outside, b'{' | b'[') => {
                if self.has_begun && self.depth == 0 {
                    return Seen::Beyond;
                }
                self.depth += 1;
                if self.depth > MAX_DEPTH {
                    return Seen::TooDeep;
                }
            }
            (At::Outside, b'}' | b']') => {
                if self.has_begun && self.depth == 0 {
                    return Seen::Beyond;
                }
                self.depth = self.depth.saturating_sub(1);
                return self.end_if_closed();
            }
            (At::Outside, byte)
                if self.depth == 0 && (byte == b',' || byte.is_ascii_whitespace()) =>
            {
                return Seen::Beyond;
            }
            (At::Inside | At::Outside, _) => {}
        }
        self.has_begun = true;
        Seen::More
    }

    fn end_if_closed(&mut self) -> Seen {
        self.has_begun = true;
        if self.depth == 0 {
            Seen::End
        } else {
            Seen::More
        }
    }

    /// Bytes from the start of these that tell nothing: they stand in a string.
    fn dull(&self, bytes: &[u8]) -> usize {
        match self.at {
            At::Inside => memchr::memchr2(b'"', b'\\', bytes).unwrap_or(bytes.len()),
            At::Outside | At::Escaped => 0,
        }
    }
}

/// Bytes on their way.
struct Input<R> {
    from: R,
    /// The line of the next byte, counted from 1.
    line: usize,
}

impl<R: BufRead> Input<R> {
    fn fill(&mut self) -> Result<&[u8], Problem> {
        loop {
            match self.from.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Problem::Bytes(error)),
                Ok(_) => break,
            }
        }
        // Asked again for the sake of the borrow: what is there is not read twice.
        self.from.fill_buf().map_err(Problem::Bytes)
    }

    fn peek(&mut self) -> Result<Option<u8>, Problem> {
        Ok(self.fill()?.first().copied())
    }

    /// Takes so many bytes that are there.
    fn take(&mut self, count: usize) -> Result<(), Problem> {
        let taken = &self.fill()?[..count];
        let lines = memchr::memchr_iter(b'\n', taken).count();
        self.line += lines;
        self.from.consume(count);
        Ok(())
    }

    /// Passes over white space, and over what else is named.
    fn skip(&mut self, also: &[u8]) -> Result<(), Problem> {
        loop {
            let there = self.fill()?;
            let is_dull = |byte: &u8| byte.is_ascii_whitespace() || also.contains(byte);
            let count = there.iter().take_while(|byte| is_dull(byte)).count();
            let is_all = count == there.len();
            if count == 0 {
                return Ok(());
            }
            self.take(count)?;
            if !is_all {
                return Ok(());
            }
        }
    }

    /// Reads the value that begins with the next byte; what there is of it, if the bytes end before it does.
    fn value(&mut self, place: &str, into: &mut Vec<u8>) -> Result<(), Problem> {
        let mut scan = Scan::default();
        loop {
            let there = self.fill()?;
            if there.is_empty() {
                return Ok(());
            }
            let (mut count, mut seen) = (0, Seen::More);
            while count < there.len() && seen == Seen::More {
                count += scan.dull(&there[count..]);
                if let Some(byte) = there.get(count) {
                    seen = scan.feed(*byte);
                    count += usize::from(seen != Seen::Beyond);
                }
            }
            if into.len() + count > MAX_RECORD {
                return Err(too_long(place));
            }
            into.extend_from_slice(&there[..count]);
            self.take(count)?;
            match seen {
                Seen::More => {}
                Seen::End | Seen::Beyond => return Ok(()),
                Seen::TooDeep => {
                    let problem = format!("{place} is nested deeper than {MAX_DEPTH} levels");
                    return Err(Problem::Form(problem));
                }
            }
        }
    }
}

/// Values one after the other, with white space between them or none.
pub(crate) struct Values<R> {
    input: Input<R>,
    text: Vec<u8>,
}

impl<R: BufRead> Values<R> {
    pub(super) fn new(from: R) -> Self {
        Self {
            input: Input { from, line: 1 },
            text: Vec::new(),
        }
    }

    /// The next value as it is written, and the number of its first line. The last one may have no end.
    ///
    /// # Errors
    /// The bytes do not come, or a value is too long or nested too deep.
    pub(crate) fn next(&mut self) -> Result<Option<(&[u8], usize)>, Problem> {
        self.text.clear();
        self.input.skip(b"")?;
        if self.input.peek()?.is_none() {
            return Ok(None);
        }
        let line = self.input.line;
        self.input.value(&format!("line {line}"), &mut self.text)?;
        if self.text.is_empty() {
            // A byte that begins no value is one by itself.
            let byte = self.input.peek()?;
            self.text.extend(byte);
            self.input.take(1)?;
        }
        Ok(Some((&self.text, line)))
    }
}

/// The entries of a HAR file.
pub(crate) struct Entries<R> {
    input: Input<R>,
    text: Vec<u8>,
    /// How many were read.
    number: usize,
    is_done: bool,
}

impl<R: BufRead> Entries<R> {
    /// The entries behind the bracket that was read.
    pub(super) fn new(from: R) -> Self {
        Self {
            input: Input { from, line: 1 },
            text: Vec::new(),
            number: 0,
            is_done: false,
        }
    }

    /// The next entry as it is written, and its number.
    ///
    /// # Errors
    /// The bytes do not come, an entry is too long or nested too deep, or the file ends before they do.
    pub(crate) fn next(&mut self) -> Result<Option<(&[u8], usize)>, Problem> {
        if self.is_done {
            return Ok(None);
        }
        self.text.clear();
        self.input.skip(b",")?;
        let place = format!("entry {}", self.number + 1);
        match self.input.peek()? {
            None => return Err(self.cut_off()),
            Some(b']') => {
                self.is_done = true;
                return Ok(None);
            }
            Some(_) => self.input.value(&place, &mut self.text)?,
        }
        if self.input.peek()?.is_none() {
            return Err(self.cut_off());
        }
        self.number += 1;
        Ok(Some((&self.text, self.number)))
    }

    fn cut_off(&self) -> Problem {
        Problem::Form(match self.number {
            0 => "it ends before its first entry does".to_owned(),
            number => format!("it ends after {number} of its entries"),
        })
    }
}

/// What a file of JSON begins with.
pub(super) enum Start {
    /// The entries of a HAR file, whose bracket was read.
    Entries,
    /// Another value, which was read as far as it goes.
    Value,
}

/// Reads the first value of a file into a buffer, but for a HAR file, of which it stops where the entries begin.
pub(super) fn start<R: BufRead>(from: &mut R, text: &mut Vec<u8>) -> Result<Start, Problem> {
    let mut finder = Finder::default();
    let mut input = Input { from, line: 1 };
    loop {
        let there = input.fill()?;
        if there.is_empty() {
            return Ok(Start::Value);
        }
        let (mut count, mut found) = (0, None);
        while count < there.len() && found.is_none() {
            found = finder.feed(there[count]);
            count += 1;
        }
        if text.len() + count > MAX_RECORD {
            return Err(too_long("it"));
        }
        text.extend_from_slice(&there[..count]);
        input.take(count)?;
        if let Some(found) = found {
            return Ok(found);
        }
    }
}

/// Longer than any key that is looked for.
const LONGEST_KEY: usize = "entries".len() + 1;

/// Finds `log.entries[` in the first value.
#[derive(Default)]
struct Finder {
    scan: Scan,
    /// Whether the next string is a key.
    wants_key: bool,
    /// The start of the last key, no longer than those that are looked for.
    key: Vec<u8>,
    is_in_log: bool,
}

impl Finder {
    fn feed(&mut self, byte: u8) -> Option<Start> {
        let was = (self.scan.at, self.scan.depth);
        let seen = self.scan.feed(byte);
        let depth = self.scan.depth;
        let is_watched = depth == 1 || (depth == 2 && self.is_in_log);
        match (was, byte) {
            ((At::Outside, _), b'"') if self.wants_key && is_watched => self.key.clear(),
            ((At::Inside, _), b'"') if is_watched => self.wants_key = false,
            ((At::Inside, _), byte)
                if self.wants_key && is_watched && self.key.len() < LONGEST_KEY =>
            {
                self.key.push(byte);
            }
            ((At::Outside, 0), b'{') => self.wants_key = true,
            ((At::Outside, 1), b'{') => {
                self.is_in_log = self.key == b"log";
                self.wants_key = self.is_in_log;
            }
            ((At::Outside, 2), b'[') if self.is_in_log && self.key == b"entries" => {
                return Some(Start::Entries);
            }
            ((At::Outside, 2), b'}') => self.is_in_log = false,
            ((At::Outside, _), b',') if is_watched => {
                self.wants_key = true;
                self.key.clear();
            }
            _ => {}
        }
        match seen {
            Seen::More => None,
            // What is too deep is no capture and no HAR; what it is otherwise is found out from all of it.
            Seen::End | Seen::Beyond | Seen::TooDeep => Some(Start::Value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn values(text: &[u8]) -> Result<Vec<(String, usize)>, String> {
        let mut values = Values::new(text);
        let mut all = Vec::new();
        loop {
            match values.next() {
                Ok(Some((text, line))) => {
                    all.push((String::from_utf8_lossy(text).into_owned(), line));
                }
                Ok(None) => return Ok(all),
                Err(Problem::Form(problem)) => return Err(problem),
                Err(Problem::Bytes(error)) => panic!("{error}"),
            }
        }
    }

    fn entries(text: &[u8]) -> Option<Result<Vec<String>, String>> {
        let (mut from, mut head) = (text, Vec::new());
        let Ok(Start::Entries) = start(&mut from, &mut head) else {
            return None;
        };
        let mut entries = Entries::new(from);
        let mut all = Vec::new();
        Some(loop {
            match entries.next() {
                Ok(Some((text, number))) => {
                    all.push(String::from_utf8_lossy(text).into_owned());
                    assert_eq!(number, all.len());
                }
                Ok(None) => break Ok(all),
                Err(Problem::Form(problem)) => break Err(problem),
                Err(Problem::Bytes(error)) => panic!("{error}"),
            }
        })
    }

    #[test]
    fn values_are_told_apart_however_they_are_laid_out() {
        let text = b" {\"a\":\"}\\\"\"}{\"b\":[\n1]}\n\n[2]3 true \"x\"\"y\" {\"c\"";
        let found = values(text).unwrap();
        let wanted = [
            ("{\"a\":\"}\\\"\"}", 1),
            ("{\"b\":[\n1]}", 1),
            ("[2]", 4),
            ("3", 4),
            ("true", 4),
            ("\"x\"", 4),
            ("\"y\"", 4),
            ("{\"c\"", 4),
        ];
        assert_eq!(found, wanted.map(|(text, line)| (text.to_owned(), line)));
    }

    #[test]
    fn what_is_too_deep_or_too_long_names_its_line() {
        let deep = [b"\n\n".to_vec(), vec![b'['; MAX_DEPTH + 1]].concat();
        assert_eq!(
            values(&deep).unwrap_err(),
            "line 3 is nested deeper than 128 levels"
        );
        let long = [b"{}\n\"".to_vec(), vec![b'x'; MAX_RECORD]].concat();
        assert_eq!(values(&long).unwrap_err(), "line 2 is longer than 100 MB");
    }

    #[test]
    fn entries_are_found_wherever_they_stand() {
        let found = |text: &str| entries(text.as_bytes());
        let two = Some(Ok(vec!["{\"a\":[]}".to_owned(), "2".to_owned()]));
        assert_eq!(found(r#"{"log":{"entries":[{"a":[]}, 2]}}"#), two);
        let before = r#"{"x":{"log":{"entries":[0]}},"log":{"a":{"entries":[1]},"entries":[{"a":[]},2],"entries":[3]},"y":4}"#;
        assert_eq!(found(before), two);
        assert_eq!(found(r#"{"log":{"entries":[]}}"#), Some(Ok(Vec::new())));
        for other in [
            r#"{"log":[{"entries":[1]}]}"#,
            r#"{"log":{"entries":{}}}"#,
            r#"{"entries":[1]}"#,
            r#"{"a":"log","b":{"entries":[1]}}"#,
            r#"{"log":1,"a":{"entries":[1]}}"#,
            r#"[{"log":{"entries":[1]}}]"#,
            r#"{"log":{"entries":"#,
        ] {
            assert_eq!(found(other), None, "{other}");
        }
    }

    #[test]
    fn a_file_that_is_cut_off_says_how_far_it_goes() {
        let whole = r#"{"log":{"entries":[{"a":1},{"b":2}]}}"#;
        let cut = |at: &str| entries(&whole.as_bytes()[..whole.find(at).unwrap()]);
        assert_eq!(
            cut("{\"a"),
            Some(Err("it ends before its first entry does".to_owned()))
        );
        assert_eq!(
            cut("1},"),
            Some(Err("it ends before its first entry does".to_owned()))
        );
        assert_eq!(
            cut(",{\"b"),
            Some(Err("it ends before its first entry does".to_owned()))
        );
        assert_eq!(
            cut("{\"b"),
            Some(Err("it ends after 1 of its entries".to_owned()))
        );
        assert_eq!(
            cut("]}}"),
            Some(Err("it ends after 1 of its entries".to_owned()))
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_their_end(bytes: Vec<u8>) {
            let _ = values(&bytes);
            let _ = entries(&bytes);
        }

        #[test]
        fn json_like_bytes_are_read_to_their_end(text in "[\\[\\]{}\",:\\\\ \n1a]{0,40}") {
            if let Ok(found) = values(text.as_bytes()) {
                let all: String = found.into_iter().map(|(text, _)| text).collect();
                let is_kept = |char: &char| !char.is_ascii_whitespace();
                let wanted: String = text.chars().filter(is_kept).collect();
                prop_assert_eq!(all.chars().filter(is_kept).collect::<String>(), wanted);
            }
        }

        #[test]
        fn values_are_those_that_serde_finds(values_in in prop::collection::vec("[ -~]{0,9}", 0..5), space in "[ \n]{1,3}") {
            let written: Vec<String> = values_in.iter().map(|text| serde_json::json!({"a": [text, {"b": text}]}).to_string()).collect();
            let text = written.join(&space);
            let found: Vec<String> = values(text.as_bytes()).unwrap().into_iter().map(|(text, _)| text).collect();
            prop_assert_eq!(found, written.clone());
            let har = format!("{{\"log\":{{\"entries\":[{}]}}}}", written.join(","));
            prop_assert_eq!(entries(har.as_bytes()), Some(Ok(written)));
        }
    }
}
