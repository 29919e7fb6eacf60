//! What was seen during the run: answers, times, kills, messages.

use std::collections::{BTreeMap, BTreeSet};

use e2e::Answer;

use crate::world::{Confirmation, Promise};

/// How long a process may still be given requests after it was killed: `kill` takes its time.
const DYING_MS: i64 = 500;

#[derive(Debug, Default)]
pub(crate) struct Record {
    pub(crate) requests: u64,
    /// By class of status, such as `2xx`; `no_answer` if none came before the client's timeout.
    pub(crate) answers: BTreeMap<String, u64>,
    pub(crate) latencies_ms: BTreeMap<&'static str, Vec<u64>>,
    pub(crate) promises: BTreeSet<Promise>,
    pub(crate) kills: Vec<Kill>,
    /// Requests whose function died while handling them.
    pub(crate) crashes: u64,
    /// Answers with API Gateway's 500 although none of that function's processes had been killed.
    pub(crate) unexplained: u64,
    /// Orders that a kill interrupted.
    pub(crate) cut: Vec<Open>,
    /// Payments whose outcome was reported as unknown.
    pub(crate) unknown: Vec<Open>,
    pub(crate) queues: BTreeMap<&'static str, Queue>,
}

#[derive(Clone, Debug)]
pub(crate) struct Kill {
    pub(crate) at_ms: i64,
    pub(crate) function: String,
}

/// Something that must end, by the stack's clock.
#[derive(Clone, Debug)]
pub(crate) struct Open {
    pub(crate) order: String,
    /// `None`: the whole order.
    pub(crate) payment: Option<String>,
    pub(crate) since_ms: i64,
    pub(crate) until_ms: Option<i64>,
}

/// What a consumer of the merchant has received.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    pub(crate) received: u64,
    /// The queue's own ids of messages.
    pub(crate) messages: BTreeSet<String>,
    /// By the confirmation's id, by which a consumer drops repeats: the arrival time and the content.
    pub(crate) confirmations: BTreeMap<String, (i64, Confirmation)>,
    /// How often the consumer acted on each fact.
    pub(crate) effects: BTreeMap<String, u64>,
}

impl Record {
    pub(crate) fn answered(&mut self, route: &'static str, took_ms: u64, answer: Option<&Answer>) {
        self.requests += 1;
        let class = answer
            .map_or_else(|| "no_answer".to_owned(), |answer| format!("{}xx", answer.status / 100));
        *self.answers.entry(class).or_default() += 1;
        if answer.is_some() {
            self.latencies_ms.entry(route).or_default().push(took_ms);
        }
    }

    /// A function died while handling a request that was under way between the two times.
    pub(crate) fn crashed(
        &mut self,
        function: &str,
        order: Option<&str>,
        from_ms: i64,
        to_ms: i64,
    ) {
        let under_way = |kill: &&Kill| {
            kill.function == function && kill.at_ms + DYING_MS >= from_ms && kill.at_ms <= to_ms
        };
        let Some(kill) = self.kills.iter().rev().find(under_way).cloned() else {
            self.unexplained += 1;
            return;
        };
        self.crashes += 1;
        if let Some(order) = order {
            let order = order.to_owned();
            self.cut.push(Open { order, payment: None, since_ms: kill.at_ms, until_ms: None });
        }
    }

    pub(crate) fn is_unknown(&mut self, order: &str, payment: &str, now_ms: i64) {
        let same = |open: &Open| open.payment.as_deref() == Some(payment);
        if !self.unknown.iter().any(same) {
            self.unknown.push(Open {
                order: order.to_owned(),
                payment: Some(payment.to_owned()),
                since_ms: now_ms,
                until_ms: None,
            });
        }
    }
}

impl Queue {
    /// A well-built consumer: it acts once per id.
    pub(crate) fn receive(
        &mut self,
        message_id: &str,
        arrived_ms: i64,
        confirmation: Confirmation,
    ) {
        self.received += 1;
        self.messages.insert(message_id.to_owned());
        if !self.confirmations.contains_key(&confirmation.id) {
            *self.effects.entry(confirmation.fact()).or_default() += 1;
            self.confirmations.insert(confirmation.id.clone(), (arrived_ms, confirmation));
        }
    }
}
