//! What a shopper does with the cart: adds and removes products, applies a coupon, and chooses the shipping.

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::cart::{Cart, Choice};
use super::catalogue::{Coupon, Currency, Delivery, product};
use super::refusal::{self, CheckoutError};
use super::{Shop, pages};

#[derive(Debug, Deserialize)]
pub(super) struct CurrencyChoice {
    currency: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct CouponTyped {
    code: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct DeliveryChoice {
    way: String,
}

pub(super) async fn show(State(shop): State<Shop>, headers: HeaderMap) -> Response {
    let open = shop.open_order(&headers).await;
    shop.page(pages::cart(&Cart::of(&headers), open, None))
}

/// Applies a coupon; an empty field removes it again.
pub(super) async fn redeem(
    State(shop): State<Shop>,
    headers: HeaderMap,
    typed: Result<Form<CouponTyped>, FormRejection>,
) -> Response {
    let Form(CouponTyped { code }) = match typed {
        Ok(typed) => typed,
        Err(rejection) => return refusal::malformed(&shop, &headers, &rejection),
    };
    let (kept, coupon) = (Cart::of(&headers), Coupon::of(&code));
    if coupon.is_none() && !code.trim().is_empty() {
        let open = shop.open_order(&headers).await;
        let page = shop.page(pages::cart(&kept, open, Some(&code)));
        return (StatusCode::UNPROCESSABLE_ENTITY, page).into_response();
    }
    to_the_cart(&Cart { coupon, ..kept })
}

pub(super) async fn choose_delivery(
    State(shop): State<Shop>,
    headers: HeaderMap,
    choice: Result<Form<DeliveryChoice>, FormRejection>,
) -> Response {
    let chosen = choice.ok().and_then(|Form(choice)| Delivery::of(&choice.way));
    let Some(delivery) = chosen else {
        return refusal::answer(&shop, &headers, &CheckoutError::NotSold);
    };
    to_the_cart(&Cart { delivery, ..Cart::of(&headers) })
}

/// For a shopper who reloads the answer to a form.
pub(super) async fn see() -> Redirect {
    Redirect::to("/cart")
}

fn to_the_cart(cart: &Cart) -> Response {
    ([(SET_COOKIE, cart.cookie())], Redirect::to("/cart")).into_response()
}

/// Adds to the cart.
pub(super) async fn add(
    State(shop): State<Shop>,
    headers: HeaderMap,
    choice: Result<Form<Choice>, FormRejection>,
) -> Response {
    change(&shop, &headers, choice, true)
}

/// Sets the quantity of a product; 0 removes it.
pub(super) async fn update(
    State(shop): State<Shop>,
    headers: HeaderMap,
    choice: Result<Form<Choice>, FormRejection>,
) -> Response {
    change(&shop, &headers, choice, false)
}

/// `POST /return/{visit}/again`: adds the items of an order that can no longer be paid.
pub(super) async fn order_again(
    State(shop): State<Shop>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    let Some(visit) = shop.0.visits.get(&name) else {
        return refusal::unknown_visit(&shop, &headers);
    };
    let kept = Cart::of(&headers);
    let currency = Currency::of(&visit.basket.currency).unwrap_or(kept.currency);
    let coupon = visit.basket.discount.and_then(|off| Coupon::of(&off.name)).or(kept.coupon);
    let delivery = visit.basket.shipping.and_then(|way| Delivery::of_name(&way.name));
    let delivery = delivery.unwrap_or(kept.delivery);
    let mut cart = Cart { currency, coupon, delivery, ..kept };
    for bought in visit.basket.lines {
        // Products that are no longer sold are ignored, as in a cookie.
        if let Some(product) = product(&bought.product_id) {
            let _ = cart.put(product, bought.quantity, false);
        }
    }
    to_the_cart(&cart)
}

pub(super) async fn choose_currency(
    State(shop): State<Shop>,
    headers: HeaderMap,
    choice: Result<Form<CurrencyChoice>, FormRejection>,
) -> Response {
    let chosen = choice.ok().and_then(|Form(choice)| Currency::of(&choice.currency));
    let Some(currency) = chosen else {
        return refusal::answer(&shop, &headers, &CheckoutError::NotSold);
    };
    let cart = Cart { currency, ..Cart::of(&headers) };
    ([(SET_COOKIE, cart.cookie())], Redirect::to("/")).into_response()
}

fn change(
    shop: &Shop,
    headers: &HeaderMap,
    choice: Result<Form<Choice>, FormRejection>,
    more: bool,
) -> Response {
    let Form(choice) = match choice {
        Ok(choice) => choice,
        Err(rejection) => return refusal::malformed(shop, headers, &rejection),
    };
    let mut cart = Cart::of(headers);
    let product = product(&choice.product_id).ok_or(CheckoutError::NotSold);
    match product.and_then(|product| cart.put(product, choice.quantity, more)) {
        Ok(()) => to_the_cart(&cart),
        Err(error) => refusal::answer(shop, headers, &error),
    }
}
