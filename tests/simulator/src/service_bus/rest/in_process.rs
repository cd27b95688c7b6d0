//! The front without a network, for the pipelines of `azure_core`.

use azure_core::error::{Error, ErrorKind};
use azure_core::http::headers::{HeaderName, HeaderValue, Headers};
use azure_core::http::request::Body;
use azure_core::http::{AsyncRawResponse, HttpClient, Request};
use bytes::Bytes;

use super::RestFront;

/// Sends every request to this front, whatever host it names.
#[async_trait::async_trait]
impl HttpClient for RestFront {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        let response = self.exchange(&translate(request)?).await;
        let mut headers = Headers::new();
        for (name, value) in response.headers() {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            headers.insert(HeaderName::from(name.as_str().to_owned()), HeaderValue::from(value));
        }
        let status = response.status().as_u16().into();
        Ok(AsyncRawResponse::from_bytes(status, headers, response.into_body()))
    }
}

fn translate(request: &Request) -> azure_core::Result<http::Request<Bytes>> {
    let Body::Bytes(body) = request.body() else {
        return Err(Error::with_message(
            ErrorKind::Other,
            "the simulated namespace takes no streamed bodies",
        ));
    };
    let method = request.method().to_string().to_ascii_uppercase();
    let mut translated = http::Request::builder().method(method.as_str()).uri(request.url().as_str());
    for (name, value) in request.headers().iter() {
        translated = translated.header(name.as_str(), value.as_str());
    }
    translated.body(body.clone()).map_err(|error| {
        Error::with_error(ErrorKind::DataConversion, error, "the request is no HTTP request")
    })
}
