use super::*;
use crate::{
    command::Status,
    health::About,
    setback::FaultClass,
    testing::{a_cluster, a_member_of, a_record_of, an_origin_of, minute, remembering, shared},
};

fn member() -> ArmId {
    a_member_of(&a_cluster("aks")).id
}

fn origin() -> ArmId {
    an_origin_of(&a_cluster("aks")).id
}

fn begun(holder: &str, at: Timestamp) -> Ledger {
    let aks = a_cluster("aks");
    let mut ledger = Ledger::default();
    ledger.begin(Some(&a_record_of(&aks, None)), &aks.id, &[member(), origin()], holder, at);
    ledger
}

fn throttled() -> Outcome {
    Outcome::Failed(Fault {
        class: FaultClass::Passing,
        code: "TooManyRequests".to_owned(),
        message: "slow down".to_owned(),
        retry_after_seconds: Some(120),
    })
}

#[test]
fn beginning_stores_the_record_and_claims_every_write_until_its_holder_would_be_dead() {
    let ledger = begun("invocation-1", minute(0));
    assert!(ledger.stamp(&a_cluster("aks").id).is_some());
    let claim = ledger.claim_on(&member(), minute(1), minute(1)).expect("claimed");
    assert_eq!((claim.holder.as_str(), claim.until), ("invocation-1", minute(0) + CLAIM_LIFE));
    assert!(ledger.claim_on(&origin(), minute(1), minute(1)).is_some());
    assert_eq!(ledger.claim_on(&member(), minute(1), minute(0) + CLAIM_LIFE), None, "it runs out by itself");
    assert_eq!(
        ledger.claim_on(&a_cluster("aks").id, minute(1), minute(1)),
        None,
        "only what is written is claimed"
    );
}

#[test]
fn beginning_without_a_record_forgets_the_stamp() {
    let aks = a_cluster("aks");
    let mut ledger = remembering(&aks, None).and(&a_cluster("other"), None);
    ledger.begin(None, &aks.id, &[], "invocation-1", minute(0));
    assert_eq!(ledger.stamp(&aks.id), None);
    assert!(ledger.stamp(&a_cluster("other").id).is_some());
}

#[test]
fn beginning_clears_away_claims_that_ran_out() {
    let (aks, mut ledger) = (a_cluster("aks"), begun("invocation-1", minute(0)));
    ledger.begin(Some(&a_record_of(&aks, None)), &aks.id, &[], "invocation-2", minute(60));
    assert!(ledger.claims.is_empty(), "{:?}", ledger.claims);
}

#[test]
fn settling_gives_back_only_the_claims_of_its_holder() {
    let aks = a_cluster("aks");
    let outcomes = [(member(), Outcome::Completed)];
    let mut late = begun("invocation-2", minute(0));
    late.settle(&aks.id, "invocation-1", &outcomes, minute(1), minute(1));
    assert!(late.claim_on(&member(), minute(1), minute(1)).is_some(), "another invocation took it over");

    let mut ledger = begun("invocation-1", minute(0));
    ledger.settle(&aks.id, "invocation-1", &outcomes, minute(0), minute(0));
    assert_eq!(ledger.claim_on(&member(), minute(1), minute(1)), None);
    assert!(ledger.claim_on(&origin(), minute(1), minute(1)).is_some(), "nothing is known of this write yet");
}

#[test]
fn a_plan_made_on_an_observation_from_before_a_write_may_not_write_the_same() {
    let (aks, mut ledger) = (a_cluster("aks"), begun("invocation-1", minute(0)));
    let done = minute(0) + SignedDuration::from_secs(20);
    ledger.settle(&aks.id, "invocation-1", &[(member(), Outcome::Completed)], minute(0), done);
    let claimed = |observed| ledger.claim_on(&member(), observed, minute(1)).is_some();
    assert!(claimed(minute(0)), "seen before the write");
    assert!(claimed(done + CLOCK_SKEW), "seen so shortly after that two clocks may differ");
    assert!(!claimed(minute(1)), "seen after the write");
}

