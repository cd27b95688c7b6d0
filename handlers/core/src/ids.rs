//! Identifiers that Azure hands out, parsed once and compared the way Azure compares them: without regard to case.

use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    str::FromStr,
};

use serde::{Deserialize, Serialize, de};

/// The longest resource id we accept, in bytes. Azure's own limits add up to far less (subscription 36, resource group
/// 90, type and name segments); the bound keeps hostile input from travelling further.
pub const MAX_ID_BYTES: usize = 2_048;

/// The id of anything in Azure Resource Manager: a resource, an extension resource, a resource group, a subscription or
/// a management group.
///
/// The text is kept as received, since it goes into URLs and reports; equality, order and hash ignore ASCII case,
/// because the service returns other casing than it was sent (ARM contract: requests).
#[derive(Clone)]
pub struct ArmId {
    text: String,
    key: String,
}

/// Why a text is not a resource id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not an Azure resource id: {fault}; expected /subscriptions/<id>[/resourceGroups/<name>[/providers/<namespace>/<type>/<name>…]] or /providers/Microsoft.Management/managementGroups/<name>"
)]
pub struct NotAnArmId {
    text: String,
    fault: &'static str,
}

impl ArmId {
    /// Parses a resource id, tolerating one trailing slash.
    ///
    /// # Errors
    /// When the text does not start with a known root, has an empty or odd number of segments, is longer than
    /// [`MAX_ID_BYTES`], or holds characters that cannot stand in a path.
    pub fn parse(text: &str) -> Result<Self, NotAnArmId> {
        let text = text.strip_suffix('/').unwrap_or(text);
        match fault_in(text) {
            None => Ok(Self { text: text.to_owned(), key: text.to_ascii_lowercase() }),
            Some(fault) => Err(NotAnArmId { text: text.chars().take(200).collect(), fault }),
        }
    }

    /// The id as received.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The id in lower case: equal ids have equal keys. The form used for maps, hashes and derived names.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The last segment: the resource's own name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.text.rsplit('/').next().unwrap_or_default()
    }

    /// The subscription's GUID, if the id lies in a subscription.
    #[must_use]
    pub fn subscription(&self) -> Option<&str> {
        self.value_after("subscriptions")
    }

    /// The resource group's name, if the id lies in one.
    #[must_use]
    pub fn resource_group(&self) -> Option<&str> {
        self.subscription().and_then(|_| self.value_after("resourcegroups"))
    }

    /// The id of the subscription that holds this resource.
    #[must_use]
    pub fn subscription_scope(&self) -> Option<Self> {
        Self::parse(&format!("/subscriptions/{}", self.subscription()?)).ok()
    }

    /// The id of the resource group that holds this resource.
    #[must_use]
    pub fn resource_group_scope(&self) -> Option<Self> {
        let group = self.resource_group()?;
        Self::parse(&format!("/subscriptions/{}/resourceGroups/{group}", self.subscription()?)).ok()
    }

    /// The full type, such as `microsoft.containerservice/managedclusters`, in lower case. For an extension resource,
    /// the extension's type. `None` for a subscription or a resource group.
    #[must_use]
    pub fn resource_type(&self) -> Option<String> {
        let provider = self.key.rfind("/providers/")? + "/providers/".len();
        let mut segments = self.key[provider..].split('/');
        let namespace = segments.next()?;
        let types: Vec<&str> = segments.step_by(2).collect();
        Some(format!("{namespace}/{}", types.join("/")))
    }

    /// Whether the id has this type, compared without case.
    #[must_use]
    pub fn is_type(&self, resource_type: &str) -> bool {
        self.resource_type().is_some_and(|own| own.eq_ignore_ascii_case(resource_type))
    }

    /// The id of the resource this one is a child of: `…/managedClusters/c/agentPools/p` gives `…/managedClusters/c`.
    /// `None` at the root of a provider, for groups and for subscriptions.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let provider = self.key.rfind("/providers/")? + "/providers/".len();
        let depth = self.key[provider..].split('/').count();
        if depth <= 3 {
            return None;
        }
        let mut end = self.text.len();
        for _ in 0..2 {
            end = self.text[..end].rfind('/')?;
        }
        Self::parse(&self.text[..end]).ok()
    }

    /// What stands before the last provider: of an extension resource, such as a role or policy assignment, the scope.
    #[must_use]
    pub fn extension_scope(&self) -> &str {
        let end = self.key.rfind("/providers/").unwrap_or_default();
        &self.text[..end]
    }

    /// The id of a child or extension below this one; `suffix` starts without a slash.
    ///
    /// # Errors
    /// When the joined text is no legal id.
    pub fn child(&self, suffix: &str) -> Result<Self, NotAnArmId> {
        Self::parse(&format!("{}/{suffix}", self.text))
    }

    /// Whether `self` is `scope` itself or lies anywhere below it.
    #[must_use]
    pub fn is_within(&self, scope: &Self) -> bool {
        self.key.strip_prefix(scope.key.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    fn value_after(&self, segment: &str) -> Option<&str> {
        let mut at = 1;
        for part in self.key.split('/').skip(1) {
            at += part.len() + 1;
            if part == segment {
                return self.text[at.min(self.text.len())..]
                    .split('/')
                    .next()
                    .filter(|value| !value.is_empty());
            }
        }
        None
    }
}

fn fault_in(text: &str) -> Option<&'static str> {
    const ROOTS: [&str; 2] = ["/subscriptions/", "/providers/microsoft."];
    if text.len() > MAX_ID_BYTES {
        return Some("it is longer than 2048 bytes");
    }
    let key = text.to_ascii_lowercase();
    if !ROOTS.iter().any(|root| key.starts_with(root)) {
        return Some("it does not start with /subscriptions/ or /providers/Microsoft.");
    }
    if text.split('/').skip(1).any(str::is_empty) {
        return Some("it has an empty segment");
    }
    if text.split('/').any(|segment| segment == "." || segment == "..") {
        return Some("it has a segment of dots");
    }
    if text.contains(|c: char| c.is_control() || c.is_whitespace() || "?#%\\\"<>".contains(c)) {
        return Some("it holds a character that cannot stand in a resource id");
    }
    let named_pairs = key.split("/providers/").enumerate().all(|(index, part)| {
        let segments = part.split('/').filter(|segment| !segment.is_empty()).count();
        // Before the first provider: name/value pairs. After it: a namespace, then pairs.
        if index == 0 { segments.is_multiple_of(2) } else { segments >= 3 && !segments.is_multiple_of(2) }
    });
    (!named_pairs).then_some("a segment lacks its name")
}

impl FromStr for ArmId {
    type Err = NotAnArmId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Display for ArmId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for ArmId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl PartialEq for ArmId {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for ArmId {}

impl Hash for ArmId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

impl PartialOrd for ArmId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ArmId {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key.cmp(&other.key)
    }
}

impl Serialize for ArmId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for ArmId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

impl schemars::JsonSchema for ArmId {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ArmId".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "An Azure resource id.",
            "pattern": "^/[A-Za-z]+/[^?#%\\s]+$",
            "maxLength": MAX_ID_BYTES
        })
    }
}

/// The object id of a service principal or managed identity: what a role assignment names. Kept in lower case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PrincipalId(String);

impl PrincipalId {
    /// Takes the object id as ARM reports it.
    #[must_use]
    pub fn new(object_id: &str) -> Self {
        Self(object_id.to_ascii_lowercase())
    }

    /// The object id in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PrincipalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests;
