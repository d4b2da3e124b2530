//! Text that is written a chunk at a time, so that nobody holds a whole copy of it.

use std::io;
use std::ops::ControlFlow;

/// Bytes that are gathered before they are passed on.
const CHUNK: usize = 4096;

/// Gathers what is written and passes it on in chunks, until its sink asks it to stop.
pub(crate) struct Stream<'s> {
    sink: &'s mut dyn FnMut(&[u8]) -> ControlFlow<()>,
    gathered: Vec<u8>,
    is_stopped: bool,
}

impl<'s> Stream<'s> {
    pub(crate) fn new(sink: &'s mut dyn FnMut(&[u8]) -> ControlFlow<()>) -> Self {
        Self {
            sink,
            gathered: Vec::with_capacity(CHUNK),
            is_stopped: false,
        }
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) {
        if self.gathered.len() + bytes.len() > CHUNK {
            self.flush_gathered();
            if bytes.len() >= CHUNK {
                return self.pass(bytes);
            }
        }
        self.gathered.extend_from_slice(bytes);
    }

    pub(crate) fn push_char(&mut self, char: char) {
        self.push(char.encode_utf8(&mut [0; 4]).as_bytes());
    }

    pub(crate) fn repeat(&mut self, byte: u8, mut count: usize) {
        while count > 0 {
            if self.gathered.len() == CHUNK {
                self.flush_gathered();
            }
            let now = count.min(CHUNK - self.gathered.len());
            let length = self.gathered.len() + now;
            self.gathered.resize(length, byte);
            count -= now;
        }
    }

    /// Whether nothing more is wanted; what is written from here on goes nowhere.
    pub(crate) fn is_stopped(&self) -> bool {
        self.is_stopped
    }

    /// Passes on what is left.
    pub(crate) fn finish(mut self) {
        self.flush_gathered();
    }

    fn flush_gathered(&mut self) {
        let gathered = std::mem::take(&mut self.gathered);
        if !gathered.is_empty() {
            self.pass(&gathered);
        }
        self.gathered = gathered;
        self.gathered.clear();
    }

    fn pass(&mut self, bytes: &[u8]) {
        self.is_stopped = self.is_stopped || (self.sink)(bytes).is_break();
    }
}

/// For encoders that write to a file or socket. A stopped stream ends them with an error.
impl io::Write for Stream<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.is_stopped {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        self.push(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn passes_on_every_byte_in_order(pieces in prop::collection::vec((any::<u8>(), 0usize..3 * CHUNK), 0..8)) {
            let (mut passed, mut whole) = (Vec::new(), Vec::new());
            let mut sink = |chunk: &[u8]| {
                passed.extend_from_slice(chunk);
                ControlFlow::Continue(())
            };
            let mut stream = Stream::new(&mut sink);
            for (index, (byte, count)) in pieces.into_iter().enumerate() {
                if index % 2 == 0 {
                    stream.repeat(byte, count);
                } else {
                    stream.push(&vec![byte; count]);
                }
                whole.resize(whole.len() + count, byte);
            }
            stream.finish();
            prop_assert_eq!(passed, whole);
        }
    }

    #[test]
    fn passes_on_nothing_after_it_was_stopped() {
        let mut passed = 0;
        let mut sink = |chunk: &[u8]| {
            passed += chunk.len();
            ControlFlow::Break(())
        };
        let mut stream = Stream::new(&mut sink);
        stream.push(&[b'a'; 2 * CHUNK]);
        assert!(stream.is_stopped());
        assert!(io::Write::write(&mut stream, b"a").is_err());
        stream.push(&[b'a'; 2 * CHUNK]);
        stream.finish();
        assert_eq!(passed, 2 * CHUNK);
    }
}
