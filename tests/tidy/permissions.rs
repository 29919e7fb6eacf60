//! The permissions of each function, with the reason for each. The template must grant exactly these; an
//! unused permission only helps an attacker.

mod grants;

use serde_json::{Value, json};

use self::grants::{GRANTS, Grant, grant};
use crate::template::{functions, ours, parse, resource_name};
use crate::{found, none};

/// Actions without a resource, for which only `*` is possible.
const WITHOUT_RESOURCE: [&str; 2] = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"];

/// The permissions that the template gives one function: `action on resource`, sorted.
pub(crate) fn allowed(template: &Value, properties: &Value) -> Vec<String> {
    let role = properties["Role"]["GetAtt"].as_str().and_then(|name| name.strip_suffix(".Arn"));
    let mut policies = list(&properties["Policies"]);
    if let Some(role) = role {
        let role = &template["Resources"][role]["Properties"];
        policies.extend(list(&role["ManagedPolicyArns"]).iter().map(|arn| managed(template, arn)));
        policies.extend(list(&role["Policies"]).iter().map(|p| p["PolicyDocument"].clone()));
    }
    let mut allowed: Vec<String> = policies.iter().flat_map(of_policy).collect();
    allowed.sort();
    allowed
}

/// A managed policy of the template, shared by roles; any other stays a name.
fn managed(template: &Value, arn: &Value) -> Value {
    let own = arn["Ref"].as_str().map(|name| &template["Resources"][name]["Properties"]);
    own.map_or_else(|| arn.clone(), |policy| policy["PolicyDocument"].clone())
}

/// A ready-made policy grants permissions that somebody else decides.
fn of_policy(policy: &Value) -> Vec<String> {
    match list(&policy["Statement"]) {
        statements if statements.is_empty() => vec![format!("all of {policy}")],
        statements => statements.iter().flat_map(of).collect(),
    }
}

fn of(statement: &Value) -> Vec<String> {
    let members = statement.as_object().cloned().unwrap_or_default();
    let known = ["Effect", "Action", "Resource", "Condition"];
    if let Some(odd) = members.keys().find(|name| !known.contains(&name.as_str())) {
        return vec![format!("a statement with the unknown member `{odd}`")];
    }
    let Some(keys) = keys(&statement["Condition"]) else {
        return vec![format!("a statement with an unknown condition: {statement}")];
    };
    let resources = list(&statement["Resource"]);
    let resources: Vec<String> = resources.iter().map(|on| resource(on) + &keys).collect();
    let actions = list(&statement["Action"]);
    let actions = actions.iter().map(|action| action.as_str().unwrap_or("?"));
    actions.flat_map(|action| resources.iter().map(move |on| format!("{action} on {on}"))).collect()
}

/// `, keys O#* P#*`: the items that a statement is limited to. A request without a key matches every
/// pattern, so the condition must also refuse that.
fn keys(condition: &Value) -> Option<String> {
    if condition.is_null() {
        return Some(String::new());
    }
    let patterns = list(&condition["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]);
    let understood = json!({
        "ForAllValues:StringLike": { "dynamodb:LeadingKeys": patterns },
        "Null": { "dynamodb:LeadingKeys": "false" },
    });
    let words: Vec<&str> = patterns.iter().filter_map(Value::as_str).collect();
    (condition == &understood && !words.is_empty()).then(|| format!(", keys {}", words.join(" ")))
}

/// A single value or a list, as a list.
fn list(value: &Value) -> Vec<Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(values) => values.clone(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            vec![value.clone()]
        }
    }
}

fn resource(value: &Value) -> String {
    let reference = ["Ref", "GetAtt", "Sub"].into_iter().find_map(|tag| value[tag].as_str());
    let text = reference.or(value.as_str()).unwrap_or("?");
    text.replace("${", "").replace('}', "")
}

fn granted(function: &str, grants: &[Grant]) -> Vec<String> {
    let ours = grants.iter().filter(|grant| grant.functions.contains(&function));
    let mut granted: Vec<_> =
        ours.map(|grant| format!("{} on {}", grant.action, grant.resource)).collect();
    granted.sort();
    granted
}

