//! The registry of functions: the deployed code by the names of its folders, and the function for each route
//! of the template.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use lambda_http::{Body, Request, Response};
use lambda_runtime::Error;
use quittance::app::App;
use quittance::http::{respond, route};

use crate::template::{Route, SOURCE, Surroundings, Template};

macro_rules! functions {
    (
        requests: { $($request:literal => $request_module:ident,)+ }
        events: { $($event:literal => $event_module:ident,)+ }
    ) => {
        /// The functions that API Gateway calls.
        pub const REQUESTS: [&str; [$($request),+].len()] = [$($request),+];

        /// All functions.
        pub const NAMES: [&str; [$($request,)+ $($event,)+].len()] = [$($request,)+ $($event,)+];

        /// Runs one function until its runtime ends.
        pub async fn run(name: &str) -> Result<(), Error> {
            match name {
                $($request => $request_module::run().await,)+
                $($event => $event_module::run().await,)+
                unknown => Err(format!("no function is named {unknown}").into()),
            }
        }

        /// The answer of the function that serves the request's route; `None` if there is no such route.
        pub async fn answer(app: &App, request: Request) -> Option<Response<Body>> {
            // Boxed: the future of a whole request is too large to be on the stack many times over.
            match of_route(&route(&request))? {
                $($request => {
                    Some(Box::pin(respond(app, request, $request_module::handle)).await)
                })+
                _ => None,
            }
        }
    };
}

functions! {
    requests: {
        "create-order" => create_order,
        "create-payment" => create_payment,
        "webhook-receiver" => webhook_receiver,
        "status-check" => status_check,
        "capture-payment" => capture_payment,
        "cancel-payment" => cancel_payment,
        "refund-payment" => refund_payment,
    }
    events: {
        "sweep-due" => sweep_due,
        "deliver-confirmation" => deliver_confirmation,
    }
}

/// The function for a route such as `POST /api/orders`.
///
/// # Panics
///
/// If the template cannot be read: the stack does not start with it either.
#[expect(clippy::expect_used, reason = "no routes would look like a 404 everywhere")]
pub fn of_route(route: &str) -> Option<&'static str> {
    static FUNCTIONS: LazyLock<BTreeMap<String, &str>> = LazyLock::new(|| {
        let template = Template::read(SOURCE, &Surroundings::default());
        routes(&template.expect("template.yaml can be read")).collect()
    });
    FUNCTIONS.get(route).copied()
}

fn routes(template: &Template) -> impl Iterator<Item = (String, &'static str)> {
    template.functions.iter().flat_map(|function| {
        let name = NAMES.into_iter().find(|name| *name == function.name);
        let routes = function.routes.iter();
        routes.filter_map(move |Route { method, path }| Some((format!("{method} {path}"), name?)))
    })
}
