//! Lists, one page at a time.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::call::Call;
use super::error::{self, ArmError};
use super::exchange::ArmResponse;

/// How a list says that it is complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LastLink {
    /// `"nextLink": null`, as fleets do.
    Null,
    /// No `nextLink` at all.
    Absent,
}

/// Where in a list the request is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cursor {
    /// The key of the last item that the caller has; empty at the beginning.
    pub after: String,
    /// Whether the request names no earlier page.
    first: bool,
}

impl Cursor {
    /// Reads `$skipToken`.
    pub(crate) fn read(call: &Call<'_>) -> Result<Self, ArmError> {
        let Some(token) = call.query.get("$skiptoken") else {
            return Ok(Self { after: String::new(), first: true });
        };
        let bytes = URL_SAFE_NO_PAD.decode(token).ok();
        match bytes.and_then(|bytes| String::from_utf8(bytes).ok()) {
            Some(after) => Ok(Self { after, first: false }),
            None => Err(error::invalid_parameter("$skipToken", "it is not a token of an earlier page")),
        }
    }
}

/// The page at `cursor`. `items` are those after it, in ascending order of their keys; no more are taken than
/// are needed.
pub(crate) fn page<'i>(
    call: &Call<'_>,
    cursor: &Cursor,
    items: impl Iterator<Item = (&'i str, &'i Value)>,
    show: impl Fn(&str, &Value) -> Value,
    last: LastLink,
) -> Result<ArmResponse, ArmError> {
    if cursor.first && call.state.settings.empty_first_page {
        return Ok(ArmResponse::json(200, json!({"value": [], "nextLink": next_link(call, "")})));
    }
    let size = page_size(call)?;
    let mut items = items.peekable();
    let mut value = Vec::new();
    let mut last_key = "";
    while value.len() < size {
        let Some((key, item)) = items.next() else { break };
        value.push(show(key, item));
        last_key = key;
    }
    let mut body = json!({ "value": value });
    match (items.peek(), last) {
        (Some(_), _) => body["nextLink"] = json!(next_link(call, last_key)),
        (None, LastLink::Null) => body["nextLink"] = Value::Null,
        (None, LastLink::Absent) => {}
    }
    Ok(ArmResponse::json(200, body))
}

/// The smaller of the simulator's page size and the caller's `$top`.
fn page_size(call: &Call<'_>) -> Result<usize, ArmError> {
    let most = call.state.settings.page_size.max(1);
    let Some(top) = call.query.get("$top") else { return Ok(most) };
    match top.parse::<usize>() {
        Ok(top) if top > 0 => Ok(most.min(top)),
        _ => Err(error::invalid_parameter("$top", "it must be a whole number above 0")),
    }
}

/// The address of the page after `key`: this request's own address with another token.
fn next_link(call: &Call<'_>, key: &str) -> String {
    let query = call.request.path_and_query.split_once('?').map_or("", |(_, query)| query);
    let mut link = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if !name.eq_ignore_ascii_case("$skiptoken") {
            link.append_pair(&name, &value);
        }
    }
    link.append_pair("$skipToken", &URL_SAFE_NO_PAD.encode(key));
    format!("{}{}?{}", call.request.base, call.request.path(), link.finish())
}
