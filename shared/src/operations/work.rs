//! The context of one invocation: its gateways, each opened once, their rules, and the time left.

use std::sync::Arc;

use crate::app::{App, Budget};
use crate::domain::capabilities::Rules;
use crate::domain::id::PaymentId;
use crate::domain::order::Order;
use crate::gateways::{GatewayMissing, Opened};
use crate::operations::Unavailable;
use crate::ports::Gateway;

#[derive(Debug)]
pub struct Work<'a> {
    pub app: &'a App,
    pub rules: Rules,
    pub budget: Budget,
    pub gateways: Opened,
}

impl<'a> Work<'a> {
    pub async fn begin(app: &'a App, budget: Budget) -> Result<Self, Unavailable> {
        let gateways = app.gateways.open_all().await?;
        let rules = Rules {
            capabilities: gateways.capabilities(),
            targets: app.queues.names(),
            due_shards: app.config.due_shards,
            live: app.config.live,
        };
        Ok(Self { app, rules, budget, gateways })
    }

    /// The gateway of an attempt, or `None` if it is no longer configured. Missing credentials are an error:
    /// the attempt was begun with credentials, and only with them can we learn its outcome.
    pub fn gateway_of(
        &self,
        order: &Order,
        payment: &PaymentId,
    ) -> Result<Option<Arc<dyn Gateway>>, Unavailable> {
        let Some(attempt) = order.attempts.get(payment) else {
            return Ok(None);
        };
        match self.gateways.get(&attempt.gateway) {
            Ok(gateway) => Ok(Some(gateway)),
            Err(
                error @ (GatewayMissing::NotSet(_)
                | GatewayMissing::Unusable(_)
                | GatewayMissing::Unavailable(_)),
            ) => Err(error.into()),
            Err(error @ (GatewayMissing::Unknown | GatewayMissing::OtherMoney(_))) => {
                tracing::error!(error = %error, gateway.name = %attempt.gateway, "gateway of a payment is not configured");
                Ok(None)
            }
        }
    }
}
