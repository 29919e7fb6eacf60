//! The sandbox gateway, used like an outside service: over HTTP, by its documented API.

mod breakdown;
mod client;
mod look_up;
mod mapping;
mod profile;
mod signature;
mod wire;

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::Response;
use serde::Deserialize;
use serde_json::Value;

use self::client::Client;
use self::mapping::{
    GatewayAmount, answer, event, method_word, mode_word, moves, seen, to_gateway,
};
use self::profile::Profile;
use self::signature::WebhookSecret;
use crate::domain::attempt::{CaptureMode, Failure, Method};
use crate::domain::capabilities::{Capabilities, GatewayMode};
use crate::domain::fact::{Seen, SeenRefund};
use crate::domain::id::PaymentId;
use crate::domain::money::Money;
use crate::domain::names::{GatewayName, ObjectId};
use crate::domain::time::Timestamp;
use crate::gateways::Means;
use crate::ports::{
    Answer, Create, Delivery, Effect, Gateway, ListPage, LookUpError, MappingError, Notice,
    SignatureError, Sought, TransportError, Verified,
};
use crate::secrets::{Fault, Members};

pub const NAME: &str = "sandbox";
/// The signature headers: that of Standard Webhooks, and the fixed header of the profiles that do not sign.
pub const SIGNED_IN: &[&str] = &[crate::standard_webhooks::SIGNATURE, "authorization"];

/// The schema of the events that we read, for the API's description.
#[cfg(feature = "openapi")]
pub fn event_schema() -> serde_json::Value {
    let settings = schemars::generate::SchemaSettings::draft2020_12().for_deserialize();
    let settings = settings.with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    });
    let mut schema = settings.into_generator().into_root_schema_for::<wire::Event>();
    let schema = schema.ensure_object();
    schema.insert("title".to_owned(), "SandboxEvent".into());
    schema.insert("required".to_owned(), serde_json::json!(["event"]));
    if let Some(serde_json::Value::Object(members)) = schema.get_mut("properties") {
        let named = serde_json::json!({
            "type": "string",
            "description": "The event type; unknown types are ignored.",
            "examples": event::EVENTS.map(|(name, _)| name),
        });
        members.insert("event".to_owned(), named);
        let metadata = serde_json::json!({
            "type": ["object", "null"],
            "description": "The metadata of the create call; an event that names another stack is ignored.",
            "properties": {
                STACK: { "type": "string", "description": "The stack that created the payment." },
            },
        });
        members.insert("metadata".to_owned(), metadata);
    }
    std::mem::take(schema).into()
}

/// The metadata member with which a payment's events name the order.
const ORDER_ID: &str = "order_id";
/// The metadata member that names the stack. A merchant's own member of this name would make our events look
/// like another stack's, so the name is one that no merchant would choose.
const STACK: &str = "quittance_stack";
const NO_BODY: Option<&()> = None;

struct Sandbox {
    name: GatewayName,
    client: Client,
    mode: GatewayMode,
    profile: Profile,
    webhook_secrets: Vec<WebhookSecret>,
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("profile", &self.profile).finish_non_exhaustive()
    }
}

/// Placeholders fail closed: without an API key, a URL and a webhook secret there is no gateway.
pub fn open(
    secret: &Value,
    faults: &mut Vec<Fault>,
    means: &Means,
) -> Result<Arc<dyn Gateway>, Fault> {
    let members = Members::of(secret, "")?;
    let (api_key, address) = (members.text("api_key")?, members.text("base_url")?);
    let mode = GatewayMode::deserialize(&Value::from(members.text("mode")?))
        .map_err(|_| Fault::malformed("mode", "is neither test nor live"))?;
    let profile = match members.optional("profile")? {
        None => Profile::default(),
        Some(name) => Profile::deserialize(&Value::from(name))
            .map_err(|_| Fault::malformed("profile", "is none of the sandbox's profiles"))?,
    };
    Ok(Arc::new(Sandbox {
        mode,
        name: means.name.clone(),
        client: Client::new(means, address, api_key)?,
        profile,
        webhook_secrets: signature::webhook_secrets(&members, faults)?,
    }))
}

#[async_trait]
impl Gateway for Sandbox {
    fn name(&self) -> GatewayName {
        self.name.clone()
    }

    fn mode(&self) -> GatewayMode {
        self.mode
    }

    fn capabilities(&self) -> Capabilities {
        self.profile.capabilities()
    }

