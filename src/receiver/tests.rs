//! Clients that take their time, against limits that are shorter than those of the program.

use std::sync::Mutex;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::*;
use crate::provider::Detector;
use crate::provider::fresh::Seed;

/// Takes everything and remembers what it was told.
#[derive(Default)]
struct Notes {
    targets: Mutex<Vec<String>>,
    rejected: Mutex<Vec<Rejected>>,
    troubles: Mutex<Vec<String>>,
}

impl Sink for Arc<Notes> {
    fn captured(&self, capture: Arc<Capture>) -> Taken<'_> {
        let target = capture.request.target.clone();
        self.targets.lock().unwrap().push(target);
        Box::pin(std::future::ready(Ok(())))
    }

    fn rejected(&self, rejected: Rejected) -> Told<'_> {
        self.rejected.lock().unwrap().push(rejected);
        Box::pin(std::future::ready(()))
    }

    fn trouble(&self, trouble: Trouble) {
        self.troubles.lock().unwrap().push(trouble.message);
    }
}

/// A receiver with these limits, in milliseconds, and its address.
async fn listening(head: u64, body: u64) -> (SocketAddr, Arc<Notes>, watch::Sender<bool>) {
    let notes = Arc::new(Notes::default());
    let receiver = Receiver {
        judge: Arc::new(Judge::new(
            Detector::new(Vec::new()),
            Secrets::default(),
            None,
        )),
        policy: Arc::new(Policy::new(AnswerPolicy {
            sequence: Sequence::of(Part::Status(StatusCode::OK)),
            body: Bytes::new(),
            headers: Vec::new(),
            faults: Faults::default(),
            delay: Delay::default(),
            seed: Seed::chosen(1),
            require_valid: false,
            handshakes: false,
        })),
        tls: None,
        max_body: 1_000,
        patience: Patience {
            head: Duration::from_millis(head),
            body: Duration::from_millis(body),
        },
        sink: Box::new(Arc::clone(&notes)),
        filter: None,
        forward: None,
        under_way: UnderWay::default(),
        ids: Ids::new().unwrap(),
        count: AtomicU64::new(0),
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(serve(vec![listener], Arc::new(receiver), stopped));
    (address, notes, stop)
}

/// Sends the start, then one byte after the other until the connection is closed, and returns what came back.
async fn trickle(address: SocketAddr, start: &str, then: u8) -> String {
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut read, mut write) = stream.into_split();
    write.write_all(start.as_bytes()).await.unwrap();
    let (mut answer, mut bytes) = (Vec::new(), [0; 1_024]);
    loop {
        tokio::select! {
            // Some bytes may have met a closed door: then what came before is all.
            came = read.read(&mut bytes) => match came {
                Ok(count @ 1..) => answer.extend_from_slice(&bytes[..count]),
                _ => return String::from_utf8(answer).unwrap(),
            },
            () = tokio::time::sleep(Duration::from_millis(5)) => {
                let _ = write.write_all(&[then]).await;
            }
        }
    }
}

#[tokio::test]
async fn a_head_that_never_ends_is_cut_and_told_of() {
    let (address, notes, _stop) = listening(150, 60_000).await;
    assert_eq!(
        trickle(address, "POST /slow HTTP/1.1\r\nX-A: ", b'a').await,
        ""
    );
    assert_eq!(
        *notes.troubles.lock().unwrap(),
        ["gave up on the request `POST /slow HTTP/1.1`: no whole head within 150ms"]
    );
    assert!(notes.targets.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_body_that_trickles_is_refused_and_told_of() {
    let (address, notes, _stop) = listening(60_000, 150).await;
    let framings = [
        "Content-Length: 900\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n384\r\n",
    ];
    for framing in framings {
        let answer = trickle(address, &format!("POST /slow HTTP/1.1\r\n{framing}"), b'a').await;
        assert!(
            answer.starts_with("HTTP/1.1 408 Request Timeout\r\n"),
            "{answer}"
        );
    }
    let told = "POST /slow refused with 408: no whole body within 150ms";
    assert_eq!(*notes.troubles.lock().unwrap(), [told, told]);
    assert!(notes.targets.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_body_over_the_limit_does_not_trickle_for_ever_either() {
    let (address, notes, _stop) = listening(60_000, 150).await;
    let start = format!(
        "POST /slow HTTP/1.1\r\nContent-Length: 9999\r\n\r\n{}",
        "a".repeat(1_001)
    );
    let answer = trickle(address, &start, b'a').await;
    assert!(
        answer.starts_with("HTTP/1.1 408 Request Timeout\r\n"),
        "{answer}"
    );
    assert_eq!(notes.troubles.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_connection_that_is_idle_is_closed_without_a_word() {
    let (address, notes, _stop) = listening(150, 60_000).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    let mut came = Vec::new();
    stream
        .write_all(b"GET /one HTTP/1.1\r\n\r\n")
        .await
        .unwrap();
    stream.read_to_end(&mut came).await.unwrap();
    assert!(came.starts_with(b"HTTP/1.1 200 OK\r\n"));
    let mut silent = TcpStream::connect(address).await.unwrap();
    assert_eq!(silent.read(&mut [0]).await.unwrap(), 0);
    assert_eq!(*notes.targets.lock().unwrap(), ["/one"]);
    assert_eq!(*notes.troubles.lock().unwrap(), [""; 0]);
}

#[tokio::test]
async fn slow_clients_keep_nobody_else_waiting() {
    let (address, notes, _stop) = listening(60_000, 60_000).await;
    let mut slow = Vec::new();
    for start in [
        "POST /slow HTTP/1.1\r\nX-",
        "POST /slow HTTP/1.1\r\nContent-Length: 9\r\n\r\nab",
    ] {
        for _ in 0..50 {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(start.as_bytes()).await.unwrap();
            slow.push(stream);
        }
    }
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream
        .write_all(b"GET /quick HTTP/1.1\r\nConnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut came = Vec::new();
    stream.read_to_end(&mut came).await.unwrap();
    assert!(came.starts_with(b"HTTP/1.1 200 OK\r\n"));
    assert_eq!(*notes.targets.lock().unwrap(), ["/quick"]);
}
