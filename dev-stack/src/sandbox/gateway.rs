//! Everything the gateway remembers, and the one way to change it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::behaviour::{Behaviour, Behaviours, Order, WebhookMode};
use super::event::Event;
use super::ids::Ids;
use super::journal::{self, Journal, number_key};
use super::outbox::{Delivery, Outbox, Reported, Waiting};
use super::payment::Payment;
use super::payments::Payments;
use super::profile::{Abilities, Profile};
use super::refusal::Refusal;
use super::secrets::WebhookSecret;
use super::steps::{Taking, Unfit};
use super::view::PaymentView;
use crate::disk::{Disk, DiskError};

/// The stored answer of a key.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct StoredReply {
    pub(super) fingerprint: String,
    pub(super) status: u16,
    pub(super) body: String,
    pub(super) answered_at: i64,
}

pub(super) struct Gateway {
    pub(super) base_url: String,
    pub(super) abilities: Abilities,
    pub(super) ids: Ids,
    pub(super) journal: Journal,
    /// When the current call came, in epoch milliseconds.
    pub(super) now: i64,
    pub(super) payments: Payments,
    behaviours: Behaviours,
    replies: BTreeMap<String, StoredReply>,
    /// Create calls seen per reference, with or without effect.
    create_calls: BTreeMap<String, u64>,
    outbox: Outbox,
    /// The merchant's name on its pages.
    pub(super) merchant: String,
}

impl Gateway {
    pub(super) fn open(
        profile: Profile,
        base_url: String,
        ids: Ids,
        disk: Disk,
    ) -> Result<Self, DiskError> {
        let mut payments = Payments::default();
        for (_, payment) in disk.all::<Payment>(journal::PAYMENTS)? {
            payments.put(payment);
        }
        let mut behaviours = Behaviours::default();
        for (_, behaviour) in disk.all::<Behaviour>(journal::BEHAVIOURS)? {
            behaviours.put(behaviour);
        }
        let waiting = disk.all::<Waiting>(journal::DELIVERIES)?;
        let numbered = waiting.into_iter().filter_map(|(key, one)| Some((key.parse().ok()?, one)));
        Ok(Self {
            base_url,
            abilities: profile.abilities(),
            ids,
            now: 0,
            payments,
            behaviours,
            replies: disk.all(journal::REPLIES)?.into_iter().collect(),
            create_calls: disk.all(journal::CREATE_CALLS)?.into_iter().collect(),
            outbox: Outbox::restore(numbered.collect()),
            journal: Journal::new(disk),
            merchant: "Demo shop".to_owned(),
        })
    }

    /// Stores the payment and queues the event for the merchant.
    pub(super) fn record(&mut self, payment: Payment, event: Option<Event>) {
        if let Some(event) = event {
            self.announce(&payment, &event);
        }
        let place = self.payments.put(payment);
        // The place is the key on disk, so that a restart finds the payments in the same order.
        let key = number_key(u64::try_from(place).unwrap_or(u64::MAX));
        if let Some(payment) = self.payments.at(place) {
            self.journal.put(journal::PAYMENTS, key, payment);
        }
    }

    fn announce(&mut self, payment: &Payment, event: &Event) {
        let webhooks = self.behaviours.of(&payment.reference).webhooks.clone();
        let due_at = match webhooks.mode {
            WebhookMode::Now => Some(self.now),
            WebhookMode::Hold => None,
            WebhookMode::Never => return,
            WebhookMode::Late => Some(self.now.saturating_add(i64::from(webhooks.delay_ms))),
        };
        let Some(body) = event.body(payment, self.now) else {
            return;
        };
        let waiting = Waiting {
            event_id: self.ids.next("evt_"),
            reference: payment.reference.clone(),
            body,
            due_at,
            attempts: 0,
            reversed: webhooks.order == Order::Reversed,
            bad_signature: webhooks.bad_signature,
        };
        for _ in 0..webhooks.times {
            let id = self.outbox.add(waiting.clone());
            self.journal.put(journal::DELIVERIES, number_key(id), &waiting);
        }
    }

