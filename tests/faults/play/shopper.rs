//! The shopper's browser, which has a status token and nothing else.

use quittance::domain::id::PaymentId;

use crate::play::script::Player;
use crate::world::World;
use crate::world::client::{Ask, Reply};

impl Player {
    pub(crate) async fn watch(&mut self, key: &str) {
        let payment = self.payment(key);
        let token = self.client.world.state().tokens.get(payment.as_str()).cloned();
        let Some(token) = token else {
            self.client.world.trace(|| "    the shopper has no token".to_owned());
            return;
        };
        let parameter = Some(("payment_id", payment.as_str().to_owned()));
        let route = "GET /api/payments/{payment_id}";
        let ask = Ask { route, parameter, token: Some(token), ..Ask::default() };
        let before = page_of(&self.client.world, &payment);
        if let Some(reply) = self.client.ask(&ask).await {
            leads_on(&self.client.world, &payment, before, &reply);
        }
    }
}

/// The page that the shopper of a payment should see.
fn page_of(world: &World, payment: &PaymentId) -> Option<String> {
    let state = world.state();
    let order = state.orders.get(&format!("O#{}", payment.order()))?;
    order.attempts.get(payment)?.page_to_show()?.address.clone()
}

/// I23: the status that the shopper reads is true, and it shows the page for as long as there is one to
/// pay on.
fn leads_on(world: &World, payment: &PaymentId, before: Option<String>, reply: &Reply) {
    let order = world.state().orders.get(&format!("O#{}", payment.order())).cloned();
    let Some(order) = order.filter(|_| reply.status == 200) else {
        return;
    };
    let won = order.winner.as_ref().is_some_and(|winner| &winner.attempt == payment);
    if reply.body["status"] == "succeeded" && !won {
        world.violate(format!("I23 the shopper wrongly reads that {payment} succeeded"));
    }
    let lasting = before.filter(|before| page_of(world, payment).as_ref() == Some(before));
    let led_to = reply.body["next_action"]["url"].as_str();
    if lasting.is_some() && led_to != lasting.as_deref() {
        world.violate(format!("I23 the page of {payment} is not shown to its shopper"));
    }
}
