//! The shop's pages: one template each.

use askama::Template;
use url::Url;

use super::cart::Cart;
use super::catalogue::{CATALOGUE, COUPON, Currency, Delivery, GIFT, Product, QUANTITY_MAX};
use super::help::Help;
use super::inbox::{Confirmation, Leaf};
use super::order::Order;
use super::refusal::WayOn;
use super::timeline::words;
use crate::site::number;

/// The number of items in the cart, for the shop's header.
type Count = u64;

/// An order without an outcome, for the notice about it.
pub(super) struct OpenOrder {
    pub(super) name: String,
    /// Whether the shopper has to do something.
    pub(super) asks: bool,
}

struct Offer {
    product: &'static Product,
    price: String,
    /// Limits the form to one order.
    key: String,
}

struct Row {
    product_id: &'static str,
    name: &'static str,
    quantity: u64,
    quantities: std::ops::RangeInclusive<u64>,
    price: String,
    sum: String,
}

struct Reduction {
    code: &'static str,
    /// `None` if the coupon reduces nothing.
    amount: Option<String>,
}

/// An option of a list.
struct Choice<T> {
    value: T,
    chosen: bool,
}

struct InboxEntry<'a> {
    confirmation: &'a Confirmation,
    words: &'a str,
    received: String,
    /// Its amount and its order.
    amount: Option<String>,
    order_id: Option<&'a str>,
    /// The visit in which its order was placed.
    order: Option<&'a str>,
    body: String,
}

#[derive(Template)]
#[template(path = "shop/home.html")]
struct Home {
    title: &'static str,
    here: &'static str,
    count: Count,
    currency: &'static str,
    currencies: Vec<Choice<&'static str>>,
    offers: Vec<Offer>,
    quantity_max: u64,
    open: Option<OpenOrder>,
}

#[derive(Template)]
#[template(path = "shop/cart.html")]
struct CartPage<'a> {
    title: &'static str,
    here: &'static str,
    count: Count,
    currency: &'static str,
    rows: Vec<Row>,
    /// Whether the gift can still be put in.
    gift: Option<&'static Product>,
    subtotal: String,
    coupon: Option<Reduction>,
    /// The text that was typed and is not a coupon.
    wrong: Option<&'a str>,
    /// Shown in the hint, because this is a demo.
    sample: &'static str,
    deliveries: Vec<Choice<(&'static str, &'static str, String)>>,
    shipping: String,
    total: String,
    nothing_to_pay: bool,
    /// Limits the form to one order.
    key: String,
    /// The version of the cart that is shown here.
    version: String,
    open: Option<OpenOrder>,
}

#[derive(Template)]
#[template(path = "shop/order.html")]
struct OrderPage<'a> {
    title: &'static str,
    here: &'static str,
    count: Count,
    order: &'a Order,
    tone: &'static str,
    status_url: String,
    total: String,
    captured: String,
    refunded: String,
    on_its_way: String,
    left: String,
    /// Limits a refund form to one refund.
    key: String,
}

#[derive(Template)]
#[template(path = "shop/inbox.html")]
struct InboxPage<'a> {
    title: &'static str,
    here: &'static str,
    count: Count,
    entries: Vec<InboxEntry<'a>>,
    leaf: &'a Leaf,
    elsewhere: Option<String>,
}

#[derive(Template)]
#[template(path = "shop/help.html")]
struct HelpPage<'a> {
    title: &'static str,
    here: &'static str,
    count: Count,
    help: &'a Help,
}

#[derive(Template)]
#[template(path = "shop/problem.html")]
struct Problem<'a> {
    title: &'a str,
    here: &'static str,
    count: Count,
    message: &'a str,
    way_on: WayOn,
}

pub(super) type Page = Result<String, askama::Error>;

