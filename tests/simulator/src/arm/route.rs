//! What one operation of ARM looks like from outside: method, path, version, RBAC action.

use std::collections::BTreeMap;

use super::id;

/// Where a path is rooted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Root {
    /// `/subscriptions/{subscription}/resourcegroups/{group}` itself.
    GroupItself,
    /// `/subscriptions/{subscription}/resourceGroups/{group}/providers/…`
    Group,
    /// `/subscriptions/{subscription}/providers/…`
    Subscription,
    /// `/{scope}/providers/…`, the scope being any id.
    AnyScope,
    /// `/providers/…`
    Tenant,
}

/// One operation.
pub(crate) struct Route {
    pub method: &'static str,
    pub root: Root,
    /// What follows the root's `providers/`; `{name}` captures a segment.
    pub path: &'static str,
    pub kind: &'static Kind,
    /// What the operation does, as RBAC says it: `read`, `write`, `delete`.
    pub verb: &'static str,
}

/// A type of resource. Those of polling URLs are not verified.
pub(crate) struct Kind {
    /// For instance `Microsoft.ContainerService/fleets/members`.
    pub name: &'static str,
    /// The only version that is answered.
    pub api_version: &'static str,
}

impl Route {
    /// The RBAC action, for instance `Microsoft.ContainerService/fleets/members/write`.
    pub(crate) fn action(&self) -> String {
        format!("{}/{}", self.kind.name, self.verb)
    }

    /// The named segments of `path` if it is one of this row's, whatever the method.
    pub(crate) fn capture(&self, path: &str) -> Option<BTreeMap<&'static str, String>> {
        let (mut captured, rest) = self.root.capture(path)?;
        let (mut wanted, mut given) = (self.path.split('/'), rest.split('/'));
        loop {
            match (wanted.next(), given.next()) {
                (None, None) => return Some(captured),
                (Some(pattern), Some(segment)) => match_segment(pattern, segment, &mut captured)?,
                _ => return None,
            }
        }
    }
}

fn match_segment(
    pattern: &'static str,
    segment: &str,
    captured: &mut BTreeMap<&'static str, String>,
) -> Option<()> {
    let name = pattern.strip_prefix('{').and_then(|name| name.strip_suffix('}'));
    match name {
        Some(name) if !segment.is_empty() => {
            captured.insert(name, segment.to_owned());
            Some(())
        }
        Some(_) => None,
        None => pattern.eq_ignore_ascii_case(segment).then_some(()),
    }
}

impl Root {
    /// The segments that the root names, and what follows its `providers/`.
    fn capture(self, path: &str) -> Option<(BTreeMap<&'static str, String>, &str)> {
        let path = path.trim_end_matches('/');
        let marker = "/providers/";
        // Ids compare without case; lower-casing ASCII keeps every position.
        let lower = path.to_ascii_lowercase();
        let at = match self {
            Self::GroupItself => path.len(),
            Self::Group | Self::Subscription | Self::Tenant => lower.find(marker)?,
            Self::AnyScope => lower.rfind(marker)?,
        };
        let (scope, rest) = (&path[..at], path.get(at + marker.len()..).unwrap_or_default());
        let mut captured = BTreeMap::new();
        let segments = scope.split('/').filter(|segment| !segment.is_empty()).count();
        let fits = match self {
            Self::GroupItself | Self::Group => segments == 4 && id::after(scope, "resourceGroups").is_some(),
            Self::Subscription => segments == 2,
            Self::AnyScope => true,
            Self::Tenant => segments == 0,
        };
        for (name, literal) in [("subscription", "subscriptions"), ("group", "resourceGroups")] {
            if let Some(value) = id::after(scope, literal) {
                captured.insert(name, value.to_owned());
            }
        }
        if self == Self::AnyScope {
            captured.insert("scope", scope.to_owned());
        }
        let rooted = segments == 0 || self == Self::AnyScope || captured.contains_key("subscription");
        (fits && rooted).then_some((captured, rest))
    }
}
