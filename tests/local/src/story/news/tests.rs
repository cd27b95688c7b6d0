use super::*;

const STAMP: &str = "aks-weu-01";

fn line(kind: Kind, text: &str) -> Line {
    (kind, text.to_owned())
}

fn look(about: &str, acts: bool, lines: &[Line]) -> Said {
    Said { look: Some(Look { about: about.to_owned(), acts, lines: lines.to_vec() }), ..Said::default() }
}

fn because(about: &str, kind: Kind) -> Said {
    let reason = Reason { about: about.to_owned(), line: line(kind, &format!("look at {about}")) };
    Said { reasons: vec![reason], ..Said::default() }
}

fn reads(count: u32) -> Line {
    line(Kind::Reads, &format!("work: {count} reads"))
}

fn waits() -> Line {
    line(Kind::Hold, "it still waits")
}

#[test]
fn what_is_found_again_is_told_once() {
    let mut news = News::default();
    assert_eq!(news.of(look(STAMP, false, &[reads(6), waits()])), [waits()]);
    assert_eq!(news.of(look(STAMP, false, &[reads(7), waits()])), [], "reads alone are no news");
    assert_eq!(news.of(look("aks-neu-01", false, &[reads(6), waits()])), [waits()], "of another it is news");
}

#[test]
fn what_was_different_in_between_is_told_again() {
    let mut news = News::default();
    let done = line(Kind::Decision, "it is as wanted");
    for said in [waits(), done, waits()] {
        let told = news.of(look(STAMP, false, std::slice::from_ref(&said)));
        assert_eq!(told, [said]);
    }
}

#[test]
fn what_acts_is_told_every_time_but_for_what_holds_it_back_still() {
    let mut news = News::default();
    let acts =
        [reads(6), line(Kind::Write, "PATCH it -> 202"), line(Kind::Decision, "started: set it"), waits()];
    assert_eq!(news.of(look(STAMP, true, &acts)), acts);
    assert_eq!(news.of(look(STAMP, true, &acts)), acts[..3]);
    assert_eq!(news.of(look(STAMP, false, &[waits()])), []);
}

#[test]
fn a_reason_is_told_once_and_before_the_look_it_led_to() {
    let mut news = News::default();
    for reason in
        [because(STAMP, Kind::Nudge), because(STAMP, Kind::Nudge), because("aks-neu-01", Kind::Nudge)]
    {
        assert_eq!(news.of(reason), []);
    }
    let told = news.of(look(STAMP, true, &[waits()]));
    assert_eq!(told, [line(Kind::Nudge, "look at aks-weu-01"), waits()]);
}

#[test]
fn of_what_led_to_a_look_that_does_not_act_only_events_are_told() {
    let mut news = News::default();
    news.of(because(STAMP, Kind::Event));
    news.of(because(STAMP, Kind::Nudge));
    let told = news.of(look(STAMP, false, &[waits()]));
    assert_eq!(told, [line(Kind::Event, "look at aks-weu-01"), waits()]);
}

#[test]
fn a_reason_whose_look_says_nothing_new_is_not_told_later() {
    let mut news = News::default();
    news.of(look(STAMP, false, &[waits()]));
    news.of(because(STAMP, Kind::Event));
    news.of(look(STAMP, false, &[waits()]));
    let done = [line(Kind::Decision, "it is as wanted")];
    assert_eq!(news.of(look(STAMP, false, &done)), done);
}
