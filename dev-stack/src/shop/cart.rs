//! The cart, in a cookie: product numbers, quantities, a coupon and the shipping; never a price.
//!
//! It needs no signature, because everything in it is the shopper's own choice. Unknown products and
//! quantities are ignored.

use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use data_encoding::HEXLOWER;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::catalogue::{Coupon, Currency, Delivery, Product, product};
use super::refusal::CheckoutError;

const CART: &str = "cart";
/// Enough to distinguish two carts of one shopper.
const VERSION_DIGITS: usize = 16;

#[derive(Clone, Debug, Default)]
pub(super) struct Cart {
    pub(super) currency: Currency,
    pub(super) lines: Vec<Line>,
    pub(super) coupon: Option<&'static Coupon>,
    pub(super) delivery: Delivery,
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

impl Cart {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        cookie(headers, CART).map(|text| Self::parse(&text)).unwrap_or_default()
    }

    /// One product, as bought without a cart.
    pub(super) fn single(choice: &Choice, currency: Currency) -> Result<Self, CheckoutError> {
        let mut cart = Self { currency, ..Self::default() };
        let product = product(&choice.product_id).ok_or(CheckoutError::NotSold)?;
        cart.put(product, choice.quantity, true)?;
        Ok(cart)
    }

    fn parse(text: &str) -> Self {
        let mut parts = text.split('.');
        let currency = parts.next().and_then(Currency::of).unwrap_or_default();
        let mut cart = Self { currency, ..Self::default() };
        for (name, value) in parts.filter_map(|part| part.split_once('-')) {
            match (name, product(name), value.parse()) {
                ("coupon", ..) => cart.coupon = Coupon::of(value),
                ("ship", ..) => cart.delivery = Delivery::of(value).unwrap_or_default(),
                // Too many is not a choice that our pages offer.
                (_, Some(product), Ok(quantity)) => drop(cart.put(product, quantity, false)),
                _ => {}
            }
        }
        cart
    }

    /// `more` adds to the quantity in the cart; otherwise the quantity is set, and 0 removes the product.
    pub(super) fn put(
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
        if quantity > product.quantity_max() {
            return Err(CheckoutError::TooMany { most: product.quantity_max(), before });
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

    pub(super) fn subtotal(&self) -> u64 {
        self.lines.iter().map(|line| line.sum(self.currency)).sum()
    }

    pub(super) fn discount(&self) -> u64 {
        self.coupon.map_or(0, |_| Coupon::off(self.subtotal()))
    }

    pub(super) fn shipping(&self) -> u64 {
        self.delivery.price(self.currency)
    }

    pub(super) fn total(&self) -> u64 {
        self.subtotal().saturating_sub(self.discount()).saturating_add(self.shipping())
    }

    /// Different for each content of the cart, and so for each order that it would become.
    pub(super) fn version(&self) -> String {
        let content = format!("{} {}", self.text(), self.total());
        let mut digest = HEXLOWER.encode(&Sha256::digest(content));
        digest.truncate(VERSION_DIGITS);
        digest
    }

    fn text(&self) -> String {
        let lines = self.lines.iter().map(|it| format!(".{}-{}", it.product.id, it.quantity));
        let coupon = self.coupon.iter().map(|coupon| format!(".coupon-{}", coupon.code));
        let chosen = self.delivery != Delivery::default();
        let delivery = chosen.then(|| format!(".ship-{}", self.delivery.word()));
        let parts = lines.chain(coupon).chain(delivery);
        parts.fold(self.currency.code().to_owned(), |text, part| text + &part)
    }

    pub(super) fn cookie(&self) -> String {
        set_cookie(CART, &self.text())
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
        let text = "USD.SKU_1001-2.GIFT_1-1.coupon-SPRING10.ship-express";
        let chosen = cart(text);
        assert_eq!((chosen.subtotal(), chosen.discount(), chosen.shipping()), (7_500, 750, 495));
        assert_eq!((chosen.total(), chosen.text().as_str()), (7_245, text));
    }

    #[test]
    fn whatever_changes_the_order_changes_the_carts_version() {
        let versions = [
            "USD.SKU_1001-2",
            "USD.SKU_1001-1",
            "INR.SKU_1001-2",
            "USD.SKU_1001-2.GIFT_1-1",
            "USD.SKU_1001-2.coupon-SPRING10",
            "USD.SKU_1001-2.ship-express",
        ];
        let distinct: std::collections::BTreeSet<String> =
            versions.iter().map(|text| cart(text).version()).collect();
        assert_eq!(distinct.len(), versions.len());
        assert_eq!(cart("USD.SKU_1001-2").version(), cart("USD.SKU_1001-2.ship-nothing").version());
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
            "USD.GIFT_1-2",
            "USD.coupon-HALF.ship-moon",
            "<script>",
        ] {
            assert_eq!(cart(wrong).count(), 0, "{wrong}");
        }
        assert_eq!(cart("USD.SKU_1001-2.SKU_1001-3").count(), 3, "the last quantity counts");
    }
}
