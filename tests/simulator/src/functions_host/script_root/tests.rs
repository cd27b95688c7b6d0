use serde_json::{Value, json};

use super::*;

fn host(json: Value) -> Result<HostSettings, HostError> {
    HostSettings::from_json(serde_json::from_value(json).unwrap())
}

#[test]
fn absent_settings_have_the_hosts_defaults() {
    let host = host(json!({"version": "2.0"})).unwrap();
    assert_eq!(host.function_timeout, Some(Duration::from_secs(1800)));
    assert_eq!(host.route_prefix, "api");
    assert_eq!(host.max_concurrent_calls, 16);
    assert_eq!(host.max_auto_lock_renewal, Duration::from_secs(300));
    assert_eq!(host.initialization_timeout, Duration::from_secs(30));
}

#[test]
fn given_settings_are_taken() {
    let host = host(json!({"version": "2.0", "functionTimeout": "-1",
        "extensions": {"http": {"routePrefix": ""},
                       "serviceBus": {"maxConcurrentCalls": 4, "maxAutoLockRenewalDuration": "1.00:20:05"}},
        "customHandler": {"description": {"defaultExecutablePath": "handler", "arguments": ["--quiet"], "workingDirectory": "bin"}}}))
    .unwrap();
    assert_eq!(host.function_timeout, None);
    assert_eq!(host.route_prefix, "");
    assert_eq!(host.max_concurrent_calls, 4);
    assert_eq!(host.max_auto_lock_renewal, Duration::from_secs(24 * 3600 + 20 * 60 + 5));
    assert_eq!(host.executable.as_deref(), Some("handler"));
    assert_eq!(host.arguments, ["--quiet"]);
    assert_eq!(host.working_directory, "bin");
}

#[test]
fn wrong_or_unsimulated_settings_are_refused_by_name() {
    let table = [
        (json!({"version": "1.0"}), "version is 1.0"),
        (json!({"version": "2.0", "functionTimeout": "5m"}), "functionTimeout is 5m"),
        (json!({"version": "2.0", "customHandler": {"enableForwardingHttpRequest": true}}), "forwarding"),
        (
            json!({"version": "2.0", "customHandler": {"description": {"arguments": ["a b"]}}}),
            "arguments is a b",
        ),
        (
            json!({"version": "2.0", "extensions": {"serviceBus": {"autoCompleteMessages": false}}}),
            "autoCompleteMessages",
        ),
    ];
    for (json, expected) in table {
        let message = host(json).unwrap_err().to_string();
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn definitions_may_lie_apart_from_host_json_and_only_direct_children_count() {
    let folder = tempfile::tempdir().unwrap();
    let definitions = folder.path().join("function-definitions");
    for path in ["tick", "events", "events/deeper"] {
        std::fs::create_dir_all(definitions.join(path)).unwrap();
    }
    std::fs::write(folder.path().join("host.json"), r#"{"version":"2.0"}"#).unwrap();
    let event_grid = r#"{"bindings":[{"type":"eventGridTrigger","name":"event","direction":"in"}]}"#;
    for path in ["events", "events/deeper"] {
        std::fs::write(definitions.join(path).join("function.json"), event_grid).unwrap();
    }
    let timer =
        r#"{"bindings":[{"type":"timerTrigger","name":"timer","direction":"in","schedule":"%WHEN%"}]}"#;
    std::fs::write(definitions.join("tick/function.json"), timer).unwrap();

    let root = ScriptRoot { host_json: folder.path().join("host.json"), definitions_dir: definitions };
    let app = root.read(&AppSettings::default().with("WHEN", "0 */5 * * * *")).unwrap();
    let names: Vec<_> = app.functions.iter().map(|function| function.name.as_str()).collect();
    assert_eq!(names, ["events", "tick"]);
    assert!(app.function("Events").is_none(), "case counts");

    let error = root.read(&AppSettings::default()).unwrap_err().to_string();
    assert!(error.contains("tick") && error.contains("%WHEN%"), "{error}");
}
