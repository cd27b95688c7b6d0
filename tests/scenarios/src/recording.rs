//! The story's ARM traffic, recorded.

use std::fs;

use fleet_local::{
    run,
    story::{Target, Teller},
    world::{Options, World},
};

/// Tells the story with a handler in this process and gives the record of every ARM exchange, as JSON Lines.
///
/// # Panics
/// When the story can't be told or does not end right.
pub async fn of_the_story(seed: u64) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let record = folder.path().join("record.jsonl");
    let options = Options { record: Some(record.clone()), ..Options::in_process(seed) };
    let mut world = World::start(options).await.expect("a world");
    let (end, faults) = run::tell(&mut world, &Teller::new(Target::Nowhere), seed).await.expect("an end");
    assert!(end.ok, "{faults:#?}");
    fs::read_to_string(&record).expect("a record")
}
