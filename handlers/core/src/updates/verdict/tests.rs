//! Golden cases: a run as seen, and the sentence that people read about it.

use crate::{
    testing::{a_cluster, minute, shared},
    updates::{GroupSeen, MemberUpdate, Phase, RunSeen, StageSeen, Update, UpdateState, UpgradeKind},
};

use super::*;

fn phase(state: &str) -> Phase {
    Phase { state: UpdateState::from(state.to_owned()), ..Phase::default() }
}

fn member(name: &str, state: &str) -> MemberUpdate {
    MemberUpdate {
        name: name.to_owned(),
        cluster: Some(a_cluster(name).id),
        phase: phase(state),
        message: None,
    }
}

/// A group whose members are `a`, `b`, `c` and so on, in these states.
fn group(name: &str, state: &str, members: &[&str]) -> GroupSeen {
    let members = members.iter().zip('a'..='z');
    GroupSeen {
        name: name.to_owned(),
        phase: phase(state),
        members: members.map(|(state, letter)| member(&format!("{name}-{letter}"), state)).collect(),
        before: Vec::new(),
        after: Vec::new(),
        failure_count: None,
        allowed_failures: None,
    }
}

fn stage(name: &str, state: &str, groups: Vec<GroupSeen>) -> StageSeen {
    StageSeen {
        name: name.to_owned(),
        phase: phase(state),
        groups,
        before: Vec::new(),
        after: Vec::new(),
        failure_count: None,
        allowed_failures: None,
    }
}

fn staged(state: &str, stages: Vec<StageSeen>) -> RunSeen {
    RunSeen {
        id: shared("Microsoft.ContainerService/fleets/fleet-one/updateRuns/run-7"),
        update: Update {
            kind: UpgradeKind::Full,
            kubernetes: Some("1.33.5".to_owned()),
            image_selection: None,
        },
        strategy: None,
        profile: None,
        plan: Vec::new(),
        phase: Phase { completed: Some(minute(90)), ..phase(state) },
        stages,
        failure_count: None,
        images: Vec::new(),
        etag: None,
    }
}

/// A run of one stage with one group.
fn run(state: &str, members: &[&str]) -> RunSeen {
    staged(state, vec![stage("prod", state, vec![group("weu", state, members)])])
}

fn counted(failures: u32, run: RunSeen) -> RunSeen {
    RunSeen { failure_count: Some(failures), ..run }
}

