use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::{Value, json};

use super::{Deployed, Lambda};
use crate::children::{self, Output, Program};
use crate::runtime_api::{Answer, RuntimeApi};

/// The stand-in's command: from the event itself, its query, or its first message.
fn asked(event: &Value) -> Option<String> {
    let message = event["Records"][0]["body"].as_str().unwrap_or("null");
    let message: Value = serde_json::from_str(message).unwrap_or_default();
    let places = [&event["do"], &event["queryStringParameters"]["do"], &message["do"]];
    places.iter().find_map(|place| place.as_str().map(str::to_owned))
}

/// Not a test: the children of these tests are this test binary, started to run only this function.
#[test]
#[ignore = "runs in child processes"]
fn stand_in() {
    children::exit_with_the_stack();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(lambda_runtime::run(service_fn(behave))).unwrap();
}

async fn behave(event: LambdaEvent<Value>) -> Result<Value, lambda_runtime::Error> {
    match asked(&event.payload).as_deref() {
        Some("sleep") => tokio::time::sleep(Duration::from_mins(1)).await,
        Some("nap") => tokio::time::sleep(Duration::from_millis(30)).await,
        Some("fail") => return Err("no such luck".into()),
        Some("die") => std::process::exit(3),
        _ => {}
    }
    Ok(
        json!({ "pid": std::process::id(), "sent": event.payload, "deadline": event.context.deadline }),
    )
}

fn program() -> Program {
    let arguments = ["--ignored", "--exact", "lambda::tests::stand_in", "--nocapture"];
    Program {
        path: std::env::current_exe().unwrap(),
        arguments: arguments.map(str::to_owned).to_vec(),
        output: Output::Dropped,
    }
}

pub(crate) async fn lambda(timeout_ms: u64, children_max: usize) -> Lambda {
    let api = RuntimeApi::start().await.unwrap();
    let named = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let function = Deployed {
        name: "echo".to_owned(),
        arn: "arn:aws:lambda:eu-central-1:000000000000:function:echo".to_owned(),
        environment: BTreeMap::from([
            named("AWS_LAMBDA_FUNCTION_NAME", "echo"),
            named("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
            named("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ]),
        timeout: Duration::from_millis(timeout_ms),
        children_max,
    };
    Lambda::new(vec![function], &program(), &api)
}

async fn ask(lambda: &Lambda, payload: Value) -> Result<Value, Value> {
    match lambda.invoke("echo", payload.to_string().into()).await.unwrap() {
        Answer::Returned(body) => Ok(serde_json::from_slice(&body).unwrap()),
        Answer::Failed(body) => Err(serde_json::from_slice(&body).unwrap()),
    }
}

fn kill(pid: &Value) {
    let killed = std::process::Command::new("kill").args(["-9", &pid.to_string()]).status();
    assert!(killed.unwrap().success());
}

#[tokio::test]
async fn a_child_is_started_once_and_used_again() {
    let lambda = lambda(5_000, 10).await;
    let first = ask(&lambda, json!({ "n": 1 })).await.unwrap();
    let second = ask(&lambda, json!({ "n": 2 })).await.unwrap();
    assert_eq!(first["sent"], json!({ "n": 1 }));
    assert_eq!(first["pid"], second["pid"]);
    assert!(first["deadline"].as_u64().unwrap() > 1_700_000_000_000);
    assert!(lambda.invoke("nothing", "{}".into()).await.is_none());
}

#[tokio::test]
async fn a_failure_of_the_function_is_reported_and_leaves_the_child_alive() {
    let lambda = lambda(5_000, 10).await;
    let first = ask(&lambda, json!({})).await.unwrap();
    let failed = ask(&lambda, json!({ "do": "fail" })).await.unwrap_err();
    assert!(failed["errorMessage"].as_str().unwrap().contains("no such luck"), "{failed}");
    assert_eq!(ask(&lambda, json!({})).await.unwrap()["pid"], first["pid"]);
}

#[tokio::test]
async fn a_child_that_dies_in_an_invocation_fails_it_and_the_next_one_works() {
    let lambda = lambda(5_000, 10).await;
    let failed = ask(&lambda, json!({ "do": "die" })).await.unwrap_err();
    assert_eq!(failed["errorType"], "Runtime.ExitError");
    assert!(ask(&lambda, json!({})).await.is_ok());
}

#[tokio::test]
async fn a_child_that_is_killed_in_an_invocation_fails_it_and_the_next_one_works() {
    let lambda = lambda(30_000, 10).await;
    let running = tokio::spawn({
        let lambda = lambda.clone();
        async move { ask(&lambda, json!({ "do": "sleep" })).await }
    });
    tokio::time::sleep(Duration::from_millis(500)).await;
    kill(&json!(lambda.children()[0].1[0]));
    assert_eq!(running.await.unwrap().unwrap_err()["errorType"], "Runtime.ExitError");
    assert!(ask(&lambda, json!({})).await.is_ok());
}

#[tokio::test]
async fn a_child_that_was_killed_while_idle_costs_no_event() {
    let lambda = lambda(5_000, 10).await;
    for n in 0..5 {
        let answer = ask(&lambda, json!({ "n": n })).await.unwrap();
        kill(&answer["pid"]);
        // A process takes a moment to die, and an event that reaches it meanwhile is lost.
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn a_function_that_takes_too_long_is_killed() {
    let lambda = lambda(1_000, 10).await;
    let started = Instant::now();
    let failed = ask(&lambda, json!({ "do": "sleep" })).await.unwrap_err();
    assert!(failed["errorMessage"].as_str().unwrap().contains("Task timed out after 1.00 seconds"));
    assert!(started.elapsed() < Duration::from_secs(10));
    assert!(lambda.children()[0].1.is_empty());
    assert!(ask(&lambda, json!({})).await.is_ok());
}

#[tokio::test]
async fn many_events_at_once_share_a_bounded_number_of_children() {
    let lambda = lambda(20_000, 3).await;
    let running: Vec<_> = (0..50)
        .map(|n| {
            let lambda = lambda.clone();
            tokio::spawn(async move { ask(&lambda, json!({ "do": "nap", "n": n })).await.unwrap() })
        })
        .collect();
    let mut pids = Vec::new();
    for (n, answer) in running.into_iter().enumerate() {
        let answer = answer.await.unwrap();
        assert_eq!(answer["sent"]["n"], n);
        pids.push(answer["pid"].as_u64().unwrap());
    }
    pids.sort_unstable();
    pids.dedup();
    assert!(pids.len() <= 3, "{pids:?}");
    assert!(lambda.children()[0].1.len() <= 3);
}

#[tokio::test]
async fn stopping_ends_every_child_and_starts_no_other() {
    let lambda = lambda(5_000, 10).await;
    let pid = ask(&lambda, json!({})).await.unwrap()["pid"].as_u64().unwrap();
    lambda.stop().await;
    assert!(!std::path::Path::new(&format!("/proc/{pid}")).exists());
    assert_eq!(ask(&lambda, json!({})).await.unwrap_err()["errorType"], "Runtime.Stopped");
}
