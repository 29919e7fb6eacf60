//! Functions and their triggers as the template describes them.

use std::collections::BTreeMap;

use yaml_serde::Value as Yaml;

use super::fields::Fields;
use super::intrinsics::{Attributes, Scope};
use super::{Surroundings, TemplateError};

/// A Lambda function, named by its folder.
#[derive(Debug)]
pub struct Function {
    pub name: String,
    pub environment: BTreeMap<String, String>,
    pub timeout_s: u64,
    pub memory_mb: u64,
    /// Reserved concurrency, where the template has one.
    pub concurrency_max: Option<u64>,
    pub routes: Vec<Route>,
    pub queues: Vec<QueueEvent>,
    /// `rate(…)` and `cron(…)` expressions.
    pub schedules: Vec<String>,
}

/// A route of the HTTP API; `method` is upper case, or `ANY`.
#[derive(Debug, Clone)]
pub struct Route {
    pub method: String,
    pub path: String,
}

/// An SQS queue that feeds the function.
#[derive(Debug, Clone)]
pub struct QueueEvent {
    pub queue_arn: String,
    pub batch_size: u64,
    /// `ReportBatchItemFailures`: the function names the messages it could not handle.
    pub partial_answers: bool,
    pub concurrency_max: Option<u64>,
}

const FUNCTION_CLOUD_ONLY: [&str; 17] = [
    "Architectures",
    "AutoPublishAlias",
    "AutoPublishAliasAllProperties",
    "DeploymentPreference",
    "Description",
    "EphemeralStorage",
    "EventInvokeConfig",
    "FunctionName",
    "Handler",
    "LoggingConfig",
    "PackageType",
    "Policies",
    "PropagateTags",
    "Role",
    "Runtime",
    "Tags",
    "Tracing",
];

/// Lambda's defaults.
const TIMEOUT_DEFAULT_S: u64 = 3;
const MEMORY_DEFAULT_MB: u64 = 128;
const BATCH_DEFAULT: u64 = 10;

pub(super) fn attributes(
    properties: &mut Fields<'_>,
    around: &Surroundings,
) -> Result<Attributes, TemplateError> {
    let name = folder(properties)?;
    let arn = around.arn("lambda", &format!("function:{name}"));
    Ok(Attributes { reference: Some(name), by_name: BTreeMap::from([("Arn", arn)]) })
}

/// The function's name everywhere: the last part of its `CodeUri`.
fn folder(properties: &mut Fields<'_>) -> Result<String, TemplateError> {
    let uri = properties.required("CodeUri")?;
    let folder = uri.trim_end_matches('/').rsplit('/').next();
    Ok(folder.unwrap_or_default().to_owned())
}

/// Reads a function; `defaults` is `Globals: Function`.
pub(super) fn read(
    scope: &Scope,
    defaults: &Yaml,
    mut properties: Fields<'_>,
) -> Result<Function, TemplateError> {
    let mut defaults = Fields::of("Globals, Function", scope, defaults)?;
    let mut environment = environment(&mut defaults)?;
    environment.extend(self::environment(&mut properties)?);
    let timeout_s = properties.integer("Timeout")?.or(defaults.integer("Timeout")?);
    let memory_mb = properties.integer("MemorySize")?.or(defaults.integer("MemorySize")?);
    let concurrency_max = properties.integer("ReservedConcurrentExecutions")?;
    let mut function = Function {
        name: folder(&mut properties)?,
        environment,
        timeout_s: timeout_s.unwrap_or(TIMEOUT_DEFAULT_S),
        memory_mb: memory_mb.unwrap_or(MEMORY_DEFAULT_MB),
        concurrency_max,
        routes: Vec::new(),
        queues: Vec::new(),
        schedules: Vec::new(),
    };
    for (_, event) in properties.inner("Events")?.each()? {
        read_event(&mut function, event)?;
    }
    for mut rest in [defaults, properties] {
        rest.cloud_only(&FUNCTION_CLOUD_ONLY);
        rest.end()?;
    }
    Ok(function)
}

fn environment(of: &mut Fields<'_>) -> Result<BTreeMap<String, String>, TemplateError> {
    let mut environment = of.inner("Environment")?;
    let variables = environment.inner("Variables")?.all_texts()?;
    environment.end()?;
    Ok(variables)
}

fn read_event(function: &mut Function, mut event: Fields<'_>) -> Result<(), TemplateError> {
    let kind = event.required("Type")?;
    let mut properties = event.inner("Properties")?;
    event.end()?;
    match kind.as_str() {
        "HttpApi" => function.routes.push(route(&mut properties)?),
        "SQS" => function.queues.push(queue(&mut properties)?),
        "Schedule" => {
            function.schedules.push(properties.required("Schedule")?);
            properties.cloud_only(&["DeadLetterConfig", "Description", "Name", "RetryPolicy"]);
        }
        other => {
            let problem = format!("event type {other} is not understood by the dev stack");
            return Err(TemplateError::at(&properties.place, problem));
        }
    }
    enabled(&mut properties)?;
    properties.end()
}

/// A disabled trigger is refused, because here too it would silently do nothing.
fn enabled(properties: &mut Fields<'_>) -> Result<(), TemplateError> {
    let switches = [(properties.text("Enabled")?, "true"), (properties.text("State")?, "ENABLED")];
    if switches.iter().any(|(found, on)| found.as_ref().is_some_and(|found| found != on)) {
        return Err(TemplateError::at(&properties.place, "a disabled trigger is not understood"));
    }
    Ok(())
}

fn route(properties: &mut Fields<'_>) -> Result<Route, TemplateError> {
    let route = Route {
        method: properties.required("Method")?.to_uppercase(),
        path: properties.required("Path")?,
    };
    if route.path.contains("+}") || !route.path.starts_with('/') {
        let problem = format!("path {} is not understood by the dev stack", route.path);
        return Err(TemplateError::at(&properties.place, problem));
    }
    match properties.text("PayloadFormatVersion")?.as_deref() {
        None | Some("2.0") => {}
        Some(_) => {
            return Err(TemplateError::at(&properties.place, "the payload must be 2.0"));
        }
    }
    properties.cloud_only(&["ApiId", "RouteSettings", "TimeoutInMillis"]);
    Ok(route)
}

fn queue(properties: &mut Fields<'_>) -> Result<QueueEvent, TemplateError> {
    let answers = properties.texts("FunctionResponseTypes")?;
    let mut scaling = properties.inner("ScalingConfig")?;
    let concurrency_max = scaling.integer("MaximumConcurrency")?;
    scaling.end()?;
    properties.cloud_only(&["MaximumBatchingWindowInSeconds"]);
    Ok(QueueEvent {
        queue_arn: properties.required("Queue")?,
        batch_size: properties.integer("BatchSize")?.unwrap_or(BATCH_DEFAULT),
        partial_answers: answers.iter().any(|answer| answer == "ReportBatchItemFailures"),
        concurrency_max,
    })
}

/// No property of an HTTP API matters here. `Auth` and `CorsConfiguration` would, so they are refused: an API
/// that is open here and closed in the cloud would be drift.
pub(super) fn api(mut api: Fields<'_>) -> Result<(), TemplateError> {
    api.cloud_only(&[
        "AccessLogSettings",
        "DefaultRouteSettings",
        "Description",
        "DisableExecuteApiEndpoint",
        "FailOnWarnings",
        "Name",
        "RouteSettings",
        "StageName",
        "Tags",
    ]);
    api.end()
}
