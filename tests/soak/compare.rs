//! Compares what every party knows, without I/O: what was lost, doubled or invented.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::world::{Confirmation, Object, Order, Payment, Promise, Records, TARGETS};

#[cfg(test)]
mod tests;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// Money, a promise or a confirmation that did not arrive where it must.
    Lost,
    /// Captured, refunded or confirmed more than once.
    Doubled,
    /// Claimed by us, but not true at the gateway.
    Invented,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Offence {
    pub(crate) kind: Kind,
    pub(crate) order: String,
    pub(crate) what: String,
}

/// Everything known about one order.
#[derive(Default)]
struct Case<'w> {
    id: &'w str,
    order: Option<&'w Order>,
    objects: Vec<&'w Object>,
    confirmed: Vec<&'w Confirmation>,
    promises: Vec<&'w Promise>,
}

pub(crate) fn compare(world: &Records) -> Vec<Offence> {
    let mut cases: BTreeMap<&str, Case<'_>> = BTreeMap::new();
    for (id, order) in &world.orders {
        cases.entry(id).or_default().order = Some(order);
    }
    for object in &world.objects {
        cases.entry(&object.order).or_default().objects.push(object);
    }
    for confirmation in &world.confirmations {
        cases.entry(&confirmation.order).or_default().confirmed.push(confirmation);
    }
    for promise in &world.promises {
        cases.entry(promise.order()).or_default().promises.push(promise);
    }
    let mut offences = same_names(world);
    for (id, mut case) in cases {
        case.id = id;
        let Some(order) = case.order else {
            offences.push(case.offence(Kind::Lost, "known elsewhere, but not to the API"));
            continue;
        };
        offences.extend(case.status(order));
        offences.extend(case.captures(order));
        offences.extend(case.payments(order));
        offences.extend(case.refunds(order));
        offences.extend(case.confirmations(order));
        offences.extend(case.promises(order));
    }
    offences
}

/// A request repeated under its key gets an answer with the same id.
fn same_names(world: &Records) -> Vec<Offence> {
    let mut named: BTreeMap<&str, (&str, &str)> = BTreeMap::new();
    let mut offences = Vec::new();
    for promise in &world.promises {
        let Promise::Keyed { key, order, name } = promise else { continue };
        let (_, first) = *named.entry(key).or_insert((order, name));
        if first != name {
            let what = format!("one key, two ids: {first} and {name}");
            offences.push(Offence { kind: Kind::Doubled, order: order.clone(), what });
        }
    }
    offences
}

