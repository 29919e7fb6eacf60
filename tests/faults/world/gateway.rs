//! The gateway as those outside reach it, where no fault strikes: its page, its controls and its own account.

use bytes::Bytes;
use dev_stack::gateways::{Outcome, Truth};
use http::Request;
use serde_json::Value;

use crate::world::World;

impl World {
    /// The shopper's choice on the page of a payment, if the shopper has the page.
    pub(crate) fn choose(&self, payment: &str, outcome: &str) {
        let token = self.state().pages.get(payment).and_then(|tokens| tokens.first().cloned());
        let Some(token) = token else {
            self.trace(|| "    the shopper has no page".to_owned());
            return;
        };
        let request = Request::builder()
            .method("POST")
            .uri(format!("/checkout/{token}"))
            .body(Bytes::from(format!("outcome={outcome}")))
            .unwrap();
        self.outside(&request);
    }

    /// The gateway's own account of everything.
    pub(crate) fn truth(&self) -> Truth {
        self.time.now_ms();
        self.core.truth()
    }

    /// A call from outside, which never fails.
    pub(crate) fn control(&self, method: &str, path: &str, body: &Value) -> Value {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = Request::builder().method(method).uri(path).body(Bytes::from(body)).unwrap();
        self.outside(&request)
    }

    pub(crate) fn outside(&self, request: &Request<Bytes>) -> Value {
        self.time.now_ms();
        match self.core.handle(request) {
            Outcome::Answer(answer) => {
                let body: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
                self.trace(|| {
                    let status = answer.status().as_u16();
                    format!("    {} {} → {status}", request.method(), request.uri().path())
                });
                body
            }
            Outcome::Silence | Outcome::Close => Value::Null,
        }
    }
}
