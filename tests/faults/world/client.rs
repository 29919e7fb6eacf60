//! The merchant's server: it calls the handlers as API Gateway does, and retries as it should.

use std::sync::Arc;

use dev_stack::functions::of_route;
use http::{HeaderMap, StatusCode};
use lambda_http::aws_lambda_events::apigw::ApiGatewayV2httpRequestContext;
use lambda_http::request::RequestContext;
use lambda_http::{Body, Context, Request, RequestExt, Response};
use lambda_runtime::LambdaEvent;
use quittance::app::App;
use quittance::sweep_due;
use quittance::system::unix_ms;
use serde_json::Value;

use crate::world::World;
use crate::world::ground::API_KEY;
use crate::world::process::Process;
use crate::world::webhooks::Webhook;

/// How often a client tries one request before it gives up.
const TRIES_MAX: usize = 5;
const HTTP_MS: u64 = 25_000;
const SWEEP_MS: u64 = 60_000;

#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) world: Arc<World>,
    pub(crate) actor: Option<usize>,
    pub(crate) process: Process,
}

/// What a process is doing.
#[derive(Clone, Debug)]
pub(crate) enum Work {
    Ask(Ask),
    Webhook(Webhook),
    Sweep,
}

/// A request from the merchant's server or from a shopper's browser.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ask {
    pub(crate) route: &'static str,
    pub(crate) parameter: Option<(&'static str, String)>,
    pub(crate) key: Option<String>,
    pub(crate) body: Value,
    /// A shopper's token or another API key, in place of the server's key.
    pub(crate) token: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Client {
    pub(crate) fn new(world: Arc<World>) -> Self {
        Self::of_actor(world, None)
    }

    /// One of several concurrent actors.
    pub(crate) fn of_actor(world: Arc<World>, actor: Option<usize>) -> Self {
        let process = Process::start(&world, actor);
        Self { world, actor, process }
    }

    pub(crate) fn into_process(self) -> Process {
        self.process
    }

    /// Retries until the answer is one that another try would not change.
    pub(crate) async fn ask(&mut self, ask: &Ask) -> Option<Reply> {
        let mut busy = false;
        for _ in 0..TRIES_MAX {
            self.world.state().work = Some(Work::Ask(ask.clone()));
            if let Some(reply) = self.ask_once(ask).await {
                let kind = reply.body["type"].as_str().unwrap_or_default();
                let now_busy = reply.status == 409 && kind.ends_with("request-in-progress");
                busy |= now_busy;
                if reply.status < 500 && !now_busy {
                    return Some(reply);
                }
            }
            self.world.time.pass_ms(2_000);
        }
        // No plan has this many faults, so only somebody's lease can be in the way.
        if !busy {
            self.world.violate(format!("I11 {} is never answered", ask.route));
        }
        None
    }

    pub(crate) async fn ask_once(&mut self, ask: &Ask) -> Option<Reply> {
        let world = Arc::clone(&self.world);
        world.trace(|| format!("> {} {}", ask.route, ask.key.clone().unwrap_or_default()));
        let before = self.process.gateway_calls();
        let answered = self.process.until_death(dispatch(&self.process.app, request(ask))).await;
        let Some(response) = answered else {
            self.bury();
            return None;
        };
        let reply = Reply {
            status: response.status().as_u16(),
            body: serde_json::from_slice(quittance::http::input::bytes(response.body()))
                .unwrap_or_default(),
        };
        world.trace(|| {
            let said = reply.body["status"].as_str().or(reply.body["type"].as_str());
            format!("< {} {}", reply.status, said.unwrap_or_default())
        });
        world.state().outcome.push(format!("{} {}", ask.route, reply.status));
        world.remember(ask, &reply);
        let called = self.process.gateway_calls() > before;
        if matches!(reply.status, 400 | 401 | 403 | 404 | 415 | 422) && called {
            world.violate(format!(
                "I13 {} was answered {} after a gateway call",
                ask.route, reply.status
            ));
        }
        Some(reply)
    }

    /// Delivers a webhook and returns the status of the answer.
    pub(crate) async fn webhook(&mut self, webhook: &Webhook) -> Option<Reply> {
        let gateway = Some(("gateway", webhook.gateway.to_owned()));
        let mut request = base("POST /api/webhooks/{gateway}", gateway);
        for (name, value) in &webhook.headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        *request.body_mut() = Body::Binary(webhook.body.to_vec());
        let answered = self.process.until_death(dispatch(&self.process.app, request)).await;
        let Some(response) = answered else {
            self.bury();
            return None;
        };
        let status = response.status().as_u16();
        let body = quittance::http::input::bytes(response.body());
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        self.world.trace(|| format!("< {status} {}", body["received"]));
        Some(Reply { status, body })
    }

    pub(crate) async fn sweep(&mut self) {
        self.world.trace(|| "> sweep-due".to_owned());
        let mut context = Context::default();
        context.deadline = unix_ms() + SWEEP_MS;
        let event = LambdaEvent::new(Value::Null, context);
        let work = Box::pin(sweep_due::handle(&self.process.app, event));
        if self.process.until_death(work).await.is_none() {
            self.bury();
        }
    }

    /// The process dies and its caches are lost; the next call starts another.
    pub(crate) fn bury(&mut self) {
        self.world.trace(|| "† the process died".to_owned());
        self.process = Process::start(&self.world, self.actor);
    }
}

pub(crate) async fn dispatch(app: &App, request: Request) -> Response<Body> {
    let route = quittance::http::route(&request);
    let answered = match of_route(&route) {
        Some(function) => quittance::answer(app, function, request).await,
        None => None,
    };
    // API Gateway's own answer.
    answered.unwrap_or_else(|| {
        let mut missing = Response::new(Body::Empty);
        *missing.status_mut() = StatusCode::NOT_FOUND;
        missing
    })
}

impl World {
    /// Records what an answer has revealed: a page, or a promise.
    fn remember(&self, ask: &Ask, reply: &Reply) {
        let mut state = self.state();
        let body = &reply.body;
        let shown = if body["payment"].is_object() { &body["payment"] } else { body };
        let payment = shown["payment_id"].as_str();
        let address = shown["checkout_url"].as_str().or(shown["next_action"]["url"].as_str());
        if let (Some(token), Some(payment)) = (shown["status_token"].as_str(), payment) {
            state.tokens.insert(payment.to_owned(), token.to_owned());
        }
        if let (Some(address), Some(payment)) = (address, payment) {
            state.pages.entry(payment.to_owned()).or_default().insert(address.to_owned());
        }
        let cancels = ask.route.ends_with("{payment_id}/cancel") && reply.status == 200;
        if let (true, Some((_, payment))) = (cancels, &ask.parameter) {
            state.canceled.insert(payment.clone());
        }
    }
}

fn request(ask: &Ask) -> Request {
    let mut request = base(ask.route, ask.parameter.clone());
    let headers: &mut HeaderMap = request.headers_mut();
    let bearer = ask.token.as_deref().unwrap_or(API_KEY);
    headers.insert("authorization", format!("Bearer {bearer}").parse().unwrap());
    if let Some(key) = &ask.key {
        headers.insert("idempotency-key", key.parse().unwrap());
    }
    if !ask.body.is_null() {
        headers.insert("content-type", "application/json".parse().unwrap());
        *request.body_mut() = Body::Text(ask.body.to_string());
    }
    request
}

#[expect(clippy::disallowed_types, reason = "what lambda_http takes parameters from")]
fn base(route: &'static str, parameter: Option<(&'static str, String)>) -> Request {
    let mut about = ApiGatewayV2httpRequestContext::default();
    about.route_key = Some(route.to_owned());
    let mut lambda = Context::default();
    lambda.deadline = unix_ms() + HTTP_MS;
    let parameters: std::collections::HashMap<String, String> =
        parameter.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Request::new(Body::Empty)
        .with_request_context(RequestContext::ApiGatewayV2(about))
        .with_path_parameters(parameters)
        .with_lambda_context(lambda)
}
