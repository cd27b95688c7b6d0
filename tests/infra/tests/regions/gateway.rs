use fleet_infra_tests::{
    lines::{gateway, shared},
    snapshot::Snapshot,
    stamp::Stamp,
};

use crate::{
    predictions::{PROBE, predictions},
    spoil::{
        Spoil::{Replace, Without},
        every_region, production,
    },
};

const GATEWAYS: &str = "Microsoft.Network/applicationGateways";
const GUARDS: &str = "Microsoft.Network/networkSecurityGroups";
const POLICIES: &str = "Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies";

#[test]
fn r69_front_door_and_each_gateway_speak_https_only() {
    every_region(
        gateway::encrypted,
        &[
            (Without(GATEWAYS), "listens to nobody"),
            (
                Replace(GATEWAYS, "\"protocol\":\"Https\"", "\"protocol\":\"Http\""),
                "listens without encryption",
            ),
            (Replace(GATEWAYS, "\"port\":443", "\"port\":80"), "another port open"),
            (Replace(GATEWAYS, "vaults/kv-stamp-", "vaults/kv-other-"), "isn't that of its vault"),
            (Replace(GATEWAYS, "AppGwSslPolicy20220101S", "AppGwSslPolicy20150501"), "old versions of TLS"),
        ],
    );
    production(
        shared::forwarded_encrypted,
        &[
            (
                Replace("Microsoft.Cdn/profiles/afdEndpoints/routes", "HttpsOnly", "MatchRequest"),
                "forwards without encryption",
            ),
            (
                Replace("Microsoft.Cdn/profiles/originGroups", "\"Https\"", "\"Http\""),
                "probes without encryption",
            ),
        ],
    );
}

#[test]
fn r70_the_gateway_of_each_region_admits_front_door_only() {
    every_region(
        |stamp| gateway::admitted(stamp, &[]),
        &[
            (Replace(GUARDS, "AzureFrontDoor.Backend", "Internet"), "Internet may reach port 443"),
            (
                Replace(GUARDS, "AzureFrontDoor.Backend", "AzureFrontDoor.Frontend"),
                "AzureFrontDoor.Backend may not",
            ),
            (Replace(GUARDS, "[\"443\"]", "[\"80\",\"443\"]"), "AzureFrontDoor.Backend may reach port 80"),
            (Replace(GUARDS, "\"access\":\"Deny\"", "\"access\":\"Allow\""), "to refuse everything"),
            (Replace(GUARDS, "\"priority\":4096", "\"priority\":50"), "to refuse everything"),
            (Without(GUARDS), "nothing guards"),
        ],
    );
}

#[test]
fn r70_a_gateway_that_the_handler_probes_admits_its_address_and_nobody_else() {
    let Some(predictions) = predictions() else { return };
    let probe = format!("{PROBE}/32");
    for stamp in Stamp::all(&predictions.probed) {
        assert_eq!(gateway::admitted(&stamp, &[&probe]), Vec::<String>::new());
        let unexpected = gateway::admitted(&stamp, &[]);
        assert_eq!(unexpected, [format!("{}: {probe} may reach port 443 of the gateway", stamp.name)]);
    }
}

#[test]
fn r71_the_gateway_of_each_region_refuses_all_but_our_front_door() {
    every_region(
        |stamp| gateway::only_our_front_door(stamp, &[]),
        &[
            (Replace(POLICIES, "\"mode\":\"Prevention\"", "\"mode\":\"Detection\""), "only watches"),
            (
                Replace(POLICIES, "\"operator\":\"Equal\"", "\"operator\":\"Contains\""),
                "another's Front Door is let in",
            ),
            (Replace(POLICIES, "\"action\":\"Block\"", "\"action\":\"Log\""), "without the header is let in"),
            (Replace(POLICIES, "profiles/afd-retail", "profiles/afd-other"), "our own Front Door is refused"),
            (
                Replace(POLICIES, "\"negationConditon\":true", "\"negationConditon\":false"),
                "our own Front Door is refused",
            ),
            (Replace(GATEWAYS, "waf-gateway-{region}", "waf-none"), "isn't there"),
        ],
    );
}

#[test]
fn r71_a_gateway_that_the_handler_probes_shows_it_the_health_path_and_nothing_else() {
    let Some(predictions) = predictions() else { return };
    assert_eq!(shown_to_the_handler(&predictions.probed), Vec::<String>::new());
    for (from, to, words) in [
        ("203.0.113.7/32", "0.0.0.0/0", "the handler may not ask the health path"),
        ("\"/healthz\"", "\"/orders\"", "the handler may ask more than the health path"),
    ] {
        let spoilt = predictions.probed.spoilt(POLICIES, |policy| {
            *policy = policy.to_string().replace(from, to).parse().expect("still JSON");
        });
        let faults = shown_to_the_handler(&spoilt);
        assert!(faults.iter().any(|it| it.contains(words)), "{words}: {faults:?}");
    }
}

fn shown_to_the_handler(snapshot: &Snapshot) -> Vec<String> {
    Stamp::all(snapshot).flat_map(|stamp| gateway::only_our_front_door(&stamp, &[PROBE])).collect()
}
