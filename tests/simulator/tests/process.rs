//! The Functions host with a real handler process: start, environment, framing, crashes, and no orphan at the end.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fleet_simulator::arm::Arm;
use fleet_simulator::chance::Seed;
use fleet_simulator::clock::Clock;
use fleet_simulator::functions_host::{
    AppSettings, EventGridCall, ExitZero, FunctionsHost, HandlerCall, HandlerTransport, HostError, HttpCall,
    Listener, Process, ProcessSettings, ScriptRoot, Surroundings,
};
use fleet_simulator::happening::Happening;
use http::{HeaderMap, Method};

/// An app of Event Grid functions on disk, its host, and what happened.
struct App {
    folder: tempfile::TempDir,
    arm: Arm,
    happenings: Arc<Mutex<Vec<Happening>>>,
}

impl App {
    fn new(functions: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &Path, text: &str| std::fs::write(path, text).unwrap();
        write(&folder.path().join("host.json"), r#"{"version":"2.0","customHandler":{"description":{}}}"#);
        for function in functions {
            let path = folder.path().join(function);
            std::fs::create_dir(&path).unwrap();
            write(
                &path.join("function.json"),
                r#"{"bindings":[{"type":"eventGridTrigger","name":"event","direction":"in"}]}"#,
            );
        }
        let arm = Arm::new(Seed(7), Clock::default());
        let happenings = Arc::<Mutex<Vec<Happening>>>::default();
        let heard = Arc::clone(&happenings);
        arm.watchers().watch(Arc::new(move |happening| heard.lock().unwrap().push(happening.clone())));
        Self { folder, arm, happenings }
    }

    async fn start(&self, exit_code: &str) -> FunctionsHost {
        let settings = AppSettings::from_iter([("GREETING", "hello"), ("ECHO_EXIT_CODE", exit_code)]);
        let root = ScriptRoot::staged(self.folder.path());
        FunctionsHost::with_process(&root, &settings, Some(handler()), Surroundings::of(&self.arm))
            .await
            .unwrap()
    }

    fn happened<T>(&self, pick: impl Fn(&Happening) -> Option<T>) -> Vec<T> {
        self.happenings.lock().unwrap().iter().filter_map(pick).collect()
    }

    fn starts(&self) -> usize {
        self.happened(|happening| matches!(happening, Happening::HandlerStarted { .. }).then_some(())).len()
    }

    /// Waits in real time until something has happened: a process's output and end come when they come.
    async fn wait_for(&self, wanted: impl Fn(&Happening) -> bool) {
        let seen = async {
            while !self.happenings.lock().unwrap().iter().any(&wanted) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), seen).await.expect("it happens within 20 seconds");
    }
}

fn handler() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_echo-handler"))
}

async fn deliver(host: &FunctionsHost, function: &str, body: &str) -> u16 {
    let call = EventGridCall {
        method: Method::POST,
        function: function.to_owned(),
        event_type: Some("Notification".to_owned()),
        origin: None,
        body: body.to_owned(),
    };
    host.event_grid_webhook(call).await.status
}

#[tokio::test]
async fn the_process_gets_settings_and_port_and_its_lines_are_heard() {
    let app = App::new(&["echo"]);
    let host = app.start("1").await;
    app.wait_for(|happening| *happening == line("listening with greeting hello", false)).await;
    app.wait_for(|happening| *happening == line("warning: this goes to stderr", true)).await;
    host.shutdown().await;
}

fn line(text: &str, stderr: bool) -> Happening {
    Happening::HandlerLine { text: text.to_owned(), stderr }
}

