use serde_json::json;

use super::*;

#[derive(Debug, PartialEq, Deserialize)]
struct Item {
    id: String,
    size: u32,
}

fn page(body: &serde_json::Value) -> Page<Item> {
    parse(body.to_string().as_bytes()).expect("a page")
}

#[test]
fn a_list_goes_on_until_the_link_is_missing_null_or_empty() {
    assert_eq!(page(&json!({"value": []})).next_link, None);
    assert_eq!(page(&json!({"value": [], "nextLink": null})).next_link, None);
    assert_eq!(page(&json!({"value": [], "nextLink": ""})).next_link, None);
    let empty_page = page(&json!({"value": [], "nextLink": "https://arm.test/next"}));
    assert_eq!(empty_page.next_link.as_deref(), Some("https://arm.test/next"));
}

#[test]
fn a_bad_item_is_reported_and_the_others_are_kept() {
    let page = page(&json!({"value": [
        {"id": "/a", "size": 1},
        {"id": "/b", "size": "big"},
        "not even an object",
        {"id": "/c", "size": 3},
    ]}));
    let ids: Vec<_> = page.listing.items.iter().map(|item| item.id.as_str()).collect();
    assert_eq!(ids, ["/a", "/c"]);
    let bad: Vec<_> = page.listing.bad.iter().map(|bad| bad.id.as_deref()).collect();
    assert_eq!(bad, [Some("/b"), None]);
    assert!(page.listing.bad[0].problem.starts_with("size: "), "{}", page.listing.bad[0].problem);
}

#[test]
fn an_answer_without_a_value_is_no_empty_list() {
    assert!(parse::<Item>(b"{}").is_err());
    assert!(parse::<Item>(b"").is_err());
}

#[test]
fn a_link_to_the_endpoint_is_followed_unchanged() {
    let endpoint = Url::parse("https://management.azure.com/").expect("a URL");
    let link = "https://management.azure.com/subscriptions/s/x?api-version=1&%24skipToken=a%2Bb%3D";
    assert_eq!(follow(&endpoint, link).map(String::from), Ok(link.to_owned()));
    let with_port = "https://management.azure.com:443/x";
    assert_eq!(
        follow(&endpoint, with_port).map(String::from),
        Ok("https://management.azure.com/x".to_owned())
    );
}

#[test]
fn a_link_to_anywhere_else_would_leak_the_token() {
    let endpoint = Url::parse("https://management.azure.com/").expect("a URL");
    for link in [
        "https://management.azure.com.evil.test/x?secret=1",
        "http://management.azure.com/x",
        "https://management.azure.com:8443/x",
        "https://user@evil.test/management.azure.com",
    ] {
        let error = follow(&endpoint, link).expect_err(link);
        assert!(matches!(error, BadLink::Foreign { .. }), "{link}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
    assert_eq!(follow(&endpoint, "/subscriptions/s/x"), Err(BadLink::NotAUrl));
}
