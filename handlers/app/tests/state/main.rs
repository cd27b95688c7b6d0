//! Every kind of state store keeps the same promises: one test body, three stores. The blob store runs against Azurite,
//! Microsoft's storage emulator.

mod azurite;
mod conformance;

use std::{fs, sync::Arc};

use azure_core::http::{ClientOptions, Transport};
use fleet_handler::state::{BlobStore, Expected, FileStore, MemoryStore, StateStore};

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
    let options = ClientOptions {
        transport: Some(Transport::new(azurite.trusting_client())),
        ..ClientOptions::default()
    };
    let store = BlobStore::new(azurite.container("conformance"), azurite.credential(), options);
    conformance::hold(Arc::new(store.expect("a store"))).await;
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
async fn two_stores_on_one_folder_see_each_others_writes() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (one, other) = (FileStore::new(folder.path()), FileStore::new(folder.path()));
    let version = one.save("a", "1".into(), Expected::Absent).await.expect("saved");
    let found = other.load("a").await.expect("loads").expect("is there");
    assert_eq!(found.version, version);
}
