//! Reads `template.yaml`, the one description of the bundle, so that local and cloud cannot drift.

mod fields;
mod functions;
mod intrinsics;
mod storage;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt::Display;

use serde_json::{Value as Json, json};
use yaml_serde::Value as Yaml;

use crate::aws::dynamodb::TableDescription;
use crate::aws::sqs::QueueDescription;
use fields::Fields;
pub use functions::{Function, QueueEvent, Route};
use intrinsics::{Attributes, Scope};
pub use storage::Secret;

/// The template that is deployed, as it was when this binary was built.
pub const SOURCE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../template.yaml"));

/// Everything that the dev stack runs.
#[derive(Debug, Default)]
pub struct Template {
    pub functions: Vec<Function>,
    pub tables: Vec<TableDescription>,
    pub queues: Vec<QueueDescription>,
    pub secrets: Vec<Secret>,
}

/// Values that a deployment would know and the template only names.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    pub stack_name: String,
    pub region: String,
    pub account_id: String,
    /// Values for the template's parameters, over their defaults.
    pub parameters: BTreeMap<String, String>,
    /// Where queues are reached: `http://127.0.0.1:3003`.
    pub sqs_url: String,
    /// Where the HTTP API is reached.
    pub api_url: String,
}

#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    #[error("template.yaml is not YAML: {0}")]
    NotYaml(#[from] yaml_serde::Error),
    #[error("template.yaml: {place}: {problem}")]
    NotUnderstood { place: String, problem: String },
}

impl TemplateError {
    fn at(place: impl Into<String>, problem: impl Display) -> Self {
        Self::NotUnderstood { place: place.into(), problem: problem.to_string() }
    }
}

/// Resources that watch, guard or describe the others in the cloud and do nothing on a laptop.
const CLOUD_ONLY: [&str; 16] = [
    "AWS::ApiGatewayV2::ApiMapping",
    "AWS::ApiGatewayV2::DomainName",
    "AWS::CloudFront::Distribution",
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::CompositeAlarm",
    "AWS::CloudWatch::Dashboard",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Role",
    "AWS::KMS::Alias",
    "AWS::KMS::Key",
    "AWS::Logs::LogGroup",
    "AWS::Logs::MetricFilter",
    "AWS::SNS::Subscription",
    "AWS::SNS::Topic",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
];

/// Members that every resource may have and that decide nothing here.
const ABOUT_RESOURCES: [&str; 4] =
    ["DeletionPolicy", "DependsOn", "Metadata", "UpdateReplacePolicy"];

impl Template {
    /// Reads `source`; an unknown construct is an error that names the resource.
    pub fn read(source: &str, around: &Surroundings) -> Result<Self, TemplateError> {
        let document: Yaml = yaml_serde::from_str(source)?;
        let nothing = Scope::default();
        let mut top = Fields::of("top level", &nothing, &document)?;
        top.cloud_only(&[
            "AWSTemplateFormatVersion",
            "Description",
            "Metadata",
            "Outputs",
            "Transform",
        ]);
        let parameters = top.inner("Parameters")?;
        let conditions = top.raw("Conditions").unwrap_or(&Yaml::Null);
        let globals = top.raw("Globals").unwrap_or(&Yaml::Null);
        let resources = top.raw("Resources").unwrap_or(&Yaml::Null);
        top.end()?;

        let mut scope = Scope { parameters: values(parameters, around)?, ..Scope::default() };
        decide(&mut scope, conditions)?;
        name_resources(&mut scope, resources, around)?;
        read_resources(&scope, globals, resources)
    }

    pub fn function(&self, name: &str) -> Option<&Function> {
        self.functions.iter().find(|function| function.name == name)
    }
}

