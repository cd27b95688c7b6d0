//! The JSON of resources as the simulated world makes them; `id` and `name` are added when they are stored.

use serde_json::{Value, json};

pub(super) fn fleet(region: &str) -> Value {
    json!({
        "type": "Microsoft.ContainerService/fleets",
        "location": region,
        "tags": {},
        "properties": {"provisioningState": "Succeeded"},
    })
}

pub(super) fn registry(name: &str, region: &str, role_assignment_mode: &str) -> Value {
    json!({
        "type": "Microsoft.ContainerRegistry/registries",
        "location": region,
        "tags": {},
        "sku": {"name": "Premium", "tier": "Premium"},
        "properties": {
            "loginServer": format!("{}.azurecr.io", name.to_ascii_lowercase()),
            "provisioningState": "Succeeded",
            "adminUserEnabled": false,
            "anonymousPullEnabled": false,
            "publicNetworkAccess": "Enabled",
            "roleAssignmentMode": role_assignment_mode,
        },
    })
}

pub(super) fn replication(region: &str) -> Value {
    json!({
        "type": "Microsoft.ContainerRegistry/registries/replications",
        "location": region,
        "properties": {"provisioningState": "Succeeded", "regionEndpointEnabled": true},
    })
}

pub(super) fn profile(front_door_id: &str) -> Value {
    json!({
        "type": "Microsoft.Cdn/profiles",
        "location": "Global",
        "kind": "frontdoor",
        "tags": {},
        "sku": {"name": "Premium_AzureFrontDoor"},
        "properties": {
            "frontDoorId": front_door_id,
            "originResponseTimeoutSeconds": 60,
            "provisioningState": "Succeeded",
            "resourceState": "Active",
        },
    })
}

pub(super) fn endpoint(name: &str) -> Value {
    json!({
        "type": "Microsoft.Cdn/profiles/afdEndpoints",
        "location": "Global",
        "properties": {
            "enabledState": "Enabled",
            "hostName": format!("{name}.z01.azurefd.net"),
            "provisioningState": "Succeeded",
        },
    })
}

pub(super) fn origin_group() -> Value {
    json!({
        "type": "Microsoft.Cdn/profiles/originGroups",
        "properties": {
            "loadBalancingSettings":
                {"sampleSize": 4, "successfulSamplesRequired": 3, "additionalLatencyInMilliseconds": 50},
            "healthProbeSettings": {
                "probePath": "/healthz", "probeRequestType": "GET", "probeProtocol": "Https", "probeIntervalInSeconds": 30,
            },
            "sessionAffinityState": "Disabled",
            "provisioningState": "Succeeded",
        },
    })
}

pub(super) fn route(origin_group: &str) -> Value {
    json!({
        "type": "Microsoft.Cdn/profiles/afdEndpoints/routes",
        "properties": {
            "originGroup": {"id": origin_group},
            "patternsToMatch": ["/*"],
            "supportedProtocols": ["Http", "Https"],
            "forwardingProtocol": "HttpsOnly",
            "httpsRedirect": "Enabled",
            "linkToDefaultDomain": "Enabled",
            "enabledState": "Enabled",
            "provisioningState": "Succeeded",
        },
    })
}

pub(super) fn origin(host: &str, origin_group_name: &str) -> Value {
    json!({
        "type": "Microsoft.Cdn/profiles/originGroups/origins",
        "properties": {
            "originGroupName": origin_group_name,
            "hostName": host,
            "originHostHeader": host,
            "httpPort": 80, "httpsPort": 443,
            "priority": 1, "weight": 1000,
            "enabledState": "Enabled",
            "sharedPrivateLinkResource": null,
            "enforceCertificateNameCheck": true,
            "provisioningState": "Succeeded",
        },
    })
}

pub(super) fn member(cluster: &str, update_group: Option<&str>) -> Value {
    let mut properties = json!({"clusterResourceId": cluster, "provisioningState": "Succeeded"});
    if let Some(group) = update_group {
        properties["group"] = json!(group);
    }
    json!({"type": "Microsoft.ContainerService/fleets/members", "properties": properties})
}

pub(super) fn gateway(region: &str, address: &str, tags: &Value) -> Value {
    json!({
        "type": "Microsoft.Network/applicationGateways",
        "location": region,
        "tags": tags,
        "properties": {
            "provisioningState": "Succeeded",
            "operationalState": "Running",
            "sku": {"name": "WAF_v2", "tier": "WAF_v2"},
            "frontendIPConfigurations": [{
                "name": "public",
                "properties": {"provisioningState": "Succeeded", "publicIPAddress": {"id": address}},
            }],
        },
    })
}

pub(super) fn public_address(region: &str, host: &str, ip: &str, tags: &Value) -> Value {
    let label = host.split('.').next().unwrap_or(host);
    json!({
        "type": "Microsoft.Network/publicIPAddresses",
        "location": region,
        "tags": tags,
        "sku": {"name": "Standard", "tier": "Regional"},
        "properties": {
            "provisioningState": "Succeeded",
            "publicIPAddressVersion": "IPv4",
            "publicIPAllocationMethod": "Static",
            "ipAddress": ip,
            "dnsSettings": {"domainNameLabel": label, "fqdn": host},
        },
    })
}
