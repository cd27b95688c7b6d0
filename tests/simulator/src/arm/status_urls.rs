//! The status URLs of long-running operations.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::call::Call;
use super::exchange::ArmResponse;
use super::id;

/// The api-version inside the status URLs of fleet operations, whatever version began them.
pub(crate) const FLEET_POLL_VERSION: &str = "2016-03-30";

/// The fleet service's status URL for `Azure-AsyncOperation`.
pub(crate) fn fleet_async_operation(call: &Call<'_>, location: &str, operation: &str) -> String {
    fleet_url(call, location, "operations", operation, 0)
}

/// The fleet service's result URL for `Location`; the `poll`th one.
pub(crate) fn fleet_location(call: &Call<'_>, location: &str, operation: &str, poll: u32) -> String {
    fleet_url(call, location, "operationresults", operation, poll)
}

fn fleet_url(call: &Call<'_>, location: &str, kind: &str, operation: &str, poll: u32) -> String {
    let subscription = call.segment("subscription");
    let path = format!(
        "/subscriptions/{subscription}/providers/Microsoft.ContainerService/locations/{location}/{kind}/{operation}"
    );
    signed(call, &path, FLEET_POLL_VERSION, poll)
}

/// Front Door's two URLs: `Azure-AsyncOperation` and, with the resource's names in it, `Location`.
pub(crate) fn front_door_urls(call: &Call<'_>, operation: &str) -> (String, String) {
    let (subscription, group) = (call.segment("subscription"), call.segment("group"));
    let status = format!(
        "/subscriptions/{subscription}/resourcegroups/{group}/providers/Microsoft.Cdn/operationresults/{operation}"
    );
    let result = format!(
        "{status}/profileresults/{}/origingroupresults/{}/originresults/{}",
        call.segment("profile"),
        call.segment("origin_group"),
        call.segment("origin"),
    );
    let version = call.route.kind.api_version;
    (signed(call, &status, version, 0), signed(call, &result, version, 0))
}

/// Adds the signature parameters that the real services add. They make the URL longer than 4,000 characters.
fn signed(call: &Call<'_>, path: &str, api_version: &str, poll: u32) -> String {
    let poll = poll.to_string();
    let hash = |part: &str| call.seed.number(&["signature", part, path, &poll]);
    let ticks = 638_000_000_000_000_000_u64 + hash("t") % 1_000_000_000_000_000;
    let text = |part: &str, words: u64| {
        let bytes: Vec<u8> =
            (0..words).flat_map(|word| hash(&format!("{part}{word}")).to_be_bytes()).collect();
        URL_SAFE_NO_PAD.encode(bytes)
    };
    // A certificate of 2.6 kB, a signature of 340 bytes twice over and a hash, all in base64.
    let (certificate, signature, digest) = (text("c", 330), text("s", 43), text("h", 4));
    let query = format!("api-version={api_version}&t={ticks}&c={certificate}&s={signature}&h={digest}");
    format!("{}{path}?{query}", call.request.base)
}

/// Adds `Retry-After` if the settings ask for it.
pub(crate) fn with_retry_after(call: &Call<'_>, response: ArmResponse) -> ArmResponse {
    match call.state.settings.operation_retry_after_seconds {
        Some(seconds) => response.with_header("retry-after", seconds.to_string()),
        None => response,
    }
}

/// The location of the resource that an operation is about, for its URL; falls back to the global one.
pub(crate) fn location_of(call: &Call<'_>, id: &str) -> String {
    let stored = call.state.store.get(&id::key(id)).and_then(|body| body["location"].as_str());
    stored.unwrap_or("global").to_owned()
}
