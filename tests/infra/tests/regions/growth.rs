use fleet_infra_tests::{
    estate::{Difference, growth},
    snapshot::{Snapshot, last_name, text},
};

use crate::predictions::predictions;

#[test]
fn a_second_region_only_adds_what_is_its_own() {
    let Some(predictions) = predictions() else { return };
    assert_eq!(growth(&predictions.one_region, &predictions.two_regions, "westeurope"), Vec::<String>::new());
}

#[test]
fn the_region_in_the_middle_of_the_list_comes_and_goes_with_only_what_is_its_own() {
    let Some(predictions) = predictions() else { return };
    assert_eq!(
        growth(&predictions.two_regions, &predictions.production, "northeurope"),
        Vec::<String>::new()
    );
}

#[test]
fn what_changes_with_a_region_are_the_two_lists_of_regions() {
    let Some(predictions) = predictions() else { return };
    for (without, with) in [
        (&predictions.one_region, &predictions.two_regions),
        (&predictions.two_regions, &predictions.production),
    ] {
        let changed = Difference::between(without, with).changed;
        let mut changed: Vec<&str> = changed.iter().map(|id| last_name(id)).collect();
        changed.sort_unstable();
        assert_eq!(changed, ["alert-retail-resource-health", "apr-retail-stamps"]);
    }
}

#[test]
fn a_region_that_takes_or_changes_what_others_have_is_noticed() {
    let Some(predictions) = predictions() else { return };
    let (without, with) = (&predictions.two_regions, &predictions.production);
    let vaults = "Microsoft.KeyVault/vaults";
    let networks = "Microsoft.Network/virtualNetworks";
    let lists = "Microsoft.AlertsManagement/actionRules";
    let topics = "Microsoft.EventGrid/systemTopics";
    let replace = |kind: &str, from: &str, to: &str| {
        with.spoilt(kind, |resource| {
            *resource = resource.to_string().replace(from, to).parse().expect("still JSON");
        })
    };
    let spoilt: [(Snapshot, &str); 6] = [
        (with.without(vaults, |it| text(&it["location"]) == "westeurope"), "goes"),
        (replace(networks, "10.20.0.0/22", "10.21.0.0/22"), "vnet-hub-swedencentral changes"),
        (replace(lists, "\"enabled\":true", "\"enabled\":false"), "apr-retail-stamps changes"),
        (replace(lists, "rg-stamp-northeurope", "rg-stamp-elsewhere"), "apr-retail-stamps changes"),
        (replace(vaults, "rg-stamp-northeurope", "rg-elsewhere"), "comes and isn't northeurope's"),
        (replace(topics, "evgt-aks-northeurope", "evgt-aks-northeurope2"), "comes and isn't northeurope's"),
    ];
    for (spoilt, words) in spoilt {
        let faults = growth(without, &spoilt, "northeurope");
        assert!(faults.iter().any(|it| it.contains(words)), "{words}: {faults:#?}");
    }
    assert_eq!(growth(with, with, "northeurope"), ["northeurope brings nothing"]);
}

#[test]
fn a_stack_of_its_own_deploys_what_the_whole_deploys_and_so_changes_nothing_after_it() {
    let Some(predictions) = predictions() else { return };
    for part in [&predictions.app, &predictions.region] {
        let difference = Difference::between(&predictions.production, part);
        assert_eq!((difference.added, difference.changed), Default::default());
    }
}
