//! What may happen to a payment, status by status: the one place that changes it.

use super::money::Currency;
use super::payment::{Capture, CaptureMode, Failure, Payment, Status};

/// How long a bank takes by default.
pub(crate) const TRY_MS: i64 = 3_000;
/// How long a bank keeps money reserved that nobody captures.
const AUTHORIZATION_LIFE_MS: i64 = 7 * 24 * 3_600_000;

/// How money is taken from this payment: by the profile, changed by the behaviour.
#[derive(Clone, Debug)]
pub(crate) struct Taking {
    pub(crate) capture_call_only: bool,
    /// Added to the captured amount, so that the gateway really takes a wrong amount.
    pub(crate) amount_delta: i64,
    pub(crate) currency: Option<Currency>,
}

/// What happened to the payment, as its event reports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Happening {
    Pending,
    Authorized,
    Completed,
    AttemptFailed,
    Failed,
    Canceled,
    Expired,
}

/// Why a step does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unfit {
    #[error("The payment's status does not allow this.")]
    WrongStatus,
    /// Only the end of the try under way decides.
    #[error("The bank has not answered yet.")]
    Processing,
    #[error("At most {available} minor units are left.")]
    TooLarge { available: u64 },
}

impl Payment {
    /// The shopper paid.
    pub(crate) fn approve(&mut self, taking: &Taking, now: i64) -> Result<Happening, Unfit> {
        self.expect_payable()?;
        Ok(self.succeed(taking, now))
    }

    /// The bank reserved the money and nothing was taken yet.
    pub(crate) fn authorize(&mut self, now: i64) -> Result<Happening, Unfit> {
        self.expect_payable()?;
        Ok(self.reserve(now))
    }

    /// The payment failed and can no longer be paid.
    pub(crate) fn decline(&mut self) -> Result<Happening, Unfit> {
        self.expect_payable()?;
        self.enter(Status::Failed);
        self.failure = Some(Failure::new("card_declined", "The bank declined the payment."));
        Ok(Happening::Failed)
    }

    /// One try failed; the page can still be paid.
    pub(crate) fn decline_try(&mut self) -> Result<Happening, Unfit> {
        self.expect_payable()?;
        self.challenged = false;
        self.failure = Some(Failure::new("insufficient_funds", "Insufficient funds."));
        Ok(Happening::AttemptFailed)
    }

    /// The bank answers later, and until then nothing else moves the payment.
    pub(crate) fn begin_try(&mut self, until: i64) -> Result<Happening, Unfit> {
        self.expect_payable()?;
        self.enter(Status::Pending);
        self.processing_until = Some(until);
        Ok(Happening::Pending)
    }

    pub(crate) fn challenge(&mut self) -> Result<(), Unfit> {
        self.expect_payable()?;
        self.challenged = true;
        Ok(())
    }

    /// The merchant's one capture; the rest of the authorization is released.
    pub(crate) fn capture(
        &mut self,
        amount: Option<u64>,
        taking: &Taking,
        now: i64,
    ) -> Result<Happening, Unfit> {
        self.expect(Status::Authorized)?;
        let amount = amount.unwrap_or(self.amount);
        if amount > self.amount {
            return Err(Unfit::TooLarge { available: self.amount });
        }
        Ok(self.take(amount, taking, now))
    }

    pub(crate) fn void(&mut self) -> Result<Happening, Unfit> {
        self.expect(Status::Authorized)?;
        self.enter(Status::Canceled);
        Ok(Happening::Canceled)
    }

    pub(crate) fn cancel(&mut self) -> Result<Happening, Unfit> {
        self.expect_payable()?;
        self.enter(Status::Canceled);
        Ok(Happening::Canceled)
    }

    /// The bank was late or the gateway had lied: money is taken in any status.
    pub(crate) fn capture_late(
        &mut self,
        amount: Option<u64>,
        taking: &Taking,
        now: i64,
    ) -> Result<Happening, Unfit> {
        if self.captured.is_some() {
            return Err(Unfit::WrongStatus);
        }
        Ok(self.take(amount.unwrap_or(self.amount), taking, now))
    }

    /// As `capture_late`, but the money is only reserved.
    pub(crate) fn authorize_late(&mut self, now: i64) -> Result<Happening, Unfit> {
        if self.captured.is_some() || self.status == Status::Authorized {
            return Err(Unfit::WrongStatus);
        }
        Ok(self.reserve(now))
    }

    /// The next time at which time alone changes the payment.
    pub(crate) fn next_change_at(&self) -> Option<i64> {
        match self.status {
            // A try that began before the page's end may finish after it.
            Status::Pending => self.processing_until.or(self.expires_at),
            Status::Authorized => self.lapses_at,
            Status::Captured | Status::Failed | Status::Canceled | Status::Expired => None,
        }
    }

    /// Applies the change that was due at `next_change_at`.
    pub(crate) fn advance(&mut self, taking: &Taking, at: i64) -> Happening {
        if self.processing_until.is_some() {
            return self.succeed(taking, at);
        }
        self.enter(Status::Expired);
        Happening::Expired
    }

    fn succeed(&mut self, taking: &Taking, now: i64) -> Happening {
        if taking.capture_call_only || self.capture == CaptureMode::Manual {
            self.reserve(now)
        } else {
            self.take(self.amount, taking, now)
        }
    }

    fn reserve(&mut self, now: i64) -> Happening {
        self.enter(Status::Authorized);
        self.lapses_at = Some(now.saturating_add(AUTHORIZATION_LIFE_MS));
        Happening::Authorized
    }

    fn take(&mut self, amount: u64, taking: &Taking, now: i64) -> Happening {
        self.enter(Status::Captured);
        self.captured = Some(Capture {
            amount: amount.saturating_add_signed(taking.amount_delta).max(1),
            currency: taking.currency.clone().unwrap_or_else(|| self.currency.clone()),
            captured_at: now,
        });
        Happening::Completed
    }

    /// A new status ends everything that the old one was waiting for.
    fn enter(&mut self, status: Status) {
        self.status = status;
        self.processing_until = None;
        self.challenged = false;
        self.lapses_at = None;
        self.failure = None;
    }

    fn expect_payable(&self) -> Result<(), Unfit> {
        if self.processing_until.is_some() {
            return Err(Unfit::Processing);
        }
        self.expect(Status::Pending)
    }

    fn expect(&self, status: Status) -> Result<(), Unfit> {
        if self.status == status { Ok(()) } else { Err(Unfit::WrongStatus) }
    }
}
