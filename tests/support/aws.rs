//! Direct calls to the imitated AWS services: what is stored and what is secret.

use serde_json::{Value, json};

use crate::{Answer, Options, Stack};

/// The table of the dev stack.
pub const TABLE: &str = "quittance-payments";

impl Stack {
    /// With the developer's own secrets, given in a file.
    pub async fn with_secrets(binary: &str, secrets: &Value, mut options: Options) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("secrets.json");
        std::fs::write(&file, secrets.to_string()).unwrap();
        options.arguments.extend(["--secrets".to_owned(), file.to_str().unwrap().to_owned()]);
        Self::with(binary, options).await
    }

    pub async fn aws(&self, service: &str, action: &str, body: &Value) -> Answer {
        self.try_aws(service, action, body).await.expect(200)
    }

    pub async fn try_aws(&self, service: &str, action: &str, body: &Value) -> Answer {
        let request = self
            .http
            .post(self.address(service))
            .header("x-amz-target", action)
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-date", "20260101T000000Z")
            .header(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/x/aws4_request, \
                 SignedHeaders=host;x-amz-date, Signature=0",
            )
            .body(body.to_string());
        self.send(request).await
    }

    /// All items of the table, as the database writes them.
    pub async fn items(&self) -> Vec<Value> {
        let mut items = Vec::new();
        let mut question = json!({ "TableName": TABLE, "ConsistentRead": true });
        loop {
            let answer = self.aws("dynamodb", "DynamoDB_20120810.Scan", &question).await;
            items.extend(answer.body["Items"].as_array().unwrap().iter().cloned());
            match answer.body.get("LastEvaluatedKey") {
                Some(last) => question["ExclusiveStartKey"] = last.clone(),
                None => return items,
            }
        }
    }

    /// The item of one order, without those of others.
    pub async fn item(&self, order: &str) -> Option<Value> {
        let key = format!("O#{order}");
        self.items().await.into_iter().find(|item| item["pk"]["S"] == key)
    }

    /// Events that wait for their order.
    pub async fn parked(&self) -> Vec<Value> {
        let items = self.items().await.into_iter();
        items.filter(|item| item["pk"]["S"].as_str().unwrap().starts_with("P#sandbox#")).collect()
    }

    pub async fn secret(&self, name: &str) -> Value {
        let question = json!({ "SecretId": name });
        let action = "secretsmanager.GetSecretValue";
        let answer = self.aws("secrets_manager", action, &question).await;
        serde_json::from_str(answer.word("SecretString")).unwrap()
    }

    pub async fn set_secret(&self, name: &str, value: &Value) {
        let question = json!({ "SecretId": name, "SecretString": value.to_string() });
        self.aws("secrets_manager", "secretsmanager.PutSecretValue", &question).await;
    }
}
