mod events;
mod replies;
mod routes;
mod serving;

use std::collections::BTreeMap;

use crate::template::{Function, Route, Template};

fn template() -> Template {
    let function = |name: &str, routes: &[(&str, &str)]| Function {
        name: name.to_owned(),
        environment: BTreeMap::new(),
        timeout_s: 25,
        memory_mb: 256,
        concurrency_max: None,
        routes: routes
            .iter()
            .map(|(method, path)| Route { method: (*method).to_owned(), path: (*path).to_owned() })
            .collect(),
        queues: Vec::new(),
        schedules: Vec::new(),
    };
    let echo = function(
        "echo",
        &[
            ("POST", "/api/orders"),
            ("GET", "/api/orders/{order_id}"),
            ("GET", "/api/orders/latest"),
        ],
    );
    Template { functions: vec![echo], ..Template::default() }
}
