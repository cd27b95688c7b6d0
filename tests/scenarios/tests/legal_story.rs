//! Every body that goes to ARM in the story, and everything that simulated ARM answers, is a legal resource of its type
//! and api-version.

use fleet_scenarios::{legal_bodies::check, recording};

#[tokio::test(start_paused = true)]
async fn every_body_of_the_story_is_a_legal_resource() {
    let record = recording::of_the_story(1).await;
    let report = check(record.as_bytes()).expect("a verdict");
    assert!(report.faults.is_empty(), "{:#?}", report.faults);
    if report.checked == 0 {
        return; // No compiler here; the check has said so loudly.
    }
    for written in [
        "PUT microsoft.containerservice/fleets/members@2026-06-01",
        "PATCH microsoft.containerservice/fleets/members@2026-06-01",
        "PATCH microsoft.containerservice/fleets/gates@2026-06-01",
        "GET microsoft.containerservice/fleets/updateruns@2026-06-01",
        "PUT microsoft.authorization/roleassignments@2022-04-01",
        "PUT microsoft.authorization/policyassignments@2026-06-01",
        "PUT microsoft.cdn/profiles/origingroups/origins@2025-12-01",
        "PATCH microsoft.cdn/profiles/origingroups/origins@2025-12-01",
    ] {
        assert!(report.kinds.contains(written), "{written} was not judged: {:#?}", report.kinds);
    }
}
