use super::Seed;

#[test]
fn the_same_key_gives_the_same_choice_and_another_seed_another() {
    assert_eq!(Seed(7).number(&["PUT", "/a"]), Seed(7).number(&["PUT", "/a"]));
    assert_ne!(Seed(7).number(&["PUT", "/a"]), Seed(8).number(&["PUT", "/a"]));
}

#[test]
fn parts_of_a_key_do_not_run_together() {
    assert_ne!(Seed(7).number(&["a", "bc"]), Seed(7).number(&["ab", "c"]));
}

#[test]
fn a_range_includes_both_ends_and_nothing_else() {
    let drawn: std::collections::BTreeSet<u64> =
        (0..200).map(|key: u32| Seed(1).between(3, 5, &[&key.to_string()])).collect();
    assert_eq!(drawn.into_iter().collect::<Vec<_>>(), [3, 4, 5]);
}

#[test]
fn a_guid_looks_random() {
    assert_eq!(Seed(1).guid(&["x"]).get_version_num(), 4);
}
