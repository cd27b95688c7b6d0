//! What goes to standard output and standard error. Colours stay on terminals, and NO_COLOR is heeded.

use std::io::{self, Write as _};

use serde_json::Value;

/// How to print.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    /// Documents in place of text.
    pub json: bool,
}

impl Output {
    /// Prints a document, or the text that is made of it.
    ///
    /// # Errors
    /// When the text can't be made, or standard output can't be written.
    pub fn print(
        self,
        document: &Value,
        text: impl FnOnce(&Value) -> anyhow::Result<String>,
    ) -> anyhow::Result<()> {
        let text = if self.json { format!("{document:#}\n") } else { text(document)? };
        raw(text.as_bytes())
    }

    /// Tells something beside the result, on standard error.
    pub fn say(self, text: &str) {
        anstream::eprintln!("{text}");
    }
}

/// Writes to standard output. A reader that has gone away, such as `head`, is no failure.
///
/// # Errors
/// When standard output can't be written.
pub fn raw(text: &[u8]) -> anyhow::Result<()> {
    match anstream::stdout().write_all(text) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}
