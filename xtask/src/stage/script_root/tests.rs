use std::{os::unix::fs::MetadataExt as _, time::SystemTime};

use super::*;

/// A workspace with two functions, and a built handler that is not really one.
struct Workspace(tempfile::TempDir);

impl Workspace {
    fn new() -> Self {
        let workspace = Self(tempfile::tempdir().expect("a temporary folder"));
        workspace.put("host.json", r#"{ "version": "2.0" }"#);
        workspace.put("local.settings.sample.json", r#"{ "IsEncrypted": false }"#);
        workspace.put("function-definitions/work/function.json", r#"{ "bindings": [] }"#);
        workspace.put("function-definitions/tick/function.json", r#"{ "bindings": [] }"#);
        workspace.put("target/release/handler", "not really an executable");
        workspace.put("fleet.json", include_str!("../../../../fleet.sample.json"));
        workspace
    }

    fn path(&self, below: &str) -> PathBuf {
        self.0.path().join(below)
    }

    fn put(&self, below: &str, text: &str) {
        let path = self.path(below);
        fs::create_dir_all(path.parent().expect("a folder")).expect("created");
        fs::write(path, text).expect("written");
    }

    fn text(&self, below: &str) -> String {
        fs::read_to_string(self.path(below)).expect("a text file")
    }

    fn stage(&self, purpose: Purpose) -> anyhow::Result<Vec<Change>> {
        let (executable, config) = (self.path("target/release/handler"), self.path("fleet.json"));
        ScriptRoot::gather(self.0.path(), &executable, &config, purpose)?.lay_out(&self.path("dist"))
    }

    /// Every file in `dist`, with inode and time of change: what a rewrite would alter.
    fn files(&self) -> BTreeMap<PathBuf, (u64, SystemTime)> {
        let mut files = BTreeMap::new();
        let mut folders = vec![self.path("dist")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                let found = fs::metadata(&path).expect("metadata");
                if found.is_dir() {
                    folders.push(path);
                } else {
                    let below = path.strip_prefix(self.path("dist")).expect("below dist").to_owned();
                    files.insert(below, (found.ino(), found.modified().expect("a time")));
                }
            }
        }
        files
    }

    fn names(&self) -> Vec<String> {
        self.files().keys().map(|path| path.display().to_string()).collect()
    }
}

const FOR_AZURE: [&str; 6] =
    ["fleet.json", "fleet.schema.json", "handler", "host.json", "tick/function.json", "work/function.json"];

#[test]
fn a_second_run_changes_nothing() {
    let workspace = Workspace::new();
    assert_eq!(workspace.stage(Purpose::LocalRun).expect("staged").len(), 7);
    let before = workspace.files();
    assert_eq!(workspace.stage(Purpose::LocalRun).expect("staged"), []);
    assert_eq!(workspace.files(), before);
}

#[test]
fn only_a_local_run_gets_local_settings() {
    let workspace = Workspace::new();
    workspace.stage(Purpose::Deployment).expect("staged");
    assert_eq!(workspace.names(), FOR_AZURE);
    workspace.stage(Purpose::LocalRun).expect("staged");
    assert_eq!(workspace.text("dist/local.settings.json"), workspace.text("local.settings.sample.json"));
    workspace.stage(Purpose::Deployment).expect("staged");
    assert_eq!(workspace.names(), FOR_AZURE);
}

#[test]
fn edited_local_settings_are_kept_and_never_deployed() {
    let workspace = Workspace::new();
    workspace.put("dist/local.settings.json", "mine");
    let changes = workspace.stage(Purpose::LocalRun).expect("staged");
    assert!(changes.contains(&Change::Kept(workspace.path("dist/local.settings.json"))), "{changes:?}");
    let refused = workspace.stage(Purpose::Deployment).expect_err("settings may hold keys").to_string();
    assert!(refused.contains("--out"), "{refused}");
    assert_eq!(workspace.text("dist/local.settings.json"), "mine");
}

#[test]
fn a_function_that_is_gone_leaves_the_script_root() {
    let workspace = Workspace::new();
    workspace.stage(Purpose::LocalRun).expect("staged");
    workspace.put("dist/state/ledger.json", "{}");
    fs::remove_dir_all(workspace.path("function-definitions/tick")).expect("removed");
    let changes = workspace.stage(Purpose::LocalRun).expect("staged");
    assert_eq!(changes, [Change::Removed(workspace.path("dist/tick"))]);
    assert_eq!(
        workspace.text("dist/state/ledger.json"),
        "{}",
        "folders of no function are none of our business"
    );
}

#[test]
fn the_handler_is_executable_and_replaced_when_it_was_built_anew() {
    let workspace = Workspace::new();
    workspace.stage(Purpose::LocalRun).expect("staged");
    let mode = fs::metadata(workspace.path("dist/handler")).expect("metadata").permissions().mode();
    assert_eq!(mode & 0o777, 0o755);
    workspace.put("target/release/handler", "a newer one");
    let changes = workspace.stage(Purpose::LocalRun).expect("staged");
    assert_eq!(changes, [Change::Wrote(workspace.path("dist/handler"))]);
    assert_eq!(workspace.text("dist/handler"), "a newer one");
}

#[test]
fn the_configuration_finds_its_schema_beside_it() {
    let workspace = Workspace::new();
    workspace.stage(Purpose::Deployment).expect("staged");
    let config: serde_json::Value = serde_json::from_str(&workspace.text("dist/fleet.json")).expect("JSON");
    assert_eq!(config["$schema"], "./fleet.schema.json");
    assert!(workspace.path("dist").join("fleet.schema.json").is_file());
}

#[test]
fn a_configuration_that_the_handler_refuses_is_not_staged() {
    let workspace = Workspace::new();
    workspace.put("fleet.json", r#"{ "flete": "x" }"#);
    let refused = workspace.stage(Purpose::Deployment).expect_err("no such key");
    assert!(format!("{refused:#}").contains("flete"), "{refused:#}");
    assert!(!workspace.path("dist").exists());
}
