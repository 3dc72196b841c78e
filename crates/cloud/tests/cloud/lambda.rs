//! The Lambda function against an emulation of Lambda's runtime API: the true program asks for invocations and posts its
//! answers, and the true cloud gives them.

use crate::rehearsal::{Home, Rehearsal};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router};
use reqwest::Method;
use serde_json::{Value, json as j};
use std::sync::Arc;
use tokio::sync::{Mutex, mpsc};

struct Runtime {
    invocations: Mutex<mpsc::Receiver<Value>>,
    answers: mpsc::Sender<(String, Value)>,
}

async fn next(State(runtime): State<Arc<Runtime>>) -> axum::response::Response {
    let Some(event) = runtime.invocations.lock().await.recv().await else {
        return StatusCode::GONE.into_response();
    };
    let headers = [
        ("lambda-runtime-aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd"),
        ("lambda-runtime-deadline-ms", "4102444800000"),
        ("lambda-runtime-invoked-function-arn", "arn:aws:lambda:eu-west-1:123456789012:function:skill"),
        ("lambda-runtime-trace-id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0"),
    ];
    (headers, Json(event)).into_response()
}

async fn answered(
    State(runtime): State<Arc<Runtime>>,
    Path((_, kind)): Path<(String, String)>,
    body: axum::body::Bytes,
) -> StatusCode {
    // The runtime names no content type, and Lambda asks for none.
    runtime.answers.send((kind, serde_json::from_slice(&body).unwrap())).await.unwrap();
    StatusCode::ACCEPTED
}

/// Lambda with the function in it.
struct Function {
    invoke: mpsc::Sender<Value>,
    answers: mpsc::Receiver<(String, Value)>,
    _program: tokio::process::Child,
    _tasks: tokio::task::JoinSet<()>,
}

impl Function {
    async fn start(url: &str) -> Self {
        let (invoke, invocations) = mpsc::channel(1);
        let (sender, answers) = mpsc::channel(1);
        let runtime = Arc::new(Runtime { invocations: Mutex::new(invocations), answers: sender });
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/{kind}", post(answered))
            .with_state(runtime);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let mut tasks = tokio::task::JoinSet::new();
        tasks.spawn(async move { axum::serve(listener, router).await.unwrap() });
        let program = tokio::process::Command::new(env!("CARGO_BIN_EXE_refill-skill"))
            .env("AWS_LAMBDA_RUNTIME_API", address)
            .env("AWS_LAMBDA_FUNCTION_NAME", "skill")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "stream")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", "group")
            .env("REFILL_SKILL_URL", url)
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        Self { invoke, answers, _program: program, _tasks: tasks }
    }

    async fn answers(&mut self, directive: Value) -> Value {
        self.invoke.send(directive).await.unwrap();
        let answer = tokio::time::timeout(std::time::Duration::from_secs(30), self.answers.recv());
        let (kind, body) = answer.await.expect("an answer in time").expect("an answer");
        assert_eq!(kind, "response", "{body}");
        body["event"].clone()
    }
}

fn directive(home: &Home, token: &str, namespace: &str, name: &str) -> Value {
    let scope = j!({"type": "BearerToken", "token": token});
    j!({"directive": {
        "header": {"namespace": namespace, "name": name, "payloadVersion": "3", "messageId": "m", "correlationToken": "c"},
        "endpoint": {"scope": scope, "endpointId": home.device},
        "payload": {"scope": scope, "grant": {"type": "OAuth2.AuthorizationCode", "code": "c"}, "grantee": scope},
    }})
}

#[tokio::test]
async fn the_function_answers_as_the_cloud_does_and_with_an_error_without_it() {
    let mut stage = Rehearsal::new().await;
    let home = stage.linked().await;
    let sent = "/received?route=skill.directive&sent=true";
    let (_, sent) = stage.board(Method::GET, sent, &Value::Null).await;
    let token = &sent["received"][1]["body"]["directive"]["payload"]["scope"]["token"];
    let token = token.as_str().unwrap().to_owned();
    let mut function = Function::start(&stage.world.url("/alexa/directive/north_america")).await;
    let ask = |namespace: &str, name: &str| directive(&home, &token, namespace, name);

    let found = function.answers(ask("Alexa.Discovery", "Discover")).await;
    assert_eq!(found["payload"]["endpoints"][0]["endpointId"], *home.device);
    let state = function.answers(ask("Alexa", "ReportState")).await;
    assert_eq!(
        (&state["header"]["name"], &state["header"]["correlationToken"]),
        (&j!("StateReport"), &j!("c"))
    );
    let odd = function.answers(j!({"nothing": 1})).await;
    assert_eq!(odd["payload"]["type"], "INVALID_DIRECTIVE");

    stage.world.stop().await;
    let state = function.answers(ask("Alexa", "ReportState")).await;
    assert_eq!(
        (&state["payload"]["type"], &state["header"]["correlationToken"]),
        (&j!("INTERNAL_ERROR"), &j!("c"))
    );
    let grant = function.answers(ask("Alexa.Authorization", "AcceptGrant")).await;
    assert_eq!(grant["payload"]["type"], "ACCEPT_GRANT_FAILED");
}
