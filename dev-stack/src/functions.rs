//! The registry of functions: the deployed code by the names of its folders, and the function for each route
//! of the template.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use lambda_http::{Body, Request, Response};
use lambda_runtime::Error;
use quittance::app::App;
use quittance::http::{respond, route};
use yaml_serde::Value;

use crate::template::SOURCE;

macro_rules! functions {
    (
        requests: { $($request:literal => $answering:ident,)+ }
        events: { $($event:literal => $handling:ident,)+ }
    ) => {
        /// The functions that API Gateway calls.
        pub const REQUESTS: [&str; [$($request),+].len()] = [$($request),+];

        pub const NAMES: [&str; [$($request,)+ $($event,)+].len()] = [$($request,)+ $($event,)+];

        /// Runs one function until its runtime ends.
        pub async fn run(name: &str) -> Result<(), Error> {
            match name {
                $($request => $answering::run().await,)+
                $($event => $handling::run().await,)+
                unknown => Err(format!("no function is named {unknown}").into()),
            }
        }

        /// The answer of the function that serves the request's route; `None` if there is no such route.
        pub async fn answer(app: &App, request: Request) -> Option<Response<Body>> {
            // Boxed: the future of a whole request is too large to be on the stack many times over.
            match of_route(&route(&request))? {
                $($request => Some(Box::pin(respond(app, request, $answering::handle)).await),)+
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
pub fn of_route(route: &str) -> Option<&'static str> {
    static FUNCTIONS: LazyLock<BTreeMap<String, &str>> = LazyLock::new(|| {
        let template: Value = yaml_serde::from_str(SOURCE).unwrap_or_default();
        routes(&template).collect()
    });
    FUNCTIONS.get(route).copied()
}

fn routes(template: &Value) -> impl Iterator<Item = (String, &'static str)> {
    let each = |value: &Value| value.as_mapping().cloned().unwrap_or_default().into_iter();
    each(&template["Resources"]).flat_map(move |(_, resource)| {
        let properties = resource["Properties"].clone();
        let uri = properties["CodeUri"].as_str().unwrap_or_default();
        let name = NAMES.into_iter().find(|name| uri.strip_prefix("functions/") == Some(name));
        let events = each(&properties["Events"]).filter(|(_, event)| event["Type"] == "HttpApi");
        events.filter_map(move |(_, event)| {
            let http = &event["Properties"];
            let (method, path) = (http["Method"].as_str()?, http["Path"].as_str()?);
            Some((format!("{} {path}", method.to_uppercase()), name?))
        })
    })
}