    /// Catches up with the time since the last call: banks answer and pages end, each at its own moment.
    pub(super) fn advance(&mut self, now: i64) {
        while let Some((at, payment)) = self.payments.next_change()
            && at <= now
        {
            let mut payment = payment.clone();
            self.now = at;
            let happening = payment.advance(&self.taking(&payment.reference), at);
            self.record(payment, Some(Event::Payment(happening)));
        }
        self.now = now;
    }

    pub(super) fn taking(&self, reference: &str) -> Taking {
        let webhooks = &self.behaviours.of(reference).webhooks;
        Taking {
            capture_call_only: self.abilities.capture_call_only,
            amount_delta: webhooks.amount_delta,
            currency: webhooks.currency.clone(),
        }
    }

    /// The payment as a look-up shows it.
    pub(super) fn view(&self, payment: &Payment) -> PaymentView {
        if self.abilities.page_again {
            PaymentView::with_page(payment, &self.base_url, self.now)
        } else {
            PaymentView::without_page(payment, self.now)
        }
    }

    /// A refusal that carries the payment as it is.
    pub(super) fn unfit(&self, unfit: Unfit, payment: &Payment) -> Refusal {
        Refusal::Unfit(unfit, Box::new(self.view(payment)))
    }

    pub(super) fn behaviour(&self, reference: &str) -> &Behaviour {
        self.behaviours.of(reference)
    }

    pub(super) fn behave(&mut self, behaviour: Behaviour) {
        // `*` is not a valid reference, so it cannot clash with one.
        let key = behaviour.reference.clone().unwrap_or_else(|| "*".to_owned());
        self.journal.put(journal::BEHAVIOURS, key, &behaviour);
        self.behaviours.put(behaviour);
    }

    pub(super) fn count_create_call(&mut self, reference: &str) {
        let calls = self.create_calls.entry(reference.to_owned()).or_default();
        *calls = calls.saturating_add(1);
        self.journal.put(journal::CREATE_CALLS, reference.to_owned(), calls);
    }

    pub(super) fn create_calls(&self) -> &BTreeMap<String, u64> {
        &self.create_calls
    }

    pub(super) fn reply(&self, key: &str) -> Option<&StoredReply> {
        self.replies.get(key)
    }

    pub(super) fn keep_reply(&mut self, key: String, reply: StoredReply) {
        self.journal.put(journal::REPLIES, key.clone(), &reply);
        self.replies.insert(key, reply);
    }

    pub(super) fn release(&mut self, reference: Option<&str>) -> usize {
        let released = self.outbox.release(reference, self.now);
        for (id, waiting) in &released {
            self.journal.put(journal::DELIVERIES, number_key(*id), waiting);
        }
        released.len()
    }

    pub(super) fn take_deliveries(&mut self, secret: &WebhookSecret) -> Vec<Delivery> {
        let taken = self.outbox.take(self.now).into_iter();
        taken
            .map(|(id, one)| one.into_delivery(id, secret, self.abilities.signed, self.now))
            .collect()
    }

    pub(super) fn delivered(&mut self, id: u64, status: Option<http::StatusCode>) {
        match self.outbox.report(id, status, self.now) {
            Reported::Done => self.journal.remove(journal::DELIVERIES, number_key(id)),
            Reported::Again(waiting) => {
                self.journal.put(journal::DELIVERIES, number_key(id), &waiting);
            }
            Reported::Unknown => {}
        }
    }

    /// When the next webhook is due or time next changes a payment.
    pub(super) fn next_due_at(&self) -> Option<i64> {
        let change = self.payments.next_change().map(|(at, _)| at);
        self.outbox.next_due_at().into_iter().chain(change).min()
    }
}
