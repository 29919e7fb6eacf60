//! Monitoring: every alarm has a runbook entry, and every metric of an alarm or the dashboard is written
//! by some code.

use std::collections::BTreeSet;

use quittance::telemetry::{Metric, NAMESPACE};
use serde_json::Value;

use crate::source::{Source, all, read};
use crate::template::{ours, parse};
use crate::{found, none};

/// AWS's own metrics, as far as they are watched here.
const OF_AWS: [(&str, &[&str]); 5] = [
    ("AWS/ApiGateway", &["4xx", "5xx", "Count", "Latency"]),
    (
        "AWS/DynamoDB",
        &[
            "ConsumedReadCapacityUnits",
            "ConsumedWriteCapacityUnits",
            "ReadThrottleEvents",
            "WriteThrottleEvents",
        ],
    ),
    ("AWS/Lambda", &["Duration", "Errors", "Invocations", "Throttles"]),
    ("AWS/Logs", &["IncomingBytes"]),
    (
        "AWS/SQS",
        &[
            "ApproximateAgeOfOldestMessage",
            "ApproximateNumberOfMessagesVisible",
            "NumberOfMessagesSent",
        ],
    ),
];

fn of_type(template: &Value, kind: &str) -> Vec<(String, Value)> {
    let resources = template["Resources"].as_object().cloned().unwrap_or_default();
    let wanted = resources.into_iter().filter(|(_, resource)| resource["Type"] == kind);
    wanted.map(|(name, resource)| (name, resource["Properties"].clone())).collect()
}

/// Whether an alarm has its own heading, with a text and a first command below it.
fn is_explained(runbook: &str, alarm: &str) -> bool {
    let mut sections = runbook.split("\n### ").skip(1);
    sections.any(|section| {
        let (heading, text) = section.split_once('\n').unwrap_or_default();
        let text = text.split("\n## ").next().unwrap_or_default();
        let has_meaning = text.lines().any(|line| line.contains(' ') && !line.starts_with('`'));
        heading.split(", ").any(|name| name == alarm) && has_meaning && text.contains("```sh\n")
    })
}

fn silent(template: &Value, runbook: &str) -> Vec<String> {
    let mut violations = Vec::new();
    let alarms = of_type(template, "AWS::CloudWatch::Alarm");
    for (name, alarm) in &alarms {
        if alarm["AlarmActions"][0]["Ref"] != "AlarmTopic" {
            violations.push(format!("{name}: notifies nobody"));
        }
        if !is_explained(runbook, name) {
            violations
                .push(format!("{name}: docs/operations.md has no `### {name}` with a command"));
        }
    }
    let headings = runbook.lines().filter_map(|line| line.strip_prefix("### "));
    for name in headings.flat_map(|line| line.split(", ")).filter(|name| name.ends_with("Alarm")) {
        if !alarms.iter().any(|(alarm, _)| alarm == name) {
            violations.push(format!("docs/operations.md: {name} does not exist"));
        }
    }
    violations
}

type Named = BTreeSet<(String, String)>;

/// Namespace and name of every watched metric.
fn watched(template: &Value) -> Named {
    let mut named = Named::new();
    let mut add = |namespace: &Value, name: &Value| {
        let text = |value: &Value| value.as_str().unwrap_or("?").to_owned();
        named.insert((text(namespace), text(name)));
    };
    for (_, alarm) in of_type(template, "AWS::CloudWatch::Alarm") {
        if alarm["MetricName"].is_string() {
            add(&alarm["Namespace"], &alarm["MetricName"]);
        }
        for query in alarm["Metrics"].as_array().into_iter().flatten() {
            let metric = &query["MetricStat"]["Metric"];
            if metric.is_object() {
                add(&metric["Namespace"], &metric["MetricName"]);
            }
        }
    }
    for (_, dashboard) in of_type(template, "AWS::CloudWatch::Dashboard") {
        let body = dashboard["DashboardBody"]["Sub"].as_str().unwrap_or_default();
        let body: Value = serde_json::from_str(body).unwrap();
        for metric in body["widgets"].as_array().unwrap().iter().flat_map(metrics) {
            match metric[0]["expression"].as_str() {
                Some(expression) => named.extend(searched(expression)),
                None => {
                    named.insert((metric[0].to_string(), metric[1].to_string()));
                }
            }
        }
    }
    let bare = |text: String| text.trim_matches('"').to_owned();
    named.into_iter().map(|(namespace, name)| (bare(namespace), bare(name))).collect()
}

