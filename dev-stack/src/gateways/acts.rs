//! Acts on a payment that are answered with what they made of it.

use http::StatusCode;

use super::answer::Answer;
use super::ledger::Ledger;
use super::ledger::event::Event;
use super::ledger::payment::Payment;
use super::ledger::refund::NewRefund;
use super::ledger::steps::{Happening, Unfit};
use super::refusal::Reply;
use super::view::RefundView;

/// Makes a refund, sends its event, and returns it.
pub(crate) fn give_back(ledger: &mut Ledger, mut payment: Payment, new: NewRefund) -> Reply {
    let refund = payment.refund(new).map_err(|unfit| ledger.unfit(unfit, &payment))?;
    let view = RefundView::of(&refund, &payment);
    ledger.record(payment, Some(Event::Refund(refund)));
    Answer::json(StatusCode::CREATED, &view)
}

/// Takes one step, sends its event, and returns the payment as it is then.
pub(crate) fn step(
    ledger: &mut Ledger,
    mut payment: Payment,
    take: impl FnOnce(&mut Payment) -> Result<Happening, Unfit>,
) -> Reply {
    let happening = take(&mut payment).map_err(|unfit| ledger.unfit(unfit, &payment))?;
    let view = ledger.view(&payment);
    ledger.record(payment, Some(Event::Payment(happening)));
    Answer::json(StatusCode::OK, &view)
}
