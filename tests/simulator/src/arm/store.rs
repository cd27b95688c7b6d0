//! The resources, as JSON trees by lower-cased id.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use serde_json::Value;

use super::id;

/// One stored resource.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stored {
    /// The resource as answered, except for what is added while answering.
    pub body: Value,
    /// How often it has been written; makes etags.
    pub revision: u64,
}

/// All resources of the simulated tenant.
#[derive(Debug, Default)]
pub(crate) struct Store {
    by_key: BTreeMap<String, Stored>,
    keys_by_type: BTreeMap<String, BTreeSet<String>>,
    writes: u64,
}

impl Store {
    /// How many changes have been made; tells whether a request changed anything.
    pub(crate) fn writes(&self) -> u64 {
        self.writes
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Value> {
        self.by_key.get(&id::key(id)).map(|stored| &stored.body)
    }

    pub(crate) fn contains(&self, id: &str) -> bool {
        self.by_key.contains_key(&id::key(id))
    }

    /// How often the resource has been written; 0 when it does not exist.
    pub(crate) fn revision(&self, id: &str) -> u64 {
        self.by_key.get(&id::key(id)).map_or(0, |stored| stored.revision)
    }

    /// Creates or replaces.
    pub(crate) fn put(&mut self, id: &str, body: Value) {
        let key = id::key(id);
        self.writes += 1;
        self.keys_by_type.entry(id::resource_type(&key)).or_default().insert(key.clone());
        // Revisions never repeat, so that a recreated resource does not get the etag of its predecessor.
        self.by_key.insert(key, Stored { body, revision: self.writes });
    }

    /// Changes in place; false when the resource does not exist.
    pub(crate) fn edit(&mut self, id: &str, change: impl FnOnce(&mut Value)) -> bool {
        let Some(stored) = self.by_key.get_mut(&id::key(id)) else { return false };
        self.writes += 1;
        stored.revision = self.writes;
        change(&mut stored.body);
        true
    }

    pub(crate) fn remove(&mut self, id: &str) -> Option<Value> {
        let key = id::key(id);
        let removed = self.by_key.remove(&key)?;
        self.writes += 1;
        if let Some(keys) = self.keys_by_type.get_mut(&id::resource_type(&key)) {
            keys.remove(&key);
        }
        Some(removed.body)
    }

    /// The direct children `{collection}/{name}` whose keys come after `after`, by key.
    pub(crate) fn children<'a>(
        &'a self,
        collection: &str,
        after: &str,
    ) -> impl Iterator<Item = (&'a str, &'a Value)> + use<'a> {
        let prefix = format!("{}/", id::key(collection));
        let start = prefix.as_str().max(after).to_owned();
        let end = prefix.clone();
        self.by_key
            .range((Bound::Excluded(start), Bound::Unbounded))
            .take_while(move |(key, _)| key.starts_with(&end))
            .filter(move |(key, _)| !key[prefix.len()..].contains('/'))
            .map(|(key, stored)| (key.as_str(), &stored.body))
    }

    /// All resources of a type (any case) at or below `under` whose keys come after `after`, by key.
    pub(crate) fn of_type<'a>(
        &'a self,
        resource_type: &str,
        under: &str,
        after: &str,
    ) -> impl Iterator<Item = (&'a str, &'a Value)> + use<'a> {
        let under = id::key(under);
        let start = under.as_str().max(after).to_owned();
        let end = under.clone();
        self.keys_by_type
            .get(&resource_type.to_ascii_lowercase())
            .into_iter()
            .flat_map(move |keys| keys.range((Bound::Excluded(start.clone()), Bound::Unbounded)))
            .take_while(move |key| key.starts_with(&end))
            .filter(move |key| within(key, &under))
            .filter_map(|key| Some((key.as_str(), &self.by_key.get(key)?.body)))
    }
}

/// Whether `key` is `scope` or lies below it; every key lies below the empty scope.
pub(crate) fn within(key: &str, scope: &str) -> bool {
    key.strip_prefix(scope).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
