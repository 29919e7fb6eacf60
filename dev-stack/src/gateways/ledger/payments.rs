//! All payments, oldest first, and the ways to find one. None is ever removed.

use std::collections::{BTreeMap, BTreeSet};

use super::payment::Payment;

#[derive(Debug, Default)]
pub(crate) struct Payments {
    all: Vec<Payment>,
    by_id: BTreeMap<String, usize>,
    by_token: BTreeMap<String, usize>,
    by_reference: BTreeMap<String, Vec<usize>>,
    /// The times at which time alone changes a payment, each with the payment's place.
    changes_at: BTreeSet<(i64, usize)>,
}

impl Payments {
    /// Adds the payment or replaces the one with the same id, and returns its place.
    pub(crate) fn put(&mut self, payment: Payment) -> usize {
        let place = self.by_id.get(&payment.id).copied().unwrap_or(self.all.len());
        let next_change_at = payment.next_change_at();
        if let Some(old) = self.all.get_mut(place) {
            if let Some(at) = old.next_change_at() {
                self.changes_at.remove(&(at, place));
            }
            *old = payment;
        } else {
            self.index(&payment, place);
            self.all.push(payment);
        }
        self.changes_at.extend(next_change_at.map(|at| (at, place)));
        place
    }

    fn index(&mut self, payment: &Payment, place: usize) {
        self.by_id.insert(payment.id.clone(), place);
        self.by_token.extend(payment.client_token.clone().map(|token| (token, place)));
        self.by_reference.entry(payment.reference.clone()).or_default().push(place);
    }

    pub(crate) fn by_id(&self, id: &str) -> Option<&Payment> {
        self.at(*self.by_id.get(id)?)
    }

    pub(crate) fn by_token(&self, token: &str) -> Option<&Payment> {
        self.at(*self.by_token.get(token)?)
    }

    /// Oldest first. There is one, unless the create call was made more than once.
    pub(crate) fn by_reference(
        &self,
        reference: &str,
    ) -> impl DoubleEndedIterator<Item = &Payment> {
        let places = self.by_reference.get(reference).map(Vec::as_slice).unwrap_or_default();
        places.iter().filter_map(|place| self.at(*place))
    }

    /// The payments from a place on, with their places.
    pub(crate) fn since_place(&self, place: usize) -> impl Iterator<Item = (usize, &Payment)> {
        self.all.iter().enumerate().skip(place)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Payment> {
        self.all.iter()
    }

    /// The payment that time changes next, and when.
    pub(crate) fn next_change(&self) -> Option<(i64, &Payment)> {
        let (at, place) = self.changes_at.first()?;
        Some((*at, self.at(*place)?))
    }

    pub(crate) fn at(&self, place: usize) -> Option<&Payment> {
        self.all.get(place)
    }
}
