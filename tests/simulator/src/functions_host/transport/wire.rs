//! HTTP/1.1 to a handler process, framed as the host frames it.

use std::convert::Infallible;

use bytes::Bytes;
use futures::stream;
use http::header::CONTENT_TYPE;
use http::{Method, Request};
use http_body_util::{BodyExt, StreamBody, combinators::BoxBody};
use hyper::body::Frame;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use super::{HandlerCall, TransportLost};
use crate::functions_host::answer::HandlerAnswer;

/// The host streams JSON in chunks of this size, without a known length.
const CHUNK_BYTES: usize = 0x400;

/// A pooled client for one life of a handler process.
#[derive(Clone, Debug)]
pub(super) struct HandlerClient {
    client: Client<HttpConnector, BoxBody<Bytes, Infallible>>,
    port: u16,
}

impl HandlerClient {
    pub(super) fn new(port: u16) -> Self {
        let client = Client::builder(TokioExecutor::new()).http1_title_case_headers(true).build_http();
        Self { client, port }
    }

    /// `GET /`. Any answer means that the handler listens; so does any error other than a refused connection.
    pub(super) async fn listens(&self) -> bool {
        let Ok(request) = Request::get(self.url("")).body(chunked(&Bytes::new())) else {
            return false;
        };
        match self.client.request(request).await {
            Ok(_) => true,
            Err(error) => !error.is_connect(),
        }
    }

    /// `POST /<function>`.
    pub(super) async fn post(&self, call: HandlerCall) -> Result<HandlerAnswer, TransportLost> {
        let lost = |reason: &dyn std::error::Error| TransportLost::because(chain(reason));
        let request = Request::builder().method(Method::POST).uri(self.url(&call.function));
        let mut request = request.body(chunked(&call.body)).map_err(|error| lost(&error))?;
        request.headers_mut().extend(call.headers);
        let response = self.client.request(request).await.map_err(|error| lost(&error))?;
        let status = response.status().as_u16();
        let content_type =
            response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let body = response.into_body().collect().await.map_err(|error| lost(&error))?.to_bytes();
        Ok(HandlerAnswer { status, content_type, body })
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.port)
    }
}

/// A body of unknown length, so that it travels chunked; an empty one has no body at all.
fn chunked(body: &Bytes) -> BoxBody<Bytes, Infallible> {
    if body.is_empty() {
        return http_body_util::Empty::new().boxed();
    }
    let chunks: Vec<_> = (0..body.len())
        .step_by(CHUNK_BYTES)
        .map(|start| Ok(Frame::data(body.slice(start..body.len().min(start + CHUNK_BYTES)))))
        .collect();
    BodyExt::boxed(StreamBody::new(stream::iter(chunks)))
}

/// An error and its sources, outermost first.
fn chain(error: &dyn std::error::Error) -> String {
    let sources = std::iter::successors(error.source(), |error| error.source());
    sources.fold(error.to_string(), |text, source| format!("{text}: {source}"))
}
