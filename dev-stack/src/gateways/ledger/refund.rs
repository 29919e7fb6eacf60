//! Refunds: never more than was captured and is still there.

use super::payment::{DisputeStatus, Payment, Refund, RefundStatus};
use super::steps::Unfit;

/// What a refund call asks for.
#[derive(Debug)]
pub(crate) struct NewRefund {
    pub(crate) id: String,
    pub(crate) reference: Option<String>,
    /// Absent: all that is left.
    pub(crate) amount: Option<u64>,
    pub(crate) status: RefundStatus,
    pub(crate) now: i64,
    pub(crate) visible_at: i64,
}

impl Payment {
    /// The amount that can still be refunded: neither refunded nor lost in a dispute.
    pub(crate) fn refundable(&self) -> u64 {
        let captured = self.captured.as_ref().map_or(0, |capture| capture.amount);
        let refunded = self.refunds.iter().filter(|refund| refund.status != RefundStatus::Failed);
        let lost = self.disputes.iter().filter(|dispute| dispute.status == DisputeStatus::Lost);
        let spent = refunded.map(|refund| refund.amount).chain(lost.map(|dispute| dispute.amount));
        spent.fold(captured, u64::saturating_sub)
    }

    pub(crate) fn refund(&mut self, new: NewRefund) -> Result<Refund, Unfit> {
        let Some(capture) = &self.captured else {
            return Err(Unfit::WrongStatus);
        };
        let available = self.refundable();
        let amount = new.amount.unwrap_or(available);
        if amount == 0 || amount > available {
            return Err(Unfit::TooLarge { available });
        }
        let refund = Refund {
            id: new.id,
            reference: new.reference,
            amount,
            currency: capture.currency.clone(),
            status: new.status,
            created_at: new.now,
            visible_at: new.visible_at,
            changed_at: new.now,
        };
        self.refunds.push(refund.clone());
        Ok(refund)
    }

    /// A pending refund ends, or a bank sends a finished one back. A failed one stays failed: its
    /// amount may have been refunded again. `None`: there is no refund with this id.
    pub(crate) fn move_refund(
        &mut self,
        name: &str,
        status: RefundStatus,
        now: i64,
    ) -> Option<Result<Refund, Unfit>> {
        let named =
            |refund: &&mut Refund| refund.id == name || refund.reference.as_deref() == Some(name);
        let refund = self.refunds.iter_mut().find(named)?;
        if refund.status == RefundStatus::Failed {
            return Some(Err(Unfit::WrongStatus));
        }
        refund.status = status;
        refund.changed_at = now;
        Some(Ok(refund.clone()))
    }
}
