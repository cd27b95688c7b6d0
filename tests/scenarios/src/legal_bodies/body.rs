//! The resources that travel in an exchange.

use serde_json::Value;

use super::address::Address;
use super::exchange::Recorded;
use super::{Fault, Site};

/// On what terms a body is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Terms {
    /// The whole of a resource as a caller may write it.
    Put,
    /// Some of the properties that a caller may write.
    Patch,
    /// A resource as the service shows it, read-only properties included.
    Answer,
}

/// One resource in a request or an answer.
#[derive(Debug, Clone)]
pub(crate) struct Body {
    pub site: Site,
    pub terms: Terms,
    /// Type, names and version of this very resource; an item of a list that has no name lacks the last name.
    pub address: Address,
    pub api_version: String,
    pub value: Value,
    /// Path of the resource in its document: `value[3]` in a list, else empty.
    pub path: String,
}

/// What there is to judge, and what is wrong with it before any type is looked at.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    pub bodies: Vec<Body>,
    pub faults: Vec<Fault>,
}

/// The resources of all exchanges, in their order.
pub(crate) fn gather_all(recording: &[Recorded]) -> Gathered {
    let mut all = Gathered::default();
    for Gathered { bodies, faults } in recording.iter().map(gather) {
        all.bodies.extend(bodies);
        all.faults.extend(faults);
    }
    all
}

/// The resources of one exchange: the body of a PUT or PATCH, refused ones too, and every resource in a 2xx answer.
/// Calls on status URLs, POST actions and error answers carry no resource.
fn gather(recorded: &Recorded) -> Gathered {
    let mut gathered = Gathered::default();
    let Some(address) = Address::parse(&recorded.exchange.url) else { return gathered };
    if let Some((terms, value)) = written(recorded, &address) {
        let site = Site::request(recorded);
        gathered.add(site, terms, address.clone(), value.clone(), String::new());
    }
    if let Some(value) = answered(recorded) {
        gathered.answer(Site::answer(recorded), address, value);
    }
    gathered
}

fn written<'a>(recorded: &'a Recorded, address: &Address) -> Option<(Terms, &'a Value)> {
    let terms = match recorded.exchange.method.as_str() {
        "PUT" => Terms::Put,
        "PATCH" => Terms::Patch,
        _ => return None,
    };
    let body = recorded.exchange.request_body.as_ref()?;
    (!address.is_collection()).then_some((terms, body))
}

fn answered(recorded: &Recorded) -> Option<&Value> {
    let carries = matches!(recorded.exchange.method.as_str(), "GET" | "PUT" | "PATCH" | "DELETE");
    let body = recorded.exchange.response_body.as_ref().filter(|body| !body.is_null());
    body.filter(|_| carries && recorded.exchange.succeeded())
}

impl Gathered {
    fn answer(&mut self, site: Site, address: Address, value: &Value) {
        if !address.is_collection() {
            return self.add(site, Terms::Answer, address, value.clone(), String::new());
        }
        let Some(items) = value.get("value").and_then(Value::as_array) else {
            let message = "a list answers {\"value\": [...]}, this has no array of that name";
            return self.faults.push(Fault::own(&site, "value", "NOT-A-LIST", message));
        };
        for (index, item) in items.iter().enumerate() {
            let name = item.get("name").and_then(Value::as_str);
            self.add(
                site.clone(),
                Terms::Answer,
                address.item(name),
                item.clone(),
                format!("value[{index}]"),
            );
        }
    }

    fn add(&mut self, site: Site, terms: Terms, address: Address, value: Value, path: String) {
        let Some(api_version) = address.api_version.clone() else {
            let message = "the query names no api-version, ARM demands one on every call";
            return self.faults.push(Fault::own(&site, "url", "NO-API-VERSION", message));
        };
        let value =
            if terms == Terms::Answer { without_type(value, &address) } else { named(value, &address) };
        self.bodies.push(Body { site, terms, address, api_version, value, path });
    }
}

/// A request may leave the name to the URL; a declaration can't.
fn named(mut body: Value, address: &Address) -> Value {
    if let (Some(members), Some(name)) = (body.as_object_mut(), address.names.last()) {
        members.entry("name").or_insert_with(|| Value::String(name.clone()));
    }
    body
}

/// Leaves out `type` where it differs from the URL in nothing but case. The compiler compares it letter by letter,
/// but services answer with a casing of their own.
fn without_type(mut body: Value, address: &Address) -> Value {
    let same = |kind: &str| kind.eq_ignore_ascii_case(&address.resource_type());
    if body.get("type").and_then(Value::as_str).is_some_and(same)
        && let Some(members) = body.as_object_mut()
    {
        members.remove("type");
    }
    body
}