fn told(cases: impl IntoIterator<Item = (&'static str, RunSeen)>) -> String {
    let sentence =
        |run: &RunSeen| verdict(run).map_or("no verdict".to_owned(), |verdict| verdict.to_string());
    cases.into_iter().map(|(case, run)| format!("{case} -> {}\n", sentence(&run))).collect()
}

fn outcome(run: &RunSeen) -> Option<Outcome> {
    verdict(run).map(|verdict| verdict.outcome)
}

#[test]
fn a_run_is_judged_by_its_own_state_first() {
    let cases = [
        "NotStarted",
        "Running",
        "Pending",
        "Stopping",
        "Paused",
        "Stopped",
        "Skipped",
        "Failed",
        "Completed",
    ];
    insta::assert_snapshot!(told(cases.map(|state| (state, run(state, &["Completed", "Failed", "NotStarted"])))), @"
    NotStarted -> no verdict
    Running -> no verdict
    Pending -> no verdict
    Stopping -> no verdict
    Paused -> no verdict
    Stopped -> stopped: 1 of 3 members failed (weu-b: the service says nothing), 1 updated, 1 not reached
    Skipped -> skipped: 1 of 3 members failed (weu-b: the service says nothing), 1 updated, 1 left out
    Failed -> failed: 1 of 3 members failed (weu-b: the service says nothing), 1 updated, 1 not reached
    Completed -> completed with failures: 1 of 3 members failed (weu-b: the service says nothing), 1 updated, 1 not reached
    ");
}

#[test]
fn a_completed_run_is_judged_by_its_members() {
    let cases = [
        ("all done", run("Completed", &["Completed", "Completed"])),
        ("done, one left out", run("Completed", &["Completed", "Skipped"])),
        ("all left out", run("Completed", &["Skipped", "Skipped"])),
        ("nobody was tried", run("Completed", &["NotStarted", "Pending"])),
        ("no members", run("Completed", &[])),
        ("one failed", run("Completed", &["Completed", "Failed", "Completed"])),
        ("4 of 4 failed", run("Completed", &["Failed", "Failed", "Failed", "Failed"])),
        ("all that were tried failed", run("Completed", &["Failed", "Skipped", "NotStarted"])),
        ("one was not come to", run("Completed", &["Completed", "Pending"])),
        ("one is still at it", run("Completed", &["Running"])),
        ("one in an unknown state", run("Completed", &["Completed", "Rebooting"])),
        ("failed, and one in an unknown state", run("Completed", &["Failed", "Rebooting"])),
    ];
    insta::assert_snapshot!(told(cases), @"
    all done -> succeeded: 2 of 2 members updated
    done, one left out -> succeeded: 1 of 2 members updated, 1 left out
    all left out -> skipped: 0 of 2 members updated, 2 left out
    nobody was tried -> skipped: 0 of 2 members updated, 2 not reached
    no members -> skipped: 0 of 0 members updated
    one failed -> completed with failures: 1 of 3 members failed (weu-b: the service says nothing), 2 updated
    4 of 4 failed -> completed, and every member that was tried failed: 4 of 4 members failed (weu-a: the service says nothing; weu-b: the service says nothing; weu-c: the service says nothing; weu-d: the service says nothing)
    all that were tried failed -> completed, and every member that was tried failed: 1 of 3 members failed (weu-a: the service says nothing), 1 left out, 1 not reached
    one was not come to -> completed with failures: 1 of 2 members updated, 1 not reached
    one is still at it -> completed with failures: 0 of 1 members updated, 1 not reached
    one in an unknown state -> completed with failures: 1 of 2 members updated, 1 not reached
    failed, and one in an unknown state -> completed with failures: 1 of 2 members failed (weu-a: the service says nothing), 1 not reached
    ");
}

#[test]
fn a_failed_part_is_told_even_where_no_member_is() {
    let broken = staged(
        "Completed",
        vec![
            stage("canary", "Completed", vec![group("weu", "Failed", &["Skipped"])]),
            stage("prod", "Completed", vec![group("neu", "Completed", &["Completed"])]),
        ],
    );
    assert_eq!(outcome(&broken), Some(Outcome::CompletedWithFailures));
    let mut mended = broken;
    mended.stages[0].groups[0].phase = phase("Completed");
    assert_eq!(outcome(&mended), Some(Outcome::Succeeded));
}

#[test]
fn a_group_whose_members_all_failed_spoils_a_run_that_went_well_elsewhere() {
    let stages = vec![
        stage("canary", "Completed", vec![group("weu", "Completed", &["Failed", "Failed"])]),
        stage("prod", "Completed", vec![group("neu", "Completed", &["Completed"])]),
    ];
    assert_eq!(outcome(&staged("Completed", stages)), Some(Outcome::CompletedWithFailures));
}

#[test]
fn the_service_is_believed_where_it_counts_more_failures_than_members_show() {
    let all_done = || run("Completed", &["Completed", "Completed", "Completed"]);
    let per_part = |stages: Option<u32>, groups: Option<u32>| {
        let mut run = all_done();
        run.stages[0].failure_count = stages;
        run.stages[0].groups[0].failure_count = groups;
        run
    };
    let two_stages = staged(
        "Completed",
        vec![
            StageSeen {
                failure_count: Some(1),
                ..stage("canary", "Completed", vec![group("weu", "Completed", &["Failed"])])
            },
            StageSeen {
                failure_count: Some(2),
                ..stage("prod", "Completed", vec![group("neu", "Completed", &["Completed", "Failed"])])
            },
        ],
    );
    let cases = [
        ("none counted", counted(0, all_done())),
        ("counted at the run", counted(2, all_done())),
        ("counted at a stage", per_part(Some(1), Some(0))),
        ("counted at a group", per_part(None, Some(1))),
        ("counted at two stages", two_stages),
        ("fewer than members show", counted(1, run("Completed", &["Completed", "Failed", "Failed"]))),
        (
            "above the threshold of 1",
            counted(3, run("Completed", &["Completed", "Failed", "Failed", "Failed"])),
        ),
        ("more than there are members", counted(9, run("Completed", &["Failed"]))),
        ("where no members are shown", counted(3, run("Completed", &[]))),
    ];
    insta::assert_snapshot!(told(cases), @"
    none counted -> succeeded: 3 of 3 members updated
    counted at the run -> completed with failures: 3 of 3 members updated, 2 counted as failed
    counted at a stage -> completed with failures: 3 of 3 members updated, 1 counted as failed
    counted at a group -> completed with failures: 3 of 3 members updated, 1 counted as failed
    counted at two stages -> completed with failures: 2 of 3 members failed (weu-a: the service says nothing; neu-b: the service says nothing), 1 updated, 3 counted as failed
    fewer than members show -> completed with failures: 2 of 3 members failed (weu-b: the service says nothing; weu-c: the service says nothing), 1 updated
    above the threshold of 1 -> completed with failures: 3 of 4 members failed (weu-b: the service says nothing; weu-c: the service says nothing; weu-d: the service says nothing), 1 updated
    more than there are members -> completed, and every member that was tried failed: 1 of 1 members failed (weu-a: the service says nothing), 9 counted as failed
    where no members are shown -> completed with failures: 0 of 0 members updated, 3 counted as failed
    ");
}

#[test]
fn counts_that_no_service_would_send_do_not_overflow() {
    let most = || StageSeen { failure_count: Some(u32::MAX), ..stage("prod", "Completed", Vec::new()) };
    let verdict = verdict(&staged("Completed", vec![most(), most()])).expect("it has ended");
    assert_eq!(verdict.failure_count, Some(u32::MAX));
}

#[test]
fn members_of_a_part_that_was_left_out_are_left_out_unless_their_own_state_says_more() {
    let stages = vec![
        stage("canary", "Completed", vec![group("weu", "Skipped", &["NotStarted", "Completed", "Failed"])]),
        stage("prod", "Skipped", vec![group("neu", "NotStarted", &["NotStarted"])]),
    ];
    let verdict = verdict(&staged("Completed", stages)).expect("it has ended");
    assert_eq!((verdict.members, verdict.updated, verdict.failures()), (4, 1, 1));
    assert_eq!(
        (verdict.skipped, verdict.not_reached),
        (vec!["weu-a".to_owned(), "neu-a".to_owned()], vec![])
    );
}

#[test]
fn a_run_stopped_and_started_again_has_no_verdict_until_it_ends_anew() {
    let stages = |last: &str| {
        vec![
            stage("canary", "Completed", vec![group("weu", "Completed", &["Completed"])]),
            stage("prod", "Stopped", vec![group("neu", "Stopped", &["Stopped", last])]),
        ]
    };
    let cases = [
        ("stopped", staged("Stopped", stages("NotStarted"))),
        ("started again", staged("Running", stages("Running"))),
        ("stopped again", staged("Stopped", stages("Completed"))),
    ];
    insta::assert_snapshot!(told(cases), @"
    stopped -> stopped: 1 of 3 members updated, 2 not reached
    started again -> no verdict
    stopped again -> stopped: 2 of 3 members updated, 1 not reached
    ");
}

#[test]
fn a_member_that_failed_says_where_and_why() {
    let mut run = run("Completed", &["Failed", "Failed", "Failed", "Failed", "Completed"]);
    let members = &mut run.stages[0].groups[0].members;
    members[0].phase.error = Some("MaxSurge: no quota".to_owned());
    members[0].message = Some("it failed".to_owned());
    members[1].message = Some("the window closed".to_owned());
    members[2].message = Some(String::new());
    members[3].phase.error = Some("é".repeat(301));
    members[3].cluster = None;
    let verdict = verdict(&run).expect("it has ended");
    let [first, second, third, fourth] = verdict.failed.as_slice() else { panic!("{verdict}") };
    let expected = FailedMember {
        member: "weu-a".to_owned(),
        cluster: Some(a_cluster("weu-a").id),
        stage: "prod".to_owned(),
        group: "weu".to_owned(),
        why: "MaxSurge: no quota".to_owned(),
    };
    assert_eq!(*first, expected);
    assert_eq!((second.why.as_str(), third.why.as_str()), ("the window closed", "the service says nothing"));
    assert_eq!((&fourth.cluster, &fourth.why), (&None, &format!("{}…", "é".repeat(300))));
    assert_eq!(verdict.ended, Some(minute(90)));
}

#[test]
fn a_sentence_names_five_members_that_failed_and_counts_the_others() {
    let five = run("Failed", &["Failed"; 5]);
    let seven = run("Failed", &["Failed"; 7]);
    insta::assert_snapshot!(told([("five", five), ("seven", seven)]), @"
    five -> failed: 5 of 5 members failed (weu-a: the service says nothing; weu-b: the service says nothing; weu-c: the service says nothing; weu-d: the service says nothing; weu-e: the service says nothing)
    seven -> failed: 7 of 7 members failed (weu-a: the service says nothing; weu-b: the service says nothing; weu-c: the service says nothing; weu-d: the service says nothing; weu-e: the service says nothing; and 2 more)
    ");
}

#[test]
fn a_run_deleted_before_its_end_is_judged_by_what_was_last_known() {
    let last = |failed| RunNote {
        run: shared("Microsoft.ContainerService/fleets/fleet-one/updateRuns/run-7"),
        brings: "Kubernetes 1.33.5".to_owned(),
        state: UpdateState::Pending,
        members: 4,
        updated: 1,
        failed,
        ending: None,
    };
    let told = [Verdict::deleted(&last(0)), Verdict::deleted(&last(2))].map(|verdict| verdict.to_string());
    insta::assert_snapshot!(told.join("\n"), @"
    deleted before its end: 1 of 4 members updated
    deleted before its end: 1 of 4 members updated, 2 counted as failed
    ");
}

#[test]
fn a_verdict_is_read_back_as_it_was_written() {
    let verdict = verdict(&counted(2, run("Completed", &["Failed", "Completed", "Skipped", "Pending"])));
    let text = serde_json::to_string(&verdict).expect("serialises");
    assert_eq!(serde_json::from_str::<Option<Verdict>>(&text).expect("reads"), verdict);
}
