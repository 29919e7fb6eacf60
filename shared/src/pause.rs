//! Named steps between two effects. In debug builds a process can be made to stop at one, so that a test can
//! kill it there. In release builds this does nothing.

use std::io::Write;

use crate::config::Config;

/// Each point names what has just been done. If the process dies there, exactly that must have been done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    OrderRecorded,
    AttemptClaimed,
    GatewayAnswered,
    OutcomeRecorded,
    ConfirmationSent,
    ConfirmationsSent,
    ConfirmationsMarked,
    OperationClaimed,
    OperationAnswered,
    CloseRecorded,
    CloseAnswered,
    EndRecorded,
    WebhookVerified,
    WebhookRead,
    ItemTaken,
    LookedUp,
}

impl Point {
    pub const ALL: [Self; 16] = [
        Self::OrderRecorded,
        Self::AttemptClaimed,
        Self::GatewayAnswered,
        Self::OutcomeRecorded,
        Self::ConfirmationSent,
        Self::ConfirmationsSent,
        Self::ConfirmationsMarked,
        Self::OperationClaimed,
        Self::OperationAnswered,
        Self::CloseRecorded,
        Self::CloseAnswered,
        Self::EndRecorded,
        Self::WebhookVerified,
        Self::WebhookRead,
        Self::ItemTaken,
        Self::LookedUp,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::OrderRecorded => "order-recorded",
            Self::AttemptClaimed => "attempt-claimed",
            Self::GatewayAnswered => "gateway-answered",
            Self::OutcomeRecorded => "outcome-recorded",
            Self::ConfirmationSent => "confirmation-sent",
            Self::ConfirmationsSent => "confirmations-sent",
            Self::ConfirmationsMarked => "confirmations-marked",
            Self::OperationClaimed => "operation-claimed",
            Self::OperationAnswered => "operation-answered",
            Self::CloseRecorded => "close-recorded",
            Self::CloseAnswered => "close-answered",
            Self::EndRecorded => "end-recorded",
            Self::WebhookVerified => "webhook-verified",
            Self::WebhookRead => "webhook-read",
            Self::ItemTaken => "item-taken",
            Self::LookedUp => "looked-up",
        }
    }
}

/// Returns at once, unless the process was configured to stop here.
pub async fn reached(config: &Config, point: Point) {
    if cfg!(debug_assertions) && config.pause_at.as_deref() == Some(point.name()) {
        let line = format!("paused at {} pid {}\n", point.name(), std::process::id());
        // The test reads this line; one write, so that no other line splits it.
        let _ = std::io::stderr().write_all(line.as_bytes());
        std::future::pending::<()>().await;
    }
}