/// In both directions: the template allows what is granted here, and nothing else.
fn differences(template: &Value, grants: &[Grant]) -> Vec<String> {
    let mut violations = Vec::new();
    for (name, properties) in functions(template) {
        let function = properties["CodeUri"].as_str().unwrap_or_default();
        let function = function.trim_start_matches("functions/");
        let allowed = allowed(template, &properties);
        let granted = granted(function, grants);
        let extra = allowed.iter().filter(|right| !granted.contains(right));
        violations.extend(extra.map(|right| format!("{name} may {right}; no row says why")));
        let missing = granted.iter().filter(|right| !allowed.contains(right));
        violations.extend(missing.map(|right| format!("{name} needs {right}")));
    }
    violations
}

/// Every string of every policy.
fn wildcards(template: &Value) -> Vec<String> {
    let resources = template["Resources"].as_object().cloned().unwrap_or_default();
    let mut violations = Vec::new();
    for (name, resource) in resources {
        let properties = &resource["Properties"];
        for policy in ["Policies", "PolicyDocument", "ManagedPolicyArns"] {
            for text in texts(&excused(&properties[policy])) {
                if text.contains('*') {
                    violations.push(format!("{name}: `{text}` in a policy"));
                }
            }
        }
    }
    violations
}

/// Leaves out the statements whose actions have no resource.
fn excused(policy: &Value) -> Value {
    let mut policy = policy.clone();
    if let Some(statements) = policy.get_mut("Statement").and_then(Value::as_array_mut) {
        statements.retain(|statement| {
            !list(&statement["Action"]).iter().all(|action| {
                action.as_str().is_some_and(|action| WITHOUT_RESOURCE.contains(&action))
            })
        });
    }
    policy
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        // A condition restricts; its exact content is checked against the table above.
        Value::Object(members) => members
            .iter()
            .filter(|(name, _)| *name != "Condition")
            .flat_map(|(_, v)| texts(v))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

#[test]
fn a_function_may_do_what_it_does_and_nothing_else() {
    none(&differences(&ours(), &GRANTS));
}

#[test]
fn no_policy_has_a_wildcard() {
    none(&wildcards(&ours()));
}

#[test]
fn every_grant_is_of_a_function_that_exists() {
    for name in GRANTS.iter().flat_map(|grant| grant.functions) {
        assert!(ours()["Resources"][resource_name(name)].is_object(), "no function {name}");
    }
}

#[test]
fn only_traces_may_have_a_wildcard() {
    let template = parse(
        "Resources:\n  P:\n    Properties:\n      PolicyDocument:\n        Statement:\n          \
         - {Action: [xray:PutTraceSegments], Resource: '*'}\n          \
         - {Action: [xray:PutTraceSegments, x:Get], Resource: '*'}\n",
    );
    found(&wildcards(&template), &["P: `*` in a policy"]);
}

#[test]
fn a_condition_counts_only_if_it_refuses_a_request_without_a_key() {
    let like = |more: &str| {
        let text = format!(
            "{{Action: x:Put, Resource: T, Condition: {{ForAllValues:StringLike: \
             {{dynamodb:LeadingKeys: ['O#*', 'P#*']}}{more}}}}}"
        );
        of(&parse(&text))
    };
    assert_eq!(like(", 'Null': {dynamodb:LeadingKeys: 'false'}"), ["x:Put on T, keys O#* P#*"]);
    for more in ["", ", 'Null': {dynamodb:LeadingKeys: 'true'}"] {
        assert!(like(more)[0].starts_with("a statement with an unknown condition"));
    }
}

#[test]
fn a_permission_too_many_is_found() {
    let template = parse(
        "Resources:\n  AFunction:\n    Type: AWS::Serverless::Function\n    Properties:\n      \
         CodeUri: functions/a\n      Policies:\n        - FullAccess\n        - Statement:\n            - Effect: Allow\n              \
         Action: [x:Get, x:Put]\n              Resource: [!GetAtt T.Arn, '*']\n",
    );
    let grants = [grant("x:Get", "T.Arn", &["a"], ""), grant("y:Do", "U", &["a"], "")];
    found(
        &[differences(&template, &grants), wildcards(&template)].concat(),
        &[
            "AFunction may all of \"FullAccess\"; no row says why",
            "AFunction may x:Get on *; no row says why",
            "AFunction may x:Put on *; no row says why",
            "AFunction may x:Put on T.Arn; no row says why",
            "AFunction needs y:Do on U",
            "AFunction: `*` in a policy",
        ],
    );
}
