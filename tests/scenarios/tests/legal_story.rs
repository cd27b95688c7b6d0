//! Every body that goes to ARM in the story, and everything that simulated ARM answers, is a legal resource of its type
//! and api-version.

use std::{fs::File, io::BufReader};

use fleet_local::{
    run,
    story::{Target, Teller},
    world::{Options, World},
};
use fleet_scenarios::legal_bodies::check;

#[tokio::test(start_paused = true)]
async fn every_body_of_the_story_is_a_legal_resource() {
    let folder = tempfile::tempdir().expect("a folder");
    let record = folder.path().join("record.jsonl");
    let options = Options { record: Some(record.clone()), ..Options::in_process(1) };
    let mut world = World::start(options).await.expect("a world");
    let (end, _) = run::tell(&mut world, &Teller::new(Target::Nowhere), 1).await.expect("an end");
    assert!(end.ok);
    let report = check(BufReader::new(File::open(&record).expect("a record"))).expect("a verdict");
    assert!(report.faults.is_empty(), "{:#?}", report.faults);
    if report.checked == 0 {
        return; // No compiler here; the check has said so loudly.
    }
    for written in [
        "PUT microsoft.containerservice/fleets/members@2026-06-01",
        "PATCH microsoft.containerservice/fleets/members@2026-06-01",
        "PUT microsoft.authorization/roleassignments@2022-04-01",
        "PUT microsoft.authorization/policyassignments@2026-06-01",
        "PUT microsoft.cdn/profiles/origingroups/origins@2025-12-01",
        "PATCH microsoft.cdn/profiles/origingroups/origins@2025-12-01",
    ] {
        assert!(report.kinds.contains(written), "{written} was not judged: {:#?}", report.kinds);
    }
}
