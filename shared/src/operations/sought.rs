//! The payment that a gateway is asked for.

use crate::domain::cart::Cart;
use crate::domain::id::PaymentId;
use crate::domain::order::Order;
use crate::ports::{Create, Sought};

/// The create request, built from stored values alone: a repeat under the same key must be the same request.
pub(super) fn sought(order: &Order, payment: &PaymentId) -> Option<Sought> {
    let attempt = order.attempts.get(payment)?;
    let create = Create {
        payment: payment.clone(),
        order: order.id.clone(),
        amount: order.total,
        mode: attempt.mode,
        method: attempt.method,
        return_url: attempt.return_url.clone(),
        expires_in_seconds: order.expires_at.since(attempt.created_at),
        metadata: order.details.metadata.clone(),
        stack: attempt.stack.clone(),
        cart: attempt.sends_cart.then(|| order.details.cart.clone()).filter(Cart::is_priced),
    };
    Some(Sought { create, objects: attempt.objects.keys().cloned().collect() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::attempt::CaptureMode;
    use crate::domain::cart::Item;
    use crate::domain::testing::{Case, FULL};

    #[test]
    fn an_attempt_that_was_begun_without_the_cart_is_repeated_without_it() {
        let mut case = Case::new(FULL);
        let id = case.attempt(0, CaptureMode::Automatic);
        let item = |unit_amount| Item {
            product_id: "SKU_1001".to_owned(),
            quantity: 2,
            unit_amount,
            discount_amount: None,
            name: None,
        };
        let mut order = case.order;
        order.details.cart.items = vec![item(Some(3750))];
        let cart = |order: &Order| sought(order, &id).unwrap().create.cart;
        assert_eq!(cart(&order), Some(order.details.cart.clone()));
        order.attempts.get_mut(&id).unwrap().sends_cart = false;
        assert_eq!(cart(&order), None);
        order.attempts.get_mut(&id).unwrap().sends_cart = true;
        order.details.cart.items.push(item(None));
        assert_eq!(cart(&order), None, "a cart without prices is not sent");
    }
}
