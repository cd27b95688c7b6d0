use super::*;

#[test]
fn a_setting_that_names_no_store_is_refused_and_says_what_would() {
    let bad =
        ["", "memory", "file:", "http://a.example/c", "https://a.example/", "https://a.example/c?sig=secret"];
    for setting in bad {
        let error = open(setting, None).expect_err(setting).to_string();
        assert!(error.contains("expected `memory:`"), "{setting}: {error}");
        assert!(!error.contains("secret"), "{error}");
    }
}

#[test]
fn a_blob_store_needs_a_credential() {
    let error = open("https://account.example/fleet-state", None).expect_err("no credential");
    assert!(matches!(error, OpenError::NoCredential { .. }), "{error}");
}

#[test]
fn a_file_setting_may_be_a_path_or_a_url() {
    for setting in ["file:./state", "file:///var/fleet"] {
        open(setting, None).expect(setting);
    }
}

#[test]
fn names_that_could_leave_the_folder_are_refused() {
    for name in ["", "/etc/passwd", "../x", "a//b", ".lock", "a/.b", "A", "a b", "a\\b", &"a".repeat(201)] {
        assert!(matches!(checked(name), Err(StateError::Invalid { .. })), "{name}");
    }
    for name in ["traffic.json", "journal/2026-11-22.jsonl", "0"] {
        checked(name).expect(name);
    }
}
