//! One connection: HTTPS to ARM, a public host or a Service Bus namespace, directly or through the proxy's CONNECT.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use crate::arm::{ArmRequest, Outcome};
use crate::service_bus::RestFront;

use super::Served;

type Answer = Result<Response<Full<Bytes>>, Broken>;

/// Why a connection ends without an answer.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error("the connection breaks as the simulation wants it to")]
    OnPurpose,
    #[error("the request could not be read")]
    Request(#[from] hyper::Error),
    #[error("the answer could not be built")]
    Answer(#[from] http::Error),
}

/// The public name of ARM, reachable through the proxy.
const ARM_HOST: &str = "management.azure.com";

/// The pause between two looks at a host that lets its callers wait.
const SILENCE: Duration = Duration::from_millis(100);

/// Serves a direct HTTPS connection to ARM.
pub(super) async fn https(served: Arc<Served>, stream: TcpStream) {
    serve_tls(served, stream, None).await;
}

/// A tunnel that the proxy has agreed to: to which host, and the connection to come.
type Tunnel = (String, OnUpgrade);

/// Serves a connection to the proxy: one CONNECT, then that host, played in the tunnel.
pub(super) async fn proxy(served: Arc<Served>, stream: TcpStream) {
    let agreed: Arc<Mutex<Option<Tunnel>>> = Arc::default();
    let service = {
        let (served, agreed) = (Arc::clone(&served), Arc::clone(&agreed));
        service_fn(move |request| connect(Arc::clone(&served), Arc::clone(&agreed), request))
    };
    let connection =
        hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    if let Err(error) = connection.with_upgrades().await {
        return tracing::debug!(error = %error, "a proxy connection ended");
    }
    let tunnel = agreed.lock().unwrap_or_else(PoisonError::into_inner).take();
    let Some((host, upgrade)) = tunnel else { return };
    match upgrade.await {
        Ok(stream) => serve_tls(served, TokioIo::new(stream), Some(host)).await,
        Err(error) => tracing::debug!(error = %error, "a tunnel could not be opened"),
    }
}

/// Answers `CONNECT host:port`; never, when the host lets its callers wait.
async fn connect(
    served: Arc<Served>,
    agreed: Arc<Mutex<Option<Tunnel>>>,
    request: Request<Incoming>,
) -> Answer {
    let Some(host) = request.uri().host().map(str::to_ascii_lowercase) else {
        return Ok(plain(StatusCode::BAD_REQUEST, "The proxy needs a host."));
    };
    if request.method() != Method::CONNECT {
        return Ok(plain(StatusCode::METHOD_NOT_ALLOWED, "The proxy does only CONNECT."));
    }
    wait_for(&served, &host).await;
    if host != ARM_HOST && served.namespace(&host).is_none() && !served.sites.is_reachable(&host) {
        return Ok(plain(StatusCode::BAD_GATEWAY, "The simulated host can't be reached."));
    }
    *agreed.lock().unwrap_or_else(PoisonError::into_inner) = Some((host, hyper::upgrade::on(request)));
    Ok(Response::new(Full::default()))
}

/// Terminates TLS and answers requests to `host`; to ARM when there is none.
async fn serve_tls<S>(served: Arc<Served>, stream: S, host: Option<String>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let stream = match served.tls.accept(stream).await {
        Ok(stream) => stream,
        Err(error) => return tracing::debug!(error = %error, "a TLS handshake failed"),
    };
    let service = service_fn(move |request| {
        let (served, host) = (Arc::clone(&served), host.clone());
        async move {
            match host.filter(|host| host != ARM_HOST) {
                Some(host) => match served.namespace(&host) {
                    Some(front) => service_bus(&front, request).await,
                    None => visit(&served, &host, &request).await,
                },
                None => arm(&served, request).await,
            }
        }
    });
    let connection = auto::Builder::new(TokioExecutor::new());
    if let Err(error) = connection.serve_connection(TokioIo::new(stream), service).await {
        tracing::debug!(error = %error, "a connection ended");
    }
}

/// Never ends while a host lets its callers wait.
async fn wait_for(served: &Served, host: &str) {
    while served.sites.is_silent(host) {
        tokio::time::sleep(SILENCE).await;
    }
}

/// A request to a public host.
async fn visit(served: &Served, host: &str, request: &Request<Incoming>) -> Answer {
    wait_for(served, host).await;
    match served.sites.visit(host, request.uri().path()) {
        Some(site) => Ok(plain(StatusCode::from_u16(site.status).map_err(http::Error::from)?, &site.body)),
        None => Err(Broken::OnPurpose),
    }
}

/// A request to a Service Bus namespace.
async fn service_bus(front: &RestFront, request: Request<Incoming>) -> Answer {
    let (parts, body) = request.into_parts();
    let request = Request::from_parts(parts, body.collect().await?.to_bytes());
    Ok(front.exchange(&request).await.map(Full::from))
}

/// A request to ARM. An error makes the connection break, as a lost connection shall.
async fn arm(served: &Served, request: Request<Incoming>) -> Answer {
    let (parts, body) = request.into_parts();
    let headers =
        parts.headers.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
    let authority = match parts.uri.authority() {
        Some(authority) => authority.to_string(),
        None => parts
            .headers
            .get(http::header::HOST)
            .and_then(|host| host.to_str().ok())
            .unwrap_or(ARM_HOST)
            .to_owned(),
    };
    let request = ArmRequest {
        method: parts.method.to_string(),
        base: format!("https://{authority}"),
        path_and_query: parts.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str).to_owned(),
        headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        body: body.collect().await?.to_bytes().to_vec(),
    };
    let Outcome::Answered(response) = served.arm.exchange(&request).await else {
        return Err(Broken::OnPurpose);
    };
    let mut answer = Response::builder().status(response.status);
    for (name, value) in &response.headers {
        answer = answer.header(name, value);
    }
    Ok(answer.body(Full::from(response.bytes()))?)
}

fn plain(status: StatusCode, text: &str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(text.to_owned()));
    *response.status_mut() = status;
    response
}
