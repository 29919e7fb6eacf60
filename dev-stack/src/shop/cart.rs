//! The cart, in a cookie: product numbers and quantities, never a price.
//!
//! It needs no signature, as everything in it is the shopper's own choice; what is no product or no
//! quantity of ours is passed over.

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State};
use axum::http::HeaderMap;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::catalogue::{Currency, Product, QUANTITY_MAX, product};
use super::refusal::{self, CheckoutError};
use super::{Shop, pages};

const CART: &str = "cart";

#[derive(Clone, Debug, Default)]
pub(super) struct Cart {
    pub(super) currency: Currency,
    pub(super) lines: Vec<Line>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub(super) product: &'static Product,
    pub(super) quantity: u64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Choice {
    pub(super) product_id: String,
    pub(super) quantity: u64,
}

#[derive(Debug, Deserialize)]
pub(super) struct CurrencyChoice {
    currency: String,
}

pub(super) async fn show(State(shop): State<Shop>, headers: HeaderMap) -> Response {
    let open = shop.open_order(&headers).await;
    shop.page(pages::cart(&Cart::of(&headers), open))
}

/// Puts something more into the cart.
pub(super) async fn add(
    State(shop): State<Shop>,
    headers: HeaderMap,
    choice: Result<Form<Choice>, FormRejection>,
) -> Response {
    change(&shop, &headers, choice, true)
}

/// Says how many of something there shall be; none removes it.
pub(super) async fn update(
    State(shop): State<Shop>,
    headers: HeaderMap,
    choice: Result<Form<Choice>, FormRejection>,
) -> Response {
    change(&shop, &headers, choice, false)
}

/// `POST /return/{visit}/again`: what an order held that can no longer be paid.
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
    let mut cart = Cart { currency, ..kept };
    for bought in visit.basket.lines {
        // What is sold no more is passed over, as in a cookie.
        if let Some(product) = product(&bought.product_id) {
            let _ = cart.put(product, bought.quantity, false);
        }
    }
    ([(SET_COOKIE, cart.cookie())], Redirect::to("/cart")).into_response()
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
        Ok(()) => ([(SET_COOKIE, cart.cookie())], Redirect::to("/cart")).into_response(),
        Err(error) => refusal::answer(shop, headers, &error),
    }
}

impl Cart {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        cookie(headers, CART).map(|text| Self::parse(&text)).unwrap_or_default()
    }

    /// One product, as bought without a cart.
    pub(super) fn single(choice: &Choice, currency: Currency) -> Result<Self, CheckoutError> {
        let mut cart = Self { currency, lines: Vec::new() };
        let product = product(&choice.product_id).ok_or(CheckoutError::NotSold)?;
        cart.put(product, choice.quantity, true)?;
        Ok(cart)
    }

    fn parse(text: &str) -> Self {
        let mut parts = text.split('.');
        let currency = parts.next().and_then(Currency::of).unwrap_or_default();
        let mut cart = Self { currency, lines: Vec::new() };
        for part in parts {
            let line = part.split_once('-');
            let line = line.and_then(|(id, n)| Some((product(id)?, n.parse().ok()?)));
            if let Some((product, quantity)) = line {
                // What is too much is no choice that our pages offer.
                let _ = cart.put(product, quantity, false);
            }
        }
        cart
    }

    fn put(
        &mut self,
        product: &'static Product,
        quantity: u64,
        more: bool,
    ) -> Result<(), CheckoutError> {
        let known = self.lines.iter().position(|line| line.product.id == product.id);
        let before = known.and_then(|at| self.lines.get(at)).map_or(0, |line| line.quantity);
        if more && quantity == 0 {
            return Err(CheckoutError::NotSold);
        }
        let quantity = if more { before.saturating_add(quantity) } else { quantity };
        if quantity > QUANTITY_MAX {
            return Err(CheckoutError::TooMany(before));
        }
        match known.and_then(|at| self.lines.get_mut(at)) {
            Some(line) => line.quantity = quantity,
            None => self.lines.push(Line { product, quantity }),
        }
        self.lines.retain(|line| line.quantity > 0);
        Ok(())
    }

    pub(super) fn count(&self) -> u64 {
        self.lines.iter().map(|line| line.quantity).sum()
    }

    pub(super) fn total(&self) -> u64 {
        self.lines.iter().map(|line| line.sum(self.currency)).sum()
    }

    pub(super) fn cookie(&self) -> String {
        let lines = self.lines.iter().map(|it| format!(".{}-{}", it.product.id, it.quantity));
        set_cookie(CART, &lines.fold(self.currency.code().to_owned(), |text, line| text + &line))
    }
}

impl Line {
    pub(super) fn sum(&self, currency: Currency) -> u64 {
        self.product.price(currency).saturating_mul(self.quantity)
    }
}

pub(super) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|value| value.split(';')).filter_map(|it| it.split_once('='));
    pairs.find(|(key, _)| key.trim() == name).map(|(_, value)| value.trim().to_owned())
}

/// For this visit only, out of the reach of scripts and of other sites.
pub(super) fn set_cookie(name: &str, value: &str) -> String {
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax")
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn cart(cookie: &str) -> Cart {
        let value = HeaderValue::from_str(&format!("other=1; cart={cookie}")).unwrap();
        Cart::of(&HeaderMap::from_iter([(COOKIE, value)]))
    }

    #[test]
    fn a_cart_survives_its_cookie() {
        let kept = cart("JPY.SKU_1001-2.SKU_1002-1");
        assert_eq!((kept.currency.code(), kept.count(), kept.total()), ("JPY", 3, 14_000));
        let cookie = "cart=JPY.SKU_1001-2.SKU_1002-1; Path=/; HttpOnly; SameSite=Lax";
        assert_eq!(kept.cookie(), cookie);
    }

    #[test]
    fn what_is_not_ours_in_a_cookie_is_passed_over() {
        for wrong in [
            "",
            "....",
            "EUR.SKU_9-1",
            "USD.SKU_9-1",
            "USD.SKU_1001-11",
            "USD.SKU_1001--1",
            "USD.SKU_1001",
            "USD.SKU_1001-0",
            "USD.SKU_1001-99999999999999999999",
            "<script>",
        ] {
            assert_eq!(cart(wrong).count(), 0, "{wrong}");
        }
        assert_eq!(cart("USD.SKU_1001-2.SKU_1001-3").count(), 3, "the last word counts");
    }
}
