//! The operations guide is complete: each parameter, each alarm and whom it wakes, each service the
//! deployer needs, and the required settings of a stack with real money.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::source::read;
use crate::template::{ours, parse};
use crate::{found, none};

/// The placeholder in `samconfig.toml` for values that only the merchant knows.
const OPEN: &str = "SET_ME";

/// Without these nothing is delivered, no shopper returns to the shop, or an alarm reaches nobody.
const GIVEN: [&str; 6] =
    ["AlarmEmail", "CorsOrigins", "DeliveryUrl", "Gateways", "Live", "ReturnOrigins"];

fn names(members: &Value) -> Vec<String> {
    members.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect()
}

fn section<'a>(document: &'a str, heading: &str) -> &'a str {
    let rest = document.split_once(&format!("\n{heading}\n")).unwrap_or_default().1;
    rest.split("\n## ").next().unwrap_or_default()
}

/// The words in backticks of the first cells of a table.
fn first_cells(section: &str) -> BTreeSet<String> {
    let rows = section.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    rows.flat_map(|cell| cell.split('`').skip(1).step_by(2)).map(str::to_owned).collect()
}

fn unexplained(template: &Value, document: &str) -> Vec<String> {
    let explained = first_cells(section(document, "## Deploy"));
    let parameters = names(&template["Parameters"]);
    let unexplained = parameters.into_iter().filter(|name| !explained.contains(name));
    let unexplained = unexplained.map(|name| format!("no row of Deploy explains {name}"));
    let services = services(template).into_iter().filter(|name| !explained.contains(name));
    let services = services.map(|name| format!("the deployer's rights lack {name}"));
    unexplained.chain(services).collect()
}

/// The services of the template's resources, by their names in IAM.
fn services(template: &Value) -> BTreeSet<String> {
    let resources = template["Resources"].as_object().into_iter().flatten();
    let kinds = resources.filter_map(|(_, resource)| resource["Type"].as_str());
    let service = |kind: &str| match kind.split("::").nth(1).unwrap_or_default() {
        "Serverless" if kind.ends_with("Api") => "apigateway".to_owned(),
        "Serverless" => "lambda".to_owned(),
        "ApiGatewayV2" => "apigateway".to_owned(),
        other => other.to_lowercase(),
    };
    kinds.map(service).collect()
}

/// Alarms that no row ranks, or more than one does.
fn unranked(template: &Value, document: &str) -> Vec<String> {
    let text = section(document, "## When it rings");
    let rows: Vec<&str> = text.lines().take_while(|line| !line.starts_with('#')).collect();
    let alarms = names(&template["Resources"]);
    let alarms = alarms.iter().filter(|name| name.ends_with("Alarm"));
    let times = |name: &str| {
        rows.iter().map(|row| row.matches(&format!("`{name}`")).count()).sum::<usize>()
    };
    let odd = alarms.filter(|name| times(name) != 1);
    odd.map(|name| format!("{name} is ranked {} times", times(name))).collect()
}

/// The parameters of a table of `samconfig.toml`.
fn overrides(config: &str, environment: &str) -> Vec<(String, String)> {
    let heading = format!("[{environment}.deploy.parameters]");
    let text = config.split_once(&heading).unwrap_or_default().1;
    let text = text.split("\n[").next().unwrap_or_default();
    let text = text.split_once("parameter_overrides").unwrap_or_default().1;
    let words = text.split(['"', ' ', '\n']).filter_map(|word| word.split_once('='));
    let words = words.filter(|(name, _)| !name.is_empty());
    words.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn ungiven(template: &Value, config: &str) -> Vec<String> {
    let given = overrides(config, "prod");
    let has = |name: &str| given.iter().any(|(known, value)| known == name && !value.is_empty());
    let mut violations: Vec<String> = Vec::new();
    violations.extend(GIVEN.iter().filter(|n| !has(n)).map(|n| format!("prod lacks {n}")));
    for (name, value) in &given {
        let parameter = &template["Parameters"][name];
        if parameter.is_null() {
            violations.push(format!("prod sets {name}, which is not a parameter"));
        }
        // Each of these requires something the word lacks: the form of an address, or lower case.
        let pattern = parameter["AllowedPattern"].as_str().unwrap_or_default();
        let refuses = ["(https://", "([^@ ]+@", "[a-z]+("].iter().any(|p| pattern.starts_with(p));
        if value == OPEN && !refuses {
            violations.push(format!("prod can be deployed with {name}={OPEN}"));
        }
    }
    violations
}

#[test]
fn every_parameter_and_service_of_a_deployment_is_explained() {
    none(&unexplained(&ours(), &read("docs/operations.md")));
}

#[test]
fn every_alarm_says_whom_it_wakes() {
    none(&unranked(&ours(), &read("docs/operations.md")));
    let alarms = names(&ours()["Resources"]).iter().filter(|n| n.ends_with("Alarm")).count();
    let priced = format!("{alarms} alarms at 0.10");
    assert!(read("docs/scaling.md").contains(&priced), "docs/scaling.md prices {priced}");
}

#[test]
fn a_stack_with_real_money_delivers_and_mails_or_is_not_deployed() {
    let config = read("samconfig.toml");
    none(&ungiven(&ours(), &config));
    let live = ("Live".to_owned(), "true".to_owned());
    assert!(overrides(&config, "prod").contains(&live));
    assert!(!overrides(&config, "dev").iter().any(|(name, _)| name == "Live"));
}

#[test]
fn a_gap_in_the_operations_guide_is_found() {
    let template = parse(
        "Parameters:\n  A: {AllowedPattern: 'x*'}\n  B: {}\nResources:\n  \
         QAlarm: {Type: 'AWS::CloudWatch::Alarm'}\n  RAlarm: {Type: 'AWS::CloudWatch::Alarm'}\n  \
         F: {Type: 'AWS::Serverless::Function'}\n",
    );
    let document = "# O\n\n## Deploy\n\n| `A` | x |\n| `cloudwatch` | x |\n\n## When it rings\n\n\
                    | wakes up | `QAlarm`, `QAlarm` |\n\n### QAlarm\n\n`RAlarm`\n";
    let config =
        "[prod.deploy.parameters]\nparameter_overrides = \"A=SET_ME Gone=1 Live=true\"\n[x]\n";
    found(
        &[
            unexplained(&template, document),
            unranked(&template, document),
            ungiven(&template, config),
        ]
        .concat(),
        &[
            "no row of Deploy explains B",
            "the deployer's rights lack lambda",
            "QAlarm is ranked 2 times",
            "RAlarm is ranked 0 times",
            "prod lacks AlarmEmail",
            "prod lacks CorsOrigins",
            "prod lacks DeliveryUrl",
            "prod lacks Gateways",
            "prod lacks ReturnOrigins",
            "prod can be deployed with A=SET_ME",
            "prod sets Gone, which is not a parameter",
            "prod sets Live, which is not a parameter",
        ],
    );
}
