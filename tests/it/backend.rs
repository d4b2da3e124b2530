//! A server that reads the requests of a connection one after the other, as real servers do: what stands behind a body
//! is the next request. It records all of them byte for byte.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::harness::until;

/// A request as it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Arrived {
    /// Request line and headers, with their line ends.
    pub(crate) head: String,
    /// The body, without its chunks.
    pub(crate) body: String,
}

/// The server.
pub(crate) struct Backend {
    address: String,
    arrived: Arc<Mutex<Vec<Arrived>>>,
    open: Arc<AtomicUsize>,
}

impl Backend {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let backend = Self {
            address: listener.local_addr().unwrap().to_string(),
            arrived: Arc::default(),
            open: Arc::default(),
        };
        let (arrived, open) = (Arc::clone(&backend.arrived), Arc::clone(&backend.open));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (arrived, open) = (Arc::clone(&arrived), Arc::clone(&open));
                open.fetch_add(1, Ordering::SeqCst);
                thread::spawn(move || {
                    let _ = serve(&mut stream.unwrap(), &arrived);
                    open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        backend
    }

    /// Host and port.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// All requests, once every client has hung up.
    #[track_caller]
    pub(crate) fn requests(&self) -> Vec<Arrived> {
        until("the connections end", || {
            self.open.load(Ordering::SeqCst) == 0
        });
        self.arrived.lock().unwrap().clone()
    }

    /// The request lines of all requests.
    #[track_caller]
    pub(crate) fn lines(&self) -> Vec<String> {
        let requests = self.requests().into_iter();
        requests
            .map(|request| request.head.split("\r\n").next().unwrap().to_owned())
            .collect()
    }
}

/// Bytes of a connection as text: each one a character.
fn text(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}

fn serve(stream: &mut TcpStream, arrived: &Mutex<Vec<Arrived>>) -> Option<()> {
    let mut bytes = Vec::new();
    loop {
        let end = loop {
            match bytes.windows(4).position(|four| four == b"\r\n\r\n") {
                Some(start) => break start + 4,
                None => more(stream, &mut bytes)?,
            }
        };
        let head = text(&bytes.drain(..end).collect::<Vec<_>>());
        let fields = head.to_ascii_lowercase();
        let field = |name: &str| {
            let mut lines = fields.split("\r\n");
            lines.find_map(|line| line.strip_prefix(&format!("{name}: ")))
        };
        let body = if field("transfer-encoding") == Some("chunked") {
            chunked(stream, &mut bytes)?
        } else {
            let length = field("content-length").map_or(0, |length| length.parse().unwrap());
            take(stream, &mut bytes, length)?
        };
        let body = text(&body);
        arrived.lock().unwrap().push(Arrived { head, body });
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        stream.write_all(answer).ok()?;
    }
}

fn more(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<()> {
    let mut piece = [0; 8192];
    let read = stream.read(&mut piece).ok().filter(|read| *read > 0)?;
    bytes.extend_from_slice(&piece[..read]);
    Some(())
}

fn take(stream: &mut TcpStream, bytes: &mut Vec<u8>, length: usize) -> Option<Vec<u8>> {
    while bytes.len() < length {
        more(stream, bytes)?;
    }
    Some(bytes.drain(..length).collect())
}

fn chunked(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = loop {
            match bytes.windows(2).position(|two| two == b"\r\n") {
                Some(start) => break start + 2,
                None => more(stream, bytes)?,
            }
        };
        let line = text(&bytes.drain(..end).collect::<Vec<_>>());
        let size = usize::from_str_radix(line.trim(), 16).unwrap();
        let chunk = take(stream, bytes, size + 2)?;
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(&chunk[..size]);
    }
}
