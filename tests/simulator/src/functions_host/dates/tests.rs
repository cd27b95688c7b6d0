use super::*;

#[test]
fn a_date_loses_trailing_zeros_and_keeps_its_kind_of_zone() {
    let table = [
        ("2026-03-04T05:06:05.1200000Z", Some("2026-03-04T05:06:05.12Z")),
        ("2026-03-04T05:06:05.0000000Z", Some("2026-03-04T05:06:05Z")),
        ("2026-03-04T05:06:05.1234567", Some("2026-03-04T05:06:05.1234567")),
        ("2026-03-04T07:06:05+02:00", Some("2026-03-04T05:06:05+00:00")),
        ("2026-03-03T22:06:05-07:00", Some("2026-03-04T05:06:05+00:00")),
        ("2026-03-04", None),
        ("2026-03-04 05:06:05", None),
        ("2026-13-04T05:06:05Z", None),
        ("2026-03-04T05:06:05.123456789Z", None),
        ("2026-03-04T05:06:05Zulu", None),
        ("not a date at all, but long enough", None),
    ];
    for (text, expected) in table {
        assert_eq!(normalised(text).as_deref(), expected, "{text}");
    }
}

#[test]
fn a_text_that_is_a_date_as_a_whole_has_an_invariant_form() {
    assert_eq!(invariant_of("2026-03-04T05:06:07Z").as_deref(), Some("03/04/2026 05:06:07"));
    assert_eq!(invariant_of("at 2026-03-04T05:06:07Z"), None);
}

#[test]
fn dates_are_cut_to_seconds_or_to_ticks() {
    let date = utc("2026-03-04T05:06:07.398926099Z".parse().unwrap());
    assert_eq!(to_seconds(date), "2026-03-04T05:06:07");
    assert_eq!(to_ticks(date), "2026-03-04T05:06:07.398926");
    assert_eq!(to_ticks(NOT_YET), "0001-01-01T00:00:00");
}
