//! Buying: the server places the order, starts the payment and sends the shopper to its page.

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderName};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::json;

use super::api::NextAction;
use super::cart::{Cart, Choice};
use super::order::{self, InVain};
use super::refusal::{self, CheckoutError};
use super::visits::{Basket, Visit, visit_cookie};
use super::{Inner, Shop};
use crate::site;

/// Long enough to find a card, short enough to see it expire.
const TIME_TO_PAY_S: u64 = 1_800;

/// The length of a key that our pages make.
const KEY_DIGITS: usize = 32;

/// The part of the API's answers that the shop reads.
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

/// Made with the page: the same form sent twice makes one order, with the content that the page showed.
#[derive(Debug, Deserialize)]
pub(super) struct Key {
    key: String,
    version: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Purchase {
    product_id: String,
    quantity: u64,
    key: String,
}

/// An order whose payment is about to start.
struct Ordered {
    order_id: String,
    basket: Basket,
    /// Its payments that ended unpaid.
    earlier: Vec<String>,
}

/// Where the shopper goes now, and the name under which the shop remembers them.
struct Begun {
    name: String,
    address: String,
}

/// `POST /buy`: buys one product without the cart.
pub(super) async fn buy(
    State(shop): State<Shop>,
    headers: HeaderMap,
    purchase: Result<Form<Purchase>, FormRejection>,
) -> Response {
    let Form(Purchase { product_id, quantity, key }) = match purchase {
        Ok(purchase) => purchase,
        Err(rejection) => return refusal::malformed(&shop, &headers, &rejection),
    };
    let kept = Cart::of(&headers);
    let cart = match Cart::single(&Choice { product_id, quantity }, kept.currency) {
        Ok(cart) => cart,
        Err(error) => return refusal::answer(&shop, &headers, &error),
    };
    leave(&shop, &headers, shop.0.place(&cart, key).await, &kept)
}

/// `POST /checkout`: buys everything in the cart and empties it.
pub(super) async fn check_out(
    State(shop): State<Shop>,
    headers: HeaderMap,
    key: Result<Form<Key>, FormRejection>,
) -> Response {
    let Ok(Form(Key { key, version })) = key else {
        return refusal::answer(&shop, &headers, &CheckoutError::NoKey);
    };
    let cart = Cart::of(&headers);
    let is_new = shop.0.visits.get(&key).is_none();
    if is_new && cart.lines.is_empty() {
        return Redirect::to("/cart").into_response();
    }
    if is_new && version != cart.version() {
        return refusal::answer(&shop, &headers, &CheckoutError::Changed);
    }
    let empty = Cart { currency: cart.currency, ..Cart::default() };
    leave(&shop, &headers, shop.0.place(&cart, key).await, &empty)
}

/// `POST /return/{visit}/pay`: starts another payment for an order whose payment ended unpaid.
pub(super) async fn pay_again(
    State(shop): State<Shop>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    let Some(visit) = shop.0.visits.get(&name) else {
        return refusal::unknown_visit(&shop, &headers);
    };
    // The button was pressed twice, and the first press has started this payment.
    if shop.0.api.payment(&visit.payment_id).await.is_open() {
        return Redirect::to(&format!("/return/{name}")).into_response();
    }
    let key = format!("{name}-{}", visit.payment_id);
    let earlier = visit.earlier.iter().chain([&visit.payment_id]).cloned().collect();
    let order = Ordered { order_id: visit.order_id.clone(), basket: visit.basket.clone(), earlier };
    match shop.0.pay(name.clone(), &key, order).await {
        Ok(begun) => Redirect::to(&begun.address).into_response(),
        Err(error) => {
            let in_vain = InVain::Pay(error.to_string());
            let page = order::page(&shop, &headers, name, visit, in_vain).await;
            (error.status(), page).into_response()
        }
    }
}

fn leave(
    shop: &Shop,
    headers: &HeaderMap,
    begun: Result<Begun, CheckoutError>,
    cart: &Cart,
) -> Response {
    match begun {
        Ok(Begun { name, address }) => {
            let cookies: [(HeaderName, String); 2] =
                [(SET_COOKIE, cart.cookie()), (SET_COOKIE, visit_cookie(&name))];
            (AppendHeaders(cookies), Redirect::to(&address)).into_response()
        }
        Err(error) => refusal::answer(shop, headers, &error),
    }
}

impl Inner {
    /// The form's key names the visit. Together with the cart's version it identifies the order to the
    /// API, so a form that is sent again after the cart has changed makes another order.
    async fn place(&self, cart: &Cart, key: String) -> Result<Begun, CheckoutError> {
        if key.len() != KEY_DIGITS || !key.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(CheckoutError::NoKey);
        }
        if self.visits.get(&key).is_some() {
            return Ok(Begun { address: format!("/return/{key}"), name: key });
        }
        if cart.total() == 0 {
            return Err(CheckoutError::Nothing);
        }
        let basket = Basket::of(cart);
        let order = json!({
            "items": basket.lines,
            "discounts": basket.discount.as_slice(),
            "shipping": basket.shipping,
            "total_amount": basket.total,
            "currency": basket.currency,
            "expires_in": TIME_TO_PAY_S,
        });
        let version = format!("{key}-{}", cart.version());
        let Placed { order_id } = self.api.post("/api/orders", &version, &order).await?;
        self.pay(key, &version, Ordered { order_id, basket, earlier: Vec::new() }).await
    }

    async fn pay(&self, name: String, key: &str, order: Ordered) -> Result<Begun, CheckoutError> {
        let Ordered { order_id, basket, earlier } = order;
        let page = format!("/return/{name}");
        let payment = json!({
            "order_id": order_id,
            "amount": basket.total,
            "currency": basket.currency,
            "return_url": format!("{}{page}/back", self.settings.shop_url),
        });
        let started: Started = self.api.post("/api/payments", key, &payment).await?;
        let Started { payment_id, status_token, next_action } = started;
        let has_returned = false;
        let visit = Visit { order_id, payment_id, status_token, basket, earlier, has_returned };
        self.visits.keep(&name, visit)?;
        // Without a checkout page the outcome is open or already known, and the order's page shows it. That
        // page also links to gateways that our policy does not let a form redirect to.
        let address = next_action.map(|action| action.url).filter(|url| self.is_the_gateways(url));
        Ok(Begun { name, address: address.unwrap_or(page) })
    }

    fn is_the_gateways(&self, url: &str) -> bool {
        site::origin(url).is_some_and(|it| Some(it) == site::origin(&self.settings.gateway_url))
    }
}