#[test]
fn a_failure_becomes_a_setback_and_the_earliest_wake_up_wins() {
    let (aks, mut ledger) = (a_cluster("aks"), begun("invocation-1", minute(0)));
    ledger.settle(&aks.id, "invocation-1", &[(member(), throttled())], minute(1), minute(1));
    let record = ledger.stamp(&aks.id).expect("remembered");
    let setback = &record.setbacks[member().key()];
    assert_eq!((setback.attempts, setback.until), (1, minute(3)));
    assert_eq!(record.wake, Some(Wake { at: minute(3), why: "to try again what failed".to_owned() }));

    ledger.settle(
        &aks.id,
        "invocation-1",
        &[(member(), throttled()), (origin(), Outcome::Started)],
        minute(1),
        minute(1),
    );
    let record = ledger.stamp(&aks.id).expect("remembered");
    assert_eq!(record.setbacks[member().key()].attempts, 2);
    assert_eq!(record.wake.as_ref().map(|wake| wake.at), Some(minute(1) + OPERATION_LOOK));
}

#[test]
fn what_became_of_a_forgotten_stamps_writes_does_not_bring_it_back() {
    let aks = a_cluster("aks");
    let mut ledger = Ledger::default();
    ledger.begin(None, &aks.id, &[member()], "invocation-1", minute(0));
    ledger.settle(&aks.id, "invocation-1", &[(member(), throttled())], minute(1), minute(1));
    assert!(ledger.stamps.is_empty());
}

#[test]
fn a_statement_is_about_the_stamps_that_its_source_can_name() {
    let (here, there) = (a_cluster("here"), a_cluster("there").in_region("northeurope"));
    let mut ledger = remembering(&here, None).and(&there, None);
    let gateway = shared("Microsoft.Network/applicationGateways/agw");
    for cluster in [&here, &there] {
        let record = ledger.stamps.get_mut(cluster.id.key()).expect("on record");
        record.facts.node_group.clone_from(&cluster.node_group);
        record.facts.gateway = Some(gateway.clone());
    }
    let named = [("weu.example".to_owned(), here.id.clone())].into();
    let nodes = there.node_group.clone().expect("a node group");
    let both = vec![here.id.clone(), there.id.clone()];
    let table = [
        (About::Cluster(here.id.clone()), vec![here.id.clone()]),
        (About::NodeGroup(nodes), vec![there.id.clone()]),
        (About::Gateway(gateway), both),
        (About::Region("West Europe".to_owned()), vec![here.id.clone()]),
        (About::Region("northeurope".to_owned()), vec![there.id]),
        (About::Named("weu.example".to_owned()), vec![here.id]),
        (About::Named("neu.example".to_owned()), vec![]),
        (About::Cluster(a_cluster("nobody-knows").id), vec![]),
    ];
    for (about, expected) in table {
        assert_eq!(ledger.stamps_of(&about, &named), expected, "{about:?}");
    }
}

#[test]
fn a_command_keeps_its_first_answer_and_is_forgotten_in_the_end() {
    let answer = |status| CommandResult {
        v: 1,
        command_id: "c-1".to_owned(),
        command: "drain".to_owned(),
        requested_by: "ann".to_owned(),
        dry_run: false,
        status,
        did: Vec::new(),
        why: Vec::new(),
        stamps: Vec::new(),
        at: minute(0),
    };
    let mut ledger = Ledger::default();
    ledger.conclude_command(&answer(Status::Done), minute(0));
    ledger.conclude_command(&answer(Status::Refused), minute(1));
    let status = |ledger: &Ledger| ledger.commands["c-1"].result.as_ref().map(|result| result.status);
    assert_eq!(status(&ledger), Some(Status::Done), "delivered twice");
    let later = minute(0) + COMMAND_MEMORY;
    ledger.conclude_command(&answer(Status::Refused), later);
    assert_eq!(status(&ledger), Some(Status::Refused), "forgotten, so it is another");
}

#[test]
fn a_ledger_is_read_back_as_it_was_stored_and_an_empty_document_is_an_empty_ledger() {
    let ledger = begun("invocation-1", minute(0));
    let text = serde_json::to_string(&ledger).expect("serialises");
    assert_eq!(serde_json::from_str::<Ledger>(&text).expect("parses"), ledger);
    assert_eq!(serde_json::from_str::<Ledger>("{}").expect("parses"), Ledger::default());
}
