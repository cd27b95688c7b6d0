//! The promises of a state store.

use std::sync::Arc;

use bytes::Bytes;
use fleet_handler::state::{Expected, StateError, StateStore, Version};

/// Holds an empty store to every promise.
pub(crate) async fn hold(store: Arc<dyn StateStore>) {
    nothing_is_there_at_first(&*store).await;
    a_document_is_made_once(&*store).await;
    an_outdated_writer_loses(&*store).await;
    a_version_of_nothing_conflicts(&*store).await;
    of_many_writers_one_wins(&store).await;
    a_journal_grows_by_lines(&*store).await;
    lines_written_side_by_side_all_arrive(&store).await;
    a_wrong_call_is_refused(&*store).await;
}

async fn nothing_is_there_at_first(store: &dyn StateStore) {
    assert_eq!(store.load("traffic.json").await.expect("loads"), None);
}

async fn a_document_is_made_once(store: &dyn StateStore) {
    let version = save(store, "{\"holds\":[]}", Expected::Absent).await.expect("saved");
    let found = store.load("traffic.json").await.expect("loads").expect("is there");
    assert_eq!((found.bytes, found.version), (Bytes::from("{\"holds\":[]}"), version));

    let again = save(store, "{}", Expected::Absent).await;
    assert!(matches!(again, Err(StateError::Conflict { .. })), "{again:?}");
}

async fn an_outdated_writer_loses(store: &dyn StateStore) {
    let first = store.load("traffic.json").await.expect("loads").expect("is there").version;
    let second = save(store, "second", Expected::Version(first.clone())).await.expect("saved");
    assert_ne!(first, second);

    let late = save(store, "late", Expected::Version(first)).await;
    assert!(matches!(late, Err(StateError::Conflict { .. })), "{late:?}");
    let found = store.load("traffic.json").await.expect("loads").expect("is there");
    assert_eq!((found.bytes, found.version), (Bytes::from("second"), second));
}

async fn a_version_of_nothing_conflicts(store: &dyn StateStore) {
    let elsewhere = store.load("traffic.json").await.expect("loads").expect("is there").version;
    let orphan = store.save("never-made.json", "x".into(), Expected::Version(elsewhere)).await;
    assert!(matches!(orphan, Err(StateError::Conflict { .. })), "{orphan:?}");
    assert_eq!(store.load("never-made.json").await.expect("loads"), None);
}

async fn of_many_writers_one_wins(store: &Arc<dyn StateStore>) {
    let version = store.load("traffic.json").await.expect("loads").expect("is there").version;
    let writers = (0..8).map(|writer| {
        let (store, expected) = (Arc::clone(store), Expected::Version(version.clone()));
        tokio::spawn(async move { save(&*store, &format!("writer {writer}"), expected).await.is_ok() })
    });
    let won = futures::future::join_all(writers).await;
    assert_eq!(won.into_iter().filter(|won| *won.as_ref().expect("no panic")).count(), 1);
}

async fn a_journal_grows_by_lines(store: &dyn StateStore) {
    for line in ["{\"decision\":1}", "", "{\"decision\":2}"] {
        store.append("journal/2026-11-22.jsonl", line).await.expect("appended");
    }
    let journal = store.load("journal/2026-11-22.jsonl").await.expect("loads").expect("is there");
    assert_eq!(journal.bytes, Bytes::from("{\"decision\":1}\n\n{\"decision\":2}\n"));
}

async fn lines_written_side_by_side_all_arrive(store: &Arc<dyn StateStore>) {
    let writers = (0..8).map(|writer| {
        let store = Arc::clone(store);
        tokio::spawn(async move { store.append("journal/busy.jsonl", &writer.to_string()).await })
    });
    for written in futures::future::join_all(writers).await {
        written.expect("no panic").expect("appended");
    }
    let journal = store.load("journal/busy.jsonl").await.expect("loads").expect("is there").bytes;
    let text = String::from_utf8(journal.to_vec()).expect("UTF-8");
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, ["0", "1", "2", "3", "4", "5", "6", "7"]);
}

async fn a_wrong_call_is_refused(store: &dyn StateStore) {
    let broken = store.append("journal/2026-11-22.jsonl", "two\nlines").await;
    assert!(matches!(broken, Err(StateError::Invalid { .. })), "{broken:?}");
    let outside = store.load("../outside").await;
    assert!(matches!(outside, Err(StateError::Invalid { .. })), "{outside:?}");
}

async fn save(store: &dyn StateStore, text: &str, expected: Expected) -> Result<Version, StateError> {
    store.save("traffic.json", Bytes::from(text.to_owned()), expected).await
}
