//! Every Bicep file of the repository builds, without a remark of compiler or linter, and is formatted.

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
        assert_eq!(bicep.unformatted().expect("an answer"), Vec::<std::path::PathBuf>::new());
    }
}
