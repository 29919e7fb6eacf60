//! A simulated gateway: the life of its objects, and the facts that it reports. It does only what a real one
//! can do: a capture stays within its authorization, a refund within its capture.

use proptest::prelude::*;

use crate::attempt::{CaptureMode, Failure, Method};
use crate::fact::{Seen, SeenCapture, SeenDispute, SeenPage, SeenRefund};
use crate::id::OperationId;
use crate::money::{Currency, Money};
use crate::names::{CaptureId, DisputeId, GatewayRefundId, ObjectId};
use crate::phase::{DisputePhase, OperationPhase, Phase};
use crate::testing::usd;

pub(super) const TOTAL: u64 = 7500;
/// Parts of one authorization that add up to all of it.
const PARTS: [u64; 3] = [1000, 2500, 4000];

/// Possible next steps. A step that is not possible now is skipped.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    FailedTry,
    Authorize,
    End(Phase),
    Capture(Taken),
    /// Half of the rest of a capture, or all of it. `alone`: the event does not include the capture.
    Refund {
        capture: usize,
        all: bool,
        alone: bool,
    },
    RefundEnds {
        refund: usize,
        well: bool,
    },
    Dispute {
        capture: usize,
    },
    DisputeEnds {
        dispute: usize,
        won: bool,
    },
    /// A look-up, which shows everything.
    Show,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Taken {
    AsAsked,
    /// A part, if the payment is captured manually.
    Part,
    OtherCurrency,
    OtherAmount,
}

pub(super) fn steps(most: usize) -> impl Strategy<Value = Vec<(usize, Step)>> {
    let index = || 0..3_usize;
    let step = prop_oneof![
        2 => Just(Step::FailedTry),
        3 => Just(Step::Authorize),
        3 => prop::sample::select(vec![Phase::Canceled, Phase::Expired, Phase::Failed]).prop_map(Step::End),
        5 => prop::sample::select(vec![
            Taken::AsAsked, Taken::AsAsked, Taken::Part, Taken::Part, Taken::OtherCurrency, Taken::OtherAmount,
        ]).prop_map(Step::Capture),
        3 => (index(), any::<bool>(), any::<bool>())
            .prop_map(|(capture, all, alone)| Step::Refund { capture, all, alone }),
        3 => (index(), any::<bool>()).prop_map(|(refund, well)| Step::RefundEnds { refund, well }),
        1 => index().prop_map(|capture| Step::Dispute { capture }),
        1 => (index(), any::<bool>()).prop_map(|(dispute, won)| Step::DisputeEnds { dispute, won }),
        3 => Just(Step::Show),
    ];
    prop::collection::vec((index(), step), 1..=most)
}

/// The true state of one object.
#[derive(Clone, Debug)]
pub(super) struct Object {
    mode: CaptureMode,
    truth: Seen,
    /// The name and amount of the refund that we asked for, until the gateway makes it.
    asked: Option<(OperationId, u64)>,
}

impl Object {
    pub(super) fn new(name: &str, mode: CaptureMode) -> Self {
        let page = SeenPage {
            address: Some(format!("https://pay.example/{name}")),
            token: Some("tok".to_owned()),
            expires_at: None,
        };
        let truth = Seen {
            object: ObjectId::new(name),
            phase: Some(Phase::Pending),
            page: Some(page),
            method: Some(Method::Card),
            ..Seen::default()
        };
        Self { mode, truth, asked: None }
    }

    pub(super) fn asked_to_refund(mut self, operation: OperationId, amount_minor: u64) -> Self {
        self.asked = Some((operation, amount_minor));
        self
    }

    pub(super) fn shown(&self) -> Seen {
        self.truth.clone()
    }

    /// Takes the step if it is possible now, and returns the fact that is reported.
    pub(super) fn take(&mut self, step: Step) -> Option<Seen> {
        match step {
            Step::FailedTry => self.fail_a_try(),
            Step::Authorize => self.authorize(),
            Step::End(phase) => self.end(phase),
            Step::Capture(taken) => self.capture(taken),
            Step::Refund { capture, all, alone } => self.refund(capture, all, alone),
            Step::RefundEnds { refund, well } => self.end_refund(refund, well),
            Step::Dispute { capture } => self.dispute(capture),
            Step::DisputeEnds { dispute, won } => self.end_dispute(dispute, won),
            Step::Show => Some(self.shown()),
        }
    }

    fn phase(&self) -> Phase {
        self.truth.phase.unwrap()
    }

    /// An event: it may arrive late, and reports one thing.
    fn news(&self) -> Seen {
        let object = self.truth.object.clone();
        Seen { object, phase: self.truth.phase, past: true, ..Seen::default() }
    }

    /// An event about a refund or dispute. It leaves out the object's phase, because no event reports a
    /// captured object without its capture.
    fn aside(&self) -> Seen {
        Seen { phase: None, ..self.news() }
    }

