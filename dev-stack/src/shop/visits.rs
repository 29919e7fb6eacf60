//! What the shop remembers about the shoppers who left to pay.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};

use super::cart::{Cart, cookie, set_cookie};
use crate::disk::{Change, Disk, DiskError};
use crate::site::number;

const COLLECTION: &str = "shop-visits";
/// Names the latest visit, so that a shopper who closed the tab finds the way back.
const VISIT: &str = "visit";

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Visit {
    pub(super) order_id: String,
    pub(super) payment_id: String,
    #[serde(default)]
    pub(super) status_token: String,
    #[serde(default)]
    pub(super) basket: Basket,
    /// Payments of this order that ended unpaid, oldest first.
    #[serde(default)]
    pub(super) earlier: Vec<String>,
    /// Whether the gateway has sent the shopper back. It proves nothing and only chooses the words.
    #[serde(default)]
    pub(super) has_returned: bool,
}

/// What was bought, at the prices of that moment, in minor units.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Basket {
    pub(super) currency: String,
    pub(super) total: u64,
    pub(super) lines: Vec<Bought>,
    #[serde(default)]
    pub(super) discount: Option<Extra>,
    #[serde(default)]
    pub(super) shipping: Option<Extra>,
}

/// A discount or a charge, named as in the API.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Extra {
    pub(super) name: String,
    pub(super) amount: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Bought {
    pub(super) product_id: String,
    pub(super) name: String,
    pub(super) quantity: u64,
    pub(super) unit_amount: u64,
}

/// Visits by their unguessable name, which is part of the return address.
#[derive(Debug)]
pub(super) struct Visits {
    disk: Disk,
    known: Mutex<BTreeMap<String, Visit>>,
}

impl Visits {
    pub(super) fn open(disk: Disk) -> Result<Self, DiskError> {
        let known = disk.all(COLLECTION)?.into_iter().collect();
        Ok(Self { disk, known: Mutex::new(known) })
    }

    pub(super) fn get(&self, name: &str) -> Option<Visit> {
        self.known().get(name).cloned()
    }

    /// The latest visit of this browser.
    pub(super) fn of(&self, headers: &HeaderMap) -> Option<(String, Visit)> {
        let name = cookie(headers, VISIT)?;
        let visit = self.get(&name)?;
        Some((name, visit))
    }

    /// The visit in which an order was placed.
    pub(super) fn named(&self, order_id: &str) -> Option<String> {
        let known = self.known();
        let found = known.iter().find(|(_, visit)| visit.order_id == order_id);
        found.map(|(name, _)| name.clone())
    }

    pub(super) fn keep(&self, name: &str, visit: Visit) -> Result<(), DiskError> {
        self.disk.write(&[Change::put(COLLECTION, name, &visit)?])?;
        self.known().insert(name.to_owned(), visit);
        Ok(())
    }

    /// Every statement leaves the map whole, so a poisoned lock is safe to use.
    fn known(&self) -> MutexGuard<'_, BTreeMap<String, Visit>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) fn visit_cookie(name: &str) -> String {
    set_cookie(VISIT, name)
}

impl Extra {
    pub(super) fn shown(&self, currency: &str) -> String {
        number(self.amount, currency)
    }
}

impl Basket {
    pub(super) fn of(cart: &Cart) -> Self {
        let lines = cart.lines.iter().map(|line| Bought {
            product_id: line.product.id.to_owned(),
            name: line.product.name.to_owned(),
            quantity: line.quantity,
            unit_amount: line.product.price(cart.currency),
        });
        Self {
            currency: cart.currency.code().to_owned(),
            total: cart.total(),
            lines: lines.collect(),
            discount: cart
                .coupon
                .map(|coupon| Extra { name: coupon.code.to_owned(), amount: cart.discount() })
                .filter(|discount| discount.amount > 0),
            shipping: Some(Extra {
                name: cart.delivery.name().to_owned(),
                amount: cart.shipping(),
            }),
        }
    }
}
