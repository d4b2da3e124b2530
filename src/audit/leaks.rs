//! What an answer should not hold: traces of the program, paths of its files.

/// What was found in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leak {
    /// A stack trace that the handler itself sent.
    Trace,
    /// The page that a framework shows to its developers for an error.
    DeveloperPage,
    /// The path of a source file.
    Path,
}

impl Leak {
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Trace => "a stack trace",
            Self::DeveloperPage => "the framework's error page for developers, with a stack trace",
            Self::Path => "the path of a source file",
        }
    }
}

/// Looks for traces and paths. `target` is the path that was asked for, which may be repeated.
pub(super) fn find(text: &str, target: &str) -> Option<Leak> {
    // JSON in an answer has its line ends escaped, HTML has its own.
    let text = text
        .replace("\\n", "\n")
        .replace("\\\\", "\\")
        .replace("<br>", "\n")
        .replace("<br/>", "\n")
        .replace("&nbsp;", " ")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'");
    let frames = text.lines().filter(|line| is_frame(line.trim())).count();
    let has_trace = frames > 0 || HEADS.iter().any(|head| text.contains(head));
    if has_trace {
        let is_page = PAGES
            .iter()
            .any(|page| page.iter().all(|part| text.contains(part)));
        return Some(if is_page {
            Leak::DeveloperPage
        } else {
            Leak::Trace
        });
    }
    let target = target.split('?').next().unwrap_or_default();
    let words = text.split(|char: char| char.is_whitespace() || "\"'`<>()[]{},;=".contains(char));
    words
        .filter(|word| *word != target)
        .any(is_source)
        .then_some(Leak::Path)
}

/// Words that stand above a stack trace.
const HEADS: [&str; 6] = [
    "Traceback (most recent call last)",
    "panicked at ",
    "goroutine 1 [",
    "stack backtrace:",
    "Stack trace:",
    "Exception in thread ",
];

/// What error pages of frameworks consist of; they are shown while a program is developed, unless it says otherwise.
const PAGES: [&[&str]; 5] = [
    // Express.
    &["<title>Error</title>", "<pre>"],
    // Werkzeug, and so Flask.
    &["Werkzeug", "debugger"],
    // Django.
    &["You're seeing this error because you have <code>DEBUG = True</code>"],
    // Rails.
    &["Rails.root", "Application Trace"],
    // ASP.NET Core.
    &["titleerror", "rawExceptionDetails"],
];

/// Endings of source files.
const SOURCES: [&str; 16] = [
    "js", "mjs", "cjs", "ts", "tsx", "jsx", "py", "rb", "php", "go", "rs", "java", "kt", "cs",
    "ex", "exs",
];

/// Whether a line is a frame of a stack trace in one of the usual forms.
fn is_frame(line: &str) -> bool {
    if let Some(rest) = line.strip_prefix("at ") {
        // JavaScript: `at f (/app/x.js:1:2)`, `at /app/x.js:1:2`; Java: `at a.B.c(B.java:7)`; .NET: `at A.B() in x.cs:line 7`.
        let place = rest.trim_end_matches([')', '"', '\'', '}', ']', ',']);
        let numbered = place.rsplit(':').next().is_some_and(|end| {
            let end = end.trim_start_matches("line ");
            !end.is_empty() && end.bytes().all(|byte| byte.is_ascii_digit())
        });
        return numbered && place.contains(['.', '/']) || rest.contains("<anonymous>");
    }
    // Python.
    if let Some(rest) = line.strip_prefix("File \"") {
        return rest.contains("\", line ");
    }
    // PHP: `#0 /var/www/x.php(12): f()`; Ruby: `x.rb:12:in 'f'`.
    let is_php = line.strip_prefix('#').is_some_and(|rest| {
        rest.starts_with(|char: char| char.is_ascii_digit()) && rest.contains(".php(")
    });
    is_php || line.contains(".rb:") && line.contains(":in ")
}

/// Whether a word is an absolute path of a source file.
fn is_source(word: &str) -> bool {
    let word = word.strip_prefix("file://").unwrap_or(word);
    let drive = word.as_bytes().get(1..3) == Some(b":\\");
    let is_absolute = word.starts_with('/') && !word.starts_with("//") || drive;
    if !is_absolute || !word[1..].contains(['/', '\\']) {
        return false;
    }
    let file = word.rsplit(['/', '\\']).next().unwrap_or_default();
    let file = file.split(':').next().unwrap_or_default();
    let ending = file.rsplit_once('.').map(|(_, ending)| ending);
    ending.is_some_and(|ending| SOURCES.contains(&ending))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn traces_and_paths_are_found_in_all_their_forms() {
        let cases = [
            ("Invalid signature", None),
            (
                "{\"error\":\"invalid signature\",\"at\":\"2026-01-01T10:11:12\"}",
                None,
            ),
            ("Cannot PUT /webhooks/ken", None),
            ("Meet us at http://example.com:80", None),
            ("at 10:30", None),
            ("See https://example.com/docs/a/verify.php", None),
            (
                "TypeError: x\n    at f (/app/server.js:3:9)",
                Some(Leak::Trace),
            ),
            (
                "{\"stack\":\"Error: x\\n    at file:///app/server.mjs:3:9\"}",
                Some(Leak::Trace),
            ),
            (
                "Traceback (most recent call last):\n  File \"/app/main.py\", line 3, in f",
                Some(Leak::Trace),
            ),
            ("  File \"main.py\", line 3, in f", Some(Leak::Trace)),
            (
                "java.lang.X: y\n\tat com.acme.Hook.verify(Hook.java:12)",
                Some(Leak::Trace),
            ),
            (
                "   at Acme.Hook.Verify() in C:\\src\\Hook.cs:line 12",
                Some(Leak::Trace),
            ),
            ("#0 /var/www/hook.php(12): verify()", Some(Leak::Trace)),
            ("app.rb:12:in 'verify'", Some(Leak::Trace)),
            (
                "thread 'main' panicked at src/main.rs:3:5:",
                Some(Leak::Trace),
            ),
            (
                "<!DOCTYPE html><head><title>Error</title></head><body>\n<pre>SyntaxError: x<br> &nbsp; &nbsp;at JSON.parse (&lt;anonymous&gt;)<br></pre>",
                Some(Leak::DeveloperPage),
            ),
            (
                "ENOENT: no such file or directory, open '/srv/app/keys.js'",
                Some(Leak::Path),
            ),
            ("C:\\inetpub\\wwwroot\\hook.php failed", Some(Leak::Path)),
        ];
        for (text, wanted) in cases {
            assert_eq!(find(text, "/webhooks/ken"), wanted, "{text}");
        }
        assert_eq!(find("Cannot POST /a/hook.php", "/a/hook.php?x=1"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_searched_without_a_panic(text: String) {
            let _ = find(&text, "/");
        }
    }
}
