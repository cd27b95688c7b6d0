//! Every Bicep file of the repository is used, builds without a remark of compiler or linter, and is formatted.

use std::{collections::BTreeSet, path::PathBuf};

use fleet_infra_tests::compiler::Bicep;

#[test]
fn compiler_and_linter_remark_nothing() {
    if let Some(bicep) = Bicep::at_hand().expect("a compiler") {
        let remarks = bicep.remarks().expect("an answer");
        assert!(remarks.is_empty(), "{}", remarks.join("\n"));
    }
}

#[test]
fn every_file_is_formatted() {
    if let Some(bicep) = Bicep::at_hand().expect("a compiler") {
        assert_eq!(bicep.unformatted().expect("an answer"), Vec::<PathBuf>::new());
    }
}

#[test]
fn every_file_is_reached_from_a_parameter_file_and_thus_built() {
    if let Some(bicep) = Bicep::at_hand().expect("a compiler") {
        assert_eq!(bicep.unused().expect("an answer"), BTreeSet::<PathBuf>::new());
    }
}
