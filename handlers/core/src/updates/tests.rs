//! Words that travel and are stored: what they accept, how they compare, what they say.

use serde_json::json;

use super::*;
use crate::testing::{a_cluster, minute, shared};

fn version(text: &str) -> Version {
    text.parse().unwrap_or_else(|fault| panic!("{fault}"))
}

#[test]
fn versions_compare_by_their_numbers_and_not_by_their_text() {
    let mut versions = ["1.33.10", "1.9.7", "1.33.9", "2.0.0", "1.33.10"].map(version);
    versions.sort_unstable();
    assert_eq!(versions.map(|v| v.to_string()), ["1.9.7", "1.33.9", "1.33.10", "1.33.10", "2.0.0"]);
    assert_eq!(
        (version("1.33.5").minor(), version("1.33.5").minor() < version("2.1.0").minor()),
        ((1, 33), true)
    );
}

#[test]
fn only_three_numbers_are_a_version() {
    for text in
        ["", "1.33", "1.33.5.1", "v1.33.5", "1.33.x", "1.33.5-preview", "1..5", "1.33.-5", "1.33.4294967296"]
    {
        let fault = text.parse::<Version>().expect_err(text).to_string();
        assert_eq!(fault, format!("`{text}` is no version of Kubernetes; expected one such as 1.33.5"));
    }
}

#[test]
fn a_version_is_stored_as_its_text() {
    assert_eq!(json!(version("1.33.5")), json!("1.33.5"));
    assert_eq!(serde_json::from_value::<Version>(json!("1.33.5")).expect("a version"), Version(1, 33, 5));
    assert!(serde_json::from_value::<Version>(json!("1.33")).is_err());
}

#[test]
fn a_scope_says_its_run_stage_and_group() {
    let scope = |group: Option<&str>| Scope {
        run: "run-7".to_owned(),
        stage: "canary".to_owned(),
        group: group.map(str::to_owned),
    };
    let said = [scope(None), scope(Some("weu"))].map(|scope| scope.to_string());
    assert_eq!(said, ["run-7/canary", "run-7/canary/weu"]);
    assert!(scope(None) < scope(Some("weu")), "a stage comes before its groups");
}

#[test]
fn states_are_known_in_any_spelling_and_an_unknown_word_is_kept_and_never_an_end() {
    let state = |word: &str| UpdateState::from(word.to_owned());
    let words = ["NotStarted", "Running", "Pending", "Stopping", "Stopped", "Skipped", "Failed", "Completed"];
    for word in words {
        assert_eq!(state(&word.to_lowercase()).to_string(), word);
        assert!(!matches!(state(word), UpdateState::Other(_)), "{word}");
        assert_eq!(serde_json::from_value::<UpdateState>(json!(state(word))).expect(word), state(word));
    }
    assert_eq!(words.map(|word| state(word).is_over()), [false, false, false, false, true, true, true, true]);
    assert_eq!(
        words.map(|word| state(word).is_active()),
        [false, true, true, true, false, false, false, false]
    );
    let unknown = state("Paused");
    assert_eq!((unknown.name(), unknown.is_over(), unknown.is_active()), ("Paused", false, true));
}

#[test]
fn an_update_says_what_it_brings() {
    let update = |kind, kubernetes: Option<&str>| {
        Update { kind, kubernetes: kubernetes.map(str::to_owned), image_selection: None }.to_string()
    };
    let said = [
        update(UpgradeKind::Full, Some("1.33.5")),
        update(UpgradeKind::ControlPlaneOnly, Some("1.33.5")),
        update(UpgradeKind::NodeImageOnly, None),
        update(UpgradeKind::Other("AddOns".to_owned()), None),
        update(UpgradeKind::Full, None),
    ];
    let expected =
        ["Kubernetes 1.33.5", "control planes to 1.33.5", "node images", "AddOns", "an unnamed version"];
    assert_eq!(said, expected);
}

