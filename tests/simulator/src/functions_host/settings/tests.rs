use super::AppSettings;

#[test]
fn percent_names_are_filled_from_the_settings() {
    let settings = AppSettings::from_iter([("QUEUE", "fleet-work"), ("EVERY", "*/5")]);
    assert_eq!(settings.expand("%QUEUE%").as_deref(), Ok("fleet-work"));
    assert_eq!(settings.expand("0 %EVERY% * * * *").as_deref(), Ok("0 */5 * * * *"));
    assert_eq!(settings.expand("100% sure").as_deref(), Ok("100% sure"));
    assert_eq!(settings.expand("%MISSING%"), Err("MISSING".to_owned()));
}

#[test]
fn a_namespace_comes_from_the_identity_setting_or_the_connection_string() {
    let identity = AppSettings::from_iter([("Bus__fullyQualifiedNamespace", "ops.servicebus.windows.net")]);
    assert_eq!(identity.service_bus_namespace("Bus").as_deref(), Some("ops.servicebus.windows.net"));

    let keyed =
        AppSettings::from_iter([("Bus", "Endpoint=sb://ops.servicebus.windows.net/;SharedAccessKeyName=k")]);
    assert_eq!(keyed.service_bus_namespace("Bus").as_deref(), Some("ops.servicebus.windows.net"));

    assert_eq!(AppSettings::default().service_bus_namespace("Bus"), None);
}

#[test]
fn local_settings_are_the_values_of_their_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("local.settings.json");
    std::fs::write(&path, r#"{"IsEncrypted":false,"Values":{"FUNCTIONS_WORKER_RUNTIME":"custom"}}"#).unwrap();
    let settings = AppSettings::from_file(&path).unwrap();
    assert_eq!(settings.iter().collect::<Vec<_>>(), [("FUNCTIONS_WORKER_RUNTIME", "custom")]);

    let missing = AppSettings::from_file(&folder.path().join("nope.json")).unwrap_err().to_string();
    assert!(missing.contains("nope.json"), "{missing}");
}
