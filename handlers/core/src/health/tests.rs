//! From statements to a verdict.

mod hysteresis;

use jiff::{SignedDuration, Timestamp};
use proptest::{
    prelude::*,
    test_runner::{Config, RngSeed},
};

use super::*;
use crate::{config::Health, facets::traffic::Probe, testing::minute};

fn says(source: Source, says: Says, at: i64) -> Evidence {
    let (key, why) = (String::new(), format!("{source} says {says:?}"));
    Evidence { source, key, says, why, at: minute(at), until: minute(at + 60) }
}

fn keyed(key: &str, evidence: Evidence) -> Evidence {
    Evidence { key: key.to_owned(), ..evidence }
}

fn heard(statements: impl IntoIterator<Item = Evidence>, now: Timestamp) -> HealthNote {
    let mut note = HealthNote::default();
    statements.into_iter().for_each(|evidence| note.take(evidence, now));
    note
}

fn verdict(statements: Vec<Evidence>, scale_sets: usize) -> Verdict {
    let nodes = NodeCount { scale_sets, machines: 3 * scale_sets };
    heard(statements, minute(1)).verdict(&Health::default(), nodes, minute(1))
}

fn settings() -> Config {
    Config { rng_seed: RngSeed::Fixed(0x00F1_EE70), failure_persistence: None, ..Config::default() }
}

// ---- the order of arrival

fn statement() -> impl Strategy<Value = Evidence> {
    let sources = prop_oneof![Just(Source::FrontDoor), Just(Source::Nodes)];
    let what = prop_oneof![Just(Says::Nothing), Just(Says::Good), Just(Says::Bad)];
    let key = prop_oneof![Just("one"), Just("two")];
    // Some are from the future, and some of the same time.
    (sources, key, what, -3..5i64, 0..3i64, 0..2u8).prop_map(|(source, key, what, at, life, words)| {
        Evidence {
            source,
            key: key.to_owned(),
            says: what,
            why: format!("in words {words}"),
            at: minute(at),
            until: minute(10 + life),
        }
    })
}

fn arrivals() -> impl Strategy<Value = (Vec<Evidence>, Vec<Evidence>)> {
    proptest::collection::vec(statement(), 1..12).prop_flat_map(|said| {
        let twice: Vec<Evidence> = said.iter().chain(&said).cloned().collect();
        (Just(said), Just(twice).prop_shuffle())
    })
}

proptest! {
    #![proptest_config(settings())]

    #[test]
    fn neither_order_nor_repetition_of_statements_matters((said, shuffled) in arrivals()) {
        prop_assert_eq!(heard(said, minute(0)), heard(shuffled, minute(0)));
    }
}

#[test]
fn the_oldest_statement_goes_when_there_are_too_many() {
    let flood = (0..70).map(|at| keyed(&format!("alert-{at}"), says(Source::LogAlert, Says::Bad, at)));
    let kept = heard(flood.collect::<Vec<_>>(), minute(59)).evidence;
    assert_eq!(kept.len(), EVIDENCE_MAX);
    assert!(!kept.iter().any(|evidence| evidence.key == "alert-5"), "one of the oldest");
    assert!(kept.iter().any(|evidence| evidence.key == "alert-69"), "the newest");
}

#[test]
fn a_clock_that_is_ahead_does_not_silence_its_source() {
    let ahead = heard([says(Source::FrontDoor, Says::Bad, 50)], minute(0));
    assert_eq!(ahead.evidence[0].at, minute(0));
    let mut corrected = ahead;
    corrected.take(says(Source::FrontDoor, Says::Good, 2), minute(2));
    assert_eq!(corrected.evidence[0].says, Says::Good);
}

#[test]
fn the_same_finding_of_our_probe_is_kept_only_once_half_its_life_is_over() {
    let rules = Health::default();
    let mut note = HealthNote::default();
    note.hear_probe(&Probe::Good, &rules, minute(0));
    let first = note.clone();
    note.hear_probe(&Probe::Good, &rules, minute(2));
    assert_eq!(note, first, "five minutes' life: nothing new after two");
    note.hear_probe(&Probe::Good, &rules, minute(3));
    assert_eq!(note.evidence[0].at, minute(3));
    note.hear_probe(&Probe::Bad("503".to_owned()), &rules, minute(3));
    assert_eq!(
        (note.evidence.len(), note.evidence[0].says),
        (1, Says::Bad),
        "another finding counts at once"
    );
}

// ---- the verdict

#[derive(Debug, PartialEq)]
enum Comes {
    Good,
    Bad,
    Unknown,
}

fn comes(verdict: &Verdict) -> Comes {
    match verdict {
        Verdict::Good => Comes::Good,
        Verdict::Bad(_) => Comes::Bad,
        Verdict::Unknown(_) => Comes::Unknown,
    }
}

