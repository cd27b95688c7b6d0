use super::*;

fn next(schedule: &str, after: &str) -> Option<String> {
    Schedule::parse(schedule).unwrap().next_after(after.parse().unwrap()).map(|moment| moment.to_string())
}

#[test]
fn the_next_firing_lies_strictly_after_the_moment() {
    let table = [
        ("0 */1 * * * *", "2026-03-04T05:00:00Z", "2026-03-04T05:01:00Z"),
        ("0 */1 * * * *", "2026-03-04T05:00:59.5Z", "2026-03-04T05:01:00Z"),
        ("0 */5 * * * *", "2026-03-04T05:55:00Z", "2026-03-04T06:00:00Z"),
        ("*/15 * * * * *", "2026-03-04T05:00:15Z", "2026-03-04T05:00:30Z"),
        ("*/5 * * * *", "2026-03-04T05:03:00Z", "2026-03-04T05:05:00Z"),
        ("0 30 9-17 * * 1-5", "2026-03-06T17:30:00Z", "2026-03-09T09:30:00Z"),
        ("0 0 3,15 1 * *", "2026-03-01T15:00:00Z", "2026-04-01T03:00:00Z"),
        ("0 0 0 29 2 *", "2026-03-04T05:00:00Z", "2028-02-29T00:00:00Z"),
        ("0 10/20 * * * *", "2026-03-04T05:10:00Z", "2026-03-04T05:30:00Z"),
    ];
    for (schedule, after, expected) in table {
        assert_eq!(next(schedule, after).as_deref(), Some(expected), "{schedule} after {after}");
    }
}

#[test]
fn a_date_that_never_comes_has_no_next_firing() {
    assert_eq!(next("0 0 0 30 2 *", "2026-03-04T05:00:00Z"), None);
}

#[test]
fn only_a_schedule_with_several_seconds_fires_within_a_minute() {
    assert!(Schedule::parse("*/30 * * * * *").unwrap().fires_within_a_minute());
    assert!(!Schedule::parse("0 */1 * * * *").unwrap().fires_within_a_minute());
}

#[test]
fn nonsense_is_refused_with_the_field_named() {
    assert_eq!(Schedule::parse("00:05:00"), Err(ScheduleError::Fields("00:05:00".to_owned(), 1)));
    for (schedule, field) in [
        ("60 * * * * *", "second"),
        ("0 */0 * * * *", "minute"),
        ("0 0 9-5 * * *", "hour"),
        ("0 0 0 0 * *", "day"),
        ("0 0 0 1 jan *", "month"),
        ("0 0 0 1 1 7", "day of week"),
    ] {
        let error = Schedule::parse(schedule).unwrap_err();
        assert!(error.to_string().contains(&format!("the {field} field")), "{error}");
    }
}
