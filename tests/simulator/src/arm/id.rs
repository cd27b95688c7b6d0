//! Reading ARM ids as text: comparison without case, scopes above a scope, the type of a resource.

/// The form in which ids are compared and stored: lower case, no slash at the end.
pub(crate) fn key(id: &str) -> String {
    let id = id.trim_end_matches('/');
    if id.starts_with('/') || id.is_empty() {
        id.to_ascii_lowercase()
    } else {
        format!("/{}", id.to_ascii_lowercase())
    }
}

/// The segment after the one called `name`, compared without case: `after(id, "resourceGroups")`.
pub(crate) fn after<'a>(id: &'a str, name: &str) -> Option<&'a str> {
    let mut segments = id.split('/');
    segments.by_ref().find(|segment| segment.eq_ignore_ascii_case(name))?;
    segments.next().filter(|segment| !segment.is_empty())
}

/// The last segment.
pub(crate) fn name(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or_default()
}

/// The id without its last type and name: the parent of a nested resource.
pub(crate) fn parent(id: &str) -> &str {
    let end = id.rfind('/').and_then(|last| id[..last].rfind('/')).unwrap_or_default();
    &id[..end]
}

/// The lower-case type of the resource with this key, for instance
/// `microsoft.containerservice/fleets/members`.
pub(crate) fn resource_type(key: &str) -> String {
    let Some(at) = key.rfind("/providers/") else {
        return if after(key, "resourcegroups").is_some() {
            "microsoft.resources/resourcegroups".to_owned()
        } else {
            "microsoft.resources/subscriptions".to_owned()
        };
    };
    let mut segments = key[at + "/providers/".len()..].split('/');
    let namespace = segments.next().unwrap_or_default();
    segments.step_by(2).fold(namespace.to_owned(), |name, part| format!("{name}/{part}"))
}

/// The scopes above `scope`, nearest first, up to but without management groups and the tenant root.
///
/// `/subscriptions/s/resourcegroups/g/providers/n/t/x` has two: the group and the subscription.
pub(crate) fn enclosing(scope: &str) -> Vec<String> {
    let scope = key(scope);
    let mut above = Vec::new();
    let mut rest = scope.as_str();
    while let Some(cut) = outer(rest) {
        rest = cut;
        above.push(rest.to_owned());
    }
    above
}

/// The next scope outwards: the parent resource, the resource group, the subscription.
fn outer(scope: &str) -> Option<&str> {
    let segments: Vec<&str> = scope.split('/').skip(1).collect();
    let kept = match segments.iter().rposition(|segment| *segment == "providers") {
        Some(at) if segments.len() - at > 4 => segments.len() - 2,
        Some(at) => at,
        None if segments.len() > 2 => 2,
        None => return None,
    };
    let length: usize = segments[..kept].iter().map(|segment| segment.len() + 1).sum();
    (length > 0).then(|| &scope[..length])
}

/// The id with the literal `resourceGroups` in lower case, as fleets, clusters and Front Door answer it.
pub(crate) fn with_lower_groups(id: &str) -> String {
    let lower: Vec<&str> = id
        .split('/')
        .map(
            |segment| if segment.eq_ignore_ascii_case("resourcegroups") { "resourcegroups" } else { segment },
        )
        .collect();
    lower.join("/")
}

#[cfg(test)]
mod tests;
