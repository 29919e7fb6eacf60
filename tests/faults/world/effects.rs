//! The effect of a call on the world.

use bytes::Bytes;
use dev_stack::gateways::Outcome;
use http::Response;
use serde_json::{Value, json};

use crate::hold::{image, writes};
use crate::world::World;
use crate::world::call::Call;
use crate::world::fate::{Fate, answer, aws, run};

impl World {
    pub(crate) fn take_effect(&self, call: &Call) -> Fate {
        self.time.now_ms();
        match call {
            Call::DynamoDb { action, body } => Fate::Answered(self.table(action, body)),
            Call::Sqs { action, body } => Fate::Answered(aws(self.sqs.call(action, body))),
            Call::Merchant(request) => Fate::Answered(self.merchant(request)),
            Call::Gateway(request) => match self.at(request).handle(request) {
                Outcome::Answer(answer) => Fate::Answered(answer),
                Outcome::Silence => Fate::Silence,
                Outcome::Close => Fate::Broken,
            },
        }
    }

    fn table(&self, action: &str, body: &Value) -> Response<Bytes> {
        let db = &self.database;
        let outcome = match action {
            "GetItem" => run(body, |request| db.get_item(request)),
            "PutItem" => run(body, |request| db.put_item(request)),
            "UpdateItem" => run(body, |request| db.update_item(request)),
            "DeleteItem" => run(body, |request| db.delete_item(request)),
            "Query" => run(body, |request| db.query(request)),
            unknown => panic!("the store calls {unknown}"),
        };
        if outcome.is_ok() && !matches!(action, "GetItem" | "Query") {
            let key = body["Key"]["pk"]["S"].as_str().or(body["Item"]["pk"]["S"].as_str());
            self.written(key.unwrap_or_default());
        }
        match outcome {
            Ok(body) => answer(200, body),
            Err(error) => answer(error.status_code(), error.to_json()),
        }
    }

    /// Checks the item just written against the invariants.
    fn written(&self, key: &str) {
        let read = json!({ "TableName": "payments", "Key": { "pk": { "S": key } } });
        let found = run(&read, |request| self.database.get_item(request)).unwrap();
        let found: Value = serde_json::from_str(&found).unwrap();
        let Some(item) = found.get("Item").filter(|item| !item.is_null()) else {
            self.state().images.remove(key);
            return;
        };
        self.state().images.insert(key.to_owned(), item.clone());
        if self.state().laid.contains(key) {
            return;
        }
        let Some(new) = image::order(item) else {
            return;
        };
        let old = self.state().orders.insert(key.to_owned(), new.clone());
        self.trace(|| format!("      {}", image::digest(&new)));
        for wrong in writes::violations(old.as_ref(), &new) {
            self.violate(wrong);
        }
    }

    pub(crate) fn stale_index(&self) -> String {
        let state = self.state();
        let keys = state.images.keys().map(|key| json!({ "pk": { "S": key } }));
        let keys: Vec<Value> = keys.collect();
        json!({ "Count": keys.len(), "Items": keys }).to_string()
    }
}