pub(super) fn home(cart: &Cart, open: Option<OpenOrder>) -> Page {
    let code = cart.currency.code();
    let offer = |product: &'static Product| Offer {
        product,
        price: number(product.price(cart.currency), code),
        key: crate::random::hex(),
    };
    let choice = |it: Currency| Choice { value: it.code(), chosen: it == cart.currency };
    Home {
        title: "Things for a good day",
        here: "shop",
        count: cart.count(),
        currency: code,
        currencies: Currency::ALL.into_iter().map(choice).collect(),
        offers: CATALOGUE.iter().map(offer).collect(),
        quantity_max: QUANTITY_MAX,
        open,
    }
    .render()
}

/// `wrong`: text that was typed as a coupon and is not one.
pub(super) fn cart(cart: &Cart, open: Option<OpenOrder>, wrong: Option<&str>) -> Page {
    let code = cart.currency.code();
    let shown = |minor| number(minor, code);
    let rows = cart.lines.iter().map(|line| Row {
        product_id: line.product.id,
        name: line.product.name,
        quantity: line.quantity,
        quantities: 1..=line.product.quantity_max(),
        price: shown(line.product.price(cart.currency)),
        sum: shown(line.sum(cart.currency)),
    });
    let delivery = |it: Delivery| Choice {
        value: (it.word(), it.name(), shown(it.price(cart.currency))),
        chosen: it == cart.delivery,
    };
    let has_gift = cart.lines.iter().any(|line| line.product.id == GIFT.id);
    CartPage {
        title: "Your cart",
        here: "cart",
        count: cart.count(),
        currency: code,
        rows: rows.collect(),
        gift: (!has_gift).then_some(&GIFT),
        subtotal: shown(cart.subtotal()),
        coupon: cart.coupon.map(|coupon| Reduction {
            code: coupon.code,
            amount: (cart.discount() > 0).then(|| shown(cart.discount())),
        }),
        wrong,
        sample: COUPON.code,
        deliveries: Delivery::ALL.into_iter().map(delivery).collect(),
        shipping: shown(cart.shipping()),
        total: shown(cart.total()),
        nothing_to_pay: cart.total() == 0,
        key: crate::random::hex(),
        version: cart.version(),
        open,
    }
    .render()
}

pub(super) fn order(order: &Order, count: Count, api_url: &str) -> Page {
    let basket = &order.visit.basket;
    let shown = |minor| number(minor, &basket.currency);
    let (captured, refunded) = (order.seen.amount_captured, order.seen.amount_refunded);
    OrderPage {
        title: "Your order",
        here: "order",
        count,
        order,
        tone: order.standing.tone,
        status_url: status_url(order, api_url),
        total: shown(basket.total),
        captured: shown(captured),
        refunded: shown(refunded),
        on_its_way: shown(order.seen.amount_on_its_way()),
        left: shown(order.seen.amount_left()),
        key: crate::random::hex(),
    }
    .render()
}

/// The address that the shopper's own browser polls: its token reads only this payment's status.
fn status_url(order: &Order, api_url: &str) -> String {
    let path = format!("{api_url}/api/payments/{}", order.visit.payment_id);
    let mut url = Url::parse(&path).ok();
    if let Some(url) = &mut url {
        url.query_pairs_mut().append_pair("token", &order.visit.status_token);
    }
    url.map(String::from).unwrap_or_default()
}

pub(super) fn inbox(
    confirmations: &[(&Confirmation, Option<String>)],
    leaf: &Leaf,
    elsewhere: Option<String>,
    count: Count,
) -> Page {
    let entries = confirmations.iter().map(|(confirmation, order)| InboxEntry {
        confirmation,
        words: words(&confirmation.kind).1,
        received: confirmation.received(),
        amount: confirmation.amount(),
        order_id: confirmation.order_id(),
        order: order.as_deref(),
        body: serde_json::to_string_pretty(&confirmation.body).unwrap_or_default(),
    });
    let entries = entries.collect();
    InboxPage { title: "Inbox", here: "inbox", count, entries, leaf, elsewhere }.render()
}

pub(super) fn help(help: &Help, count: Count) -> Page {
    HelpPage { title: "Try every payment outcome", here: "help", count, help }.render()
}

pub(super) fn problem(title: &str, message: &str, way_on: WayOn, count: Count) -> Page {
    Problem { title, here: "", count, message, way_on }.render()
}
