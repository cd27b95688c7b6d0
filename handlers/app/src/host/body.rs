//! An invocation's body, bounded.

use std::{error::Error, iter};

use axum::{
    body::to_bytes,
    extract::{FromRequest, Request},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http_body_util::LengthLimitError;

use super::failure;
use crate::{
    envelope::{Answer, binding},
    inbound::Rejected,
};

/// The largest body read, in bytes. An Event Grid delivery is at most 1 MiB per event and stands in the body twice;
/// batches and the escaping of JSON in strings multiply that. The host itself would take 100 MB.
pub const MAX_BODY_BYTES: usize = 32 * 1_024 * 1_024;

/// The raw body of an invocation; sent chunked by the host in Azure, with a length by Core Tools.
///
/// A larger body than [`MAX_BODY_BYTES`] is answered 200 with a message for the rejected queue, never 413: the host
/// would call that a failure and deliver the same body again. What a host does with that output of a function without
/// the binding is not known; only timers and GETs lack it, and their bodies are small.
#[derive(Debug, Clone)]
pub struct InvocationBody(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for InvocationBody {
    type Rejection = Response;

    async fn from_request(request: Request, _: &S) -> Result<Self, Self::Rejection> {
        match to_bytes(request.into_body(), MAX_BODY_BYTES).await {
            Ok(bytes) => Ok(Self(bytes)),
            Err(error) if is_too_large(&error) => Err(too_large()),
            Err(error) => {
                tracing::warn!(error = %error, "The host broke off while sending an invocation.");
                Err(failure(StatusCode::BAD_REQUEST, "the body broke off"))
            }
        }
    }
}

fn is_too_large(error: &axum::Error) -> bool {
    let mut chain = iter::successors(Some(error as &(dyn Error + 'static)), |error| (*error).source());
    chain.any(<dyn Error>::is::<LengthLimitError>)
}

fn too_large() -> Response {
    let fault = format!("the invocation's body is larger than {MAX_BODY_BYTES} bytes and was not read");
    tracing::error!(
        limit.bytes = MAX_BODY_BYTES,
        "An invocation was rejected, because its body is too large."
    );
    let mut answer = Answer::new();
    match answer.push(binding::REJECTED, &Rejected::new("", fault, b"")) {
        Ok(()) => answer.into_response(),
        Err(error) => failure(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    }
}
