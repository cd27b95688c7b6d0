use serde_json::json;

use super::*;
use crate::functions_host::{AppSettings, FunctionDefinition, HostSettings};

fn at(time: &str) -> Timestamp {
    format!("2026-03-04T{time}Z").parse().unwrap()
}

fn timers(run_on_startup: bool) -> Timers {
    let bindings = json!({"bindings": [{"type": "timerTrigger", "name": "timer", "direction": "in",
        "schedule": "0 */1 * * * *", "runOnStartup": run_on_startup}]});
    let settings = AppSettings::default();
    let function = FunctionDefinition::from_json("tick", bindings, &settings).unwrap();
    let app = FunctionApp { host: HostSettings::default(), functions: vec![function], settings };
    Timers::of(&app, at("05:00:30"))
}

fn due(timers: &mut Timers, time: &str) -> Vec<TimerRun> {
    timers.take_due(at(time)).into_iter().map(|(_, run)| run).collect()
}

fn run(next: &str, last: Option<&str>) -> TimerRun {
    TimerRun { next: at(next), last: last.map(at), monitored: true }
}

#[test]
fn a_timer_fires_at_its_schedule_and_remembers_its_last_run() {
    let mut timers = timers(false);
    assert_eq!(timers.next_due(), Some(at("05:01:00")));
    assert_eq!(due(&mut timers, "05:00:59"), []);
    assert_eq!(due(&mut timers, "05:01:00"), [run("05:01:00", None)]);
    timers.finish("tick");
    assert_eq!(due(&mut timers, "05:02:00"), [run("05:02:00", Some("05:01:00"))]);
}

#[test]
fn a_run_at_startup_tells_of_the_coming_firing() {
    let mut timers = timers(true);
    assert_eq!(due(&mut timers, "05:00:30"), [run("05:01:00", None)]);
}

#[test]
fn a_slow_run_is_followed_by_one_run_at_once() {
    let mut timers = timers(false);
    due(&mut timers, "05:01:00");
    assert_eq!(timers.next_due(), None);
    assert_eq!(due(&mut timers, "05:04:30"), [], "it is still running");
    timers.finish("tick");
    assert_eq!(due(&mut timers, "05:04:30"), [run("05:02:00", Some("05:01:00"))]);
    timers.finish("tick");
    assert_eq!(timers.next_due(), Some(at("05:05:00")));
}
