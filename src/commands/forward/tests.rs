use jiff::tz::TimeZone;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::*;
use crate::commands::watch::Watch;
use crate::render::Paint;
use crate::render::capture::{Show, View};
use crate::request::raw;

fn sent(head: &str, target: &str) -> (String, String) {
    sent_with(head, target, &[])
}

fn sent_with(head: &str, target: &str, headers: &[&str]) -> (String, String) {
    let request = raw::parse(head.as_bytes()).unwrap();
    let headers: Vec<Header> = headers.iter().map(|text| header(text).unwrap()).collect();
    let (request, url) = onward(&request, &target.parse().unwrap(), &headers);
    (String::from_utf8(raw::print(&request)).unwrap(), url)
}

#[test]
fn a_target_with_a_path_is_used_as_it_is_and_one_without_gets_that_of_the_request() {
    let cases = [
        ("/w/%2f/../x?a=%20", "http://app:3000", "/w/%2f/../x?a=%20"),
        ("/w?a=b&c", "http://app:3000/hook", "/hook?a=b&c"),
        ("/w?a=b", "http://app:3000/hook?k=1", "/hook?k=1&a=b"),
        ("/w", "http://app:3000/", "/"),
        ("/w", "http://app:3000?k=1", "/w?k=1"),
        ("http://public.example/w?a=b", "http://app:3000", "/w?a=b"),
    ];
    for (target, to, wanted) in cases {
        let (request, url) = sent(&format!("GET {target} HTTP/1.1\n\n"), to);
        assert_eq!(
            request,
            format!("GET {wanted} HTTP/1.1\r\nHost: app:3000\r\n\r\n")
        );
        assert_eq!(url, format!("http://app:3000{wanted}"));
    }
}

#[test]
fn host_and_length_keep_their_place_and_nothing_is_invented() {
    let (request, url) = sent(
        "POST /w HTTP/1.1\nX-A: 1\nHOST: public.example\nCONTENT-length: 2\nConnection: close\nx-a: 2\n\nhi",
        "https://user:pass@app/",
    );
    assert_eq!(
        request,
        "POST / HTTP/1.1\r\nX-A: 1\r\nHOST: app\r\nCONTENT-length: 2\r\nx-a: 2\r\n\
         authorization: Basic dXNlcjpwYXNz\r\n\r\nhi"
    );
    assert_eq!(url, "https://app/");
    let chunked =
        "POST /w HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\nX-A: 1\n\n2\r\nhi\r\n0\r\n\r\n";
    assert_eq!(
        sent(chunked, "http://app").0,
        "POST /w HTTP/1.1\r\nHost: app\r\nX-A: 1\r\nContent-Length: 2\r\n\r\nhi"
    );
}

#[test]
fn headers_of_the_user_take_the_place_of_those_that_came() {
    let head = "GET /w HTTP/1.1\nHost: public.example\nX-A: 1\nx-a: 2\nX-B: 3\n\n";
    let headers = [
        "host: app.test",
        "X-a: 4",
        "X-C: 5",
        "X-a: 6",
        "Authorization: Bearer x",
    ];
    let (request, url) = sent_with(head, "http://u:p@127.0.0.1:8000", &headers);
    assert_eq!(
        request,
        "GET /w HTTP/1.1\r\nHost: app.test\r\nX-B: 3\r\nX-a: 4\r\nX-C: 5\r\nX-a: 6\r\n\
         Authorization: Bearer x\r\n\r\n"
    );
    assert_eq!(url, "http://127.0.0.1:8000/w");
}

/// Takes requests until it has seen so many, and returns their paths.
async fn paths(listener: tokio::net::TcpListener, count: usize) -> Vec<String> {
    let mut paths = Vec::new();
    while paths.len() < count {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut bytes = [0; 1024];
        // Each request comes in one piece, since the next waits for the answer.
        while let Ok(read @ 1..) = stream.read(&mut bytes).await {
            let head = String::from_utf8_lossy(&bytes[..read]).into_owned();
            paths.push(head.split(' ').nth(1).unwrap().to_owned());
            let answer = b"HTTP/1.1 204 No Content\r\n\r\n";
            stream.write_all(answer).await.unwrap();
            if paths.len() == count {
                break;
            }
        }
    }
    paths
}

#[tokio::test]
async fn a_target_gets_requests_in_the_order_in_which_they_came() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target: Target = format!("http://{}", listener.local_addr().unwrap())
        .parse()
        .unwrap();
    let limits = Limits {
        timeout: None,
        insecure: false,
        roots: None,
        max_answer: MAX_ANSWER,
        reach: target.reach,
        any_framing: false,
    };
    let lane = Lane {
        client: Client::new(&target.url, limits).unwrap(),
        target,
        headers: Vec::new(),
        insecure: false,
        is_told: AtomicBool::new(false),
    };
    let view = View {
        paint: Paint::new(false),
        show: Show::None,
        zone: TimeZone::UTC,
        reveal: false,
        max_body: 0,
    };
    let watch = Watch::new(&[], None, false);
    let (desk, _printer) = Desk::new(watch, false, None, None, view);
    let (_cut, was_cut) = watch::channel(false);
    let (forward, _workers) = Forwarder::start(vec![lane], &desk, was_cut);
    let forward = forward.unwrap();
    let wanted: Vec<String> = (0..20).map(|number| format!("/{number}")).collect();
    let answers: Vec<_> = wanted
        .iter()
        .map(|path| raw::parse(format!("GET {path} HTTP/1.1\n\n").as_bytes()).unwrap())
        .map(|request| tokio::spawn(forward.forward(&request)))
        .collect();
    assert_eq!(paths(listener, wanted.len()).await, wanted);
    for answer in answers {
        assert_eq!(answer.await.unwrap().passes[0].status, Some(204));
    }
}
