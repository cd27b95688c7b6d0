//! What the custom rules of an Application Gateway's web application firewall say of a request, as far as our rules go:
//! conditions of a rule are joined by *and*, rules by *or*. A condition of a kind that we do not know is taken not to fit.

use serde_json::Value;

use crate::snapshot::{members, text, texts};

/// What the rules look at.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The header `X-Azure-FDID`.
    pub front_door: Option<&'a str>,
    /// Where it comes from.
    pub address: &'a str,
    /// What it asks for.
    pub path: &'a str,
}

/// Whether the policy refuses what it finds, rather than note it.
#[must_use]
pub fn is_on(policy: &Value) -> bool {
    let settings = &policy["policySettings"];
    settings["state"] == "Enabled" && settings["mode"] == "Prevention"
}

/// Whether a custom rule blocks the request.
#[must_use]
pub fn refuses(policy: &Value, request: Request) -> bool {
    let mut rules = members(&policy["customRules"]);
    rules.any(|rule| {
        rule["action"] == "Block"
            && rule["state"] == "Enabled"
            && members(&rule["matchConditions"]).all(|condition| fits(condition, request))
    })
}

/// All values that custom rules compare with.
pub fn values_of(policy: &Value) -> impl Iterator<Item = &str> {
    let conditions = members(&policy["customRules"]).flat_map(|rule| members(&rule["matchConditions"]));
    conditions.flat_map(|condition| texts(&condition["matchValues"]))
}

fn fits(condition: &Value, request: Request) -> bool {
    let variable = &condition["matchVariables"][0];
    let selector = text(&variable["selector"]);
    let found = match text(&variable["variableName"]) {
        "RequestHeaders" if selector.eq_ignore_ascii_case("X-Azure-FDID") => request.front_door,
        "RemoteAddr" => Some(request.address),
        "RequestUri" => Some(request.path),
        _ => return false,
    };
    let among = |it: &str| texts(&condition["matchValues"]).any(|value| value.eq_ignore_ascii_case(it));
    let fits = match text(&condition["operator"]) {
        "Any" => found.is_some(),
        "Equal" => found.is_some_and(among),
        "IPMatch" => found.is_some_and(|address| among(address) || among(&format!("{address}/32"))),
        _ => return false,
    };
    // Azure's spelling.
    fits != (condition["negationConditon"] == true)
}
