//! Lists that come in pages.
//!
//! A page is `{"value": [...], "nextLink": url}`; the list ends where the link is absent, null or empty, never
//! because a page is short or empty (ARM contract: paging).

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use url::Url;

/// Most pages that one list may have. A list that goes on longer repeats itself.
pub const MAX_PAGES: usize = 10_000;

/// A whole list.
#[derive(Debug, Clone, PartialEq)]
pub struct Listing<T> {
    /// The items that could be read, in the service's order.
    pub items: Vec<T>,
    /// The items that could not. They exist: a decision that counts items must not take them for absent.
    pub bad: Vec<BadItem>,
}

/// A list item that does not have the shape it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadItem {
    /// Id of the item, if at least that could be read.
    pub id: Option<String>,
    /// What is wrong and where in the item.
    pub problem: String,
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// What the page holds.
    pub listing: Listing<T>,
    /// Where the next page is.
    pub next_link: Option<String>,
}

/// Why the next page of a list is not fetched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadLink {
    /// The link leads to another host, which would get to see our token.
    #[error(
        "the list goes on at `{origin}`, which is not the endpoint `{endpoint}`; the link is not followed"
    )]
    Foreign {
        /// Scheme, host and port of the link.
        origin: String,
        /// Scheme, host and port of the endpoint.
        endpoint: String,
    },
    /// The link is no absolute URL.
    #[error("the list goes on at something that is not an absolute URL")]
    NotAUrl,
    /// The list has more than [`MAX_PAGES`] pages.
    #[error("the list has more than {MAX_PAGES} pages, which it can only have by repeating itself")]
    Endless,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    // Required: an answer without `value` is not an empty list.
    #[serde(borrow)]
    value: Vec<&'a RawValue>,
    next_link: Option<String>,
}

/// Reads one page. Items are parsed one by one, so that a bad one is reported and the others are kept.
///
/// # Errors
/// When the answer is not a page at all.
pub fn parse<T: DeserializeOwned>(
    body: &[u8],
) -> Result<Page<T>, serde_path_to_error::Error<serde_json::Error>> {
    let envelope: Envelope<'_> =
        serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_slice(body))?;
    let mut listing = Listing::default();
    for raw in envelope.value {
        match serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_str(raw.get())) {
            Ok(item) => listing.items.push(item),
            Err(error) => listing.bad.push(BadItem { id: id_of(raw), problem: error.to_string() }),
        }
    }
    Ok(Page { listing, next_link: envelope.next_link.filter(|link| !link.is_empty()) })
}

/// The URL of the next page: the link as it is, if it leads to the endpoint itself.
///
/// # Errors
/// When the link leads elsewhere.
pub fn follow(endpoint: &Url, link: &str) -> Result<Url, BadLink> {
    let url = Url::parse(link).map_err(|_| BadLink::NotAUrl)?;
    if url.origin() == endpoint.origin() {
        return Ok(url);
    }
    let [origin, endpoint] = [url.origin(), endpoint.origin()].map(|origin| origin.ascii_serialization());
    Err(BadLink::Foreign { origin, endpoint })
}

impl<T> Listing<T> {
    /// Appends what a further page holds.
    pub fn extend(&mut self, further: Self) {
        self.items.extend(further.items);
        self.bad.extend(further.bad);
    }
}

impl<T> Default for Listing<T> {
    fn default() -> Self {
        Self { items: Vec::new(), bad: Vec::new() }
    }
}

fn id_of(raw: &RawValue) -> Option<String> {
    #[derive(Deserialize)]
    struct Identified {
        id: String,
    }
    serde_json::from_str::<Identified>(raw.get()).ok().map(|item| item.id)
}

#[cfg(test)]
mod tests;
