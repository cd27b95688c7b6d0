use super::*;
use crate::testing::minute;

fn fault(class: FaultClass, retry_after_seconds: Option<u32>) -> Fault {
    Fault { class, code: "Code".to_owned(), message: "words".to_owned(), retry_after_seconds }
}

/// The waits, in seconds, after so many failures in a row.
fn waits(class: FaultClass, failures: usize) -> Vec<i64> {
    let mut last = None;
    let mut waits = Vec::new();
    for _ in 0..failures {
        let setback = Setback::after(last.as_ref(), fault(class, None), minute(0));
        waits.push(setback.until.duration_since(minute(0)).as_secs());
        last = Some(setback);
    }
    waits
}

#[test]
fn waits_double_up_to_the_limit_of_their_class() {
    let table = [
        (FaultClass::Busy, vec![30, 60, 120, 240, 300, 300]),
        (FaultClass::Passing, vec![30, 60, 120, 240, 480, 900, 900]),
        (FaultClass::OperationFailed, vec![60, 120, 240, 480, 960, 1_920, 3_600, 3_600]),
        (FaultClass::Lasting, vec![600, 1_200, 2_400, 4_800, 9_600, 19_200, 21_600, 21_600]),
    ];
    for (class, expected) in table {
        assert_eq!(waits(class, expected.len()), expected, "{class:?}");
    }
}

#[test]
fn a_wait_that_the_service_asked_for_is_never_cut_and_never_shortens_ours() {
    let wait = |asked| {
        let setback = Setback::after(None, fault(FaultClass::Busy, Some(asked)), minute(0));
        setback.until.duration_since(minute(0)).as_secs()
    };
    assert_eq!((wait(7_200), wait(31), wait(1)), (7_200, 31, 30));
}

#[test]
fn the_class_may_change_while_the_count_goes_on() {
    let first = Setback::after(None, fault(FaultClass::Passing, None), minute(0));
    let second = Setback::after(Some(&first), fault(FaultClass::Lasting, None), minute(1));
    assert_eq!((second.attempts, second.until), (2, minute(21)));
}

#[test]
fn a_count_at_its_end_neither_overflows_nor_shortens_the_wait() {
    let tired = Setback { attempts: u32::MAX, fault: fault(FaultClass::Lasting, None), until: minute(0) };
    let setback = Setback::after(Some(&tired), fault(FaultClass::Lasting, None), minute(0));
    assert_eq!((setback.attempts, setback.until), (u32::MAX, minute(360)));
}
