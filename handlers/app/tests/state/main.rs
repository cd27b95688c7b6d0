//! Every kind of state store keeps the same promises: one test body, three stores. The blob store runs against Azurite,
//! Microsoft's storage emulator.

mod azurite;
mod conformance;
mod lane;
mod lease;

use std::{
    fs,
    sync::{Arc, LazyLock},
};

use azure_core::http::{ClientOptions, Transport};
use fleet_handler::state::{BlobStore, Expected, FileStore, MemoryStore, SHORTEST_LIFE, StateStore};
use jiff::Timestamp;
use tokio::time::Instant;
use uuid::Uuid;

#[tokio::test]
async fn memory_keeps_the_promises() {
    conformance::hold(Arc::new(MemoryStore::default())).await;
}

#[tokio::test]
async fn files_keep_the_promises() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    conformance::hold(Arc::new(FileStore::new(&folder.path().join("state")))).await;
}

#[tokio::test]
async fn blobs_keep_the_promises() {
    let Some(azurite) = azurite::start().await else { return };
    conformance::hold(blob_store(&azurite, "conformance")).await;
}

#[tokio::test(start_paused = true)]
async fn memory_keeps_the_promises_of_leases() {
    let store: Arc<dyn StateStore> = Arc::new(MemoryStore::default());
    lease::hold(&store, &Arc::clone(&store), true).await;
}

#[tokio::test(start_paused = true)]
async fn files_keep_the_promises_of_leases() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = || -> Arc<dyn StateStore> { Arc::new(FileStore::with_clock(folder.path(), paused_clock)) };
    lease::hold(&store(), &store(), true).await;
    lane::take_over(store(), store(), SHORTEST_LIFE).await;
}

/// Blob leases end by the emulator's clock: this takes a little more than the shortest life.
#[tokio::test]
async fn blobs_keep_the_promises_of_leases() {
    let Some(azurite) = azurite::start().await else { return };
    let store = |container| blob_store(&azurite, container);
    let (one, other) = (store("leases"), store("leases"));
    futures::join!(
        lease::hold(&one, &other, false),
        lane::take_over(store("lanes"), store("lanes"), SHORTEST_LIFE)
    );
}

fn blob_store(azurite: &azurite::Azurite, container: &str) -> Arc<dyn StateStore> {
    let options = ClientOptions {
        transport: Some(Transport::new(azurite.trusting_client())),
        ..ClientOptions::default()
    };
    let store = BlobStore::new(azurite.container(container), azurite.credential(), options);
    Arc::new(store.expect("a store"))
}

/// A wall clock that passes as the runtime's paused clock does.
fn paused_clock() -> Timestamp {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let start = *START;
    Timestamp::UNIX_EPOCH + start.elapsed()
}

#[tokio::test]
async fn a_lease_from_a_clock_that_was_set_back_keeps_nobody_out() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::create_dir(folder.path().join("lanes")).expect("a folder");
    let held = "{\"holder\":\"00000000-0000-0000-0000-000000000001\",\"until\":\"1970-01-01T00:02:00Z\"}";
    fs::write(folder.path().join("lanes/a"), held).expect("a lease");
    let alive =
        fs::File::create(folder.path().join("lanes/a.00000000-0000-0000-0000-000000000001")).expect("a sign");
    alive.lock().expect("its holder lives");

    let store = |clock| FileStore::with_clock(folder.path(), clock);
    let ask =
        |store: FileStore| async move { store.lease("lanes/a", Uuid::from_u128(2), SHORTEST_LIFE).await };
    let in_its_life = store(|| Timestamp::UNIX_EPOCH + std::time::Duration::from_secs(70));
    assert!(ask(in_its_life).await.expect("answers").is_none());
    assert!(ask(store(|| Timestamp::UNIX_EPOCH)).await.expect("answers").is_some());
}

#[tokio::test]
async fn a_writer_that_died_half_way_leaves_the_old_document() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = FileStore::new(folder.path());
    let version = store.save("holds.json", "{}".into(), Expected::Absent).await.expect("saved");
    fs::write(folder.path().join(".draft"), "{\"half\":").expect("a draft");

    let again = FileStore::new(folder.path());
    let found = again.load("holds.json").await.expect("loads").expect("is there");
    assert_eq!((found.bytes.as_ref(), found.version.clone()), (b"{}".as_slice(), version));
    again.save("holds.json", "{\"v\":2}".into(), Expected::Version(found.version)).await.expect("saved");
}

#[tokio::test]
async fn a_writer_that_died_half_way_through_a_line_spoils_no_other() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("journal.jsonl"), "{\"decision\":1}\n{\"deci").expect("a journal");

    let store = FileStore::new(folder.path());
    store.append("journal.jsonl", "{\"decision\":3}").await.expect("appended");
    let journal = store.load("journal.jsonl").await.expect("loads").expect("is there").bytes;
    assert_eq!(journal, "{\"decision\":1}\n{\"deci\n{\"decision\":3}\n");
}

#[tokio::test]
async fn two_stores_on_one_folder_see_each_others_writes() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (one, other) = (FileStore::new(folder.path()), FileStore::new(folder.path()));
    let version = one.save("a", "1".into(), Expected::Absent).await.expect("saved");
    let found = other.load("a").await.expect("loads").expect("is there");
    assert_eq!(found.version, version);
}
