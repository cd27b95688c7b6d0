//! What the URL of a call says about the resource: its type, its names and the api-version.

/// Last words of paths that answer about an operation, or about what a region offers, and not about a resource.
const NO_RESOURCES: [&str; 5] =
    ["operations", "operationresults", "operationstatuses", "asyncoperations", "kubernetesversions"];

/// A resource or a collection of resources, as a URL names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    /// Resource provider: `Microsoft.ContainerService`.
    pub namespace: String,
    /// Type segments from the outermost resource inwards: `fleets`, `members`. Cased as the caller wrote them.
    pub types: Vec<String>,
    /// Names of the same resources. A collection has one name less than types.
    pub names: Vec<String>,
    /// The `api-version` of the query.
    pub api_version: Option<String>,
}

impl Address {
    /// Reads a URL. `None` when it names no resource: a status URL of a long-running operation, a region's
    /// list of versions, a subscription, a tenant-wide service. Names are not percent-decoded.
    pub(crate) fn parse(url: &str) -> Option<Self> {
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        let path = path
            .split_once("://")
            .map_or(path, |(_, rest)| rest.split_once('/').map_or("", |(_, path)| path));
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        let (namespace, rest) = provider_part(&segments)?;
        let types: Vec<String> = rest.iter().step_by(2).map(|&segment| segment.to_owned()).collect();
        let names: Vec<String> = rest.iter().skip(1).step_by(2).map(|&segment| segment.to_owned()).collect();
        let no_resource = |kind: &String| NO_RESOURCES.iter().any(|word| word.eq_ignore_ascii_case(kind));
        if types.is_empty() || types.iter().any(no_resource) {
            return None;
        }
        Some(Self { namespace: namespace.to_owned(), types, names, api_version: api_version(query) })
    }

    /// Whether the URL names a list and not one resource.
    pub(crate) fn is_collection(&self) -> bool {
        self.names.len() < self.types.len()
    }

    /// The full type of the resource `depth` levels below the provider: `Microsoft.ContainerService/fleets` at 1.
    pub(crate) fn type_at(&self, depth: usize) -> String {
        format!("{}/{}", self.namespace, self.types[..depth].join("/"))
    }

    /// The full type of the resource or of the collection's items.
    pub(crate) fn resource_type(&self) -> String {
        self.type_at(self.types.len())
    }

    /// The address of the item called `name` in this collection.
    pub(crate) fn item(&self, name: Option<&str>) -> Self {
        let names = self.names.iter().map(String::as_str).chain(name).map(str::to_owned).collect();
        Self { names, ..self.clone() }
    }
}

/// The provider and what follows it. An extension resource belongs to the last provider of its path; a resource
/// group has none in its path.
fn provider_part<'a>(segments: &'a [&'a str]) -> Option<(&'a str, &'a [&'a str])> {
    let is = |index: usize, word: &str| segments.get(index).is_some_and(|s| s.eq_ignore_ascii_case(word));
    if let Some(last) = segments.iter().rposition(|segment| segment.eq_ignore_ascii_case("providers")) {
        return segments[last + 1..].split_first().map(|(namespace, rest)| (*namespace, rest));
    }
    let group = is(0, "subscriptions") && is(2, "resourceGroups") && segments.len() <= 4;
    group.then(|| ("Microsoft.Resources", &segments[2..]))
}

fn api_version(query: &str) -> Option<String> {
    let parameters = query.split('&').filter_map(|parameter| parameter.split_once('='));
    let mut versions = parameters.filter(|(name, _)| name.eq_ignore_ascii_case("api-version"));
    versions.next().map(|(_, version)| version.to_owned())
}

#[cfg(test)]
mod tests;
