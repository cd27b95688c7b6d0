use std::{
    io,
    sync::{Arc, Mutex},
};

use super::*;

#[derive(Clone, Default)]
struct Stream(Arc<Mutex<Vec<u8>>>);

impl Stream {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("no writer panicked").clone()).expect("logs are UTF-8")
    }
}

impl io::Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no writer panicked").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn logged(filter: Option<&str>) -> (String, String) {
    let (plain, grave) = (Stream::default(), Stream::default());
    let (to_plain, to_grave) = (plain.clone(), grave.clone());
    let subscriber =
        subscriber(filter, move || to_plain.clone(), move || to_grave.clone()).expect("a filter");
    tracing::subscriber::with_default(subscriber, || {
        tracing::debug!("detail");
        tracing::info!("news\nin two lines");
        tracing::warn!("doubt");
        tracing::error!("failure");
    });
    (plain.text(), grave.text())
}

#[test]
fn news_go_to_stdout_and_trouble_to_stderr() {
    let (plain, grave) = logged(None);
    assert_eq!(plain.lines().count(), 1, "a line break inside a message stays inside its record: {plain}");
    assert!(plain.contains("news"));
    assert_eq!(grave.lines().count(), 2, "{grave}");
    assert!(grave.contains("failure"));
}

#[test]
fn the_host_can_tell_a_warning_from_an_error() {
    let (_, grave) = logged(None);
    let has_warn: Vec<bool> = grave.lines().map(|line| line.to_ascii_lowercase().contains("warn")).collect();
    assert_eq!(has_warn, [true, false]);
}

#[test]
fn the_filter_decides_what_is_written() {
    assert!(logged(Some("debug")).0.contains("detail"));
    assert_eq!(logged(Some("error")).0, "");
}

#[test]
fn a_filter_without_meaning_is_named() {
    let refused = subscriber(Some("fleet=loud"), io::sink, io::sink).err().expect("refused");
    assert!(refused.to_string().contains("`fleet=loud`"), "{refused}");
}
