//! An HTTP client that reaches the simulated ARM without a network, for the pipelines of `azure_core`.

use azure_core::error::{Error, ErrorKind};
use azure_core::http::headers::{HeaderName, HeaderValue, Headers as AzureHeaders};
use azure_core::http::request::Body;
use azure_core::http::{AsyncRawResponse, HttpClient, Request};

use super::Arm;
use super::exchange::{ArmRequest, ArmResponse, Outcome};

/// Sends every request to one [`Arm`], whatever host it names.
#[derive(Debug, Clone)]
pub struct InProcess {
    arm: Arm,
}

impl InProcess {
    /// A client of `arm`.
    #[must_use]
    pub fn new(arm: &Arm) -> Self {
        Self { arm: arm.clone() }
    }
}

#[async_trait::async_trait]
impl HttpClient for InProcess {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        match self.arm.exchange(&translate(request)?).await {
            Outcome::Answered(response) => Ok(answer(&response)),
            Outcome::ConnectionLost | Outcome::Silent => Err(Error::with_message(
                ErrorKind::Io,
                "the simulated connection broke before an answer arrived",
            )),
        }
    }
}

fn translate(request: &Request) -> azure_core::Result<ArmRequest> {
    let url = request.url();
    let Body::Bytes(body) = request.body() else {
        return Err(Error::with_message(ErrorKind::Other, "the simulated ARM takes no streamed bodies"));
    };
    let headers = request.headers().iter();
    Ok(ArmRequest {
        method: request.method().to_string().to_ascii_uppercase(),
        base: url.origin().ascii_serialization(),
        path_and_query: url[url::Position::BeforePath..url::Position::AfterQuery].to_owned(),
        headers: headers.map(|(name, value)| (name.as_str().to_owned(), value.as_str().to_owned())).collect(),
        body: body.to_vec(),
    })
}

fn answer(response: &ArmResponse) -> AsyncRawResponse {
    let mut headers = AzureHeaders::new();
    for (name, value) in &response.headers {
        headers.insert(HeaderName::from(name.clone()), HeaderValue::from(value.clone()));
    }
    AsyncRawResponse::from_bytes(response.status.into(), headers, response.bytes())
}
