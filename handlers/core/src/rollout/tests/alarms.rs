//! What stands as an alarm because of updates.

use super::{alarms as raised, *};
use crate::{
    health::Alarm,
    updates::{Timing::Before, UpdateState},
};

fn says(fleet: &Fleet) -> Vec<(Alarm, String)> {
    raised(&fleet.ledger, fleet.now).into_iter().map(|one| (one.alarm, one.says)).collect()
}

#[test]
fn a_run_that_failed_is_raised_with_all_the_stamps_it_keeps_out_and_what_to_do() {
    let run = a_run("r1").stage("prod", &["neu", "weu"]).gate(Before, UpdateState::Pending);
    let mut fleet = fleet_of([run]);
    fleet.look_and_follow();
    fleet.gate_is("r1-prod-before", &UpdateState::Completed);
    assert_eq!(says(&fleet), []);
    for name in ["neu", "weu"] {
        fleet.member_is("r1", name, UpdateState::Failed);
    }
    fleet.look();
    let expected = "update run r1 failed on neu, weu, kept out of traffic; retry-failed r1 tries again";
    assert_eq!(says(&fleet), [(Alarm::UpdateFailed, expected.to_owned())]);

    fleet.ledger.updates.out.clear();
    assert_eq!(says(&fleet), [], "it ends with the last of them");
}
