//! The way from Front Door into a stamp.

use std::collections::BTreeSet;

use serde_json::Value;

use super::waf::{self, Request};
use crate::{
    snapshot::{members, text, texts},
    stamp::{Stamp, only, refers_to, shared},
};

/// Who else may reach the subnet of an Application Gateway, and how: Azure runs it by these.
const PLATFORM: [(&str, &str); 2] = [("GatewayManager", "65200-65535"), ("AzureLoadBalancer", "*")];

/// Every Front Door of the world.
const FRONT_DOOR: &str = "AzureFrontDoor.Backend";

/// R69, R73: Front Door speaks HTTPS to the gateway, which listens to nothing else, with the certificate from its vault.
#[must_use]
pub fn encrypted(stamp: &Stamp) -> Vec<String> {
    let gateway = &stamp.gateway()["properties"];
    let mut listeners = members(&gateway["httpListeners"]).peekable();
    let listens = listeners.peek().is_some();
    let secret = text(&gateway["sslCertificates"][0]["properties"]["keyVaultSecretId"]);
    let vault = stamp.the("Microsoft.KeyVault/vaults");
    stamp.faults([
        (listens, "the gateway listens to nobody"),
        (
            listeners.all(|it| {
                it["properties"]["protocol"] == "Https" && !it["properties"]["sslCertificate"]["id"].is_null()
            }),
            "the gateway listens without encryption",
        ),
        (
            members(&gateway["frontendPorts"]).all(|port| port["properties"]["port"] == 443),
            "the gateway has another port open than that of HTTPS",
        ),
        (secret.contains(text(&vault["id"])) && !vault.is_null(), "the certificate isn't that of its vault"),
        (
            text(&gateway["sslPolicy"]["policyName"]).starts_with("AppGwSslPolicy2022"),
            "old versions of TLS are admitted",
        ),
    ])
}

/// R70: the subnet of the gateway admits Front Doors by HTTPS, and what Azure runs it by. Beside them `probes`, the addresses
/// that the handler asks from: as CIDR, also by HTTPS.
#[must_use]
pub fn admitted(stamp: &Stamp, probes: &[&str]) -> Vec<String> {
    let subnet = stamp
        .subnet(&stamp.gateway()["properties"]["gatewayIPConfigurations"][0]["properties"]["subnet"]["id"]);
    let guards = stamp.of_type("Microsoft.Network/networkSecurityGroups");
    let guard =
        only(guards.filter(|guard| refers_to(&subnet["properties"]["networkSecurityGroup"]["id"], guard)));
    let rules: Vec<&Value> = members(&guard["properties"]["securityRules"])
        .map(|rule| &rule["properties"])
        .filter(|rule| rule["direction"] == "Inbound")
        .collect();
    let last = rules.iter().max_by_key(|rule| rule["priority"].as_i64());
    let admitted: BTreeSet<(String, String)> =
        rules.iter().filter(|rule| rule["access"] == "Allow").flat_map(|rule| openings(rule)).collect();
    let wanted = PLATFORM.into_iter().chain([(FRONT_DOOR, "443")]);
    let wanted = wanted.chain(probes.iter().map(|&probe| (probe, "443")));
    let wanted: BTreeSet<(String, String)> =
        wanted.map(|(who, how)| (who.to_owned(), how.to_owned())).collect();
    let mut faults = stamp.faults([
        (!guard.is_null(), "nothing guards the gateway's subnet"),
        (last.is_some_and(|rule| refuses_all(rule)), "its last rule isn't to refuse everything"),
    ]);
    let differing = admitted.symmetric_difference(&wanted);
    faults.extend(differing.map(|(who, how)| {
        let verdict = if admitted.contains(&(who.clone(), how.clone())) { "may" } else { "may not" };
        format!("{}: {who} {verdict} reach port {how} of the gateway", stamp.name)
    }));
    faults
}

fn refuses_all(rule: &Value) -> bool {
    let mut everything =
        ["sourceAddressPrefix", "destinationAddressPrefix", "destinationPortRange", "protocol"].iter();
    rule["access"] == "Deny" && everything.all(|what| rule[what] == "*")
}

/// Who may reach which ports, by a rule.
fn openings(rule: &Value) -> Vec<(String, String)> {
    let all_of = |one: &str, several: &str| -> Vec<String> {
        texts(&rule[several]).chain(rule[one].as_str()).map(str::to_owned).collect()
    };
    let ports = all_of("destinationPortRange", "destinationPortRanges");
    let sources = all_of("sourceAddressPrefix", "sourceAddressPrefixes");
    sources.iter().flat_map(|source| ports.iter().map(|port| (source.clone(), port.clone()))).collect()
}

/// R71: the gateway refuses what did not come through our Front Door, but for the health path from `probes`, plain addresses.
#[must_use]
pub fn only_our_front_door(stamp: &Stamp, probes: &[&str]) -> Vec<String> {
    let policies = stamp.of_type("Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies");
    let attached = &stamp.gateway()["properties"]["firewallPolicy"]["id"];
    let policy = &only(policies.filter(|policy| refers_to(attached, policy)))["properties"];
    let ours =
        format!("[toLower(reference('{}'", text(&shared(stamp.snapshot, "Microsoft.Cdn/profiles")["id"]));
    let ours = waf::values_of(policy).find(|value| value.starts_with(&ours)).unwrap_or("none");
    let health = text(&stamp.gateway()["properties"]["probes"][0]["properties"]["path"]);
    let refused = |front_door, address, path| waf::refuses(policy, Request { front_door, address, path });
    let (stranger, elsewhere) = (Some("00000000-0000-0000-0000-000000000000"), "198.51.100.77");
    let mut faults = stamp.faults([
        (waf::is_on(policy), "the web application firewall only watches, or isn't there"),
        (!refused(Some(ours), elsewhere, "/orders"), "our own Front Door is refused"),
        (refused(stranger, elsewhere, "/orders"), "another's Front Door is let in"),
        (refused(None, elsewhere, "/orders"), "a request without the header is let in"),
        (refused(None, elsewhere, health), "anybody may ask the health path"),
    ]);
    for probe in probes {
        faults.extend(stamp.faults([
            (!refused(None, probe, health), "the handler may not ask the health path"),
            (refused(None, probe, "/orders"), "the handler may ask more than the health path"),
        ]));
    }
    faults
}
