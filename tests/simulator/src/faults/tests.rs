use crate::chance::Seed;

use super::{Effect, Faults, Rule, Struck};

fn strike(faults: &mut Faults, method: &str, path: &str, attempt: u32) -> Option<Effect> {
    faults.strike(&Struck { method, path, attempt }, Seed(1))
}

#[test]
fn the_first_matching_rule_decides_and_is_used_up() {
    let mut faults = Faults::default();
    faults.add(Rule::once(Effect::ConnectionLost).method("put"));
    faults.add(Rule::always(Effect::ReplyLost).path("/members/").expect("a valid expression"));
    assert_eq!(strike(&mut faults, "PUT", "/fleets/f/members/m", 1), Some(Effect::ConnectionLost));
    assert_eq!(strike(&mut faults, "PUT", "/fleets/f/MEMBERS/m", 2), Some(Effect::ReplyLost));
    assert_eq!(strike(&mut faults, "PUT", "/fleets/f", 1), None);
}

#[test]
fn nth_counts_the_same_request_and_not_others() {
    let mut faults = Faults::default();
    faults.add(Rule::always(Effect::OperationStuck).nth(2));
    assert_eq!(strike(&mut faults, "GET", "/a", 1), None);
    assert_eq!(strike(&mut faults, "GET", "/b", 2), Some(Effect::OperationStuck));
}

#[test]
fn a_share_of_requests_is_the_same_share_in_every_order() {
    let hit = |paths: &[String]| -> std::collections::BTreeSet<String> {
        let mut faults = Faults::default();
        faults.add(Rule::always(Effect::ConnectionLost).per_mille(300));
        paths.iter().filter(|path| strike(&mut faults, "GET", path, 1).is_some()).cloned().collect()
    };
    let forwards: Vec<String> = (0..200).map(|number: u32| format!("/{number}")).collect();
    let backwards: Vec<String> = forwards.iter().rev().cloned().collect();
    assert_eq!(hit(&forwards), hit(&backwards));
    assert!((30..90).contains(&hit(&forwards).len()));
}
