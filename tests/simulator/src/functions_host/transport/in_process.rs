//! A handler in the same process: a function from request to answer. Fast, and deterministic as far as the handler is.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use futures::future::BoxFuture;
use http::header::CONTENT_TYPE;
use http::{Method, Request, Response};
use tokio::sync::watch;

use super::crashes::Crashes;
use super::{HandlerCall, HandlerTransport, Kill, TransportLost};
use crate::clock::Clock;
use crate::functions_host::answer::HandlerAnswer;
use crate::happening::{Happening, Watchers};

/// A running handler: takes `POST /<function>` with a whole body.
pub type HandlerService = Arc<dyn Fn(Request<Bytes>) -> BoxFuture<'static, Response<Bytes>> + Send + Sync>;

/// Makes a handler as a process start would: without memory of the one before.
type Start = Box<dyn Fn() -> HandlerService + Send + Sync>;

/// A handler that is called in the same process. A kill drops the calls under way and starts a fresh handler.
pub struct InProcess {
    start: Start,
    running: Mutex<Running>,
    /// The number of starts; a change ends the calls that began before it.
    starts: watch::Sender<u32>,
    clock: Clock,
    watchers: Watchers,
}

struct Running {
    service: Option<HandlerService>,
    crashes: Crashes,
}

impl InProcess {
    /// Starts a handler. `start` is called again after every kill.
    pub fn start(
        clock: Clock,
        watchers: Watchers,
        start: impl Fn() -> HandlerService + Send + Sync + 'static,
    ) -> Self {
        let running = Running { service: Some(start()), crashes: Crashes::default() };
        watchers.tell(&Happening::HandlerStarted { start: 1 });
        let (starts, _) = watch::channel(1);
        Self { start: Box::new(start), running: Mutex::new(running), starts, clock, watchers }
    }

    fn service(&self) -> Result<HandlerService, TransportLost> {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running
            .service
            .clone()
            .ok_or_else(|| TransportLost::because("it was stopped, and nothing has started it again"))
    }

    /// Replaces the handler by a fresh one, or by none. Answers whether there is one.
    fn replace(&self, kill: Kill) -> bool {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let stays_down = match kill {
            Kill::Crash => running.crashes.one_more(self.clock.now()),
            Kill::Timeout => false,
            Kill::Instance => true,
        };
        running.service = if stays_down { None } else { Some((self.start)()) };
        !stays_down
    }

    fn tell_start(&self) {
        let start = *self.starts.borrow();
        self.watchers.tell(&Happening::HandlerStarted { start });
    }
}

#[async_trait]
impl HandlerTransport for InProcess {
    async fn post(&self, call: HandlerCall) -> Result<HandlerAnswer, TransportLost> {
        let mut starts = self.starts.subscribe();
        let service = self.service()?;
        let mut request = Request::new(call.body);
        *request.method_mut() = Method::POST;
        *request.uri_mut() =
            format!("/{}", call.function).parse().map_err(|_| TransportLost::because("no such path"))?;
        *request.headers_mut() = call.headers;
        tokio::select! {
            // A kill and an answer of the same moment: the kill came first.
            biased;
            _ = starts.changed() => Err(TransportLost::because("the handler was killed")),
            answer = service(request) => Ok(answer_of(answer)),
        }
    }

    fn kill(&self, kill: Kill) {
        let restarted = self.replace(kill);
        self.watchers.tell(&Happening::HandlerExited { code: None });
        self.starts.send_modify(|starts| *starts += 1);
        if restarted {
            self.tell_start();
        }
    }

    async fn revive(&self) -> Result<(), TransportLost> {
        {
            let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
            *running = Running { service: Some((self.start)()), crashes: Crashes::default() };
        }
        self.starts.send_modify(|starts| *starts += 1);
        self.tell_start();
        Ok(())
    }

    async fn ready(&self) -> Result<(), TransportLost> {
        self.service().map(drop)
    }

    fn is_stopped(&self) -> bool {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).service.is_none()
    }

    async fn shutdown(&self) {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).service = None;
        self.starts.send_modify(|starts| *starts += 1);
    }
}

fn answer_of(response: Response<Bytes>) -> HandlerAnswer {
    let content_type =
        response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned);
    HandlerAnswer { status: response.status().as_u16(), content_type, body: response.into_body() }
}