fn metrics(widget: &Value) -> Vec<Value> {
    widget["properties"]["metrics"].as_array().cloned().unwrap_or_default()
}

/// `SEARCH('{Quittance,stack} MetricName="payment.failed"', …)`.
fn searched(expression: &str) -> Option<(String, String)> {
    let namespace = expression.split_once("SEARCH('{")?.1.split(',').next()?;
    let name = expression.split_once("MetricName=\"")?.1.split('"').next()?;
    Some((namespace.to_owned(), name.to_owned()))
}

/// The words of an order's events, and the other counters.
fn written(events: &str) -> Vec<String> {
    let words = events.lines().filter_map(|line| line.split_once("=> \"")?.1.strip_suffix("\","));
    let others = Metric::ALL.map(|metric| metric.name().to_owned());
    words.map(str::to_owned).chain(others).collect()
}

/// Metrics counted from the API's log: only in `Quittance`, and only by fields that the log has.
fn filtered(template: &Value) -> (Vec<String>, Vec<String>) {
    let format = template["Resources"]["Api"]["Properties"]["AccessLogSettings"]["Format"].clone();
    let format = format["Sub"].as_str().unwrap_or_default().to_owned();
    let (mut written, mut violations) = (Vec::new(), Vec::new());
    for (name, filter) in of_type(template, "AWS::Logs::MetricFilter") {
        let pattern = filter["FilterPattern"].as_str().unwrap_or_default();
        let transformation = &filter["MetricTransformations"][0];
        let mut read: Vec<&str> = pattern.split("$.").skip(1).collect();
        for dimension in transformation["Dimensions"].as_array().into_iter().flatten() {
            read.extend(dimension["Value"].as_str().and_then(|value| value.strip_prefix("$.")));
        }
        for field in read.iter().filter_map(|text| text.split([' ', '}']).next()) {
            if !format.contains(&format!("\"{field}\":")) {
                violations.push(format!("{name}: no line of the API's log has {field}"));
            }
        }
        if transformation["MetricNamespace"] == NAMESPACE {
            written.push(transformation["MetricName"].as_str().unwrap_or_default().to_owned());
        }
    }
    (written, violations)
}

fn unwritten(named: &Named, written: &[String]) -> Vec<String> {
    let is_known = |(namespace, name): &&(String, String)| {
        let of_aws = OF_AWS.iter().any(|(of, names)| of == namespace && names.contains(&&**name));
        of_aws || namespace == NAMESPACE && written.contains(name)
    };
    let unknown = named.iter().filter(|named| !is_known(named));
    unknown.map(|(namespace, name)| format!("no code writes {name} in {namespace}")).collect()
}

/// Metrics that no code writes. (Their own list says `Self`.)
fn idle(metrics: &[Metric], sources: &[Source]) -> Vec<String> {
    let used = |metric: &Metric| {
        let variant = format!("Metric::{metric:?}");
        let code = sources.iter().filter(|source| !source.is_test());
        code.into_iter().any(|source| !source.lines_naming(&variant).is_empty())
    };
    let idle = metrics.iter().filter(|metric| !used(metric));
    idle.map(|metric| format!("{metric:?} is never written")).collect()
}

/// Skipped security checks without a reason.
fn unreasoned(checks: &str) -> Vec<String> {
    let skipped = checks.lines().filter(|line| line.trim_start().starts_with("- CKV"));
    let bare = skipped.filter(|line| line.split_once(" # ").is_none_or(|(_, why)| why.len() < 20));
    bare.map(|line| format!(".ci/checkov.yaml: {} has no reason", line.trim())).collect()
}

#[test]
fn no_check_is_skipped_without_a_reason() {
    let checks = read(".ci/checkov.yaml");
    assert!(checks.contains("- CKV"), "{checks}");
    none(&unreasoned(&checks));
    let bare = "skip-check:\n  - CKV_AWS_1\n  - CKV_AWS_2 # because a reason stands here\n";
    found(&unreasoned(bare), &[".ci/checkov.yaml: - CKV_AWS_1 has no reason"]);
}

