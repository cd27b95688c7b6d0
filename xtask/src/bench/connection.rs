//! One keep-alive connection, used as the Functions host uses it: HTTP/1.1, one request at a time, bodies of unknown
//! length in chunks.

use std::{
    convert::Infallible,
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use bytes::Bytes;
use futures::stream;
use http_body_util::{BodyExt as _, Empty, StreamBody, combinators::BoxBody};
use hyper::{
    Method, Request,
    body::Frame,
    client::conn::http1::{SendRequest, handshake},
    header::{CONTENT_TYPE, HOST},
};
use hyper_util::rt::TokioIo;

use super::{invocation::Call, server::Server};

/// The host's chunks (Functions host: HTTP details).
const CHUNK_BYTES: usize = 0x400;
/// Between two attempts to connect to a server that is starting. Short, because it is an error of the measurement.
const RETRY: Duration = Duration::from_micros(100);
/// How long a server may take to listen.
const PATIENCE: Duration = Duration::from_secs(10);

type Body = BoxBody<Bytes, Infallible>;

/// An open connection. The runtime drives it beside the caller.
pub(crate) struct Connection {
    sender: SendRequest<Body>,
    authority: String,
}

impl Connection {
    /// Connects as soon as the server listens. Blocks the thread meanwhile, which has nothing else to do.
    pub(crate) async fn when_listening(server: &mut Server) -> anyhow::Result<Self> {
        let stream = loop {
            match TcpStream::connect(server.address) {
                Ok(stream) => break stream,
                Err(_) => server.check()?,
            }
            ensure!(server.begun.elapsed() < PATIENCE, "{} is not listened on", server.address);
            std::thread::sleep(RETRY);
        };
        Self::over(stream, server.address).await
    }

    /// Connects to a server that listens already.
    pub(crate) async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        Self::over(TcpStream::connect(address)?, address).await
    }

    async fn over(stream: TcpStream, address: SocketAddr) -> anyhow::Result<Self> {
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        let stream = TokioIo::new(tokio::net::TcpStream::from_std(stream)?);
        let (sender, connection) = handshake(stream).await?;
        // A broken connection shows in the request that it fails.
        tokio::spawn(async { drop(connection.await) });
        Ok(Self { sender, authority: address.to_string() })
    }

    /// `GET /`: what the host asks until something answers.
    pub(crate) async fn ready(&mut self) -> anyhow::Result<()> {
        self.send(Method::GET, "/", Empty::new().boxed()).await.map(drop)
    }

    /// One invocation. Gives the answer's body and the time from the first byte sent to the last one read.
    pub(crate) async fn invoke(&mut self, call: &Call) -> anyhow::Result<(Bytes, Duration)> {
        let begun = Instant::now();
        let answer = self.send(Method::POST, call.path, chunked(&call.body)).await?;
        Ok((answer, begun.elapsed()))
    }

    async fn send(&mut self, method: Method, path: &str, body: Body) -> anyhow::Result<Bytes> {
        self.sender.ready().await?;
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, &self.authority)
            .header(CONTENT_TYPE, "application/json; charset=utf-8")
            .body(body)?;
        let response =
            self.sender.send_request(request).await.with_context(|| format!("{path}: no answer"))?;
        ensure!(response.status().is_success(), "{path} answered {}", response.status());
        Ok(response.into_body().collect().await?.to_bytes())
    }
}

/// A body that does not tell its length beforehand.
fn chunked(body: &Bytes) -> Body {
    let chunks: Vec<_> = (0..body.len())
        .step_by(CHUNK_BYTES)
        .map(|start| body.slice(start..body.len().min(start + CHUNK_BYTES)))
        .map(|chunk| Ok(Frame::data(chunk)))
        .collect();
    StreamBody::new(stream::iter(chunks)).boxed()
}
