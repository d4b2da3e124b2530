//! Sending a request byte for byte. hyper would write the headers its own way, so it writes into the void, and our
//! bytes go out in their place; it still reads the answer.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes, BytesMut};
use http_body_util::{BodyExt as _, Empty};
use hyper::Response;
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use url::Url;

use super::client::classify;
use super::{Answer, Failure};
use crate::request::{Request, raw};

/// Sends a request as it is written and reads the answer, so many bytes of its body at most.
pub(super) async fn exchange(
    request: &Request,
    url: &Url,
    tls: &rustls::ClientConfig,
    max: usize,
) -> Result<Answer, Failure> {
    let stream = connect(url).await.map_err(|error| classify(&error))?;
    let bytes = framed(request);
    if url.scheme() != "https" {
        return converse(stream, bytes, &request.method, max).await;
    }
    let stream = secure(stream, url, Arc::new(tls.clone())).await?;
    converse(stream, bytes, &request.method, max).await
}

/// Connects to the host of a URL.
pub(super) async fn connect(url: &Url) -> io::Result<TcpStream> {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let host = if host.ends_with(".localhost") {
        "localhost"
    } else {
        host
    };
    let stream = TcpStream::connect((host, url.port_or_known_default().unwrap_or(80))).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Speaks TLS over a connection to the host of a URL.
pub(super) async fn secure(
    stream: TcpStream,
    url: &Url,
    tls: Arc<rustls::ClientConfig>,
) -> Result<TlsStream<TcpStream>, Failure> {
    let name = url
        .host_str()
        .unwrap_or_default()
        .trim_matches(['[', ']'])
        .to_owned();
    let name = ServerName::try_from(name).map_err(|error| classify(&error))?;
    TlsConnector::from(tls)
        .connect(name, stream)
        .await
        .map_err(|error| classify(&error))
}

/// The bytes of a request. A body that was chunked is stored without its chunks, so it goes as one chunk.
pub(crate) fn framed(request: &Request) -> Bytes {
    let chunked = request
        .headers
        .text("transfer-encoding")
        .is_some_and(|coding| coding.eq_ignore_ascii_case("chunked"));
    if !chunked {
        return raw::print(request).into();
    }
    let mut bytes = raw::print_head(request);
    if !request.body.is_empty() {
        bytes.extend_from_slice(format!("{:x}\r\n", request.body.len()).as_bytes());
        bytes.extend_from_slice(&request.body);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"0\r\n\r\n");
    bytes.into()
}

async fn converse<S>(stream: S, bytes: Bytes, method: &str, max: usize) -> Result<Answer, Failure>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let instead = Instead { stream, bytes };
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(instead))
        .await
        .map_err(|error| classify(&error))?;
    let task = tokio::spawn(connection);
    // What hyper is told decides how it reads the answer; of that, only the method matters.
    let method = hyper::Method::from_bytes(method.as_bytes()).map_err(|error| classify(&error))?;
    let told = hyper::Request::builder()
        .method(method)
        .uri("/")
        .body(Empty::<Bytes>::new());
    let told = told.map_err(|error| classify(&error))?;
    let response = sender
        .send_request(told)
        .await
        .map_err(|error| classify(&error))?;
    let answered = answer(response, max).await;
    task.abort();
    answered
}

/// Reads an answer, so many bytes of its body at most.
pub(super) async fn answer(response: Response<Incoming>, max: usize) -> Result<Answer, Failure> {
    let (parts, mut incoming) = response.into_parts();
    let headers = parts
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()))
        .collect();
    let (mut body, mut truncated) = (BytesMut::new(), false);
    while let Some(frame) = incoming.frame().await {
        let frame = frame.map_err(|error| classify(&error))?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if body.len() + data.len() > max {
            body.extend_from_slice(&data[..max - body.len()]);
            truncated = true;
            break;
        }
        body.extend_from_slice(&data);
    }
    Ok(Answer {
        status: parts.status.as_u16(),
        headers,
        body: body.freeze(),
        truncated,
    })
}

/// A stream that sends its own bytes instead of those that are written to it.
struct Instead<S> {
    stream: S,
    /// What is still to be sent.
    bytes: Bytes,
}

impl<S: AsyncWrite + Unpin> Instead<S> {
    fn poll_send(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.bytes.is_empty() {
            let sent = ready!(Pin::new(&mut self.stream).poll_write(context, &self.bytes))?;
            if sent == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.bytes.advance(sent);
        }
        Pin::new(&mut self.stream).poll_flush(context)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Instead<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buf)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Instead<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(buf.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_send(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_send(context))?;
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
