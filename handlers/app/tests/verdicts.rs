//! Golden payloads of update runs, as the service answers a GET, and the verdict on each.
//!
//! The payloads have our own names and ids, in the shape of the published examples of the API; none was captured from a
//! live fleet. `failureCount` and `maxAllowedFailures` are shown by a preview only.

use std::{fs, path::Path};

use fleet_arm::wire::UpdateRun;
use fleet_core::updates::{Verdict, verdict};
use fleet_handler::observe::run_seen;

fn golden() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/updates/golden")
}

/// The verdict on the run in a file; none while the run has not ended.
fn verdict_on(file: &str) -> Option<Verdict> {
    let text = fs::read_to_string(golden().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
    let wire: UpdateRun = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"));
    verdict(&run_seen(&wire).unwrap_or_else(|| panic!("{file}: its id is no resource id")))
}

fn files() -> Vec<String> {
    let entries = fs::read_dir(golden()).expect("the golden payloads");
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    let mut names: Vec<String> = names.map(|name| name.into_string().expect("a name in UTF-8")).collect();
    names.sort();
    names
}

#[test]
fn every_payload_has_its_verdict() {
    let sentence = |file: &String| {
        let says = verdict_on(file).map_or("no verdict".to_owned(), |verdict| verdict.to_string());
        format!("{}: {says}\n", file.trim_end_matches(".json"))
    };
    insta::assert_snapshot!(files().iter().map(sentence).collect::<String>(), @"
    completed-with-4-of-4-failed: completed, and every member that was tried failed: 4 of 4 members failed (aks-weu-01: QuotaExceeded: No cores left in westeurope.; aks-neu-01: PodDrainFailure: A node could not be drained in time.; aks-eus-01: The maintenance window closed.; aks-swc-01: the service says nothing)
    completed-with-failures: completed with failures: 1 of 3 members failed (aks-weu-01: QuotaExceeded: No cores left in westeurope.), 2 updated
    failed: failed: 1 of 3 members failed (aks-swc-01: PodDrainFailure: A node could not be drained in time.), 2 not reached
    failures-above-the-threshold: failed: 2 of 4 members failed (aks-swc-01: PodDrainFailure: A node could not be drained in time.; aks-eus-01: PodDrainFailure: A node could not be drained in time.), 2 not reached
    failures-counted-but-not-shown: completed with failures: 1 of 3 members failed (aks-weu-01: QuotaExceeded: No cores left in westeurope.), 2 updated, 2 counted as failed
    member-in-an-unknown-state: completed with failures: 1 of 2 members updated, 1 not reached
    member-without-cluster-id: completed with failures: 1 of 2 members failed (aks-weu-01: QuotaExceeded: No cores left in westeurope.), 1 updated
    pending-at-a-gate: no verdict
    run-in-an-unknown-state: no verdict
    skipped: skipped: 0 of 2 members updated, 2 left out
    stopped-1: stopped: 2 of 3 members updated, 1 not reached
    stopped-2-and-started-again: no verdict
    succeeded: succeeded: 3 of 3 members updated
    ");
}

#[test]
fn a_verdict_tells_whom_to_try_again() {
    insta::assert_json_snapshot!(verdict_on("completed-with-failures.json"), @r#"
    {
      "outcome": "completedWithFailures",
      "members": 3,
      "updated": 2,
      "failed": [
        {
          "member": "aks-weu-01",
          "cluster": "/subscriptions/0f5c8a1e-6d0b-4c5e-9a43-2f1d7c3b9e01/resourceGroups/rg-aks-weu-01/providers/Microsoft.ContainerService/managedClusters/aks-weu-01",
          "stage": "prod",
          "group": "prod",
          "why": "QuotaExceeded: No cores left in westeurope."
        }
      ],
      "skipped": [],
      "notReached": [],
      "failureCount": null,
      "ended": "2026-03-02T08:30:00Z"
    }
    "#);
}

#[test]
fn a_member_that_failed_is_told_even_where_its_cluster_is_not_known() {
    let verdict = verdict_on("member-without-cluster-id.json").expect("it has ended");
    let failed: Vec<_> =
        verdict.failed.iter().map(|failed| (failed.member.as_str(), &failed.cluster)).collect();
    assert_eq!(failed, [("aks-weu-01", &None)]);
}
