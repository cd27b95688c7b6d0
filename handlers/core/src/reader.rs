//! Reads a JSON document while collecting every problem instead of stopping at the first. Shared by the configuration and
//! the commands, which both answer a mistake with what is allowed.

use std::{cell::RefCell, collections::BTreeMap, fmt, ops::RangeInclusive, str::FromStr};

use serde_json::{Map, Value};

use crate::ids::ArmId;

/// One thing wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where, as a JSON path: `$.scope.subscriptions[0]`.
    pub path: String,
    /// What is wrong and what is allowed.
    pub fault: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.fault)
    }
}

/// Where problems are gathered.
#[derive(Default)]
pub(crate) struct Problems(RefCell<Vec<Problem>>);

impl Problems {
    pub(crate) fn add(&self, path: &str, fault: impl Into<String>) {
        self.0.borrow_mut().push(Problem { path: path.to_owned(), fault: fault.into() });
    }

    pub(crate) fn into_vec(self) -> Vec<Problem> {
        self.0.into_inner()
    }
}

/// A value at a path.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    pub(crate) value: &'a Value,
    pub(crate) path: &'a str,
    pub(crate) problems: &'a Problems,
}

/// A text that is not blank. A free function, so that it can be handed to [`Object`] for any lifetime.
pub(crate) fn text(at: At<'_>) -> Option<String> {
    match at.value {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::String(_) => at.fail("is empty; expected a text"),
        other => at.fail(&format!("is {}; expected a text", kind(other))),
    }
}

/// An object being read: remembers which keys are known, to refuse the others.
pub(crate) struct Object<'a> {
    map: &'a Map<String, Value>,
    path: String,
    problems: &'a Problems,
    known: Vec<&'static str>,
}

impl<'a> At<'a> {
    pub(crate) fn object(self) -> Option<Object<'a>> {
        let Self { value, path, problems } = self;
        match value {
            Value::Object(map) => Some(Object { map, path: path.to_owned(), problems, known: Vec::new() }),
            other => {
                problems.add(path, format!("is {}; expected an object", kind(other)));
                None
            }
        }
    }

    pub(crate) fn id(self) -> Option<ArmId> {
        let id = text(self)?;
        ArmId::from_str(&id).map_err(|error| self.problems.add(self.path, error.to_string())).ok()
    }

    pub(crate) fn typed_id(self, resource_type: &str) -> Option<ArmId> {
        let id = self.id()?;
        if id.is_type(resource_type) {
            return Some(id);
        }
        self.fail(&format!("`{id}` is not a {resource_type}; expected the resource id of one"))
    }

    pub(crate) fn integer(self, allowed: RangeInclusive<u32>) -> Option<u32> {
        let number = self.value.as_u64().and_then(|number| u32::try_from(number).ok());
        match number.filter(|number| allowed.contains(number)) {
            Some(number) => Some(number),
            None => {
                let (low, high) = allowed.into_inner();
                self.fail(&format!("is {}; expected a whole number from {low} to {high}", self.value))
            }
        }
    }

    pub(crate) fn one_of<T: Copy>(self, allowed: &[(&str, T)]) -> Option<T> {
        let found = self.value.as_str().and_then(|text| allowed.iter().find(|(name, _)| *name == text));
        if let Some((_, value)) = found {
            return Some(*value);
        }
        let names: Vec<_> = allowed.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        self.fail(&format!("is {}; allowed are {}", self.value, names.join(", ")))
    }

    pub(crate) fn fail<T>(self, fault: &str) -> Option<T> {
        self.problems.add(self.path, fault);
        None
    }
}

impl<'a> Object<'a> {
    pub(crate) fn has(&self, key: &str) -> bool {
        self.map.contains_key(key)
    }

    /// Whether somebody has asked for a key.
    pub(crate) fn knows(&self, key: &str) -> bool {
        self.known.contains(&key)
    }

    /// A key that must be there.
    pub(crate) fn required<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(At<'_>) -> Option<T>,
    ) -> Option<T> {
        if !self.map.contains_key(key) {
            self.known.push(key);
            self.problems.add(&format!("{}.{key}", self.path), "is missing; it is required");
            return None;
        }
        self.optional(key, read)
    }

    /// A key that may be left out.
    pub(crate) fn optional<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(At<'_>) -> Option<T>,
    ) -> Option<T> {
        self.known.push(key);
        let value = self.map.get(key)?;
        read(At { value, path: &format!("{}.{key}", self.path), problems: self.problems })
    }

    /// A list; each item is read, bad ones are reported.
    pub(crate) fn list<T>(
        &mut self,
        key: &'static str,
        at_least: usize,
        read: impl Fn(At<'_>) -> Option<T>,
    ) -> Vec<T> {
        let problems = self.problems;
        let items = self.optional(key, |at| match at.value {
            Value::Array(items) if items.len() >= at_least => Some(items.clone()),
            Value::Array(_) => at.fail(&format!("has too few items; expected at least {at_least}")),
            other => at.fail(&format!("is {}; expected a list", kind(other))),
        });
        if items.is_none() && !self.has(key) && at_least > 0 {
            problems.add(&format!("{}.{key}", self.path), "is missing; it is required");
        }
        let path = |index| format!("{}.{key}[{index}]", self.path);
        let read_item = |(index, value)| read(At { value, path: &path(index), problems });
        items.iter().flatten().enumerate().filter_map(read_item).collect()
    }

    /// A map of texts.
    pub(crate) fn texts(&mut self, key: &'static str) -> BTreeMap<String, String> {
        self.entries(key, text)
    }

    /// A map whose values are read one by one.
    pub(crate) fn entries<T>(
        &mut self,
        key: &'static str,
        read: impl Fn(At<'_>) -> Option<T>,
    ) -> BTreeMap<String, T> {
        let problems = self.problems;
        let map = self.optional(key, |at| match at.value {
            Value::Object(map) => Some(map.clone()),
            other => at.fail(&format!("is {}; expected an object", kind(other))),
        });
        let path = |name: &str| format!("{}.{key}.{name}", self.path);
        let entry = |(name, value): (&String, &Value)| {
            read(At { value, path: &path(name), problems }).map(|value| (name.clone(), value))
        };
        map.iter().flatten().filter_map(entry).collect()
    }

    /// Reports every key that nobody asked for.
    pub(crate) fn refuse_others(self) {
        for key in self.map.keys().filter(|key| !self.known.contains(&key.as_str())) {
            let fault = format!("is not a known key; allowed are {}", self.known.join(", "));
            self.problems.add(&format!("{}.{key}", self.path), fault);
        }
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
