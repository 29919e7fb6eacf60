use std::collections::BTreeMap;

use super::{SOURCE, Surroundings, Template};

fn around() -> Surroundings {
    Surroundings {
        stack_name: "quittance".to_owned(),
        region: "eu-central-1".to_owned(),
        account_id: "000000000000".to_owned(),
        parameters: BTreeMap::from([("DueShards".to_owned(), "8".to_owned())]),
        sqs_url: "http://127.0.0.1:3003".to_owned(),
        api_url: "http://127.0.0.1:3000".to_owned(),
    }
}

fn read(source: &str) -> Result<Template, String> {
    let around = Surroundings { parameters: BTreeMap::new(), ..around() };
    Template::read(source, &around).map_err(|error| error.to_string())
}

#[test]
fn the_real_template_yields_functions_with_their_environment_and_routes() {
    let template = Template::read(SOURCE, &around()).unwrap();
    let names: Vec<&str> = template.functions.iter().map(|f| f.name.as_str()).collect();
    assert!(names.contains(&"create-order") && names.contains(&"deliver-confirmation"));
    let create = template.function("create-payment").unwrap();
    assert_eq!(create.timeout_s, 25);
    assert_eq!(create.memory_mb, 256);
    assert_eq!(create.environment["STACK_NAME"], "quittance");
    assert_eq!(create.environment["TABLE_NAME"], "quittance-payments");
    assert_eq!(create.environment["DUE_SHARDS"], "8");
    assert_eq!(
        create.environment["CONFIRMATION_QUEUES"],
        "deliveries=http://127.0.0.1:3003/000000000000/quittance-deliveries.fifo,\
         fulfilment=http://127.0.0.1:3003/000000000000/quittance-fulfilment.fifo,\
         notifications=http://127.0.0.1:3003/000000000000/quittance-notifications.fifo"
    );
    assert_eq!(create.routes[0].method, "POST");
    assert_eq!(create.routes[0].path, "/api/payments");
}

#[test]
fn the_real_template_yields_triggers_tables_queues_and_secrets() {
    let template = Template::read(SOURCE, &around()).unwrap();
    assert_eq!(template.function("sweep-due").unwrap().schedules, ["rate(1 minute)"]);
    let event = &template.function("deliver-confirmation").unwrap().queues[0];
    assert_eq!(event.queue_arn, "arn:aws:sqs:eu-central-1:000000000000:quittance-deliveries.fifo");
    assert!(event.partial_answers);
    let table = &template.tables[0];
    assert_eq!(table.ttl_attribute.as_deref(), Some("ttl"));
    assert_eq!((table.key.hash.name.as_str(), table.key.hash.kind.as_str()), ("pk", "S"));
    assert_eq!(table.indexes[0].name, "due");
    assert_eq!(table.indexes[0].key.range.as_ref().unwrap().name, "due_at");
    assert_eq!(template.queues.len(), 6);
    let deliveries =
        template.queues.iter().find(|q| q.name == "quittance-deliveries.fifo").unwrap();
    let redrive: serde_json::Value =
        serde_json::from_str(&deliveries.attributes["RedrivePolicy"]).unwrap();
    assert_eq!(redrive["maxReceiveCount"], 15);
    let secrets: Vec<&str> = template.secrets.iter().map(|s| s.name.as_str()).collect();
    assert!(secrets.contains(&"quittance/gateways/sandbox"));
}

#[test]
fn an_unknown_resource_is_named() {
    let error = read("Resources: {Bus: {Type: 'AWS::Events::EventBus'}}").unwrap_err();
    assert_eq!(
        error,
        "template.yaml: Bus: AWS::Events::EventBus is not understood by the dev stack"
    );
}

#[test]
fn an_unknown_property_is_named_with_its_resource() {
    let source = "Resources: {F: {Type: 'AWS::Serverless::Function', Properties: {CodeUri: functions/f, VpcConfig: {}}}}";
    let error = read(source).unwrap_err();
    assert_eq!(error, "template.yaml: F: VpcConfig is not understood by the dev stack");
}

#[test]
fn an_unknown_function_is_named_with_its_place() {
    let source =
        "Resources: {Q: {Type: 'AWS::SQS::Queue', Properties: {QueueName: !ImportValue x}}}";
    let error = read(source).unwrap_err();
    assert_eq!(
        error,
        "template.yaml: Resources, Q, Properties, QueueName: !ImportValue is not understood by the dev stack"
    );
    let long = "Resources: {Q: {Type: 'AWS::SQS::Queue', Properties: {QueueName: {'Fn::Sub': x}}}}";
    assert!(read(long).unwrap_err().ends_with("write Fn::Sub as a tag"));
}

#[test]
fn conditions_choose_values_and_resources() {
    let source = r#"
Parameters: {Mail: {Type: String, Default: ""}, Most: {Type: Number, Default: 0}}
Conditions: {HasMail: !Not [!Equals [!Ref Mail, ""]], HasMost: !Not [!Equals [!Ref Most, 0]]}
Resources:
  Q:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !If [HasMail, with, !Sub "${AWS::StackName}-${!x}"]
      DelaySeconds: !If [HasMail, 5, !Ref "AWS::NoValue"]
  Gone: {Type: "AWS::SQS::Queue", Condition: HasMail, Properties: {QueueName: gone}}
  GoneToo: {Type: "AWS::SQS::Queue", Condition: HasMost, Properties: {QueueName: gone}}
"#;
    let template = read(source).unwrap();
    assert_eq!(template.queues.len(), 1);
    assert_eq!(template.queues[0].name, "quittance-${x}");
    assert!(template.queues[0].attributes.is_empty());
}

#[test]
fn a_parameter_without_value_and_a_value_without_parameter_are_errors() {
    let error = read("Parameters: {Mail: {Type: String}}").unwrap_err();
    assert!(error.ends_with("Parameters, Mail: has neither a default nor a value"), "{error}");
    let error = Template::read("Resources: {}", &around()).unwrap_err().to_string();
    assert_eq!(error, "template.yaml: Parameters: there is no DueShards");
}

#[test]
fn a_switched_off_trigger_is_refused() {
    let source = "Resources: {F: {Type: 'AWS::Serverless::Function', Properties: {CodeUri: f, Events: {E: {Type: Schedule, Properties: {Schedule: rate(1 day), Enabled: false}}}}}}";
    assert!(read(source).unwrap_err().ends_with("a disabled trigger is not understood"));
}
