//! The predictions, short enough to be read when they change: what there is with one region, what each further one brings,
//! and the automation alone. `cargo insta review` accepts a change.

use fleet_infra_tests::outline;

use crate::predictions::predictions;

#[test]
fn one_region() {
    if let Some(predictions) = predictions() {
        insta::assert_snapshot!(outline::outline(&predictions.one_region));
    }
}

#[test]
fn what_a_second_region_brings() {
    if let Some(predictions) = predictions() {
        insta::assert_snapshot!(outline::difference(&predictions.one_region, &predictions.two_regions));
    }
}

#[test]
fn what_a_third_region_brings() {
    if let Some(predictions) = predictions() {
        insta::assert_snapshot!(outline::difference(&predictions.two_regions, &predictions.production));
    }
}

#[test]
fn the_automation_alone() {
    if let Some(predictions) = predictions() {
        insta::assert_snapshot!(outline::outline(&predictions.app));
    }
}
