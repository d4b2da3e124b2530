//! Request targets that hyper refuses and other servers accept (nginx and Node: `"`, `<`, `>` and the backtick). hyper
//! reads a copy of the same length in which these bytes are replaced; the recorded head keeps the originals.

use hyper::Uri;

/// Stands for a byte that hyper refuses.
const MASK: u8 = b'x';

/// Whether hyper refuses a byte in a path or a query, drops what follows it (`#`), or takes it in UTF-8 alone.
fn is_masked(byte: u8) -> bool {
    matches!(byte, b'"' | b'#' | b'<' | b'>' | b'`' | 0x80..)
}

/// Where in a request line a byte is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum At {
    /// Empty lines may come first.
    #[default]
    Before,
    Method,
    /// Scheme and authority of a whole URL, behind so many slashes. hyper judges them itself.
    Authority(u8),
    /// The path and all that follows it in the target.
    Path,
    After,
}

/// Reads one request line, however it is cut, and masks its target.
#[derive(Debug, Default)]
pub(super) struct TargetMask {
    at: At,
    original: Vec<u8>,
    is_masked: bool,
}

impl TargetMask {
    /// Begins with the next request line.
    pub(super) fn reset(&mut self) {
        self.at = At::Before;
        self.original.clear();
        self.is_masked = false;
    }

    /// Replaces what hyper refuses in the next bytes of the head. Bytes behind the target stay.
    pub(super) fn mask(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            match self.at {
                At::Before if matches!(*byte, b'\r' | b'\n') => {}
                At::Before | At::Method => {
                    self.at = match *byte {
                        b' ' => At::Authority(0),
                        0..b' ' => At::After,
                        _ => At::Method,
                    }
                }
                At::Authority(_) | At::Path if matches!(*byte, 0..=b' ' | 0x7f) => {
                    self.at = At::After;
                }
                At::Authority(slashes) => {
                    self.original.push(*byte);
                    self.at = match *byte {
                        b'/' if slashes == 2 || self.original.len() == 1 => At::Path,
                        b'/' => At::Authority(slashes + 1),
                        b'?' if slashes == 2 => At::Path,
                        _ => At::Authority(slashes),
                    };
                }
                At::Path => {
                    self.original.push(*byte);
                    if is_masked(*byte) {
                        *byte = MASK;
                        self.is_masked = true;
                    }
                }
                At::After => return,
            }
        }
    }

    /// The target as it was sent, if hyper reads another.
    pub(super) fn original(&self) -> Option<&[u8]> {
        self.is_masked.then_some(&*self.original)
    }

    /// Puts the original target back into a request line.
    pub(super) fn unmask(&self, line: &mut [u8]) {
        let start = memchr::memchr(b' ', line).map_or(line.len(), |space| space + 1);
        let target = &mut line[start..];
        let length = target.len().min(self.original.len());
        target[..length].copy_from_slice(&self.original[..length]);
    }
}

/// Whether hyper parsed this target, and all of it.
pub(super) fn is_parsed_as(target: &str, uri: &Uri) -> bool {
    let mut rest = target.as_bytes();
    let mut skip = |part: &str| {
        let (start, end) = rest.split_at(rest.len().min(part.len()));
        rest = end;
        start.eq_ignore_ascii_case(part.as_bytes())
    };
    if let Some(scheme) = uri.scheme_str()
        && !(skip(scheme) && skip("://"))
    {
        return false;
    }
    if let Some(authority) = uri.authority()
        && !skip(authority.as_str())
    {
        return false;
    }
    match uri.path_and_query() {
        // A URL without a path has the empty one, which hyper writes as `/`.
        Some(parsed) if rest.is_empty() => uri.scheme().is_some() && parsed.as_str() == "/",
        Some(parsed) => parsed.as_str().as_bytes() == rest,
        None => rest.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The request line as hyper reads it, and the original target if that is another.
    fn masked(line: &[u8], cut: usize) -> (Vec<u8>, Option<Vec<u8>>) {
        let mut line = line.to_vec();
        let mut mask = TargetMask::default();
        let cut = cut.min(line.len());
        mask.mask(&mut line[..cut]);
        mask.mask(&mut line[cut..]);
        (line, mask.original().map(<[u8]>::to_vec))
    }

    #[test]
    fn masks_what_hyper_refuses_in_path_and_query_alone() {
        let cases: [(&[u8], &[u8]); 8] = [
            (
                b"GET /a HTTP/1.1\r\n\"<>\r\n",
                b"GET /a HTTP/1.1\r\n\"<>\r\n",
            ),
            (b"\r\n\nGET /`?\"<>#\xff H", b"\r\n\nGET /x?xxxxx H"),
            (b"GET http://h/<?> H", b"GET http://h/x?x H"),
            (b"GET http://h?< H", b"GET http://h?x H"),
            (b"GET http://h<i/ H", b"GET http://h<i/ H"),
            (b"GET http:/< H", b"GET http:/< H"),
            (b"GET <a H", b"GET <a H"),
            (b"GET /a\x01< H", b"GET /a\x01< H"),
        ];
        for (line, wanted) in cases {
            for cut in 0..=line.len() {
                let (seen, original) = masked(line, cut);
                assert_eq!(seen, wanted, "{}", line.escape_ascii());
                let target = line.split(|byte| *byte == b' ').nth(1).unwrap();
                let wanted = (line != wanted).then_some(target);
                assert_eq!(original.as_deref(), wanted);
            }
        }
    }

    #[test]
    fn a_masked_line_reads_back() {
        let mut line = b"GET /<> HTTP".to_vec();
        let mut mask = TargetMask::default();
        mask.mask(&mut line);
        assert_eq!(line, b"GET /xx HTTP");
        mask.unmask(&mut line);
        assert_eq!(line, b"GET /<> HTTP");
        let mut start = b"GET /x".to_vec();
        mask.unmask(&mut start);
        assert_eq!(start, b"GET /<");
    }

    #[test]
    fn targets_of_every_form_are_recognized() {
        let cases = [
            "/",
            "/a?b",
            "/a?",
            "//h/a",
            "*",
            "h",
            "h:80",
            "http://h",
            "http://h/",
            "HTTP://h?x",
            "http://u:p@h:9/a?b=c",
            "x-y://h/a",
        ];
        for target in cases {
            let uri: Uri = target.parse().unwrap();
            assert!(is_parsed_as(target, &uri), "{target}");
            for other in ["/b", "/a?c", "", "http://i", "http://h/b", "h:81", "/a?b#c"] {
                assert!(!is_parsed_as(other, &uri), "{target} is not {other}");
            }
        }
    }

    proptest! {
        /// hyper reads every masked path, and all of it.
        #[test]
        fn a_masked_path_is_a_uri(path in prop::collection::vec(0x21_u8..=0xff, 0..40)) {
            let path: Vec<u8> = path.into_iter().filter(|byte| *byte != 0x7f).collect();
            let line = [b"GET /", &*path, b" HTTP/1.1"].concat();
            let (seen, _) = masked(&line, 7);
            let target = std::str::from_utf8(&seen[4..seen.len() - 9]).unwrap();
            let uri: Uri = target.parse().unwrap();
            prop_assert!(is_parsed_as(target, &uri));
        }
    }
}
