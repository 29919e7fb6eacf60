//! The gateways as those outside reach them, where no fault strikes: pages, controls and accounts.

use std::ops::Deref;

use bytes::Bytes;
use dev_stack::gateways::{Core, Object, Outcome};
use http::{Request, Uri};
use quittance::domain::names::{CaptureId, DisputeId, GatewayName, GatewayRefundId};
use serde_json::Value;

use crate::world::World;
use crate::world::ground::Stood;

/// What a gateway keeps for one create call.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub(crate) gateway: GatewayName,
    object: Object,
}

impl Deref for Held {
    type Target = Object;

    fn deref(&self) -> &Object {
        &self.object
    }
}

/// The names that an order keeps.
impl Held {
    pub(crate) fn capture_id(&self) -> Option<CaptureId> {
        let capture = self.capture.as_ref()?;
        Some(CaptureId::new(&capture.id).kept(&self.gateway))
    }

    pub(crate) fn refund_id(&self, own: &str) -> GatewayRefundId {
        GatewayRefundId::new(own).kept(&self.gateway)
    }

    pub(crate) fn dispute_id(&self, own: &str) -> DisputeId {
        DisputeId::new(own).kept(&self.gateway)
    }
}

impl World {
    /// The gateway at the host of a request; the first if it has none.
    pub(crate) fn at(&self, request: &Request<Bytes>) -> &Core {
        &self.stood(request.uri().host()).core
    }

    pub(crate) fn stood(&self, name: Option<&str>) -> &Stood {
        let named = self.gateways.iter().find(|stood| Some(stood.name) == name);
        named.or(self.gateways.first()).unwrap()
    }

    /// The shopper's choice on the page of a payment, if the shopper has the page.
    pub(crate) fn choose(&self, payment: &str, outcome: &str) {
        let page = self.state().pages.get(payment).and_then(|pages| pages.first().cloned());
        let Some(page) = page else {
            self.trace(|| "    the shopper has no page".to_owned());
            return;
        };
        let page: Uri = page.parse().unwrap();
        let request = Request::builder()
            .method("POST")
            .uri(page.path())
            .body(Bytes::from(format!("outcome={outcome}")))
            .unwrap();
        self.outside(self.stood(page.host()), &request);
    }

    /// The gateways' own accounts of everything.
    pub(crate) fn truth(&self) -> Vec<Held> {
        self.time.now_ms();
        let all = self.gateways.iter().flat_map(|stood| {
            let gateway = GatewayName::new(stood.name);
            let objects = stood.core.truth().objects.into_iter();
            objects.map(move |object| Held { gateway: gateway.clone(), object })
        });
        all.collect()
    }

    /// A call from outside to every gateway, which never fails.
    pub(crate) fn control(&self, method: &str, path: &str, body: &Value) {
        for stood in &self.gateways {
            self.control_at(stood, method, path, body);
        }
    }

    pub(crate) fn control_at(&self, stood: &Stood, method: &str, path: &str, body: &Value) {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = Request::builder().method(method).uri(path).body(Bytes::from(body)).unwrap();
        self.outside(stood, &request);
    }

    fn outside(&self, stood: &Stood, request: &Request<Bytes>) {
        self.time.now_ms();
        if let Outcome::Answer(answer) = stood.core.handle(request) {
            self.trace(|| {
                let status = answer.status().as_u16();
                format!("    {} {} → {status}", request.method(), request.uri().path())
            });
        }
    }
}
