//! Where a chunked body ends, to the byte where hyper ends it: another end would make body of the next head, or a head
//! of a body. What hyper refuses may be refused here later or not at all: it closes such a connection.

/// What is read next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// The first digit of a size.
    Start,
    Size,
    /// White space behind the size.
    Space,
    Extension,
    SizeLf,
    Data,
    DataCr,
    DataLf,
    /// A trailer field. A line feed alone does not end it.
    Trailer,
    TrailerLf,
    /// The start of a trailer field, or the end.
    EndCr,
    EndLf,
}

/// Reads a chunked body.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Chunked {
    step: Step,
    /// Size of the chunk, of which so many bytes are still to come.
    size: u64,
    /// Length of the body so far.
    length: u64,
}

/// What the bytes were.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Read {
    /// All of the body, which goes on.
    Part,
    /// The end of the body; so many bytes belong to it.
    End(usize),
    /// No chunked body.
    Broken,
}

impl Chunked {
    pub(super) fn new() -> Self {
        Self {
            step: Step::Start,
            size: 0,
            length: 0,
        }
    }

    /// Length of the body without its chunks.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Takes the next bytes of the connection.
    pub(super) fn read(&mut self, bytes: &[u8]) -> Read {
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            if self.step == Step::Data {
                let rest = bytes.len() - at;
                let here = usize::try_from(self.size).map_or(rest, |size| size.min(rest));
                at += here;
                self.size -= here as u64;
                self.length = self.length.saturating_add(here as u64);
                if self.size == 0 {
                    self.step = Step::DataCr;
                }
                continue;
            }
            at += 1;
            self.step = match (self.step, byte) {
                (Step::Start | Step::Size, b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') => {
                    let digit = char::from(byte).to_digit(16).unwrap_or_default();
                    let size = self.size.checked_mul(16);
                    let Some(size) = size.and_then(|size| size.checked_add(digit.into())) else {
                        return Read::Broken;
                    };
                    self.size = size;
                    Step::Size
                }
                (Step::Size | Step::Space, b' ' | b'\t') => Step::Space,
                (Step::Size | Step::Space | Step::Extension, b'\r') => Step::SizeLf,
                (Step::Extension, b'\n') => return Read::Broken,
                (Step::Size | Step::Space, b';') | (Step::Extension, _) => Step::Extension,
                (Step::SizeLf, b'\n') if self.size == 0 => Step::EndCr,
                (Step::SizeLf, b'\n') => Step::Data,
                (Step::DataCr, b'\r') => Step::DataLf,
                (Step::DataLf, b'\n') => Step::Start,
                (Step::Trailer, b'\r') => Step::TrailerLf,
                (Step::TrailerLf, b'\n') => Step::EndCr,
                (Step::EndCr, b'\r') => Step::EndLf,
                (Step::EndCr | Step::Trailer, _) => Step::Trailer,
                (Step::EndLf, b'\n') => return Read::End(at),
                _ => return Read::Broken,
            };
        }
        Read::Part
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_end_where_hyper_ends_them() {
        let cases: [(&[u8], Read, u64); 16] = [
            (b"0\r\n\r\n", Read::End(5), 0),
            (b"3\r\nabc\r\n0\r\n\r\nGET", Read::End(13), 3),
            (
                b"00000000000000000003;a=\"b\"\r\nabc\r\n000 \t\r\n\r\n",
                Read::End(42),
                3,
            ),
            (b"1 ;a\r\nx\r\n0;\r\nA: 1\r\nB: 2\r\n\r\n", Read::End(27), 1),
            (b"0\r\n\nA: 1\n\nB: 2\r\n\r\n", Read::End(18), 0),
            (b"0\r\nA: 1\n\n", Read::Part, 0),
            (b"ffffffffffffffff\r\nabc", Read::Part, 3),
            (b"10000000000000000\r\n", Read::Broken, 0),
            (b" 3\r\nabc", Read::Broken, 0),
            (b"3\nabc", Read::Broken, 0),
            (b"3;a\nabc", Read::Broken, 0),
            (b"3\rabc", Read::Broken, 0),
            (b"0x3\r\nabc", Read::Broken, 0),
            (b"3\r\nabcd", Read::Broken, 3),
            (b"3 3\r\nabc", Read::Broken, 0),
            (b"0\r\nA: 1\r\r\n\r\n", Read::Broken, 0),
        ];
        for (bytes, wanted, length) in cases {
            let mut chunked = Chunked::new();
            assert_eq!(chunked.read(bytes), wanted, "{}", bytes.escape_ascii());
            assert_eq!(chunked.length(), length, "{}", bytes.escape_ascii());
        }
    }
}
