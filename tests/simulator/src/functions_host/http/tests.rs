use ::http::Method;

use super::*;
use crate::functions_host::bench::{Bench, app, fine};

fn answering(answer: &'static str) -> Bench {
    Bench::new(app(), move |_, _| (200, answer.to_owned()))
}

fn get(path: &str) -> HttpCall {
    HttpCall::new(Method::GET, format!("http://localhost:7071{path}").parse().unwrap())
}

async fn status(bench: &Bench, call: HttpCall) -> u16 {
    bench.host.http(call).await.status
}

#[tokio::test]
async fn the_key_opens_a_function_in_the_query_or_in_a_header() {
    let bench = answering(r#"{"Outputs":{"res":{"body":"ok"}}}"#);
    let key = bench.host.function_key();
    assert_eq!(status(&bench, get("/api/fleet/weu")).await, 401);
    assert_eq!(status(&bench, get("/api/fleet/weu?code=wrong")).await, 401);
    assert_eq!(status(&bench, get(&format!("/api/fleet/weu?code={key}"))).await, 200);
    assert_eq!(status(&bench, get("/api/fleet/weu").header("x-functions-key", &key)).await, 200);
    assert_eq!(
        status(&bench, get("/api/fleet/weu").header("x-functions-key", &bench.host.master_key())).await,
        200
    );
}

#[tokio::test]
async fn a_wrong_method_or_path_is_404() {
    let bench = Bench::new(app(), |_, _| fine());
    let post = HttpCall { method: Method::POST, ..get("/api/fleet/weu") };
    for call in [post, get("/fleet/weu"), get("/api/fleet"), get("/apifleet/weu")] {
        assert_eq!(status(&bench, call.clone()).await, 404, "{call:?}");
    }
    assert!(bench.bodies().is_empty());
}

#[tokio::test]
async fn route_values_reach_the_handler_and_its_answer_the_caller() {
    let bench =
        answering(r#"{"Outputs":{"res":{"statusCode":202,"headers":{"Location":"/there"},"body":"ok"}}}"#);
    let reply =
        bench.host.http(get("/api/fleet/weu").header("x-functions-key", &bench.host.function_key())).await;
    assert_eq!((reply.status, reply.body.as_str(), reply.header("location")), (202, "ok", Some("/there")));
    assert_eq!(bench.bodies()[0]["Data"]["req"]["Params"]["stamp"], "weu");
}

#[tokio::test]
async fn a_failed_invocation_is_500() {
    let bench = Bench::new(app(), |_, _| (503, String::new()));
    let key = bench.host.function_key();
    assert_eq!(status(&bench, get("/api/fleet/weu").header("x-functions-key", &key)).await, 500);
}
