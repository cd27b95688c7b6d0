//! From verdicts to a standing. The note is stored and read back between every two looks: each is a restart.

use super::*;

/// A stamp that is looked at every minute.
struct Watch {
    note: HealthNote,
    minute: i64,
    turns: Vec<(i64, Standing)>,
}

impl Watch {
    fn begin() -> Self {
        Self { note: HealthNote::default(), minute: 0, turns: Vec::new() }
    }

    /// So many minutes of the same word.
    fn hears(mut self, what: Says, minutes: i64) -> Self {
        for _ in 0..minutes {
            self.look(what);
        }
        self
    }

    fn look(&mut self, what: Says) {
        let now = minute(self.minute);
        let stored = serde_json::to_string(&self.note).expect("serialises");
        self.note = serde_json::from_str(&stored).expect("parses");
        self.note.take(says(Source::Probe, what, self.minute), now);
        let judged = self.note.judge(&Health::default(), NodeCount::default(), now);
        if judged.note.standing != self.note.standing {
            self.turns.push((self.minute, judged.note.standing));
        }
        self.note = judged.note;
        self.minute += 1;
    }
}

use Says::{Bad, Good, Nothing};
use Standing::{Healthy, Sick};

#[test]
fn a_stamp_falls_sick_after_two_bad_minutes_and_is_well_after_ten_good_ones() {
    let watch = Watch::begin().hears(Good, 5).hears(Bad, 5).hears(Good, 20);
    assert_eq!(watch.turns, [(7, Sick), (20, Healthy)]);
}

#[test]
fn the_judgement_tells_when_it_turns_if_nothing_changes() {
    let note = heard([says(Source::Probe, Bad, 0)], minute(0));
    let judged = note.judge(&Health::default(), NodeCount::default(), minute(0));
    assert_eq!((judged.note.standing, judged.due), (Healthy, Some(minute(0) + after(2))));
    let sick = judged.note.judge(&Health::default(), NodeCount::default(), minute(2));
    assert_eq!((sick.note.standing, sick.due), (Sick, None));
    assert_eq!(
        sick.note.judge(&Health::default(), NodeCount::default(), minute(2)).note,
        sick.note,
        "the same again"
    );
}

#[test]
fn a_single_good_or_unknown_minute_begins_the_count_anew() {
    for pause in [Good, Nothing] {
        let watch = Watch::begin().hears(Bad, 2).hears(pause, 1).hears(Bad, 3);
        assert_eq!(watch.turns, [(5, Sick)], "{pause:?}");
    }
    for pause in [Bad, Nothing] {
        let watch = Watch::begin().hears(Bad, 3).hears(Good, 9).hears(pause, 1).hears(Good, 11);
        assert_eq!(watch.turns, [(2, Sick), (23, Healthy)], "{pause:?}");
    }
}

#[test]
fn silence_neither_drains_nor_brings_back() {
    assert_eq!(Watch::begin().hears(Nothing, 500).turns, []);
    assert_eq!(Watch::begin().hears(Bad, 3).hears(Nothing, 500).turns, [(2, Sick)]);
}

#[test]
fn each_further_fall_within_the_window_doubles_the_way_back_up_to_the_longest() {
    let mut watch = Watch::begin();
    let mut waits = Vec::new();
    let rules = Health { flap_window_minutes: 10_080, ..Health::default() };
    for _ in 0..7 {
        let well = |watch: &Watch| watch.note.standing == Healthy;
        while well(&watch) {
            step(&mut watch, &rules, Bad);
        }
        let since = watch.minute;
        while !well(&watch) {
            step(&mut watch, &rules, Good);
        }
        waits.push(watch.minute - since - 1);
    }
    assert_eq!(waits, [10, 20, 40, 80, 160, 240, 240]);
}

fn step(watch: &mut Watch, rules: &Health, what: Says) {
    let now = minute(watch.minute);
    watch.note.take(says(Source::Probe, what, watch.minute), now);
    watch.note = watch.note.judge(rules, NodeCount::default(), now).note;
    watch.minute += 1;
}

#[test]
fn falls_older_than_the_window_are_forgotten() {
    let again = |pause| {
        let watch = Watch::begin().hears(Bad, 3).hears(Good, pause).hears(Bad, 3);
        watch.note.falls.len()
    };
    assert_eq!((again(300), again(400)), (2, 1));
}

#[test]
fn flapping_evidence_drains_at_most_once_and_brings_back_at_most_once_per_window() {
    // Minutes of bad and good in turn, for a window of six hours, with a restart every minute -> (drains, restores)
    let table = [
        ((1, 1), (0, 0)),
        ((2, 3), (0, 0)),
        ((3, 5), (1, 0)),
        ((3, 10), (1, 0)),
        ((5, 9), (1, 0)),
        ((30, 1), (1, 0)),
    ];
    for ((bad, good), expected) in table {
        let mut watch = Watch::begin();
        while watch.minute < 360 {
            watch = watch.hears(Bad, bad).hears(Good, good);
        }
        let count = |standing| watch.turns.iter().filter(|(_, turned)| *turned == standing).count();
        assert_eq!((count(Sick), count(Healthy)), expected, "{bad} bad, {good} good");
    }
}

proptest! {
    #![proptest_config(settings())]

    #[test]
    fn whatever_is_said_a_window_sees_few_returns(said in proptest::collection::vec((any::<bool>(), 1..60i64), 1..40)) {
        let mut watch = Watch::begin();
        for (good, minutes) in said {
            watch = watch.hears(if good { Good } else { Bad }, minutes);
        }
        let returns: Vec<i64> =
            watch.turns.iter().filter(|(_, turned)| *turned == Healthy).map(|(at, _)| *at).collect();
        // 10 + 20 + 40 + 80 + 160 minutes of waiting fit into the window's 360.
        let crowded = returns.windows(7).find(|seven| seven[6] - seven[0] < 360);
        prop_assert_eq!(crowded, None, "{:?}", watch.turns);
    }
}
