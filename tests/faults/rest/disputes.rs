//! Disputes at rest: those the gateway shows are known and were announced to every target.

use dev_stack::gateways::DisputeStanding;
use quittance::domain::order::Order;
use quittance::domain::phase::DisputePhase;

use crate::play::script::Messages;
use crate::world::gateway::Held;

pub(crate) fn check(objects: &[Held], order: &Order, messages: &Messages, wrong: &mut Vec<String>) {
    let each = objects.iter().flat_map(|object| object.disputes.iter().map(move |it| (object, it)));
    for (object, dispute) in each {
        let id = object.dispute_id(&dispute.id);
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
