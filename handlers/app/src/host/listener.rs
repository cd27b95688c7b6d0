//! The listener: loopback only, on the port that the host chose.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    num::NonZeroU16,
    pin::pin,
    time::Duration,
};

use axum::Router;
use tokio::{net::TcpListener, sync::oneshot};

use super::lifetime::{self, Ended};

/// The environment variable in which the host names the port. A restart of the process keeps the port.
pub const PORT_VARIABLE: &str = "FUNCTIONS_CUSTOMHANDLER_PORT";

/// How long invocations in flight may finish after the end was asked for. What takes longer is redelivered.
const GRACE: Duration = Duration::from_secs(8);

/// Why the server does not listen.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// The variable is absent.
    #[error(
        "{PORT_VARIABLE} is not set; the Functions host sets it, and by hand it is any free port from 1 to 65535"
    )]
    NoPort,
    /// The variable's value is no port.
    #[error("{PORT_VARIABLE} is `{value}`; expected a port from 1 to 65535")]
    NotAPort {
        /// The value as found.
        value: String,
    },
    /// The port cannot be had.
    #[error("cannot listen on 127.0.0.1:{port} ({PORT_VARIABLE}); is another handler still running?")]
    Taken {
        /// The port asked for.
        port: NonZeroU16,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

/// Listens on 127.0.0.1 and the port in [`PORT_VARIABLE`], whose value is passed in. Loopback alone: the host is the
/// only caller, and nothing here asks who calls.
///
/// # Errors
/// When the value is missing or no port, or the port is taken.
pub async fn bind(port: Option<&str>) -> Result<TcpListener, BindError> {
    let value = port.ok_or(BindError::NoPort)?;
    let port: NonZeroU16 =
        value.trim().parse().map_err(|_| BindError::NotAPort { value: value.to_owned() })?;
    TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port.get())))
        .await
        .map_err(|source| BindError::Taken { port, source })
}

/// Serves until something says to end; then invocations in flight get eight seconds.
///
/// # Errors
/// When the signals cannot be watched or the server itself fails.
pub async fn serve(listener: TcpListener, router: Router) -> io::Result<Ended> {
    let (end, asked_to_end) = oneshot::channel::<()>();
    let ending = async move {
        // An error means that `end` was dropped, which happens only when this whole function is left.
        let _ = asked_to_end.await;
    };
    let mut server = pin!(axum::serve(listener, router).with_graceful_shutdown(ending).into_future());
    let why = tokio::select! {
        why = lifetime::end() => why?,
        result = &mut server => return Err(result.err().unwrap_or_else(|| io::Error::other("the server stopped"))),
    };
    // Nobody to tell means that the server has stopped already.
    let _ = end.send(());
    tokio::time::timeout(GRACE, server).await.unwrap_or(Ok(()))?;
    Ok(why)
}
