use jiff::SignedDuration;

use super::{Clock, EPOCH};

#[test]
fn the_default_epoch_is_an_early_march_morning() {
    assert_eq!(EPOCH.to_string(), "2026-03-04T05:00:00Z");
}

#[test]
fn clones_show_the_same_time() {
    let clock = Clock::default();
    let other = clock.clone();
    clock.advance_by(SignedDuration::from_secs(90));
    assert_eq!(other.now(), EPOCH + SignedDuration::from_secs(90));
}

#[test]
fn time_never_runs_backwards() {
    let clock = Clock::default();
    clock.advance_to(EPOCH - SignedDuration::from_secs(1));
    clock.advance_by(SignedDuration::from_secs(-5));
    assert_eq!(clock.now(), EPOCH);
}
