//! What is illegal, and where.

use std::fmt;

use super::exchange::Recorded;

/// A body in the recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Line of the recording, counted from 1.
    pub line: usize,
    /// Method of the call, upper case.
    pub method: String,
    /// URL of the call as recorded.
    pub url: String,
    /// Which of the call's two bodies.
    pub side: Side,
}

/// Who wrote a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The client.
    Request,
    /// ARM.
    Answer,
}

/// One thing that makes a body illegal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where the body stands; of equal bodies the first.
    pub site: Site,
    /// Path in the body's document, `properties.weight` or `value[3].sku.name`; empty for the whole document, `url`
    /// for a name, type or version in the URL. A missing property is reported at the object that lacks it.
    pub path: String,
    /// The compiler's code, such as `BCP037`; or `NO-API-VERSION`, `NOT-A-LIST`, `NOT-AN-INTEGER`.
    pub code: String,
    /// What is wrong, naming the property and what is allowed.
    pub message: String,
}

impl Site {
    pub(crate) fn request(recorded: &Recorded) -> Self {
        Self::new(recorded, Side::Request)
    }

    pub(crate) fn answer(recorded: &Recorded) -> Self {
        Self::new(recorded, Side::Answer)
    }

    fn new(recorded: &Recorded, side: Side) -> Self {
        let (method, url) = (recorded.exchange.method.clone(), recorded.exchange.url.clone());
        Self { line: recorded.line, method, url, side }
    }
}

impl Fault {
    /// A fault that was found without the compiler.
    pub(crate) fn own(site: &Site, path: &str, code: &str, message: &str) -> Self {
        Self { site: site.clone(), path: path.to_owned(), code: code.to_owned(), message: message.to_owned() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { site: Site { line, method, url, side }, path, code, message } = self;
        let side = if *side == Side::Request { "request" } else { "answer" };
        let path = if path.is_empty() { "the whole body" } else { path };
        write!(f, "line {line}, {side} of {method} {url}\n  {path}: {code} {message}")
    }
}
