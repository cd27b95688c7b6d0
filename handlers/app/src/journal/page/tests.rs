use std::sync::Arc;

use jiff::civil::date;
use serde_json::json;

use super::*;
use crate::state::{MemoryStore, StateStore};

const TODAY: Date = date(2026, 3, 1);

/// A journal of the given lines, each with its day.
async fn journal(lines: &[(Date, &str)]) -> Journal {
    let store = MemoryStore::default();
    for (day, line) in lines {
        store.append(&document(*day), line).await.expect("appended");
    }
    Journal::new(Arc::new(store))
}

async fn page(journal: &Journal, cursor: Option<&str>, limit: usize) -> Page {
    journal.page(cursor, limit, None, TODAY).await.expect("a page")
}

/// The `n` of each entry.
fn numbers(page: &Page) -> Vec<i64> {
    page.entries.iter().map(|entry| entry["n"].as_i64().expect("a number")).collect()
}

#[tokio::test]
async fn pages_go_back_from_the_newest_entry_over_days_without_any() {
    let (february, january) = (date(2026, 2, 28), date(2026, 1, 30));
    let lines =
        [(january, r#"{"n":1}"#), (february, r#"{"n":2}"#), (february, r#"{"n":3}"#), (TODAY, r#"{"n":4}"#)];
    let journal = journal(&lines).await;

    let newest = page(&journal, None, 2).await;
    assert_eq!((numbers(&newest), newest.next.as_deref()), (vec![4, 3], Some("2026-02-28:1")));
    let older = page(&journal, newest.next.as_deref(), 2).await;
    assert_eq!((numbers(&older), older.next), (vec![2, 1], None));
}

#[tokio::test]
async fn a_cursor_stays_the_same_place_while_the_journal_grows() {
    let journal = journal(&[(TODAY, r#"{"n":1}"#), (TODAY, r#"{"n":2}"#)]).await;
    let cursor = page(&journal, None, 1).await.next;
    journal.store.append(&document(TODAY), r#"{"n":3}"#).await.expect("appended");
    assert_eq!(numbers(&page(&journal, cursor.as_deref(), 1).await), [1]);
}

#[tokio::test]
async fn a_month_of_silence_is_the_beginning() {
    let beyond = journal(&[(date(2026, 1, 29), r#"{"n":1}"#)]).await;
    assert_eq!(page(&beyond, None, 9).await, Page::default());
    let within = journal(&[(date(2026, 1, 30), r#"{"n":1}"#)]).await;
    assert_eq!(numbers(&page(&within, None, 9).await), [1]);
}

#[tokio::test]
async fn nothing_is_read_beyond_four_hundred_days() {
    let days: Vec<Date> = TODAY.series((-1).day()).take(401).collect();
    let lines: Vec<_> = days.iter().map(|day| (*day, r#"{"n":1}"#)).collect();
    let all = page(&journal(&lines).await, None, LONGEST_PAGE).await;
    assert_eq!((all.entries.len(), all.next), (400, None));
}

#[tokio::test]
async fn only_the_subject_that_was_asked_for_is_shown() {
    let lines = [
        (TODAY, r#"{"n":1,"subject":"/subscriptions/s/A"}"#),
        (TODAY, r#"{"n":2,"subject":"/subscriptions/s/b"}"#),
        (TODAY, r#"{"n":3}"#),
        (TODAY, r#"{"n":4,"subject":"/subscriptions/s/a"}"#),
    ];
    let journal = journal(&lines).await;
    let newest = journal.page(None, 1, Some("/SUBSCRIPTIONS/s/a"), TODAY).await.expect("a page");
    assert_eq!((numbers(&newest), newest.next.as_deref()), (vec![4], Some("2026-03-01:1")));
}

#[tokio::test]
async fn a_line_that_a_repeated_write_doubled_counts_once() {
    let [a, b] = [r#"{"n":1}"#, r#"{"n":2}"#].map(|line| (TODAY, line));
    let journal = journal(&[a, b, b, a]).await;
    assert_eq!(numbers(&page(&journal, None, 9).await), [1, 2, 1]);
    let second = page(&journal, page(&journal, None, 1).await.next.as_deref(), 1).await;
    assert_eq!((numbers(&second), second.next.as_deref()), (vec![2], Some("2026-03-01:1")));
}

#[tokio::test]
async fn a_line_that_is_no_entry_is_counted_and_passed_over() {
    let journal = journal(&[(TODAY, r#"{"n":1}"#), (TODAY, r#"{"n":"#), (TODAY, r#"{"n":3}"#)]).await;
    let all = page(&journal, None, 9).await;
    assert_eq!((numbers(&all), all.unreadable), (vec![3, 1], 1));
}

#[test]
fn a_line_without_its_end_is_left_for_later() {
    assert_eq!(lines(b"{\"n\":1}\n{\"n\":2}", usize::MAX), [b"{\"n\":1}"]);
    assert_eq!(lines(b"a\nb\nc\n", 2), [b"a", b"b"]);
}

#[tokio::test]
async fn what_is_no_cursor_is_named_with_what_would_be() {
    let journal = journal(&[]).await;
    for text in [
        "",
        "7",
        "2026-03-01",
        "2026-03-01:",
        "2026-03-01:0",
        "2026-03-01:+7",
        "2026-02-30:1",
        "a:1",
        "2026-03-01:1:1",
    ] {
        let error = journal.page(Some(text), 1, None, TODAY).await.expect_err(text);
        assert!(matches!(&error, JournalError::Cursor { text: named } if named == text), "{text}: {error}");
        assert!(error.to_string().contains("<year>-<month>-<day>:<line>"), "{error}");
    }
}

#[tokio::test]
async fn a_page_has_one_to_five_hundred_entries() {
    let journal = journal(&[]).await;
    for limit in [0, 501] {
        let refused = journal.page(None, limit, None, TODAY).await;
        assert!(matches!(refused, Err(JournalError::Limit { .. })), "{refused:?}");
    }
}

#[tokio::test]
async fn entries_are_given_as_they_were_written() {
    let journal = journal(&[(TODAY, r#"{"kind":"command","n":[1,null]}"#)]).await;
    assert_eq!(page(&journal, None, 1).await.entries, [json!({ "kind": "command", "n": [1, null] })]);
}
