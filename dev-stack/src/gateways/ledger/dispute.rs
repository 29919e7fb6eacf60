//! Money that a shopper's bank takes back against the merchant's will.

use super::payment::{Dispute, DisputeStatus, Payment};
use super::steps::Unfit;

/// The reason of a dispute that gives none.
const REASON: &str = "fraudulent";
const ANSWER_MS: i64 = 7 * 24 * 3_600_000;

impl Payment {
    /// Closes the open dispute, or creates one with that status, because a bank may report only the end.
    pub(crate) fn dispute(
        &mut self,
        status: DisputeStatus,
        amount: Option<u64>,
        reason: Option<String>,
        new_id: String,
        now: i64,
    ) -> Result<Dispute, Unfit> {
        let Some(capture) = &self.captured else {
            return Err(Unfit::WrongStatus);
        };
        let open = self.disputes.iter_mut().find(|one| one.status == DisputeStatus::Opened);
        if let Some(open) = open {
            if status == DisputeStatus::Opened {
                return Err(Unfit::WrongStatus);
            }
            open.status = status;
            open.changed_at = now;
            return Ok(open.clone());
        }
        let amount = amount.unwrap_or(capture.amount);
        if amount > capture.amount {
            return Err(Unfit::TooLarge { available: capture.amount });
        }
        let dispute = Dispute {
            id: new_id,
            amount,
            currency: capture.currency.clone(),
            status,
            reason: reason.unwrap_or_else(|| REASON.to_owned()),
            respond_by: now.saturating_add(ANSWER_MS),
            created_at: now,
            changed_at: now,
        };
        self.disputes.push(dispute.clone());
        Ok(dispute)
    }
}
