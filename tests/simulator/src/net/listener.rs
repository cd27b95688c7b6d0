//! Accepting connections on a loopback port.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use super::Served;

/// A running listener. It and its connections end when it is dropped.
#[derive(Debug)]
pub(super) struct Listener {
    address: SocketAddr,
    loop_task: JoinHandle<()>,
}

impl Listener {
    /// Opens a free loopback port and hands each connection to `serve`.
    pub(super) async fn start<F>(
        served: Arc<Served>,
        serve: fn(Arc<Served>, TcpStream) -> F,
    ) -> io::Result<Self>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let loop_task = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                tokio::select! {
                    accepted = listener.accept() => match accepted {
                        Ok((stream, _)) => drop(connections.spawn(serve(Arc::clone(&served), stream))),
                        Err(error) => tracing::warn!(error = %error, "a connection could not be accepted"),
                    },
                    Some(_) = connections.join_next() => {}
                }
            }
        });
        Ok(Self { address, loop_task })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.loop_task.abort();
    }
}
