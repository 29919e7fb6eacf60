//! Disputes at rest: those the gateway shows are known and were announced to every target.

use dev_stack::gateways::{DisputeStanding, Object};
use quittance::domain::names::DisputeId;
use quittance::domain::order::Order;
use quittance::domain::phase::DisputePhase;

use crate::play::script::Messages;

pub(crate) fn check(
    objects: &[Object],
    order: &Order,
    messages: &Messages,
    wrong: &mut Vec<String>,
) {
    for dispute in objects.iter().flat_map(|object| &object.disputes) {
        let id = DisputeId::new(&dispute.id);
        let (expected, status) = match dispute.standing {
            DisputeStanding::Open => (DisputePhase::Open, "opened"),
            DisputeStanding::Won => (DisputePhase::Won, "won"),
            DisputeStanding::Lost => (DisputePhase::Lost, "lost"),
        };
        match order.disputes.get(&id) {
            Some(known) if known.phase() == expected => {}
            known => wrong.push(format!("I22 the dispute {id} is {status} but known as {known:?}")),
        }
        for word in ["dispute.opened".to_owned(), format!("dispute.{status}")] {
            for (target, received) in messages {
                if !received.values().any(|message| message["type"] == word.as_str()) {
                    wrong.push(format!("I22 {target} did not receive {word}"));
                }
            }
        }
    }
}
