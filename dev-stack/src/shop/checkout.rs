//! Buying: the server places the order, starts the payment and sends the shopper to its page.

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderName};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::api::NextAction;
use super::cart::{Cart, Choice};
use super::refusal::{self, CheckoutError};
use super::visits::{Basket, Visit, visit_cookie};
use super::{Inner, Shop};
use crate::site;

/// Long enough to find one's card, short enough to see it end.
const TIME_TO_PAY_S: u64 = 1_800;

/// What the shop reads of the API's answers.
#[derive(Debug, Deserialize)]
struct Placed {
    order_id: String,
}

#[derive(Debug, Deserialize)]
struct Started {
    payment_id: String,
    status_token: String,
    next_action: Option<NextAction>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Refund {
    /// In major units as a clerk writes them; empty for all that is left.
    #[serde(default)]
    amount: String,
    /// Made with the form, so that the same form sent twice refunds once.
    key: String,
}

/// Where the shopper goes now, and under which name the shop remembers them.
struct Begun {
    name: String,
    address: String,
}

/// `POST /buy`: one product, past the cart.
pub(super) async fn buy(
    State(shop): State<Shop>,
    headers: HeaderMap,
    choice: Result<Form<Choice>, FormRejection>,
) -> Response {
    let Form(choice) = match choice {
        Ok(choice) => choice,
        Err(rejection) => return refusal::malformed(&shop, &rejection),
    };
    let kept = Cart::of(&headers);
    let Some(cart) = Cart::single(&choice, kept.currency) else {
        return refusal::not_sold(&shop);
    };
    leave(&shop, shop.0.place(&cart).await, &kept)
}

/// `POST /checkout`: all that is in the cart, which is empty then.
pub(super) async fn check_out(State(shop): State<Shop>, headers: HeaderMap) -> Response {
    let cart = Cart::of(&headers);
    if cart.lines.is_empty() {
        return Redirect::to("/cart").into_response();
    }
    let empty = Cart { lines: Vec::new(), ..cart };
    leave(&shop, shop.0.place(&cart).await, &empty)
}

/// `POST /return/{visit}/pay`: another payment for an order whose payment came to nothing.
pub(super) async fn pay_again(State(shop): State<Shop>, Path(name): Path<String>) -> Response {
    let Some(visit) = shop.0.visits.get(&name) else {
        return refusal::unknown_visit(&shop);
    };
    // The key names what failed: pressed twice, it is one payment.
    let key = format!("{name}-{}", visit.payment_id);
    match shop.0.pay(name, &key, visit.order_id, visit.basket).await {
        Ok(begun) => Redirect::to(&begun.address).into_response(),
        Err(error) => refusal::answer(&shop, &error),
    }
}

/// `POST /return/{visit}/refund`: what the shop's clerk does.
pub(super) async fn refund(
    State(shop): State<Shop>,
    Path(name): Path<String>,
    refund: Result<Form<Refund>, FormRejection>,
) -> Response {
    let Some(visit) = shop.0.visits.get(&name) else {
        return refusal::unknown_visit(&shop);
    };
    match refund {
        Ok(Form(refund)) => match shop.0.refund(&visit, &refund).await {
            Ok(()) => Redirect::to(&format!("/return/{name}")).into_response(),
            Err(error) => refusal::answer(&shop, &error),
        },
        Err(rejection) => refusal::malformed(&shop, &rejection),
    }
}

fn leave(shop: &Shop, begun: Result<Begun, CheckoutError>, cart: &Cart) -> Response {
    match begun {
        Ok(Begun { name, address }) => {
            let cookies: [(HeaderName, String); 2] =
                [(SET_COOKIE, cart.cookie()), (SET_COOKIE, visit_cookie(&name))];
            (AppendHeaders(cookies), Redirect::to(&address)).into_response()
        }
        Err(error) => refusal::answer(shop, &error),
    }
}

impl Inner {
    async fn place(&self, cart: &Cart) -> Result<Begun, CheckoutError> {
        let (name, basket) = (crate::random::hex(), Basket::of(cart));
        let order = json!({
            "items": basket.lines,
            "total_amount": basket.total,
            "currency": basket.currency,
            "expires_in": TIME_TO_PAY_S,
        });
        let order: Placed = self.api.post("/api/orders", &name, &order).await?;
        let key = name.clone();
        self.pay(name, &key, order.order_id, basket).await
    }

    async fn pay(
        &self,
        name: String,
        key: &str,
        order_id: String,
        basket: Basket,
    ) -> Result<Begun, CheckoutError> {
        let return_url = format!("{}/return/{name}", self.settings.shop_url);
        let payment = json!({
            "order_id": order_id,
            "amount": basket.total,
            "currency": basket.currency,
            "return_url": return_url,
        });
        let started: Started = self.api.post("/api/payments", key, &payment).await?;
        let Started { payment_id, status_token, next_action } = started;
        self.visits.keep(&name, Visit { order_id, payment_id, status_token, basket })?;
        // Without a page the outcome is open or there already: the order's page tells.
        let address = next_action.map_or(return_url, |action| action.url);
        Ok(Begun { name, address })
    }

    async fn refund(&self, visit: &Visit, refund: &Refund) -> Result<(), CheckoutError> {
        let body = match refund.amount.trim() {
            "" => json!({}),
            amount => {
                let minor = site::minor(amount, &visit.basket.currency);
                json!({ "amount": minor.ok_or(CheckoutError::NoAmount)? })
            }
        };
        let path = format!("/api/payments/{}/refunds", visit.payment_id);
        let _: Value = self.api.post(&path, &refund.key, &body).await?;
        Ok(())
    }
}
