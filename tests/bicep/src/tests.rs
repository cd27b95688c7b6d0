use std::fs;
use std::path::Path;

use super::{Compiler, Surroundings};

fn touch(path: &Path) {
    fs::create_dir_all(path.parent().expect("a file in a folder")).expect("folder");
    fs::write(path, "").expect("file");
}

fn in_folder(folder: &Path) -> Surroundings {
    Surroundings { workspace: folder.join("checkout"), ..Surroundings::default() }
}

#[test]
fn the_named_compiler_comes_first_then_the_path_then_the_one_beside_the_checkout() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::create_dir(folder.path().join("checkout")).expect("folder");
    let name = format!("bicep{}", std::env::consts::EXE_SUFFIX);
    let on_path = folder.path().join("bin").join(name);
    let beside = folder.path().join("shared/tools/bicep");
    let found =
        |surroundings: &Surroundings| Compiler::find(surroundings).map(|compiler| compiler.path().to_owned());

    let mut surroundings = in_folder(folder.path());
    surroundings.search_path = Some(folder.path().join("bin").into_os_string());
    assert_eq!(found(&surroundings), None);

    touch(&beside);
    let canonical = found(&surroundings).and_then(|path| path.canonicalize().ok());
    assert_eq!(canonical, beside.canonicalize().ok());
    touch(&on_path);
    assert_eq!(found(&surroundings), Some(on_path));
    surroundings.named = Some("mine".into());
    assert_eq!(found(&surroundings), Some("mine".into()));
}

#[test]
fn a_verdict_is_demanded_by_name_or_by_ci_where_there_is_a_place_for_the_compiler() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::create_dir(folder.path().join("checkout")).expect("folder");
    let here = in_folder(folder.path());
    let ci = Surroundings { continuous_integration: true, ..here.clone() };
    assert!(!here.demand_a_verdict());
    assert!(!ci.demand_a_verdict());
    assert!(Surroundings { named: Some("mine".into()), ..here.clone() }.demand_a_verdict());

    fs::create_dir(folder.path().join("shared")).expect("folder");
    assert!(ci.demand_a_verdict());
    assert!(!here.demand_a_verdict());
}
