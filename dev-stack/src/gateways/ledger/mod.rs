//! Everything a gateway remembers, and the one way to change it.

pub(crate) mod ids;
pub(crate) mod money;
pub(crate) mod breakdown;
pub(crate) mod reference;
pub(crate) mod abilities;

pub(crate) mod dispute;
pub(crate) mod payment;
pub(crate) mod refund;
pub(crate) mod steps;

pub(crate) mod behaviour;
pub(crate) mod event;
pub(crate) mod outbox;
pub(crate) mod journal;
pub(crate) mod payments;
pub(crate) mod scripted;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use self::abilities::Abilities;
use self::behaviour::{Behaviour, Behaviours, Order, WebhookMode};
use self::event::Event;
use self::ids::Ids;
use self::journal::{Journal, number_key};
use self::outbox::{Delivery, Outbox, Reported, Waiting};
use self::payment::{NewPayment, Payment, Status};
use self::payments::Payments;
use self::steps::{Taking, Unfit};
use crate::disk::{Disk, DiskError};
use crate::gateways::refusal::Refusal;
use crate::gateways::stub::Stub;
use crate::gateways::view::PaymentView;

/// The stored answer of a key.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredReply {
    pub(crate) fingerprint: String,
    pub(crate) status: u16,
    pub(crate) body: String,
    pub(crate) answered_at: i64,
}

pub(crate) struct Ledger {
    stub: Arc<dyn Stub>,
    pub(crate) base_url: String,
    pub(crate) abilities: Abilities,
    pub(crate) ids: Ids,
    pub(crate) journal: Journal,
    /// When the current call came, in epoch milliseconds.
    pub(crate) now: i64,
    pub(crate) payments: Payments,
    behaviours: Behaviours,
    replies: BTreeMap<String, StoredReply>,
    /// Create calls seen per reference, with or without effect.
    create_calls: BTreeMap<String, u64>,
    outbox: Outbox,
    /// The merchant's name on its pages.
    pub(crate) merchant: String,
}

impl Ledger {
    pub(crate) fn open(
        stub: Arc<dyn Stub>,
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
            abilities: stub.abilities(),
            stub,
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
    pub(crate) fn record(&mut self, payment: Payment, event: Option<Event>) {
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
        let Some(body) = self.stub.event(event, payment, self.now) else {
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
    pub(crate) fn advance(&mut self, now: i64) {
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

    pub(crate) fn taking(&self, reference: &str) -> Taking {
        let webhooks = &self.behaviours.of(reference).webhooks;
        Taking {
            capture_call_only: self.abilities.capture_call_only,
            amount_delta: webhooks.amount_delta,
            currency: webhooks.currency.clone(),
        }
    }

    /// A payment that nobody has paid yet, with a page or without. `life_s`: how long it can be paid.
    pub(crate) fn new_payment(
        &self,
        new: NewPayment,
        life_s: Option<i64>,
        with_page: bool,
    ) -> Payment {
        let id = self.ids.next("pay_");
        Payment {
            capture_id: self.abilities.named_captures.then(|| id.replacen("pay_", "cap_", 1)),
            id,
            visible_at: self.behaviour(&new.reference).visible_at(self.now),
            reference: new.reference,
            amount: new.amount,
            currency: new.currency,
            capture: new.capture,
            method: new.method,
            client_token: with_page.then(|| self.ids.next("tok_")),
            return_url: new.return_url,
            metadata: new.metadata,
            breakdown: new.breakdown,
            created_at: self.now,
            expires_at: life_s.map(|life_s| self.now.saturating_add(life_s.saturating_mul(1_000))),
            status: Status::Pending,
            processing_until: None,
            challenged: false,
            lapses_at: None,
            failure: None,
            captured: None,
            refunds: Vec::new(),
            disputes: Vec::new(),
        }
    }

    /// The payment as a look-up shows it.
    pub(crate) fn view(&self, payment: &Payment) -> PaymentView {
        if self.abilities.page_again {
            PaymentView::with_page(payment, &self.base_url, self.now)
        } else {
            PaymentView::without_page(payment, self.now)
        }
    }

    /// A refusal that carries the payment as it is.
    pub(crate) fn unfit(&self, unfit: Unfit, payment: &Payment) -> Refusal {
        Refusal::Unfit(unfit, Box::new(self.view(payment)))
    }

    pub(crate) fn behaviour(&self, reference: &str) -> &Behaviour {
        self.behaviours.of(reference)
    }

    pub(crate) fn behave(&mut self, behaviour: Behaviour) {
        // `*` is not a valid reference, so it cannot clash with one.
        let key = behaviour.reference.clone().unwrap_or_else(|| "*".to_owned());
        self.journal.put(journal::BEHAVIOURS, key, &behaviour);
        self.behaviours.put(behaviour);
    }

    pub(crate) fn count_create_call(&mut self, reference: &str) {
        let calls = self.create_calls.entry(reference.to_owned()).or_default();
        *calls = calls.saturating_add(1);
        self.journal.put(journal::CREATE_CALLS, reference.to_owned(), calls);
    }

    pub(crate) fn create_calls(&self) -> &BTreeMap<String, u64> {
        &self.create_calls
    }

    pub(crate) fn reply(&self, key: &str) -> Option<&StoredReply> {
        self.replies.get(key)
    }

    pub(crate) fn keep_reply(&mut self, key: String, reply: StoredReply) {
        self.journal.put(journal::REPLIES, key.clone(), &reply);
        self.replies.insert(key, reply);
    }

    pub(crate) fn release(&mut self, reference: Option<&str>) -> usize {
        let released = self.outbox.release(reference, self.now);
        for (id, waiting) in &released {
            self.journal.put(journal::DELIVERIES, number_key(*id), waiting);
        }
        released.len()
    }

    pub(crate) fn take_deliveries(&mut self) -> Vec<Delivery> {
        let taken = self.outbox.take(self.now).into_iter();
        taken.map(|(id, one)| one.into_delivery(id, &*self.stub, self.now)).collect()
    }

    pub(crate) fn delivered(&mut self, id: u64, status: Option<http::StatusCode>) {
        match self.outbox.report(id, status, self.now) {
            Reported::Done => self.journal.remove(journal::DELIVERIES, number_key(id)),
            Reported::Again(waiting) => {
                self.journal.put(journal::DELIVERIES, number_key(id), &waiting);
            }
            Reported::Unknown => {}
        }
    }

    /// When the next webhook is due or time next changes a payment.
    pub(crate) fn next_due_at(&self) -> Option<i64> {
        let change = self.payments.next_change().map(|(at, _)| at);
        self.outbox.next_due_at().into_iter().chain(change).min()
    }
}