#[test]
fn a_piece_says_what_was_asked_about_which_cluster_and_what_was_found() {
    let piece = |cluster: Option<&str>, asks, found| Piece {
        cluster: cluster.map(|name| a_cluster(name).id),
        asks,
        found,
    };
    let pieces = [
        piece(Some("aks"), Asks::Running, Found::Good("it runs".to_owned())),
        piece(Some("aks"), Asks::Idle, Found::Missing("Updating".to_owned())),
        piece(
            None,
            Asks::RestServes,
            Found::Excused { missing: "1 of 2".to_owned(), by: "ann (night shift)".to_owned() },
        ),
    ];
    assert_eq!(pieces.each_ref().map(Piece::is_missing), [false, true, false]);
    insta::assert_snapshot!(pieces.map(|piece| piece.to_string()).join("\n"), @r"
    aks: running: it runs
    aks: not idle: Updating
    not the rest serves: 1 of 2 (excused by ann (night shift))
    ");
}

fn a_notice(verdict: Option<Verdict>) -> Notice {
    Notice {
        v: NOTICE_VERSION,
        notice: NoticeKind::RunEnded,
        id: "run-7:failed".to_owned(),
        run: shared("Microsoft.ContainerService/fleets/fleet-one/updateRuns/run-7"),
        gate: None,
        says: "it failed".to_owned(),
        verdict,
        at: minute(1),
    }
}

fn a_bad_end() -> Verdict {
    let failed = FailedMember {
        member: "aks".to_owned(),
        cluster: Some(a_cluster("aks").id),
        stage: "canary".to_owned(),
        group: "weu".to_owned(),
        why: "no quota".to_owned(),
    };
    Verdict {
        outcome: Outcome::Failed,
        members: 2,
        updated: 0,
        failed: vec![failed],
        skipped: Vec::new(),
        not_reached: vec!["aks-2".to_owned()],
        failure_count: Some(1),
        ended: Some(minute(0)),
    }
}

#[test]
fn a_notice_travels_with_its_time_as_a_number() {
    let notice = a_notice(Some(a_bad_end()));
    let wire = json!(notice);
    assert_eq!((&wire["notice"], &wire["at"]), (&json!("runEnded"), &json!(1_767_225_660_000_i64)));
    assert_eq!(serde_json::from_value::<Notice>(wire).expect("a notice"), notice);
}

#[test]
fn a_notice_fits_its_schema_with_and_without_a_verdict() {
    let schema = schemars::schema_for!(Notice);
    let schema = jsonschema::validator_for(schema.as_value()).expect("a legal schema");
    for notice in [a_notice(None), a_notice(Some(a_bad_end()))] {
        assert!(schema.is_valid(&json!(notice)), "{notice:?}");
    }
    let mut wrong = json!(a_notice(None));
    wrong["notice"] = json!("runBegan");
    assert!(!schema.is_valid(&wrong));
}

#[test]
fn a_statement_about_support_travels_whole_and_nothing_else_is_one() {
    let stated = SupportStated {
        v: SUPPORT_VERSION,
        kind: SupportKind::SupportStated,
        cluster: a_cluster("aks").id,
        version: "1.31.8".to_owned(),
        ends: Some(minute(60)),
        over: false,
        event_id: "e-1".to_owned(),
        event_time: minute(0),
    };
    let wire = json!(stated);
    assert_eq!((&wire["kind"], &wire["ends"]), (&json!("supportStated"), &json!(1_767_229_200_000_i64)));
    assert_eq!(serde_json::from_value::<SupportStated>(wire.clone()).expect("a statement"), stated);
    let with = |key: &str, value| {
        let mut changed = wire.clone();
        changed[key] = value;
        serde_json::from_value::<SupportStated>(changed)
    };
    assert!(with("kind", json!("healthStated")).is_err());
    assert!(with("stated", json!(1)).is_err());
    assert_eq!(with("ends", json!(null)).expect("one without an end").ends, None);
}
