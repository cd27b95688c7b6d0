//! What must agree although it stands in different files: functions, queues, settings, event types, modules and crates.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use fleet_core::reactions::REACTIONS;
use fleet_handler::{functions, inbound::decoders, settings};
use fleet_local::world::{CLUSTERS, GATES, HEALTH, NOTIFICATIONS, OPERATIONS, QUEUES, SCHEDULED};
use regex::Regex;
use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the workspace")
}

fn json(path: &Path) -> Value {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// function.json of every function, by name.
fn definitions() -> BTreeMap<String, Value> {
    let folder = root().join("function-definitions");
    let entries = fs::read_dir(folder).expect("the definitions").map(|entry| entry.expect("an entry").path());
    let name = |path: &Path| path.file_name().expect("a name").to_string_lossy().into_owned();
    entries.map(|path| (name(&path), json(&path.join("function.json")))).collect()
}

fn bindings(definition: &Value) -> &[Value] {
    definition["bindings"].as_array().map_or(&[], Vec::as_slice)
}

#[test]
fn every_function_has_a_route_and_every_route_a_function() {
    let routed: BTreeSet<String> =
        functions::routes().iter().map(|route| route.function().to_owned()).collect();
    let defined: BTreeSet<String> = definitions().into_keys().collect();
    assert_eq!(routed, defined);
}

#[test]
fn http_functions_are_never_anonymous() {
    for (name, definition) in definitions() {
        for trigger in bindings(&definition).iter().filter(|binding| binding["type"] == "httpTrigger") {
            assert_eq!(trigger["authLevel"], "function", "{name}");
        }
    }
}

#[test]
fn messages_are_delivered_as_bytes_and_queues_are_the_known_ones() {
    let mut named = BTreeSet::new();
    for (name, definition) in definitions() {
        for binding in bindings(&definition) {
            let kind = binding["type"].as_str().unwrap_or_default();
            if !kind.starts_with("serviceBus") {
                continue;
            }
            assert_eq!(binding["connection"], "ServiceBusConnection", "{name}");
            named.insert(binding["queueName"].as_str().expect("a queue").to_owned());
            if kind == "serviceBusTrigger" {
                assert_eq!(
                    binding["dataType"], "binary",
                    "{name}: anything else mixes the body into the metadata"
                );
            }
        }
    }
    assert_eq!(named, QUEUES.map(str::to_owned).into());
}

#[test]
fn the_simulated_subscriptions_ask_for_exactly_the_event_types_that_are_decoded() {
    let decoded: BTreeSet<&str> = decoders::ROWS.iter().map(|row| row.event_type).collect();
    let told: BTreeSet<&str> = OPERATIONS
        .into_iter()
        .chain(NOTIFICATIONS)
        .chain(HEALTH)
        .chain(GATES)
        .chain(CLUSTERS)
        .chain(SCHEDULED)
        .collect();
    assert_eq!(decoded, told);
    let functions = definitions();
    assert!(decoders::ROWS.iter().all(|row| functions.contains_key(row.function)));
}

#[test]
fn every_reaction_is_one_file_of_its_name() {
    let folder = root().join("handlers/core/src/reactions");
    let names: BTreeSet<&str> = REACTIONS.iter().map(|reaction| reaction.name).collect();
    assert_eq!(names.len(), REACTIONS.len(), "names differ");
    for name in names {
        let file = folder.join(format!("{}.rs", name.replace(' ', "_")));
        assert!(file.is_file(), "{} is missing", file.display());
    }
}

#[test]
fn every_variable_that_is_read_stands_in_the_sample_settings_and_no_other() {
    let sample = json(&root().join("local.settings.sample.json"));
    let sampled: BTreeSet<&str> =
        sample["Values"].as_object().expect("Values").keys().map(String::as_str).collect();
    // Set by the host or by App Service, never by a person.
    let given = ["FUNCTIONS_CUSTOMHANDLER_PORT", "IDENTITY_ENDPOINT"];
    // Read by the host, not by the handler.
    let the_hosts =
        ["FUNCTIONS_WORKER_RUNTIME", "AzureWebJobsStorage", "ServiceBusConnection__fullyQualifiedNamespace"];
    let read: BTreeSet<&str> = settings::VARIABLES.into_iter().filter(|name| !given.contains(name)).collect();
    assert_eq!(sampled, read.into_iter().chain(the_hosts).collect());
}

#[test]
fn each_program_reads_the_environment_in_one_place() {
    for path in rust_files(&root().join("handlers")) {
        let text = fs::read_to_string(&path).expect("a source file");
        let reads =
            text.contains("env::var(") || text.contains("env::var_os(") || text.contains("env::vars(");
        let tests = path.to_string_lossy().contains("tests");
        assert!(
            !reads || tests || path.ends_with("app/src/process.rs") || path.ends_with("cli/src/run.rs"),
            "{} reads the environment",
            path.display()
        );
    }
}

#[test]
fn crates_import_only_what_the_house_allows() {
    let allowed: [(&str, &[&str]); 5] = [
        ("handlers/core", &[]),
        ("handlers/arm", &[]),
        ("handlers/app", &["fleet-arm", "fleet-core"]),
        ("handlers/cli", &["fleet-core"]),
        ("tests/simulator", &[]),
    ];
    for (folder, allowed) in allowed {
        let manifest = fs::read_to_string(root().join(folder).join("Cargo.toml")).expect("a manifest");
        let dependencies =
            manifest.split("[dependencies]").nth(1).and_then(|rest| rest.split("[dev-").next());
        let ours: BTreeSet<&str> = dependencies
            .unwrap_or_default()
            .lines()
            .filter(|line| line.starts_with("fleet-"))
            .filter_map(|line| line.split(['.', ' ', '=']).next())
            .collect();
        assert_eq!(ours, allowed.iter().copied().collect(), "{folder}");
    }
}

#[test]
fn the_core_is_pure() {
    let manifest = fs::read_to_string(root().join("handlers/core/Cargo.toml")).expect("a manifest");
    let dependencies = manifest.split("[dependencies]").nth(1).and_then(|rest| rest.split("[dev-").next());
    for banned in ["tokio", "azure", "axum", "reqwest", "rand", "tracing"] {
        assert!(!dependencies.expect("dependencies").contains(banned), "fleet-core depends on {banned}");
    }
    let impure = Regex::new(
        r"Timestamp::now|SystemTime|Instant::now|std::(env|fs|net|process|thread)|Uuid::new_v4|\.now\(\)",
    )
    .expect("an expression");
    for path in rust_files(&root().join("handlers/core/src")) {
        let text = fs::read_to_string(&path).expect("a source file");
        assert!(!impure.is_match(&text), "{} is impure", path.display());
    }
}

#[test]
fn inside_a_crate_modules_form_no_cycle() {
    for folder in ["handlers/core", "handlers/arm", "handlers/app", "handlers/cli"] {
        let graph = module_graph(&root().join(folder).join("src"));
        assert!(graph.len() > 3, "{folder} has modules");
        if let Some(cycle) = cycle(&graph) {
            panic!("{folder}: {}", cycle.join(" -> "));
        }
    }
}

/// `crate::x` mentions by top-level module, tests left out.
fn module_graph(source: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let mention = Regex::new(r"crate::(?:\{([^}]*)\}|([a-z_]+))").expect("an expression");
    let mut graph: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for path in rust_files(source) {
        let inside = path.strip_prefix(source).expect("inside");
        let module = inside.iter().next().expect("a name").to_string_lossy().replace(".rs", "");
        let is_test = inside.to_string_lossy().contains("test");
        if ["lib", "main"].contains(&module.as_str()) || is_test {
            continue;
        }
        let text = without_comments(&fs::read_to_string(&path).expect("a source file"));
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let edges = graph.entry(module.clone()).or_default();
        for found in mention.captures_iter(code) {
            let single = found.get(2).map(|name| name.as_str().to_owned());
            let grouped = found.get(1).map_or("", |group| group.as_str()).split(',');
            let grouped = grouped.filter_map(|part| part.trim().split("::").next()).map(str::to_owned);
            edges
                .extend(single.into_iter().chain(grouped).filter(|name| !name.is_empty() && *name != module));
        }
    }
    let modules: BTreeSet<String> = graph.keys().cloned().collect();
    for edges in graph.values_mut() {
        edges.retain(|name| modules.contains(name));
    }
    graph
}

fn without_comments(text: &str) -> String {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.collect::<Vec<_>>().join("\n")
}

fn cycle(graph: &BTreeMap<String, BTreeSet<String>>) -> Option<Vec<String>> {
    fn visit<'a>(
        at: &'a str,
        graph: &'a BTreeMap<String, BTreeSet<String>>,
        path: &mut Vec<&'a str>,
        done: &mut BTreeSet<&'a str>,
    ) -> Option<Vec<String>> {
        if let Some(begin) = path.iter().position(|module| *module == at) {
            return Some(path[begin..].iter().chain([&at]).map(|module| (*module).to_owned()).collect());
        }
        if !done.insert(at) {
            return None;
        }
        path.push(at);
        let found = graph[at].iter().find_map(|next| visit(next, graph, path, done));
        path.pop();
        found
    }
    let mut done = BTreeSet::new();
    graph.keys().find_map(|module| visit(module, graph, &mut Vec::new(), &mut done))
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

#[test]
fn a_cycle_would_be_found() {
    let edge = |to: &[&str]| to.iter().map(|name| (*name).to_owned()).collect();
    let graph = BTreeMap::from([
        ("a".to_owned(), edge(&["b"])),
        ("b".to_owned(), edge(&["c"])),
        ("c".to_owned(), edge(&["b"])),
    ]);
    assert_eq!(cycle(&graph), Some(["b", "c", "b"].map(str::to_owned).to_vec()));
}
