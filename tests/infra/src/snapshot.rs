//! A predicted deployment: what `bicep snapshot` writes.

use anyhow::Context as _;
use serde_json::Value;

/// The resources that a deployment would make, in the order of deployment. What only Azure can tell, such as the object id
/// of a new identity, stands there as the template expression that asks for it.
#[derive(Debug, Clone)]
pub struct Snapshot {
    resources: Vec<Value>,
}

impl Snapshot {
    /// Reads the compiler's JSON.
    ///
    /// # Errors
    /// When it is no snapshot, or one with diagnostics.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let mut snapshot: Value = serde_json::from_str(text)?;
        let diagnostics = snapshot["diagnostics"].as_array().map_or(0, Vec::len);
        anyhow::ensure!(diagnostics == 0, "the prediction has diagnostics: {}", snapshot["diagnostics"]);
        let resources = snapshot["predictedResources"].as_array_mut().context("no predicted resources")?;
        Ok(Self { resources: std::mem::take(resources) })
    }

    /// All resources.
    pub fn resources(&self) -> impl Iterator<Item = &Value> {
        self.resources.iter()
    }

    /// The resources of a type, such as `Microsoft.Web/sites`.
    pub fn of_type<'a>(&'a self, resource_type: &'a str) -> impl Iterator<Item = &'a Value> {
        self.resources.iter().filter(move |resource| is_of_type(resource, resource_type))
    }

    /// The resource with this id.
    #[must_use]
    pub fn by_id(&self, id: &str) -> Option<&Value> {
        self.resources.iter().find(|resource| text(&resource["id"]).eq_ignore_ascii_case(id))
    }

    /// The same prediction, with `change` applied to the resources of a type: for tests that spoil it.
    #[must_use]
    pub fn spoilt(&self, resource_type: &str, mut change: impl FnMut(&mut Value)) -> Self {
        let mut spoilt = self.clone();
        spoilt.resources.iter_mut().filter(|it| is_of_type(it, resource_type)).for_each(&mut change);
        spoilt
    }

    /// The same prediction, without the resources of a type that `unwanted` picks.
    #[must_use]
    pub fn without(&self, resource_type: &str, unwanted: impl Fn(&Value) -> bool) -> Self {
        let mut spoilt = self.clone();
        spoilt.resources.retain(|it| !is_of_type(it, resource_type) || !unwanted(it));
        spoilt
    }
}

/// Whether `one` and `other` name the same thing. Nothing is the same as nothing.
#[must_use]
pub fn same(one: &Value, other: &Value) -> bool {
    !text(one).is_empty() && text(one).eq_ignore_ascii_case(text(other))
}

/// Whether the resource has this type.
#[must_use]
pub fn is_of_type(resource: &Value, resource_type: &str) -> bool {
    text(&resource["type"]).eq_ignore_ascii_case(resource_type)
}

/// A JSON string, or nothing.
#[must_use]
pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The strings of a JSON array; nothing for anything else.
pub fn texts(value: &Value) -> impl Iterator<Item = &str> {
    value.as_array().into_iter().flatten().map(text)
}

/// The members of a JSON array; nothing for anything else.
pub fn members(value: &Value) -> impl Iterator<Item = &Value> + Clone {
    value.as_array().into_iter().flatten()
}

/// The last name in an ARM id or in a resource's full name.
#[must_use]
pub fn last_name(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or_default()
}