#[test]
fn every_alarm_is_heard_and_explained() {
    none(&silent(&ours(), &read("docs/operations.md")));
}

#[test]
fn every_watched_metric_is_written() {
    let mut written = written(&read("shared/domain/src/changes.rs"));
    assert!(written.len() > 30, "{written:?}");
    let (filtered, violations) = filtered(&ours());
    written.extend(filtered);
    let idle = idle(&Metric::ALL, &all());
    none(&[unwritten(&watched(&ours()), &written), idle, violations].concat());
}

/// Conditions that cost money or indicate abuse have an alarm; an unknown id has none.
#[test]
fn costs_and_refused_callers_raise_an_alarm() {
    let alarms = of_type(&ours(), "AWS::CloudWatch::Alarm");
    let rung = |name: &str| alarms.iter().any(|(_, alarm)| alarm["MetricName"] == name);
    let ringing = [
        "refund.begun",
        "refund.amount",
        "capture.given_back",
        "dispute.opened",
        "request.unauthorized",
        "request.forbidden",
        "request.throttled",
    ];
    for name in ringing {
        assert!(rung(name), "{name}");
    }
    assert!(!rung("request.not_found"));
    let (_, sum) = alarms.iter().find(|(_, a)| a["MetricName"] == "refund.amount").unwrap();
    assert_eq!(sum["Dimensions"][1]["Value"]["Ref"], "RefundCurrency");
    assert_eq!(sum["Threshold"]["Ref"], "RefundSumPerHour");
}

#[test]
fn a_filter_that_reads_what_the_log_does_not_have_is_found() {
    let template = parse(
        "Resources:\n  Api:\n    Properties:\n      AccessLogSettings: {Format: !Sub '{\"status\":\"x\"}'}\n  \
         F:\n    Type: AWS::Logs::MetricFilter\n    Properties:\n      FilterPattern: '{ $.status = \"429\" && $.way = \"a\" }'\n      \
         MetricTransformations: [{MetricNamespace: Quittance, MetricName: a.b, \
         Dimensions: [{Key: stack, Value: $.stack}]}]\n",
    );
    let (written, violations) = filtered(&template);
    assert_eq!(written, ["a.b"]);
    found(
        &violations,
        &["F: no line of the API's log has way", "F: no line of the API's log has stack"],
    );
}

#[test]
fn an_alarm_without_a_page_and_an_unwritten_metric_are_found() {
    let template = parse(
        "Resources:\n  A:\n    Type: AWS::CloudWatch::Alarm\n    Properties:\n      \
         Namespace: AWS/Lambda\n      MetricName: Erors\n  B:\n    Type: AWS::CloudWatch::Alarm\n    \
         Properties:\n      AlarmActions: [!Ref AlarmTopic]\n      Metrics:\n        - Id: x\n        \
         - {MetricStat: {Metric: {Namespace: Quittance, MetricName: payment.paid}}}\n  D:\n    \
         Type: AWS::CloudWatch::Dashboard\n    Properties:\n      DashboardBody: !Sub '{\"widgets\":\
         [{\"properties\":{\"metrics\":[[\"AWS/SQS\",\"Sent\"],[{\"expression\":\
         \"SEARCH(''{Quittance,s} MetricName=\\\"a.b\\\"'')\"}]]}}]}'\n",
    );
    let runbook = "# R\n\n### B\n\nIt says.\n\n```sh\naws\n```\n\n### COldAlarm\n";
    found(
        &[silent(&template, runbook), unwritten(&watched(&template), &["payment.x".to_owned()])]
            .concat(),
        &[
            "A: notifies nobody",
            "A: docs/operations.md has no `### A` with a command",
            "docs/operations.md: COldAlarm does not exist",
            "no code writes Erors in AWS/Lambda",
            "no code writes Sent in AWS/SQS",
            "no code writes a.b in Quittance",
            "no code writes payment.paid in Quittance",
        ],
    );
    let code = [Source::sample("shared/src/x.rs", "metric(Metric::WebhookParked)")];
    let both = [Metric::WebhookParked, Metric::SweepLeft];
    found(&idle(&both, &code), &["SweepLeft is never written"]);
}