#[tokio::test]
async fn a_body_of_many_chunks_arrives_whole_with_the_hosts_headers() {
    let app = App::new(&["echo"]);
    let host = app.start("1").await;
    let long = "é".repeat(5_000);
    let event = format!(r#"{{"id":"1","subject":"s","data":{{"long":"{long}"}}}}"#);
    assert_eq!(deliver(&host, "echo", &event).await, 202);
    let [logs] = app
        .happened(|happening| match happening {
            Happening::InvocationFinished { logs, .. } => Some(logs.clone()),
            _ => None,
        })
        .try_into()
        .unwrap();
    let (body, headers) = logs.split_last().unwrap();
    assert!(body.starts_with(&format!(r#"{{"Data":{{"event":{event}}}"#)), "{body}");
    let has = |wanted: &str| headers.iter().any(|header| header.starts_with(wanted));
    assert!(has("transfer-encoding: chunked"), "{headers:?}");
    assert!(!has("content-length"), "{headers:?}");
    assert!(has("content-type: application/json; charset=utf-8"), "{headers:?}");
    assert!(has("x-azure-functions-invocationid: "), "{headers:?}");
    host.shutdown().await;
}

#[tokio::test]
async fn a_crash_fails_its_call_and_the_next_one_finds_a_new_process() {
    let app = App::new(&["echo", "exit"]);
    let host = app.start("3").await;
    assert_eq!(deliver(&host, "exit", "{}").await, 500);
    assert_eq!(deliver(&host, "echo", "{}").await, 202);
    assert_eq!(app.starts(), 2);
    host.shutdown().await;
}

#[tokio::test]
async fn the_third_crash_stops_the_host() {
    let app = App::new(&["echo", "exit"]);
    let host = app.start("3").await;
    for _ in 0..3 {
        assert_eq!(deliver(&host, "exit", "{}").await, 500);
    }
    assert_eq!(deliver(&host, "echo", "{}").await, 500);
    assert!(host.is_stopped());
    assert_eq!(app.starts(), 3);
    host.shutdown().await;
}

#[tokio::test]
async fn exit_code_200_asks_for_uncounted_restarts() {
    let app = App::new(&["echo", "exit"]);
    let host = app.start("200").await;
    for _ in 0..4 {
        assert_eq!(deliver(&host, "exit", "{}").await, 500);
    }
    assert_eq!(deliver(&host, "echo", "{}").await, 202);
    host.shutdown().await;
}

#[tokio::test]
async fn after_exit_code_0_nothing_is_restarted_though_the_host_goes_on() {
    let app = App::new(&["echo", "exit"]);
    let host = app.start("0").await;
    assert_eq!(deliver(&host, "exit", "{}").await, 500);
    assert_eq!(deliver(&host, "echo", "{}").await, 500);
    assert_eq!(app.starts(), 1);
    assert!(!host.is_stopped());
    host.shutdown().await;
}

#[tokio::test]
async fn a_killed_handler_is_replaced() {
    let app = App::new(&["echo"]);
    let host = app.start("1").await;
    host.kill_handler();
    assert_eq!(deliver(&host, "echo", "{}").await, 202);
    assert_eq!(app.starts(), 2);
    host.shutdown().await;
}

#[tokio::test]
async fn a_lost_instance_leaves_no_process_until_it_is_replaced() {
    let app = App::new(&["echo"]);
    let host = app.start("1").await;
    let port = handler_port(&app, &host).await;
    host.kill_instance();
    app.wait_for(|happening| matches!(happening, Happening::HandlerExited { code: None })).await;
    assert!(tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err());
    assert_eq!(deliver(&host, "echo", "{}").await, 500);
    host.restart_instance().await.unwrap();
    assert_eq!((deliver(&host, "echo", "{}").await, app.starts()), (202, 2));
    host.shutdown().await;
}

#[tokio::test]
async fn shutdown_leaves_no_orphan() {
    let app = App::new(&["echo"]);
    let host = app.start("1").await;
    let port = handler_port(&app, &host).await;
    assert!(tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok());
    host.shutdown().await;
    assert!(tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err());
    app.wait_for(|happening| matches!(happening, Happening::HandlerExited { code: None })).await;
}

/// The port on which the handler listens, out of the `Host` header that it got.
async fn handler_port(app: &App, host: &FunctionsHost) -> u16 {
    deliver(host, "echo", "{}").await;
    let logs = app.happened(|happening| match happening {
        Happening::InvocationFinished { logs, .. } => Some(logs.clone()),
        _ => None,
    });
    let port = logs[0].iter().find_map(|header| header.strip_prefix("host: 127.0.0.1:"));
    port.and_then(|port| port.parse().ok()).expect("the handler got a Host header")
}

#[tokio::test]
async fn a_handler_that_is_not_there_is_an_error_with_its_path() {
    let app = App::new(&["echo"]);
    let root = ScriptRoot::staged(app.folder.path());
    let missing = PathBuf::from("/does/not/exist");
    let started = FunctionsHost::with_process(
        &root,
        &AppSettings::default(),
        Some(missing),
        Surroundings::of(&app.arm),
    )
    .await;
    let Err(error @ HostError::HandlerNotStarted { .. }) = started else { panic!("it can't start") };
    assert!(error.to_string().contains("/does/not/exist"), "{error}");
}

#[tokio::test]
async fn a_handler_that_never_listens_is_tried_three_times() {
    let app = App::new(&[]);
    let settings = ProcessSettings {
        executable: PathBuf::from("/bin/sleep"),
        arguments: vec!["60".to_owned()],
        app_root: app.folder.path().to_owned(),
        working_directory: app.folder.path().to_owned(),
        environment: BTreeMap::new(),
        initialization_timeout: Duration::from_millis(60),
        worker_id: app.arm.seed().guid(&["worker"]),
        exit_zero: ExitZero::default(),
    };
    let started = Process::start(settings, app.arm.clock().clone(), app.arm.watchers().clone()).await;
    assert!(matches!(started, Err(HostError::HandlerNotReady { .. })));
    assert_eq!(app.starts(), 3);
}

#[tokio::test]
async fn newer_hosts_start_a_handler_again_after_exit_code_0() {
    let app = App::new(&[]);
    let settings = ProcessSettings {
        executable: handler(),
        arguments: Vec::new(),
        app_root: app.folder.path().to_owned(),
        working_directory: app.folder.path().to_owned(),
        environment: BTreeMap::from([("ECHO_EXIT_CODE".to_owned(), "0".to_owned())]),
        initialization_timeout: Duration::from_secs(30),
        worker_id: app.arm.seed().guid(&["worker"]),
        exit_zero: ExitZero::Restarts,
    };
    let process =
        Process::start(settings, app.arm.clock().clone(), app.arm.watchers().clone()).await.unwrap();
    let call = |function: &str| HandlerCall {
        function: function.to_owned(),
        headers: HeaderMap::new(),
        body: "{}".into(),
    };
    assert!(process.post(call("exit")).await.is_err());
    assert_eq!(process.post(call("echo")).await.unwrap().status, 200);
    process.shutdown().await;
}

#[tokio::test]
async fn the_listener_serves_the_webhook_the_admin_endpoint_and_http() {
    let app = App::new(&["echo", "fail"]);
    let host = app.start("1").await;
    let listener = Listener::bind(host.clone(), 0).await.unwrap();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = |path: &str| format!("http://{}{path}", listener.address());
    let notify = |function: &str| {
        let request = client.post(url(&format!("/runtime/webhooks/EventGrid?functionName={function}")));
        request.header("aeg-event-type", "Notification").body(r#"[{"id":"1"}]"#)
    };
    assert_eq!(notify("echo").send().await.unwrap().status(), 202);
    assert_eq!(notify("fail").send().await.unwrap().status(), 500);
    assert_eq!(notify("Echo").send().await.unwrap().status(), 404);

    let admin = client.post(url("/admin/functions/echo")).body(r#"{"input":"{}"}"#);
    assert_eq!(admin.send().await.unwrap().status(), 202);
    assert_eq!(client.get(url("/api/nothing")).send().await.unwrap().status(), 404);
    host.shutdown().await;
}

#[tokio::test]
async fn an_http_function_without_a_key_is_refused_before_the_handler_sees_it() {
    let app = App::new(&[]);
    let folder = app.folder.path().join("page");
    std::fs::create_dir(&folder).unwrap();
    let definition = r#"{"bindings":[{"type":"httpTrigger","name":"req","direction":"in"},{"type":"http","name":"res","direction":"out"}]}"#;
    std::fs::write(folder.join("function.json"), definition).unwrap();
    let host = app.start("1").await;
    let call =
        |path: &str| HttpCall::new(Method::GET, format!("http://localhost/api/{path}").parse().unwrap());
    assert_eq!(host.http(call("page")).await.status, 401);
    let key = host.function_key();
    assert_eq!(host.http(call(&format!("page?code={key}"))).await.status, 204);
    host.shutdown().await;
}