#[test]
fn what_the_sources_come_to() {
    use Comes::{Bad, Good, Unknown};
    use Source::{FrontDoor, LogAlert, Operator, Probe, ResourceHealth, ServiceHealth};
    let (good, bad) = (|source| says(source, Says::Good, 0), |source| says(source, Says::Bad, 0));
    let nothing = |source| says(source, Says::Nothing, 0);
    let table = [
        ("nobody spoke", vec![], Unknown),
        ("our probe is good", vec![good(Probe)], Good),
        ("our probe is bad", vec![bad(Probe)], Bad),
        ("one that decides is bad, others good", vec![good(Probe), bad(FrontDoor)], Bad),
        ("one that supports is bad", vec![bad(ServiceHealth)], Unknown),
        ("one that supports is bad against a good probe", vec![good(Probe), bad(ServiceHealth)], Unknown),
        ("two that support are bad", vec![bad(ServiceHealth), bad(LogAlert)], Bad),
        ("one that supports is bad, and one that decides", vec![bad(ResourceHealth), bad(Probe)], Bad),
        ("one that supports is good", vec![good(ResourceHealth)], Unknown),
        ("the word was taken back", vec![nothing(FrontDoor)], Unknown),
        ("an operator outweighs the bad", vec![bad(Probe), bad(FrontDoor), good(Operator)], Good),
        ("an operator outweighs the good", vec![good(Probe), bad(Operator)], Bad),
        ("an operator's withdrawn word outweighs nothing", vec![good(Probe), nothing(Operator)], Good),
    ];
    for (what, statements, expected) in table {
        let verdict = verdict(statements, 1);
        assert_eq!(comes(&verdict), expected, "{what}: {verdict}");
    }
}

#[test]
fn one_bad_alert_of_a_source_is_enough_whatever_its_others_say() {
    let fired = keyed("alert-1", says(Source::Gateway, Says::Bad, 0));
    let resolved = keyed("alert-2", says(Source::Gateway, Says::Good, 1));
    assert_eq!(
        verdict(vec![fired, resolved], 1).to_string(),
        "bad: the Application Gateway: the Application Gateway says Bad"
    );
}

#[test]
fn single_machines_are_judged_by_their_share_of_all_machines() {
    let down = |count: usize| {
        let machine = |at: usize| keyed(&format!("{MACHINE_KEY}vm-{at}"), says(Source::Nodes, Says::Bad, 0));
        (0..count).map(machine).collect::<Vec<_>>()
    };
    // Two scale sets of three machines each.
    assert_eq!(comes(&verdict(down(2), 2)), Comes::Good);
    assert_eq!(comes(&verdict(down(3), 2)), Comes::Bad);
    let mut both = down(1);
    both.extend((0..2).map(|at| keyed(&format!("set-{at}"), says(Source::Nodes, Says::Bad, 0))));
    assert_eq!(comes(&verdict(both, 2)), Comes::Bad, "the worse of the two shares counts");
}

#[test]
fn the_share_of_a_stamps_scale_sets_decides_whether_its_nodes_speak_against_it() {
    let nodes = |down: usize, up: usize| {
        let set = |at: usize, what| keyed(&format!("set-{at}"), says(Source::Nodes, what, 0));
        let down = (0..down).map(|at| set(at, Says::Bad));
        down.chain((0..up).map(|at| set(at + 10, Says::Good))).collect::<Vec<_>>()
    };
    // (down, up, known of) -> speaks against it at half or more
    let table = [
        ((1, 0, 1), Comes::Bad),
        ((1, 0, 2), Comes::Bad),
        ((1, 0, 3), Comes::Good),
        ((1, 1, 0), Comes::Bad),
        ((2, 1, 4), Comes::Bad),
        ((0, 1, 4), Comes::Good),
    ];
    for ((down, up, known), expected) in table {
        assert_eq!(comes(&verdict(nodes(down, up), known)), expected, "{down} down, {up} up, of {known}");
    }
}

#[test]
fn what_is_stale_is_unknown_and_configuration_weighs_the_sources() {
    let note = heard([says(Source::Probe, Says::Bad, 0)], minute(1));
    let of = |rules: &Health, at| comes(&note.verdict(rules, NodeCount::default(), minute(at)));
    assert_eq!((of(&Health::default(), 59), of(&Health::default(), 60)), (Comes::Bad, Comes::Unknown));
    for (weight, expected) in [
        (crate::config::Weight::Decides, Comes::Bad),
        (crate::config::Weight::Supports, Comes::Unknown),
        (crate::config::Weight::Ignored, Comes::Unknown),
    ] {
        let rules = Health { sources: [(Source::Probe, weight)].into(), ..Health::default() };
        assert_eq!(of(&rules, 1), expected, "{weight:?}");
    }
}

#[test]
fn every_source_has_its_own_name_in_words_and_in_configuration() {
    for (name, source) in Source::ALL {
        assert_eq!(serde_json::to_value(source).expect("serialises"), name);
    }
    let words: std::collections::BTreeSet<String> =
        Source::ALL.iter().map(|(_, source)| source.to_string()).collect();
    assert_eq!(words.len(), Source::ALL.len());
}

fn after(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}