/// The values of the parameters: the dev stack's own, or else their defaults.
fn values(
    declared: Fields<'_>,
    around: &Surroundings,
) -> Result<BTreeMap<String, Json>, TemplateError> {
    let mut values = BTreeMap::from([
        ("AWS::AccountId".to_owned(), json!(around.account_id)),
        ("AWS::Partition".to_owned(), json!("aws")),
        ("AWS::Region".to_owned(), json!(around.region)),
        ("AWS::StackName".to_owned(), json!(around.stack_name)),
        ("AWS::URLSuffix".to_owned(), json!("amazonaws.com")),
    ]);
    let mut given = around.parameters.clone();
    for (name, mut parameter) in declared.each()? {
        let default = parameter.text("Default")?;
        let is_list = parameter.text("Type")?.is_some_and(|kind| kind == "CommaDelimitedList");
        let missing = || TemplateError::at(&parameter.place, "has neither a default nor a value");
        let value = given.remove(name).or(default).ok_or_else(missing)?;
        let items = || value.split(',').map(str::trim).collect::<Vec<_>>();
        values.insert(name.to_owned(), if is_list { json!(items()) } else { json!(value) });
    }
    match given.into_keys().next() {
        None => Ok(values),
        Some(name) => Err(TemplateError::at("Parameters", format!("there is no {name}"))),
    }
}

/// A condition may name only conditions above it.
fn decide(scope: &mut Scope, conditions: &Yaml) -> Result<(), TemplateError> {
    let Yaml::Mapping(conditions) = conditions else {
        return Ok(());
    };
    for (name, condition) in conditions {
        let name = intrinsics::text("Conditions", name)?;
        let holds = scope.holds(&format!("Conditions, {name}"), condition)?;
        scope.conditions.insert(name.to_owned(), holds);
    }
    Ok(())
}

/// First pass: what `!Ref` and `!GetAtt` of each resource mean.
fn name_resources(
    scope: &mut Scope,
    resources: &Yaml,
    around: &Surroundings,
) -> Result<(), TemplateError> {
    let mut named = BTreeMap::new();
    for (id, mut resource) in Fields::of("Resources", scope, resources)?.each()? {
        let kind = resource.required("Type")?;
        let mut properties = resource.inner("Properties")?;
        let attributes = match kind.as_str() {
            "AWS::Serverless::Function" => functions::attributes(&mut properties, around)?,
            "AWS::Serverless::HttpApi" => Attributes {
                reference: Some("local".to_owned()),
                by_name: BTreeMap::from([("ApiEndpoint", around.api_url.clone())]),
            },
            "AWS::DynamoDB::Table" => storage::table_attributes(&mut properties, around)?,
            "AWS::SQS::Queue" => storage::queue_attributes(&mut properties, around)?,
            "AWS::SecretsManager::Secret" => storage::secret_attributes(&mut properties, around)?,
            _ => Attributes::default(),
        };
        named.insert(id.to_owned(), attributes);
    }
    scope.resources = named;
    Ok(())
}

/// Second pass: the resources themselves.
fn read_resources(
    scope: &Scope,
    globals: &Yaml,
    resources: &Yaml,
) -> Result<Template, TemplateError> {
    let mut template = Template::default();
    let mut globals = Fields::of("Globals", scope, globals)?;
    let defaults = globals.raw("Function").unwrap_or(&Yaml::Null);
    functions::api(globals.inner("HttpApi")?)?;
    globals.end()?;
    for (id, mut resource) in Fields::of("Resources", scope, resources)?.each()? {
        let kind = resource.required("Type")?;
        let exists = match resource.raw("Condition") {
            Some(condition) => scope.holds(&resource.place, condition)?,
            None => true,
        };
        let mut properties = resource.inner("Properties")?;
        id.clone_into(&mut properties.place);
        resource.cloud_only(&ABOUT_RESOURCES);
        resource.end()?;
        match kind.as_str() {
            _ if !exists => {}
            "AWS::Serverless::Function" => {
                template.functions.push(functions::read(scope, defaults, properties)?);
            }
            "AWS::Serverless::HttpApi" => functions::api(properties)?,
            "AWS::DynamoDB::Table" => template.tables.push(storage::table(properties)?),
            "AWS::SQS::Queue" => template.queues.push(storage::queue(properties)?),
            "AWS::SecretsManager::Secret" => template.secrets.push(storage::secret(properties)?),
            cloud if CLOUD_ONLY.contains(&cloud) => {}
            other => {
                let problem = format!("{other} is not understood by the dev stack");
                return Err(TemplateError::at(id, problem));
            }
        }
    }
    Ok(template)
}