    fn fail_a_try(&mut self) -> Option<Seen> {
        let failure = Failure { code: "declined".to_owned(), message: "no".to_owned() };
        (self.phase() == Phase::Pending).then(|| {
            self.truth.failure = Some(failure.clone());
            Seen { failure: Some(failure), ..self.news() }
        })
    }

    /// Also possible after the object's end: some gateways let the shopper's bank approve too late.
    fn authorize(&mut self) -> Option<Seen> {
        let possible = self.phase() == Phase::Pending || self.phase().is_negative();
        possible.then(|| {
            self.truth.phase = Some(Phase::Authorized);
            self.truth.authorized = Some(usd(TOTAL));
            self.truth.page = None;
            Seen { authorized: self.truth.authorized, ..self.news() }
        })
    }

    fn end(&mut self, phase: Phase) -> Option<Seen> {
        matches!(self.phase(), Phase::Pending | Phase::Authorized).then(|| {
            self.truth.phase = Some(phase);
            self.truth.page = None;
            self.news()
        })
    }

    fn capture(&mut self, taken: Taken) -> Option<Seen> {
        let parts = self.truth.captures.len();
        let so_far: u64 = self.truth.captures.iter().map(|c| c.amount.amount_minor).sum();
        let by_hand = self.mode == CaptureMode::Manual;
        let possible = if by_hand { self.truth.authorized.is_some() } else { parts == 0 };
        if !possible || so_far >= TOTAL {
            return None;
        }
        let amount = match taken {
            Taken::Part if by_hand => usd(PARTS[parts]),
            Taken::AsAsked | Taken::Part => usd(TOTAL - so_far),
            Taken::OtherCurrency => Money::new(TOTAL - so_far, Currency::from_code("EUR").unwrap()),
            // A manual capture of less than the authorization is no mistake.
            Taken::OtherAmount if by_hand => return None,
            Taken::OtherAmount => usd(TOTAL - 100),
        };
        let id = CaptureId::new(format!("{}#{parts}", self.truth.object));
        let capture = SeenCapture { id, amount, operation: None };
        self.truth.captures.push(capture.clone());
        self.truth.phase = Some(Phase::Captured);
        self.truth.page = None;
        Some(Seen { captures: vec![capture], ..self.news() })
    }

    fn refund(&mut self, capture: usize, all: bool, alone: bool) -> Option<Seen> {
        let capture = self.truth.captures.get(capture)?.clone();
        let given = self.truth.refunds.iter();
        let given = given.filter(|r| r.capture == capture.id && r.phase != OperationPhase::Failed);
        let left = capture.amount.amount_minor - given.map(|r| r.amount_minor).sum::<u64>();
        let ours = self.asked.take_if(|(_, amount)| *amount <= left);
        let (operation, amount_minor) = match ours {
            Some((operation, amount)) => (Some(operation), amount),
            None if all => (None, left),
            None => (None, left / 2),
        };
        if amount_minor == 0 {
            return None;
        }
        let id = format!("r{}{}", self.truth.object, self.truth.refunds.len());
        let phase = OperationPhase::Pending;
        let refund = SeenRefund {
            id: GatewayRefundId::new(id),
            operation,
            capture: capture.id.clone(),
            amount_minor,
            phase,
            failure: None,
        };
        self.truth.refunds.push(refund.clone());
        let captures = if alone { Vec::new() } else { vec![capture] };
        Some(Seen { captures, refunds: vec![refund], ..self.aside() })
    }

    /// The bank can still send back a refund that succeeded.
    fn end_refund(&mut self, refund: usize, well: bool) -> Option<Seen> {
        let refund = self.truth.refunds.get_mut(refund)?;
        refund.phase = match (refund.phase, well) {
            (OperationPhase::Pending, true) => OperationPhase::Done,
            (OperationPhase::Pending | OperationPhase::Done, false) => OperationPhase::Failed,
            _ => return None,
        };
        let refund = refund.clone();
        Some(Seen { refunds: vec![refund], ..self.aside() })
    }

    fn dispute(&mut self, capture: usize) -> Option<Seen> {
        let capture = self.truth.captures.get(capture)?.clone();
        let dispute = SeenDispute {
            id: DisputeId::new(format!("d{}{}", self.truth.object, self.truth.disputes.len())),
            capture: capture.id.clone(),
            amount_minor: capture.amount.amount_minor,
            phase: DisputePhase::Open,
            reason: None,
            respond_by: None,
        };
        self.truth.disputes.push(dispute.clone());
        Some(Seen { captures: vec![capture], disputes: vec![dispute], ..self.news() })
    }

    fn end_dispute(&mut self, dispute: usize, won: bool) -> Option<Seen> {
        let dispute = self.truth.disputes.get_mut(dispute)?;
        if dispute.phase != DisputePhase::Open {
            return None;
        }
        dispute.phase = if won { DisputePhase::Won } else { DisputePhase::Lost };
        let dispute = dispute.clone();
        Some(Seen { disputes: vec![dispute], ..self.aside() })
    }
}
