//! The public host name of a stamp: from a tag, or from the public address of its Application Gateway.

use fleet_arm::{read::Reader, wire::PublicIpAddress};
use fleet_core::{
    config::Traffic,
    facets::Sight,
    ids::ArmId,
    world::{ClusterSeen, tag},
};
use futures::future::join;

use super::{unread, unread_because};

const WHAT: &str = "the stamp's public host name";

/// The host name in the cluster's tag; an error when the tag is there but holds none.
pub(super) fn tagged(configured: &Traffic, cluster: &ClusterSeen) -> Option<Sight<String>> {
    let host = tag(&cluster.tags, &configured.host_tag)?.trim();
    if is_host(host) {
        return Some(Ok(host.to_ascii_lowercase()));
    }
    let why = format!("tag {} is `{host}`, which is no host name", configured.host_tag);
    Some(Err(unread(WHAT, &why)))
}

/// The host name by the tag if there is one, else through the gateway.
pub(super) async fn of_stamp(
    reader: &Reader<'_>,
    configured: &Traffic,
    cluster: &ClusterSeen,
    tagged: Option<Sight<String>>,
) -> Sight<String> {
    if let Some(host) = tagged {
        return host;
    }
    match gateway_of(configured, cluster)? {
        Some(gateway) => through_gateway(reader, &gateway).await,
        None => Err(unread(
            WHAT,
            &format!(
                "the cluster has neither the tag {} nor an Application Gateway add-on nor the tag {}",
                configured.host_tag, configured.gateway_tag
            ),
        )),
    }
}

fn gateway_of(configured: &Traffic, cluster: &ClusterSeen) -> Sight<Option<ArmId>> {
    match tag(&cluster.tags, &configured.gateway_tag) {
        Some(text) => ArmId::parse(text)
            .map(Some)
            .map_err(|error| unread(WHAT, &format!("tag {}: {error}", configured.gateway_tag))),
        None => Ok(cluster.gateway.clone()),
    }
}

/// A gateway has no name of its own: its public address has. The addresses of its group are listed beside reading it,
/// which saves a round trip wherever the address lies in the same group.
async fn through_gateway(reader: &Reader<'_>, gateway: &ArmId) -> Sight<String> {
    let Some(group) = gateway.resource_group_scope() else {
        return Err(unread(WHAT, &format!("gateway {gateway} lies in no resource group")));
    };
    let (found, addresses) = join(
        reader.application_gateway(gateway.as_str()),
        reader.public_ip_addresses_in_group(group.as_str()),
    )
    .await;
    let found =
        found.map_err(|error| unread_because(&format!("application gateway {}", gateway.name()), &error))?;
    let Some(wanted) = found.public_ip_ids().find_map(|id| ArmId::parse(id).ok()) else {
        return Err(unread(WHAT, &format!("application gateway {} has no public address", gateway.name())));
    };
    let listed = addresses.ok().and_then(|listing| {
        listing.items.into_iter().find(|address| ArmId::parse(&address.id).is_ok_and(|id| id == wanted))
    });
    let address = match listed {
        Some(address) => address,
        None => reader
            .public_ip_address(wanted.as_str())
            .await
            .map_err(|error| unread_because(&format!("public address {}", wanted.name()), &error))?,
    };
    name_of(&address).ok_or_else(|| {
        unread(WHAT, &format!("public address {} has neither a DNS label nor an address yet", wanted.name()))
    })
}

fn name_of(address: &PublicIpAddress) -> Option<String> {
    let named = address.fqdn().filter(|host| is_host(host));
    named.or(address.properties.ip_address.as_deref()).map(str::to_ascii_lowercase)
}

/// Letters, digits, dots and hyphens: nothing that could turn a host into another URL.
fn is_host(text: &str) -> bool {
    let legal = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.len() <= 253 && text.split('.').all(legal)
}

#[cfg(test)]
mod tests {
    use super::is_host;

    #[test]
    fn only_host_names_and_addresses_are_hosts() {
        for good in ["weu.contoso.example", "20.1.2.3", "a", "x-1.example"] {
            assert!(is_host(good), "{good}");
        }
        for bad in
            ["", "a b", "evil@host", "host:443", "host/path", "-a", "a..b", "https://a", &"a".repeat(64)]
        {
            assert!(!is_host(bad), "{bad}");
        }
    }
}
