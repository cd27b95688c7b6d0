//! What the handler writes to stdout and stderr, line by line.

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};

use crate::happening::{Happening, Watchers};

/// Tells every line until the stream ends. Broken UTF-8 is replaced.
pub(super) async fn tell(stream: impl AsyncRead + Unpin, stderr: bool, watchers: Watchers) {
    let mut reader = BufReader::new(stream);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line).await.is_ok_and(|count| count > 0) {
        let text = String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r']).to_owned();
        watchers.tell(&Happening::HandlerLine { text, stderr });
        line.clear();
    }
}