impl Case<'_> {
    fn offence(&self, kind: Kind, what: &str) -> Offence {
        Offence { kind, order: self.id.to_owned(), what: what.to_owned() }
    }

    /// Money was captured if and only if the order says so.
    fn status(&self, order: &Order) -> Vec<Offence> {
        let decided =
            || self.objects.iter().filter(|object| !order.leaves_to_a_person(&object.reference));
        let taken: u64 = decided().map(|object| object.captured).sum();
        let kept: u64 = decided().map(|object| object.kept()).sum();
        let ended = ["canceled", "expired"].contains(&order.status.as_str());
        let mut offences = Vec::new();
        if order.is_paid() && taken == 0 {
            offences.push(self.offence(Kind::Invented, "paid, but the gateway captured nothing"));
        }
        if taken > 0 && !order.is_paid() && order.status != "review" && !(ended && kept == 0) {
            let what =
                format!("{kept} of {taken} captured is kept, but the order is {}", order.status);
            offences.push(self.offence(Kind::Lost, &what));
        }
        offences
    }

    fn captures(&self, order: &Order) -> Vec<Offence> {
        let mut offences = Vec::new();
        let decided =
            self.objects.iter().filter(|object| !order.leaves_to_a_person(&object.reference));
        let keeping = decided.filter(|object| object.kept() > 0).count();
        if keeping > 1 {
            let what = format!("{keeping} captures are kept");
            offences.push(self.offence(Kind::Doubled, &what));
        }
        for object in &self.objects {
            if object.given_back() > object.captured {
                let what = format!("{} of {} refunded", object.given_back(), object.captured);
                offences.push(self.offence(Kind::Doubled, &what));
            }
            let mut asked = BTreeSet::new();
            let stands = object.refunds.iter().filter(|refund| refund.status != "failed");
            for reference in stands.filter_map(|refund| refund.reference.as_ref()) {
                if !asked.insert(reference) {
                    let what = format!("{reference} was refunded twice");
                    offences.push(self.offence(Kind::Doubled, &what));
                }
            }
        }
        offences
    }

    /// Our status of every payment matches the gateway's.
    fn payments(&self, order: &Order) -> Vec<Offence> {
        let mut offences = Vec::new();
        for payment in &order.payments {
            let theirs = || self.objects.iter().filter(|object| object.reference == payment.id);
            let known = theirs().next().is_some();
            if !known && ["succeeded", "authorized"].contains(&payment.status.as_str()) {
                let what =
                    format!("{} is {} but unknown at the gateway", payment.id, payment.status);
                offences.push(self.offence(Kind::Invented, &what));
            }
            let captured: u64 = theirs().map(|object| object.captured).sum();
            let refunded: u64 = theirs().map(|object| object.given_back()).sum();
            offences.extend(self.differs(&payment.id, "captured", payment.captured, captured));
            offences.extend(self.differs(&payment.id, "refunded", payment.refunded, refunded));
        }
        for object in &self.objects {
            if !order.payments.iter().any(|payment| payment.id == object.reference) {
                let what = format!("the gateway has {}, but the order does not", object.reference);
                offences.push(self.offence(Kind::Lost, &what));
            }
        }
        offences
    }

    fn differs(&self, payment: &str, what: &str, ours: u64, theirs: u64) -> Option<Offence> {
        let kind = match ours.cmp(&theirs) {
            std::cmp::Ordering::Equal => return None,
            std::cmp::Ordering::Greater => Kind::Invented,
            std::cmp::Ordering::Less => Kind::Lost,
        };
        let what = format!("{payment}: {ours} {what} by us, {theirs} by the gateway");
        Some(self.offence(kind, &what))
    }

    /// Refunds match one by one, by the gateway's name for each.
    fn refunds(&self, order: &Order) -> Vec<Offence> {
        let ours: Vec<_> = order.payments.iter().flat_map(|payment| &payment.refunds).collect();
        let theirs: Vec<_> = self.objects.iter().flat_map(|object| &object.refunds).collect();
        let mut offences = Vec::new();
        for refund in ours.iter().filter(|refund| refund.status == "succeeded") {
            match theirs.iter().find(|there| there.id == refund.gateway_reference) {
                Some(there) if there.amount == refund.amount && there.status == "succeeded" => {}
                Some(there) => {
                    let what = format!(
                        "{} succeeded with {}; at the gateway: {} with {}",
                        refund.id, refund.amount, there.status, there.amount
                    );
                    offences.push(self.offence(Kind::Invented, &what));
                }
                None => {
                    let what = format!("{} succeeded but is unknown at the gateway", refund.id);
                    offences.push(self.offence(Kind::Invented, &what));
                }
            }
        }
        for refund in theirs.iter().filter(|refund| refund.status != "failed") {
            if !ours.iter().any(|known| known.gateway_reference == refund.id) {
                let what = format!("the gateway refunded {} as {}", refund.amount, refund.id);
                offences.push(self.offence(Kind::Lost, &what));
            }
        }
        offences
    }

    fn confirmations(&self, order: &Order) -> Vec<Offence> {
        let mut offences = Vec::new();
        let dead = self.confirmed.iter().filter(|it| it.dead);
        offences.extend(dead.map(|it| {
            let what = format!("{} {} was dead-lettered for {}", it.kind, it.id, it.target);
            self.offence(Kind::Lost, &what)
        }));
        for (kind, about) in order.owed() {
            for target in TARGETS {
                let heard = self.confirmed.iter().any(|it| {
                    it.kind == kind && it.target == target && !it.dead && it.is_about(about)
                });
                if !heard {
                    let what = format!("{kind} {about} did not reach {target}");
                    offences.push(self.offence(Kind::Lost, &what));
                }
            }
        }
        offences.extend(self.confirmed.iter().filter_map(|it| self.baseless(order, it)));
        offences.extend(self.confirmed_twice());
        offences
    }

    /// A confirmation of money that did not move in this way at the gateway.
    fn baseless(&self, order: &Order, confirmation: &Confirmation) -> Option<Offence> {
        let based = match confirmation.kind.as_str() {
            "payment.completed" => self.objects.iter().any(|object| {
                object.reference == confirmation.payment && object.captured == confirmation.amount
            }),
            "refund.completed" => {
                let refunds = order.payments.iter().flat_map(|payment| &payment.refunds);
                let known = refunds.filter(|refund| refund.id == confirmation.refund);
                let moved = |name: &str| {
                    let there = self.objects.iter().flat_map(|object| &object.refunds);
                    there
                        .into_iter()
                        .any(|refund| refund.id == name && refund.amount == confirmation.amount)
                };
                known.into_iter().any(|refund| moved(&refund.gateway_reference))
            }
            _ => true,
        };
        let what = || {
            format!(
                "{} of {} sent to {}",
                confirmation.kind, confirmation.amount, confirmation.target
            )
        };
        (!based).then(|| self.offence(Kind::Invented, &what()))
    }

    /// Each fact has one id at every target, so a consumer that drops repeats acts once.
    fn confirmed_twice(&self) -> Vec<Offence> {
        let mut ids: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        for confirmation in &self.confirmed {
            ids.entry(confirmation.fact()).or_default().insert(&confirmation.id);
        }
        let several = ids.into_iter().filter(|(_, ids)| ids.len() > 1);
        several
            .map(|(fact, ids)| {
                self.offence(Kind::Doubled, &format!("{} confirmed under {ids:?}", fact.trim_end()))
            })
            .collect()
    }

    fn promises(&self, order: &Order) -> Vec<Offence> {
        let payment = |id: &str| -> Option<&Payment> {
            order.payments.iter().find(|payment| payment.id == id)
        };
        let mut offences = Vec::new();
        for promise in &self.promises {
            let missing = match promise {
                Promise::Order(_) | Promise::Keyed { .. } => None,
                Promise::Payment { payment: id, .. } => payment(id).is_none().then_some(id),
                Promise::Refund { payment: id, refund, .. } => {
                    let refunds = payment(id).map(|payment| payment.refunds.as_slice());
                    let mut known = refunds.into_iter().flatten();
                    known.all(|known| &known.id != refund).then_some(refund)
                }
            };
            if let Some(id) = missing {
                let what = format!("{id} was answered with success but is gone");
                offences.push(self.offence(Kind::Lost, &what));
            }
        }
        offences
    }
}