    /// Accepts every currency with every method, except UPI.
    fn refuses(
        &self,
        amount: Money,
        method: Option<Method>,
        mode: CaptureMode,
    ) -> Option<&'static str> {
        if to_gateway(amount).is_none() {
            Some("the amount is out of range")
        } else if !self.profile.takes(mode) {
            Some("only automatic capture is supported")
        } else if method.is_some_and(|method| !moves(method, amount.currency)) {
            Some("UPI is available in INR only")
        } else {
            None
        }
    }

    async fn create(&self, create: &Create, timeout: Duration) -> Answer {
        let Some(amount) = to_gateway(create.amount) else {
            return not_representable();
        };
        match self.send_create(create, amount, timeout).await {
            Ok(reply) => answer::created(&reply, &create.payment),
            Err(error) => unanswered(error),
        }
    }

    async fn look_up(&self, sought: &Sought, timeout: Duration) -> Result<Vec<Seen>, LookUpError> {
        self.find(sought, timeout).await
    }

    async fn capture(&self, effect: &Effect, timeout: Duration) -> Answer {
        let Some(GatewayAmount { amount, .. }) = to_gateway(effect.amount) else {
            return not_representable();
        };
        let body = wire::NewCapture { amount };
        let key = effect.operation.as_str();
        let path = [effect.object.as_str(), "capture"];
        match self.client.post(&path, Some(key), Some(&body), timeout).await {
            Ok(reply) => answer::captured(&reply, effect),
            Err(error) => unanswered(error),
        }
    }

    async fn void(&self, effect: &Effect, timeout: Duration) -> Answer {
        let key = effect.operation.as_str();
        let path = [effect.object.as_str(), "void"];
        match self.client.post(&path, Some(key), NO_BODY, timeout).await {
            Ok(reply) => answer::moved(&reply, effect),
            Err(error) => unanswered(error),
        }
    }

    /// Sent without a key, so that a repeat is answered with the object as it is then.
    async fn close(&self, payment: &PaymentId, object: &ObjectId, timeout: Duration) -> Answer {
        match self.client.post(&[object.as_str(), "cancel"], None, NO_BODY, timeout).await {
            Ok(reply) => answer::closed(&reply, payment, object),
            Err(error) => unanswered(error),
        }
    }

    async fn refund(&self, effect: &Effect, timeout: Duration) -> Answer {
        let Some(GatewayAmount { amount, .. }) = to_gateway(effect.amount) else {
            return not_representable();
        };
        let key = effect.operation.as_str();
        let body = wire::NewRefund { reference: key, amount };
        let path = [effect.object.as_str(), "refunds"];
        match self.client.post(&path, Some(key), Some(&body), timeout).await {
            Ok(reply) => answer::refunded(&reply, effect),
            Err(error) => unanswered(error),
        }
    }

    async fn look_up_refund(
        &self,
        effect: &Effect,
        timeout: Duration,
    ) -> Result<Option<SeenRefund>, LookUpError> {
        // A captured payment exists, so its absence says nothing about the refund.
        let shown = self.by_id(&effect.object, &effect.payment, timeout).await?;
        let refunds = shown.ok_or(LookUpError::Unavailable)?.refunds;
        Ok(refunds.into_iter().find(|r| r.operation.as_ref() == Some(&effect.operation)))
    }

    async fn list(
        &self,
        from: Timestamp,
        cursor: Option<&str>,
        timeout: Duration,
    ) -> Result<ListPage, LookUpError> {
        let from = from.rfc3339();
        let page = self.page(("created_from", &from), cursor, timeout).await?;
        let mut payments = Vec::new();
        for payment in &page.payments {
            let seen = seen(payment).map_err(|_| LookUpError::Unavailable)?;
            payments.push((PaymentId::parse(&payment.reference).ok(), seen));
        }
        Ok(ListPage { payments, next: page.next_cursor })
    }

    fn verify<'a>(
        &self,
        delivery: &Delivery<'a>,
        now: Timestamp,
    ) -> Result<Verified<'a>, SignatureError> {
        let signed = self.capabilities().signed_events;
        signature::verify(&self.webhook_secrets, signed, delivery, now)
    }

    fn stack_of(&self, verified: &Verified<'_>) -> Option<String> {
        event::stack(verified)
    }

    fn translate(&self, verified: &Verified<'_>) -> Result<Notice, MappingError> {
        event::notice(verified, self.capabilities().signed_events)
    }
}

impl Sandbox {
    /// Always builds the same request for the same attempt.
    async fn send_create(
        &self,
        create: &Create,
        amount: GatewayAmount,
        timeout: Duration,
    ) -> Result<Response<Bytes>, TransportError> {
        let pairs = create.metadata.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        let order = Some((ORDER_ID, create.order.as_str()));
        let stack = create.stack.as_deref().map(|stack| (STACK, stack));
        let body = wire::NewPayment {
            reference: create.payment.as_str(),
            amount: amount.amount,
            currency: amount.currency,
            capture: mode_word(create.mode),
            method: create.method.map(method_word),
            return_url: create.return_url.as_deref(),
            metadata: pairs.chain(order).chain(stack).collect(),
            expires_in: self.profile.page_life_seconds(create.expires_in_seconds),
            breakdown: create.cart.as_ref().and_then(breakdown::of).unwrap_or_default(),
        };
        self.client.post(&[], Some(create.payment.as_str()), Some(&body), timeout).await
    }
}

fn unanswered(error: TransportError) -> Answer {
    match error {
        TransportError::NotSent => Answer::NotSent,
        TransportError::Unknown | TransportError::Broken => Answer::Unknown,
    }
}

fn not_representable() -> Answer {
    Answer::Refused(Failure {
        code: "amount_not_representable".to_owned(),
        message: "The gateway cannot represent this amount.".to_owned(),
    })
}
