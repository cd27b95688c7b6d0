use std::{collections::BTreeMap, io, path::Path};

use super::*;

const GOOD: &str = r#"{
  "fleet": "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.ContainerService/fleets/f",
  "scope": { "subscriptions": ["00000000-0000-0000-0000-000000000001"] },
  "membership": { "defaultGroup": "rest" }
}"#;

fn read(variables: &[(&str, &str)], file: Result<&str, io::ErrorKind>) -> Result<Settings, InvalidSettings> {
    let variables: BTreeMap<_, _> = variables.iter().copied().collect();
    let variable = |name: &str| variables.get(name).map(|value| (*value).to_owned());
    Settings::read(variable, |_: &Path| file.map(str::to_owned).map_err(io::Error::from))
}

#[test]
fn two_variables_and_a_configuration_are_enough() {
    let settings =
        read(&[(PORT_VARIABLE, "7001"), (STATE_VARIABLE, "memory:")], Ok(GOOD)).expect("good settings");
    assert_eq!(settings.endpoint.as_str(), "https://management.azure.com/");
    assert_eq!(settings.identity, Identity::Developer);
}

#[test]
fn where_app_service_hands_out_tokens_the_managed_identity_serves() {
    let base =
        [(PORT_VARIABLE, "1"), (STATE_VARIABLE, "memory:"), (IDENTITY_VARIABLE, "http://127.0.0.1:1/msi")];
    let system = read(&base, Ok(GOOD)).expect("good settings").identity;
    assert_eq!(system, Identity::Managed { client_id: None });
    let user =
        read(&[base[0], base[1], base[2], (CLIENT_ID_VARIABLE, "c")], Ok(GOOD)).expect("good").identity;
    assert_eq!(user, Identity::Managed { client_id: Some("c".to_owned()) });
}

#[test]
fn every_problem_is_told_at_once_with_its_path_and_what_is_allowed() {
    let config = GOOD.replace("\"rest\"", "\"Not Legal\"").replace("\"scope\"", "\"scopes\"");
    let error =
        read(&[(ENDPOINT_VARIABLE, "http://plain")], Ok(&config)).expect_err("nothing is right").to_string();
    for part in [
        "FUNCTIONS_CUSTOMHANDLER_PORT is not set",
        "FLEET_STATE is not set; expected memory:",
        "AZURE_ARM_ENDPOINT is `http://plain`; expected https",
        "fleet.json: $.scope: is missing",
        "fleet.json: $.scopes: is not a known key; allowed are",
        "fleet.json: $.membership.defaultGroup: `Not Legal` is not an update group; expected 1 to 50",
    ] {
        assert!(error.contains(part), "{part} is not in:\n{error}");
    }
}

#[test]
fn a_file_that_cannot_be_read_names_itself_and_the_variable() {
    let error = read(&[(CONFIG_VARIABLE, "other.json")], Err(io::ErrorKind::NotFound))
        .expect_err("no file")
        .to_string();
    assert!(error.contains("other.json cannot be read") && error.contains(CONFIG_VARIABLE), "{error}");
}

#[test]
fn blank_variables_count_as_absent() {
    let error = read(&[(STATE_VARIABLE, " ")], Ok(GOOD)).expect_err("blank").to_string();
    assert!(error.contains("FLEET_STATE is not set"), "{error}");
}
